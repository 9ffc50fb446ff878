//! Which operations are needed, on what, and for which purpose.
//!
//! In: resources, steps and the catalogue's rows. Out: [`Needed`] actions, each
//! with filled-in ARNs and conditions, by the account in which they are used.

use std::collections::{BTreeMap, BTreeSet};

use super::values::{Scope, Subject};
use super::{Errand, ErrandNeed, Member, Values, roles, statements};
use crate::catalog::operations;
use crate::catalog::permissions::{Grant, Planning, names, table};
use crate::model::kinds::{Action, Compare, Verb, info};
use crate::model::resource::Presence;
use crate::model::{Kind, Resource};
use crate::plan::Step;

/// Why an action is needed; the order of statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// To enter member accounts.
    Enter,
    /// To plan and to follow what AWS works on.
    Read,
    /// To change.
    Change,
    /// Only when AWS's answer is lost or leaves something out.
    Prove,
    /// Checked by AWS beside the operation's own action.
    Beside,
}

impl Purpose {
    /// The beginning of a statement's id.
    pub(super) const fn sid(self) -> &'static str {
        match self {
            Self::Enter => "EnterMemberAccounts",
            Self::Read => "Read",
            Self::Change => "Change",
            Self::Prove => "OnlyIfAnAnswerIsLost",
            Self::Beside => "CheckedBeside",
        }
    }
}

/// Condition operator to condition key to values.
pub(super) type Conditions = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// One action on some resources under some conditions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Needed {
    pub(super) purpose: Purpose,
    pub(super) action: String,
    pub(super) resources: BTreeSet<String>,
    pub(super) conditions: Conditions,
    /// Why the only resource is `*`.
    pub(super) everywhere: Option<String>,
}

/// A member account: its name in the document, and its id when it is known.
pub(super) type Place = (String, Option<String>);

/// Everything that is needed, by the account in which it is used.
#[derive(Debug)]
pub(super) struct Needs {
    scope: Scope,
    roles: Vec<String>,
    places: BTreeMap<Option<Place>, Vec<Needed>>,
    /// Whether Control Tower is asked to change something.
    pub(super) forwards: bool,
}

impl Needs {
    pub(super) fn new(scope: Scope, access_role: Option<&str>) -> Self {
        Self { scope, roles: roles(access_role), places: BTreeMap::new(), forwards: false }
    }

    /// What is needed in the management account, or in a member.
    pub(super) fn of(&self, place: Option<&Place>) -> &[Needed] {
        self.places.get(&place.cloned()).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is needed anywhere.
    pub(super) fn all(&self) -> impl Iterator<Item = &Needed> {
        self.places.values().flatten()
    }

    /// The members that are entered.
    pub(super) fn members(&self) -> impl Iterator<Item = &Place> {
        self.places.keys().flatten()
    }

    /// What an operator must know of a member that is entered.
    pub(super) fn member(&self, place: &Place) -> Member {
        let merged = statements::merged(self.of(Some(place)));
        Member {
            account: place.0.clone(),
            id: place.1.clone(),
            roles: self.roles.clone(),
            policy: statements::document(&merged),
        }
    }

    /// What planning reads of these resources.
    pub(super) fn planning(&mut self, resources: &[Resource]) {
        self.reading(resources, &table().planning);
    }

    /// What is read to see whether these resources can be relied on.
    pub(super) fn verifying(&mut self, resources: &[Resource]) {
        self.reading(resources, &table().verification);
    }

    fn reading(&mut self, resources: &[Resource], rows: &'static [Planning]) {
        for resource in resources {
            let subject =
                Subject { address: &resource.address, fields: &resource.fields, keys: &resource.keys };
            for row in rows.iter().filter(|row| asks(row, resource)) {
                let purpose = if row.seldom { Purpose::Prove } else { Purpose::Read };
                if row.of_organization {
                    self.of_organization(row, purpose, subject);
                    continue;
                }
                for operation in &row.operations {
                    self.operation(operation, purpose, subject);
                }
            }
        }
    }

    /// What a census reads; nothing is known of what it will meet.
    pub(super) fn census(&mut self) {
        let census = &table().census;
        let anything = self.scope.anything();
        for operation in census.operations.iter().chain(&census.by_administrators) {
            self.grants(operation, Purpose::Read, &anything, None);
        }
        for operation in &census.seldom {
            self.grants(operation, Purpose::Prove, &anything, None);
        }
        self.enter(None);
        for operation in &census.by_administrators {
            let place = ("administrators of services".to_owned(), None);
            self.grants(operation, Purpose::Read, &anything, Some(place));
        }
    }

    /// What the steps of a plan need.
    pub(super) fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            let subject = Subject { address: &step.address, fields: &step.inputs, keys: &step.keys };
            self.mutation(&step.operation, subject);
        }
    }

    /// What could become necessary for these resources, whatever is live.
    pub(super) fn possible(&mut self, resources: &[Resource]) {
        for resource in resources {
            let subject =
                Subject { address: &resource.address, fields: &resource.fields, keys: &resource.keys };
            for verb in info(resource.address.kind).verbs.iter().filter(|verb| possible(resource, verb)) {
                self.mutation(verb.operation, subject);
            }
        }
    }

    fn mutation(&mut self, operation: &str, subject: Subject<'_>) {
        self.operation(operation, Purpose::Change, subject);
        let row = table().get(operation);
        let facts = operations::table().get(operation);
        let on_the_way = row.iter().flat_map(|row| &row.reads);
        for read in on_the_way.chain(facts.and_then(|facts| facts.poll.as_ref())) {
            self.operation(read, Purpose::Read, subject);
        }
        let in_proof = row.iter().flat_map(|row| &row.proves);
        for read in in_proof.chain(facts.and_then(|facts| facts.read_back.as_ref())) {
            self.operation(read, Purpose::Prove, subject);
        }
        self.forwards |= row.is_some_and(|row| row.forwards);
    }

    /// What is asked of the organization for a resource, wherever that lives.
    fn of_organization(&mut self, row: &'static Planning, purpose: Purpose, subject: Subject<'_>) {
        let mut values = self.scope.values(subject);
        values.extend(row.values.iter().map(|(name, found)| (name.as_str(), found.clone())));
        for operation in &row.operations {
            self.grants(operation, purpose, &values, None);
        }
    }

    fn operation(&mut self, operation: &str, purpose: Purpose, subject: Subject<'_>) {
        let row = table().get(operation);
        let place = match row {
            Some(row) if row.by_administrator => self.scope.administrator(subject),
            Some(row) if row.inside && subject.address.kind == Kind::Account => self.scope.itself(subject),
            _ => self.scope.member(subject),
        };
        let values = self.scope.values(subject);
        if let Some((_, id)) = &place {
            self.enter(id.as_deref());
        }
        self.grants(operation, purpose, &values, place);
    }

    /// The permission to enter a member account by any of the roles that are tried.
    fn enter(&mut self, id: Option<&str>) {
        let mut values = self.scope.common();
        values.insert("owner", BTreeSet::from([id.unwrap_or(super::values::ANY).to_owned()]));
        values.insert("access_role", self.roles.iter().cloned().collect());
        self.grants("sts:AssumeRole", Purpose::Enter, &values, None);
    }

    fn grants(&mut self, operation: &str, purpose: Purpose, values: &Values, place: Option<Place>) {
        let by_whom = |grant: &&Grant| grant.by_member.is_none_or(|by_member| by_member == place.is_some());
        let rows = table().get(operation).into_iter().flat_map(|row| &row.grant).filter(by_whom);
        let needed: Vec<Needed> = rows.flat_map(|grant| filled(grant, purpose, values)).collect();
        let held = self.places.entry(place).or_default();
        for one in needed {
            if !held.contains(&one) {
                held.push(one);
            }
        }
    }
}

/// What a step needs in each member account that it enters.
pub(super) fn errands(scope: &Scope, step: &Step) -> Vec<Errand> {
    let mut needs = Needs::new(scope.clone(), None);
    needs.steps(std::slice::from_ref(step));
    let abroad = needs.places.into_iter().filter_map(|(place, needed)| Some((place?, needed)));
    let errand = |((account, _), needed): (Place, Vec<Needed>)| Errand {
        step: step.id.clone(),
        account,
        needs: needed
            .into_iter()
            .filter(|needed| needed.purpose != Purpose::Prove)
            .map(|needed| ErrandNeed {
                action: needed.action,
                resources: needed.resources,
                // What a grant is held to tells what the request carries.
                known: needed
                    .conditions
                    .into_iter()
                    .filter(|(operator, _)| operator.contains("StringEquals"))
                    .flat_map(|(_, keys)| keys)
                    .collect(),
            })
            .collect(),
    };
    abroad.map(errand).collect()
}

/// Whether a row of the planning table speaks of a resource.
fn asks(row: &Planning, resource: &Resource) -> bool {
    let named = row.field.as_ref().is_none_or(|group| {
        let begins = |name: &String| {
            name.strip_prefix(group.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        resource.fields.keys().any(begins)
            || resource.whole.contains(group)
            || resource.keys.contains_key(group)
    });
    row.kinds.contains(&resource.address.kind)
        && named
        && (!row.removal || resource.presence == Presence::Remove)
}

/// Whether a verb may ever be planned for a resource.
fn possible(resource: &Resource, verb: &Verb) -> bool {
    let info = info(resource.address.kind);
    let creates = info.creator().is_some_and(|creator| creator.name == verb.name);
    let mends = || {
        resource.fields.keys().filter_map(|field| info.rule(field)).any(|(rule, _)| {
            let fixed = matches!(rule.compare, Compare::Fixed | Compare::CreateOnly);
            rule.verb == verb.name && !fixed
        })
    };
    // What the document lists in full may hold more than it lists.
    let takes_away = || {
        let mut rules = info.fields.iter().filter(|rule| rule.surplus == Some(verb.name));
        rules.any(|rule| resource.lists_all_of(rule.field))
    };
    match resource.presence {
        Presence::Remove => verb.action == Action::Remove,
        Presence::LeftAlone => false,
        _ if takes_away() => true,
        _ if verb.action == Action::Remove => false,
        Presence::Ensure | Presence::OnDemand => creates || mends(),
        Presence::Existing | Presence::MadeByAnother => mends(),
    }
}

/// A grant with its names filled in, one action each; none when one of them stands
/// for nothing.
fn filled(grant: &Grant, purpose: Purpose, values: &Values) -> Vec<Needed> {
    let present = |name: &str| values.get(name).is_none_or(|found| !found.is_empty());
    if !grant.when.iter().all(|name| present(name)) {
        return Vec::new();
    }
    let templates = grant.on.iter().filter_map(|name| table().arn(name));
    let mut resources: BTreeSet<String> = templates.flat_map(|template| texts(template, values)).collect();
    if grant.on.is_empty() {
        resources.insert(super::values::ANY.to_owned());
    }
    let mut conditions = Conditions::new();
    for (operator, keys) in &grant.condition {
        for (key, template) in keys {
            let found: BTreeSet<String> = texts(template, values).into_iter().collect();
            conditions.entry(operator.clone()).or_default().insert(key.clone(), found);
        }
    }
    let unmeant = conditions.values().flat_map(BTreeMap::values).any(BTreeSet::is_empty);
    if resources.is_empty() || unmeant {
        return Vec::new();
    }
    let purpose = if grant.hidden { Purpose::Beside } else { purpose };
    let one = |action: &String| Needed {
        purpose,
        action: action.clone(),
        resources: resources.clone(),
        conditions: conditions.clone(),
        everywhere: grant.everywhere.clone(),
    };
    grant.actions.iter().map(one).collect()
}

/// A template with every combination of what its names stand for. A name that
/// nobody has heard of stands for anything.
fn texts(template: &str, values: &Values) -> Vec<String> {
    let any = BTreeSet::from([super::values::ANY.to_owned()]);
    let mut found = vec![template.to_owned()];
    for name in names(template) {
        let slot = format!("{{{name}}}");
        let known = values.get(name).unwrap_or(&any);
        found =
            found.iter().flat_map(|text| known.iter().map(|value| text.replacen(&slot, value, 1))).collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_every_combination_of_its_values_and_none_when_a_name_stands_for_nothing() {
        let set = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect::<BTreeSet<_>>();
        let values = Values::from([("a", set(&["1", "2"])), ("b", set(&["x"])), ("none", set(&[]))]);
        assert_eq!(texts("{a}:{b}", &values), ["1:x", "2:x"]);
        assert_eq!(texts("{unheard}/{a}", &values), ["*/1", "*/2"]);
        assert!(texts("{a}:{none}", &values).is_empty());
    }
}
