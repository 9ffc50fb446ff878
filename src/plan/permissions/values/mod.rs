//! What the `{names}` of the permission templates stand for.
//!
//! In: a plan or a document, and one resource or step of it. Out: per name the
//! known values. `*` stands for a value that is not known yet; a name without any
//! value makes whatever mentions it fall away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::Values;
use crate::catalog::permissions::table;
use crate::catalog::{partitions, policy_types};
use crate::model::ids::AccountId;
use crate::model::kinds;
use crate::model::reference::{Reference, as_reference, resolve};
use crate::model::region::Region;
use crate::model::{Address, Attributes, Fields, Kind};
use crate::observe::Snapshot;
use crate::plan::Plan;

mod of_kind;

/// What is not known, in an ARN.
pub(super) const ANY: &str = "*";

/// What holds for everything of one plan or document.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    partition: String,
    management: String,
    organization: String,
    root: String,
    home: String,
    /// Whether nothing is made, so that every key is found by its alias.
    only_found: bool,
    /// Shared, since every step is looked at by itself.
    known: Arc<BTreeMap<Address, Attributes>>,
}

/// One resource as far as permissions are concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'s> {
    pub(super) address: &'s Address,
    /// The fields that a call carries, or all that the document speaks of.
    pub(super) fields: &'s Fields,
    pub(super) keys: &'s Fields,
}

impl Scope {
    pub(super) fn of_plan(plan: &Plan) -> Self {
        let organization = Address::only(Kind::Organization);
        let root = plan.known.get(&organization).and_then(|known| known.get("root_id"));
        Self {
            partition: plan.partition.as_str().to_owned(),
            management: plan.account.to_string(),
            organization: plan.organization.as_ref().map_or_else(|| "o-*".to_owned(), ToString::to_string),
            root: root.cloned().unwrap_or_else(|| "r-*".to_owned()),
            home: plan.home_region.to_string(),
            only_found: false,
            known: Arc::new(plan.known.clone()),
        }
    }

    pub(super) fn of_snapshot(snapshot: &Snapshot) -> Self {
        let organization = Address::only(Kind::Organization);
        let root = snapshot.live.get(&organization).and_then(|live| live.attribute("root_id"));
        let attributes =
            snapshot.live.iter().map(|(address, live)| (address.clone(), live.attributes.clone()));
        Self {
            partition: snapshot.partition.as_str().to_owned(),
            management: snapshot.account.to_string(),
            organization: snapshot
                .organization
                .as_ref()
                .map_or_else(|| "o-*".to_owned(), ToString::to_string),
            root: root.map_or_else(|| "r-*".to_owned(), str::to_owned),
            home: snapshot.home_region.to_string(),
            only_found: false,
            known: Arc::new(attributes.collect()),
        }
    }

    pub(super) fn of_document(
        partition: &partitions::Row,
        home: &Region,
        management: Option<&AccountId>,
        reading: bool,
    ) -> Self {
        Self {
            partition: partition.name.clone(),
            management: management.map_or_else(|| ANY.to_owned(), ToString::to_string),
            organization: "o-*".to_owned(),
            root: "r-*".to_owned(),
            home: home.to_string(),
            only_found: reading,
            known: Arc::default(),
        }
    }

    /// The member account that a resource lives in, as its document names it and by
    /// its id, when that is known; none for the management account.
    pub(super) fn member(&self, subject: Subject<'_>) -> Option<(String, Option<String>)> {
        let lives_there = kinds::lives_in_an_account(subject.address.kind);
        let owner = subject.keys.get("account").filter(|_| lives_there);
        // What an administrator lets go of is called in its own account.
        let departing = || subject.fields.values().find_map(|value| value.get("administrator"));
        self.place(owner.or_else(departing)?)
    }

    /// The account that a resource is, by its name and its id, when that is known.
    pub(super) fn itself(&self, subject: Subject<'_>) -> Option<(String, Option<String>)> {
        let known = self.known.get(subject.address).and_then(|known| known.get("id"));
        let said = subject.keys.get("id").and_then(Value::as_str).map(str::to_owned);
        Some((subject.address.name.clone(), known.cloned().or(said)))
    }

    /// The account of the administrator that a step is about.
    pub(super) fn administrator(&self, subject: Subject<'_>) -> Option<(String, Option<String>)> {
        let named = subject.fields.values().next();
        let named = named.and_then(|value| self.place(value.get("administrator").unwrap_or(value)));
        named.or_else(|| Some((format!("administrator of {}", subject.address.name), None)))
    }

    fn place(&self, owner: &Value) -> Option<(String, Option<String>)> {
        match as_reference(owner) {
            // The management account is named by its organization and is not entered.
            Some(reference) if reference.address.kind == Kind::Organization => None,
            Some(reference) => {
                let id = self.attribute(&reference);
                Some((reference.address.name, id))
            }
            None => {
                let id = owner.as_str()?.to_owned();
                let is_account = |(address, known): &(&Address, &Attributes)| {
                    address.kind == Kind::Account && known.get("id") == Some(&id)
                };
                let name = self.known.iter().find(is_account).map(|(address, _)| address.name.clone());
                (id != self.management).then(|| (name.unwrap_or_else(|| id.clone()), Some(id)))
            }
        }
    }

    /// Everything that the templates may name about a resource.
    pub(super) fn values(&self, subject: Subject<'_>) -> Values {
        let mut values = self.common();
        values.insert("tag", leaves(subject, "tags").into_iter().collect());
        // Only a policy can be one of the things that are tagged as a policy.
        values.insert("policy_id", BTreeSet::new());
        values.extend(self.of_kind(subject));
        values
    }

    /// What is known about the live resource itself.
    fn own(&self, subject: Subject<'_>, attribute: &str) -> Option<String> {
        self.known.get(subject.address)?.get(attribute).cloned()
    }

    /// The last part of the ARN of the live resource, or any.
    fn own_arn(&self, subject: Subject<'_>) -> String {
        let last = |arn: String| arn.rsplit('/').next().map(str::to_owned);
        self.own(subject, "arn").and_then(last).unwrap_or_else(any)
    }

    /// What holds for every resource.
    pub(super) fn common(&self) -> Values {
        let pairs = [
            ("partition", &self.partition),
            ("management", &self.management),
            ("owner", &self.management),
            ("organization", &self.organization),
            ("root", &self.root),
            ("region", &self.home),
        ];
        pairs.into_iter().map(|(name, value)| (name, BTreeSet::from([value.clone()]))).collect()
    }

    /// What holds for every resource, and anything for all else that templates name.
    pub(super) fn anything(&self) -> Values {
        let any = || BTreeSet::from([ANY.to_owned()]);
        let mut values: Values = table().names().map(|name| (name, any())).collect();
        values.extend(self.common());
        // Conditions compare whole words.
        let types = policy_types::all().iter().map(|row| row.name.clone());
        values.insert("policy_type", types.collect());
        values
    }

    fn attribute(&self, reference: &Reference) -> Option<String> {
        self.known.get(&reference.address)?.get(&reference.attribute).cloned()
    }

    /// The ids of the accounts that a service's administrators are, or shall be.
    fn administrators(&self, subject: Subject<'_>) -> Vec<String> {
        let offices = subject.fields.values().filter(|value| value.get("administrator").is_none());
        let ids = offices.map(|value| {
            let known = resolve(value, &|reference: &Reference| self.attribute(reference));
            known.as_str().map_or_else(|| ANY.to_owned(), str::to_owned)
        });
        let ids: Vec<String> = ids.collect();
        if ids.is_empty() { vec![ANY.to_owned()] } else { ids }
    }

    fn root_piece(&self) -> String {
        format!("root/{}/{}", self.organization, self.root)
    }

    /// The resource part of the ARN of what a policy is attached to.
    fn target(&self, id: &Value) -> String {
        let value = resolve(id, &|reference: &Reference| self.attribute(reference));
        let account = |id: &str| format!("account/{}/{id}", self.organization);
        match (value.as_str(), as_reference(&value)) {
            (Some(id), _) if id.bytes().all(|byte| byte.is_ascii_digit()) => account(id),
            (None, Some(to)) if to.address.kind == Kind::Account => account(ANY),
            (None, Some(to)) if to.attribute == "management_account_id" => account(&self.management),
            _ => self.piece(&value),
        }
    }

    /// The resource part of the ARN of a root or a unit.
    fn piece(&self, id: &Value) -> String {
        let value = resolve(id, &|reference: &Reference| self.attribute(reference));
        match (value.as_str(), as_reference(&value)) {
            (Some(id), _) if id.starts_with("r-") => format!("root/{}/{id}", self.organization),
            (Some(id), _) => format!("ou/{}/{id}", self.organization),
            (None, Some(to)) if to.address.kind == Kind::Organization => self.root_piece(),
            (None, _) => format!("ou/{}/ou-*", self.organization),
        }
    }
}

/// What stands for what is not known.
fn any() -> String {
    ANY.to_owned()
}

/// One name with one value.
fn one(name: &'static str, value: String) -> Values {
    Values::from([(name, BTreeSet::from([value]))])
}

/// The leaves of a group that a resource speaks of.
fn leaves(subject: Subject<'_>, group: &str) -> Vec<String> {
    let names = subject.fields.keys();
    names.filter_map(|name| name.strip_prefix(group)?.strip_prefix('.').map(str::to_owned)).collect()
}
