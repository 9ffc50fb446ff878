//! A backup plan as it runs, whether an account made it or a policy of its organization.
//!
//! In: a plan document of the API, or a plan of an effective backup policy. Out: [`Plan`] with rules and selections. Syntax:
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupPlan.html>,
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html> and
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html>, in which numbers
//! are texts and `$account` and `$region` stand for where the plan runs. Absent: windows, indexes, scans, continuous
//! backups.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::records::{CopyAction, Spot};
use super::schedule::{Schedule, USUAL};
use super::selection::Selection;
use super::state::{Lifecycle, Tags};

/// A plan of an account in a Region.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) since: Timestamp,
    pub(super) rules: Vec<Rule>,
    pub(super) selections: Vec<Selection>,
    /// Whether the organization made it, so that its management account says which types are switched on.
    pub(super) by_policy: bool,
}

/// A rule of a plan.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) name: String,
    cron: String,
    zone: Option<String>,
    /// Name of the vault.
    pub(super) vault: String,
    pub(super) lifecycle: Lifecycle,
    pub(super) copies: Vec<CopyAction>,
    pub(super) tags: Tags,
}

impl Rule {
    /// When it fires; `None` if its expression cannot be read.
    pub(super) fn schedule(&self) -> Option<Schedule> {
        Schedule::parse(&self.cron, self.zone.as_deref())
    }
}

impl Rule {
    /// As the API says it.
    pub(super) fn view(&self) -> Value {
        let copies = self.copies.iter().map(|copy| {
            json!({ "DestinationBackupVaultArn": copy.destination, "Lifecycle": copy.lifecycle.view() })
        });
        json!({
            "RuleName": self.name,
            "TargetBackupVaultName": self.vault,
            "ScheduleExpression": self.cron,
            "ScheduleExpressionTimezone": self.zone.as_deref().unwrap_or("Etc/UTC"),
            "Lifecycle": self.lifecycle.view(),
            "CopyActions": copies.collect::<Vec<_>>(),
            "RecoveryPointTags": self.tags,
        })
    }
}

impl Plan {
    pub(super) fn arn(&self, spot: &Spot) -> String {
        format!("arn:aws:backup:{}:{}:backup-plan:{}", spot.region, spot.account, self.id)
    }

    /// `CreatedBy` of what a rule makes.
    pub(super) fn creator(&self, spot: &Spot, rule: &Rule) -> Value {
        json!({
            "BackupPlanId": self.id,
            "BackupPlanArn": self.arn(spot),
            "BackupPlanName": self.name,
            "BackupPlanVersion": self.version,
            "BackupRuleName": rule.name,
            "BackupRuleCron": rule.cron,
            "BackupRuleTimezone": rule.zone.as_deref().unwrap_or("Etc/UTC"),
        })
    }
}

/// The rules of a plan document of the API.
pub(super) fn rules_of_document(document: &Value) -> Vec<Rule> {
    let rules = document["Rules"].as_array().into_iter().flatten();
    rules.map(rule_of_document).collect()
}

fn rule_of_document(rule: &Value) -> Rule {
    let copies = rule["CopyActions"].as_array().into_iter().flatten();
    let air_gapped =
        air_gapped(&rule["TargetLogicallyAirGappedBackupVaultArn"], Lifecycle::of(&rule["Lifecycle"]));
    Rule {
        name: text(&rule["RuleName"]),
        cron: rule["ScheduleExpression"].as_str().unwrap_or(USUAL).to_owned(),
        zone: rule["ScheduleExpressionTimezone"].as_str().map(str::to_owned),
        vault: text(&rule["TargetBackupVaultName"]),
        lifecycle: Lifecycle::of(&rule["Lifecycle"]),
        copies: copies
            .map(|copy| CopyAction {
                destination: text(&copy["DestinationBackupVaultArn"]),
                lifecycle: Lifecycle::of(&copy["Lifecycle"]),
            })
            .chain(air_gapped)
            .collect(),
        tags: tags(&rule["RecoveryPointTags"]),
    }
}

/// A logically air-gapped vault as the target besides: the recovery point comes into it as a copy does.
fn air_gapped(arn: &Value, lifecycle: Lifecycle) -> Option<CopyAction> {
    Some(CopyAction { destination: arn.as_str()?.to_owned(), lifecycle })
}

/// A plan of an effective policy, where it runs.
pub(super) fn rules_of_policy(content: &Value, spot: &Spot) -> Vec<Rule> {
    let rules = content["rules"].as_object().into_iter().flatten();
    rules.map(|(name, rule)| rule_of_policy(name, rule, spot)).collect()
}

fn rule_of_policy(name: &str, rule: &Value, spot: &Spot) -> Rule {
    let lifecycle = Lifecycle::of_policy(&rule["lifecycle"]);
    let copies = rule["copy_actions"].as_object().into_iter().flatten().map(|(key, copy)| CopyAction {
        destination: placed(copy["target_backup_vault_arn"].as_str().unwrap_or(key), spot),
        lifecycle: Lifecycle::of_policy(&copy["lifecycle"]),
    });
    let target = rule["target_logically_air_gapped_backup_vault_arn"].as_str().map(|arn| placed(arn, spot));
    let air_gapped = air_gapped(&json!(target), lifecycle);
    let given = rule["recovery_point_tags"].as_object().into_iter().flatten();
    let tags = given.filter_map(|(_, tag)| Some((text(tag.get("tag_key")?), text(tag.get("tag_value")?))));
    Rule {
        name: name.to_owned(),
        cron: rule["schedule_expression"].as_str().unwrap_or(USUAL).to_owned(),
        zone: rule["schedule_expression_timezone"].as_str().map(str::to_owned),
        vault: text(&rule["target_backup_vault_name"]),
        lifecycle,
        copies: copies.chain(air_gapped).collect(),
        tags: tags.collect(),
    }
}

/// A text of a policy where it holds.
pub(super) fn placed(text: &str, spot: &Spot) -> String {
    text.replace("$account", &spot.account).replace("$region", &spot.region)
}

impl Lifecycle {
    /// As the API says it; -1 is for ever.
    pub(super) fn of(value: &Value) -> Self {
        let days = |member: &str| value[member].as_i64().filter(|days| *days >= 0);
        Self { cold_after: days("MoveToColdStorageAfterDays"), delete_after: days("DeleteAfterDays") }
    }

    /// As a policy says it.
    fn of_policy(value: &Value) -> Self {
        let days = |member: &str| {
            let days = value[member].as_i64().or_else(|| value[member].as_str()?.parse().ok());
            days.filter(|days| *days >= 0)
        };
        Self { cold_after: days("move_to_cold_storage_after_days"), delete_after: days("delete_after_days") }
    }

    /// As the API says it; nothing if it says nothing.
    pub(super) fn view(self) -> Option<Value> {
        let mut view = Map::new();
        let members =
            [("MoveToColdStorageAfterDays", self.cold_after), ("DeleteAfterDays", self.delete_after)];
        for (member, days) in members {
            days.and_then(|days| view.insert(member.to_owned(), json!(days)));
        }
        (!view.is_empty()).then_some(Value::Object(view))
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn tags(value: &Value) -> Tags {
    let given = value.as_object().into_iter().flatten();
    given.map(|(key, value)| (key.clone(), text(value))).collect()
}
