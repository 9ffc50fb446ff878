//! Organization policies, and types of them that are on, of which a document does not speak.
//!
//! In: a connection, the root, the desired resources. Out: what is left over. Absent: AWS's own
//! policies and Control Tower's, which are nobody's to remove.

use std::collections::BTreeSet;

use serde_json::Value;

use super::leftovers::{Leftover, removal};
use super::wanted::key;
use crate::catalog::policy_types;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::organization::Root;
use crate::cloud::inventory::policies::{self, Policy};
use crate::cloud::{CallError, Connection};
use crate::model::{Address, Kind, Resource};

/// What somebody made.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Each policy with the number of its targets.
    pub(super) policies: Vec<(Policy, usize)>,
    /// AWS's names of the types that are on.
    pub(super) types: BTreeSet<String>,
}

/// The policies of the types that are on, with the number of their targets. AWS's
/// own and Control Tower's are nobody's to remove.
pub(super) async fn look(connection: &Connection, root: &Root) -> Result<Made, CallError> {
    let lists = root.policy_types.keys().cloned().map(|kind| {
        let connection = connection.clone();
        async move { policies::of_type(&connection, &kind).await }
    });
    let mut made = Vec::new();
    for list in fan_out(lists.collect()).await {
        let own =
            |policy: &Policy| !policy.aws_managed && !policy.name.starts_with(policy_types::OF_CONTROL_TOWER);
        made.extend(list?.into_iter().filter(own));
    }
    let targets = made.iter().map(|policy| {
        let (connection, id) = (connection.clone(), policy.id.clone());
        async move { policies::targets(&connection, &id).await }
    });
    let targets = fan_out(targets.collect()).await;
    let policies = made.into_iter().zip(targets).map(|(policy, targets)| Ok((policy, targets?.len())));
    Ok(Made {
        policies: policies.collect::<Result<_, _>>()?,
        types: root.policy_types.keys().cloned().collect(),
    })
}

/// What nobody speaks of; `under_zone` where there is a landing zone.
pub(super) fn unspoken(
    made: &Made,
    under_zone: bool,
    wanted: &[Resource],
    spoken: &BTreeSet<&Address>,
) -> Vec<Leftover> {
    let mut found = types(made, under_zone, spoken);
    found.extend(policies_left(made, wanted));
    found
}

fn types(made: &Made, under_zone: bool, spoken: &BTreeSet<&Address>) -> Vec<Leftover> {
    let leftover = |name: &String| {
        let address = Address::new(Kind::PolicyType, policy_types::word_of(name));
        let of_controls = address.name == "service_control" && under_zone;
        (!spoken.contains(&address)).then(|| Leftover {
            kind: Kind::PolicyType,
            name: address.name.clone(),
            place: "the root".to_owned(),
            adopt: format!("a policy of the type {}", address.name),
            remove: if of_controls {
                "not while there is a landing zone: its preventive controls are such policies".to_owned()
            } else {
                removal(&address.to_string(), &format!("policy_type_removal.{}", address.name))
            },
        })
    };
    made.types.iter().filter_map(leftover).collect()
}

fn policies_left(made: &Made, wanted: &[Resource]) -> Vec<Leftover> {
    let of_policies = || wanted.iter().filter(|resource| resource.address.kind == Kind::Policy);
    let spoken = |policy: &Policy| {
        of_policies().any(|resource| {
            let said = resource.fields.get("name").and_then(Value::as_str).unwrap_or(&resource.address.name);
            let name = said == policy.name || key(resource, "renamed_from") == Some(&policy.name);
            name && key(resource, "type").is_none_or(|kind| kind == policy.kind)
        })
    };
    let leftover = |(policy, targets): &(Policy, usize)| {
        let address = Address::new(Kind::Policy, policy.name.as_str());
        let word = policy_types::word_of(&policy.kind);
        Leftover {
            kind: Kind::Policy,
            name: policy.name.clone(),
            place: match targets {
                0 => format!("{}, {word}, attached to nothing", policy.id),
                1 => format!("{}, {word}, attached to one target", policy.id),
                more => format!("{}, {word}, attached to {more} targets", policy.id),
            },
            adopt: format!("policies: {{ {:?}: {{ type: {word}, document: ... }} }}", policy.name),
            remove: removal(&address.to_string(), &format!("policy_deletion.{}", policy.name)),
        }
    };
    made.policies.iter().filter(|(policy, _)| !spoken(policy)).map(leftover).collect()
}
