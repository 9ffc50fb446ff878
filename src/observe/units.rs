//! Units: matched by path, name by name from the root.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::findings::Findings;
use super::wanted::{key, leaves};
use crate::cloud::inventory::accounts::Account;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::organization::Root;
use crate::cloud::inventory::tags;
use crate::cloud::inventory::units::Unit;
use crate::cloud::{CallError, Connection};
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Attributes, Kind, Live, Resource};

/// States of an account that keep its unit from being registered (Control Tower
/// User Guide, common causes of failed registration).
const GONE: [&str; 3] = ["SUSPENDED", "PENDING_CLOSURE", "CLOSED"];

/// The live unit of each desired one, by path.
pub(super) fn matched<'u>(
    wanted: &[&Resource],
    units: &'u [Unit],
    root: &Root,
) -> BTreeMap<UnitPath, &'u Unit> {
    let renames: BTreeMap<UnitPath, UnitPath> = wanted
        .iter()
        .filter_map(|resource| Some((path(resource)?, key(resource, "renamed_from")?.parse().ok()?)))
        .collect();
    // What AWS calls each, where that is not the last part of its path.
    let names = wanted
        .iter()
        .filter_map(|resource| Some((path(resource)?, resource.fields.get("name")?.as_str()?.to_owned())))
        .collect();
    let named = units.iter().map(|unit| ((unit.parent.as_str(), unit.name.as_str()), unit)).collect();
    let finder = Finder { named, root, names, renames };
    let paths = wanted.iter().filter_map(|resource| path(resource));
    paths.filter_map(|path| finder.find(&path).map(|unit| (path, unit))).collect()
}

/// The path of a unit's resource: its key, or the name in its address.
pub(super) fn path(resource: &Resource) -> Option<UnitPath> {
    key(resource, "path").unwrap_or(&resource.address.name).parse().ok()
}

/// Finds units below their parents, which may themselves go by former names.
struct Finder<'u, 'r> {
    named: BTreeMap<(&'u str, &'u str), &'u Unit>,
    root: &'r Root,
    names: BTreeMap<UnitPath, String>,
    renames: BTreeMap<UnitPath, UnitPath>,
}

impl<'u> Finder<'u, '_> {
    /// The unit of a path; else the one of the path it had before.
    fn find(&self, path: &UnitPath) -> Option<&'u Unit> {
        let parent = match path.parent() {
            None => Some(self.root.id.as_str()),
            Some(above) => self.find(&above).map(|unit| unit.id.as_str()),
        };
        let name = self.names.get(path).map_or(path.name(), String::as_str);
        let here = parent.and_then(|parent| self.named.get(&(parent, name)).copied());
        here.or_else(|| self.literal(self.renames.get(path)?))
    }

    /// The unit of a path exactly as the names stand now.
    fn literal(&self, path: &UnitPath) -> Option<&'u Unit> {
        let parent = match path.parent() {
            None => self.root.id.as_str(),
            Some(above) => self.literal(&above)?.id.as_str(),
        };
        self.named.get(&(parent, path.name())).copied()
    }
}

/// Fills in the desired units that exist, with tags where they are managed.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    found: &BTreeMap<UnitPath, &Unit>,
    findings: &mut Findings,
) {
    let live: Vec<(&Resource, &Unit)> =
        wanted.iter().filter_map(|resource| Some((*resource, *found.get(&path(resource)?)?))).collect();
    let tags =
        managed_tags(connection, live.iter().map(|(resource, unit)| (*resource, unit.id.as_str()))).await;
    for ((resource, unit), tags) in live.into_iter().zip(tags) {
        let mut seen = Live {
            fields: [("name".to_owned(), json!(unit.name)), ("parent".to_owned(), json!(unit.parent))].into(),
            attributes: Attributes::from([
                ("id".to_owned(), unit.id.clone()),
                ("arn".to_owned(), unit.arn.clone()),
            ]),
        };
        match tags {
            Ok(tags) => seen.fields.extend(tags.into_iter().map(|(k, v)| (format!("tags.{k}"), json!(v)))),
            Err(error) => findings.gap(resource, &error),
        }
        findings.see(resource, seen);
    }
}

/// The tags of each id, in the same order; none are read for a resource that
/// does not manage tags.
pub(super) async fn managed_tags<'r>(
    connection: &Connection,
    of: impl Iterator<Item = (&'r Resource, &'r str)>,
) -> Vec<Result<BTreeMap<String, String>, CallError>> {
    let questions = of.map(|(resource, id)| {
        let (connection, id) = (connection.clone(), id.to_owned());
        let managed = !leaves(resource, "tags").is_empty();
        async move { if managed { tags::list(&connection, &id).await } else { Ok(BTreeMap::new()) } }
    });
    fan_out(questions.collect()).await
}

/// Notes the desired units that hold a suspended or closed account.
pub(super) fn note_inactive(
    wanted: &[&Resource],
    found: &BTreeMap<UnitPath, &Unit>,
    accounts: &[Account],
    findings: &mut Findings,
) {
    let mut gone: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for account in accounts.iter().filter(|account| GONE.contains(&account.state.as_str())) {
        let Some(unit) = account.parent.as_deref() else { continue };
        gone.entry(unit).or_default().insert(account.id.clone());
    }
    for resource in wanted {
        let Some(unit) = path(resource).and_then(|path| found.get(&path).copied()) else { continue };
        if let Some(ids) = gone.get(unit.id.as_str()) {
            findings.facts.units_with_inactive_accounts.insert(resource.address.clone(), ids.clone());
        }
    }
}

/// Notes the open accounts directly in the units that are to be deleted or from
/// which a baseline is to go.
pub(super) fn note_occupants(
    leaving: &[&Resource],
    found: &BTreeMap<UnitPath, &Unit>,
    accounts: &[Account],
    findings: &mut Findings,
) {
    for resource in leaving {
        // The address of a baseline is the path of its unit and a word.
        let name = resource.address.name.as_str();
        let on = name.rsplit_once(':').filter(|_| resource.address.kind == Kind::Baseline);
        let Ok(path) = on.map_or(name, |(path, _)| path).parse::<UnitPath>() else { continue };
        let Some(unit) = found.get(&path) else { continue };
        let inside = accounts.iter().filter(|a| a.parent.as_deref() == Some(&unit.id) && a.state != "CLOSED");
        let ids = inside.map(|account| account.id.clone()).collect();
        findings.facts.occupants.insert(Address::new(Kind::OrganizationalUnit, path.as_str()), ids);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: &str, name: &str, parent: &str) -> Unit {
        Unit { id: id.into(), arn: format!("arn:{id}"), name: name.into(), parent: parent.into() }
    }

    fn wanted(path: &str, renamed_from: Option<&str>) -> Resource {
        let keys = [("path", Some(path)), ("renamed_from", renamed_from)];
        let keys = keys.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
        Resource {
            address: Address::new(Kind::OrganizationalUnit, path),
            fields: Default::default(),
            keys: keys.collect(),
            at_creation: Default::default(),
            whole: Default::default(),
            presence: Default::default(),
            origin: None,
        }
    }

    fn ids(wanted: &[Resource], units: &[Unit]) -> BTreeMap<String, String> {
        let root = Root { id: "r-1".into(), ..Root::default() };
        let wanted: Vec<&Resource> = wanted.iter().collect();
        matched(&wanted, units, &root).into_iter().map(|(p, u)| (p.to_string(), u.id.clone())).collect()
    }

    #[test]
    fn equal_names_under_different_parents_are_different_units() {
        let units =
            [unit("a", "A", "r-1"), unit("b", "B", "r-1"), unit("ap", "Prod", "a"), unit("bp", "Prod", "b")];
        let found = ids(&[wanted("A/Prod", None), wanted("B/Prod", None), wanted("Prod", None)], &units);
        assert_eq!(found, [("A/Prod".into(), "ap".into()), ("B/Prod".into(), "bp".into())].into());
    }

    #[test]
    fn a_name_that_holds_a_slash_is_not_a_path() {
        assert!(ids(&[wanted("A/B", None)], &[unit("x", "A/B", "r-1")]).is_empty());
    }

    #[test]
    fn a_unit_goes_by_the_name_that_is_said_beside_its_path_and_so_do_those_below_it() {
        let units = [unit("x", "A/B", "r-1"), unit("y", "root", "x")];
        let mut odd = wanted("A-B", None);
        odd.fields.insert("name".to_owned(), json!("A/B"));
        let found = ids(&[odd, wanted("A-B/root", None)], &units);
        assert_eq!(found, [("A-B".into(), "x".into()), ("A-B/root".into(), "y".into())].into());
    }

    #[test]
    fn names_are_compared_exactly() {
        assert!(ids(&[wanted("Prod", None)], &[unit("x", "prod", "r-1")]).is_empty());
    }

    #[test]
    fn a_renamed_unit_is_found_by_its_former_path_and_its_children_below_it() {
        let units = [unit("a", "Old", "r-1"), unit("ap", "Prod", "a")];
        let found = ids(&[wanted("New", Some("Old")), wanted("New/Prod", None)], &units);
        assert_eq!(found, [("New".into(), "a".into()), ("New/Prod".into(), "ap".into())].into());
    }

    #[test]
    fn the_new_path_wins_over_the_former_one() {
        let units = [unit("a", "Old", "r-1"), unit("n", "New", "r-1")];
        assert_eq!(ids(&[wanted("New", Some("Old"))], &units), [("New".into(), "n".into())].into());
    }
}
