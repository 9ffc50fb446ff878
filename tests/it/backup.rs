//! Backups that survive the accounts they are of, on the simulated AWS.

mod landing_zone;
mod last_resort;
mod left_alone;

use std::time::Duration;

use lzctl::model::Resource;
use lzctl::observe::{Snapshot, survey};
use lzctl::plan::document::Level;
use lzctl::plan::{Plan, make};
use lzctl::rehearse::{Bench, Rehearsal, rehearse, virtual_runtime};
use lzctl::sim::caller::{Answer, Asker};
use lzctl::sim::{Act, Settings, Simulator, World};
use serde_json::{Value, json};

use super::documents::{graph, plan_text, spec};
use super::rehearsal::{rehearsed, setting};

/// A small organization with a central vault, without Control Tower.
const SMALL: &str = r#"
version: 1
organization: { home_region: eu-central-1, governed_regions: [eu-central-1, eu-west-1] }
organizational_units: { Security: {}, Prod: {} }
accounts:
  backup-admin: { email: admin@example.com, organizational_unit: Security }
  central: { email: central@example.com, organizational_unit: Security }
  app: { email: app@example.com, organizational_unit: Prod }
keys: { backup: { account: central, multi_region: true, regions: governed } }
backup:
  administrator: backup-admin
  cross_account: true
  opt_in: [EBS, DynamoDB]
  local_vault: { key: backup }
  vaults:
    central:
      account: central
      key: backup
      allow_copies_from: [Prod]
      lock: { mode: compliance, min_retention_days: 7, max_retention_days: 400, grace_days: 7 }
  plans:
    daily: { targets: [Prod], schedule: "cron(0 1 ? * * *)", select_tag: { backup: daily }, delete_after_days: 14,
             copy_to: { vault: central, delete_after_days: 90 } }
consents: [vault_lock.central]
"#;

const DAY: Duration = Duration::from_secs(86_400);

fn again(yaml: &str, world: World) -> Rehearsal {
    let consents = spec(yaml).consents.into_iter().collect();
    rehearse(&graph(yaml), &setting(yaml), Some(world), &consents, &mut |_, _, _| {}).expect("a rehearsal")
}

/// The plan made now, and what it was made from, after some time has passed.
fn planned(yaml: &str, world: World, later: Duration) -> (Plan, Snapshot, World) {
    let graph = graph(yaml);
    virtual_runtime().expect("a runtime").block_on(async {
        let bench = Bench::open(&setting(yaml), Some(world)).await.expect("a bench");
        bench.simulator.advance(later);
        let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
        let seen = Box::pin(survey(&bench.connection, &wanted)).await.expect("a snapshot");
        let consents = ["vault_lock.central".to_owned()].into();
        (make(&graph, &seen, &consents), seen, bench.simulator.world())
    })
}

/// A world in which an account asks AWS Backup, in the home Region.
struct Asked {
    simulator: Simulator,
    account: String,
}

impl Asked {
    fn of(world: World, account: &str) -> Self {
        let settings = Settings { account: world.account.clone(), ..Settings::default() };
        Self { simulator: Simulator::from_world(world, settings), account: account.to_owned() }
    }

    fn asks(&self, operation: &str, input: &Value) -> Answer {
        let asker = Asker { key: &self.account, token: None, region: "eu-central-1" };
        let runtime = virtual_runtime().expect("a runtime");
        let answer = runtime.block_on(self.simulator.ask(asker, "backup", operation, input));
        answer.expect("an answer")
    }

    fn answers(&self, operation: &str, input: Value) -> Value {
        let answer = self.asks(operation, &input);
        assert_eq!(answer.code(), None, "{operation}: {}", answer.text);
        answer.json()
    }

    /// The code of a refusal.
    fn refused(&self, operation: &str, input: Value) -> String {
        let answer = self.asks(operation, &input);
        answer.code().unwrap_or_else(|| panic!("{operation} succeeded: {}", answer.text))
    }

    /// There is data in an account that the daily plan backs up.
    fn has_data(&self, account: &str, kind: &str, name: &str) {
        let act = Act::AddData {
            account: account.to_owned(),
            region: "eu-central-1".to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            tags: [("backup".to_owned(), "daily".to_owned())].into(),
            bytes: 1 << 30,
        };
        let now = self.simulator.now();
        assert!(self.simulator.change(|world| act.carry_out(world, now)));
    }

    fn world(&self) -> World {
        self.simulator.world()
    }

    fn later(&self, time: Duration) -> World {
        let _runtime = virtual_runtime().expect("a runtime");
        self.simulator.advance(time);
        self.simulator.world()
    }
}

fn steps(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.id.0.as_str()).collect()
}

fn notes<'p>(plan: &'p Plan, code: &str) -> Vec<(Level, &'p str)> {
    let coded = plan.notes.iter().filter(|note| note.code == code);
    coded.map(|note| (note.level, note.message.as_str())).collect()
}

#[test]
fn what_makes_an_organization_recoverable_is_set_up_and_then_there_is_nothing_left_to_do_i4() {
    let rehearsal = rehearsed(SMALL);
    assert!(rehearsal.succeeded(), "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
    let left = steps(&rehearsal.second_plan);
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn a_plan_comes_into_force_after_everything_that_its_backups_need() {
    let plan = rehearsed(SMALL).plan;
    let at = |id: &str| steps(&plan).iter().position(|step| *step == id).unwrap_or_else(|| panic!("{id}"));
    let attached = at("policy.backup-daily:attach[Prod]");
    for first in [
        "backup_settings:set",
        "backup_opt_in.eu-west-1:opt_in",
        "delegated_administrator.backup:register[backup.amazonaws.com/backup-admin]",
        "resource_policy:create",
        "service_role.organization-backup/app:create",
        "backup_vault.organization-backup/app/eu-west-1:create",
        "backup_vault.central/eu-west-1:lock",
    ] {
        assert!(at(first) < attached, "{first}");
    }
}

#[test]
fn a_lock_for_compliance_needs_a_consent_by_the_name_of_the_vault_i10() {
    let unconsented = SMALL.replace("consents: [vault_lock.central]", "");
    let rehearsal = rehearsed(&unconsented);
    assert!(rehearsal.outcome.is_none(), "nothing is applied");
    let asked: Vec<&str> = rehearsal.plan.missing_consents().map(|consent| consent.name.as_str()).collect();
    assert_eq!(asked, ["vault_lock.central"], "one consent for both Regions");
    assert!(!notes(&rehearsal.plan, "vault-lock-grace").is_empty());
    assert!(notes(&rehearsal.plan, "vault-key")[0].1.contains("a lock does not protect the key"));
}

#[test]
fn when_the_grace_has_passed_the_lock_is_for_ever_and_is_never_sent_again() {
    let rehearsal = rehearsed(SMALL);
    let (during, _, world) = planned(SMALL, rehearsal.world, DAY);
    assert_eq!(steps(&during), Vec::<&str>::new());
    let (after, seen, _) = planned(SMALL, world, 7 * DAY);
    assert_eq!(steps(&after), Vec::<&str>::new());
    let settled = notes(&after, "vault-locked");
    assert_eq!(settled.len(), 2, "{settled:?}");
    assert!(settled.iter().all(|(level, _)| *level == Level::Info));
    assert!(seen.facts.vault_locks.values().all(|lock| lock.since.is_some()));
}

#[test]
fn a_lock_that_somebody_else_made_is_taken_as_it_is_and_other_numbers_are_refused() {
    let rehearsal = rehearsed(SMALL);
    // Whoever imports it does not know what grace there once was.
    let imported = SMALL.replace("grace_days: 7", "grace_days: 30");
    let (same, _, world) = planned(&imported, rehearsal.world, 30 * DAY);
    assert_eq!(steps(&same), Vec::<&str>::new());
    let shorter = SMALL.replace("min_retention_days: 7", "min_retention_days: 3");
    let (refused, _, world) = planned(&shorter, world, DAY);
    let blocked = notes(&refused, "vault-locked");
    assert_eq!(blocked.len(), 2, "one in each Region: {:?}", refused.notes);
    assert!(blocked.iter().all(|(level, words)| {
        *level == Level::Blocker && words.contains("a minimum of 7 and a maximum of 400 days")
    }));
    let weaker = SMALL.replace("mode: compliance", "mode: governance").replace(", grace_days: 7", "");
    let (kept, ..) = planned(&weaker, world, DAY);
    assert_eq!(steps(&kept), Vec::<&str>::new(), "what is stricter is left alone");
}

#[test]
fn retention_outside_a_live_lock_is_refused_with_its_numbers() {
    let rehearsal = rehearsed(SMALL);
    let unsaid = SMALL
        .replace("      lock: { mode: compliance, min_retention_days: 7, max_retention_days: 400, grace_days: 7 }\n", "")
        .replace("delete_after_days: 90", "delete_after_days: 401");
    let (plan, ..) = planned(&unsaid, rehearsal.world, DAY);
    let refused = notes(&plan, "retention-outside-lock");
    assert_eq!(refused.len(), 2, "{:?}", plan.notes);
    assert!(refused[0].1.contains("401 days, and its lock wants at most 400"), "{refused:?}");
    assert!(refused.iter().all(|(level, _)| *level == Level::Blocker));
}

#[test]
fn a_governance_lock_needs_no_consent_and_can_become_one_for_compliance() {
    let governed = SMALL
        .replace("mode: compliance", "mode: governance")
        .replace(", grace_days: 7", "")
        .replace("consents: [vault_lock.central]", "");
    let first = rehearsed(&governed);
    assert!(first.succeeded(), "{:#?}", first.outcome.map(|outcome| outcome.causes));
    assert!(first.plan.consents.is_empty());
    let longer = governed.replace("min_retention_days: 7", "min_retention_days: 14");
    let second = again(&longer, first.world);
    assert!(second.succeeded());
    assert!(steps(&second.plan).iter().all(|step| step.ends_with(":govern")), "{:?}", steps(&second.plan));
    let third = again(&SMALL.replace("min_retention_days: 7", "min_retention_days: 14"), second.world);
    assert!(third.succeeded(), "{:#?}", third.outcome.map(|outcome| outcome.causes));
    let locked = ["backup_vault.central/eu-central-1:lock", "backup_vault.central/eu-west-1:lock"];
    assert_eq!(steps(&third.plan), locked);
}

#[test]
fn what_somebody_adds_to_the_policy_of_the_central_vault_is_taken_out_again() {
    let rehearsal = rehearsed(SMALL);
    let open = SMALL.replace("allow_copies_from: [Prod]", "allow_copies_from: organization");
    let opened = again(&open, rehearsal.world);
    assert!(opened.succeeded(), "{:#?}", opened.outcome.map(|outcome| outcome.causes));
    let closed = again(SMALL, opened.world);
    let expected =
        ["backup_vault.central/eu-central-1:put_policy", "backup_vault.central/eu-west-1:put_policy"];
    assert_eq!(steps(&closed.plan), expected);
    assert!(closed.succeeded());
}

#[test]
fn an_account_that_joins_later_gets_its_role_and_vaults_before_anything_else_of_it_is_backed_up() {
    let rehearsal = rehearsed(SMALL);
    let more =
        SMALL.replace("  app: {", "  late: { email: late@example.com, organizational_unit: Prod }\n  app: {");
    let joined = again(&more, rehearsal.world);
    assert!(joined.succeeded(), "{:#?}", joined.outcome.map(|outcome| outcome.causes));
    let of_backup: Vec<&str> =
        steps(&joined.plan).into_iter().filter(|step| step.contains("organization-backup")).collect();
    assert!(of_backup.iter().all(|step| step.contains("/late")), "{of_backup:?}");
    assert_eq!(of_backup.iter().filter(|step| step.ends_with(":create")).count(), 3, "{of_backup:?}");
}

#[test]
fn what_aws_finds_wrong_with_a_backup_policy_of_an_account_is_told_by_the_plan() {
    let rehearsal = rehearsed(SMALL);
    // Somebody attaches another backup policy, which lacks its selections.
    let broken = SMALL.replace(
        "backup:\n  administrator",
        "policies:\n  stray:\n    type: backup\n    targets: [Prod]\n    document: { plans: { stray: { regions: { \"@@assign\": \
         [eu-central-1] }, rules: { r: { schedule_expression: { \"@@assign\": \"cron(0 5 ? * * *)\" }, \
         target_backup_vault_name: { \"@@assign\": organization-backup } } } } } }\nbackup:\n  administrator",
    );
    let applied = again(&broken, rehearsal.world);
    assert!(applied.succeeded(), "{:#?}", applied.outcome.map(|outcome| outcome.causes));
    let (plan, ..) = planned(SMALL, applied.world, DAY);
    let told = notes(&plan, "backup-policy-invalid");
    assert_eq!(told.len(), 1, "{:?}", plan.notes);
    assert!(told[0].1.contains("make no valid whole") && told[0].1.contains("selections"), "{told:?}");
}

#[test]
fn the_whole_of_a_ransomware_ready_organization_is_rehearsed_and_then_there_is_nothing_left_to_do_i4() {
    let rehearsal = rehearsed(&plan_text("ransomware-ready"));
    assert!(rehearsal.succeeded(), "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
    let left = steps(&rehearsal.second_plan);
    assert!(left.is_empty(), "{left:#?}");
}
