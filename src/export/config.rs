//! AWS Config: `security.config` and `security.conformance_packs`.
//!
//! The document has one account that deploys: the one that deploys most. What others deploy is
//! told. AWS gives the template of a conformance pack to nobody, so that a pack is named and left
//! alone until somebody puts its template beside the document.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map as Json, Value, json};

use super::draft::{Draft, most};
use super::names::MANAGEMENT;
use super::yaml::{Map, Node};
use crate::model::region::Region;
use crate::model::{Address, Fields, Kind};
use crate::observe::census::config::{Deployments, PRINCIPALS, WORD};

/// The name of an aggregator whose name the document does not say.
const AGGREGATOR: &str = "organization";
/// AWS's metadata of its own rules, and of rules in Guard.
const MANAGED: &str = "OrganizationManagedRuleMetadata";
const GUARD: &str = "OrganizationCustomPolicyRuleMetadata";

/// What the document says of a rule, in AWS's words.
const SAID: [&str; 8] = [
    "RuleIdentifier",
    "PolicyText",
    "PolicyRuntime",
    "OrganizationConfigRuleTriggerTypes",
    "Description",
    "InputParameters",
    "ResourceTypesScope",
    "MaximumExecutionFrequency",
];

/// What is said of AWS Config.
#[derive(Default)]
pub(super) struct Said {
    pub(super) config: Option<Map>,
    pub(super) packs: Option<Map>,
}

/// What one account deploys in the Regions of the document.
struct Deployed<'c> {
    account: &'c str,
    regions: BTreeMap<&'c Region, &'c Deployments>,
}

pub(super) fn sections(draft: &mut Draft<'_>) -> Said {
    let Some(deployed) = chosen(draft) else { return Said::default() };
    let Some(administrator) = draft.names.holder(deployed.account).map(str::to_owned) else {
        for (region, one) in &deployed.regions {
            tell(draft, &format!("of {} in {region}, which is not in the document", deployed.account), one);
        }
        return Said::default();
    };
    let busy = |one: &&Deployments| !one.rules.is_empty() || !one.packs.is_empty();
    let included: BTreeSet<&Region> =
        deployed.regions.iter().filter(|(_, one)| busy(one)).map(|(region, _)| *region).collect();
    let mut config = Map::default();
    config.put("administrator", administrator);
    config.put_some("aggregator", aggregator(draft, &deployed));
    config.put_filled("rules", rules(draft, &deployed, &included));
    let packs = packs(draft, &deployed, &included);
    if !included.is_empty() {
        let excluded = draft.regions.iter().filter(|region| !included.contains(region));
        config.put_filled("exclude_regions", excluded.map(|region| region.as_str()).collect::<Vec<_>>());
    }
    trust(draft, &deployed);
    Said { config: Some(config), packs: (!packs.is_empty()).then_some(packs) }
}

/// Who deploys most; what the others deploy is told, and what stands in Regions that the document
/// does not have.
fn chosen<'c>(draft: &mut Draft<'c>) -> Option<Deployed<'c>> {
    let census = draft.census;
    let total = |regions: &BTreeMap<Region, Deployments>| -> usize {
        regions.values().map(|one| one.names().count()).sum()
    };
    let busy = census.config.iter().filter(|(_, regions)| total(regions) > 0);
    let (account, regions) =
        busy.clone().max_by_key(|(account, regions)| (total(regions), Reverse(*account)))?;
    for (other, regions) in busy.filter(|(other, _)| *other != account) {
        for (region, one) in regions {
            tell(draft, &format!("of {other} in {region}"), one);
        }
    }
    let (known, strange): (BTreeMap<_, _>, BTreeMap<_, _>) =
        regions.iter().partition(|(region, _)| draft.regions.contains(region));
    for (region, one) in strange {
        tell(draft, &format!("in {region}, which is no Region of the document"), one);
    }
    Some(Deployed { account, regions: known })
}

/// Tells what is deployed somewhere and not in the document.
fn tell(draft: &mut Draft<'_>, place: &str, one: &Deployments) {
    let names: Vec<&str> = one.names().collect();
    if !names.is_empty() {
        draft.remark(format!("security.config {place}: {}", names.join(", ")));
    }
}

fn aggregator(draft: &mut Draft<'_>, deployed: &Deployed<'_>) -> Option<Map> {
    let home = &draft.census.home_region;
    // From 4.0 on the landing zone has one of its own, and a document does not ask for a second.
    let zone = draft.tower.said("/config").filter(|_| !draft.tower.is_classic());
    let of_zone = zone.is_some_and(|config| config["enabled"] != false);
    let mut said = None;
    for (region, one) in &deployed.regions {
        for (name, live) in &one.aggregators {
            if *region != home || said.is_some() || of_zone {
                draft.remark(format!("security.config: the aggregator {name} in {region} is a further one"));
                continue;
            }
            let mut entry = Map::default();
            entry.put_some("name", (name != AGGREGATOR).then_some(name));
            entry.put("role", &live.role);
            entry.put_filled("regions", live.regions.iter().filter(|one| *one != "all").collect::<Vec<_>>());
            said = Some(entry);
        }
    }
    said
}

fn rules(draft: &mut Draft<'_>, deployed: &Deployed<'_>, included: &BTreeSet<&Region>) -> Map {
    let names: BTreeSet<&String> = deployed.regions.values().flat_map(|one| one.rules.keys()).collect();
    let mut section = Map::default();
    for name in names {
        let of = |region: &&Region| deployed.regions.get(*region).and_then(|one| one.rules.get(name));
        let Some(live) = most(included.iter().filter_map(of)) else { continue };
        let Some((mut entry, whole)) = rule(draft, name, live) else {
            draft.remark(format!(
                "security.config.rules.{name}: the document has no word for rules of its kind"
            ));
            continue;
        };
        let known = except(draft, live, &mut entry);
        section.put(name, entry);
        for region in included {
            let why = match of(region) {
                None => "it is not there",
                Some(other) if other != live => "it is otherwise than elsewhere",
                Some(_) if !whole => "the document has no words for all of it",
                Some(_) if !known => "it leaves out accounts that the document does not have",
                Some(live) if live.get("failed") != Some(&json!([])) => {
                    "it is not in effect in every account"
                }
                Some(_) => continue,
            };
            draft.leave(&Address::new(Kind::ConfigRule, format!("{name}/{region}")), why);
        }
    }
    section
}

/// A rule in the document's words, and whether they are all that there is to say.
fn rule(draft: &mut Draft<'_>, name: &str, live: &Fields) -> Option<(Map, bool)> {
    let definition = live.get("definition")?.as_object()?;
    let (kind, metadata) = definition.iter().next()?;
    let text = |member: &str| metadata.get(member).and_then(Value::as_str);
    let mut entry = Map::default();
    let mut whole = true;
    match kind.as_str() {
        MANAGED => entry.put("managed", text("RuleIdentifier")?),
        GUARD => {
            entry.put("guard", draft.text("rules", name, "guard", text("PolicyText")?));
            let usual = json!(["ConfigurationItemChangeNotification"]);
            whole = text("PolicyRuntime") == Some("guard-2.x.x")
                && metadata.get("OrganizationConfigRuleTriggerTypes") == Some(&usual);
        }
        _ => return None,
    }
    entry.put_some("description", text("Description"));
    if let Some(given) = text("InputParameters") {
        let values: Option<Json<String, Value>> = serde_json::from_str(given).ok();
        let values: Json<String, Value> =
            values.into_iter().flatten().filter(|(_, value)| value.is_string()).collect();
        // Compared is the text, so that it has to be the one that the program would write.
        let written = Value::Object(values.clone()).to_string();
        whole &= written == given;
        entry.put("parameters", pairs(&values));
    }
    entry.put_some("resource_types", metadata.get("ResourceTypesScope").map(Node::from));
    entry.put_some("frequency", text("MaximumExecutionFrequency"));
    whole &= metadata.as_object()?.keys().all(|member| SAID.contains(&member.as_str()));
    Some((entry, whole))
}

fn packs(draft: &mut Draft<'_>, deployed: &Deployed<'_>, included: &BTreeSet<&Region>) -> Map {
    let names: BTreeSet<&String> = deployed.regions.values().flat_map(|one| one.packs.keys()).collect();
    let mut section = Map::default();
    for name in names {
        let of = |region: &&Region| deployed.regions.get(*region).and_then(|one| one.packs.get(name));
        let Some(live) = most(included.iter().filter_map(of)) else { continue };
        let mark = live.get("mark").and_then(Value::as_str);
        let mut entry = Map::default();
        entry.put("template", draft.text("packs", name, "yaml", &no_template(name, mark)));
        let parameters = live.get("parameters").and_then(Value::as_object).cloned().unwrap_or_default();
        entry.put_filled("parameters", pairs(&parameters));
        except(draft, live, &mut entry);
        let elsewhere = included.iter().filter(|region| of(region).is_none());
        entry.put_filled("exclude_regions", elsewhere.map(|region| region.as_str()).collect::<Vec<_>>());
        section.put(name, entry);
        for region in included.iter().filter(|region| of(region).is_some()) {
            let bucket = deployed.regions.get(*region).and_then(|one| one.buckets.get(name));
            if let Some(bucket) = bucket {
                draft.remark(format!(
                    "security.conformance_packs.{name} in {region}: it delivers to the bucket {bucket}"
                ));
            }
            let address = Address::new(Kind::ConformancePack, format!("{name}/{region}"));
            draft.leave(&address, UNTOLD);
        }
    }
    section
}

/// Why packs are left alone.
pub(crate) const UNTOLD: &str = "AWS gives its template to nobody";

/// What stands in the place of a template.
fn no_template(name: &str, mark: Option<&str>) -> String {
    let digest = mark.map_or_else(String::new, |mark| {
        format!("\n# It was put last with a template of the digest {mark}, as lzctl counts it.")
    });
    format!(
        "# AWS gives the template of a conformance pack to nobody. Put that of {name} here, with its resources\n\
         # of the type AWS::Config::ConfigRule, and take the pack out of `leave_alone`.{digest}\n\
         Resources: {{}}\n"
    )
}

/// Says which accounts something is not for; false when the document does not have one of them.
fn except(draft: &Draft<'_>, live: &Fields, entry: &mut Map) -> bool {
    let ids = live.get("excluded").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let words: Vec<Option<&str>> = ids.map(|id| draft.names.holder(id)).collect();
    let known = words.iter().all(Option::is_some);
    let (own, others): (Vec<&str>, Vec<&str>) =
        words.into_iter().flatten().partition(|word| *word == MANAGEMENT);
    entry.put_filled("exclude", others);
    entry.put_some("management", own.is_empty().then_some(true));
    known
}

fn pairs(values: &Json<String, Value>) -> Map {
    let mut map = Map::default();
    for (key, value) in values {
        map.put(key, value.as_str().unwrap_or_default());
    }
    map
}

/// What a document with this administrator trusts and appoints by itself, and what is not so.
fn trust(draft: &mut Draft<'_>, deployed: &Deployed<'_>) {
    let all = || deployed.regions.values();
    let used = [
        all().any(|one| !one.aggregators.is_empty()),
        all().any(|one| !one.rules.is_empty() || !one.packs.is_empty()),
    ];
    for (principal, _) in PRINCIPALS.iter().zip(used).filter(|(_, used)| *used) {
        draft.leave_trust(principal, "AWS Config works without it");
    }
    let census = draft.census;
    if census.is_management(deployed.account) {
        return;
    }
    let groups = census.administrators.services.get(WORD).into_iter().flat_map(BTreeMap::values);
    let places: BTreeMap<&String, &BTreeSet<String>> = groups.flatten().collect();
    let registered = |principal: &&str| {
        places.get(&(*principal).to_owned()).is_some_and(|ids| ids.contains(deployed.account))
    };
    if !PRINCIPALS.iter().all(registered) {
        let why = "it is not registered for all that AWS Config does";
        draft.leave(&Address::new(Kind::DelegatedAdministrator, WORD), why);
    }
    for principal in PRINCIPALS {
        draft.leave_trust(principal, "AWS Config is administered without it");
    }
}
