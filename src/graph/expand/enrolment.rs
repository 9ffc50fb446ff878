//! Accounts that shall be enrolled with Control Tower, and what must not be in them then.
//!
//! AWS Config of an account's own keeps it from being enrolled, and its whole unit from being
//! registered (Control Tower User Guide, existing-config-resources). The document does not speak of
//! it: wanting the account in a registered unit is wanting it gone, and the consent is asked by name.
//! Accounts can also be asked for one by one, without a document: then nothing else is spoken of.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Expansion, account, baselines, resource, the_organization, unit};
use crate::catalog::findings::Path;
use crate::catalog::member_work;
use crate::graph::edge::Edge;
use crate::graph::{GraphError, ResourceGraph};
use crate::model::region::Region;
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Kind, Resource, reference};
use crate::spec::Spec;
use crate::spec::document::{Account, Join, Placement};

/// The groups of an account's fields in which nothing shall be.
const GROUPS: [&str; 3] = ["channels", "recorders", "recording"];

/// The key of an account that is looked into before it is governed: the governed Regions.
const REGIONS: &str = "governed_regions";
/// The words of the baselines that govern the accounts of a unit.
const GOVERNING: [&str; 2] = ["control_tower", "config"];

/// One account that shall be governed in a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The account's name in AWS.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The unit.
    pub unit: UnitPath,
    /// The word of the baseline that governs the unit.
    pub baseline: String,
    /// The baseline's name.
    pub baseline_name: String,
    /// The way in which it is enrolled.
    pub by: Path,
    /// What Account Factory has to know, where that is the way.
    pub factory: Option<Factory>,
}

/// What enrolling by Account Factory takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factory {
    /// Whether the role that Control Tower works with has to be made in the account first.
    pub role_missing: bool,
    /// The partition's name.
    pub partition: String,
    /// The management account, which the role trusts.
    pub management: String,
    /// What the product is told of the account: `email`, `name`, `unit` (its name), `user_email`,
    /// `first_name` and `last_name`.
    pub told: BTreeMap<String, String>,
}

/// Says of an account that it shall have no AWS Config of its own in the governed Regions.
pub(super) fn clear_the_way(expansion: &mut Expansion<'_>, account: &Address) {
    let regions = governed_regions(expansion);
    if let Some(wanted) = expansion.graph.resources.get_mut(account) {
        nothing_records(wanted, &regions);
    }
}

/// Has every account looked into that the document has taken over and leaves ungoverned, so that
/// the plan can say why.
pub(super) fn look_at_the_rest(expansion: &mut Expansion<'_>) {
    let regions = governed_regions(expansion);
    let left = outside(expansion.spec).into_iter().map(|name| account(name)).collect::<Vec<_>>();
    for address in left {
        if let Some(wanted) = expansion.graph.resources.get_mut(&address) {
            wanted.keys.insert(REGIONS.to_owned(), json!(regions));
        }
    }
}

/// The accounts that were there before the document and stand outside every governed unit.
pub(super) fn outside(spec: &Spec) -> Vec<&String> {
    let is_outside =
        |said: &Account| said.placement != Placement::Unsaid && !is_governed(spec, &said.placement);
    let taken_over = |said: &Account| said.join == Join::Existing && !said.close && is_outside(said);
    spec.accounts.iter().filter(|(_, said)| taken_over(said)).map(|(name, _)| name).collect()
}

/// Whether the document has accounts of a place governed. A place that it does not say is not.
pub(super) fn is_governed(spec: &Spec, placement: &Placement) -> bool {
    let Placement::Unit(path) = placement else { return false };
    let security = spec.landing_zone.as_ref().and_then(|zone| zone.integration_unit.as_ref());
    let words = spec.units.get(path).map(|unit| unit.baselines.as_slice()).unwrap_or_default();
    security == Some(path) || words.iter().any(|word| GOVERNING.contains(&word.as_str()))
}

fn governed_regions(expansion: &Expansion<'_>) -> Vec<Region> {
    let mut regions: Vec<Region> = expansion.spec.organization.governed_regions.clone();
    if !regions.contains(&expansion.home_region) {
        regions.push(expansion.home_region.clone());
    }
    regions.sort();
    regions
}

fn nothing_records(account: &mut Resource, regions: &[Region]) {
    account.whole.extend(GROUPS.map(str::to_owned));
    account.keys.insert(REGIONS.to_owned(), json!(regions));
}

/// The graph of accounts that shall be enrolled, and of nothing else: their units and baselines are
/// there and stay as they are, but for a registration that has to be done again.
///
/// # Errors
/// When resources wait for each other in a ring.
pub fn of(enrolments: &[Enrolment], governed: &[Region]) -> Result<ResourceGraph, GraphError> {
    let mut graph = ResourceGraph::default();
    graph.add(left_alone(the_organization()));
    for one in enrolments {
        let (member, place) = (account(&one.name), unit(&one.unit));
        let mut wanted = resource(member.clone(), None);
        wanted.presence = Presence::Existing;
        wanted.keys.insert("id".to_owned(), json!(one.id));
        // Account Factory moves the account itself.
        let field = if one.factory.is_some() { "factory_unit" } else { "unit" };
        wanted.fields.insert(field.to_owned(), reference::from(&place, "id"));
        nothing_records(&mut wanted, governed);
        if let Some(factory) = &one.factory {
            wanted.keys.insert("factory".to_owned(), json!(factory.told));
            wanted.whole.insert("unfinished_products".to_owned());
        }
        graph.add(wanted);
        let mut around = left_alone(place.clone());
        around.keys.insert("path".to_owned(), json!(one.unit.as_str()));
        graph.add(around);
        graph.connect(Edge::exists(&member, &the_organization(), "organization-first"));
        graph.connect(Edge::exists(&place, &the_organization(), "organization-first"));
        match &one.factory {
            Some(factory) => by_factory(&mut graph, one, factory, &member, &place),
            None => govern(&mut graph, one, &member, &place),
        }
    }
    graph.finish()
}

/// Account Factory takes an account whose role for Control Tower is there already. The unit's
/// baseline is only looked at.
fn by_factory(
    graph: &mut ResourceGraph,
    one: &Enrolment,
    factory: &Factory,
    member: &Address,
    place: &Address,
) {
    let mut baseline = left_alone(baselines::baseline_on(&one.unit, &one.baseline));
    baseline.keys.insert("baseline".to_owned(), json!(one.baseline_name));
    baseline.fields.insert("target".to_owned(), reference::from(place, "arn"));
    graph.add(baseline);
    if factory.role_missing {
        let role = execution_role(one, factory);
        graph.connect(Edge::settled(member, &role.address, "execution-role-first").only(&["enrol"]));
        graph.add(role);
    }
}

/// The role as Control Tower asks for it (Control Tower User Guide, enrollment-prerequisites).
fn execution_role(one: &Enrolment, factory: &Factory) -> Resource {
    let name = member_work::table().role.as_str();
    let mut role = resource(Address::new(Kind::ServiceRole, format!("{name}/{}", one.name)), None);
    role.keys.insert("name".to_owned(), json!(name));
    role.keys.insert("account".to_owned(), json!(one.id));
    let root = format!("arn:{}:iam::{}:root", factory.partition, factory.management);
    let statement = json!({ "Effect": "Allow", "Principal": { "AWS": root }, "Action": "sts:AssumeRole" });
    let policy = format!("arn:{}:iam::aws:policy/AdministratorAccess", factory.partition);
    role.fields.insert("path".to_owned(), json!("/"));
    role.fields.insert("trust".to_owned(), json!({ "Version": "2012-10-17", "Statement": [statement] }));
    role.fields.insert(format!("managed_policies.{policy}"), json!(true));
    role
}

fn left_alone(address: Address) -> Resource {
    Resource { presence: Presence::LeftAlone, ..resource(address, None) }
}

/// The baseline of the unit, which reaches the account when it is registered again.
fn govern(graph: &mut ResourceGraph, one: &Enrolment, member: &Address, place: &Address) {
    let address = baselines::baseline_on(&one.unit, &one.baseline);
    let known = graph.resources.get(&address).cloned();
    let mut wanted = known.unwrap_or_else(|| resource(address.clone(), None));
    wanted.presence = Presence::Existing;
    wanted.keys.insert("baseline".to_owned(), json!(one.baseline_name));
    wanted.fields.insert("target".to_owned(), reference::from(place, "arn"));
    wanted.fields.insert("status".to_owned(), json!("SUCCEEDED"));
    let automatic = one.by == Path::Move;
    if !automatic {
        wanted.fields.insert("missing_members".to_owned(), json!([]));
    }
    graph.resources.insert(address.clone(), wanted);
    *graph.members.entry(address.clone()).or_default() += 1;
    baselines::joined(graph, &address, &one.unit, member, automatic);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, by: Path) -> Enrolment {
        Enrolment {
            name: name.to_owned(),
            id: "222222222222".to_owned(),
            unit: "Workloads/Prod".parse().unwrap(),
            baseline: "control_tower".to_owned(),
            baseline_name: "AWSControlTowerBaseline".to_owned(),
            by,
            factory: None,
        }
    }

    #[test]
    fn an_account_that_moves_has_a_lane_and_one_that_is_registered_sets_its_unit_off() {
        let governed = ["eu-west-1".parse().unwrap()];
        let moves = of(&[one("app", Path::Move)], &governed).unwrap();
        assert_eq!(moves.shared_lanes.len(), 1);
        assert!(moves.edges.iter().all(|edge| edge.triggers.is_none()));
        let registered = of(&[one("app", Path::Reset)], &governed).unwrap();
        assert!(registered.shared_lanes.is_empty());
        assert!(registered.edges.iter().any(|edge| edge.triggers.is_some()));
    }

    #[test]
    fn nothing_is_wanted_of_what_is_around_the_account() {
        let graph = of(&[one("app", Path::Move)], &[]).unwrap();
        let spoken: Vec<String> = graph
            .resources
            .values()
            .filter(|resource| resource.presence != Presence::LeftAlone)
            .map(|resource| resource.address.to_string())
            .collect();
        assert_eq!(spoken, ["account.app", "baseline.Workloads/Prod:control_tower"]);
    }

    #[test]
    fn account_factory_moves_the_account_itself_once_its_role_is_there() {
        let factory = Factory {
            role_missing: true,
            partition: "aws".to_owned(),
            management: "111111111111".to_owned(),
            told: [("email".to_owned(), "app@example.com".to_owned())].into(),
        };
        let graph = of(&[Enrolment { factory: Some(factory), ..one("app", Path::Factory) }], &[]).unwrap();
        let member = &graph.resources[&account("app")];
        assert!(member.fields.contains_key("factory_unit") && !member.fields.contains_key("unit"));
        let role = graph.edges.iter().find(|edge| edge.rule == "execution-role-first").unwrap();
        assert!(role.holds("enrol") && !role.holds("delete_recorder"));
        let trust = &graph.resources[&role.provider].fields["trust"];
        assert_eq!(trust["Statement"][0]["Principal"]["AWS"], "arn:aws:iam::111111111111:root");
    }
}
