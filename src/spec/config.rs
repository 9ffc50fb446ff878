//! AWS Config in `security` as the floors above know it.
//!
//! In: the sections, valid by the rules. Out: plain values with their places, in AWS's words.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::shape::config::{AggregatorSection, ConfigSection, PackSection, RuleSection};
use super::shape::sections::{Document, Tags};
use super::shape::{Located, names::Names};
use super::source::Span;
use super::view::View;
use crate::model::Origin;
use crate::model::region::Region;

/// Who has no recorder unless somebody makes one.
const MANAGEMENT: &str = "management";
/// The service's word under `delegated_administrators`.
const WORD: &str = "config";

/// AWS Config for the organization.
#[derive(Debug, Clone, Serialize)]
pub struct Config {
    /// A name under `accounts`, or `management`.
    pub administrator: String,
    /// What collects.
    pub aggregator: Option<Aggregator>,
    /// Rules by name.
    pub rules: BTreeMap<String, Rule>,
    /// Conformance packs by name.
    pub packs: BTreeMap<String, Pack>,
    /// Governed Regions that are left alone.
    pub exclude_regions: BTreeSet<Region>,
}

/// An aggregator over the organization.
#[derive(Debug, Clone, Serialize)]
pub struct Aggregator {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// ARN of the role that asks Organizations.
    pub role: String,
    /// Regions to collect from; all of them when empty.
    pub regions: BTreeSet<Region>,
}

/// A rule for every account.
#[derive(Debug, Clone, Serialize)]
pub struct Rule {
    /// Where it stands.
    pub origin: Origin,
    /// AWS's metadata of the rule: one member, named for its kind, as the API names it.
    pub definition: Value,
    /// Accounts that it is not for, `management` among them.
    pub exclude: BTreeSet<String>,
    /// The type of control that it is.
    pub purpose: String,
}

/// A conformance pack for every account.
#[derive(Debug, Clone, Serialize)]
pub struct Pack {
    /// Where it stands.
    pub origin: Origin,
    /// The template's text.
    pub template: String,
    /// What the template takes.
    pub parameters: BTreeMap<String, String>,
    /// Accounts that it is not for, `management` among them.
    pub exclude: BTreeSet<String>,
    /// Governed Regions that are left alone.
    pub exclude_regions: BTreeSet<Region>,
    /// The type of control that it is.
    pub purpose: String,
}

/// The account that administers AWS Config as the document has it: said, or the only delegated one, or the management
/// account.
pub(crate) fn administrator(doc: &Document) -> String {
    let section = doc.security.as_ref().and_then(|section| section.config.as_ref());
    let said = section.and_then(|section| section.administrator.as_ref()).map(|name| name.value.clone());
    let mut delegated = doc.delegated_administrators.iter().flatten();
    let delegated = delegated.find(|(word, _)| word.value == WORD).map(|(_, names): (_, &Names)| names);
    let only = delegated.filter(|names| names.0.len() == 1).and_then(|names| names.0.first());
    said.or_else(|| only.map(|name| name.value.clone())).unwrap_or_else(|| MANAGEMENT.to_owned())
}

pub(crate) fn lower(view: &View<'_>, at: &dyn Fn(Span) -> Origin) -> Option<Config> {
    let security = view.doc.security.as_ref()?;
    let section = security.config.as_ref();
    let packs = security.conformance_packs.as_ref();
    if section.is_none() && packs.is_none() {
        return None;
    }
    let rules = section.and_then(|section| section.rules.as_ref()).into_iter().flatten();
    let regions = section.map(|section| &section.value);
    Some(Config {
        administrator: administrator(view.doc),
        aggregator: section
            .and_then(|section| section.aggregator.as_ref())
            .and_then(|section| aggregator(section, at)),
        rules: rules
            .filter_map(|(name, rule)| Some((name.value.clone(), self::rule(view, rule, at(name.span))?)))
            .collect(),
        packs: packs
            .into_iter()
            .flatten()
            .filter_map(|(name, pack)| Some((name.value.clone(), self::pack(view, pack, at(name.span))?)))
            .collect(),
        exclude_regions: plain(regions.and_then(|section: &ConfigSection| section.exclude_regions.as_ref())),
    })
}

fn aggregator(section: &Located<AggregatorSection>, at: &dyn Fn(Span) -> Origin) -> Option<Aggregator> {
    Some(Aggregator {
        origin: at(section.span),
        name: section.name.as_ref().map_or("organization", |name| name.value.as_str()).to_owned(),
        role: section.role.as_ref()?.value.clone(),
        regions: plain(section.regions.as_ref()),
    })
}

fn rule(view: &View<'_>, section: &RuleSection, origin: Origin) -> Option<Rule> {
    let mut metadata = Map::new();
    let mut put = |member: &str, value: Option<Value>| {
        metadata.extend(value.map(|value| (member.to_owned(), value)));
    };
    let text = |text: &Option<Located<String>>| text.as_ref().map(|text| json!(text.value));
    put("Description", text(&section.description));
    put("MaximumExecutionFrequency", text(&section.frequency));
    let parameters = section.parameters.as_ref().map(|tags| json!(pairs(Some(tags))).to_string());
    put("InputParameters", parameters.map(Value::String));
    let types = section.resource_types.iter().flatten().map(|kind| kind.value.clone());
    let types: BTreeSet<String> = types.collect();
    put("ResourceTypesScope", (!types.is_empty()).then(|| json!(types)));
    let kind = match (&section.managed, &section.guard) {
        (Some(identifier), _) => {
            put("RuleIdentifier", Some(json!(identifier.value)));
            "OrganizationManagedRuleMetadata"
        }
        (None, Some(guard)) => {
            put("PolicyRuntime", Some(json!("guard-2.x.x")));
            put("PolicyText", Some(json!(view.attached.text(guard)?)));
            let trigger = "ConfigurationItemChangeNotification";
            put("OrganizationConfigRuleTriggerTypes", Some(json!([trigger])));
            "OrganizationCustomPolicyRuleMetadata"
        }
        (None, None) => return None,
    };
    let purpose = section.purpose.as_ref().map_or("detective", |word| word.value.0);
    Some(Rule {
        origin,
        definition: json!({ kind: metadata }),
        exclude: excluded(section.exclude.as_ref(), section.management.as_ref()),
        purpose: purpose.to_owned(),
    })
}

fn pack(view: &View<'_>, section: &PackSection, origin: Origin) -> Option<Pack> {
    let template = view.attached.text(section.template.as_ref()?)?.to_owned();
    let usual =
        if template.contains("AWS::Config::RemediationConfiguration") { "responsive" } else { "detective" };
    let purpose = section.purpose.as_ref().map_or(usual, |word| word.value.0);
    Some(Pack {
        origin,
        purpose: purpose.to_owned(),
        parameters: pairs(section.parameters.as_ref()),
        exclude: excluded(section.exclude.as_ref(), section.management.as_ref()),
        exclude_regions: plain(section.exclude_regions.as_ref()),
        template,
    })
}

/// The accounts named, and the management account unless it is wanted: no landing zone records there.
fn excluded(named: Option<&Vec<Located<String>>>, management: Option<&Located<bool>>) -> BTreeSet<String> {
    let mut excluded: BTreeSet<String> = named.into_iter().flatten().map(|name| name.value.clone()).collect();
    if !management.is_some_and(|wanted| wanted.value) {
        excluded.insert(MANAGEMENT.to_owned());
    }
    excluded
}

fn pairs(tags: Option<&Tags>) -> BTreeMap<String, String> {
    tags.into_iter().flatten().map(|(key, value)| (key.value.clone(), value.value.clone())).collect()
}

fn plain(regions: Option<&Vec<Located<Region>>>) -> BTreeSet<Region> {
    regions.into_iter().flatten().map(|region| region.value.clone()).collect()
}
