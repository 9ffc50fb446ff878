//! `backup.reports` and `backup.frameworks`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Said, alike, holder};
use crate::export::draft::Draft;
use crate::export::yaml::{Map, Node};
use crate::model::{Address, Fields, Kind};

/// The frameworks that the document has.
pub(super) struct Frameworks {
    pub(super) section: Map,
    /// Their ARNs in all their Regions, by name.
    arns: BTreeMap<String, BTreeSet<String>>,
}

pub(super) fn frameworks(draft: &mut Draft<'_>) -> Frameworks {
    let census = draft.census;
    let chosen = alike(
        draft,
        Kind::BackupFramework,
        "frameworks",
        |place| &place.frameworks,
        |draft, account, _, _, live| {
            holder(draft, account)?;
            let mut entry = Map::default();
            entry.put_some("description", live.fields.get("description").and_then(Value::as_str));
            let mut controls = Map::default();
            for (name, parameters) in
                live.fields.get("controls").and_then(Value::as_object).into_iter().flatten()
            {
                let mut values = Map::default();
                for (name, value) in parameters.as_object().into_iter().flatten() {
                    values.put(name, value.as_str().unwrap_or_default());
                }
                controls.put(name, values);
            }
            entry.put("controls", controls);
            Ok(Said { entry, left: None })
        },
    );
    let mut all = Frameworks { section: Map::default(), arns: BTreeMap::new() };
    for (name, one) in &chosen {
        let Some(entry) = one.written(draft) else { continue };
        all.section.put(name, entry);
        let places = census.backup.accounts.get(&one.account);
        let places = one.regions.iter().filter_map(|region| places?.get(region));
        let arns = places.filter_map(|place| place.frameworks.get(name)?.attribute("arn").map(str::to_owned));
        all.arns.insert(name.clone(), arns.collect());
    }
    all
}

/// Reports from the home Region, where the document has them.
pub(super) fn reports(draft: &mut Draft<'_>, frameworks: &Frameworks) -> Map {
    let census = draft.census;
    let mut section = Map::default();
    let mut taken = BTreeSet::new();
    for (account, region, place) in census.backup.places() {
        for (name, live) in &place.reports {
            let why = if *region != census.home_region {
                "it is not in the home Region"
            } else if draft.names.holder(account).is_none() {
                "its account is not in the document"
            } else if tells_nothing(&live.fields, frameworks) {
                "it is about compliance with frameworks that the document does not have"
            } else if !taken.insert(name) {
                "another account has a report of this name"
            } else {
                section.put(name, report(draft, name, account, &live.fields, frameworks));
                continue;
            };
            draft.remark(format!("backup.reports.{name} of {account} in {region}: {why}"));
        }
    }
    section
}

/// Whether a report is about frameworks of which the document has none.
fn tells_nothing(live: &Fields, frameworks: &Frameworks) -> bool {
    let about =
        live.get("template").and_then(Value::as_str).is_some_and(|name| name.ends_with("COMPLIANCE_REPORT"));
    let covered =
        live.get("frameworks").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    about && !covered.into_iter().any(|arn| frameworks.arns.values().any(|arns| arns.contains(arn)))
}

fn report(draft: &mut Draft<'_>, name: &str, account: &str, live: &Fields, frameworks: &Frameworks) -> Map {
    let text = |field: &str| live.get(field).and_then(Value::as_str);
    let texts = |field: &str| -> BTreeSet<String> {
        let items = live.get(field).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let mut entry = Map::default();
    entry.put("administrator", draft.names.holder(account).unwrap_or(account));
    entry.put("template", text("template").unwrap_or_default());
    entry.put("bucket", text("bucket").unwrap_or_default());
    entry.put_some("prefix", text("prefix").filter(|prefix| !prefix.is_empty()));
    entry.put_filled("formats", texts("formats").into_iter().collect::<Vec<_>>());
    entry.put_some("description", text("description"));
    let live_arns = texts("frameworks");
    let named = frameworks.arns.iter().filter(|(_, arns)| arns.iter().any(|arn| live_arns.contains(arn)));
    let (names, arns): (Vec<&String>, Vec<&BTreeSet<String>>) = named.unzip();
    entry.put_filled("frameworks", names.into_iter().map(Node::from).collect::<Vec<_>>());
    let said: BTreeSet<String> = arns.into_iter().flatten().cloned().collect();
    let why = if live.get("accounts") != Some(&json!(["ROOT"])) || live.contains_key("units") {
        Some("it covers some accounts only")
    } else if live.get("regions") != Some(&json!(["*"])) {
        Some("it covers some Regions only")
    } else if said != live_arns {
        Some("it covers other frameworks than the document has")
    } else {
        None
    };
    if let Some(why) = why {
        draft.leave(&Address::new(Kind::ReportPlan, name), why);
    }
    entry
}
