//! Scenarios of AWS Backup across an organization.
//!
//! In: short calls. Out: answers from the wire, in virtual time.

mod audit;
mod jobs;
mod schedules;
mod settings;
mod tests;
mod vaults;

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::services::iam::queries::{self, WantedRole};
use crate::sim::testing::{Answer, account, ask_as, ask_in, done, organization, quiet};

use super::data::Data;

const BACKUP: &str = "backup";
const MANAGEMENT: &str = "111122223333";
const HOME: &str = "us-east-1";

/// An organization with a central backup account and an account with data.
struct Stage {
    sim: Simulator,
    root: String,
    central: String,
    app: String,
}

impl Stage {
    async fn new() -> Self {
        let (sim, root) = organization(quiet()).await;
        let (central, app) = (account(&sim, "central").await, account(&sim, "app").await);
        let trust = json!({"ServicePrincipal": "backup.amazonaws.com"});
        done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
        Self { sim, root, central, app }
    }

    async fn ask(&self, account: &str, operation: &str, input: Value) -> Answer {
        ask_in(&self.sim, HOME, (account, None), BACKUP, operation, input).await
    }

    async fn must(&self, account: &str, operation: &str, input: Value) -> Value {
        let answer = self.ask(account, operation, input).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text);
        answer.json()
    }

    /// Code and words of a refusal.
    async fn refused(&self, account: &str, operation: &str, input: Value) -> (String, String) {
        let answer = self.ask(account, operation, input).await;
        let code = answer.code().unwrap_or_else(|| panic!("{operation} succeeded: {}", answer.text));
        let body = answer.json();
        let words = body["Message"].as_str().or_else(|| body["message"].as_str());
        (code, words.unwrap_or_default().to_owned())
    }

    fn pass_days(&self, days: u64) {
        self.sim.advance(Duration::from_secs(days * 86_400));
    }

    fn organization_id(&self) -> String {
        self.sim.world().organizations.of(&self.central).expect("an organization").id.clone()
    }

    async fn vault(&self, account: &str, name: &str) -> String {
        let made = self.must(account, "CreateBackupVault", json!({"backupVaultName": name})).await;
        made["BackupVaultArn"].as_str().expect("an ARN").to_owned()
    }
}

/// Data in an account: a volume, a bucket, a table.
impl Stage {
    fn seed(&self, account: &str, arn: &str, tags: &[(&str, &str)]) {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let data = Data { tags, bytes: 1 << 30, ..Data::default() };
        self.sim.change(|world| world.backup.put_data(account, HOME, arn.to_owned(), data));
    }

    /// A role that AWS Backup can assume.
    async fn role(&self, account: &str) -> String {
        let trust = queries::trust_of_service("backup.amazonaws.com");
        let managed = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup";
        self.sim.change(|world| {
            let now = world.time;
            let wanted = WantedRole {
                path: "/",
                name: "Backup",
                trust: &trust,
                description: None,
                managed: &[managed],
                inline: &[],
            };
            queries::put_role(world, account, &wanted, now);
        });
        format!("arn:aws:iam::{account}:role/Backup")
    }

    /// A customer's key of an account that every account of the organization may use.
    async fn key(&self, account: &str) -> String {
        let id = self.organization_id();
        let root = json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{account}:root")}, "Action": "kms:*", "Resource": "*"});
        let all = json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["kms:DescribeKey", "kms:Decrypt", "kms:CreateGrant"], "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": id}}});
        let policy = json!({"Version": "2012-10-17", "Statement": [root, all]}).to_string();
        let made = ask_as(&self.sim, account, None, "kms", "CreateKey", json!({"Policy": policy})).await;
        made.json()["KeyMetadata"]["Arn"].as_str().expect("a key").to_owned()
    }

    /// A vault of the central account that takes copies from the organization.
    async fn central_vault(&self) -> String {
        let key = self.key(&self.central).await;
        let input = json!({"backupVaultName": "central", "EncryptionKeyArn": key});
        let made = self.must(&self.central, "CreateBackupVault", input).await;
        let id = self.organization_id();
        let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": id}}});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let input = json!({"backupVaultName": "central", "Policy": policy});
        self.must(&self.central, "PutBackupVaultAccessPolicy", input).await;
        made["BackupVaultArn"].as_str().expect("an ARN").to_owned()
    }

    async fn switch_copies_on(&self) {
        let on = json!({"GlobalSettings": {"isCrossAccountBackupEnabled": "true"}});
        self.must(MANAGEMENT, "UpdateGlobalSettings", on).await;
    }

    /// A backup policy on the account with data.
    async fn policy(&self, content: &Value) {
        let enable = json!({"RootId": self.root, "PolicyType": "BACKUP_POLICY"});
        done(&self.sim, "organizations", "EnablePolicyType", enable).await;
        self.sim.advance(Duration::from_secs(60));
        let policy = json!({"Name": "backups", "Description": "", "Type": "BACKUP_POLICY", "Content": content.to_string()});
        let made = done(&self.sim, "organizations", "CreatePolicy", policy).await;
        let attach = json!({"PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": self.app});
        done(&self.sim, "organizations", "AttachPolicy", attach).await;
    }

    /// Starts a backup of a resource into a vault of its account.
    async fn back_up(&self, account: &str, vault: &str, resource: &str, days: i64) -> Value {
        let role = self.role(account).await;
        let input = json!({"BackupVaultName": vault, "ResourceArn": resource, "IamRoleArn": role, "Lifecycle": {"DeleteAfterDays": days}});
        let job = self.must(account, "StartBackupJob", input).await;
        self.sim.advance(Duration::from_secs(3_600));
        self.must(account, "DescribeBackupJob", json!({"backupJobId": job["BackupJobId"]})).await
    }

    /// Starts a copy of a recovery point into another vault and waits for its end.
    async fn copy(&self, account: &str, vault: &str, point: &Value, into: &str, days: i64) -> Value {
        let role = format!("arn:aws:iam::{account}:role/Backup");
        let input = json!({"SourceBackupVaultName": vault, "RecoveryPointArn": point, "DestinationBackupVaultArn": into,
            "IamRoleArn": role, "Lifecycle": {"DeleteAfterDays": days}});
        let job = self.must(account, "StartCopyJob", input).await;
        self.sim.advance(Duration::from_secs(3_600));
        let told = self.must(account, "DescribeCopyJob", json!({"copyJobId": job["CopyJobId"]})).await;
        told["CopyJob"].clone()
    }

    /// Every recovery point of a vault, newest first.
    async fn points(&self, account: &str, vault: &str) -> Vec<Value> {
        let input = json!({"backupVaultName": vault});
        let listed = self.must(account, "ListRecoveryPointsByBackupVault", input).await;
        listed["RecoveryPoints"].as_array().expect("recovery points").clone()
    }
}

fn volume(account: &str) -> String {
    format!("arn:aws:ec2:{HOME}:{account}:volume/vol-0123456789abcdef0")
}

/// A plan that backs `backup=daily` up at five and copies it.
fn daily(copy_to: &str) -> Value {
    json!({"plans": {"daily": {
        "regions": {"@@assign": [HOME]},
        "rules": {"at-five": {
            "schedule_expression": {"@@assign": "cron(0 5 ? * * *)"},
            "target_backup_vault_name": {"@@assign": "local"},
            "lifecycle": {"delete_after_days": {"@@assign": "3"}},
            "copy_actions": {copy_to: {
                "target_backup_vault_arn": {"@@assign": copy_to},
                "lifecycle": {"delete_after_days": {"@@assign": "5"}},
            }},
        }},
        "selections": {"tags": {"tagged": {
            "iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/Backup"},
            "tag_key": {"@@assign": "backup"},
            "tag_value": {"@@assign": ["daily"]},
        }}},
    }}})
}
