//! What the templates of each kind of resource may name.
//!
//! In: one resource and what holds for the whole document. Out: its names with their known
//! values. What every kind may name is the parent's.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{ANY, Scope, Subject, any, leaves, one};
use crate::catalog::{member_work, policy_types, service_access, service_roles, services};
use crate::model::reference::{Reference, resolve};
use crate::model::{Fields, Kind};
use crate::plan::permissions::Values;

/// The service whose roles AWS Backup works with.
const BACKUP: &str = "backup.amazonaws.com";
/// The service that makes its role with a trail of the organization.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// The instance and the id in the ARN of a permission set.
fn set_of(arn: Option<String>) -> String {
    let known = arn.and_then(|arn| Some(arn.split_once(":permissionSet/")?.1.to_owned()));
    known.unwrap_or_else(|| "*/*".to_owned())
}

impl Scope {
    /// What the templates of its kind name.
    pub(super) fn of_kind(&self, subject: Subject<'_>) -> Values {
        match subject.address.kind {
            Kind::OrganizationalUnit => self.of_unit(subject),
            Kind::Account => self.of_account(subject),
            Kind::TrustedAccess => of_trust(&subject.address.name),
            Kind::ServiceRole => self.of_role(subject),
            Kind::Key => self.of_key(subject),
            Kind::LandingZone => {
                let mut values = one("landing_zone", self.own_arn(subject));
                let unit = self.own(subject, "security_unit").unwrap_or_else(|| "ou-*".to_owned());
                values.extend(one("unit", unit));
                values
            }
            Kind::Baseline => one("enabled_baseline", self.own_arn(subject)),
            Kind::Control => {
                let every = policy_types::all().iter().map(|row| row.name.clone());
                let mut values = one("enabled_control", self.own_arn(subject));
                values.insert("policy_type", every.collect());
                values
            }
            Kind::PolicyType | Kind::Policy => self.of_policy(subject),
            Kind::Organization
            | Kind::Group
            | Kind::ResourcePolicy
            | Kind::RootCredentialsManagement
            | Kind::RootSessions => Values::new(),
            Kind::DelegatedAdministrator => Values::from([
                ("principal", principals(subject).into_iter().collect()),
                ("account", self.administrators(subject).into_iter().collect()),
            ]),
            Kind::PermissionSet => one("permission_set", set_of(self.own(subject, "arn"))),
            Kind::Assignment => one("assigned_set", set_of(self.set_assigned(subject))),
            Kind::BackupSettings => one("linked_service", BACKUP.to_owned()),
            Kind::BackupOptIn
            | Kind::BackupVault
            | Kind::AirGappedVault
            | Kind::ResourceShare
            | Kind::RestoreTestingPlan
            | Kind::RestoreTestingSelection
            | Kind::ReportPlan
            | Kind::BackupFramework => self.of_backup(subject),
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
            | Kind::ConformancePack => self.of_security(subject),
            Kind::FirewallPolicy => {
                let mut values = self.of_security(subject);
                values.extend(one("firewall_policy", self.own(subject, "id").unwrap_or_else(any)));
                values
            }
            Kind::StackSet => one("stack_set", subject.address.name.clone()),
            Kind::Trail => self.of_trail(subject),
        }
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
            // Those that it has kept from former units are known only when it has moved.
            ("enabled_control", BTreeSet::from([ANY.to_owned()])),
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
}

/// What the templates of trusted access name.
fn of_trust(principal: &str) -> Values {
    let own = service_access::by_own_call(principal);
    let role = own.and_then(|own| own.role.clone());
    let linked = own.into_iter().flat_map(|own| own.linked.clone());
    let path = format!("aws-service-role/{principal}/");
    Values::from([
        ("principal", BTreeSet::from([principal.to_owned()])),
        ("role", role.into_iter().collect()),
        ("path", BTreeSet::from([path])),
        ("linked_service", linked.collect()),
    ])
}

/// The principals that Organizations registers a service's administrators for.
fn principals(subject: Subject<'_>) -> Vec<String> {
    services::by_word(&subject.address.name).map(|row| row.principals.clone()).unwrap_or_default()
}
