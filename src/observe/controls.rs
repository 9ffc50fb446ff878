//! Controls on units, and what the Control Catalog says about those of a document.
//!
//! The catalogue is read in bulk, once per survey: every control, every relation,
//! and the frameworks when one is named. A control alone is asked for only when its
//! parameters matter or when it goes by a Regional identifier.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::findings::Findings;
use super::wanted::key;
use crate::catalog::controls as catalogue;
use crate::cloud::inventory::control_catalog::{self, Offered};
use crate::cloud::inventory::controls::{self, Enabled};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::controls::{Behavior, Control, ControlFacts, on_unit, short_name};
use crate::model::reference::as_reference;
use crate::model::{Address, Attributes, Fields, Kind, Live, Resource};

/// So many names that may have been meant are told.
const NEAREST: usize = 3;

/// What was read of the catalogue: all its controls, and what they are to the
/// document.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    offered: Vec<Offered>,
    pub(super) facts: ControlFacts,
}

impl Catalog {
    /// The name of the control of an ARN; of one that the catalogue does not have the end of the ARN.
    pub(super) fn name_of<'c>(&'c self, control: &'c str) -> &'c str {
        let alias = |one: &'c Offered| one.aliases.first().map(String::as_str);
        find(&self.offered, control).and_then(alias).unwrap_or_else(|| short_name(control))
    }
}

/// What the catalogue says about the controls and frameworks of these resources.
pub(super) async fn catalog(connection: &Connection, wanted: &[&Resource]) -> Catalog {
    if wanted.is_empty() {
        return Catalog::default();
    }
    match read(connection, wanted).await {
        Ok(catalog) => catalog,
        Err(error) => {
            let facts = ControlFacts { unread: Some(error.to_string()), ..ControlFacts::default() };
            Catalog { offered: Vec::new(), facts }
        }
    }
}

async fn read(connection: &Connection, wanted: &[&Resource]) -> Result<Catalog, CallError> {
    let frameworks: BTreeSet<&str> = wanted.iter().filter_map(|one| key(one, "framework")).collect();
    let mappings = async {
        if frameworks.is_empty() {
            return Ok(Vec::new());
        }
        control_catalog::frameworks(connection).await
    };
    let (offered, relations, mappings) =
        tokio::join!(control_catalog::controls(connection), control_catalog::relations(connection), mappings);
    let (offered, relations, mappings) = (offered?, relations?, mappings?);
    let mut facts = ControlFacts::default();
    for resource in wanted.iter().filter(|one| key(one, "framework").is_none()) {
        let Some(name) = key(resource, "name").filter(|name| !facts.known.contains_key(*name)) else {
            continue;
        };
        let one = match find(&offered, name) {
            Some(one) => Some(one),
            None => translated(connection, &offered, name).await?,
        };
        match one {
            Some(one) => {
                facts.known.insert(name.to_owned(), control(one));
            }
            None => {
                let names = offered.iter().flat_map(|one| &one.aliases).map(String::as_str);
                facts.unknown.insert(name.to_owned(), nearest(name, names));
            }
        }
    }
    for framework in frameworks {
        select(framework, &offered, &mappings, &mut facts);
    }
    with_parameters(connection, wanted, &mut facts).await?;
    // Relations are told of both controls, so one look at each pair is enough.
    let ours: BTreeSet<String> = facts.known.values().map(|control| control.arn.clone()).collect();
    let exclusive = relations.into_iter().filter(|one| one.relation == "MUTUALLY_EXCLUSIVE");
    for pair in exclusive.filter(|one| ours.contains(&one.control) || ours.contains(&one.other)) {
        let (one, other) = (pair.control, pair.other);
        facts.exclusive.insert(if one < other { (one, other) } else { (other, one) });
    }
    Ok(Catalog { offered, facts })
}

/// Units, each with a type of policies as which Control Tower will carry out a control there
/// that is not enabled yet.
pub(super) fn units_of_policies(
    wanted: &[&Resource],
    facts: &ControlFacts,
    findings: &Findings,
) -> BTreeSet<(String, String)> {
    let mut units = BTreeSet::new();
    for resource in wanted.iter().filter(|resource| !findings.live.contains_key(&resource.address)) {
        let said = key(resource, "framework").and_then(|framework| facts.frameworks.get(framework));
        let names = said.into_iter().flatten().map(String::as_str).chain(key(resource, "name"));
        let unit = resource.fields.get("target").and_then(as_reference).map(|unit| unit.address);
        let id = unit.and_then(|unit| findings.live.get(&unit)?.attribute("id"));
        for control in names.filter_map(|name| facts.known.get(name)) {
            units.extend(id.zip(control.policy_type()).map(|(id, kind)| (id.to_owned(), kind.to_owned())));
        }
    }
    units
}

/// The control of that alias, ARN or id. A Regional ARN of the oldest controls ends
/// with their name.
fn find<'o>(offered: &'o [Offered], name: &str) -> Option<&'o Offered> {
    let short = short_name(name);
    let id = |one: &Offered| one.arn.rsplit('/').next() == Some(short);
    let alias = |one: &Offered| one.aliases.iter().any(|alias| alias == short);
    match name.starts_with("arn:") && !name.contains(":controltower:") {
        true => offered.iter().find(|one| one.arn == name),
        false => offered.iter().find(|one| alias(one)).or_else(|| offered.iter().find(|one| id(one))),
    }
}

/// The control behind a Regional ARN with an opaque identifier, which only the
/// catalogue can translate.
async fn translated<'o>(
    connection: &Connection,
    offered: &'o [Offered],
    name: &str,
) -> Result<Option<&'o Offered>, CallError> {
    if !name.contains(":controltower:") {
        return Ok(None);
    }
    let detail = control_catalog::control(connection, name).await?;
    Ok(detail.and_then(|detail| offered.iter().find(|one| one.arn == detail.arn)))
}

fn control(one: &Offered) -> Control {
    let last = one.arn.rsplit('/').next().unwrap_or_default();
    Control {
        arn: one.arn.clone(),
        alias: one.aliases.first().map_or(last, String::as_str).to_owned(),
        // A behaviour that is not known yet is taken for the one that wants most.
        behavior: Behavior::of(&one.behavior).unwrap_or(Behavior::Detective),
        implementation: one.implementation.clone(),
        needs_parameters: one.needs_parameters,
        parameters: None,
    }
}

/// The controls that the catalogue maps to a framework.
fn select(framework: &str, offered: &[Offered], mappings: &[(String, String)], facts: &mut ControlFacts) {
    let arns: BTreeSet<&String> =
        mappings.iter().filter(|(_, name)| name == framework).map(|(arn, _)| arn).collect();
    if arns.is_empty() {
        let mapped = mappings.iter().map(|(_, name)| name.as_str());
        let all: BTreeSet<&str> = mapped.chain(catalogue::frameworks().iter().map(String::as_str)).collect();
        facts.unknown_frameworks.insert(framework.to_owned(), nearest(framework, all.into_iter()));
        return;
    }
    let mut names = BTreeSet::new();
    for one in offered.iter().filter(|one| arns.contains(&one.arn)) {
        let control = control(one);
        if control.needs_parameters || catalogue::is_unchangeable(&control.alias) {
            facts.left_out.entry(framework.to_owned()).or_default().insert(control.alias);
            continue;
        }
        names.insert(control.alias.clone());
        facts.known.entry(control.alias.clone()).or_insert(control);
    }
    facts.frameworks.insert(framework.to_owned(), names);
}

/// Fills in the parameters of the controls whose parameters the document says.
async fn with_parameters(
    connection: &Connection,
    wanted: &[&Resource],
    facts: &mut ControlFacts,
) -> Result<(), CallError> {
    let said = wanted.iter().filter(|one| one.fields.contains_key("parameters"));
    let names: BTreeSet<&str> = said.filter_map(|one| key(one, "name")).collect();
    let asked: Vec<(&str, String)> =
        names.into_iter().filter_map(|name| Some((name, facts.known.get(name)?.arn.clone()))).collect();
    let questions = asked.iter().map(|(_, arn)| {
        let (connection, arn) = (connection.clone(), arn.clone());
        async move { control_catalog::control(&connection, &arn).await }
    });
    let answers = fan_out(questions.collect()).await;
    for ((name, _), detail) in asked.into_iter().zip(answers) {
        if let (Some(known), Some(detail)) = (facts.known.get_mut(name), detail?) {
            known.parameters = Some(detail.parameters);
        }
    }
    Ok(())
}

/// Names like the one that was written, the most like first.
fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Vec<String> {
    let word = word.to_lowercase();
    let like = |name: &str| strsim::jaro_winkler(&word, &name.to_lowercase());
    let mut scored: Vec<(f64, &str)> =
        candidates.map(|name| (like(name), name)).filter(|(score, _)| *score >= 0.8).collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    scored.into_iter().take(NEAREST).map(|(_, name)| name.to_owned()).collect()
}

/// Fills in the controls of the desired units: those of the document under its
/// names, and all others that are enabled there under their own, because a
/// framework may turn out to have them and because controls may exclude each other.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    enabled: &[Enabled],
    catalog: &Catalog,
    findings: &mut Findings,
) {
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for resource in wanted {
        let target = resource.fields.get("target").and_then(|target| findings.resolved(target));
        let path = on_unit(&resource.address.name).map(|(path, _)| path);
        if let (Some(Value::String(target)), Some(path)) = (target, path) {
            places.insert(target, path.to_owned());
        }
    }
    let here: Vec<&Enabled> = enabled.iter().filter(|one| places.contains_key(&one.target)).collect();
    let translations = match translations(connection, &here, catalog).await {
        Ok(translations) => translations,
        Err(error) => return findings.gap_all(wanted, &error),
    };
    let mut mine: Vec<(&Resource, &Enabled)> = Vec::new();
    for one in &here {
        let Some(translation) = translations.get(&one.control) else { continue };
        let path = places.get(&one.target).map(String::as_str).unwrap_or_default();
        let address = Address::new(Kind::Control, format!("{path}:{}", translation.alias));
        findings.live.insert(address, live(one, translation, false, None));
        mine.extend(wanted.iter().filter_map(|resource| {
            let known = catalog.facts.known.get(key(resource, "name")?)?;
            let on = on_unit(&resource.address.name).map(|(path, _)| path);
            (known.arn == translation.arn && on == Some(path)).then_some((*resource, *one))
        }));
    }
    let details = parameters(connection, &mine).await;
    for ((resource, one), details) in mine.into_iter().zip(details) {
        let Some(translation) = translations.get(&one.control) else { continue };
        let asked = resource.fields.contains_key("parameters");
        let details = match details {
            Ok(details) => details,
            Err(error) => {
                findings.gap(resource, &error);
                None
            }
        };
        findings.see(resource, live(one, translation, asked, details));
    }
}

/// The global ARN, the name and the implementation of an enabled control.
#[derive(Debug, Clone)]
struct Translation {
    arn: String,
    alias: String,
    can_be_reset: bool,
}

/// What the ARNs stand for under which controls were enabled.
async fn translations(
    connection: &Connection,
    enabled: &[&Enabled],
    catalog: &Catalog,
) -> Result<BTreeMap<String, Translation>, CallError> {
    let arns: BTreeSet<&String> = enabled.iter().map(|one| &one.control).collect();
    if catalog.facts.unread.is_some() {
        return Ok(BTreeMap::new());
    }
    let mut found = BTreeMap::new();
    for arn in arns {
        let one = match find(&catalog.offered, arn) {
            Some(one) => Some(one),
            None => translated(connection, &catalog.offered, arn).await?,
        };
        let translation = one.map(control).map(|control| Translation {
            can_be_reset: !control.is_service_control_policy(),
            alias: control.alias,
            arn: control.arn,
        });
        // What the catalogue has forgotten is still known by what AWS lists.
        found.insert(
            arn.clone(),
            translation.unwrap_or_else(|| Translation {
                arn: arn.clone(),
                alias: short_name(arn).to_owned(),
                can_be_reset: true,
            }),
        );
    }
    Ok(found)
}

/// An enabled control as it is seen; its troubles stand where they are mended.
fn live(one: &Enabled, what: &Translation, with_parameters: bool, parameters: Option<Value>) -> Live {
    let failed = one.status == "FAILED";
    let mut words = Vec::new();
    words.extend(failed.then_some("FAILED"));
    words.extend(one.drifted.then_some("DRIFTED"));
    if one.status == "UNDER_CHANGE" {
        // What it will be is not known yet; the next plan sees it.
        words.clear();
    }
    let remedy: &[&str] = match () {
        () if words.is_empty() => &[],
        () if failed && !one.drifted && with_parameters => &["update_for"],
        () if what.can_be_reset => &["reset_for"],
        () => &["disable_for", "enable_again_for"],
    };
    let mut fields = Fields::from([("target".to_owned(), json!(one.target))]);
    for trouble in ["reset_for", "update_for", "disable_for", "enable_again_for"] {
        let value = if remedy.contains(&trouble) { json!(words) } else { json!([]) };
        fields.insert(trouble.to_owned(), value);
    }
    fields.extend(parameters.map(|value| ("parameters".to_owned(), value)));
    let attributes =
        Attributes::from([("arn".to_owned(), one.arn.clone()), ("identifier".to_owned(), what.arn.clone())]);
    Live { fields, attributes }
}

/// The parameters of each, which lists do not tell; only where somebody asks.
async fn parameters(
    connection: &Connection,
    found: &[(&Resource, &Enabled)],
) -> Vec<Result<Option<Value>, CallError>> {
    let questions = found.iter().map(|(resource, enabled)| {
        let (connection, arn) = (connection.clone(), enabled.arn.clone());
        let asked = resource.fields.contains_key("parameters");
        async move {
            if !asked {
                return Ok(None);
            }
            controls::details(&connection, &arn).await.map(|details| Some(json!(details.parameters)))
        }
    });
    fan_out(questions.collect()).await
}

/// A control on a unit, by every name it has.
#[derive(Debug)]
pub(super) struct Named {
    /// The unit's ARN.
    pub(super) target: String,
    /// The control's readable name.
    pub(super) alias: String,
    /// The control's global ARN.
    pub(super) control: String,
    /// The ARN of the enabled control.
    pub(super) arn: String,
    /// `SUCCEEDED`, `FAILED` or `UNDER_CHANGE`.
    pub(super) status: String,
    /// Whether AWS says that it drifted.
    pub(super) drifted: bool,
}

/// All controls on units, and those that the resources speak of, directly or by a
/// framework.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Every control that an API can change.
    pub(super) enabled: Vec<Named>,
    /// Path of the unit and global ARN.
    pub(super) spoken: BTreeSet<(String, String)>,
}

/// Lists the controls on units. Those that no API changes are AWS's own affair.
pub(super) async fn list(connection: &Connection, wanted: &[Resource]) -> Result<Listed, CallError> {
    let enabled = controls::enabled(connection, None).await?;
    if enabled.is_empty() {
        return Ok(Listed::default());
    }
    let resources: Vec<&Resource> = wanted.iter().filter(|one| one.address.kind == Kind::Control).collect();
    let catalog = read(connection, &resources).await?;
    let all: Vec<&Enabled> = enabled.iter().collect();
    let translations = translations(connection, &all, &catalog).await?;
    let mut listed = Listed::default();
    for resource in resources {
        let Some((path, _)) = on_unit(&resource.address.name) else { continue };
        let names: Vec<&str> = match key(resource, "framework") {
            Some(framework) => {
                catalog.facts.frameworks.get(framework).into_iter().flatten().map(String::as_str).collect()
            }
            None => key(resource, "name").into_iter().collect(),
        };
        let known = names.iter().filter_map(|name| catalog.facts.known.get(*name));
        listed.spoken.extend(known.map(|control| (path.to_owned(), control.arn.clone())));
    }
    for one in enabled {
        let Some(translation) = translations.get(&one.control) else { continue };
        if !catalogue::is_unchangeable(&translation.alias) {
            listed.enabled.push(Named {
                target: one.target,
                alias: translation.alias.clone(),
                control: translation.arn.clone(),
                arn: one.arn,
                status: one.status,
                drifted: one.drifted,
            });
        }
    }
    Ok(listed)
}
