//! `security.security_hub`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{AutomationRule, Context, Seat, automation_rules};
use crate::model::Origin;
use crate::spec::document::Target;
use crate::spec::shape::Located;
use crate::spec::shape::security::{SecurityHubPolicySection, SecurityHubSection};

/// The configuration policy that `standards` and `disabled_controls` of the section stand for.
pub const OF_ALL: &str = "organization";

/// Security Hub CSPM for the organization, configured centrally.
#[derive(Debug, Clone, Serialize)]
pub struct SecurityHub {
    /// Who administers it, and where it is left alone.
    pub seat: Seat,
    /// Configuration policies by name.
    pub policies: BTreeMap<String, SecurityHubPolicy>,
    /// Rules that change findings, by name.
    pub automation_rules: BTreeMap<String, AutomationRule>,
    /// What configures itself.
    pub self_managed: Vec<Target>,
}

/// One configuration policy.
#[derive(Debug, Clone, Serialize)]
pub struct SecurityHubPolicy {
    /// Where it stands.
    pub origin: Origin,
    /// Whether Security Hub is on where it applies.
    pub enabled: bool,
    /// What it is for.
    pub description: Option<String>,
    /// The document's words for its standards.
    pub standards: BTreeSet<String>,
    /// Controls that are off; none when those that are on are listed.
    pub disabled_controls: BTreeSet<String>,
    /// The only controls that are on, when they are listed.
    pub enabled_controls: Option<BTreeSet<String>>,
    /// What it applies to, in full; none when the document does not say.
    pub targets: Option<Vec<Target>>,
}

pub(super) fn lower(context: &Context<'_>) -> Option<SecurityHub> {
    let section = context.section.security_hub.as_ref()?;
    let seat = context.seat("security_hub")?;
    let named = section.policies.iter().flatten();
    let mut policies: BTreeMap<String, SecurityHubPolicy> =
        named.map(|(name, one)| (name.value.clone(), policy(context, name, one))).collect();
    if section.standards.is_some() || section.disabled_controls.is_some() {
        policies.insert(OF_ALL.to_owned(), of_all(section, &seat));
    }
    let self_managed = targets(context, section.self_managed.as_ref()).unwrap_or_default();
    let automation_rules = automation_rules::lower(context, section);
    Some(SecurityHub { seat, policies, automation_rules, self_managed })
}

/// The policy that the section itself describes.
fn of_all(section: &SecurityHubSection, seat: &Seat) -> SecurityHubPolicy {
    SecurityHubPolicy {
        origin: seat.origin.clone(),
        enabled: true,
        description: None,
        standards: words(section.standards.as_ref()).unwrap_or_default(),
        disabled_controls: words(section.disabled_controls.as_ref()).unwrap_or_default(),
        enabled_controls: None,
        targets: Some(vec![Target::Root]),
    }
}

fn policy(
    context: &Context<'_>,
    name: &Located<String>,
    section: &SecurityHubPolicySection,
) -> SecurityHubPolicy {
    SecurityHubPolicy {
        origin: (context.at)(name.span),
        enabled: section.enabled.as_ref().is_none_or(|on| on.value),
        description: section.description.as_ref().map(|text| text.value.clone()),
        standards: words(section.standards.as_ref()).unwrap_or_default(),
        disabled_controls: words(section.disabled_controls.as_ref()).unwrap_or_default(),
        enabled_controls: words(section.enabled_controls.as_ref()),
        targets: targets(context, section.targets.as_ref()),
    }
}

fn words(list: Option<&Vec<Located<String>>>) -> Option<BTreeSet<String>> {
    list.map(|list| list.iter().map(|word| word.value.clone()).collect())
}

fn targets(context: &Context<'_>, list: Option<&Vec<Located<String>>>) -> Option<Vec<Target>> {
    list.map(|list| list.iter().filter_map(|word| context.view.target(word).ok()).collect())
}
