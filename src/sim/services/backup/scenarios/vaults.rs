//! Vaults, their policies and their locks.

use std::time::Duration;

use serde_json::{Value, json};

use super::{MANAGEMENT, Stage, daily};
use crate::sim::testing::done;

fn named(name: &str) -> Value {
    json!({"backupVaultName": name})
}

fn deny(actions: &[&str]) -> String {
    let statement = json!({"Effect": "Deny", "Principal": "*", "Action": actions, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_does_not_exist_is_one_that_nobody_may_see() {
    let stage = Stage::new().await;
    for operation in ["DescribeBackupVault", "DeleteBackupVault", "GetBackupVaultAccessPolicy"] {
        let (code, words) = stage.refused(&stage.app, operation, named("none")).await;
        assert_eq!(code, "AccessDeniedException");
        assert_eq!(words, "Insufficient privileges to perform this action.");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_request_makes_one_vault_and_another_of_the_name_is_refused_with_its_arn() {
    let stage = Stage::new().await;
    let input =
        json!({"backupVaultName": "central", "CreatorRequestId": "one", "BackupVaultTags": {"a": "b"}});
    let first = stage.must(&stage.central, "CreateBackupVault", input.clone()).await;
    assert_eq!(stage.must(&stage.central, "CreateBackupVault", input).await, first);
    let other = json!({"backupVaultName": "central", "CreatorRequestId": "two"});
    let answer = stage.ask(&stage.central, "CreateBackupVault", other).await;
    assert_eq!(answer.code().as_deref(), Some("AlreadyExistsException"));
    let told = answer.json();
    assert_eq!((&told["Arn"], &told["CreatorRequestId"]), (&first["BackupVaultArn"], &json!("one")));
    let arn = &first["BackupVaultArn"];
    let tags = stage.must(&stage.central, "ListTags", json!({"resourceArn": arn})).await;
    assert_eq!(tags["Tags"], json!({"a": "b"}));
    let more = json!({"resourceArn": arn, "Tags": {"c": "d"}});
    stage.must(&stage.central, "TagResource", more).await;
    stage.must(&stage.central, "UntagResource", json!({"resourceArn": arn, "TagKeyList": ["a"]})).await;
    let tags = stage.must(&stage.central, "ListTags", json!({"resourceArn": arn})).await;
    assert_eq!(tags["Tags"], json!({"c": "d"}));
    let of_aws = json!({"resourceArn": arn, "Tags": {"aws:x": "y"}});
    let refused = stage.refused(&stage.central, "TagResource", of_aws).await;
    assert_eq!(refused.0, "InvalidParameterValueException");
    let nothing = json!({"resourceArn": format!("{}2", arn.as_str().expect("an ARN"))});
    assert_eq!(stage.refused(&stage.central, "ListTags", nothing).await.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn a_vault_has_a_key_that_works_in_its_region_or_the_one_that_aws_manages() {
    let stage = Stage::new().await;
    stage.vault(&stage.central, "plain").await;
    let plain = stage.must(&stage.central, "DescribeBackupVault", named("plain")).await;
    assert!(plain["EncryptionKeyArn"].as_str().is_some_and(|arn| arn.starts_with("arn:aws:kms:us-east-1:")));
    assert_eq!((&plain["Locked"], &plain["VaultType"]), (&json!(false), &json!("BACKUP_VAULT")));
    let key = done(&stage.sim, "kms", "CreateKey", json!({})).await["KeyMetadata"].clone();
    let with = |name: &str, key: &Value| json!({"backupVaultName": name, "EncryptionKeyArn": key});
    stage.must(MANAGEMENT, "CreateBackupVault", with("keyed", &key["Arn"])).await;
    let keyed = stage.must(MANAGEMENT, "DescribeBackupVault", named("keyed")).await;
    assert_eq!(
        (&keyed["EncryptionKeyArn"], &keyed["EncryptionKeyType"]),
        (&key["Arn"], &json!("CUSTOMER_MANAGED_KMS_KEY"))
    );
    let foreign = stage.refused(&stage.app, "CreateBackupVault", with("other", &key["Arn"])).await;
    assert_eq!(foreign.0, "AccessDeniedException", "its key lets nobody else in");
    done(&stage.sim, "kms", "DisableKey", json!({"KeyId": key["KeyId"]})).await;
    for wrong in [&key["Arn"], &json!("arn:aws:kms:us-east-1:111122223333:key/nothing")] {
        let refused = stage.refused(MANAGEMENT, "CreateBackupVault", with("other", wrong)).await;
        assert!(refused.1.starts_with("Insufficient privileges to create a backup vault."), "{}", refused.1);
    }
    let listed = stage.must(MANAGEMENT, "ListBackupVaults", json!({})).await;
    assert_eq!(listed["BackupVaultList"].as_array().map(Vec::len), Some(1));
    stage.must(MANAGEMENT, "DeleteBackupVault", named("keyed")).await;
    let listed = stage.must(MANAGEMENT, "ListBackupVaults", json!({})).await;
    assert_eq!(listed["BackupVaultList"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn an_air_gapped_vault_is_locked_from_its_first_moment() {
    let stage = Stage::new().await;
    let wanted = |min: i64, max: i64| json!({"backupVaultName": "last", "MinRetentionDays": min, "MaxRetentionDays": max});
    for (min, max) in [(6, 30), (30, 29), (7, 36_501)] {
        let refused =
            stage.refused(&stage.central, "CreateLogicallyAirGappedBackupVault", wanted(min, max)).await;
        assert_eq!(refused.0, "InvalidParameterValueException");
    }
    let made = stage.must(&stage.central, "CreateLogicallyAirGappedBackupVault", wanted(7, 30)).await;
    assert_eq!(made["VaultState"], "CREATING");
    stage.sim.advance(Duration::from_secs(180));
    let shown = stage.must(&stage.central, "DescribeBackupVault", named("last")).await;
    assert_eq!(
        (&shown["VaultState"], &shown["Locked"], &shown["LockDate"]),
        (&json!("AVAILABLE"), &json!(true), &shown["CreationDate"])
    );
    assert_eq!(shown["EncryptionKeyType"], "AWS_OWNED_KMS_KEY");
    for operation in ["PutBackupVaultLockConfiguration", "DeleteBackupVaultLockConfiguration"] {
        let refused = stage.refused(&stage.central, operation, named("last")).await;
        assert_eq!(refused.0, "InvalidRequestException");
    }
    let by_kind = json!({"vaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"});
    stage.vault(&stage.central, "plain").await;
    let listed = stage.must(&stage.central, "ListBackupVaults", by_kind).await;
    assert_eq!(listed["BackupVaultList"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_lock_of_governance_comes_and_goes_and_one_of_compliance_is_final_from_its_date_on() {
    let stage = Stage::new().await;
    stage.vault(&stage.central, "central").await;
    let lock = |more: Value| {
        let mut input = named("central");
        input.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        input
    };
    let put = "PutBackupVaultLockConfiguration";
    for wrong in [
        json!({"ChangeableForDays": 2}),
        json!({"MinRetentionDays": 0}),
        json!({"MaxRetentionDays": 36_501}),
        json!({"MinRetentionDays": 8, "MaxRetentionDays": 7}),
    ] {
        assert_eq!(stage.refused(&stage.central, put, lock(wrong)).await.0, "InvalidParameterValueException");
    }
    stage.must(&stage.central, put, lock(json!({"MinRetentionDays": 7, "MaxRetentionDays": 400}))).await;
    let shown = stage.must(&stage.central, "DescribeBackupVault", named("central")).await;
    assert_eq!((&shown["Locked"], &shown["LockDate"]), (&json!(true), &Value::Null));
    stage.must(&stage.central, "DeleteBackupVaultLockConfiguration", named("central")).await;
    let compliance = json!({"MinRetentionDays": 7, "MaxRetentionDays": 400, "ChangeableForDays": 3});
    stage.must(&stage.central, put, lock(compliance.clone())).await;
    stage.pass_days(2);
    stage.must(&stage.central, put, lock(compliance)).await;
    stage.pass_days(3);
    let shown = stage.must(&stage.central, "DescribeBackupVault", named("central")).await;
    assert!(
        shown["LockDate"]
            .as_f64()
            .is_some_and(|date| date <= shown["CreationDate"].as_f64().unwrap_or(0.0) + 5.1 * 86_400.0)
    );
    for operation in [put, "DeleteBackupVaultLockConfiguration"] {
        let (code, _) = stage.refused(&stage.central, operation, named("central")).await;
        assert_eq!(code, "InvalidRequestException");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_vaults_policy_denies_is_denied_to_its_own_administrator_too() {
    let stage = Stage::new().await;
    stage.vault(&stage.central, "central").await;
    let get = "GetBackupVaultAccessPolicy";
    assert_eq!(stage.refused(&stage.central, get, named("central")).await.0, "ResourceNotFoundException");
    let put = |policy: String| json!({"backupVaultName": "central", "Policy": policy});
    let wrong = [
        "nonsense".to_owned(),
        deny(&["s3:GetObject"]),
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "backup:*", "Resource": "*"}]})
            .to_string(),
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/None"}, "Action": "backup:*", "Resource": "*"}]})
            .to_string(),
    ];
    for policy in wrong {
        let refused = stage.refused(&stage.central, "PutBackupVaultAccessPolicy", put(policy)).await;
        assert_eq!(refused.0, "InvalidParameterValueException");
    }
    let nothing = stage.refused(&stage.central, "PutBackupVaultAccessPolicy", named("central")).await;
    assert_eq!(nothing.0, "MissingParameterValueException");
    let first = deny(&["backup:DeleteBackupVault"]);
    stage.must(&stage.central, "PutBackupVaultAccessPolicy", put(first.clone())).await;
    let shown = stage.must(&stage.central, get, named("central")).await;
    assert_eq!(shown["Policy"], json!(first));
    let refused = stage.refused(&stage.central, "DeleteBackupVault", named("central")).await;
    assert_eq!(refused.0, "AccessDeniedException");
    let own = deny(&["backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"]);
    stage.must(&stage.central, "PutBackupVaultAccessPolicy", put(own)).await;
    for operation in ["PutBackupVaultAccessPolicy", "DeleteBackupVaultAccessPolicy"] {
        let refused = stage.refused(&stage.central, operation, put(first.clone())).await;
        assert_eq!(refused.0, "AccessDeniedException");
    }
    stage.must(&stage.central, "DeleteBackupVault", named("central")).await;
}

#[tokio::test(start_paused = true)]
async fn an_approval_team_takes_an_air_gapped_vault_and_the_switch_and_then_stays() {
    let stage = Stage::new().await;
    stage.vault(&stage.central, "plain").await;
    let wanted = json!({"backupVaultName": "last", "MinRetentionDays": 7, "MaxRetentionDays": 30});
    stage.must(&stage.central, "CreateLogicallyAirGappedBackupVault", wanted).await;
    let arn = format!("arn:aws:mpa:us-east-1:{}:approval-team/recovery", stage.central);
    let team = |vault: &str, arn: &str| json!({"backupVaultName": vault, "MpaApprovalTeamArn": arn});
    let associate = "AssociateBackupVaultMpaApprovalTeam";
    let off = stage.refused(&stage.central, associate, team("last", &arn)).await;
    assert!(off.1.contains("not enabled"), "{}", off.1);
    let on = json!({"GlobalSettings": {"isMpaEnabled": "true"}});
    stage.must(MANAGEMENT, "UpdateGlobalSettings", on).await;
    let plain = stage.refused(&stage.central, associate, team("plain", &arn)).await;
    assert_eq!(plain.0, "InvalidRequestException");
    let foreign = format!("arn:aws:mpa:us-east-1:{}:approval-team/recovery", stage.app);
    for wrong in ["arn:aws:s3:::bucket", &foreign] {
        let refused = stage.refused(&stage.central, associate, team("last", wrong)).await;
        assert_eq!(refused.0, "InvalidParameterValueException");
    }
    let none = stage.refused(&stage.central, "DisassociateBackupVaultMpaApprovalTeam", named("last")).await;
    assert_eq!(none.0, "InvalidRequestException");
    stage.must(&stage.central, associate, team("last", &arn)).await;
    stage.must(&stage.central, "DisassociateBackupVaultMpaApprovalTeam", named("last")).await;
    let shown = stage.must(&stage.central, "DescribeBackupVault", named("last")).await;
    assert_eq!(shown["MpaApprovalTeamArn"], json!(arn), "the team has to approve that it goes");
    assert_eq!(shown["LatestMpaApprovalTeamUpdate"]["Status"], "PENDING");
    let other = format!("{arn}-2");
    let waiting = stage.refused(&stage.central, associate, team("last", &other)).await;
    assert!(waiting.1.contains("waiting for approval"), "{}", waiting.1);
    stage.sim.advance(Duration::from_secs(25 * 3600));
    let shown = stage.must(&stage.central, "DescribeBackupVault", named("last")).await;
    assert_eq!(shown["LatestMpaApprovalTeamUpdate"]["Status"], "FAILED", "nobody has approved in time");
    stage.must(&stage.central, associate, team("last", &other)).await;
}

#[tokio::test(start_paused = true)]
async fn a_backup_policy_makes_a_plan_in_each_region_it_names() {
    let stage = Stage::new().await;
    let mut content = daily("arn:aws:backup:us-east-1:111122223333:backup-vault:central");
    content["plans"]["far"] = content["plans"]["daily"].clone();
    content["plans"]["far"]["regions"] = json!({"@@assign": ["eu-west-1"]});
    stage.policy(&content).await;
    let listed = stage.must(&stage.app, "ListBackupPlans", json!({})).await;
    let plans = listed["BackupPlansList"].as_array().expect("plans");
    assert_eq!(plans.len(), 1);
    assert_eq!(plans[0]["BackupPlanName"], "daily");
    assert!(plans[0]["BackupPlanId"].as_str().is_some_and(|id| id.starts_with("orgs/")));
    let elsewhere = stage.must(&stage.central, "ListBackupPlans", json!({})).await;
    assert_eq!(elsewhere["BackupPlansList"], json!([]));
}
