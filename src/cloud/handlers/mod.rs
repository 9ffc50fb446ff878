//! How each kind's verbs are carried out: one file per kind.
//!
//! In: a task. Out: one mutating call and what became of it. A handler never
//! waits for AWS to finish, and sends a mutation again only when AWS has refused
//! the first and said why. Reading after a mutation that succeeded never makes it
//! look refused: such an error says that the outcome is unknown.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::call::Site;
use super::connection::Connection;
use super::failure::{CallError, code};
use super::session::Narrowing;
use super::task::{Found, Performer, Progress, Task};
use crate::catalog::operations::{self, Idempotency, Verdict};
use crate::model::region::Region;
use crate::model::{Attributes, Fields, Kind, kinds};

mod account;
mod account_address;
mod account_controls;
mod account_creation;
mod account_enrolment;
mod account_factory;
mod account_joining;
mod account_recording;
mod analyzer;
mod appointments;
mod assignment;
mod automation_rule;
mod backup_audit;
mod backup_settings;
mod backup_vault;
mod baseline;
mod config_deployment;
mod control;
mod delegated_administrator;
mod departure;
mod detective;
mod firewall_policy;
mod group;
mod guardduty;
mod inputs;
mod inspector;
mod key;
mod landing_zone;
mod macie;
mod organization;
mod permission_set;
mod policy;
mod policy_type;
mod reached;
mod resource_policy;
mod resource_share;
mod restore_testing;
mod root_access;
mod security_hub;
mod service_role;
mod stack_set;
mod timing;
mod trail;
mod trusted_access;
mod unit;

impl Performer for Connection {
    fn speed(&self) -> f64 {
        self.clock_speed()
    }

    fn narrow(&self, narrowing: Narrowing) {
        Self::narrow(self, narrowing);
    }

    async fn begin(&self, task: &Task) -> Result<Progress, CallError> {
        match task.address.kind {
            Kind::Organization => organization::begin(self, task).await,
            Kind::TrustedAccess => trusted_access::begin(self, task).await,
            Kind::OrganizationalUnit => unit::begin(self, task).await,
            Kind::Account => account::begin(self, task).await,
            Kind::ServiceRole => service_role::begin(self, task).await,
            Kind::Key => key::begin(self, task).await,
            Kind::LandingZone => landing_zone::begin(self, task).await,
            Kind::Baseline => baseline::begin(self, task).await,
            Kind::PolicyType => policy_type::begin(self, task).await,
            Kind::Policy => policy::begin(self, task).await,
            Kind::ResourcePolicy => resource_policy::begin(self, task).await,
            Kind::RootCredentialsManagement | Kind::RootSessions => root_access::begin(self, task).await,
            Kind::DelegatedAdministrator => delegated_administrator::begin(self, task).await,
            Kind::PermissionSet => permission_set::begin(self, task).await,
            Kind::Group => group::begin(self, task).await,
            Kind::Assignment => assignment::begin(self, task).await,
            Kind::Control => control::begin(self, task).await,
            Kind::GuardDuty => guardduty::begin(self, task).await,
            Kind::BackupSettings | Kind::BackupOptIn => backup_settings::begin(self, task).await,
            Kind::BackupVault | Kind::AirGappedVault => backup_vault::begin(self, task).await,
            Kind::ResourceShare => resource_share::begin(self, task).await,
            Kind::RestoreTestingPlan | Kind::RestoreTestingSelection => {
                restore_testing::begin(self, task).await
            }
            Kind::ReportPlan | Kind::BackupFramework => backup_audit::begin(self, task).await,
            Kind::SecurityHub
            | Kind::FindingAggregator
            | Kind::SecurityHubConfiguration
            | Kind::SecurityHubPolicy
            | Kind::SecurityHubAssociations => security_hub::begin(self, task).await,
            Kind::Inspector => inspector::begin(self, task).await,
            Kind::Macie => macie::begin(self, task).await,
            Kind::Detective => detective::begin(self, task).await,
            Kind::Analyzer => analyzer::begin(self, task).await,
            Kind::StackSet => stack_set::begin(self, task).await,
            Kind::ConfigAggregator | Kind::ConfigRule | Kind::ConformancePack => {
                config_deployment::begin(self, task).await
            }
            Kind::Trail => trail::begin(self, task).await,
            Kind::FirewallPolicy => firewall_policy::begin(self, task).await,
            Kind::AutomationRule => automation_rule::begin(self, task).await,
        }
    }

    async fn poll(&self, task: &Task, operation: &str) -> Result<Progress, CallError> {
        match task.address.kind {
            Kind::Organization => organization::poll(self, task, operation).await,
            Kind::Account => account::poll(self, task, operation).await,
            Kind::Key => key::poll(self, task, operation).await,
            Kind::LandingZone => landing_zone::poll(self, task, operation).await,
            Kind::Baseline => baseline::poll(self, task, operation).await,
            Kind::Control => control::poll(self, task, operation).await,
            Kind::PolicyType => policy_type::poll(self, task, operation).await,
            Kind::PermissionSet => permission_set::poll(self, task, operation).await,
            Kind::Assignment => assignment::poll(self, task, operation).await,
            Kind::DelegatedAdministrator => delegated_administrator::poll(self, task, operation).await,
            Kind::AirGappedVault => backup_vault::poll(self, task, operation).await,
            Kind::ReportPlan | Kind::BackupFramework => backup_audit::poll(self, task, operation).await,
            Kind::SecurityHubConfiguration => security_hub::poll(self, task, operation).await,
            Kind::Inspector => inspector::poll(self, task, operation).await,
            Kind::StackSet => stack_set::poll(self, task, operation).await,
            Kind::ConfigRule | Kind::ConformancePack => config_deployment::poll(self, task, operation).await,
            // The verbs of these kinds are done when AWS answers.
            Kind::TrustedAccess
            | Kind::OrganizationalUnit
            | Kind::ServiceRole
            | Kind::ResourcePolicy
            | Kind::Group
            | Kind::RootCredentialsManagement
            | Kind::RootSessions
            | Kind::GuardDuty
            | Kind::BackupSettings
            | Kind::BackupOptIn
            | Kind::BackupVault
            | Kind::ResourceShare
            | Kind::RestoreTestingPlan
            | Kind::RestoreTestingSelection
            | Kind::SecurityHub
            | Kind::FindingAggregator
            | Kind::SecurityHubPolicy
            | Kind::SecurityHubAssociations
            | Kind::Macie
            | Kind::Detective
            | Kind::Analyzer
            | Kind::ConfigAggregator
            | Kind::Trail
            | Kind::FirewallPolicy
            | Kind::AutomationRule
            | Kind::Policy => Ok(Progress::Done(Attributes::new())),
        }
    }

    async fn look_up(&self, task: &Task, since: Timestamp) -> Result<Found, CallError> {
        let found = search(self, task, since).await?;
        if found != Found::Nothing || !is_searched_for(task) {
            return Ok(found);
        }
        // Nothing but this search stands between us and a second one of the kind,
        // and a list may not show yet what was made a moment ago.
        tokio::time::sleep(SETTLE.div_f64(self.clock_speed())).await;
        search(self, task, since).await
    }
}

/// How long a list may lag behind a change. AWS promises no bound (UNSOURCED as a
/// figure), so this is a second look, not a proof.
const SETTLE: Duration = Duration::from_secs(10);

/// Whether neither a natural key nor a token keeps the task's call from having its
/// effect twice.
fn is_searched_for(task: &Task) -> bool {
    let verb = kinds::info(task.address.kind).verb(&task.verb);
    let row = verb.and_then(|verb| operations::table().get(verb.operation));
    row.is_some_and(|row| row.idempotency == Some(Idempotency::Search))
}

/// One look for a task's effect.
async fn search(connection: &Connection, task: &Task, since: Timestamp) -> Result<Found, CallError> {
    match task.address.kind {
        Kind::Organization => organization::look_up(connection, task).await,
        Kind::TrustedAccess => trusted_access::look_up(connection, task).await,
        Kind::OrganizationalUnit => unit::look_up(connection, task).await,
        Kind::Account => account::look_up(connection, task, since).await,
        Kind::ServiceRole => service_role::look_up(connection, task).await,
        Kind::Key => key::look_up(connection, task).await,
        Kind::LandingZone => landing_zone::look_up(connection, task, since).await,
        Kind::Baseline => baseline::look_up(connection, task, since).await,
        Kind::PolicyType => policy_type::look_up(connection, task).await,
        Kind::Policy => policy::look_up(connection, task).await,
        Kind::ResourcePolicy => resource_policy::look_up(connection, task).await,
        Kind::RootCredentialsManagement | Kind::RootSessions => root_access::look_up(connection, task).await,
        Kind::DelegatedAdministrator => delegated_administrator::look_up(connection, task).await,
        Kind::PermissionSet => permission_set::look_up(connection, task).await,
        Kind::Group => group::look_up(connection, task).await,
        Kind::Assignment => assignment::look_up(connection, task).await,
        Kind::Control => control::look_up(connection, task, since).await,
        Kind::GuardDuty => guardduty::look_up(connection, task).await,
        Kind::BackupSettings | Kind::BackupOptIn => backup_settings::look_up(connection, task).await,
        Kind::BackupVault | Kind::AirGappedVault => backup_vault::look_up(connection, task).await,
        Kind::ResourceShare => resource_share::look_up(connection, task).await,
        Kind::RestoreTestingPlan | Kind::RestoreTestingSelection => {
            restore_testing::look_up(connection, task).await
        }
        Kind::ReportPlan | Kind::BackupFramework => backup_audit::look_up(connection, task).await,
        Kind::SecurityHub
        | Kind::FindingAggregator
        | Kind::SecurityHubConfiguration
        | Kind::SecurityHubPolicy
        | Kind::SecurityHubAssociations => security_hub::look_up(connection, task).await,
        Kind::Inspector => inspector::look_up(connection, task).await,
        Kind::Macie => macie::look_up(connection, task).await,
        Kind::Detective => detective::look_up(connection, task).await,
        Kind::Analyzer => analyzer::look_up(connection, task).await,
        Kind::StackSet => stack_set::look_up(connection, task).await,
        Kind::ConfigAggregator | Kind::ConfigRule | Kind::ConformancePack => {
            config_deployment::look_up(connection, task).await
        }
        Kind::Trail => trail::look_up(connection, task).await,
        Kind::FirewallPolicy => firewall_policy::look_up(connection, task).await,
        Kind::AutomationRule => automation_rule::look_up(connection, task).await,
    }
}

/// The account and Region that a task's resource lives in.
async fn place(connection: &Connection, task: &Task) -> Result<Site, CallError> {
    let kind = task.address.kind.name();
    let unusable = || {
        let message = format!("{} has no usable Region", task.address);
        CallError::ours(kind, code::UNSENDABLE, message, Verdict::Rejected)
    };
    let region: Region = task.key("region").and_then(|region| region.parse().ok()).ok_or_else(unusable)?;
    connection.site_in(task.key("account"), &region).await
}

/// Whether what is live says everything that a task asks for; lists are sets.
fn says(live: &Fields, task: &Task) -> bool {
    let sorted = |value: &Value| match value.clone() {
        Value::Array(mut items) => {
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        plain => plain,
    };
    let mut asked = task.inputs.iter();
    asked.all(|(name, wanted)| live.get(name).is_some_and(|live| sorted(live) == sorted(wanted)))
}

/// A verb that the kind does not have: a plan made by another version.
fn unknown_verb(task: &Task) -> CallError {
    let message = format!("there is no verb `{}` for {}", task.verb, task.address);
    CallError::ours(task.address.kind.name(), code::UNSENDABLE, message, Verdict::Rejected)
}

/// The effect when `held` says that what the task asks for is so.
fn effect_if(held: bool) -> Found {
    if held { Found::Effect(Progress::Done(Attributes::new())) } else { Found::Nothing }
}

/// Attributes from pairs.
fn known<const N: usize>(pairs: [(&str, &str); N]) -> Attributes {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The error of a read that follows a successful mutation: the mutation stands,
/// only its attributes are not known, so the outcome must be looked up.
fn after_effect(operation: &str, error: CallError) -> CallError {
    let message = format!("done, but reading it back failed: {error}");
    CallError { operation: operation.to_owned(), message, verdict: Verdict::Unknown, ..error }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};

    #[tokio::test(start_paused = true)]
    async fn a_key_that_the_list_shows_late_is_found_at_the_second_look() {
        let key = json!({ "KeyMetadata": { "KeyId": "k", "Arn": "arn:k", "KeyState": "Enabled" } });
        let double = Double::new()
            .on("ListKeys", ok(json!({ "Keys": [] })))
            .on("ListKeys", ok(json!({ "Keys": [{ "KeyId": "k" }] })))
            .by("ListAliases", |_| json!({ "Aliases": [] }))
            .on("ListResourceTags", ok(json!({ "Tags": [{ "TagKey": "lzctl:alias", "TagValue": "k" }] })))
            .on("DescribeKey", ok(key));
        let create = task(["key.k", "create", ""], json!({}), json!({}), &[]);
        let begin = tokio::time::Instant::now();
        let found = double.connection().await.look_up(&create, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(found, Found::Effect(Progress::Done(known([("id", "k"), ("arn", "arn:k")]))));
        assert!(begin.elapsed() >= SETTLE);
    }

    #[tokio::test(start_paused = true)]
    async fn tasks_can_be_carried_out_side_by_side() {
        let double = Double::new().on("EnableAWSServiceAccess", ok(json!({})));
        let connection = double.connection().await;
        let mut running = tokio::task::JoinSet::new();
        for service in ["a.amazonaws.com", "b.amazonaws.com"] {
            let connection = connection.clone();
            let address = format!("trusted_access.{service}");
            running.spawn(async move {
                let task = task([&address, "create", ""], json!({}), json!({}), &[]);
                connection.begin(&task).await
            });
        }
        let results = running.join_all().await;
        assert!(results.iter().all(Result::is_ok));
        assert_eq!(connection.counts().writes, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_natural_key_protects_is_looked_for_once() {
        let double =
            Double::new().on("ListOrganizationalUnitsForParent", ok(json!({ "OrganizationalUnits": [] })));
        let inputs = json!({ "name": "A", "parent": "r-root" });
        let create = task(["organizational_unit.A", "create", ""], inputs, json!({}), &[]);
        let found = double.connection().await.look_up(&create, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!((found, double.called().len()), (Found::Nothing, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_verb_of_another_version_sends_nothing() {
        let double = Double::new();
        let connection = double.connection().await;
        for kind in Kind::ALL {
            let task = Task {
                address: crate::model::Address::new(*kind, "x"),
                ..task(["organization", "frob", ""], json!({}), json!({}), &[])
            };
            assert_eq!(connection.begin(&task).await.unwrap_err().verdict, Verdict::Rejected, "{kind}");
        }
        assert_eq!(connection.counts().writes, 0);
    }
}
