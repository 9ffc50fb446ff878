//! Logically air-gapped vaults: shared by RAM, guarded by a team.

use lzctl::model::Address;
use lzctl::model::Kind;

use super::*;

const VAULT: &str = r#"    last-resort:
      account: central
      regions: [eu-central-1]
      type: logically_air_gapped
      min_retention_days: 30
      max_retention_days: 400
      allow_copies_from: [Prod]
      share_with: [backup-admin, organization]
"#;

fn with_vault(more: &str) -> String {
    SMALL.replace("  vaults:\n", &format!("  vaults:\n{VAULT}{more}")).replace(
        "consents: [vault_lock.central]",
        "consents: [vault_lock.central, air_gapped_vault.last-resort]",
    )
}

#[test]
fn an_air_gapped_vault_needs_a_consent_and_is_shared_with_whom_the_document_names() {
    let yaml = with_vault("");
    let refused = rehearsed(&yaml.replace(", air_gapped_vault.last-resort", ""));
    assert!(refused.outcome.is_none(), "nothing is applied");
    let asked: Vec<&str> = refused.plan.missing_consents().map(|consent| consent.name.as_str()).collect();
    assert_eq!(asked, ["air_gapped_vault.last-resort"]);
    let rehearsal = rehearsed(&yaml);
    assert!(rehearsal.succeeded(), "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
    assert_eq!(steps(&rehearsal.second_plan), Vec::<&str>::new());
    let admin = rehearsal.snapshot.live[&Address::new(Kind::Account, "backup-admin")].attribute("id");
    let asked = Asked::of(rehearsal.world, admin.expect("an id"));
    // RAM takes a moment until those it shares with see something.
    asked.later(Duration::from_secs(60));
    let shared = asked.answers("ListBackupVaults", json!({ "shared": true }));
    assert_eq!(shared["BackupVaultList"][0]["BackupVaultName"], "last-resort", "{shared}");
}

#[test]
fn a_team_is_appointed_once_approval_is_switched_on_and_is_not_appointed_again() {
    let without = rehearsed(&with_vault(""));
    let central = without.snapshot.live[&Address::new(Kind::Account, "central")].attribute("id");
    let arn = format!("arn:aws:mpa:eu-central-1:{}:approval-team/recovery", central.expect("an id"));
    let team = format!("      approval_team: {arn}\n");
    let yaml = with_vault(&team)
        .replace("  cross_account: true\n", "  cross_account: true\n  multi_party_approval: true\n");
    let with = again(&yaml, without.world);
    assert!(with.succeeded(), "{:#?}", with.outcome.map(|outcome| outcome.causes));
    let expected = ["backup_settings:set", "air_gapped_vault.last-resort/eu-central-1:appoint_approvers"];
    assert_eq!(steps(&with.plan), expected);
    assert_eq!(steps(&with.second_plan), Vec::<&str>::new());
    let other = yaml.replace("approval-team/recovery", "approval-team/board");
    let asked = again(&other, with.world);
    assert!(asked.succeeded(), "{:#?}", asked.outcome.map(|outcome| outcome.causes));
    assert_eq!(steps(&asked.plan), ["air_gapped_vault.last-resort/eu-central-1:appoint_approvers"]);
    assert_eq!(steps(&asked.second_plan), Vec::<&str>::new(), "the present team is asked once");
    let told = asked.second_plan.notes.iter().map(|note| note.message.as_str()).collect::<Vec<_>>();
    assert!(told.iter().any(|text| text.contains("approval-team/recovery")), "{told:?}");
}
