//! The accounts a plan creates must fit the organization's quota.
//!
//! The default is 10 and new organizations may have less; closed accounts and
//! invitations count (Organizations User Guide, quotas; traps 9 and 32).

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;

/// What makes the accounts more; an invitation counts from the moment it is sent.
const NEW: [&str; 2] = ["organizations:CreateAccount", "organizations:InviteAccountToOrganization"];

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let counts = |operation: &str| NEW.contains(&operation);
    let new = situation.steps.iter().filter(|step| counts(&step.operation)).count() as u64;
    if new == 0 {
        return;
    }
    let facts = &situation.snapshot.facts;
    // The management account is a member from the first moment on.
    let present = facts.accounts.unwrap_or(1);
    let total = present + new;
    let hint = "ask AWS for a higher quota on accounts (Service Quotas, AWS Organizations, us-east-1)";
    match facts.account_quota {
        Some(quota) if total > quota => notes.push(note(
            Level::Blocker,
            "account-quota",
            None,
            format!(
                "{new} accounts to create or invite and {present} present are {total}; the quota is {quota}"
            ),
            hint,
        )),
        Some(_) => {}
        None => notes.push(note(
            Level::Warning,
            "account-quota",
            None,
            format!("the quota on accounts could not be read; there will be {total} (the default is 10)"),
            hint,
        )),
    }
}
