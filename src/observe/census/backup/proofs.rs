//! What proves that backups are made and restore: restore tests, reports, frameworks.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::place::Reading;
use crate::cloud::inventory::{backup_audit, restore_testing};
use crate::model::arn::Arn;
use crate::model::{Fields, Live};

/// A plan of restore tests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RestoreTests {
    /// The plan, in the fields of the kind `restore_testing_plan`.
    pub plan: Fields,
    /// Its selections by name, in the fields of the kind `restore_testing_selection`.
    pub selections: BTreeMap<String, Fields>,
}

impl RestoreTests {
    /// The names of the roles that its selections work with.
    pub fn roles(&self) -> BTreeSet<String> {
        self.selections.values().filter_map(role_of).collect()
    }
}

/// The name of the role that a selection works with.
#[must_use]
pub fn role_of(selection: &Fields) -> Option<String> {
    let arn: Arn = selection.get("role").and_then(Value::as_str)?.parse().ok()?;
    Some(arn.resource_id().to_owned())
}

pub(super) async fn restore_tests(reading: &mut Reading<'_>) -> BTreeMap<String, RestoreTests> {
    let site = reading.site;
    let listed = restore_testing::plan_names(site).await;
    let mut found = BTreeMap::new();
    for name in reading.take("restore tests", listed).unwrap_or_default() {
        let plan = restore_testing::plan(site, &name).await;
        let Some(Some(plan)) = reading.take(format!("restore test {name}"), plan) else { continue };
        let mut tests = RestoreTests { plan: plan.fields, ..RestoreTests::default() };
        let listed = restore_testing::selection_names(site, &name).await;
        for one in reading.take(format!("selections of the restore test {name}"), listed).unwrap_or_default()
        {
            let selection = restore_testing::selection(site, &name, &one).await;
            let selection = reading.take(format!("selection {one} of the restore test {name}"), selection);
            tests.selections.extend(selection.flatten().map(|selection| (one, selection.fields)));
        }
        found.insert(name, tests);
    }
    found
}

pub(super) async fn reports(reading: &mut Reading<'_>) -> BTreeMap<String, Live> {
    let listed = backup_audit::report_plans(reading.site).await;
    reading.take("reports", listed).unwrap_or_default()
}

pub(super) async fn frameworks(reading: &mut Reading<'_>) -> BTreeMap<String, Live> {
    let listed = backup_audit::framework_names(reading.site).await;
    let mut found = BTreeMap::new();
    for name in reading.take("frameworks", listed).unwrap_or_default() {
        let framework = backup_audit::framework(reading.site, &name).await;
        let framework = reading.take(format!("framework {name}"), framework).flatten();
        found.extend(framework.map(|framework| (name, framework.live)));
    }
    found
}
