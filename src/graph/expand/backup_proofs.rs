//! `backup.restore_testing`, `backup.reports` and `backup.frameworks`: what proves that backups
//! are made and can be restored.

use serde_json::{Value, json};

use super::backup::{lives_in, role_in, vault_arn};
use super::{Expansion, delegation, resource, the_landing_zone};
use crate::graph::edge::Edge;
use crate::model::reference::from;
use crate::model::region::Region;
use crate::model::{Address, Fields, Kind, kinds::restore_testing};
use crate::spec::backup::{Backup, Framework, Report, RestoreTesting};

/// What a report covers when nothing narrower is said: every account below the root, every Region.
const EVERY_ACCOUNT: &str = "ROOT";
const EVERY_REGION: &str = "*";

pub(super) fn expand(expansion: &mut Expansion<'_>, said: &Backup) {
    for (name, testing) in &said.restore_testing {
        for region in &testing.regions {
            restore_testing(expansion, said, name, testing, region);
        }
    }
    for (name, framework) in &said.frameworks {
        for region in &framework.regions {
            audit(expansion, name, framework, region);
        }
    }
    for (name, report) in &said.reports {
        report_plan(expansion, said, name, report);
    }
}

/// Inserts the values that are said.
fn put<const N: usize>(fields: &mut Fields, values: [(&str, Option<Value>); N]) {
    let said = values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    fields.extend(said);
}

fn restore_testing(
    expansion: &mut Expansion<'_>,
    said: &Backup,
    name: &str,
    testing: &RestoreTesting,
    region: &Region,
) {
    let plan = Address::new(Kind::RestoreTestingPlan, format!("{name}/{region}"));
    let mut wanted = resource(plan.clone(), Some(&testing.origin));
    let vaults = testing.vaults.iter().filter_map(|name| Some((name, said.vaults.get(name)?)));
    let vaults: Vec<Value> =
        vaults.map(|(name, vault)| vault_arn(expansion, &vault.account, name, region)).collect();
    let fields = [
        ("schedule", Some(json!(testing.schedule))),
        ("timezone", testing.timezone.as_ref().map(|zone| json!(zone))),
        ("start_window_hours", testing.start_window_hours.map(|hours| json!(hours))),
        ("algorithm", Some(json!(testing.algorithm))),
        ("vaults", Some(json!(vaults))),
        // AWS wants one; continuous backups become snapshots when they are copied (Backup
        // Developer Guide, create-cross-account-backup).
        ("point_types", Some(json!(["SNAPSHOT"]))),
        ("window_days", testing.window_days.map(|days| json!(days))),
    ];
    put(&mut wanted.fields, fields);
    wanted.keys.insert("plan".to_owned(), json!(name));
    lives_in(expansion, &mut wanted, &testing.account, region);
    for (name, vault) in testing.vaults.iter().filter_map(|name| said.vaults.get_key_value(name)) {
        let vault = super::backup_vaults::vault(name, vault, region);
        expansion.graph.connect(Edge::exists(&plan, &vault, "vault-before-restore-tests"));
    }
    expansion.graph.add(wanted);
    let role = role_in(expansion, said, &testing.account, &testing.origin);
    for sort in &testing.types {
        selection(expansion, name, testing, region, sort, &role, &plan);
    }
}

fn selection(
    expansion: &mut Expansion<'_>,
    plan_name: &str,
    testing: &RestoreTesting,
    region: &Region,
    sort: &str,
    role: &Address,
    plan: &Address,
) {
    let name = format!("{plan_name}/{sort}/{region}");
    let me = Address::new(Kind::RestoreTestingSelection, name);
    let mut wanted = resource(me.clone(), Some(&testing.origin));
    let fields = [
        ("type", Some(json!(sort))),
        ("role", Some(from(role, "arn"))),
        ("resources", Some(json!(["*"]))),
        ("validation_hours", testing.validation_hours.map(|hours| json!(hours))),
    ];
    put(&mut wanted.fields, fields);
    wanted.keys.insert("plan".to_owned(), json!(plan_name));
    wanted.keys.insert("selection".to_owned(), json!(restore_testing::selection_name(sort)));
    lives_in(expansion, &mut wanted, &testing.account, region);
    expansion.graph.connect(Edge::exists(&me, plan, "restore-plan-before-selection"));
    expansion.graph.connect(Edge::settled(&me, role, "restore-role-first"));
    expansion.graph.add(wanted);
}

fn framework_address(name: &str, region: &Region) -> Address {
    Address::new(Kind::BackupFramework, format!("{name}/{region}"))
}

fn audit(expansion: &mut Expansion<'_>, name: &str, framework: &Framework, region: &Region) {
    let me = framework_address(name, region);
    let mut wanted = resource(me.clone(), Some(&framework.origin));
    put(&mut wanted.fields, [("description", framework.description.as_ref().map(|text| json!(text)))]);
    wanted.fields.insert("controls".to_owned(), json!(framework.controls));
    wanted.keys.insert("framework".to_owned(), json!(name));
    lives_in(expansion, &mut wanted, &framework.account, region);
    // Its controls are rules of AWS Config, which the landing zone sets up (UNSOURCED that a
    // framework is refused without).
    expansion.graph.connect(Edge::settled(&me, &the_landing_zone(), "config-before-framework"));
    expansion.graph.add(wanted);
}

fn report_plan(expansion: &mut Expansion<'_>, said: &Backup, name: &str, report: &Report) {
    let me = Address::new(Kind::ReportPlan, name);
    let mut wanted = resource(me.clone(), Some(&report.origin));
    let home = expansion.home_region.clone();
    let mut arns = Vec::new();
    for name in &report.frameworks {
        let framework = said.frameworks.get(name);
        for region in framework.into_iter().flat_map(|framework| &framework.regions) {
            arns.push(from(&framework_address(name, region), "arn"));
        }
    }
    let list = |words: &[String]| (!words.is_empty()).then(|| json!(words));
    let fields = [
        ("description", report.description.as_ref().map(|text| json!(text))),
        ("template", Some(json!(report.template))),
        ("bucket", Some(json!(report.bucket))),
        ("prefix", report.prefix.as_ref().map(|prefix| json!(prefix))),
        ("formats", list(&report.formats)),
        ("accounts", Some(json!([EVERY_ACCOUNT]))),
        ("regions", Some(json!([EVERY_REGION]))),
        ("frameworks", (!arns.is_empty()).then(|| json!(arns))),
    ];
    put(&mut wanted.fields, fields);
    wanted.keys.insert("report".to_owned(), json!(name));
    lives_in(expansion, &mut wanted, &report.administrator, &home);
    let office = delegation::administrators_of("backup");
    expansion.graph.connect(Edge::settled(&me, &office, "administrator-before-settings"));
    expansion.graph.connect(Edge::settled(&me, &the_landing_zone(), "backup-settings-after-landing-zone"));
    expansion.graph.add(wanted);
}
