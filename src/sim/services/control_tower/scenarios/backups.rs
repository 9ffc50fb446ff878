//! Keys and backups: which KMS keys a landing zone takes, and the order in which backups are switched on and off.
//!
//! In: a stage. Out: what the wire shows. Absent: AWS Backup itself.

use serde_json::{Value, json};

use super::{MANAGEMENT, Stage};

const ZONE_SERVICES: [&str; 2] = ["config.amazonaws.com", "cloudtrail.amazonaws.com"];

fn policy(services: &[&str]) -> String {
    let mut statements = vec![json!({
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{MANAGEMENT}:root")},
        "Action": "kms:*",
        "Resource": "*",
    })];
    for service in services {
        statements.push(json!({
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
            "Resource": "*",
        }));
    }
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

async fn key(stage: &Stage, multi_region: bool, services: &[&str]) -> Value {
    let input = json!({"MultiRegion": multi_region, "Policy": policy(services)});
    stage.must("kms", "CreateKey", input).await["KeyMetadata"]["Arn"].clone()
}

fn with_key(stage: &Stage, key: &Value) -> Value {
    let mut manifest = stage.manifest();
    manifest["centralizedLogging"]["configurations"]["kmsKeyArn"] = key.clone();
    json!({"version": "4.0", "manifest": manifest})
}

#[tokio::test(start_paused = true)]
async fn the_key_of_the_landing_zone_exists_and_is_of_a_single_region() {
    let stage = Stage::prepared().await;
    let unknown =
        json!(format!("arn:aws:kms:us-east-1:{MANAGEMENT}:key/11111111-2222-3333-4444-555555555555"));
    let (code, words) = stage.refused("CreateLandingZone", with_key(&stage, &unknown)).await;
    assert_eq!(code, "ValidationException");
    assert!(words.contains("enabled symmetric key"), "{words}");
    let several = key(&stage, true, &ZONE_SERVICES).await;
    let (_, words) = stage.refused("CreateLandingZone", with_key(&stage, &several)).await;
    assert!(words.contains("multi-Region"), "{words}");
    let single = key(&stage, false, &ZONE_SERVICES).await;
    stage.must("kms", "DisableKey", json!({"KeyId": single})).await;
    let (_, words) = stage.refused("CreateLandingZone", with_key(&stage, &single)).await;
    assert!(words.contains("enabled symmetric key"), "{words}");
    stage.must("kms", "EnableKey", json!({"KeyId": single})).await;
    stage.must("controltower", "CreateLandingZone", with_key(&stage, &single)).await;
    stage.pass(1800);
    assert_eq!(stage.zone().await["status"], "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn a_key_policy_that_keeps_a_service_out_fails_the_setup_on_the_way() {
    let stage = Stage::prepared().await;
    let narrow = key(&stage, false, &["cloudtrail.amazonaws.com"]).await;
    let begun = stage.must("controltower", "CreateLandingZone", with_key(&stage, &narrow)).await;
    stage.pass(1800);
    let operation = stage.zone_operation(&begun["operationIdentifier"]).await;
    assert_eq!(operation["status"], "FAILED");
    assert!(operation["statusMessage"].as_str().is_some_and(|words| words.contains("config.amazonaws.com")));
}

async fn with_backups() -> (Stage, Value) {
    let mut stage = Stage::governed(false).await;
    for name in ["vault", "reports"] {
        stage.account(name, Some("Security")).await;
    }
    let mut manifest = stage.manifest();
    manifest["backup"] = json!({"enabled": true, "configurations": {
        "centralBackup": {"accountId": stage.accounts["vault"]},
        "backupAdmin": {"accountId": stage.accounts["reports"]},
        "kmsKeyArn": key(&stage, true, &[]).await,
    }});
    let input =
        json!({"landingZoneIdentifier": stage.zone_arn().await, "version": "4.0", "manifest": manifest});
    (stage, input)
}

#[tokio::test(start_paused = true)]
async fn the_key_of_backups_is_replicated_to_every_governed_region() {
    let (stage, mut input) = with_backups().await;
    input["manifest"]["governedRegions"] = json!(["us-east-1", "eu-west-1"]);
    let (code, words) = stage.refused("UpdateLandingZone", input.clone()).await;
    assert_eq!(code, "ValidationException");
    assert!(words.ends_with("Regions without it: eu-west-1"), "{words}");
    input["manifest"]["backup"]["configurations"]["kmsKeyArn"] = key(&stage, false, &[]).await;
    assert!(stage.refused("UpdateLandingZone", input).await.1.contains("multi-Region"));
}

#[tokio::test(start_paused = true)]
async fn backup_accounts_are_two_and_not_enrolled() {
    let (mut stage, mut input) = with_backups().await;
    let admin = input["manifest"]["backup"]["configurations"]["backupAdmin"]["accountId"].clone();
    input["manifest"]["backup"]["configurations"]["centralBackup"]["accountId"] = admin;
    assert!(stage.refused("UpdateLandingZone", input.clone()).await.1.contains("different accounts"));
    stage.account("app", Some("Workloads")).await;
    stage.register("Workloads").await;
    stage.move_account("app", Some("Workloads"), Some("Security")).await;
    input["manifest"]["backup"]["configurations"]["centralBackup"]["accountId"] =
        json!(stage.accounts["app"]);
    assert!(stage.refused("UpdateLandingZone", input).await.1.contains("already enrolled"));
}

#[tokio::test(start_paused = true)]
async fn backups_are_switched_on_from_the_landing_zone_down_and_off_from_the_units_up() {
    let (stage, input) = with_backups().await;
    stage.must("controltower", "UpdateLandingZone", input.clone()).await;
    stage.pass(1200);
    let world = stage.sim.world();
    let tree = world.organizations.of(MANAGEMENT).expect("an organization");
    assert!(tree.delegated[&stage.accounts["reports"]].contains_key("backup.amazonaws.com"));

    let backup = stage.enabling("BackupBaseline", "1.0", "Workloads").await;
    let refused = stage.refused("EnableBaseline", backup.clone()).await;
    assert!(refused.1.contains("'AWSControlTowerBaseline' is not enabled"), "{}", refused.1);
    stage.register("Workloads").await;
    let unit = stage.must("controltower", "EnableBaseline", backup).await["arn"].clone();
    stage.pass(3600);
    let security = stage.enabling("BackupBaseline", "1.0", "Security").await;
    let security = stage.must("controltower", "EnableBaseline", security).await["arn"].clone();
    stage.pass(3600);
    assert_eq!(stage.children(&security).await.len(), 4);
    leaves_vaults_plans_and_reports(&stage);

    let mut off = input;
    off["manifest"]["backup"] = json!({"enabled": false});
    assert!(stage.refused("UpdateLandingZone", off.clone()).await.1.contains("backup integration"));
    let delete = json!({"landingZoneIdentifier": stage.zone_arn().await});
    let begun = stage.must("controltower", "DeleteLandingZone", delete).await;
    stage.pass(7200);
    assert_eq!(stage.zone_operation(&begun["operationIdentifier"]).await["status"], "FAILED");
    stage
        .must("controltower", "ResetLandingZone", json!({"landingZoneIdentifier": stage.zone_arn().await}))
        .await;
    stage.pass(1200);
    for arn in [unit, security] {
        stage.must("controltower", "DisableBaseline", json!({"enabledBaselineIdentifier": arn})).await;
        stage.pass(3600);
    }
    stage.must("controltower", "UpdateLandingZone", off).await;
    stage.pass(1200);
    let world = stage.sim.world();
    let tree = world.organizations.of(MANAGEMENT).expect("an organization");
    assert!(!tree.delegated.contains_key(&stage.accounts["reports"]));
    let vault = &stage.accounts["vault"];
    let place = world.backup.place(vault, "us-east-1").expect("backups of the account");
    assert_eq!((place.vaults.len(), place.plans.len()), (2, 0), "vaults stay, plans go");
}

/// What the integration and the baseline leave in the accounts of the Security unit.
fn leaves_vaults_plans_and_reports(stage: &Stage) {
    let world = stage.sim.world();
    let (vault, reports) = (&stage.accounts["vault"], &stage.accounts["reports"]);
    let organization = &world.organizations.of(MANAGEMENT).expect("an organization").id;
    assert!(world.backup.switched_on(organization, "isCrossAccountBackupEnabled"));
    let central =
        world.backup.vault(vault, "us-east-1", &format!("aws-controltower-central-backupvault-{vault}"));
    assert!(central.is_some_and(|vault| vault.key.is_some() && vault.policy.is_some()));
    let local = format!("aws-controltower-local-backupvault-{reports}");
    assert!(world.backup.vault(reports, "us-east-1", &local).is_some());
    let place = world.backup.place(reports, "us-east-1").expect("backups of the account");
    let plans: std::collections::BTreeSet<&str> = place.plans.values().map(|plan| plan.name()).collect();
    assert_eq!(plans.len(), 4, "{plans:?}");
    assert_eq!(place.reports.len(), 3);
    assert!(
        crate::sim::services::iam::queries::role(&world, reports, "aws-controltower-BackupRole").is_some()
    );
}
