//! Where a resource of a security service lives, and the accounts that a step of it is about.
//!
//! In: a task. Out: the account and Region to call, and who is named. An account that AWS leaves
//! unprocessed is never taken for done: the step is sent again for some minutes, since a new
//! account is not seen everywhere at once, and then fails with AWS's reason for each.

use crate::catalog::operations::{self, Verdict};
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::organization;
use crate::cloud::task::Task;

/// The ids of the accounts that a group of inputs names.
pub(super) fn ids(task: &Task, group: &'static str, operation: &str) -> Result<Vec<String>, CallError> {
    let id = |(leaf, one): (&str, &serde_json::Value)| {
        one["id"].as_str().map(str::to_owned).ok_or_else(|| {
            let message = format!("`{leaf}` of {} has no id", task.address);
            CallError::ours(operation, code::UNSENDABLE, message, Verdict::Rejected)
        })
    };
    task.leaves(group).map(id).collect()
}

/// The same, each with the e-mail address of its root user.
pub(super) async fn addressed(
    connection: &Connection,
    task: &Task,
    group: &'static str,
    operation: &str,
) -> Result<Vec<(String, String)>, CallError> {
    let mut found = Vec::new();
    for (id, (_, one)) in ids(task, group, operation)?.into_iter().zip(task.leaves(group)) {
        let email = match one["email"].as_str() {
            Some(email) => email.to_owned(),
            None => organization::management_email(connection).await?,
        };
        found.push((id, email));
    }
    Ok(found)
}

/// What became of a call for many accounts: done, unless AWS left some out. `told` are those,
/// each with AWS's reason.
pub(super) fn all_done(
    operation: &str,
    told: impl Iterator<Item = (Option<String>, Option<String>)>,
) -> Result<(), CallError> {
    let left: Vec<String> = told
        .map(|(account, why)| {
            format!("{}: {}", account.as_deref().unwrap_or("?"), why.as_deref().unwrap_or("no reason given"))
        })
        .collect();
    if left.is_empty() {
        return Ok(());
    }
    Err(CallError::ours(operation, "UnprocessedAccounts", left_out(&left), Verdict::Unseen))
}

/// The same where AWS gives a code for each: the operation's row tells what a code means, and
/// whoever has it already is no failure.
pub(super) fn all_done_by_codes<'t>(
    operation: &str,
    told: impl Iterator<Item = (&'t str, &'t str, &'t str)>,
) -> Result<(), CallError> {
    let mut worst: Option<(Verdict, &str)> = None;
    let mut left = Vec::new();
    for (account, code, words) in told {
        let verdict = operations::table().verdict(operation, code, words);
        if verdict == Verdict::Satisfied {
            continue;
        }
        left.push(format!("{account}: {code}: {words}"));
        worst = worst.max(Some((verdict, code)));
    }
    match worst {
        None => Ok(()),
        Some((verdict, code)) => Err(CallError::ours(operation, code, left_out(&left), verdict)),
    }
}

fn left_out(left: &[String]) -> String {
    format!("AWS left {} of the accounts out: {}", left.len(), left.join("; "))
}
