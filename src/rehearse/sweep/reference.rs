//! A landing zone of twenty accounts that uses every kind of step.
//!
//! Out: a document. It is generated so that its size is one number here and no
//! file to keep in step. Absent: anything random.

use std::fmt::Write as _;

/// Accounts besides those of the landing zone itself, so that there are twenty.
const WORKLOADS: usize = 16;
/// Units that hold them.
const UNITS: [&str; 4] = ["Workloads/Prod", "Workloads/Test", "Workloads/Dev", "Sandbox"];

const HEAD: &str = r#"version: 1
organization:
  home_region: eu-central-1
  governed_regions: [eu-central-1, us-east-1]
  access_role: AWSControlTowerExecution
  trusted_access: [ram.amazonaws.com, ssm.amazonaws.com]
organizational_units:
  Security: { baselines: [backup] }
  Workloads: { baselines: [control_tower], tags: { owner: platform } }
  Workloads/Prod: { baselines: [control_tower, backup], tags: { environment: prod } }
  Workloads/Test: { baselines: [control_tower], tags: { environment: test } }
  Workloads/Dev: { baselines: [control_tower], tags: { environment: dev } }
  Sandbox: { baselines: [control_tower] }
  Suspended: {}
keys:
  landing-zone: { account: management }
  backup: { account: central-backup, multi_region: true, regions: governed }
landing_zone:
  version: "4.0"
  integration_unit: Security
  centralized_logging: { account: log-archive, retention_days: 365, key: landing-zone }
  config: { account: audit, retention_days: 365, key: landing-zone }
  security_roles: { account: audit }
  identity_center: true
  backup: { administrator: backup-admin, central: central-backup, key: backup }
  auto_enroll: true
accounts:
"#;

/// The document.
pub(super) fn document() -> String {
    let mut text = HEAD.to_owned();
    for name in ["log-archive", "audit", "backup-admin", "central-backup"] {
        let _ =
            writeln!(text, "  {name}: {{ email: aws+{name}@example.com, organizational_unit: Security }}");
    }
    for (number, unit) in (0..WORKLOADS).zip(UNITS.iter().cycle()) {
        let _ = write!(
            text,
            "  app-{number:02}:\n    email: aws+app-{number:02}@example.com\n    organizational_unit: {unit}\n    \
             tags: {{ owner: team-{number:02} }}\n    alternate_contacts:\n"
        );
        for contact in ["billing", "operations", "security"] {
            let _ = writeln!(
                text,
                "      {contact}: {{ name: Desk {number:02}, title: On call, email: {contact}@example.com, phone: \"+49-30-0000\" }}"
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::target::Target;
    use crate::model::Kind;

    #[test]
    fn the_generated_document_is_valid_and_has_twenty_accounts() {
        let target = Target::reference().unwrap();
        let accounts = target.wanted.iter().filter(|resource| resource.address.kind == Kind::Account);
        assert_eq!(accounts.count(), 20);
    }
}
