//! Whether the plans of an effective backup policy are whole.
//!
//! In: a merged BACKUP_POLICY. Out: its faults, plan by plan. Each policy of the tree may leave out what another says, so
//! only the merged document can be judged; a plan with a fault makes no backups
//! (<https://docs.aws.amazon.com/organizations/latest/userguide/invalid-policy-alerts.html>). What a plan must have:
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html>. Of the codes AWS
//! publishes ELEMENTS_TOO_MANY alone, as an example; those here and the words are UNSOURCED. Absent: whether vaults and roles
//! exist, which Organizations does not know.

use std::collections::BTreeSet;

use serde_json::Value;

/// What is wrong at a place of the merged document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) words: String,
    /// Members joined by slashes.
    pub(super) path: String,
    pub(super) plan: String,
}

/// The names of the plans that have a fault.
pub(crate) fn faulty_plans(document: &Value) -> BTreeSet<String> {
    faults(document).into_iter().map(|fault| fault.plan).collect()
}

/// Every fault of a merged document.
pub(super) fn faults(document: &Value) -> Vec<Fault> {
    let plans = document["plans"].as_object().into_iter().flatten();
    plans.flat_map(|(name, plan)| Looked { plan: name, found: Vec::new() }.at(plan)).collect()
}

struct Looked<'p> {
    plan: &'p str,
    found: Vec<Fault>,
}

impl Looked<'_> {
    fn at(mut self, plan: &Value) -> Vec<Fault> {
        if list(&plan["regions"]).is_empty() {
            self.missing("regions");
        }
        let rules = plan["rules"].as_object().into_iter().flatten();
        let selections = ["tags", "resources"].iter().flat_map(|kind| {
            let of = plan["selections"][*kind].as_object().into_iter().flatten();
            of.map(move |(name, one)| (*kind, name, one))
        });
        let (mut has_rules, mut has_selections) = (false, false);
        for (name, rule) in rules {
            has_rules = true;
            self.rule(&format!("rules/{name}"), rule);
        }
        for (kind, name, one) in selections {
            has_selections = true;
            self.selection(kind, &format!("selections/{kind}/{name}"), one);
        }
        if !has_rules {
            self.missing("rules");
        }
        if !has_selections {
            self.missing("selections");
        }
        self.found
    }

    fn rule(&mut self, path: &str, rule: &Value) {
        for member in ["target_backup_vault_name", "schedule_expression"] {
            if text(&rule[member]).is_empty() {
                self.missing(&format!("{path}/{member}"));
            }
        }
        let window = number(&rule["start_backup_window_minutes"]);
        if window.is_some_and(|minutes| minutes < 60) {
            self.wrong(&format!("{path}/start_backup_window_minutes"), "must be at least 60");
        }
        self.lifecycle(&format!("{path}/lifecycle"), &rule["lifecycle"]);
        for (key, copy) in rule["copy_actions"].as_object().into_iter().flatten() {
            let path = format!("{path}/copy_actions/{key}");
            if !text(&copy["target_backup_vault_arn"]).contains(":backup-vault:") {
                self.missing(&format!("{path}/target_backup_vault_arn"));
            }
            self.lifecycle(&format!("{path}/lifecycle"), &copy["lifecycle"]);
        }
    }

    fn lifecycle(&mut self, path: &str, lifecycle: &Value) {
        let cold = &lifecycle["move_to_cold_storage_after_days"];
        let gone = &lifecycle["delete_after_days"];
        for (member, value) in [("move_to_cold_storage_after_days", cold), ("delete_after_days", gone)] {
            if !value.is_null() && number(value).is_none() {
                self.wrong(&format!("{path}/{member}"), "must be a number");
            }
        }
        if number(cold).zip(number(gone)).is_some_and(|(cold, gone)| gone < cold + 90) {
            let words = "must be at least 90 days after move_to_cold_storage_after_days";
            self.wrong(&format!("{path}/delete_after_days"), words);
        }
    }

    fn selection(&mut self, kind: &str, path: &str, one: &Value) {
        if !text(&one["iam_role_arn"]).starts_with("arn:") {
            self.missing(&format!("{path}/iam_role_arn"));
        }
        if kind == "tags" {
            if text(&one["tag_key"]).is_empty() {
                self.missing(&format!("{path}/tag_key"));
            }
            if list(&one["tag_value"]).is_empty() {
                self.missing(&format!("{path}/tag_value"));
            }
        } else if list(&one["resource_types"]).is_empty() {
            self.missing(&format!("{path}/resource_types"));
        }
    }

    fn missing(&mut self, path: &str) {
        self.add("ELEMENTS_TOO_FEW", "is required", path);
    }

    fn wrong(&mut self, path: &str, words: &str) {
        self.add("INVALID_VALUE", words, path);
    }

    fn add(&mut self, code: &'static str, words: &str, path: &str) {
        let path = format!("plans/{}/{path}", self.plan);
        let member = path.rsplit('/').next().unwrap_or_default();
        self.found.push(Fault {
            code,
            words: format!("{member} {words}."),
            plan: self.plan.to_owned(),
            path,
        });
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::String(text) if !text.is_empty() => vec![value],
        _ => Vec::new(),
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn whole() -> Value {
        json!({"plans": {"daily": {
            "regions": ["us-east-1"],
            "rules": {"r": {
                "schedule_expression": "cron(0 5 ? * * *)",
                "target_backup_vault_name": "local",
                "lifecycle": {"delete_after_days": "35"},
                "copy_actions": {"a": {"target_backup_vault_arn": "arn:aws:backup:us-east-1:1:backup-vault:central"}},
            }},
            "selections": {"tags": {"t": {
                "iam_role_arn": "arn:aws:iam::$account:role/R", "tag_key": "backup", "tag_value": ["daily"],
            }}},
        }}})
    }

    #[test]
    fn a_whole_plan_has_no_fault() {
        assert_eq!(faults(&whole()), []);
    }

    #[test]
    fn every_part_that_a_plan_lacks_is_named_by_its_path() {
        for pointer in [
            "/regions",
            "/rules",
            "/rules/r/schedule_expression",
            "/rules/r/target_backup_vault_name",
            "/rules/r/copy_actions/a/target_backup_vault_arn",
            "/selections",
            "/selections/tags/t/iam_role_arn",
            "/selections/tags/t/tag_key",
            "/selections/tags/t/tag_value",
        ] {
            let mut document = whole();
            let (parent, member) = pointer.rsplit_once('/').expect("a path");
            let parent = document.pointer_mut(&format!("/plans/daily{parent}")).expect("a place");
            parent.as_object_mut().expect("an object").remove(member);
            let found = faults(&document);
            assert_eq!(found[0].path, format!("plans/daily{pointer}"), "{found:?}");
            assert!(faulty_plans(&document).contains("daily"));
        }
    }

    #[test]
    fn numbers_are_texts_within_their_bounds() {
        for (member, value) in [
            ("lifecycle", json!({"delete_after_days": "soon"})),
            ("lifecycle", json!({"move_to_cold_storage_after_days": "30", "delete_after_days": "100"})),
            ("start_backup_window_minutes", json!("30")),
        ] {
            let mut document = whole();
            document["plans"]["daily"]["rules"]["r"][member] = value;
            assert_eq!(faults(&document).len(), 1, "{member}");
        }
    }
}
