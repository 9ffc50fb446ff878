//! What the `{names}` of the permission templates stand for.
//!
//! In: a plan or a document, and one resource or step of it. Out: per name the
//! known values. `*` stands for a value that is not known yet; a name without any
//! value makes whatever mentions it fall away.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Values;
use crate::catalog::permissions::table;
use crate::catalog::{member_work, partitions, policy_types, service_access, service_roles, services};
use crate::model::ids::AccountId;
use crate::model::kinds;
use crate::model::reference::{Reference, as_reference, resolve};
use crate::model::region::Region;
use crate::model::{Address, Attributes, Fields, Kind};
use crate::observe::Snapshot;
use crate::plan::Plan;

/// The service whose roles AWS Backup works with.
const BACKUP: &str = "backup.amazonaws.com";
/// The service that makes its role with a trail of the organization.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

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
    known: BTreeMap<Address, Attributes>,
}

/// The instance and the id in the ARN of a permission set.
fn set_of(arn: Option<String>) -> String {
    let known = arn.and_then(|arn| Some(arn.split_once(":permissionSet/")?.1.to_owned()));
    known.unwrap_or_else(|| "*/*".to_owned())
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
            known: plan.known.clone(),
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
            known: attributes.collect(),
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
            known: BTreeMap::new(),
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
        let own = self.known.get(subject.address);
        let mut put = |name: &'static str, found: Vec<String>| {
            values.insert(name, found.into_iter().collect::<BTreeSet<String>>());
        };
        let attribute = |name: &str| own.and_then(|own| own.get(name)).cloned();
        let last = |arn: String| arn.rsplit('/').next().map(str::to_owned);
        let own_arn = || vec![attribute("arn").and_then(last).unwrap_or_else(|| ANY.to_owned())];
        put("tag", leaves(subject, "tags"));
        // Only a policy can be one of the things that are tagged as a policy.
        put("policy_id", Vec::new());
        match subject.address.kind {
            Kind::OrganizationalUnit => values.extend(self.of_unit(subject)),
            Kind::Account => values.extend(self.of_account(subject)),
            Kind::TrustedAccess => values.extend(of_trust(&subject.address.name)),
            Kind::ServiceRole => values.extend(self.of_role(subject)),
            Kind::Key => values.extend(self.of_key(subject)),
            Kind::LandingZone => {
                put("landing_zone", own_arn());
            }
            Kind::Baseline => {
                put("enabled_baseline", own_arn());
            }
            Kind::PolicyType | Kind::Policy => values.extend(self.of_policy(subject)),
            Kind::Organization
            | Kind::Group
            | Kind::ResourcePolicy
            | Kind::RootCredentialsManagement
            | Kind::RootSessions => {}
            Kind::DelegatedAdministrator => {
                put("principal", principals(subject));
                put("account", self.administrators(subject));
            }
            Kind::PermissionSet => {
                put("permission_set", vec![set_of(attribute("arn"))]);
            }
            Kind::Assignment => put("assigned_set", vec![set_of(self.set_assigned(subject))]),
            Kind::BackupSettings => put("linked_service", vec![BACKUP.to_owned()]),
            Kind::BackupOptIn
            | Kind::BackupVault
            | Kind::AirGappedVault
            | Kind::ResourceShare
            | Kind::RestoreTestingPlan
            | Kind::RestoreTestingSelection
            | Kind::ReportPlan
            | Kind::BackupFramework => values.extend(self.of_backup(subject)),
            Kind::GuardDuty
            | Kind::SecurityHub
            | Kind::FindingAggregator
            | Kind::SecurityHubConfiguration
            | Kind::SecurityHubPolicy
            | Kind::SecurityHubAssociations
            | Kind::AutomationRule
            | Kind::Inspector
            | Kind::Macie
            | Kind::Detective
            | Kind::Analyzer
            | Kind::ConfigAggregator
            | Kind::ConfigRule
            | Kind::ConformancePack => values.extend(self.of_security(subject)),
            Kind::StackSet => {
                put("stack_set", vec![subject.address.name.clone()]);
            }
            Kind::Trail => values.extend(self.of_trail(subject)),
            Kind::FirewallPolicy => {
                put("firewall_policy", vec![attribute("id").unwrap_or_else(|| ANY.to_owned())]);
                values.extend(self.of_security(subject));
            }
            Kind::Control => {
                put("enabled_control", own_arn());
                let every = policy_types::all().iter().map(|row| row.name.clone());
                put("policy_type", every.collect());
            }
        }
        values
    }

    /// What the templates of a trail name.
    fn of_trail(&self, subject: Subject<'_>) -> Values {
        let home = self.known.get(subject.address).and_then(|own| own.get("home"));
        Values::from([
            ("region", BTreeSet::from([home.unwrap_or(&self.home).clone()])),
            ("linked_service", BTreeSet::from([CLOUDTRAIL.to_owned()])),
            ("trail", BTreeSet::from([subject.address.name.clone()])),
        ])
    }

    /// The ARN of the permission set that an assignment is of, as far as it is known.
    fn set_assigned(&self, subject: Subject<'_>) -> Option<String> {
        let known = self.known.get(subject.address).and_then(|own| own.get("permission_set")).cloned();
        known.or_else(|| {
            let arn = resolve(subject.keys.get("permission_set")?, &|to| self.attribute(to));
            arn.as_str().map(str::to_owned)
        })
    }

    /// What the templates of a role name.
    fn of_role(&self, subject: Subject<'_>) -> Values {
        let said = |values: &Fields, name: &str| values.get(name).and_then(Value::as_str).map(str::to_owned);
        let name = said(subject.keys, "name").unwrap_or_else(|| subject.address.name.clone());
        let path = said(subject.fields, "path").unwrap_or_else(|| self.path_of(subject).to_owned());
        let mut values = Values::from([
            ("role", BTreeSet::from([name])),
            ("path", BTreeSet::from([path.trim_start_matches('/').to_owned()])),
            ("policy", leaves(subject, "managed_policies").into_iter().collect()),
        ]);
        if let Some((_, id)) = self.member(subject) {
            values.insert("owner", BTreeSet::from([id.unwrap_or_else(|| ANY.to_owned())]));
        }
        values
    }

    /// The path of a role whose step does not say it: one in a member account has none.
    fn path_of(&self, subject: Subject<'_>) -> &'static str {
        if self.member(subject).is_some() { "/" } else { service_roles::path() }
    }

    /// What the templates of AWS Backup's things name.
    fn of_backup(&self, subject: Subject<'_>) -> Values {
        let text = |name: &str| subject.keys.get(name).and_then(Value::as_str).map(str::to_owned);
        let arn = |field: &str| {
            let value =
                resolve(subject.fields.get(field)?, &|reference: &Reference| self.attribute(reference));
            Some(value.as_str().map_or_else(|| ANY.to_owned(), str::to_owned))
        };
        let mut values = Values::new();
        let mut put = |name: &'static str, found: Option<String>| {
            values.insert(name, found.into_iter().collect::<BTreeSet<String>>());
        };
        put("region", Some(text("region").unwrap_or_else(|| self.home.clone())));
        put("vault", text("vault"));
        let key = arn("key");
        put("key", key.as_deref().and_then(|arn| arn.rsplit('/').next()).map(str::to_owned));
        put("vault_key", key);
        // Of keys nothing but that one is asked about.
        for name in ["made_key", "found_key", "replica"] {
            put(name, None);
        }
        put("passed_role", arn("role"));
        for name in ["plan", "report", "framework"] {
            put(name, text(name));
        }
        let of_tests =
            matches!(subject.address.kind, Kind::RestoreTestingPlan | Kind::RestoreTestingSelection);
        let part = if of_tests { "restore-testing" } else { "reports" };
        put("linked_service", Some(format!("{part}.{BACKUP}")));
        if let Some((_, id)) = self.member(subject) {
            put("owner", Some(id.unwrap_or_else(|| ANY.to_owned())));
        }
        // A role of restore tests is passed to a part of AWS Backup that has a name of its own (SAR list_awsbackup); older
        // words name AWS Backup itself.
        let passed_to = [BACKUP.to_owned(), format!("restore-testing.{BACKUP}")];
        values.insert("passed_to", passed_to.into());
        values
    }

    /// What the templates of a unit name.
    fn of_unit(&self, subject: Subject<'_>) -> Values {
        let id = self.known.get(subject.address).and_then(|own| own.get("id")).cloned();
        let parent = subject.fields.get("parent").map(|id| self.piece(id));
        Values::from([
            ("unit", BTreeSet::from([id.unwrap_or_else(|| "ou-*".to_owned())])),
            ("parent", parent.into_iter().collect()),
            ("account", BTreeSet::new()),
        ])
    }

    /// What the templates of an account name.
    fn of_account(&self, subject: Subject<'_>) -> Values {
        let own = self.known.get(subject.address);
        let attribute = |name: &str| own.and_then(|own| own.get(name)).cloned();
        let said = subject.keys.get("id").and_then(Value::as_str).map(str::to_owned);
        let id = attribute("id").or(said).unwrap_or_else(|| ANY.to_owned());
        let from = attribute("parent_id").map_or_else(|| self.root_piece(), |id| self.piece(&id.into()));
        let to = subject.fields.get("unit").map(|id| self.piece(id));
        Values::from([
            ("account", BTreeSet::from([id.clone()])),
            // What is looked at inside it is the role that Control Tower works with.
            ("owner", BTreeSet::from([id])),
            ("role", BTreeSet::from([member_work::table().role.clone()])),
            ("path", BTreeSet::from([String::new()])),
            // Whether STS is on in a Region is told by how it refuses a session of no role.
            ("access_role", BTreeSet::from(["lzctl-is-sts-there".to_owned()])),
            ("parent", std::iter::once(from).chain(to).collect()),
            ("unit", BTreeSet::new()),
        ])
    }

    /// What a key's templates name.
    fn of_key(&self, subject: Subject<'_>) -> Values {
        let mut values = Values::new();
        let mut put = |name: &'static str, found: Vec<String>| {
            values.insert(name, found.into_iter().collect::<BTreeSet<String>>());
        };
        let id = self.known.get(subject.address).and_then(|own| own.get("id")).cloned();
        let text = |name: &str| subject.keys.get(name).and_then(Value::as_str).map(str::to_owned);
        put("region", vec![text("region").unwrap_or_else(|| self.home.clone())]);
        put("alias", text("alias").into_iter().collect());
        let unknown = |so: bool| if id.is_none() && so { vec![ANY.to_owned()] } else { Vec::new() };
        put("made_key", unknown(!self.only_found));
        put("found_key", unknown(self.only_found));
        put("key", id.into_iter().collect());
        let mut replicas: BTreeSet<String> = leaves(subject, "replicas").into_iter().collect();
        replicas.extend(leaves(subject, "replica_policies"));
        put("replica", replicas.into_iter().collect());
        put("linked_service", vec!["mrk.kms.amazonaws.com".to_owned()]);
        if let Some((_, id)) = self.member(subject) {
            put("owner", vec![id.unwrap_or_else(|| ANY.to_owned())]);
        }
        values
    }

    /// What the templates of a security service name: where it is, and the service for which a
    /// role may have to be made there.
    fn of_security(&self, subject: Subject<'_>) -> Values {
        let region = subject.keys.get("region").and_then(Value::as_str);
        let service = services::of_kind(subject.address.kind);
        let linked = service.into_iter().flat_map(|row| row.principals.iter().cloned());
        let mut values = Values::from([
            ("region", BTreeSet::from([region.unwrap_or(&self.home).to_owned()])),
            ("linked_service", linked.collect()),
        ]);
        if let Some((_, id)) = self.member(subject) {
            values.insert("owner", BTreeSet::from([id.unwrap_or_else(|| ANY.to_owned())]));
        }
        values
    }

    /// What the templates of a policy or a type of policies name.
    fn of_policy(&self, subject: Subject<'_>) -> Values {
        let mut values = Values::new();
        let mut put = |name: &'static str, found: Vec<String>| {
            values.insert(name, found.into_iter().collect::<BTreeSet<String>>());
        };
        let said = subject.keys.get("type").and_then(Value::as_str).map(str::to_owned);
        let every = || policy_types::all().iter().map(|row| row.name.clone()).collect();
        let kinds: Vec<String> = said.map_or_else(every, |kind| vec![kind]);
        put("policy_kind", kinds.iter().map(|kind| kind.to_lowercase()).collect());
        put("policy_type", kinds);
        let of_aws = subject.keys.contains_key("aws_managed");
        let id = self.known.get(subject.address).and_then(|own| own.get("id")).cloned();
        let id = id.unwrap_or_else(|| "p-*".to_owned());
        put(if of_aws { "aws_policy_id" } else { "policy_id" }, vec![id]);
        put(if of_aws { "policy_id" } else { "aws_policy_id" }, Vec::new());
        let targets = subject.fields.iter().filter(|(field, _)| field.starts_with("targets."));
        put("target", targets.map(|(_, id)| self.target(id)).collect());
        put("unit", Vec::new());
        put("account", Vec::new());
        values
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

/// The leaves of a group that a resource speaks of.
fn leaves(subject: Subject<'_>, group: &str) -> Vec<String> {
    let names = subject.fields.keys();
    names.filter_map(|name| name.strip_prefix(group)?.strip_prefix('.').map(str::to_owned)).collect()
}

/// What the templates of trusted access name.
fn of_trust(principal: &str) -> Values {
    let own = service_access::by_own_call(principal);
    let role = own.and_then(|own| own.role.clone());
    let linked = own.map(|own| own.linked.clone());
    let path = format!("aws-service-role/{principal}/");
    Values::from([
        ("principal", BTreeSet::from([principal.to_owned()])),
        ("role", role.into_iter().collect()),
        ("path", BTreeSet::from([path])),
        ("linked_service", linked.into_iter().collect()),
    ])
}

/// The principals that Organizations registers a service's administrators for.
fn principals(subject: Subject<'_>) -> Vec<String> {
    services::by_word(&subject.address.name).map(|row| row.principals.clone()).unwrap_or_default()
}
