//! Backups as Control Tower integrates them: two accounts, one key, and what comes after what.

use super::*;

fn first_plan() -> Plan {
    let yaml = plan_text("ransomware-ready");
    let graph = graph(&yaml);
    virtual_runtime().expect("a runtime").block_on(async {
        let bench = Bench::open(&setting(&yaml), None).await.expect("a bench");
        let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
        let seen = Box::pin(survey(&bench.connection, &wanted)).await.expect("a snapshot");
        make(&graph, &seen, &spec(&yaml).consents)
    })
}

/// The place of a step; its id may go on behind this.
fn at(plan: &Plan, id: &str) -> usize {
    let found = steps(plan).iter().position(|step| step.starts_with(id));
    found.unwrap_or_else(|| panic!("{id}: {:#?}", steps(plan)))
}

#[test]
fn two_accounts_and_a_key_with_a_replica_and_its_policy_in_every_region_come_before_the_landing_zone() {
    let plan = first_plan();
    let zone = at(&plan, "landing_zone:create");
    for first in [
        "account.backup-admin:create",
        "account.backup-admin:move",
        "account.central-backup:create",
        "account.central-backup:move",
        "key.backup:create",
        "key.backup:replicate[eu-west-1]",
    ] {
        assert!(at(&plan, first) < zone, "{first}");
    }
    let inputs = |id: &str| format!("{:?}", plan.steps[at(&plan, id)].inputs);
    let replica = inputs("key.backup:replicate[eu-west-1]");
    assert!(replica.contains("replica_policies.eu-west-1"), "{replica}");
    // Nothing enrols the two before: the unit they are in has no baseline but that of backups, which comes later.
    let enrolling: Vec<&str> =
        steps(&plan).into_iter().take(zone).filter(|step| step.starts_with("baseline.")).collect();
    assert_eq!(enrolling, Vec::<&str>::new());
    let manifest = inputs("landing_zone:create");
    for said in ["backupAdmin", "centralBackup", "kmsKeyArn"] {
        assert!(manifest.contains(said), "{said}: {manifest}");
    }
}

#[test]
fn the_baseline_of_backups_follows_the_landing_zone_and_that_of_control_tower() {
    let plan = first_plan();
    let of_prod = at(&plan, "baseline.Workloads/Prod:backup:create");
    assert!(at(&plan, "baseline.Workloads/Prod:control_tower:create") < of_prod);
    let of_security = at(&plan, "baseline.Security:backup:create");
    assert!(at(&plan, "landing_zone:create") < of_prod.min(of_security));
}

#[test]
fn roles_of_aws_backup_come_before_the_policies_that_need_them() {
    let plan = first_plan();
    let attached = at(&plan, "policy.backup-daily:attach");
    // The switch has AWS make the service-linked role.
    let switch = &plan.steps[at(&plan, "backup_settings:set")];
    assert_eq!(switch.inputs.get("delegated_administrator"), Some(&serde_json::json!(true)));
    for first in [
        "backup_settings:set",
        "service_role.organization-backup/payments-prod:create",
        "service_role.organization-backup/orders-prod:create",
    ] {
        assert!(at(&plan, first) < attached, "{first}");
    }
    let world = rehearsed(SMALL).world;
    let roles = serde_json::to_string(&world).expect("a world");
    assert!(roles.contains("AWSServiceRoleForBackup"), "the service-linked role is there");
}
