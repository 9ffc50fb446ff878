//! Backups, copies and restores that are asked for, and everything that keeps them from happening.

use std::time::Duration;

use serde_json::{Value, json};

use super::{HOME, MANAGEMENT, Stage, volume};
use crate::sim::testing::{ask_as, done};

/// An account with a volume that was backed up into its vault, and a central vault.
async fn backed_up() -> (Stage, Value, String) {
    let stage = Stage::new().await;
    let central = stage.central_vault().await;
    stage.vault(&stage.app, "local").await;
    stage.seed(&stage.app, &volume(&stage.app), &[]);
    let job = stage.back_up(&stage.app, "local", &volume(&stage.app), 30).await;
    assert_eq!(job["State"], "COMPLETED", "{job}");
    (stage, job["RecoveryPointArn"].clone(), central)
}

#[tokio::test(start_paused = true)]
async fn a_backup_job_is_created_runs_and_completes_once_for_a_token() {
    let stage = Stage::new().await;
    stage.vault(&stage.app, "local").await;
    stage.seed(&stage.app, &volume(&stage.app), &[("a", "b")]);
    let role = stage.role(&stage.app).await;
    let input = json!({"BackupVaultName": "local", "ResourceArn": volume(&stage.app), "IamRoleArn": role, "IdempotencyToken": "t"});
    let begun = stage.must(&stage.app, "StartBackupJob", input.clone()).await;
    let of = json!({"backupJobId": begun["BackupJobId"]});
    let state = async || stage.must(&stage.app, "DescribeBackupJob", of.clone()).await["State"].clone();
    assert_eq!(state().await, "CREATED");
    stage.sim.advance(Duration::from_secs(120));
    assert_eq!(state().await, "RUNNING");
    assert_eq!(
        stage.must(&stage.app, "StartBackupJob", input.clone()).await["BackupJobId"],
        begun["BackupJobId"]
    );
    let mut other = input.clone();
    other["IdempotencyToken"] = json!("u");
    let second = stage.must(&stage.app, "StartBackupJob", other).await;
    let of_second = json!({"backupJobId": second["BackupJobId"]});
    let told = stage.must(&stage.app, "DescribeBackupJob", of_second.clone()).await;
    assert_eq!(
        told["StatusMessage"],
        "Backup job failed because there was a running job for the same resource."
    );
    stage.sim.advance(Duration::from_secs(3_600));
    assert_eq!(state().await, "COMPLETED");
    let refused = stage.refused(&stage.app, "StopBackupJob", of_second).await;
    assert_eq!(refused.0, "InvalidRequestException");
    let points = stage.points(&stage.app, "local").await;
    let tags =
        stage.must(&stage.app, "ListTags", json!({"resourceArn": points[0]["RecoveryPointArn"]})).await;
    assert_eq!(tags["Tags"], json!({"a": "b"}));
    let mut third = input;
    third["IdempotencyToken"] = json!("v");
    let third = stage.must(&stage.app, "StartBackupJob", third).await;
    let of_third = json!({"backupJobId": third["BackupJobId"]});
    stage.must(&stage.app, "StopBackupJob", of_third.clone()).await;
    stage.sim.advance(Duration::from_secs(3_600));
    assert_eq!(stage.must(&stage.app, "DescribeBackupJob", of_third).await["State"], "ABORTED");
    assert_eq!(stage.points(&stage.app, "local").await.len(), 1);
    for (member, value) in
        [("ResourceArn", "arn:aws:ec2:us-east-1:1:volume/none"), ("IamRoleArn", "arn:aws:iam::1:role/none")]
    {
        let mut wrong =
            json!({"BackupVaultName": "local", "ResourceArn": volume(&stage.app), "IamRoleArn": role});
        wrong[member] = json!(value);
        assert_eq!(
            stage.refused(&stage.app, "StartBackupJob", wrong).await.0,
            "InvalidParameterValueException"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_retention_outside_the_lock_fails_the_job_in_awss_words() {
    let (stage, point, central) = backed_up().await;
    stage.switch_copies_on().await;
    let lock = json!({"backupVaultName": "central", "MinRetentionDays": 30, "MaxRetentionDays": 60});
    stage.must(&stage.central, "PutBackupVaultLockConfiguration", lock).await;
    for days in [29, 61] {
        let job = stage.copy(&stage.app, "local", &point, &central, days).await;
        assert_eq!(
            job["StatusMessage"],
            "Copy job failed. The retention specified in the job is not within the range specified for the target Backup Vault."
        );
    }
    let job = stage.copy(&stage.app, "local", &point, &central, 30).await;
    assert_eq!((&job["State"], &job["DestinationVaultLockState"]), (&json!("COMPLETED"), &json!("LOCKED")));
    let lock = json!({"backupVaultName": "local", "MaxRetentionDays": 10});
    stage.must(&stage.app, "PutBackupVaultLockConfiguration", lock).await;
    let job = stage.back_up(&stage.app, "local", &volume(&stage.app), 11).await;
    assert!(
        job["StatusMessage"]
            .as_str()
            .is_some_and(|words| words.starts_with("Backup job failed. The retention"))
    );
    let role = stage.role(&stage.app).await;
    let for_ever = json!({"BackupVaultName": "local", "ResourceArn": volume(&stage.app), "IamRoleArn": role});
    let job = stage.must(&stage.app, "StartBackupJob", for_ever).await;
    let told = stage.must(&stage.app, "DescribeBackupJob", json!({"backupJobId": job["BackupJobId"]})).await;
    assert_eq!(told["State"], "FAILED", "for ever is longer than any maximum");
}

#[tokio::test(start_paused = true)]
async fn a_copy_to_another_account_fails_until_everything_it_asks_for_is_so() {
    let (stage, point, central) = backed_up().await;
    let words = async || stage.copy(&stage.app, "local", &point, &central, 30).await["StatusMessage"].clone();
    assert_eq!(
        words().await,
        "Copy job failed. Cross-account copy feature is not enabled for the current organization."
    );
    stage.switch_copies_on().await;
    let get = json!({"backupVaultName": "central"});
    let policy =
        stage.must(&stage.central, "GetBackupVaultAccessPolicy", get.clone()).await["Policy"].clone();
    stage.must(&stage.central, "DeleteBackupVaultAccessPolicy", get).await;
    assert_eq!(words().await, "Access Denied trying to call AWS Backup service");
    let put = |policy: &Value| json!({"backupVaultName": "central", "Policy": policy});
    let text = policy.as_str().expect("a policy");
    let other = json!(text.replace("o-", "o-x"));
    stage.must(&stage.central, "PutBackupVaultAccessPolicy", put(&other)).await;
    assert_eq!(words().await, "Access Denied trying to call AWS Backup service", "another organization");
    let mut denying: Value = serde_json::from_str(text).expect("JSON");
    let deny = json!({"Effect": "Deny", "Principal": {"AWS": format!("arn:aws:iam::{}:root", stage.app)}, "Action": "backup:CopyIntoBackupVault", "Resource": "*"});
    denying["Statement"].as_array_mut().expect("statements").push(deny);
    stage.must(&stage.central, "PutBackupVaultAccessPolicy", put(&json!(denying.to_string()))).await;
    assert_eq!(words().await, "Access Denied trying to call AWS Backup service", "a denial wins");
    stage.must(&stage.central, "PutBackupVaultAccessPolicy", put(&policy)).await;
    let nowhere = central.replace(&stage.central, "999999999999");
    let job = stage.copy(&stage.app, "local", &point, &nowhere, 30).await;
    assert_eq!(
        job["StatusMessage"],
        "Copy job failed. Both source and destination account must be a member of the same organization."
    );
    let plain = stage.vault(&stage.central, "plain").await;
    stage
        .must(
            &stage.central,
            "PutBackupVaultAccessPolicy",
            json!({"backupVaultName": "plain", "Policy": policy}),
        )
        .await;
    let job = stage.copy(&stage.app, "local", &point, &plain, 30).await;
    assert!(
        job["StatusMessage"]
            .as_str()
            .is_some_and(|words| words.contains("default Backup service managed key"))
    );
    assert_eq!(words().await, Value::Null);
    assert_eq!(stage.points(&stage.central, "central").await.len(), 1);
    let jobs = stage.must(&stage.app, "ListCopyJobs", json!({"state": "FAILED"})).await;
    assert_eq!(jobs["CopyJobs"].as_array().map(Vec::len), Some(6));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_disabled_or_closed_keeps_copies_out() {
    let (stage, point, central) = backed_up().await;
    stage.switch_copies_on().await;
    let shown =
        stage.must(&stage.central, "DescribeBackupVault", json!({"backupVaultName": "central"})).await;
    let key = json!({"KeyId": shown["EncryptionKeyArn"]});
    ask_as(&stage.sim, &stage.central, None, "kms", "DisableKey", key.clone()).await;
    let job = stage.copy(&stage.app, "local", &point, &central, 30).await;
    assert_eq!(
        job["StatusMessage"],
        "KMS key is either disabled or pending deletion or access to KMS key is denied"
    );
    ask_as(&stage.sim, &stage.central, None, "kms", "EnableKey", key).await;
    let own = ask_as(&stage.sim, &stage.app, None, "kms", "CreateKey", json!({})).await.json();
    let arn = own["KeyMetadata"]["Arn"].as_str().expect("a key").to_owned();
    stage.sim.change(|world| {
        let vault = world.backup.vault_mut(&stage.app, HOME, "local").expect("the vault");
        vault.points.values_mut().for_each(|point| point.key = Some(arn.clone()));
    });
    let job = stage.copy(&stage.app, "local", &point, &central, 30).await;
    assert_eq!(job["StatusMessage"], "Given key ID is not accessible");
}

#[tokio::test(start_paused = true)]
async fn a_lock_keeps_recovery_points_from_the_first_moment_and_a_hold_beyond_their_time() {
    let (stage, point, _) = backed_up().await;
    let of = json!({"backupVaultName": "local", "recoveryPointArn": point});
    let full = stage.refused(&stage.app, "DeleteBackupVault", json!({"backupVaultName": "local"})).await;
    assert_eq!(full.1, "Backup vault cannot be deleted because it contains recovery points.");
    let lock = json!({"backupVaultName": "local", "MinRetentionDays": 7, "ChangeableForDays": 3});
    stage.must(&stage.app, "PutBackupVaultLockConfiguration", lock).await;
    let shorter =
        json!({"backupVaultName": "local", "recoveryPointArn": point, "Lifecycle": {"DeleteAfterDays": 1}});
    for (operation, input) in [
        ("DeleteRecoveryPoint", &of),
        ("UpdateRecoveryPointLifecycle", &shorter),
        ("DisassociateRecoveryPoint", &of),
    ] {
        let (code, words) = stage.refused(&stage.app, operation, input.clone()).await;
        assert_eq!(code, "InvalidRequestException");
        assert_eq!(words, "RecoveryPoint cannot be deleted or updated (Backup vault configured with Lock)");
    }
    stage.must(&stage.app, "DeleteBackupVaultLockConfiguration", json!({"backupVaultName": "local"})).await;
    let hold = json!({"Title": "case", "Description": "d", "IdempotencyToken": "h", "RecoveryPointSelection": {"VaultNames": ["local"]}});
    let held = stage.must(&stage.app, "CreateLegalHold", hold.clone()).await;
    assert_eq!(stage.must(&stage.app, "CreateLegalHold", hold).await["LegalHoldId"], held["LegalHoldId"]);
    let refused = stage.refused(&stage.app, "DeleteRecoveryPoint", of.clone()).await;
    assert_eq!(refused.1, "The recovery point cannot be deleted because it has active legal hold(s)");
    stage.pass_days(31);
    assert_eq!(stage.points(&stage.app, "local").await.len(), 1);
    let id = &held["LegalHoldId"];
    stage.must(&stage.app, "GetLegalHold", json!({"legalHoldId": id})).await;
    let cancel = json!({"legalHoldId": id, "cancelDescription": "over"});
    stage.must(&stage.app, "CancelLegalHold", cancel.clone()).await;
    assert_eq!(stage.points(&stage.app, "local").await.len(), 0);
    let listed = stage.must(&stage.app, "ListLegalHolds", json!({})).await;
    assert_eq!(listed["LegalHolds"][0]["Status"], "CANCELED");
    let again = stage.refused(&stage.app, "CancelLegalHold", cancel).await;
    assert_eq!(again.0, "InvalidResourceStateException");
    assert_eq!(
        stage.refused(&stage.app, "GetLegalHold", json!({"legalHoldId": "none"})).await.0,
        "ResourceNotFoundException"
    );
}

#[tokio::test(start_paused = true)]
async fn without_lock_or_hold_a_recovery_point_goes_when_asked_and_its_retention_can_change() {
    let (stage, point, _) = backed_up().await;
    let of = json!({"backupVaultName": "local", "recoveryPointArn": point});
    let change = |days: i64| json!({"backupVaultName": "local", "recoveryPointArn": point, "Lifecycle": {"DeleteAfterDays": days}});
    stage.must(&stage.app, "UpdateRecoveryPointLifecycle", change(60)).await;
    stage.pass_days(40);
    assert_eq!(stage.points(&stage.app, "local").await.len(), 1, "it stays sixty days now");
    let cold = json!({"backupVaultName": "local", "recoveryPointArn": point, "Lifecycle": {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 60}});
    for wrong in [change(0), cold] {
        let refused = stage.refused(&stage.app, "UpdateRecoveryPointLifecycle", wrong).await;
        assert_eq!(refused.0, "InvalidParameterValueException");
    }
    let shown = stage.must(&stage.app, "DescribeRecoveryPoint", of.clone()).await;
    assert_eq!(shown["Lifecycle"], json!({"DeleteAfterDays": 60}));
    stage.must(&stage.app, "GetRecoveryPointRestoreMetadata", of.clone()).await;
    assert_eq!(
        stage.refused(&stage.app, "DisassociateRecoveryPoint", of.clone()).await.0,
        "InvalidRequestException"
    );
    stage.must(&stage.app, "DeleteRecoveryPoint", of.clone()).await;
    assert_eq!(stage.refused(&stage.app, "DeleteRecoveryPoint", of).await.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn what_has_recovery_points_is_protected_in_its_own_account() {
    let (stage, point, central) = backed_up().await;
    stage.switch_copies_on().await;
    stage.copy(&stage.app, "local", &point, &central, 30).await;
    let own = stage.must(&stage.app, "ListProtectedResources", json!({})).await;
    assert_eq!(own["Results"][0]["ResourceArn"], json!(volume(&stage.app)));
    let theirs = stage.must(&stage.central, "ListProtectedResources", json!({})).await;
    assert_eq!(theirs["Results"], json!([]));
    let by_vault = json!({"backupVaultName": "central"});
    let held = stage.must(&stage.central, "ListProtectedResourcesByBackupVault", by_vault).await;
    assert_eq!(held["Results"].as_array().map(Vec::len), Some(1));
    let of = json!({"resourceArn": volume(&stage.app)});
    let shown = stage.must(&stage.app, "DescribeProtectedResource", of.clone()).await;
    assert_eq!(shown["LastRecoveryPointArn"], point);
    let points = stage.must(&stage.app, "ListRecoveryPointsByResource", of.clone()).await;
    assert_eq!(points["RecoveryPoints"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        stage.refused(&stage.central, "DescribeProtectedResource", of).await.0,
        "ResourceNotFoundException"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lock_does_not_protect_the_key_and_without_it_nothing_is_restored() {
    let (stage, point, central) = backed_up().await;
    stage.switch_copies_on().await;
    let copy = stage.copy(&stage.app, "local", &point, &central, 30).await;
    let role = stage.role(&stage.central).await;
    let copied = copy["DestinationRecoveryPointArn"].clone();
    let input = |token: &str| json!({"RecoveryPointArn": copied, "Metadata": {}, "IamRoleArn": role, "IdempotencyToken": token});
    let restored = async |token: &str| {
        let job = stage.must(&stage.central, "StartRestoreJob", input(token)).await;
        stage.sim.advance(Duration::from_secs(3_600));
        stage.must(&stage.central, "DescribeRestoreJob", json!({"restoreJobId": job["RestoreJobId"]})).await
    };
    let first = restored("a").await;
    assert_eq!(first["Status"], "COMPLETED");
    assert!(first["CreatedResourceArn"].as_str().is_some_and(|arn| arn.contains(&stage.central)));
    assert_eq!(restored("a").await["RestoreJobId"], first["RestoreJobId"]);
    let metadata = stage
        .must(&stage.central, "GetRestoreJobMetadata", json!({"restoreJobId": first["RestoreJobId"]}))
        .await;
    assert_eq!(metadata["Metadata"], json!({}));
    let lock = json!({"backupVaultName": "central", "MinRetentionDays": 7, "ChangeableForDays": 3});
    stage.must(&stage.central, "PutBackupVaultLockConfiguration", lock).await;
    stage.pass_days(3);
    let shown =
        stage.must(&stage.central, "DescribeBackupVault", json!({"backupVaultName": "central"})).await;
    let schedule = json!({"KeyId": shown["EncryptionKeyArn"], "PendingWindowInDays": 7});
    let gone = ask_as(&stage.sim, &stage.central, None, "kms", "ScheduleKeyDeletion", schedule).await;
    assert_eq!(gone.code(), None, "{}", gone.text);
    let second = restored("b").await;
    assert_eq!(
        second["StatusMessage"],
        "KMS key is either disabled or pending deletion or access to KMS key is denied"
    );
    let missing = json!({"RecoveryPointArn": "arn:aws:ec2:us-east-1::snapshot/snap-0", "Metadata": {}, "IamRoleArn": role});
    assert_eq!(
        stage.refused(&stage.central, "StartRestoreJob", missing).await.0,
        "ResourceNotFoundException"
    );
    let roleless = json!({"RecoveryPointArn": copied, "Metadata": {}});
    assert_eq!(
        stage.refused(&stage.central, "StartRestoreJob", roleless).await.0,
        "MissingParameterValueException"
    );
    let listed = stage.must(&stage.central, "ListRestoreJobs", json!({"status": "COMPLETED"})).await;
    assert_eq!(listed["RestoreJobs"].as_array().map(Vec::len), Some(1));
    let by = json!({"resourceArn": volume(&stage.app)});
    let listed = stage.must(&stage.central, "ListRestoreJobsByProtectedResource", by).await;
    assert_eq!(listed["RestoreJobs"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(start_paused = true)]
async fn an_air_gapped_vault_that_is_shared_is_seen_and_restored_from_elsewhere() {
    let (stage, point, _) = backed_up().await;
    stage.switch_copies_on().await;
    let wanted = json!({"backupVaultName": "last", "MinRetentionDays": 7, "MaxRetentionDays": 60});
    let made = stage.must(&stage.central, "CreateLogicallyAirGappedBackupVault", wanted).await;
    let (vault, id) = (made["BackupVaultArn"].as_str().expect("an ARN"), stage.organization_id());
    stage.sim.advance(Duration::from_secs(300));
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": id}}});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let put = json!({"backupVaultName": "last", "Policy": policy});
    stage.must(&stage.central, "PutBackupVaultAccessPolicy", put).await;
    let copied = stage.copy(&stage.app, "local", &point, vault, 30).await;
    assert_eq!(copied["State"], "COMPLETED", "{copied}");
    let arn = copied["DestinationRecoveryPointArn"].clone();
    assert!(arn.as_str().is_some_and(|arn| arn.starts_with("arn:aws:backup:")), "a copy is AWS Backup's own");
    let of = json!({"backupVaultName": "last", "backupVaultAccountId": stage.central});
    let hidden = stage.refused(&stage.app, "DescribeBackupVault", of.clone()).await;
    assert_eq!(hidden.0, "AccessDeniedException");
    done(&stage.sim, "ram", "EnableSharingWithAwsOrganization", json!({})).await;
    let share = json!({"name": "last", "resourceArns": [vault], "principals": [stage.app]});
    let shared = ask_as(&stage.sim, &stage.central, None, "ram", "CreateResourceShare", share).await;
    assert_eq!(shared.code(), None, "{}", shared.text);
    stage.sim.advance(Duration::from_secs(60));
    assert_eq!(stage.must(&stage.app, "DescribeBackupVault", of.clone()).await["Locked"], true);
    let held = stage.must(&stage.app, "ListRecoveryPointsByBackupVault", of).await;
    assert_eq!(held["RecoveryPoints"][0]["RecoveryPointArn"], arn);
    let theirs = stage.must(&stage.app, "ListBackupVaults", json!({"shared": true})).await;
    assert_eq!(theirs["BackupVaultList"][0]["BackupVaultArn"], json!(vault));
    let role = format!("arn:aws:iam::{}:role/Backup", stage.app);
    let restore = json!({"RecoveryPointArn": arn, "Metadata": {}, "IamRoleArn": role});
    let job = stage.must(&stage.app, "StartRestoreJob", restore).await;
    stage.sim.advance(Duration::from_secs(3_600));
    let told =
        stage.must(&stage.app, "DescribeRestoreJob", json!({"restoreJobId": job["RestoreJobId"]})).await;
    assert_eq!((&told["Status"], &told["BackupVaultArn"]), (&json!("COMPLETED"), &json!(vault)));
    let delete = json!({"backupVaultName": "last", "recoveryPointArn": arn});
    let refused = stage.refused(&stage.app, "DeleteRecoveryPoint", delete).await;
    assert_eq!(refused.0, "AccessDeniedException", "what is shared is not theirs to delete");
}

#[tokio::test(start_paused = true)]
async fn the_management_account_and_the_administrator_see_the_jobs_of_every_account() {
    let (stage, _, _) = backed_up().await;
    let of = |account: &str| json!({"accountId": account});
    let count = |listed: &Value| listed["BackupJobs"].as_array().map(Vec::len);
    let all = stage.must(MANAGEMENT, "ListBackupJobs", of("*")).await;
    assert_eq!(count(&all), Some(1));
    assert_eq!(all["BackupJobs"][0]["AccountId"], json!(stage.app));
    let own = stage.must(MANAGEMENT, "ListBackupJobs", json!({})).await;
    assert_eq!(count(&own), Some(0));
    assert_eq!(stage.refused(&stage.central, "ListBackupJobs", of("*")).await.0, "AccessDeniedException");
    let office = json!({"AccountId": stage.central, "ServicePrincipal": "backup.amazonaws.com"});
    done(&stage.sim, "organizations", "RegisterDelegatedAdministrator", office).await;
    assert_eq!(count(&stage.must(&stage.central, "ListBackupJobs", of(&stage.app)).await), Some(1));
    assert_eq!(
        stage.refused(&stage.central, "ListBackupJobs", of("999999999999")).await.0,
        "AccessDeniedException"
    );
}
