//! AWS Backup: switches, opt-ins, vaults with locks, restore tests, reports, frameworks.
//!
//! In: acts. Out: requests of the management account and of those who administer AWS Backup. Absent: jobs.

use serde_json::{Value, json};

use super::super::acts::{Act, Deed};
use super::Stage;

const PRINCIPAL: &str = "backup.amazonaws.com";

impl Stage {
    pub(super) async fn backup(&self, act: &Act) -> Option<()> {
        self.ask("organizations", "EnableAWSServiceAccess", json!({ "ServicePrincipal": PRINCIPAL })).await;
        match act.deed {
            Deed::BackupSwitch => self.switch(act).await,
            Deed::Vault => self.vault(act).await?,
            _ => self.proof(act).await?,
        }
        Some(())
    }

    async fn switch(&self, act: &Act) {
        let on = if act.three.is_multiple_of(4) { "false" } else { "true" };
        let name =
            ["isCrossAccountBackupEnabled", "isMpaEnabled", "isDelegatedAdministratorEnabled"][act.one % 3];
        self.ask("backup", "UpdateGlobalSettings", json!({ "GlobalSettings": { name: on } })).await;
        let types = json!({ (["EBS", "S3", "RDS"][act.two % 3]): act.three.is_multiple_of(2) });
        for region in self.regions(act.two) {
            let input = json!({ "ResourceTypeOptInPreference": types });
            self.ask_as("AKIAADMINISTRATOR000", &region, "backup", "UpdateRegionSettings", input).await;
        }
    }

    /// Somebody who guards backups: the management account, or a member that is appointed.
    async fn guardian(&self, act: &Act) -> Option<String> {
        if act.one.is_multiple_of(3) {
            return Some("AKIAADMINISTRATOR000".to_owned());
        }
        let member = Self::pick(&self.members(), act.two)?;
        let office = json!({ "AccountId": member, "ServicePrincipal": PRINCIPAL });
        self.ask("organizations", "RegisterDelegatedAdministrator", office).await;
        Some(member)
    }

    async fn vault(&self, act: &Act) -> Option<()> {
        let (who, name) =
            (self.guardian(act).await?, ["central", "last_resort", "Default", "x1"][act.three % 4]);
        for region in self.regions(act.one) {
            if act.two.is_multiple_of(5) {
                let input = json!({ "BackupVaultName": name, "backupVaultName": name, "MinRetentionDays": 7, "MaxRetentionDays": 90 });
                self.ask_as(&who, &region, "backup", "CreateLogicallyAirGappedBackupVault", input).await;
                continue;
            }
            let input = json!({ "BackupVaultName": name, "backupVaultName": name });
            self.ask_as(&who, &region, "backup", "CreateBackupVault", input).await;
            let mut lock = json!({ "BackupVaultName": name, "backupVaultName": name });
            let days = [("MinRetentionDays", 7), ("MaxRetentionDays", 90), ("ChangeableForDays", 3)];
            for (at, (member, days)) in days.into_iter().enumerate() {
                if act.two >> at & 1 == 1 {
                    lock[member] = json!(days);
                }
            }
            self.ask_as(&who, &region, "backup", "PutBackupVaultLockConfiguration", lock).await;
            if act.three.is_multiple_of(3) {
                let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Principal": "*",
                    "Action": "backup:DeleteRecoveryPoint", "Resource": "*" }] });
                let input =
                    json!({ "BackupVaultName": name, "backupVaultName": name, "Policy": policy.to_string() });
                self.ask_as(&who, &region, "backup", "PutBackupVaultAccessPolicy", input).await;
            }
        }
        Some(())
    }

    async fn proof(&self, act: &Act) -> Option<()> {
        let who = self.guardian(act).await?;
        for region in self.regions(act.two) {
            match act.three % 3 {
                0 => self.restore_test(act, &who, &region).await,
                1 => {
                    let setting = json!({ "ReportTemplate": "BACKUP_JOB_REPORT", "Accounts": ["ROOT"],
                        "Regions": (if act.one.is_multiple_of(2) { ["*"] } else { ["eu-west-1"] }) });
                    let channel = json!({ "S3BucketName": "reports", "Formats": ["CSV", "JSON"] });
                    let input = json!({ "ReportPlanName": "jobs", "ReportDeliveryChannel": channel,
                        "ReportSetting": setting, "IdempotencyToken": "x" });
                    self.ask_as(&who, &region, "backup", "CreateReportPlan", input).await;
                }
                _ => {
                    let controls = json!([{ "ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED" },
                        { "ControlName": "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", "ControlInputParameters":
                            [{ "ParameterName": "requiredRetentionDays", "ParameterValue": (["35", "40"][act.one % 2]) }] }]);
                    let input = json!({ "FrameworkName": "proof", "FrameworkControls": controls, "IdempotencyToken": "x" });
                    self.ask_as(&who, &region, "backup", "CreateFramework", input).await;
                }
            }
        }
        Some(())
    }

    /// A plan over the vaults of the account, or over any, with a selection that has a usual name or its own.
    async fn restore_test(&self, act: &Act, who: &str, region: &str) {
        let listed = self.ask_as(who, region, "backup", "ListBackupVaults", json!({})).await.json();
        let vaults: Vec<&Value> = listed["BackupVaultList"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| &one["BackupVaultArn"])
            .collect();
        let vaults =
            if act.one.is_multiple_of(4) || vaults.is_empty() { json!(["*"]) } else { json!(vaults) };
        let points = json!({ "Algorithm": (["LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"][act.one % 2]),
            "IncludeVaults": vaults, "RecoveryPointTypes": ["SNAPSHOT"] });
        let plan = json!({ "RestoreTestingPlanName": "weekly", "ScheduleExpression": "cron(0 3 ? * SUN *)",
            "RecoveryPointSelection": points });
        self.ask_as(who, region, "backup", "CreateRestoreTestingPlan", json!({ "RestoreTestingPlan": plan }))
            .await;
        let account = if who.starts_with("AKIA") { self.simulator.world().account } else { who.to_owned() };
        let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": { "Service": PRINCIPAL } }] });
        let role = ["organization-backup", "restorer"][act.two % 2];
        let input = json!({ "RoleName": role, "AssumeRolePolicyDocument": trust.to_string() });
        self.ask_as(who, "us-east-1", "iam", "CreateRole", input).await;
        let name = ["EBS", "volumes"][act.three % 2];
        let selection = json!({ "RestoreTestingSelectionName": name, "ProtectedResourceType": "EBS",
            "IamRoleArn": format!("arn:aws:iam::{account}:role/{role}"), "ProtectedResourceArns": ["*"] });
        let input = json!({ "RestoreTestingPlanName": "weekly", "RestoreTestingSelection": selection });
        self.ask_as(who, region, "backup", "CreateRestoreTestingSelection", input).await;
    }
}
