//! Promises of backups against what there is to recover from.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lzctl::diff::promises::{Judgement, Known, Promises, Standing, judge};
use lzctl::observe::recovery::{Evidence, Place, RecoveryPoint, Restore, Source, Vault};
use lzctl::report::{Paint, promises_text};

use super::documents::spec;

const DOCUMENT: &str = r#"
version: 1
organization: { home_region: eu-central-1 }
organizational_units: { Prod: {} }
accounts:
  central: { email: central@example.com }
  app: { email: app@example.com, organizational_unit: Prod }
backup:
  cross_account: true
  vaults:
    central: { account: central, allow_copies_from: organization, lock: { mode: compliance, grace_days: 7 } }
  plans:
    daily: { targets: [Prod], schedule: "cron(0 1 ? * * *)", select_tag: { backup: daily }, delete_after_days: 14,
             copy_to: { vault: central, delete_after_days: 90 }, recovery_point_within: PT36H }
  restore_testing:
    weekly: { account: central, schedule: "cron(0 3 ? * SUN *)", vaults: [central], resource_types: [EBS, S3] }
"#;

const VOLUME: &str = "arn:aws:ec2:eu-central-1:222222222222:volume/vol-1";

fn now() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().unwrap()
}

fn ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

fn place(account: &str) -> Place {
    (Some(account.to_owned()), "eu-central-1".parse().unwrap())
}

fn copy(resource: &str, hours: i64) -> RecoveryPoint {
    RecoveryPoint {
        resource: resource.to_owned(),
        sort: "EBS".to_owned(),
        account: Some("222222222222".to_owned()),
        at: ago(hours),
    }
}

fn restored(status: &str, validation: Option<&str>, hours: i64) -> Restore {
    Restore {
        sort: "EBS".to_owned(),
        status: status.to_owned(),
        message: Some("AWS's words".to_owned()),
        validation: validation.map(str::to_owned),
        begun: ago(hours) - SignedDuration::from_mins(20),
        ended: Some(ago(hours)),
    }
}

/// A world in which every promise is kept.
fn kept() -> Evidence {
    let vault = Vault {
        locked: true,
        immutable_since: Some(ago(1)),
        air_gapped: false,
        points: vec![copy(VOLUME, 12)],
        key: Some(Ok(Some("Enabled".to_owned()))),
    };
    let source = Source { arn: VOLUME.to_owned(), sort: "EBS".to_owned(), last: Some(ago(12)) };
    Evidence {
        vaults: [((place("111111111111"), "central".to_owned()), Ok(Some(vault)))].into(),
        tests: [((place("111111111111"), "arn:plan".to_owned()), Ok(vec![restored("COMPLETED", None, 30)]))]
            .into(),
        sources: [(place("222222222222"), Ok(vec![source]))].into(),
        invalid_policies: Some(Ok(BTreeMap::new())),
    }
}

fn judged(evidence: &Evidence) -> Judgement {
    let ids = [("central", "111111111111"), ("app", "222222222222")];
    let accounts = ids.map(|(name, id)| (name.to_owned(), id.to_owned())).into();
    let tests = [("weekly/eu-central-1".to_owned(), "arn:plan".to_owned())].into();
    judge(&Promises::of(&spec(DOCUMENT)), evidence, &Known { accounts, tests }, now())
}

fn vault(evidence: &mut Evidence) -> &mut Vault {
    evidence.vaults.values_mut().next().unwrap().as_mut().unwrap().as_mut().unwrap()
}

fn why(standing: &Standing) -> Option<&str> {
    match standing {
        Standing::Broken(why) => Some(why),
        Standing::Kept => None,
    }
}

fn broken(judgement: &Judgement) -> Vec<&str> {
    let accounts = judgement.accounts.iter().map(|one| &one.standing);
    let vaults = judgement.vaults.iter().map(|one| &one.standing);
    let tests = judgement.tests.iter().map(|one| &one.standing);
    accounts.chain(vaults).chain(tests).filter_map(why).collect()
}

#[test]
fn where_copies_are_young_vaults_locked_and_tests_passed_every_promise_is_kept() {
    let judgement = judged(&kept());
    assert_eq!((broken(&judgement), judgement.broken(), judgement.promises()), (vec![], 0, 4));
    let test = &judgement.tests[0];
    assert_eq!((test.seconds, test.ended), (Some(1200), Some(ago(30))));
    assert!(judgement.unprotected.is_empty());
}

#[test]
fn a_stale_copy_is_found() {
    let mut evidence = kept();
    vault(&mut evidence).points = vec![copy(VOLUME, 40), copy(VOLUME, 60)];
    let judgement = judged(&evidence);
    assert_eq!(broken(&judgement), ["the newest is 40 hours old"]);
    assert_eq!(judgement.unprotected[0].why, "backed up in its account, not copied");
}

#[test]
fn an_account_without_any_copy_is_found_although_another_has_one() {
    let mut evidence = kept();
    vault(&mut evidence).points[0].account = Some("333333333333".to_owned());
    assert_eq!(broken(&judged(&evidence)), ["there is no recovery point"]);
}

#[test]
fn one_resource_without_a_copy_is_found_behind_another_that_has_one() {
    let mut evidence = kept();
    let other = Source { arn: format!("{VOLUME}2"), sort: "EBS".to_owned(), last: Some(ago(12)) };
    let gone = Source { arn: format!("{VOLUME}3"), sort: "EBS".to_owned(), last: Some(ago(900)) };
    evidence.sources.values_mut().next().unwrap().as_mut().unwrap().extend([other, gone]);
    let judgement = judged(&evidence);
    assert_eq!(broken(&judgement), ["1 resource has no copy as young"]);
    let told: Vec<&str> = judgement.unprotected.iter().map(|one| one.why.as_str()).collect();
    assert_eq!(
        told,
        [
            "backed up in its account, not copied",
            "not backed up any more: deleted, without its tag, or its backups fail"
        ]
    );
}

#[test]
fn an_unlocked_vault_and_one_whose_lock_can_be_taken_away_are_found() {
    let mut evidence = kept();
    vault(&mut evidence).immutable_since = None;
    assert_eq!(broken(&judged(&evidence)), ["its lock can be taken away"]);
    vault(&mut evidence).locked = false;
    assert_eq!(broken(&judged(&evidence)), ["it is not locked"]);
    let mut gone = kept();
    *gone.vaults.values_mut().next().unwrap() = Ok(None);
    assert_eq!(broken(&judged(&gone)), ["there is no such vault", "there is no such vault"]);
}

#[test]
fn a_key_that_does_not_work_is_found_at_once_whatever_lock_there_is() {
    let mut evidence = kept();
    vault(&mut evidence).key = Some(Ok(Some("Disabled".to_owned())));
    assert_eq!(broken(&judged(&evidence)), ["its key is Disabled: nothing in the vault can be restored"]);
    vault(&mut evidence).key = Some(Ok(None));
    assert_eq!(broken(&judged(&evidence)), ["its key is gone: nothing in the vault can be restored"]);
}

#[test]
fn a_failed_an_invalid_and_an_old_restore_test_are_found() {
    let mut evidence = kept();
    let mut last = |job: Restore| {
        let jobs = vec![restored("COMPLETED", None, 400), job];
        *evidence.tests.values_mut().next().unwrap() = Ok(jobs);
        broken(&judged(&evidence)).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(last(restored("FAILED", None, 30)), ["the last one is FAILED: AWS's words"]);
    assert_eq!(last(restored("COMPLETED", Some("FAILED"), 30)), ["what was restored was found invalid"]);
    assert_eq!(last(restored("COMPLETED", Some("SUCCESSFUL"), 200)), ["the last one ended 200 hours ago"]);
    assert!(last(restored("COMPLETED", Some("SUCCESSFUL"), 30)).is_empty());
    // Nobody has to validate: a restore that nobody spoke about is one that worked.
    assert!(last(restored("COMPLETED", Some("TIMED_OUT"), 30)).is_empty());
    *evidence.tests.values_mut().next().unwrap() = Ok(Vec::new());
    assert_eq!(broken(&judged(&evidence)), ["none has run yet"], "of S3 there is nothing to restore");
}

#[test]
fn what_aws_finds_wrong_with_the_policy_of_an_account_is_a_broken_promise() {
    let mut evidence = kept();
    let errors = [("222222222222".to_owned(), vec!["no vault (at plans/daily)".to_owned()])];
    evidence.invalid_policies = Some(Ok(errors.into()));
    let judgement = judged(&evidence);
    assert_eq!(judgement.broken(), 1);
    assert!(
        judgement.invalid_policies[0].starts_with("the backup policies of app make no valid whole: no vault")
    );
}

#[test]
fn the_table_says_of_each_promise_whether_it_is_kept() {
    let mut evidence = kept();
    vault(&mut evidence).points = vec![copy(VOLUME, 100)];
    let text = promises_text::render(&judged(&evidence), Paint::PLAIN);
    let expected = "\
Copies
          plan   account  region        vault    newest copy  promised  resources
  broken  daily  app      eu-central-1  central  4 d          36 h      1
          the newest is 100 hours old

Vaults
          vault    account  region        lock                        copies
  kept    central  central  eu-central-1  immutable since 2026-11-28  1

Restore tests
          plan    region        type  last              took    validation
  kept    weekly  eu-central-1  EBS   2026-11-27 06:00  20 min  -
  kept    weekly  eu-central-1  S3    none              -       -

Without protection
  app
    eu-central-1  arn:aws:ec2:eu-central-1:222222222222:volume/vol-1 (EBS): backed up in its account, not copied

Promises: 4, 3 kept, 1 broken.
";
    assert_eq!(text, expected);
}
