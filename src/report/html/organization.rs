//! The organization as the document wants it, as a tree, with what changes marked at its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::escape::escape;
use crate::model::kinds::Action;
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Resource, reference};
use crate::plan::Plan;

/// More accounts than this in one unit are folded.
const MANY: usize = 12;
/// In an organization of more accounts than this, those of each unit are.
const LARGE: usize = 60;

/// What stands where, by the path of the unit; the root's path is empty.
#[derive(Debug, Default)]
struct Tree<'p> {
    units: BTreeMap<String, BTreeSet<&'p str>>,
    accounts: BTreeMap<String, Vec<&'p Resource>>,
    /// Words of what lies on a unit or an account, each with its address.
    laid: BTreeMap<String, Vec<(String, &'p Address)>>,
    actions: BTreeMap<&'p Address, BTreeSet<Action>>,
    /// What is done to a policy at one of its targets.
    at_target: BTreeMap<(&'p Address, &'p str), BTreeSet<Action>>,
}

/// The tree; none when the document knows neither units nor accounts.
pub(super) fn render(plan: &Plan) -> Option<String> {
    let tree = Tree::of(plan);
    if tree.units.is_empty() && tree.accounts.is_empty() {
        return None;
    }
    let mut out = String::from("<ul class=\"tree\">\n");
    let root = plan
        .organization
        .as_ref()
        .map_or("Root of a new organization".to_owned(), |id| format!("Root of {id}"));
    let marks = tree.marks(&Address::only(Kind::Organization));
    let _ = writeln!(out, "<li><span class=\"unit\">{}</span>{marks}{}", escape(&root), tree.laid_on(""));
    tree.inside("", &mut out);
    out.push_str("</li></ul>\n");
    Some(out)
}

impl<'p> Tree<'p> {
    fn of(plan: &'p Plan) -> Self {
        let mut tree = Self::default();
        for step in &plan.steps {
            tree.actions.entry(&step.address).or_default().insert(step.action);
            if step.address.kind == Kind::Policy {
                let at = (&step.address, step.item.as_str());
                tree.at_target.entry(at).or_default().insert(step.action);
            }
        }
        for resource in &plan.resources {
            let name = resource.address.name.as_str();
            let gone = resource.presence == Presence::Remove;
            match resource.address.kind {
                // What is to go stays on the page as long as it is there to go.
                Kind::OrganizationalUnit if !gone || tree.actions.contains_key(&resource.address) => {
                    let parent = name.rsplit_once('/').map_or("", |(parent, _)| parent);
                    tree.units.entry(parent.to_owned()).or_default().insert(name);
                }
                Kind::Account => tree.accounts.entry(unit_of(resource)).or_default().push(resource),
                Kind::Baseline | Kind::Control => {
                    if let Some((path, word)) = name.rsplit_once(':') {
                        tree.laid
                            .entry(path.to_owned())
                            .or_default()
                            .push((word.to_owned(), &resource.address));
                    }
                }
                Kind::Policy => tree.lay_policy(resource),
                _ => {}
            }
        }
        tree
    }

    /// Lays a policy on its targets, and on those that it is taken from.
    fn lay_policy(&mut self, policy: &'p Resource) {
        let wanted = policy.fields.iter().filter(|(_, value)| !value.is_null());
        let mut targets: BTreeSet<&str> =
            wanted.filter_map(|(field, _)| field.strip_prefix("targets.")).collect();
        let worked_on = self.at_target.keys().filter(|(address, _)| **address == policy.address);
        targets.extend(worked_on.map(|(_, item)| *item).filter(|item| !item.is_empty()));
        for target in targets {
            let laid = self.laid.entry(place(target).to_owned()).or_default();
            laid.push((format!("policy {}", policy.address.name), &policy.address));
        }
    }

    /// What is done to a thing.
    fn done_to(&self, address: &Address) -> BTreeSet<Action> {
        self.actions.get(address).cloned().unwrap_or_default()
    }

    /// What is done to something that lies at a place: to a policy as a whole, and there.
    fn done_at(&self, address: &Address, path: &str) -> BTreeSet<Action> {
        if address.kind != Kind::Policy {
            return self.done_to(address);
        }
        let here = self.at_target.iter().filter(|((policy, target), _)| {
            **policy == *address && (target.is_empty() || place(target) == path)
        });
        here.flat_map(|(_, actions)| actions).copied().collect()
    }

    fn marks(&self, address: &Address) -> String {
        marks(&self.done_to(address))
    }

    /// Baselines, policies and controls of a unit, in a row.
    fn laid_on(&self, path: &str) -> String {
        let laid = self.laid.get(path).into_iter().flatten();
        let one = |(word, address): &(String, &Address)| {
            let done = self.done_at(address, path);
            let changed = if done.is_empty() { "" } else { " changed" };
            format!(" <span class=\"laid{changed}\">{}{}</span>", escape(word), marks(&done))
        };
        laid.map(one).collect()
    }

    fn inside(&self, path: &str, out: &mut String) {
        let accounts = self.accounts.get(path).map(Vec::as_slice).unwrap_or_default();
        let units = self.units.get(path);
        if accounts.is_empty() && units.is_none() {
            return;
        }
        out.push_str("<ul>\n");
        for unit in units.into_iter().flatten() {
            let name = unit.rsplit('/').next().unwrap_or(unit);
            let marks = self.marks(&Address::new(Kind::OrganizationalUnit, *unit));
            let _ = writeln!(
                out,
                "<li><span class=\"unit\">{}</span>{marks}{}",
                escape(name),
                self.laid_on(unit)
            );
            self.inside(unit, out);
            out.push_str("</li>\n");
        }
        let all: usize = self.accounts.values().map(Vec::len).sum();
        let folded = accounts.len() > MANY || (all > LARGE && accounts.len() > 1);
        if folded {
            let changed = accounts.iter().filter(|one| self.actions.contains_key(&one.address)).count();
            let _ = writeln!(
                out,
                "<li><details><summary>{} accounts, {changed} change</summary><ul>",
                accounts.len()
            );
        }
        for account in accounts {
            let name = &account.address.name;
            let _ = writeln!(
                out,
                "<li><span class=\"account\">{}</span>{}{}</li>",
                escape(name),
                self.marks(&account.address),
                self.laid_on(name)
            );
        }
        if folded {
            out.push_str("</ul></details></li>\n");
        }
        out.push_str("</ul>\n");
    }
}

/// The path that a policy's target stands at: the root's is empty.
fn place(target: &str) -> &str {
    if target == "root" { "" } else { target }
}

fn marks(actions: &BTreeSet<Action>) -> String {
    let mark =
        |action: &Action| format!(" <span class=\"mark {0}\">{1} {0}</span>", action.word(), action.symbol());
    actions.iter().map(mark).collect()
}

/// The path of the unit that an account shall be in; empty for the root and where nothing is
/// said.
fn unit_of(account: &Resource) -> String {
    let unit = account.fields.get("unit").and_then(reference::as_reference);
    unit.filter(|unit| unit.address.kind == Kind::OrganizationalUnit)
        .map(|unit| unit.address.name)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plan_text::tests::{plan, step};
    use serde_json::json;

    #[test]
    fn a_policy_that_moves_is_marked_where_it_comes_and_where_it_goes() {
        let mut attach = step("policy.p", "attach", Action::Change, "organizations:AttachPolicy");
        let mut detach = step("policy.p", "detach", Action::Remove, "organizations:DetachPolicy");
        (attach.item, detach.item) = ("New".to_owned(), "Old".to_owned());
        let mut plan = plan(vec![attach, detach]);
        let resource = |address: &str, fields: crate::model::Fields| Resource {
            address: address.parse().unwrap(),
            fields,
            keys: Default::default(),
            at_creation: Default::default(),
            whole: BTreeSet::new(),
            presence: Presence::Existing,
            origin: None,
        };
        plan.resources = vec![
            resource("organizational_unit.New", Default::default()),
            resource("organizational_unit.Old", Default::default()),
            resource("policy.p", [("targets.New".to_owned(), json!("x"))].into()),
        ];
        let told = render(&plan).unwrap();
        let of = |unit: &str| told.lines().find(|line| line.contains(&format!(">{unit}</span>"))).unwrap();
        assert!(of("New").contains("~ change") && !of("New").contains("- remove"), "{told}");
        assert!(of("Old").contains("- remove") && !of("Old").contains("~ change"), "{told}");
    }
}
