//! What a document asks for is named in the document of its world.
//!
//! In: the worlds after some plans, and after the document that no plan has. Out: that an export of it
//! says of vaults, proofs, rules, packs, stack sets, policies, trails and aggregators what the document
//! itself says.

use super::*;
use crate::export::config::UNTOLD;
use crate::spec::backup::{Backup, Lock, Vault, VaultSort};

/// What a plan says, and what an export of its world says.
fn both(name: &str) -> (Spec, Round) {
    let folder = plans().join(name);
    let input = |name: &str| Input::new(name, std::fs::read(folder.join(name)).expect("a file"));
    let wanted = parse_with(vec![input(DOCUMENT)], &mut |path| input(path)).expect("a valid document").spec;
    (wanted, of_world(name))
}

/// What an export of a world says.
fn of_world(name: &str) -> Round {
    let planned = PLANNED.iter().find(|one| one.name == name).expect("the plan");
    let runtime = virtual_runtime().expect("a runtime");
    runtime.block_on(async {
        let simulator = simulated(&planned.world, &planned.home);
        round(&simulator, &planned.home).await
    })
}

#[test]
fn what_stands_against_ransomware_is_named_in_the_document_of_its_world() {
    let (wanted, round) = both("ransomware-ready");
    let (wanted, found) = (wanted.backup.expect("the section"), round.spec.backup.expect("the section"));
    assert_eq!(found.cross_account, wanted.cross_account);
    let opted = found.opt_in.is_superset(&wanted.opt_in);
    assert!(opted && found.full_management.is_superset(&wanted.full_management));
    assert_eq!(found.vaults.keys().collect::<Vec<_>>(), wanted.vaults.keys().collect::<Vec<_>>());
    for (name, vault) in &wanted.vaults {
        same_vault(&found.vaults[name], vault);
    }
    same_proofs(&found, &wanted);
}

fn same_vault(found: &Vault, wanted: &Vault) {
    let plain = |one: &Vault| {
        let text = |copies| format!("{copies:?}");
        (one.account.clone(), one.regions.clone(), one.key.is_some(), text(&one.copies_from))
    };
    assert_eq!(plain(found), plain(wanted));
    match (&found.sort, &wanted.sort) {
        (VaultSort::Standard(found), VaultSort::Standard(wanted)) => {
            // The grace that a lock was given AWS does not tell.
            let limits = |lock: &Option<Lock>| {
                lock.map(|lock| (lock.grace_days.is_some(), lock.min_days, lock.max_days))
            };
            assert_eq!(limits(found), limits(wanted));
        }
        (found, wanted) => assert_eq!(format!("{found:?}"), format!("{wanted:?}")),
    }
}

fn same_proofs(found: &Backup, wanted: &Backup) {
    for (name, test) in &wanted.restore_testing {
        let live = &found.restore_testing[name];
        assert_eq!(
            (&live.account, &live.regions, &live.vaults),
            (&test.account, &test.regions, &test.vaults)
        );
        assert_eq!((&live.schedule, &live.types), (&test.schedule, &test.types), "{name}");
        assert_eq!((live.window_days, live.validation_hours), (test.window_days, test.validation_hours));
    }
    for (name, report) in &wanted.reports {
        let live = &found.reports[name];
        assert_eq!(
            (&live.administrator, &live.template),
            (&report.administrator, &report.template),
            "{name}"
        );
        assert_eq!((&live.bucket, &live.formats), (&report.bucket, &report.formats), "{name}");
    }
    for (name, framework) in &wanted.frameworks {
        let live = &found.frameworks[name];
        assert_eq!((&live.account, &live.regions), (&framework.account, &framework.regions), "{name}");
        assert_eq!(
            (&live.description, &live.controls),
            (&framework.description, &framework.controls),
            "{name}"
        );
    }
}

#[test]
fn four_types_of_controls_are_named_in_the_document_of_their_world() {
    let (wanted, round) = both("four-controls");
    for (name, set) in &wanted.stack_sets {
        let live = &round.spec.stack_sets[name];
        assert_eq!((&live.template, &live.parameters), (&set.template, &set.parameters), "{name}");
        assert_eq!((&live.targets, &live.regions), (&set.targets, &set.regions), "{name}");
        assert_eq!(
            (&live.capabilities, live.auto_deployment),
            (&set.capabilities, set.auto_deployment),
            "{name}"
        );
    }
    let (wanted, found) = (wanted.security.expect("the section"), round.spec.security.expect("the section"));
    let (wanted_config, config) = (wanted.config.expect("Config"), found.config.expect("Config"));
    assert_eq!(config.administrator, wanted_config.administrator);
    for (name, rule) in &wanted_config.rules {
        let live = &config.rules[name];
        assert_eq!((&live.definition, &live.exclude), (&rule.definition, &rule.exclude), "{name}");
    }
    for (name, pack) in &wanted_config.packs {
        assert_eq!(config.packs[name].exclude, pack.exclude, "{name}");
        let alone = |(address, why): (&String, &String)| address.contains(name) && why == UNTOLD;
        assert!(round.exported.left_alone.iter().any(alone), "{name}: {:?}", round.exported.left_alone);
    }
    let (wanted, found) = (wanted.firewall_manager.expect("it"), found.firewall_manager.expect("it"));
    for (name, policy) in &wanted.policies {
        let live = &found.policies[name];
        assert_eq!((&live.kind, &live.resources), (&policy.kind, &policy.resources), "{name}");
        assert_eq!((&live.targets, live.remediate), (&policy.targets, policy.remediate), "{name}");
        assert_eq!(live.data, policy.data, "{name}");
    }
}

#[test]
fn rules_that_change_findings_are_named_in_the_document_of_their_world() {
    let (wanted, round) = both("detect");
    let hub = |spec: Spec| spec.security.expect("the section").security_hub.expect("it").automation_rules;
    let (wanted, found) = (hub(wanted), hub(round.spec));
    for (name, rule) in &wanted {
        let live = &found[name];
        assert_eq!((live.order, &live.description), (rule.order, &rule.description), "{name}");
        assert_eq!((&live.criteria, &live.accounts), (&rule.criteria, &rule.accounts), "{name}");
        assert_eq!(live.set, rule.set, "{name}");
    }
}

#[test]
fn trails_and_what_collects_are_named_in_the_document_of_their_world() {
    let wanted = written::spec(written::TEXT).security.expect("the section");
    let round = of_world("written");
    let found = round.spec.security.expect("the section");
    assert_eq!(found.trails.keys().collect::<Vec<_>>(), wanted.trails.keys().collect::<Vec<_>>());
    for (name, trail) in &wanted.trails {
        let live = &found.trails[name];
        assert_eq!(
            (&live.bucket, &live.prefix, &live.key),
            (&trail.bucket, &trail.prefix, &trail.key),
            "{name}"
        );
        assert_eq!((live.validation, live.every_region), (trail.validation, trail.every_region), "{name}");
    }
    let (wanted, found) = (wanted.config.expect("Config"), found.config.expect("Config"));
    assert_eq!(found.administrator, wanted.administrator);
    let (wanted, found) = (wanted.aggregator.expect("it"), found.aggregator.expect("it"));
    assert_eq!((&found.name, &found.role), (&wanted.name, &wanted.role));
    assert_eq!(found.regions, wanted.regions);
}
