//! `backup.restore_testing`, and the role that it works with.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::vaults::Vaults;
use super::{Said, alike, holder};
use crate::catalog::service_roles as catalogue;
use crate::export::draft::Draft;
use crate::export::service_roles;
use crate::export::yaml::Map;
use crate::model::kinds::restore_testing::selection_name;
use crate::model::region::Region;
use crate::model::{Address, Fields, Kind};
use crate::observe::census::backup::{RestoreTests, role_of};

/// The time zone of a schedule that says none.
const UTC: &str = "UTC";

/// The restore tests that the document has.
pub(super) struct Tests {
    pub(super) section: Map,
    /// The role that most of them work with.
    pub(super) role: Option<String>,
}

pub(super) fn write(draft: &mut Draft<'_>, vaults: &Vaults) -> Tests {
    let census = draft.census;
    let role = most(census.backup.places().flat_map(|(_, _, place)| {
        place.restore_tests.values().flat_map(|tests| tests.selections.values().filter_map(role_of))
    }));
    let chosen = alike(
        draft,
        Kind::RestoreTestingPlan,
        "restore_testing",
        |place| &place.restore_tests,
        |draft, account, region, name, tests| said(draft, vaults, account, region, name, tests),
    );
    let mut section = Map::default();
    for (name, one) in &chosen {
        let Some(entry) = one.written(draft) else { continue };
        section.put(name, entry);
        let role = role.as_deref().unwrap_or_default();
        for region in &one.regions {
            let place = census.backup.accounts.get(&one.account).and_then(|regions| regions.get(region));
            if let Some(tests) = place.and_then(|place| place.restore_tests.get(name)) {
                selections(draft, name, region, tests, role);
            }
        }
        work_role(draft, &one.account, role);
    }
    Tests { role: role.filter(|_| !section.is_empty()), section }
}

/// What occurs most often; of as many the first.
fn most<T: Ord>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(one, _)| one)
}

fn said(
    draft: &mut Draft<'_>,
    vaults: &Vaults,
    account: &str,
    region: &Region,
    name: &str,
    tests: &RestoreTests,
) -> Result<Said, String> {
    holder(draft, account)?;
    let text = |field: &str| tests.plan.get(field).and_then(Value::as_str);
    let number = |field: &str| tests.plan.get(field).and_then(Value::as_u64);
    let tested = tests.plan.get("vaults").and_then(Value::as_array).into_iter().flatten();
    let tested: Option<BTreeSet<String>> =
        tested.map(|arn| vaults.name(arn.as_str()?, account, region)).collect();
    let tested = tested.ok_or("it tests vaults that the document does not have")?;
    let (types, others): (Vec<_>, Vec<_>) = tests
        .selections
        .iter()
        .partition(|(name, one)| sort(one).is_some_and(|sort| selection_name(sort) == **name));
    if types.is_empty() {
        return Err("it has no selection that the document has a word for".to_owned());
    }
    for (selection, _) in others {
        draft.remark(format!(
            "backup.restore_testing.{name} of {account} in {region}: the selection {selection} has a name of its own"
        ));
    }
    let mut entry = Map::default();
    entry.put("schedule", text("schedule").unwrap_or_default());
    entry.put_some("timezone", text("timezone").filter(|zone| *zone != UTC));
    entry.put_some("start_window_hours", number("start_window_hours").filter(|hours| *hours > 0));
    entry.put("vaults", tested.into_iter().collect::<Vec<_>>());
    let mut words: Vec<&str> = types.iter().filter_map(|(_, one)| sort(one)).collect();
    words.sort_unstable();
    entry.put("resource_types", words);
    let random = text("algorithm").is_some_and(|word| word.starts_with("RANDOM"));
    entry.put_some("pick", random.then_some("random"));
    entry.put_some("window_days", number("window_days").filter(|days| *days > 0));
    entry.put_some("validation_hours", validation(tests));
    let snapshots = tests.plan.get("point_types") == Some(&json!(["SNAPSHOT"]));
    Ok(Said { entry, left: (!snapshots).then(|| "it restores continuous backups, too".to_owned()) })
}

fn sort(selection: &Fields) -> Option<&str> {
    selection.get("type").and_then(Value::as_str)
}

/// Hours for which most selections keep what was restored.
fn validation(tests: &RestoreTests) -> Option<u64> {
    let hours =
        tests.selections.values().filter_map(|one| one.get("validation_hours").and_then(Value::as_u64));
    most(hours).filter(|hours| *hours > 0)
}

/// Leaves selections alone that a plan would change.
fn selections(draft: &mut Draft<'_>, plan: &str, region: &Region, tests: &RestoreTests, role: &str) {
    for one in tests.selections.values() {
        let Some(sort) = sort(one) else { continue };
        let hours = one.get("validation_hours").and_then(Value::as_u64);
        let why = if one.get("resources") != Some(&json!(["*"])) {
            "it tests some resources only"
        } else if role_of(one).as_deref() != Some(role) {
            "it works with a role of its own"
        } else if validation(tests).is_some_and(|usual| hours != Some(usual)) {
            "it keeps what was restored for another while than the others"
        } else {
            continue;
        };
        draft.leave(&Address::new(Kind::RestoreTestingSelection, format!("{plan}/{sort}/{region}")), why);
    }
}

/// Leaves the role in an account alone that a plan would make or change.
fn work_role(draft: &mut Draft<'_>, account: &str, role: &str) {
    let live = draft.census.backup.roles.get(account).and_then(|roles| roles.get(role));
    let why = match live {
        None => "it does not exist",
        Some(live) if !service_roles::is_as_required(draft, catalogue::of_backup(), live, "/") => {
            "it is not as AWS Backup needs it"
        }
        Some(_) => return,
    };
    let account = draft.names.holder(account).unwrap_or(account);
    let address = Address::new(Kind::ServiceRole, format!("{role}/{account}"));
    draft.leave(&address, why);
}
