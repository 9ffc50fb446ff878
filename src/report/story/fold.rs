//! Steps to entries: the steps of one thing are one change, and things that change alike are
//! told together.
//!
//! Things are alike when they are of one kind, the same is done to them, and what differs in
//! them reads the same apart from their own names and Regions. What needs a consent is told by
//! itself, for each consent once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::entry::{Difference, Entry};
use super::telling;
use crate::catalog::capabilities::Reach;
use crate::coverage::Estate;
use crate::model::kinds::{Action, info};
use crate::model::{Address, Kind, Resource, reference};
use crate::plan::control_type::{self, ControlType};
use crate::plan::{Plan, Step};

/// So many items of one thing are told.
const ITEMS: usize = 6;

/// The steps of one thing that belong together.
struct Act<'p> {
    address: &'p Address,
    resource: Option<&'p Resource>,
    steps: Vec<&'p Step>,
}

/// The entries of a plan, in the order of its steps.
pub(super) fn entries<'p>(plan: &'p Plan, estate: &Estate) -> Vec<Entry<'p>> {
    let resources: BTreeMap<&Address, &Resource> =
        plan.resources.iter().map(|resource| (&resource.address, resource)).collect();
    let mut groups: Vec<Vec<Act<'p>>> = Vec::new();
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    for act in acts(plan, &resources) {
        let at = *index.entry(act.key()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(act);
    }
    groups.into_iter().map(|alike| entry(&alike, estate)).collect()
}

/// Steps by thing and consent, in the order of their first steps.
fn acts<'p>(plan: &'p Plan, resources: &BTreeMap<&'p Address, &'p Resource>) -> Vec<Act<'p>> {
    let mut index: BTreeMap<(&Address, Option<&str>), usize> = BTreeMap::new();
    let mut acts: Vec<Act<'p>> = Vec::new();
    for step in &plan.steps {
        let at = *index.entry((&step.address, step.consent.as_deref())).or_insert_with(|| {
            let resource = resources.get(&step.address).copied();
            acts.push(Act { address: &step.address, resource, steps: Vec::new() });
            acts.len() - 1
        });
        acts[at].steps.push(step);
    }
    acts
}

impl<'p> Act<'p> {
    /// The gravest of what is done; whatever else happens to a thing that comes to be is its
    /// creation.
    fn action(&self) -> Action {
        let creates =
            |step: &&Step| info(step.address.kind).creator().is_some_and(|verb| verb.name == step.verb);
        let any = |action: Action| self.steps.iter().any(|step| step.action == action);
        if self.steps.iter().any(creates) {
            return Action::Create;
        }
        let order = [Action::Remove, Action::Move, Action::Repair, Action::Change, Action::Create];
        order.into_iter().find(|action| any(*action)).unwrap_or(Action::Change)
    }

    /// The Region that it is in, where its kind goes by Region.
    fn region(&self) -> Option<&'p str> {
        let own = self.resource.and_then(|resource| resource.keys.get("region")).and_then(Value::as_str);
        own.filter(|region| self.address.name.contains(region))
    }

    /// What is equal for things that change alike.
    fn key(&self) -> String {
        let action = self.action();
        let consent = self.steps.iter().find_map(|step| step.consent.as_deref()).unwrap_or_default();
        let head = format!("{} {} {consent}", self.address.kind, action.word());
        let settled = matches!(action, Action::Create | Action::Move);
        let telling = telling::of(self.address.kind);
        if settled && (self.address.kind == Kind::Organization || telling.service.is_some()) {
            return head;
        }
        if settled {
            // A relation such as an office is one thing; things that are alike are many.
            return if self.by_name() { format!("{head} {}", self.address) } else { head };
        }
        let own = |text: String| self.region().map_or(text.clone(), |region| text.replace(region, "REGION"));
        let changes: Vec<String> = self
            .steps
            .iter()
            .flat_map(|step| &step.changes)
            .map(|change| own(format!("{} {:?} {}", change.field, change.from, change.to)))
            .collect();
        let item: BTreeSet<&str> = self.steps.iter().map(|step| step.verb.as_str()).collect();
        format!("{head} {item:?} {changes:?}")
    }

    /// Whether it is told by its own name, because others of its kind are something else.
    fn by_name(&self) -> bool {
        info(self.address.kind).creator().is_none()
    }
}

fn entry<'p>(acts: &[Act<'p>], estate: &Estate) -> Entry<'p> {
    let kind = acts.first().map_or(Kind::Organization, |act| act.address.kind);
    let telling = telling::of(kind);
    let action = acts.first().map_or(Action::Change, Act::action);
    let regions: BTreeSet<&str> = acts.iter().filter_map(Act::region).collect();
    let reached = telling.reach.as_ref().map(|reach| {
        let each = acts.iter().flat_map(|act| &act.steps).map(|step| reached(step, reach, estate));
        each.flatten().collect::<BTreeSet<String>>()
    });
    let steps: Vec<&Step> = acts.iter().flat_map(|act| act.steps.iter().copied()).collect();
    let title = title(acts, &telling, &regions, reached.as_ref()) + &types(&steps);
    Entry {
        chapter: telling.chapter,
        action,
        names: if acts.len() > 1 && telling.service.is_none() { names(acts) } else { BTreeMap::new() },
        // Of many new things each has its own values; the steps tell them.
        differences: if action == Action::Create && acts.len() > 1 {
            Vec::new()
        } else {
            differences(&steps)
        },
        // A service's title says whom it reaches.
        reached: reached.filter(|_| telling.service.is_none()),
        origins: steps.iter().filter_map(|step| step.origin.as_ref()).collect(),
        consents: steps.iter().filter_map(|step| step.consent.as_deref()).collect(),
        regions,
        steps,
        title,
    }
}

/// The accounts that a step reaches: where it is about some leaves only, those that these name.
fn reached(step: &Step, reach: &Reach, estate: &Estate) -> BTreeSet<String> {
    let group = match reach {
        Reach::Targets => "targets.",
        Reach::Leaves(group) => group.as_str(),
        _ => return estate.reached(reach, &step.address),
    };
    let about: Vec<&str> = step.changes.iter().map(|change| change.field.as_str()).collect();
    match about.iter().any(|field| field.starts_with(group)) {
        true => estate.reached_by(reach, &step.address, &about),
        false => estate.reached(reach, &step.address),
    }
}

fn title(
    acts: &[Act<'_>],
    telling: &telling::Telling,
    regions: &BTreeSet<&str>,
    reached: Option<&BTreeSet<String>>,
) -> String {
    let in_regions =
        |count: usize| if count == 1 { "1 Region".to_owned() } else { format!("{count} Regions") };
    match (acts, telling.service) {
        (_, Some(service)) => {
            let accounts = reached.map_or(0, BTreeSet::len);
            let accounts =
                if accounts == 1 { "1 account".to_owned() } else { format!("{accounts} accounts") };
            format!("{service}: {accounts} x {}", in_regions(regions.len()))
        }
        ([one], None) => {
            let place = place(one);
            let within = match one.address.kind {
                Kind::Account if !place.is_empty() => format!(" in {place}"),
                _ => String::new(),
            };
            format!("{}{}{within}", one.address, items(one))
        }
        (many, None) => format!("{} {}", many.len(), telling.plural),
    }
}

/// The types of controls among the steps: ` (preventive)`.
fn types(steps: &[&Step]) -> String {
    let types: BTreeSet<&str> =
        steps.iter().filter_map(|step| control_type::of(step)).map(ControlType::word).collect();
    let words: Vec<&str> = types.into_iter().collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}

/// The items of a thing without a creation of its own, e.g. who is appointed where.
fn items(act: &Act<'_>) -> String {
    let items: Vec<&str> =
        act.steps.iter().map(|step| step.item.as_str()).filter(|item| !item.is_empty()).collect();
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for item in &items {
        // Offices are held somewhere: `place/who`.
        let held = item.rsplit_once('/').filter(|_| act.address.kind == Kind::DelegatedAdministrator);
        let (place, who) = held.unwrap_or(("", item));
        places.entry(who).or_default().push(place);
    }
    let told = |(who, places): (&str, Vec<&str>)| match places.as_slice() {
        [] | [""] => who.to_owned(),
        [one] => format!("{who} ({one})"),
        many => format!("{who} ({} and {} more)", many.first().unwrap_or(&""), many.len() - 1),
    };
    let more = places.len().saturating_sub(ITEMS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    if items.is_empty() {
        String::new()
    } else {
        let told: Vec<String> = places.into_iter().take(ITEMS).map(told).collect();
        format!(" [{}{more}]", told.join(", "))
    }
}

fn names<'p>(acts: &[Act<'p>]) -> BTreeMap<String, Vec<&'p str>> {
    let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for act in acts {
        names.entry(place(act)).or_default().push(&act.address.name);
    }
    names
}

/// The unit that an account is or shall be in; nothing for other things, whose names say it.
fn place(act: &Act<'_>) -> String {
    let unit = act.resource.and_then(|resource| resource.fields.get("unit"));
    let unit =
        unit.and_then(reference::as_reference).filter(|unit| unit.address.kind == Kind::OrganizationalUnit);
    unit.map(|unit| unit.address.name).unwrap_or_default()
}

/// Each difference once, what only goes along left out.
fn differences<'p>(steps: &[&'p Step]) -> Vec<Difference<'p>> {
    let mut found: Vec<Difference<'p>> = Vec::new();
    for change in steps.iter().flat_map(|step| &step.changes) {
        let one = Difference { field: &change.field, from: change.from.as_ref(), to: &change.to };
        if one.from != Some(one.to) && !found.contains(&one) {
            found.push(one);
        }
    }
    found
}
