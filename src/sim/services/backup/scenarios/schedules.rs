//! What policies and plans back up and copy as time passes.

use std::time::Duration;

use serde_json::json;

use super::{HOME, MANAGEMENT, Stage, daily, volume};
use crate::sim::testing::done;

const TAGGED: &[(&str, &str)] = &[("backup", "daily")];

async fn with_policy() -> Stage {
    let stage = Stage::new().await;
    let central = stage.central_vault().await;
    stage.switch_copies_on().await;
    stage.role(&stage.app).await;
    stage.vault(&stage.app, "local").await;
    stage.seed(&stage.app, &volume(&stage.app), TAGGED);
    stage.policy(&daily(&central)).await;
    stage
}

#[tokio::test(start_paused = true)]
async fn a_policy_backs_up_what_its_tags_mean_every_day_and_copies_it_and_lets_it_go() {
    let stage = with_policy().await;
    stage.seed(&stage.app, "arn:aws:dynamodb:us-east-1:1:table/plain", &[]);
    stage.pass_days(2);
    let (local, central) =
        (stage.points(&stage.app, "local").await, stage.points(&stage.central, "central").await);
    assert_eq!((local.len(), central.len()), (2, 2));
    assert_eq!(local[0]["ResourceArn"], json!(volume(&stage.app)));
    assert_eq!(local[0]["CreatedBy"]["BackupPlanName"], "daily");
    assert_eq!(central[0]["CreationDate"], local[0]["CreationDate"], "a copy is as old as its source");
    assert!(
        central[0]["SourceBackupVaultArn"].as_str().is_some_and(|arn| arn.ends_with("backup-vault:local"))
    );
    stage.pass_days(8);
    let (local, central) =
        (stage.points(&stage.app, "local").await, stage.points(&stage.central, "central").await);
    assert_eq!((local.len(), central.len()), (3, 5));
    let jobs = stage.must(&stage.app, "ListBackupJobs", json!({"state": "COMPLETED"})).await;
    assert_eq!(jobs["BackupJobs"].as_array().map(Vec::len), Some(10));
    let plans = stage.must(&stage.app, "ListBackupPlans", json!({})).await;
    assert!(plans["BackupPlansList"][0]["LastExecutionDate"].is_number());
    let id = &plans["BackupPlansList"][0]["BackupPlanId"];
    let shown = stage.must(&stage.app, "GetBackupPlan", json!({"backupPlanId": id})).await;
    assert_eq!(shown["BackupPlan"]["Rules"][0]["Lifecycle"], json!({"DeleteAfterDays": 3}));
    let refused = stage.refused(&stage.app, "DeleteBackupPlan", json!({"backupPlanId": id})).await;
    assert_eq!(refused.0, "AccessDeniedException");
    stage.pass_days(40);
    let jobs = stage.must(&stage.app, "ListBackupJobs", json!({})).await;
    assert_eq!(jobs["BackupJobs"].as_array().map(Vec::len), Some(30), "jobs show for thirty days");
}

#[tokio::test(start_paused = true)]
async fn the_management_account_says_which_types_a_policy_backs_up_by_tags() {
    let stage = with_policy().await;
    let off = json!({"ResourceTypeOptInPreference": {"EBS": false}});
    stage.must(&stage.app, "UpdateRegionSettings", off.clone()).await;
    stage.pass_days(1);
    assert_eq!(stage.points(&stage.app, "local").await.len(), 1, "the member's own opt-in does not count");
    stage.must(MANAGEMENT, "UpdateRegionSettings", off).await;
    stage.pass_days(1);
    assert_eq!(stage.points(&stage.app, "local").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_trust_role_or_vault_a_policy_backs_nothing_up() {
    let stage = with_policy().await;
    stage.must(&stage.app, "DeleteBackupVault", json!({"backupVaultName": "local"})).await;
    stage.pass_days(1);
    let jobs = stage.must(&stage.app, "ListBackupJobs", json!({})).await;
    assert_eq!(jobs["BackupJobs"][0]["StatusMessage"], "Backup vault local does not exist.");
    stage.vault(&stage.app, "local").await;
    stage.sim.change(|world| world.iam.account_mut(&stage.app).roles.remove("Backup"));
    stage.pass_days(1);
    let jobs = stage.must(&stage.app, "ListBackupJobs", json!({})).await;
    let words = jobs["BackupJobs"][0]["StatusMessage"].as_str().unwrap_or_default();
    assert!(words.ends_with("role/Backup cannot be assumed by AWS Backup"), "{words}");
    let distrust = json!({"ServicePrincipal": "backup.amazonaws.com"});
    done(&stage.sim, "organizations", "DisableAWSServiceAccess", distrust).await;
    stage.pass_days(1);
    let jobs = stage.must(&stage.app, "ListBackupJobs", json!({})).await;
    assert_eq!(jobs["BackupJobs"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_is_not_whole_is_told_by_organizations_and_makes_no_backup() {
    let stage = with_policy().await;
    let fine = json!({"PolicyType": "BACKUP_POLICY"});
    let listed =
        done(&stage.sim, "organizations", "ListAccountsWithInvalidEffectivePolicy", fine.clone()).await;
    assert_eq!(listed["Accounts"], json!([]));
    let mut content = daily("arn:aws:backup:us-east-1:1:backup-vault:x");
    content["plans"]["daily"]["selections"]["tags"]["tagged"]["iam_role_arn"] = json!({"@@assign": ""});
    let policies =
        done(&stage.sim, "organizations", "ListPolicies", json!({"Filter": "BACKUP_POLICY"})).await;
    let id = &policies["Policies"][0]["Id"];
    let update = json!({"PolicyId": id, "Content": content.to_string()});
    done(&stage.sim, "organizations", "UpdatePolicy", update).await;
    let listed = done(&stage.sim, "organizations", "ListAccountsWithInvalidEffectivePolicy", fine).await;
    assert_eq!(listed["Accounts"][0]["Id"], json!(stage.app));
    let of = json!({"PolicyType": "BACKUP_POLICY", "AccountId": stage.app});
    let told = done(&stage.sim, "organizations", "ListEffectivePolicyValidationErrors", of).await;
    let error = &told["EffectivePolicyValidationErrors"][0];
    assert_eq!(error["PathToError"], "plans/daily/selections/tags/tagged/iam_role_arn");
    assert_eq!(error["ContributingPolicies"], json!([id]));
    stage.pass_days(1);
    let plans = stage.must(&stage.app, "ListBackupPlans", json!({})).await;
    assert_eq!(plans["BackupPlansList"], json!([]));
    assert_eq!(stage.points(&stage.app, "local").await.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_accounts_own_plan_runs_as_its_selections_say_and_goes_after_them() {
    let stage = Stage::new().await;
    let role = stage.role(&stage.app).await;
    stage.vault(&stage.app, "local").await;
    stage.seed(&stage.app, &volume(&stage.app), TAGGED);
    let plan = |cron: &str| {
        json!({"BackupPlan": {"BackupPlanName": "own", "Rules": [
        {"RuleName": "r", "TargetBackupVaultName": "local", "ScheduleExpression": cron}]}, "CreatorRequestId": "one"})
    };
    let wrong = stage.refused(&stage.app, "CreateBackupPlan", plan("cron(0 5 * * * *)")).await;
    assert!(wrong.1.contains("Invalid cron expression"), "{}", wrong.1);
    let made = stage.must(&stage.app, "CreateBackupPlan", plan("cron(0 0/6 ? * * *)")).await;
    assert_eq!(stage.must(&stage.app, "CreateBackupPlan", plan("cron(0 0/6 ? * * *)")).await, made);
    let mut again = plan("cron(0 0/6 ? * * *)");
    again["CreatorRequestId"] = json!("two");
    assert_eq!(stage.refused(&stage.app, "CreateBackupPlan", again).await.0, "AlreadyExistsException");
    let id = &made["BackupPlanId"];
    let select = |role: &str| {
        json!({"backupPlanId": id, "BackupSelection": {"SelectionName": "s", "IamRoleArn": role,
        "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}]}})
    };
    let nobody = select(&role.replace("Backup", "None"));
    let refused = stage.refused(&stage.app, "CreateBackupSelection", nobody).await;
    assert!(refused.1.ends_with("cannot be assumed by AWS Backup"), "{}", refused.1);
    let selected = stage.must(&stage.app, "CreateBackupSelection", select(&role)).await;
    let refused = stage.refused(&stage.app, "CreateBackupSelection", select(&role)).await;
    assert_eq!(refused.0, "AlreadyExistsException");
    stage.sim.advance(Duration::from_secs(25 * 3_600));
    assert_eq!(stage.points(&stage.app, "local").await.len(), 4);
    let of = json!({"backupPlanId": id});
    let refused = stage.refused(&stage.app, "DeleteBackupPlan", of.clone()).await;
    assert_eq!(refused.1, "Related backup plan selections must be deleted prior to backup plan deletion");
    let one = json!({"backupPlanId": id, "selectionId": selected["SelectionId"]});
    let shown = stage.must(&stage.app, "GetBackupSelection", one.clone()).await;
    assert_eq!(shown["BackupSelection"]["SelectionName"], "s");
    let listed = stage.must(&stage.app, "ListBackupSelections", of.clone()).await;
    assert_eq!(listed["BackupSelectionsList"].as_array().map(Vec::len), Some(1));
    stage.must(&stage.app, "DeleteBackupSelection", one.clone()).await;
    assert_eq!(stage.refused(&stage.app, "GetBackupSelection", one).await.0, "ResourceNotFoundException");
    let mut changed = plan("cron(0 1 ? * * *)");
    changed["backupPlanId"] = id.clone();
    let updated = stage.must(&stage.app, "UpdateBackupPlan", changed).await;
    assert_ne!(updated["VersionId"], made["VersionId"]);
    stage.must(&stage.app, "DeleteBackupPlan", of.clone()).await;
    assert_eq!(stage.refused(&stage.app, "GetBackupPlan", of).await.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn a_world_without_data_has_nothing_to_wait_for_and_one_with_data_goes_on_where_it_was_saved() {
    let stage = with_policy().await;
    stage.pass_days(1);
    let saved = serde_json::to_value(stage.sim.world()).expect("a world can be saved");
    let loaded: crate::sim::World = serde_json::from_value(saved.clone()).expect("a world can be loaded");
    assert_eq!(serde_json::to_value(&loaded).expect("a world can be saved"), saved);
    let later = crate::sim::Simulator::from_world(loaded, crate::sim::testing::quiet());
    later.advance(Duration::from_secs(86_400));
    assert_eq!(
        later.world().backup.vault(&stage.app, HOME, "local").map(|vault| vault.points.len()),
        Some(2)
    );
    stage.sim.change(|world| world.backup.data.clear());
    stage.pass_days(1);
    assert_eq!(stage.points(&stage.app, "local").await.len(), 1);
}
