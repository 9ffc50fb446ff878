//! Plans from documents and snapshots, without any AWS: the planner's promises.

use std::collections::{BTreeMap, BTreeSet};

use lzctl::catalog::ordering;
use lzctl::model::{Address, Live};
use lzctl::observe::Snapshot;
use lzctl::plan::document::Level;
use lzctl::plan::{Plan, Step, make};
use serde_json::json;

use super::documents::{graph, nothing_yet, plan_text};
use super::estate::converged;

fn plan(yaml: &str, snapshot: &Snapshot) -> Plan {
    make(&graph(yaml), snapshot, &BTreeSet::new())
}

fn position(plan: &Plan, id: &str) -> usize {
    let found = plan.steps.iter().position(|step| step.id.0 == id);
    found.unwrap_or_else(|| panic!("no step {id} among {:#?}", ids(plan)))
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.id.0.as_str()).collect()
}

fn step<'p>(plan: &'p Plan, id: &str) -> &'p Step {
    &plan.steps[position(plan, id)]
}

fn waits_for(plan: &Plan, id: &str, other: &str) -> Option<String> {
    step(plan, id).needs.iter().find(|need| need.step.0 == other).map(|need| need.rule.clone())
}

fn live(
    snapshot: &mut Snapshot,
    address: &str,
    attributes: &[(&str, &str)],
    fields: &[(&str, serde_json::Value)],
) {
    let live = Live {
        attributes: attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        fields: fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect(),
    };
    snapshot.live.insert(address.parse::<Address>().unwrap(), live);
}

fn an_organization() -> Snapshot {
    let mut snapshot = nothing_yet();
    snapshot.organization = Some("o-exampleorgid".parse().unwrap());
    snapshot.management_account = Some("111122223333".parse().unwrap());
    let attributes =
        [("id", "o-exampleorgid"), ("root_id", "r-abcd"), ("management_account_id", "111122223333")];
    live(&mut snapshot, "organization", &attributes, &[("feature_set", json!("ALL"))]);
    snapshot.facts.accounts = Some(1);
    snapshot
}

#[test]
fn every_need_points_to_an_earlier_step_and_every_reference_is_a_need_i3() {
    for name in ["minimal", "standard", "regulated"] {
        let plan = plan(&plan_text(name), &nothing_yet());
        let mut done: BTreeSet<&str> = BTreeSet::new();
        let mut made: BTreeSet<&Address> = plan.known.keys().collect();
        for step in &plan.steps {
            for need in &step.needs {
                assert!(
                    done.contains(need.step.0.as_str()),
                    "{} needs {} which is later",
                    step.id,
                    need.step
                );
            }
            for value in step.inputs.values().chain(step.keys.values()) {
                for reference in lzctl::model::reference::references(value) {
                    assert!(made.contains(&reference.address), "{} refers to {}", step.id, reference.address);
                }
            }
            done.insert(&step.id.0);
            made.insert(&step.address);
        }
    }
}

#[test]
fn the_same_document_and_snapshot_give_the_same_bytes_i2() {
    let once = serde_json::to_string(&plan(&plan_text("standard"), &nothing_yet())).unwrap();
    let again = serde_json::to_string(&plan(&plan_text("standard"), &nothing_yet())).unwrap();
    assert_eq!(once, again);
}

#[test]
fn a_plan_survives_being_written_and_read() {
    let plan = plan(&plan_text("standard"), &nothing_yet());
    let read: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(read, plan);
    assert_eq!(lzctl::plan::planner::digest(&read), plan.id);
}

#[test]
fn the_landing_zone_waits_for_what_control_tower_asks_for() {
    let plan = plan(&plan_text("standard"), &nothing_yet());
    let zone = "landing_zone:create";
    let rule = |other: &str| waits_for(&plan, zone, other).unwrap_or_else(|| panic!("no wait for {other}"));
    assert_eq!(rule("account.audit:move"), "integration-accounts-in-one-unit");
    assert_eq!(
        rule("service_role.AWSControlTowerStackSetRole:put_inline_policy[AWSControlTowerStackSetRolePolicy]"),
        "service-roles-first"
    );
    assert_eq!(rule("key.landing-zone:add_alias"), "key-policy-first");
    assert_eq!(rule("key.backup:replicate[us-east-1]"), "backup-key-replicas-first");
    let unit = "baseline.Workloads/Prod:control_tower:create";
    assert_eq!(
        waits_for(&plan, unit, "baseline.Workloads:control_tower:create").as_deref(),
        Some("parent-baseline-first")
    );
    assert_eq!(
        waits_for(&plan, unit, "account.web-prod:put_contact[security]").as_deref(),
        Some("members-before-registration")
    );
    let backup = "baseline.Workloads/Prod:backup:create";
    assert_eq!(waits_for(&plan, backup, unit).as_deref(), Some("control-tower-baseline-before-backup"));
}

#[test]
fn a_four_zero_manifest_has_its_five_sections_and_only_known_keys() {
    let plan = plan(&plan_text("minimal"), &nothing_yet());
    let manifest = &step(&plan, "landing_zone:create").inputs["manifest"];
    let keys: BTreeSet<&str> = manifest.as_object().unwrap().keys().map(String::as_str).collect();
    let expected =
        ["accessManagement", "backup", "centralizedLogging", "config", "governedRegions", "securityRoles"];
    assert_eq!(keys, BTreeSet::from(expected));
    assert_eq!(manifest["backup"], json!({ "enabled": false }));
    assert_eq!(
        manifest["securityRoles"]["accountId"],
        json!({ "$from": "account.audit", "attribute": "id" })
    );
}

#[test]
fn trusted_access_for_account_management_is_switched_on_only_when_a_step_needs_it() {
    let with = plan(&plan_text("standard"), &nothing_yet());
    position(&with, "trusted_access.account.amazonaws.com:create");
    let without = plan(
        "version: 1\norganization: { home_region: us-east-1 }\naccounts: { a: { email: a@example.com } }\n",
        &an_organization(),
    );
    assert_eq!(ids(&without), ["account.a:create"]);
}

#[test]
fn what_the_document_leaves_out_is_left_alone() {
    let yaml = "version: 1\norganization: { home_region: us-east-1 }\norganizational_units: { A: { tags: { x: '1' } } }\n";
    let mut snapshot = an_organization();
    let tags = [
        ("name", json!("A")),
        ("parent", json!("r-abcd")),
        ("tags.x", json!("1")),
        ("tags.other", json!("2")),
    ];
    live(&mut snapshot, "organizational_unit.A", &[("id", "ou-abcd-11111111"), ("arn", "arn:x")], &tags);
    assert_eq!(ids(&plan(yaml, &snapshot)), Vec::<&str>::new());
}

#[test]
fn an_account_elsewhere_is_moved_renamed_in_place_and_never_created_again() {
    let yaml = "version: 1\norganization: { home_region: us-east-1 }\norganizational_units: { A: {} }\n\
                accounts: { new-name: { email: a@example.com, organizational_unit: A } }\n";
    let mut snapshot = an_organization();
    let unit = [("name", json!("A")), ("parent", json!("r-abcd"))];
    live(&mut snapshot, "organizational_unit.A", &[("id", "ou-abcd-11111111"), ("arn", "arn:x")], &unit);
    let account = [("name", json!("old")), ("email", json!("a@example.com")), ("unit", json!("r-abcd"))];
    live(&mut snapshot, "account.new-name", &[("id", "444455556666"), ("parent_id", "r-abcd")], &account);
    let plan = plan(yaml, &snapshot);
    assert_eq!(
        ids(&plan),
        ["trusted_access.account.amazonaws.com:create", "account.new-name:move", "account.new-name:rename"]
    );
    assert_eq!(
        waits_for(&plan, "account.new-name:rename", "trusted_access.account.amazonaws.com:create").as_deref(),
        Some("account-management-access")
    );
    assert_eq!(step(&plan, "account.new-name:move").inputs["unit"], json!("ou-abcd-11111111"));
}

const GOVERNED: &str = "version: 1\n\
    organization: { home_region: us-east-1, governed_regions: [us-east-1] }\n\
    organizational_units: { Security: {}, Work: { baselines: [control_tower] } }\n\
    accounts:\n  log: { email: log@example.com, organizational_unit: Security }\n\
    \x20 audit: { email: audit@example.com, organizational_unit: Security }\n\
    \x20 app: { email: app@example.com, organizational_unit: Work }\n\
    landing_zone:\n  version: '4.0'\n  integration_unit: Security\n\
    \x20 centralized_logging: { account: log, retention_days: 365 }\n\
    \x20 config: { account: audit }\n  security_roles: { account: audit }\n  identity_center: true\n";

/// The world that GOVERNED describes, complete, with some fields replaced.
fn governed(zone: &[(&str, serde_json::Value)], baseline: &[(&str, serde_json::Value)]) -> Snapshot {
    let mut snapshot = an_organization();
    for (name, id) in [("Security", "ou-abcd-11111111"), ("Work", "ou-abcd-22222222")] {
        let fields = [("name", json!(name)), ("parent", json!("r-abcd"))];
        live(&mut snapshot, &format!("organizational_unit.{name}"), &[("id", id), ("arn", id)], &fields);
    }
    for (name, id, unit) in [("log", "1", "1"), ("audit", "2", "1"), ("app", "3", "2")] {
        let unit = format!("ou-abcd-{}", unit.repeat(8));
        let email = json!(format!("{name}@example.com"));
        let fields = [("name", json!(name)), ("email", email), ("unit", json!(unit))];
        live(&mut snapshot, &format!("account.{name}"), &[("id", id), ("parent_id", &unit)], &fields);
    }
    let plan = plan(GOVERNED, &snapshot);
    for step in plan.steps.iter().filter(|step| step.address.kind == lzctl::model::Kind::ServiceRole) {
        let role = snapshot.live.entry(step.address.clone()).or_default();
        role.attributes.insert("arn".to_owned(), "arn:role".to_owned());
        role.fields.extend(step.inputs.clone());
    }
    let attributes = [("arn", "arn:zone"), ("identity_center_baseline", "arn:ic")];
    let mut fields = BTreeMap::from([
        ("version", json!("4.0")),
        ("manifest", step(&plan, "landing_zone:create").inputs["manifest"].clone()),
        ("status", json!("ACTIVE")),
        ("drift", json!("IN_SYNC")),
    ]);
    fields.extend(zone.iter().cloned());
    live(&mut snapshot, "landing_zone", &attributes, &fields.into_iter().collect::<Vec<_>>());
    let mut fields = BTreeMap::from([
        ("target", json!("ou-abcd-22222222")),
        ("version", json!("5.0")),
        ("parameters.IdentityCenterEnabledBaselineArn", json!("arn:ic")),
        ("status", json!("SUCCEEDED")),
        ("drift", json!("IN_SYNC")),
        ("missing_members", json!([])),
    ]);
    fields.extend(baseline.iter().cloned());
    let fields: Vec<_> = fields.into_iter().collect();
    live(&mut snapshot, "baseline.Work:control_tower", &[("arn", "arn:base")], &fields);
    snapshot
}

#[test]
fn a_converged_world_has_an_empty_plan_i4() {
    let plan = plan(GOVERNED, &governed(&[], &[]));
    assert_eq!(ids(&plan), Vec::<&str>::new());
}

#[test]
fn a_failed_or_drifted_landing_zone_is_reset() {
    for (field, value) in [("status", "FAILED"), ("drift", "DRIFTED")] {
        let plan = plan(GOVERNED, &governed(&[(field, json!(value))], &[]));
        assert_eq!(ids(&plan), ["landing_zone:reset"], "{field}");
    }
}

#[test]
fn a_changed_manifest_is_an_update_after_which_every_unit_is_registered_again() {
    let changed = GOVERNED.replace("retention_days: 365", "retention_days: 400");
    let plan = plan(&changed, &governed(&[], &[]));
    assert_eq!(ids(&plan), ["landing_zone:update", "baseline.Work:control_tower:reset"]);
    assert!(waits_for(&plan, "baseline.Work:control_tower:reset", "landing_zone:update").is_some());
    let inputs = &step(&plan, "landing_zone:update").inputs;
    assert_eq!(inputs["version"], json!("4.0"));
    assert_eq!(inputs["manifest"]["config"]["enabled"], json!(true));
}

#[test]
fn an_update_of_a_baseline_takes_the_place_of_its_reset() {
    let old = [("version", json!("4.0")), ("drift", json!("DRIFTED"))];
    let plan = plan(GOVERNED, &governed(&[], &old));
    assert_eq!(ids(&plan), ["baseline.Work:control_tower:update"]);
    assert!(
        step(&plan, "baseline.Work:control_tower:update")
            .inputs
            .contains_key("parameters.IdentityCenterEnabledBaselineArn")
    );
}

#[test]
fn an_account_that_joins_a_registered_unit_has_it_registered_again_or_its_lane_shared() {
    let mut snapshot = governed(&[], &[]);
    let app = snapshot.live.get_mut(&"account.app".parse::<Address>().unwrap()).unwrap();
    app.fields.insert("unit".to_owned(), json!("r-abcd"));
    app.attributes.insert("parent_id".to_owned(), "r-abcd".to_owned());
    let plain = plan(GOVERNED, &snapshot);
    assert_eq!(ids(&plain), ["account.app:move", "baseline.Work:control_tower:reset"]);
    let automatic = GOVERNED.replace("identity_center: true", "identity_center: true\n  auto_enroll: true");
    let zone = snapshot.live.get_mut(&"landing_zone".parse::<Address>().unwrap()).unwrap();
    zone.fields.insert("remediation_types".to_owned(), json!(["INHERITANCE_DRIFT"]));
    let automatic = plan(&automatic, &snapshot);
    assert_eq!(ids(&automatic), ["account.app:move"]);
    assert_eq!(step(&automatic, "account.app:move").also, ["enrolment(Work)"]);
    // The step holds its place until Control Tower has enrolled the account.
    assert_eq!(step(&automatic, "account.app:move").usual_seconds, 300);
    assert_eq!(step(&plain, "account.app:move").usual_seconds, 1);
}

#[test]
fn a_large_unit_that_is_registered_again_for_one_account_is_remarked_on() {
    let mut yaml = GOVERNED.to_owned();
    let more: String = (0..30)
        .map(|n| format!("  w{n}: {{ email: w{n}@example.com, organizational_unit: Work }}\n"))
        .collect();
    yaml.insert_str(yaml.find("accounts:\n").unwrap() + "accounts:\n".len(), &more);
    let mut snapshot = converged(&graph(&yaml));
    let app = snapshot.live.get_mut(&"account.app".parse::<Address>().unwrap()).unwrap();
    app.fields.insert("unit".to_owned(), json!("r-abcd"));
    app.attributes.insert("parent_id".to_owned(), "r-abcd".to_owned());
    let joined = plan(&yaml, &snapshot);
    assert_eq!(ids(&joined), ["account.app:move", "baseline.Work:control_tower:reset"]);
    let remarks = |plan: &Plan| {
        let notes = plan.notes.iter().filter(|note| note.code == "registered-again");
        notes.map(|note| note.message.clone()).collect::<Vec<_>>()
    };
    let said = "it is registered again for the sake of one account, and Control Tower works on all 31 of its \
                accounts, some 72 minutes";
    assert_eq!(remarks(&joined), [said]);
    // Where most of them join, or nobody does, there is nothing to say.
    for n in 0..25 {
        let one = snapshot.live.get_mut(&format!("account.w{n}").parse::<Address>().unwrap()).unwrap();
        one.fields.insert("unit".to_owned(), json!("r-abcd"));
        one.attributes.insert("parent_id".to_owned(), "r-abcd".to_owned());
    }
    assert!(remarks(&plan(&yaml, &snapshot)).is_empty());
    assert!(remarks(&plan(&yaml, &converged(&graph(&yaml)))).is_empty());
}

#[test]
fn a_change_of_version_needs_its_consent_by_name() {
    let snapshot = governed(&[("version", json!("3.3"))], &[]);
    let plan = plan(GOVERNED, &snapshot);
    let missing: Vec<&str> = plan.missing_consents().map(|consent| consent.name.as_str()).collect();
    assert_eq!(missing, ["landing_zone_version.4.0"]);
    let consents = BTreeSet::from(["landing_zone_version.4.0".to_owned()]);
    assert_eq!(make(&graph(GOVERNED), &snapshot, &consents).missing_consents().count(), 0);
}

#[test]
fn an_older_landing_zone_puts_its_own_accounts_into_the_unit_it_makes() {
    let yaml = "version: 1\norganization: { home_region: us-east-1 }\n\
                organizational_units: { Work: { baselines: [control_tower] } }\naccounts:\n  \
                log: { email: log@example.com, organizational_unit: Security }\n  \
                audit: { email: audit@example.com, organizational_unit: Security }\n  \
                app: { email: app@example.com, organizational_unit: Work }\nlanding_zone:\n  \
                version: \"3.3\"\n  integration_unit: Security\n  \
                centralized_logging: { account: log }\n  security_roles: { account: audit }\n";
    // Saying so is no ring: the landing zone waits for the accounts, and the unit comes with it.
    let graph = graph(yaml);
    let place = |account: &str| {
        let address = format!("account.{account}").parse::<Address>().unwrap();
        graph.resources[&address].fields.get("unit").cloned()
    };
    assert_eq!((place("log"), place("audit")), (None, None));
    assert!(place("app").is_some());
}

#[test]
fn a_key_that_only_backups_use_may_be_used_by_the_accounts_they_are_of() {
    let yaml = "version: 1\norganization: { home_region: us-east-1 }\norganizational_units: { Work: {} }\n\
                accounts:\n  admin: { email: admin@example.com }\n  central: { email: central@example.com }\n\
                keys: { copies: { account: central }, local: { account: central }, other: { account: central } }\n\
                backup:\n  administrator: admin\n  local_vault: { name: here, key: local }\n  \
                vaults: { far: { account: central, key: copies } }\n";
    let graph = graph(yaml);
    let policy = |key: &str| {
        let address = format!("key.{key}").parse::<Address>().unwrap();
        graph.resources[&address].fields["policy"].to_string()
    };
    assert!(policy("copies").contains("UseByOrganizationForBackup"), "{}", policy("copies"));
    assert!(policy("local").contains("UseByOrganizationForBackup"), "{}", policy("local"));
    assert!(!policy("other").contains("UseByOrganizationForBackup"), "{}", policy("other"));
}

#[test]
fn what_cannot_be_changed_blocks() {
    let mut snapshot = governed(&[], &[]);
    let role = "service_role.AWSControlTowerAdmin".parse::<Address>().unwrap();
    snapshot.live.get_mut(&role).unwrap().fields.insert("path".to_owned(), json!("/"));
    let plan = plan(GOVERNED, &snapshot);
    let codes: Vec<&str> = plan.blockers().map(|note| note.code.as_str()).collect();
    assert_eq!(codes, ["fixed-field"]);
}

#[test]
fn too_many_accounts_for_the_quota_block() {
    let mut snapshot = nothing_yet();
    snapshot.facts.account_quota = Some(2);
    let plan = plan(&plan_text("minimal"), &snapshot);
    assert!(plan.notes.iter().any(|note| note.code == "account-quota" && note.level == Level::Blocker));
}

#[test]
fn a_unit_is_removed_only_by_name_with_consent_and_after_its_accounts_have_left() {
    let yaml = "version: 1\norganization: { home_region: us-east-1 }\norganizational_units: { New: {} }\n\
                accounts: { app: { email: app@example.com, organizational_unit: New } }\n\
                remove: [organizational_unit.Old]\n";
    let mut snapshot = an_organization();
    for (name, id) in
        [("New", "ou-abcd-11111111"), ("Old", "ou-abcd-22222222"), ("Other", "ou-abcd-33333333")]
    {
        let fields = [("name", json!(name)), ("parent", json!("r-abcd"))];
        live(&mut snapshot, &format!("organizational_unit.{name}"), &[("id", id), ("arn", id)], &fields);
    }
    let email = json!("app@example.com");
    let account = [("name", json!("app")), ("email", email), ("unit", json!("ou-abcd-22222222"))];
    live(
        &mut snapshot,
        "account.app",
        &[("id", "444455556666"), ("parent_id", "ou-abcd-22222222")],
        &account,
    );
    let plan = plan(yaml, &snapshot);
    assert_eq!(ids(&plan), ["account.app:move", "organizational_unit.Old:delete"]);
    assert!(waits_for(&plan, "organizational_unit.Old:delete", "account.app:move").is_some());
    let missing: Vec<&str> = plan.missing_consents().map(|consent| consent.name.as_str()).collect();
    assert_eq!(missing, ["unit_deletion.Old"]);
}

#[test]
fn every_rule_of_order_is_used_and_every_edge_names_one() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut text = String::new();
    for entry in walk(source.as_ref()) {
        text.push_str(&std::fs::read_to_string(entry).unwrap());
    }
    for (id, _) in ordering::all() {
        assert!(text.contains(&format!("\"{id}\"")), "no edge is drawn by the rule {id}");
    }
    for yaml in [plan_text("standard"), GOVERNED.to_owned()] {
        for edge in graph(&yaml).edges {
            assert!(ordering::rule(edge.rule).is_some(), "{} has no row", edge.rule);
        }
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}
