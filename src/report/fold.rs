//! Steps that read alike are told once.
//!
//! Only what says the same about each of them is folded: the same verb on the same
//! kind of thing for the same reasons, under the same top-level unit, without a
//! consent. A step that changes something in its own way is always told by itself.

use std::collections::BTreeMap;

use crate::model::kinds::{Action, info};
use crate::model::{Address, Kind, Resource, reference};
use crate::plan::Step;
use crate::plan::step::FieldChange;

/// Fewer alike steps than this are told one by one.
const MANY: usize = 6;

/// One entry of the listing.
#[derive(Debug)]
pub(super) enum Entry<'p> {
    /// A step by itself.
    One(&'p Step),
    /// Steps that read alike, and where the things are.
    Many(Vec<&'p Step>, String),
}

/// Steps of one kind as entries, in the order of their first steps.
pub(super) fn entries<'p>(
    steps: &[&'p Step],
    resources: &BTreeMap<&Address, &Resource>,
    verbose: bool,
) -> Vec<Entry<'p>> {
    let mut groups: Vec<(Key<'p>, Vec<&'p Step>)> = Vec::new();
    let mut index: BTreeMap<Key<'p>, usize> = BTreeMap::new();
    for step in steps {
        let key = Key::of(step, top_of(&place(step, resources)));
        let at = *index.entry(key.clone()).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(step);
    }
    let mut entries = Vec::new();
    for (key, steps) in groups {
        if verbose || steps.len() < MANY || !key.foldable {
            entries.extend(steps.into_iter().map(Entry::One));
        } else {
            let where_to = common(&steps, resources);
            entries.push(Entry::Many(steps, where_to));
        }
    }
    entries
}

/// What must be equal for steps to read alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'p> {
    action: Action,
    verb: &'p str,
    item: &'p str,
    operation: &'p str,
    reasons: &'p [String],
    changes: String,
    top: String,
    foldable: bool,
}

impl<'p> Key<'p> {
    fn of(step: &'p Step, top: String) -> Self {
        let creates = info(step.address.kind).creator().is_some_and(|verb| verb.name == step.verb);
        let own = |change: &&FieldChange| {
            !(creates || step.action == Action::Move || change.from == Some(change.to.clone()))
        };
        let changes: Vec<&FieldChange> = step.changes.iter().filter(own).collect();
        Self {
            action: step.action,
            verb: &step.verb,
            item: &step.item,
            operation: &step.operation,
            reasons: &step.reasons,
            changes: serde_json::to_string(&changes).unwrap_or_default(),
            top,
            foldable: step.consent.is_none(),
        }
    }
}

/// Where a thing is or shall be: a path of units, or empty.
fn place(step: &Step, resources: &BTreeMap<&Address, &Resource>) -> String {
    let parent = |path: &str| path.rsplit_once('/').map_or_else(String::new, |(above, _)| above.to_owned());
    match step.address.kind {
        Kind::OrganizationalUnit => parent(&step.address.name),
        Kind::Baseline | Kind::Control => parent(step.address.name.split(':').next().unwrap_or_default()),
        _ => {
            let unit = resources.get(&step.address).and_then(|resource| resource.fields.get("unit"));
            unit.and_then(reference::as_reference).map(|r| r.address.name).unwrap_or_default()
        }
    }
}

fn top_of(place: &str) -> String {
    place.split('/').next().unwrap_or_default().to_owned()
}

/// The place of all the steps: the path itself when they share it, else its top.
fn common(steps: &[&Step], resources: &BTreeMap<&Address, &Resource>) -> String {
    let mut places = steps.iter().map(|step| place(step, resources));
    let first = places.next().unwrap_or_default();
    if first.is_empty() || places.all(|other| other == first) {
        first
    } else {
        format!("{}/...", top_of(&first))
    }
}
