//! `backup.plans`: each an organization policy, with what it needs in every account it reaches.
//!
//! A plan names a vault and a role by name, and where an account lacks one of them its backups
//! fail, without a word at the organization. So both are placed first, in each account of the
//! document below the plan's targets. Source: Organizations User Guide,
//! orgs_manage_policies_backup_syntax. There is a plan for each Region, because the ARN of the
//! vault that is copied to names one.

use serde_json::{Map, Value, json};

use super::backup::{opt_in, role_in, the_settings, vault_arn};
use super::{Expansion, backup_vaults, delegation, policies};
use crate::graph::edge::Edge;
use crate::model::reference::object;
use crate::model::region::Region;
use crate::model::{Address, Kind};
use crate::spec::backup::{Backup, BackupPlan, Lifecycle, POLICY};
use crate::spec::document::Policy;

/// The verbs that bring a plan into force.
const IN_FORCE: &[&str] = &["attach", "update"];

/// The name of the policy that a plan is written as.
pub(super) fn policy_name(plan: &str) -> String {
    format!("backup-{plan}")
}

pub(super) fn expand(expansion: &mut Expansion<'_>, said: &Backup) {
    for (name, plan) in &said.plans {
        let policy = Policy {
            origin: plan.origin.clone(),
            kind: POLICY.to_owned(),
            name: None,
            description: Some(format!("Backup plan {name}")),
            content: Some(content(expansion, said, name, plan)),
            targets: Some(plan.targets.clone()),
            detached_from: Vec::new(),
            aws_managed: false,
            tags: Default::default(),
            renamed_from: None,
            purpose: None,
        };
        let me = policies::one(expansion, &policy_name(name), &policy);
        if let Some(wanted) = expansion.graph.resources.get_mut(&me) {
            wanted.keys.insert("backup_plan".to_owned(), json!(name));
        }
        order(expansion, said, plan, &me);
    }
}

/// What must be there before a plan makes its first backup.
fn order(expansion: &mut Expansion<'_>, said: &Backup, plan: &BackupPlan, me: &Address) {
    let mut first =
        vec![the_settings(), delegation::administrators_of("backup"), Address::only(Kind::ResourcePolicy)];
    first.extend(plan.regions.iter().map(opt_in));
    if let Some((name, vault)) = plan.copy.as_ref().and_then(|(name, _)| said.vaults.get_key_value(name)) {
        first.extend(plan.regions.iter().map(|region| backup_vaults::vault(name, vault, region)));
    }
    let spec = expansion.spec;
    for account in spec.reached(&plan.targets) {
        first.push(role_in(expansion, said, account, &plan.origin));
        for region in &plan.regions {
            first.push(backup_vaults::local(expansion, said, account, region, &plan.origin));
        }
    }
    for provider in &first {
        let edge = Edge::settled(me, provider, "backup-ready-before-plans").only(IN_FORCE);
        expansion.graph.connect(edge);
    }
}

/// A value as organization policies set it.
fn assign(value: Value) -> Value {
    json!({ "@@assign": value })
}

/// Numbers are texts in these policies.
fn number(value: u32) -> Value {
    assign(json!(value.to_string()))
}

fn content(expansion: &Expansion<'_>, said: &Backup, name: &str, plan: &BackupPlan) -> Value {
    let plans: Map<String, Value> = plan
        .regions
        .iter()
        .map(|region| {
            let one = json!({
                "regions": assign(json!([region.as_str()])),
                "rules": { name: rule(expansion, said, plan, region) },
                "selections": selections(expansion, said, name, plan),
            });
            (format!("{name}-{region}"), one)
        })
        .collect();
    json!({ "plans": plans })
}

fn rule(expansion: &Expansion<'_>, said: &Backup, plan: &BackupPlan, region: &Region) -> Value {
    let mut rule = Map::new();
    let mut put = |key: &str, value: Value| rule.insert(key.to_owned(), value);
    put("schedule_expression", assign(json!(plan.schedule)));
    if let Some(zone) = &plan.timezone {
        put("schedule_expression_timezone", assign(json!(zone)));
    }
    let windows = [
        ("start_backup_window_minutes", plan.start_window_hours),
        ("complete_backup_window_minutes", plan.completion_window_hours),
    ];
    for (key, hours) in windows.into_iter().filter_map(|(key, hours)| Some((key, hours?))) {
        put(key, number(hours.saturating_mul(60)));
    }
    put("target_backup_vault_name", assign(json!(said.local_vault)));
    put("lifecycle", lifecycle(plan.lifecycle));
    if let Some((name, kept)) = &plan.copy
        && let Some(vault) = said.vaults.get(name)
    {
        let arn = vault_arn(expansion, &vault.account, name, region);
        let copy = json!({ "target_backup_vault_arn": assign(arn.clone()), "lifecycle": lifecycle(*kept) });
        put("copy_actions", object(vec![(arn, copy)]));
    }
    Value::Object(rule)
}

fn lifecycle(kept: Lifecycle) -> Value {
    let mut lifecycle = json!({ "delete_after_days": number(kept.delete_after_days) });
    if let Some(days) = kept.cold_after_days {
        lifecycle["move_to_cold_storage_after_days"] = number(days);
    }
    lifecycle
}

fn selections(expansion: &Expansion<'_>, said: &Backup, name: &str, plan: &BackupPlan) -> Value {
    let partition = expansion.partition;
    // AWS puts each account's id in the place of `$account`.
    let role = || assign(json!(format!("arn:{partition}:iam::$account:role/{}", said.role)));
    let tag = |(number, (key, values)): (usize, (&String, &Vec<String>))| {
        let selection = json!({
            "iam_role_arn": role(),
            "tag_key": assign(json!(key)),
            "tag_value": assign(json!(values)),
        });
        let named = if number == 0 { name.to_owned() } else { format!("{name}-{number}") };
        (named, selection)
    };
    let tags: Map<String, Value> = plan.tags.iter().enumerate().map(tag).collect();
    json!({ "tags": tags })
}
