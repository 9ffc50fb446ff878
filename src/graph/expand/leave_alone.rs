//! `leave_alone`: what the document names and leaves as it is.
//!
//! In: the graph with everything else in it. Out: the same resources without anything that
//! could be compared, and without edges that would set off a step of theirs. What others
//! wait for stays, so that they refer to what is there.

use std::collections::BTreeSet;

use super::{Expansion, controls};
use crate::model::kinds::{Compare, info};
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Resource};

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let mut left: BTreeSet<Address> = BTreeSet::new();
    for (entry, origin) in &expansion.spec.leave_alone {
        let Ok(address) = entry.parse::<Address>() else { continue };
        if address.kind == Kind::Control && !expansion.graph.resources.contains_key(&address) {
            // A framework may turn out to bring it.
            if let Some((path, name)) = controls::place(&address) {
                let wanted = controls::wanted(&path, name, origin);
                expansion.graph.add(Resource { address: address.clone(), ..wanted });
            }
        }
        if let Some(known) = expansion.graph.resources.get_mut(&address) {
            known.presence = Presence::LeftAlone;
            strip(known);
            left.insert(address);
        }
    }
    expansion.graph.edges.retain(|edge| edge.triggers.is_none() || !left.contains(&edge.dependent));
}

/// Takes away what could be compared. What can never change stays: it may be what finds the
/// resource.
fn strip(resource: &mut Resource) {
    let info = info(resource.address.kind);
    let finds = |name: &str| info.rule(name).is_some_and(|(rule, _)| rule.compare == Compare::Fixed);
    // Units and policies are found by their names.
    resource.fields.retain(|name, _| finds(name) || name == "name");
    resource.at_creation.clear();
    // Who holds an office stays known: what an administrator has set is looked for with it.
    if resource.address.kind != Kind::DelegatedAdministrator {
        resource.whole.clear();
    }
    resource.keys.retain(|key, _| !key.ends_with("_below") && !key.ends_with("_everybody"));
}
