//! The organization as a tree: units, the accounts in them, the baselines on them.
//!
//! In: a snapshot, which knows what the document asks about. Absent: what the
//! document does not name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Paint;
use crate::model::controls::on_unit;
use crate::model::{Address, Kind, Live};
use crate::observe::Snapshot;

/// The tree as text, ending with a line break; empty without an organization.
#[must_use]
pub fn render(snapshot: &Snapshot, paint: Paint) -> String {
    let Some(organization) = &snapshot.organization else {
        return String::new();
    };
    let tree = Tree::of(snapshot);
    let mut out = String::new();
    let _ = writeln!(out, "{}", paint.heading(&format!("Organization {organization}")));
    tree.write("", 1, paint, &mut out);
    if let Some(zone) = snapshot.live.get(&Address::only(Kind::LandingZone)) {
        let said = |field: &str| zone.fields.get(field).and_then(|v| v.as_str()).unwrap_or("?").to_owned();
        let _ = writeln!(
            out,
            "Landing zone {}, {}, {}, in {}",
            said("version"),
            said("status"),
            said("drift"),
            snapshot.home_region
        );
    }
    out
}

/// What stands where, by the path of the unit; the root's path is empty.
#[derive(Debug, Default)]
struct Tree<'s> {
    units: BTreeMap<&'s str, BTreeSet<&'s str>>,
    accounts: BTreeMap<&'s str, BTreeMap<&'s str, &'s str>>,
    baselines: BTreeMap<&'s str, BTreeSet<String>>,
    controls: BTreeMap<&'s str, usize>,
}

impl<'s> Tree<'s> {
    fn of(snapshot: &'s Snapshot) -> Self {
        let mut tree = Self::default();
        let of_kind = |kind: Kind| snapshot.live.iter().filter(move |(address, _)| address.kind == kind);
        let mut paths: BTreeMap<&str, &str> = BTreeMap::new();
        for (address, live) in of_kind(Kind::OrganizationalUnit) {
            let path = address.name.as_str();
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            tree.units.entry(parent).or_default().insert(path);
            paths.extend(live.attribute("id").map(|id| (id, path)));
        }
        for (address, live) in of_kind(Kind::Account) {
            let path = parent_id(live).and_then(|id| paths.get(id)).copied().unwrap_or("");
            let id = live.attribute("id").unwrap_or("?");
            tree.accounts.entry(path).or_default().insert(&address.name, id);
        }
        for (address, live) in of_kind(Kind::Baseline) {
            if let Some((path, word)) = address.name.rsplit_once(':') {
                tree.baselines.entry(path).or_default().insert(baseline(word, live));
            }
        }
        for (address, _) in of_kind(Kind::Control) {
            if let Some((path, _)) = on_unit(&address.name) {
                *tree.controls.entry(path).or_default() += 1;
            }
        }
        tree
    }

    fn write(&self, path: &str, depth: usize, paint: Paint, out: &mut String) {
        let indent = "  ".repeat(depth);
        for (name, id) in self.accounts.get(path).into_iter().flatten() {
            let _ = writeln!(out, "{indent}{name} {}", paint.quiet(id));
        }
        for unit in self.units.get(path).into_iter().flatten() {
            let name = unit.rsplit('/').next().unwrap_or(unit);
            let mut words: Vec<String> = self.baselines.get(unit).into_iter().flatten().cloned().collect();
            words.extend(self.controls.get(unit).map(|count| match count {
                1 => "1 control".to_owned(),
                more => format!("{more} controls"),
            }));
            let on = if words.is_empty() { String::new() } else { format!("  [{}]", words.join(", ")) };
            let _ = writeln!(out, "{indent}{}{}", paint.heading(&format!("{name}/")), paint.good(&on));
            self.write(unit, depth + 1, paint, out);
        }
    }
}

fn parent_id(live: &Live) -> Option<&str> {
    live.fields.get("unit").and_then(|unit| unit.as_str()).or_else(|| live.attribute("parent_id"))
}

fn baseline(word: &str, live: &Live) -> String {
    let said = |field: &str| live.fields.get(field).and_then(|value| value.as_str());
    let version = said("version").map(|version| format!(" {version}")).unwrap_or_default();
    match said("status") {
        Some("SUCCEEDED") | None => format!("{word}{version}"),
        Some(other) => format!("{word}{version} {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attributes, Fields};
    use crate::observe::snapshot::Facts;
    use serde_json::json;

    fn live(id: &str, fields: &[(&str, &str)]) -> Live {
        Live {
            fields: fields.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect::<Fields>(),
            attributes: Attributes::from([("id".to_owned(), id.to_owned())]),
        }
    }

    #[test]
    fn accounts_stand_in_their_units_and_baselines_beside_them() {
        let live = [
            ("organizational_unit.Workloads", live("ou-r-1", &[])),
            ("organizational_unit.Workloads/Prod", live("ou-r-2", &[])),
            ("account.pay", live("444455556666", &[("unit", "ou-r-2")])),
            ("account.stray", live("777788889999", &[("unit", "r-root")])),
            ("baseline.Workloads:control_tower", live("x", &[("version", "5.0"), ("status", "SUCCEEDED")])),
        ];
        let snapshot = Snapshot {
            account: "111122223333".parse().unwrap(),
            caller: String::new(),
            partition: crate::model::partition::Partition::named("aws"),
            home_region: "us-east-1".parse().unwrap(),
            organization: Some("o-abcdefghij".parse().unwrap()),
            management_account: None,
            live: live.into_iter().map(|(a, l)| (a.parse().unwrap(), l)).collect(),
            gaps: BTreeMap::new(),
            facts: Facts::default(),
        };
        let expected = "Organization o-abcdefghij
  stray 777788889999
  Workloads/  [control_tower 5.0]
    Prod/
      pay 444455556666
";
        assert_eq!(render(&snapshot, Paint::PLAIN), expected);
    }
}
