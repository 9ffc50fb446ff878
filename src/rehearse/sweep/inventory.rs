//! What is in a simulated AWS, by the names that people give things.
//!
//! In: a world. Out: every account, unit, key, role, baseline, the landing zone and what
//! governs them (`governance`), under its natural key and described without the ids that AWS draws, so that two
//! worlds that differ in ids alone have the same inventory, and a thing that was
//! created twice shows twice. Absent: what AWS keeps for itself (histories, sessions).

use std::collections::BTreeMap;

use serde_json::Value;

use super::governance;
use crate::sim::World;
use crate::sim::services::organizations::Organization;

/// The path of roles that Identity Center keeps in accounts.
const RESERVED: &str = "/aws-reserved/";

/// Descriptions by natural key; several where there are several of the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Inventory {
    things: BTreeMap<String, Vec<String>>,
}

/// How an inventory differs from the one of the run without faults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// There more often than it should be.
    pub(super) duplicates: Vec<String>,
    /// There although nobody wants it.
    pub(super) orphans: Vec<String>,
    /// Missing, or not as it should be.
    pub(super) wrong: Vec<String>,
}

impl Inventory {
    pub(super) fn of(world: &World) -> Self {
        // A world may hold the organization of somebody else, too.
        let Some(organization) = world.organizations.of(&world.account) else { return Self::default() };
        let names = Names::of(world, organization);
        let mut found = Self::default();
        found.organization(world, organization, &names);
        found.keys(world, &names);
        found.roles(world, &names);
        found.control_tower(world, &names);
        found.governance(world, organization, &names);
        found
    }

    /// This one against that of the run without faults.
    pub(super) fn against(&self, wanted: &Self) -> Difference {
        let mut found = Difference::default();
        for (name, ours) in &self.things {
            match wanted.things.get(name) {
                None => found.orphans.extend(ours.iter().map(|thing| format!("{name}: {thing}"))),
                Some(theirs) if ours.len() > theirs.len() => {
                    found.duplicates.push(format!("{name}: {} instead of {}", ours.len(), theirs.len()));
                }
                Some(theirs) if ours != theirs => {
                    found.wrong.push(format!("{name}: {} instead of {}", ours.join(", "), theirs.join(", ")));
                }
                Some(_) => {}
            }
        }
        let missing = wanted.things.keys().filter(|name| !self.things.contains_key(*name));
        found.wrong.extend(missing.map(|name| format!("{name}: missing")));
        found
    }

    pub(super) fn add(&mut self, name: String, what: String) {
        let things = self.things.entry(name).or_default();
        things.push(what);
        things.sort();
    }

    fn organization(&mut self, world: &World, organization: &Organization, names: &Names) {
        self.add("organization".to_owned(), organization.feature_set.name().to_owned());
        for (id, unit) in &organization.units {
            self.add(format!("unit {}", names.plain(id)), format!("tags {:?}", unit.tags));
        }
        let contacts = value(&world.account_management.alternate);
        for (id, account) in &organization.accounts {
            let contacts = contacts.get(id).unwrap_or(&Value::Null);
            let (place, state) = (names.plain(&account.parent), &account.state);
            let what = format!("{} {state:?} in {place}, {:?} {contacts}", account.name, account.tags);
            self.add(format!("account {}", account.email), what);
        }
        for principal in organization.service_access.keys() {
            self.add(format!("trusted access {principal}"), String::new());
        }
    }

    fn keys(&mut self, world: &World, names: &Names) {
        for (account, regions) in &world.kms.accounts {
            for (region, place) in regions {
                for key in place.keys.values() {
                    let name = names.plain(&key.id);
                    let name = if name == key.id { "without an alias" } else { name };
                    let policy = names.in_text(&key.policy);
                    let what = format!("{} {policy}", key.state);
                    self.add(format!("key {} {region} {name}", names.plain(account)), what);
                }
            }
        }
    }

    fn roles(&mut self, world: &World, names: &Names) {
        for (account, identities) in &world.iam.accounts {
            // Identity Center makes and names its own roles.
            let ours = identities.roles.iter().filter(|(_, role)| !role.path.starts_with(RESERVED));
            for (name, role) in ours {
                let told = format!("{} {:?} {:?}", role.trust, role.attached, role.inline);
                self.add(format!("role {} {name}", names.plain(account)), names.in_text(&told));
            }
        }
    }

    fn control_tower(&mut self, world: &World, names: &Names) {
        let state = value(&*world.control_tower);
        if let Some(zone) = state.get("zone").filter(|zone| !zone.is_null()) {
            let part = |name: &str| zone.get(name).cloned().unwrap_or_default();
            let what = format!(
                "{} {} {} {}",
                part("version"),
                part("status"),
                part("manifest"),
                part("auto_enroll")
            );
            self.add("landing zone".to_owned(), names.in_text(&what));
        }
        for enabled in state.get("enabled_baselines").and_then(Value::as_object).into_iter().flatten() {
            let part = |name: &str| enabled.1.get(name).cloned().unwrap_or_default();
            let target = part("target_id");
            let name = names.plain(target.as_str().unwrap_or_default());
            let what = format!("{} {} {}", part("version"), part("status"), part("parameters"));
            self.add(format!("baseline {} {name}", part("baseline")), names.in_text(&what));
        }
    }
}

/// Names for the ids that AWS draws.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    fn of(world: &World, organization: &Organization) -> Self {
        let mut names = BTreeMap::new();
        names.insert(organization.id.clone(), "the organization".to_owned());
        names.insert(organization.root.id.clone(), "the root".to_owned());
        for id in organization.units.keys() {
            names.insert(id.clone(), path(organization, id));
        }
        for (id, account) in &organization.accounts {
            names.insert(id.clone(), account.email.clone());
        }
        for region in world.kms.accounts.values().flat_map(BTreeMap::values) {
            for (alias, pointer) in &region.aliases {
                names.insert(pointer.target.clone(), alias.clone());
            }
        }
        governance::name(world, organization, &mut names);
        let state = value(&*world.control_tower);
        for (arn, enabled) in state.get("enabled_baselines").and_then(Value::as_object).into_iter().flatten()
        {
            let part = |name: &str| enabled.get(name).and_then(Value::as_str).unwrap_or_default();
            let target = part("target_id");
            let target = names.get(target).cloned().unwrap_or_else(|| target.to_owned());
            names.insert(arn.clone(), format!("{} of {target}", part("baseline")));
        }
        Self(names)
    }

    pub(super) fn plain<'n>(&'n self, id: &'n str) -> &'n str {
        self.0.get(id).map_or(id, String::as_str)
    }

    /// A text with each id in it replaced. Longer ids come later in the order and
    /// ARNs hold shorter ones, so they are replaced from the longest on.
    pub(super) fn in_text(&self, text: &str) -> String {
        let mut ids: Vec<_> = self.0.iter().filter(|(id, _)| text.contains(id.as_str())).collect();
        ids.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
        ids.into_iter().fold(text.to_owned(), |text, (id, name)| text.replace(id.as_str(), name))
    }
}

fn path(organization: &Organization, id: &str) -> String {
    let mut parts = Vec::new();
    let mut at = id;
    while let Some(unit) = organization.units.get(at) {
        parts.push(unit.name.as_str());
        at = &unit.parent;
    }
    parts.reverse();
    parts.join("/")
}

pub(super) fn value(part: &impl serde::Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory(things: &[(&str, &str)]) -> Inventory {
        let mut found = Inventory::default();
        for (name, what) in things {
            found.add((*name).to_owned(), (*what).to_owned());
        }
        found
    }

    #[test]
    fn what_is_there_twice_too_much_missing_or_other_is_told_apart() {
        let wanted = inventory(&[("key a", "on"), ("unit b", "tags"), ("account c", "active")]);
        let found = inventory(&[("key a", "on"), ("key a", "on"), ("unit b", "none"), ("key d", "on")]);
        let difference = found.against(&wanted);
        assert_eq!(difference.duplicates, ["key a: 2 instead of 1"]);
        assert_eq!(difference.orphans, ["key d: on"]);
        assert_eq!(difference.wrong, ["unit b: none instead of tags", "account c: missing"]);
        assert_eq!(wanted.against(&wanted), Difference::default());
    }
}
