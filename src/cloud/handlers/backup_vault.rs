//! Vaults of AWS Backup: creation, access policy, lock, approvers, each called as the account that
//! the vault lives in.
//!
//! A lock is one call that replaces all of it, so what the document leaves unsaid is read and
//! said again. Its grace is never said to a vault that is locked for compliance already: AWS
//! would count the days anew.

use serde_json::Value;

use super::{effect_if, known, place, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::backup_vaults::{self as inventory, Lock};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, Kind, policy};

const CREATE: &str = "backup:CreateBackupVault";
const CREATE_AIR_GAPPED: &str = "backup:CreateLogicallyAirGappedBackupVault";
const PUT_POLICY: &str = "backup:PutBackupVaultAccessPolicy";
const LOCK: &str = "backup:PutBackupVaultLockConfiguration";
const APPROVERS: &str = "backup:AssociateBackupVaultMpaApprovalTeam";
/// An air-gapped vault that AWS is still making.
const CREATING: &str = "CREATING";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    let (client, name) = (site.clients.backup(), name(task));
    match task.verb.as_str() {
        "create" if task.address.kind == Kind::AirGappedVault => return create_air_gapped(&site, task).await,
        "create" => {
            let key = task.said("key");
            let request = || {
                let request = client.create_backup_vault().backup_vault_name(name);
                request.set_encryption_key_arn(key.clone()).creator_request_id(&task.token)
            };
            let answer = site.call(CREATE, || request().send()).await?;
            let arn =
                answer.backup_vault_arn().ok_or_else(|| CallError::unreadable(CREATE, "BackupVaultArn"))?;
            return Ok(Progress::Done(known([("arn", arn)])));
        }
        "put_policy" => {
            let document = task.document("access_policy")?;
            let request =
                || client.put_backup_vault_access_policy().backup_vault_name(name).policy(document.clone());
            site.call(PUT_POLICY, || request().send()).await?;
        }
        "govern" | "lock" => lock(&site, task).await?,
        "appoint_approvers" => {
            let team = task.text("approval_team")?;
            let request = || {
                let request = client.associate_backup_vault_mpa_approval_team().backup_vault_name(name);
                request.mpa_approval_team_arn(team)
            };
            site.call(APPROVERS, || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

/// An air-gapped vault is made in the background.
pub(super) async fn poll(
    connection: &Connection,
    task: &Task,
    operation: &str,
) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    let live = inventory::describe(&site, name(task)).await?;
    let running = || Progress::Running { operation: operation.to_owned(), attributes: Attributes::new() };
    let Some(live) = live else { return Ok(running()) };
    match live.state.as_deref() {
        Some(CREATING) => Ok(running()),
        None | Some("AVAILABLE") => Ok(Progress::Done(known([("arn", &live.arn)]))),
        Some(state) => Err(CallError::operation_failed(
            CREATE_AIR_GAPPED,
            format!("the vault {} is {state}", name(task)),
        )),
    }
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    if task.verb == "put_policy" {
        let (live, wanted) =
            (inventory::access_policy(&site, name(task)).await?, task.value("access_policy")?);
        return Ok(effect_if(live.is_some_and(|live| policy::same(&live, wanted))));
    }
    let Some(live) = inventory::describe(&site, name(task)).await? else { return Ok(Found::Nothing) };
    match task.verb.as_str() {
        "create" => poll(connection, task, &live.arn).await.map(Found::Effect),
        "govern" | "lock" => Ok(effect_if(live.lock.is_some_and(|lock| holds(&lock, task)))),
        "appoint_approvers" => {
            Ok(effect_if(live.approval_team.as_deref() == Some(task.text("approval_team")?)))
        }
        _ => Err(unknown_verb(task)),
    }
}

/// The vault's name in AWS.
fn name(task: &Task) -> &str {
    task.key("vault").unwrap_or(&task.address.name)
}

async fn create_air_gapped(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let client = site.clients.backup();
    let key = task.said("key");
    let (min, max) = (days(task, "min_days"), days(task, "max_days"));
    let request = || {
        let request = client.create_logically_air_gapped_backup_vault().backup_vault_name(name(task));
        let request = request.set_min_retention_days(min).set_max_retention_days(max);
        request.set_encryption_key_arn(key.clone()).creator_request_id(&task.token)
    };
    let answer = site.call(CREATE_AIR_GAPPED, || request().send()).await?;
    let arn = answer
        .backup_vault_arn()
        .ok_or_else(|| CallError::unreadable(CREATE_AIR_GAPPED, "BackupVaultArn"))?;
    if answer.vault_state().is_some_and(|state| state.as_str() == CREATING) {
        return Ok(Progress::Running { operation: arn.to_owned(), attributes: known([("arn", arn)]) });
    }
    Ok(Progress::Done(known([("arn", arn)])))
}

/// The group of inputs that a verb locks by.
fn group(task: &Task) -> &'static str {
    if task.verb == "lock" { "compliance" } else { "governance" }
}

fn days(task: &Task, field: &str) -> Option<i64> {
    task.inputs.get(field).and_then(Value::as_i64)
}

async fn lock(site: &Site, task: &Task) -> Result<(), CallError> {
    let client = site.clients.backup();
    let live = inventory::describe(site, name(task)).await?.and_then(|vault| vault.lock);
    if live.as_ref().is_some_and(|lock| lock.since.is_some()) {
        let words = format!("the vault {} is locked for compliance already, and nothing is sent", name(task));
        return Err(CallError::ours(LOCK, code::UNSENDABLE, words, Verdict::Rejected));
    }
    let of = |field: &str| days(task, &format!("{}.{field}", group(task)));
    let grace = of("grace_days");
    if grace.is_none() && task.verb == "lock" {
        let words = format!("{} says no grace", task.address);
        return Err(CallError::ours(LOCK, code::UNSENDABLE, words, Verdict::Rejected));
    }
    let min = of("min_days").or_else(|| live.as_ref()?.min_days);
    let max = of("max_days").or_else(|| live.as_ref()?.max_days);
    let request = || {
        let request = client.put_backup_vault_lock_configuration().backup_vault_name(name(task));
        let request = request.set_min_retention_days(min).set_max_retention_days(max);
        request.set_changeable_for_days(grace)
    };
    site.call(LOCK, || request().send()).await?;
    Ok(())
}

/// Whether a lock is what a task asks for.
fn holds(live: &Lock, task: &Task) -> bool {
    let alike = |field: &str, live: Option<i64>| {
        days(task, &format!("{}.{field}", group(task))).is_none_or(|wanted| live == Some(wanted))
    };
    let mode = live.since.is_some() == (task.verb == "lock");
    mode && alike("min_days", live.min_days) && alike("max_days", live.max_days)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    const VAULT: &str = "/backup-vaults/central";
    const LOCKING: &str = "/backup-vaults/central/vault-lock";

    fn at(address: &str, verb: &str, inputs: Value) -> Task {
        task([address, verb, ""], inputs, json!({ "region": "eu-west-1", "vault": "central" }), &[])
    }

    fn described(lock: Value) -> Value {
        let mut vault = json!({ "BackupVaultName": "central", "BackupVaultArn": "arn:vault" });
        vault.as_object_mut().unwrap().extend(lock.as_object().unwrap().clone());
        vault
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_for_compliance_is_never_sent_again() {
        let locked = described(json!({ "Locked": true, "LockDate": 1_795_000_000, "MinRetentionDays": 7 }));
        let double = Double::new().on(VAULT, ok(locked)).on(LOCKING, ok(json!({})));
        let connection = double.connection().await;
        let inputs = json!({ "compliance.min_days": 7, "compliance.grace_days": 3 });
        let lock = at("backup_vault.central/eu-west-1", "lock", inputs);
        assert_eq!(connection.begin(&lock).await.unwrap_err().verdict, Verdict::Rejected);
        assert_eq!(connection.counts().writes, 0);
        // To whoever has lost the answer it is the effect looked for.
        assert_eq!(connection.look_up(&lock, Timestamp::UNIX_EPOCH).await.unwrap(), effect_if(true));
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_lock_leaves_unsaid_is_said_again_and_only_compliance_says_a_grace() {
        let live = described(json!({ "Locked": true, "MinRetentionDays": 7, "MaxRetentionDays": 90 }));
        let double = Double::new().on(VAULT, ok(live)).on(LOCKING, ok(json!({})));
        let connection = double.connection().await;
        let address = "backup_vault.central/eu-west-1";
        connection.begin(&at(address, "govern", json!({ "governance.min_days": 14 }))).await.unwrap();
        let inputs = json!({ "compliance.min_days": 14, "compliance.grace_days": 3 });
        connection.begin(&at(address, "lock", inputs)).await.unwrap();
        let without = at(address, "lock", json!({ "compliance.min_days": 14 }));
        assert_eq!(connection.begin(&without).await.unwrap_err().verdict, Verdict::Rejected);
        let sent = double.bodies(LOCKING);
        assert_eq!(sent[0], json!({ "MinRetentionDays": 14, "MaxRetentionDays": 90 }));
        let locked = json!({ "MinRetentionDays": 14, "MaxRetentionDays": 90, "ChangeableForDays": 3 });
        assert_eq!((&sent[1], sent.len()), (&locked, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn an_air_gapped_vault_runs_until_aws_says_that_it_is_available() {
        let state = |state: &str| ok(described(json!({ "VaultState": state })));
        let made = json!({ "BackupVaultArn": "arn:vault", "VaultState": "CREATING" });
        let double = Double::new()
            .on("/logically-air-gapped-backup-vaults/central", ok(made))
            .on(VAULT, error(400, "ResourceNotFoundException", "not yet"))
            .on(VAULT, state("CREATING"))
            .on(VAULT, state("AVAILABLE"))
            .on(VAULT, state("FAILED"));
        let connection = double.connection().await;
        let inputs = json!({ "min_days": 7, "max_days": 30 });
        let create = at("air_gapped_vault.central/eu-west-1", "create", inputs);
        let running = Progress::Running {
            operation: "arn:vault".to_owned(),
            attributes: known([("arn", "arn:vault")]),
        };
        assert_eq!(connection.begin(&create).await.unwrap(), running);
        let poll = || connection.poll(&create, "arn:vault");
        assert!(matches!(poll().await.unwrap(), Progress::Running { .. }));
        assert!(matches!(poll().await.unwrap(), Progress::Running { .. }));
        assert_eq!(poll().await.unwrap(), Progress::Done(known([("arn", "arn:vault")])));
        assert_eq!(poll().await.unwrap_err().code, code::OPERATION_FAILED);
        let sent = &double.bodies("/logically-air-gapped-backup-vaults/central")[0];
        assert_eq!((&sent["MinRetentionDays"], &sent["CreatorRequestId"]), (&json!(7), &json!("token-1")));
    }
}
