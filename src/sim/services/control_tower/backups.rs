//! Control Tower's part in AWS Backup: central vaults and reports for the organization, vaults and plans for the accounts.
//!
//! In: a landing zone with its Backup integration, and the accounts that BackupBaseline covers. Out: what
//! `data/backups.toml` lists, in each governed Region. Source:
//! <https://docs.aws.amazon.com/controltower/latest/userguide/backup-resources.html>. Vaults stay when it is all switched
//! off (<https://docs.aws.amazon.com/controltower/latest/userguide/stop-backups.html>). UNSOURCED: what stands for the `*` in
//! the names of vaults (the account's id here), the schedules, the policy of the central vault, and that plans and role of an
//! account go with its baseline. Absent: buckets of reports.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sim::services::backup::acts::{self, WantedPlan, WantedVault};
use crate::sim::services::iam::queries::{self as iam, WantedRole};
use crate::sim::services::kms::queries as kms;
use crate::sim::world::World;

use super::manifest::{Integration, Settings};
use super::state::LandingZone;

/// The baseline of a unit that brings backups.
pub(super) const BASELINE: &str = "BackupBaseline";

#[derive(Deserialize)]
struct Table {
    central_vault: String,
    local_vault: String,
    role: String,
    policies: Vec<String>,
    reports: Vec<Report>,
    plan: Vec<Plan>,
}

#[derive(Deserialize)]
struct Report {
    name: String,
    template: String,
}

#[derive(Deserialize)]
struct Plan {
    name: String,
    tag: String,
    schedule: String,
    local_days: i64,
    central_days: Option<i64>,
}

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("data/backups.toml")).expect("data/backups.toml is well formed")
});

/// The integration as the manifest has it.
struct Integrated {
    regions: Vec<String>,
    central: String,
    key: String,
}

fn integrated(settings: &Settings) -> Option<Integrated> {
    if !settings.enabled(Integration::Backup) {
        return None;
    }
    Some(Integrated {
        regions: settings.governed_regions(),
        central: settings.text("backup.configurations.centralBackup.accountId")?.to_owned(),
        key: settings.text("backup.configurations.kmsKeyArn")?.to_owned(),
    })
}

/// The integration of the landing zone as it is.
fn present(world: &World) -> Option<Integrated> {
    let zone = world.control_tower.zone.as_ref()?;
    integrated(&Settings::read(&zone.version, Some(&zone.manifest)).ok()?)
}

impl Integrated {
    /// The member of the multi-Region key in a Region.
    fn key_in(&self, world: &World, region: &str) -> Option<String> {
        let key = kms::key(world, &self.key)?;
        let members = kms::members(world, key);
        members.into_iter().find(|member| member.region == region).map(|member| member.arn.clone())
    }

    fn central_vault(&self) -> String {
        TABLE.central_vault.replace("{account}", &self.central)
    }
}

/// What the organization has: copies between accounts, central vaults, reports.
pub(super) fn set_up(world: &mut World, zone: &LandingZone, settings: &Settings, now: Timestamp) {
    let Some(integrated) = integrated(settings) else { return };
    let Some(organization) =
        world.organizations.of(&zone.account).map(|organization| organization.id.clone())
    else {
        return;
    };
    acts::allow_copies(world, &organization, now);
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": "*",
            "Action": "backup:CopyIntoBackupVault",
            "Resource": "*",
            "Condition": { "StringEquals": { "aws:PrincipalOrgID": organization } },
        }],
    })
    .to_string();
    for region in &integrated.regions {
        let wanted = WantedVault {
            account: &integrated.central,
            region,
            name: &integrated.central_vault(),
            key: integrated.key_in(world, region),
            policy: Some(&policy),
        };
        acts::ensure_vault(world, &wanted, now);
    }
    if let Some(admin) = settings.text("backup.configurations.backupAdmin.accountId") {
        for report in &TABLE.reports {
            let bucket = format!("aws-controltower-backup-reports-{admin}");
            acts::ensure_report(world, admin, &zone.home, (&report.name, &report.template), &bucket, now);
        }
    }
}

/// What an account gets from BackupBaseline: a vault and the plans in each governed Region, and the role they work with.
pub(super) fn cover(world: &mut World, account: &str, now: Timestamp) {
    let Some(integrated) = present(world) else { return };
    let trust = iam::trust_of_service("backup.amazonaws.com");
    let managed: Vec<&str> = TABLE.policies.iter().map(String::as_str).collect();
    let role = WantedRole {
        path: "/",
        name: &TABLE.role,
        trust: &trust,
        description: None,
        managed: &managed,
        inline: &[],
    };
    iam::ensure_role(world, account, &role, now);
    for region in &integrated.regions {
        let name = TABLE.local_vault.replace("{account}", account);
        let key = integrated.key_in(world, region);
        let vault = WantedVault { account, region, name: &name, key, policy: None };
        acts::ensure_vault(world, &vault, now);
        for plan in &TABLE.plan {
            let (document, selection) = plan.documents(account, region, &name, &integrated);
            let tags = [("aws-control-tower".to_owned(), "managed-by-control-tower".to_owned())].into();
            acts::ensure_plan(world, WantedPlan { account, region, document, selection, tags }, now);
        }
    }
}

/// What an account loses that BackupBaseline covers no longer; its vaults stay.
pub(super) fn uncover(world: &mut World, account: &str) {
    let names: Vec<&str> = TABLE.plan.iter().map(|plan| plan.name.as_str()).collect();
    acts::remove_plans(world, account, &names);
    iam::remove_role(world, account, &TABLE.role);
}

impl Plan {
    /// The plan and its selection, as the API says them.
    fn documents(&self, account: &str, region: &str, vault: &str, integrated: &Integrated) -> (Value, Value) {
        let central = format!(
            "arn:aws:backup:{region}:{}:backup-vault:{}",
            integrated.central,
            integrated.central_vault()
        );
        let copies: Vec<Value> = self
            .central_days
            .map(|days| {
                json!({ "DestinationBackupVaultArn": central, "Lifecycle": { "DeleteAfterDays": days } })
            })
            .into_iter()
            .collect();
        let document = json!({
            "BackupPlanName": self.name,
            "Rules": [{
                "RuleName": self.name,
                "TargetBackupVaultName": vault,
                "ScheduleExpression": self.schedule,
                "Lifecycle": { "DeleteAfterDays": self.local_days },
                "CopyActions": copies,
            }],
        });
        let selection = json!({
            "SelectionName": self.name,
            "IamRoleArn": format!("arn:aws:iam::{account}:role/{}", TABLE.role),
            "ListOfTags": [{ "ConditionType": "STRINGEQUALS", "ConditionKey": self.tag, "ConditionValue": "true" }],
        });
        (document, selection)
    }
}
