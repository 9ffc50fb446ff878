//! What `remove` can name.
//!
//! Source: this document's own meaning; units, trusted access, baselines and controls can be
//! removed, and only when nothing else in the document speaks of them.

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::catalog::identity_center::of_control_tower;
use crate::catalog::policy_types::{self, OF_CONTROL_TOWER};
use crate::catalog::{baselines, controls, service_access, services};
use crate::model::address::{Address, Kind};
use crate::model::controls::{on_unit, short_name};
use crate::model::region::Region;
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::document::RootAccess;
use crate::spec::identity_center::{Subject, parse_name};
use crate::spec::security::OF_ALL;
use crate::spec::shape::Located;
use crate::spec::shape::sections::{AccountSection, PolicySection};
use crate::spec::shape::security::analyzer_type;
use crate::spec::shape::words::{PolicyTypeWord, RootAccessWord};
use crate::spec::source::Span;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "removal",
        title: "Something cannot be removed like this",
        explanation: "Leaving an entry out of the document leaves the thing alone. `remove` lists the \
                      addresses of what shall go, each once and not while the document also wants it: \
                      `organizational_unit.Old` (AWS deletes a unit only when it is empty), \
                      `trusted_access.ram.amazonaws.com` (not of the services that a landing zone works \
                      through), `baseline.Workloads:backup` (on a unit that the document lists or removes, \
                      and on the units below first), `policy.NAME` (not of AWS's or Control Tower's own), \
                      `policy_type.tag` (when no policy of the document is of the type), \
                      `root_credentials_management`, `root_sessions`, \
                      `delegated_administrator.guardduty` (all of a service's administrators, without \
                      another in their place), `permission_set.NAME`, \
                      `group.NAME`, `assignment.SET:GROUP` (not of Control Tower's own), `control.Workloads:CT.S3.PR.1` (on a unit that the document \
                      lists or removes), `analyzer.us-east-1/unused_access`, `security_hub_policy.NAME` (beside \
                      the sections of their services), `stack_set.NAME`, `config_rule.NAME/REGION`, \
                      `conformance_pack.NAME/REGION`, `config_aggregator.NAME`, `trail.NAME`, \
                      `firewall_policy.NAME/REGION`, `automation_rule.NAME/REGION`. Sources: AWS Organizations API Reference, \
                      DeleteOrganizationalUnit and DisableAWSServiceAccess; Control Tower User Guide, \
                      remove-ou and stop-backups.",
    },
    check,
};

/// The service through which root access is centralised.
const IAM: &str = "iam.amazonaws.com";

/// The forms that `remove` takes.
const FORMS: &str = "write organizational_unit.Old/Team, account.NAME, trusted_access.SERVICE.amazonaws.com, \
                     baseline.Old/Team:control_tower, control.Old/Team:CT.S3.PR.1, \
                     root_credentials_management, root_sessions, policy.NAME, policy_type.tag, \
                     delegated_administrator.SERVICE, permission_set.NAME, group.NAME, \
                     assignment.SET:GROUP, analyzer.REGION/WORD, security_hub_policy.NAME, stack_set.NAME, \
                     config_rule.NAME/REGION, \
                     conformance_pack.NAME/REGION, config_aggregator.NAME, trail.NAME, \
                     firewall_policy.NAME/REGION or automation_rule.NAME/REGION";

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for entry in view.doc.remove.iter().flatten() {
        if let Some(first) = seen.insert(&entry.value, entry.span) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{entry}` is listed twice"))
                    .at(entry.span, "here again")
                    .at(first, "first here"),
            );
            continue;
        }
        let wanted = match removable(entry) {
            Some(Removable::Unit(path)) => unit_wanted(view, &path),
            Some(Removable::Account(name)) => account_wanted(view, &name),
            Some(Removable::Access(principal)) => access_wanted(view, &principal),
            Some(Removable::Baseline(path, word)) => baseline_wanted(view, &path, &word),
            Some(Removable::Policy(name)) => policy_wanted(view, &name),
            Some(Removable::PolicyType(kind)) => policy_type_wanted(view, &kind),
            Some(Removable::RootAccess(switch)) => root_access_wanted(view, switch),
            Some(Removable::ResourcePolicy) => resource_policy_wanted(view),
            Some(Removable::Administrator(word)) => administrator_wanted(view, &word),
            Some(Removable::Identity(address)) => identity_wanted(view, &address),
            Some(Removable::Control(path, name)) => control_wanted(view, &path, &name),
            Some(Removable::Analyzer(word)) => analyzer_wanted(view, &word),
            Some(Removable::SecurityHubPolicy(name)) => security_hub_policy_wanted(view, &name),
            Some(Removable::Deployment(address)) => deployment_wanted(view, &address),
            None => {
                findings.push(
                    Diagnostic::error(
                        RULE.topic.code,
                        format!("`{entry}` is not something that can be removed"),
                    )
                    .at(entry.span, "not the address of something that can go")
                    .help(FORMS),
                );
                None
            }
        };
        if let Some(wanted) = wanted {
            findings.push(refused(entry, wanted));
        }
    }
}

/// What an entry names.
enum Removable {
    ResourcePolicy,
    Unit(UnitPath),
    /// By its name or its id.
    Account(String),
    Access(String),
    Baseline(UnitPath, String),
    Policy(String),
    /// By AWS's name.
    PolicyType(String),
    RootAccess(RootAccess),
    Administrator(String),
    /// A permission set, a group or an assignment.
    Identity(Address),
    Control(UnitPath, String),
    /// By AWS's word for its type.
    Analyzer(String),
    SecurityHubPolicy(String),
    /// A stack set, a trail, or something of AWS Config, Firewall Manager or Security Hub.
    Deployment(Address),
}

fn removable(address: &str) -> Option<Removable> {
    let address: Address = address.parse().ok()?;
    match address.kind {
        Kind::OrganizationalUnit => address.name.parse().ok().map(Removable::Unit),
        Kind::Account if !address.name.is_empty() => Some(Removable::Account(address.name)),
        Kind::TrustedAccess if address.name.contains('.') => Some(Removable::Access(address.name)),
        Kind::Baseline => {
            let (path, word) = address.name.rsplit_once(':')?;
            baselines::by_word(word)?;
            Some(Removable::Baseline(path.parse().ok()?, word.to_owned()))
        }
        Kind::Policy if !address.name.is_empty() => Some(Removable::Policy(address.name)),
        Kind::PolicyType => PolicyTypeWord::of(&address.name).map(|kind| Removable::PolicyType(kind.0)),
        Kind::ResourcePolicy if address.name.is_empty() => Some(Removable::ResourcePolicy),
        Kind::RootCredentialsManagement if address.name.is_empty() => {
            Some(Removable::RootAccess(RootAccess::CredentialsManagement))
        }
        Kind::PermissionSet => {
            let own = of_control_tower().permission_sets.contains(&address.name);
            (!own && !address.name.is_empty()).then_some(Removable::Identity(address))
        }
        Kind::Group => {
            let own = of_control_tower().groups.contains(&address.name);
            (!own && !address.name.is_empty()).then_some(Removable::Identity(address))
        }
        Kind::Assignment => {
            let (set, subject) = parse_name(&address.name)?;
            let group = matches!(&subject, Subject::Group(name) if of_control_tower().groups.contains(name));
            let own = group || of_control_tower().permission_sets.contains(&set);
            (!own).then_some(Removable::Identity(address))
        }
        Kind::Analyzer => {
            let (region, word) = address.name.split_once('/')?;
            region.parse::<Region>().ok()?;
            analyzer_type(word).map(|kind| Removable::Analyzer(kind.to_owned()))
        }
        Kind::SecurityHubPolicy if !address.name.is_empty() => {
            Some(Removable::SecurityHubPolicy(address.name))
        }
        Kind::RootSessions if address.name.is_empty() => Some(Removable::RootAccess(RootAccess::Sessions)),
        Kind::DelegatedAdministrator => {
            services::by_word(&address.name).map(|row| Removable::Administrator(row.word.clone()))
        }
        Kind::StackSet | Kind::ConfigAggregator | Kind::Trail if !address.name.is_empty() => {
            Some(Removable::Deployment(address))
        }
        Kind::ConfigRule | Kind::ConformancePack | Kind::FirewallPolicy | Kind::AutomationRule => {
            let (name, region) = address.name.split_once('/')?;
            let usable = !name.is_empty() && region.parse::<Region>().is_ok();
            usable.then_some(Removable::Deployment(address))
        }
        Kind::Control => {
            let (path, name) = on_unit(&address.name)?;
            Some(Removable::Control(path.parse().ok()?, name.to_owned()))
        }
        _ => None,
    }
}

/// The unit that an address names.
pub(super) fn unit(address: &str) -> Option<UnitPath> {
    match removable(address)? {
        Removable::Unit(path) => Some(path),
        _ => None,
    }
}

/// Why something cannot be removed, and the place that says so, if one does.
struct Wanted {
    what: String,
    place: Option<(Span, &'static str)>,
}

impl Wanted {
    fn at(what: String, span: Span, label: &'static str) -> Self {
        Self { what, place: Some((span, label)) }
    }
}

fn refused(entry: &Located<String>, wanted: Wanted) -> Diagnostic {
    let diagnostic = Diagnostic::error(RULE.topic.code, wanted.what).at(entry.span, "to be removed");
    match wanted.place {
        Some((span, label)) => diagnostic.at(span, label),
        None => diagnostic,
    }
}

fn unit_wanted(view: &View<'_>, path: &UnitPath) -> Option<Wanted> {
    let listed = view.units.get(path).map(|span| (*span, "the document wants it"));
    let renamed = view.listed().filter_map(|(_, unit)| unit.renamed_from.as_ref());
    let renamed =
        renamed.into_iter().find(|old| old.value == *path).map(|old| (old.span, "it is renamed here"));
    let (span, label) = listed.or(renamed)?;
    let what = format!("`{path}` cannot be removed while the document speaks of it");
    Some(Wanted::at(what, span, label))
}

/// A stack set, a trail, or something of AWS Config, Firewall Manager or Security Hub.
fn deployment_wanted(view: &View<'_>, address: &Address) -> Option<Wanted> {
    let name = address.name.split_once('/').map_or(address.name.as_str(), |(name, _)| name);
    let security = view.doc.security.as_ref();
    let config = security.and_then(|section| section.config.as_ref());
    let span = match address.kind {
        Kind::StackSet => view.doc.stack_sets.iter().flatten().find(|(one, _)| one.value == name)?.0.span,
        Kind::ConformancePack => {
            let packs = security?.conformance_packs.iter().flatten();
            packs.into_iter().find(|(one, _)| one.value == name)?.0.span
        }
        Kind::Trail => {
            let trails = security?.cloudtrail.as_ref()?.trails.iter().flatten();
            trails.into_iter().find(|(one, _)| one.value == name)?.0.span
        }
        Kind::FirewallPolicy => {
            let policies = security?.firewall_manager.as_ref()?.policies.iter().flatten();
            policies.into_iter().find(|(one, _)| one.value == name)?.0.span
        }
        Kind::AutomationRule => {
            let rules = security?.security_hub.as_ref()?.automation_rules.iter().flatten();
            rules.into_iter().find(|(one, _)| one.value == name)?.0.span
        }
        Kind::ConfigRule => config?.rules.iter().flatten().find(|(one, _)| one.value == name)?.0.span,
        _ => config?.aggregator.as_ref()?.span,
    };
    let what = format!("`{address}` cannot be removed while the document wants it");
    Some(Wanted::at(what, span, "the document wants it"))
}

/// Trusted access that the document itself rests on.
fn access_wanted(view: &View<'_>, principal: &str) -> Option<Wanted> {
    let trusted = view.doc.organization.iter().flat_map(|section| section.trusted_access.iter().flatten());
    if let Some(entry) = trusted.into_iter().find(|entry| entry.value == principal) {
        let what = format!("`{principal}` cannot be removed while the document trusts it");
        return Some(Wanted::at(what, entry.span, "the document wants it"));
    }
    let needed = service_access::needed_by_landing_zone(principal);
    if let Some(row) = needed.filter(|_| view.landing_zone().is_some()) {
        let what = format!("`{principal}` cannot be removed while there is a landing zone: {}", row.purpose);
        return Some(Wanted { what, place: None });
    }
    if let Some(entry) = root_switches(view).next().filter(|_| principal == IAM) {
        let what = format!("`{principal}` cannot be removed while the document wants root access through it");
        return Some(Wanted::at(what, entry.span, "the document wants it"));
    }
    let mut delegated = view.doc.delegated_administrators.iter().flatten();
    let rests =
        |word: &str| services::by_word(word).is_some_and(|row| row.principals.iter().any(|p| p == principal));
    if let Some((word, _)) = delegated.find(|(word, _)| rests(word)) {
        let what = format!("`{principal}` cannot be removed while `{word}` has an administrator");
        return Some(Wanted::at(what, word.span, "the document delegates it"));
    }
    let members = principal == "account.amazonaws.com" && view.accounts().next().is_some();
    members.then(|| Wanted {
        what: format!("`{principal}` cannot be removed while the document manages accounts through it"),
        place: None,
    })
}

fn root_switches<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Located<RootAccessWord>> {
    view.doc.organization.iter().flat_map(|section| section.root_access.iter().flatten())
}

fn root_access_wanted(view: &View<'_>, switch: RootAccess) -> Option<Wanted> {
    let entry = root_switches(view).find(|entry| entry.value.0 == switch)?;
    let what = "root access cannot be removed while the document wants it".to_owned();
    Some(Wanted::at(what, entry.span, "the document wants it"))
}

fn administrator_wanted(view: &View<'_>, word: &str) -> Option<Wanted> {
    let mut all = view.doc.delegated_administrators.iter().flatten();
    let (said, _) = all.find(|(said, _)| said.value == word)?;
    let what = format!("the administrators of `{word}` cannot be removed while the document names them");
    Some(Wanted::at(what, said.span, "the document wants them"))
}

fn identity_wanted(view: &View<'_>, address: &Address) -> Option<Wanted> {
    let name = address.name.as_str();
    let place = match address.kind {
        Kind::PermissionSet => {
            view.permission_sets().find(|(set, _)| set.value == name).map(|(set, _)| set.span)
        }
        Kind::Group => {
            view.identity_groups().find(|(group, _)| group.value == name).map(|(group, _)| group.span)
        }
        _ => view.assignments().find_map(|one| {
            let (set, subject) = parse_name(name)?;
            let said = one.permission_set.as_ref().filter(|said| said.value == set)?;
            let (group, user) = (one.group.as_ref(), one.user.as_ref());
            let same = match &subject {
                Subject::Group(name) => group.is_some_and(|group| group.value == *name),
                Subject::User(name) => user.is_some_and(|user| user.value == *name),
            };
            same.then_some(said.span)
        }),
    };
    let what = format!("`{address}` cannot be removed while the document wants it");
    place.map(|span| Wanted::at(what, span, "the document wants it"))
}

fn account_wanted(view: &View<'_>, name: &str) -> Option<Wanted> {
    let has_id = |section: &AccountSection| section.id.as_ref().is_some_and(|id| id.value.as_str() == name);
    let (entry, _) = view.accounts().find(|(entry, section)| entry.value == name || has_id(section))?;
    let what = format!("the account `{name}` cannot be closed while the document wants it");
    Some(Wanted::at(what, entry.span, "the document wants it"))
}

fn resource_policy_wanted(view: &View<'_>) -> Option<Wanted> {
    let section = view.doc.organization.as_ref()?.resource_policy.as_ref()?;
    let what = "the resource policy cannot be removed while the document speaks of it".to_owned();
    Some(Wanted::at(what, section.span, "the document wants it"))
}

fn baseline_wanted(view: &View<'_>, path: &UnitPath, word: &str) -> Option<Wanted> {
    let listed = view.listed().find(|(listed, _)| listed.value == *path);
    let words = listed.iter().flat_map(|(_, unit)| unit.baselines.iter().flatten());
    if let Some(entry) = words.into_iter().find(|entry| entry.value.0 == word) {
        let what = format!("`{path}:{word}` cannot be removed while the document wants it");
        return Some(Wanted::at(what, entry.span, "the document wants it"));
    }
    unknown_unit(view, path, "baseline")
}

/// Something on a unit that the document does not speak of cannot be found.
fn unknown_unit(view: &View<'_>, path: &UnitPath, what: &str) -> Option<Wanted> {
    let removed = view.doc.remove.iter().flatten().any(|entry| unit(entry).as_ref() == Some(path));
    let unknown = !removed && !view.units.contains_key(path) && view.whole("organizational_units");
    unknown.then(|| Wanted {
        what: format!("`{path}` is neither listed nor removed, so its {what} cannot be found"),
        place: None,
    })
}

/// A control that the unit lists by its name or by its guidance level. Whether a
/// framework brings it is told by the live catalogue, at planning.
fn control_wanted(view: &View<'_>, path: &UnitPath, name: &str) -> Option<Wanted> {
    let listed = view.listed().find(|(listed, _)| listed.value == *path);
    let entries = listed.iter().flat_map(|(_, unit)| unit.controls.iter().flatten());
    for entry in entries {
        let named = entry.0.name.as_ref().filter(|entry| short_name(entry) == short_name(name));
        let level = entry.0.guidance.as_ref().filter(|level| {
            controls::of_guidance(level).is_some_and(|all| all.iter().any(|one| one == name))
        });
        if let Some(place) = named.or(level) {
            let what = format!("`{path}:{name}` cannot be removed while the document wants it");
            return Some(Wanted::at(what, place.span, "the document wants it"));
        }
    }
    unknown_unit(view, path, "control")
}

/// An analyzer of a type that the document does not want, whose account it says.
fn analyzer_wanted(view: &View<'_>, word: &str) -> Option<Wanted> {
    let Some(section) = view.doc.security.as_ref().and_then(|one| one.access_analyzer.as_ref()) else {
        return Some(unowned("an analyzer", "security.access_analyzer"));
    };
    let listed = section.analyzers.iter().flatten().find(|listed| listed.value.0 == word)?;
    let what = "an analyzer cannot be removed while the document wants those of its type".to_owned();
    Some(Wanted::at(what, listed.span, "the document wants it"))
}

fn security_hub_policy_wanted(view: &View<'_>, name: &str) -> Option<Wanted> {
    let Some(section) = view.doc.security.as_ref().and_then(|one| one.security_hub.as_ref()) else {
        return Some(unowned("a configuration policy of Security Hub", "security.security_hub"));
    };
    let of_all = section.standards.is_some() || section.disabled_controls.is_some();
    let mut named = section.policies.iter().flatten();
    let place = named.find(|(listed, _)| listed.value == name).map(|(listed, _)| listed.span);
    let place = place.or_else(|| (of_all && name == OF_ALL).then_some(section.span))?;
    let what = format!("the configuration policy `{name}` cannot be removed while the document wants it");
    Some(Wanted::at(what, place, "the document wants it"))
}

/// Nobody says in which account it would be.
fn unowned(what: &str, section: &str) -> Wanted {
    Wanted {
        what: format!("{what} can be removed only beside `{section}`, which says whose it is"),
        place: None,
    }
}

fn policy_wanted(view: &View<'_>, name: &str) -> Option<Wanted> {
    if let Some((entry, _)) = view.policies().find(|(entry, _)| entry.value == name) {
        let what = format!("the policy `{name}` cannot be removed while the document wants it");
        return Some(Wanted::at(what, entry.span, "the document wants it"));
    }
    let former = view.policies().filter_map(|(_, policy)| policy.renamed_from.as_ref());
    if let Some(old) = former.into_iter().find(|old| old.value == name) {
        let what = format!("the policy `{name}` cannot be removed while the document renames it");
        return Some(Wanted::at(what, old.span, "it is renamed here"));
    }
    let of_aws = policy_types::all().iter().any(|row| row.everywhere.as_deref() == Some(name));
    let whose = match (of_aws, name.starts_with(OF_CONTROL_TOWER)) {
        (true, _) => "AWS",
        (_, true) => "Control Tower",
        _ => return None,
    };
    Some(Wanted { what: format!("`{name}` is a policy of {whose}, which cannot be removed"), place: None })
}

fn policy_type_wanted(view: &View<'_>, kind: &str) -> Option<Wanted> {
    let word = policy_types::word_of(kind);
    let of_type = |policy: &PolicySection| policy.r#type.as_ref().is_some_and(|one| one.value.0 == kind);
    if let Some((entry, _)) = view.policies().find(|(_, policy)| of_type(policy)) {
        let what =
            format!("the policy type `{word}` cannot be removed while the document has policies of it");
        return Some(Wanted::at(what, entry.span, "of this type"));
    }
    let of_controls = word == "service_control" && view.landing_zone().is_some();
    of_controls.then(|| Wanted {
        what: format!("the policy type `{word}` cannot be removed while there is a landing zone, whose controls are such policies"),
        place: None,
    })
}
