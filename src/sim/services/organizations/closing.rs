//! Closing accounts, which takes a while and is limited.
//!
//! In: CloseAccount. Out: PENDING_CLOSURE, then CLOSED, and gone 90 days later. Absent: reopening, which only AWS
//! Support does.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::access;
use super::refusal::{constraint, refuse};
use super::state::{Account, AccountState, Organization, State};
use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// "A few minutes": <https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html>.
const USUAL: Duration = Duration::from_secs(300);
/// How long a closed account stays in the organization:
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_close.html>.
const POST_CLOSURE: Duration = Duration::from_secs(90 * 86_400);
/// Closures at a time, and per rolling 30 days: the greater of 250 and a fifth of the accounts, at most 1000
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>).
const MOST_AT_A_TIME: usize = 3;
const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

fn quota(accounts: usize) -> usize {
    (accounts / 5).clamp(250, 1000)
}

pub(super) fn close(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let ends = world.end_of(request.now, USUAL);
    let organization = access::management(&mut world.organizations, request)?;
    if !organization.all_features() {
        return Err(constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"));
    }
    let id = request.required("AccountId");
    let state = organization
        .account(id)
        .map(|account| account.state)
        .ok_or_else(|| refuse("AccountNotFoundException"))?;
    if id == organization.management {
        return Err(constraint("CANNOT_CLOSE_MANAGEMENT_ACCOUNT"));
    }
    match state {
        AccountState::Closed(_) => return Err(refuse("AccountAlreadyClosedException")),
        AccountState::PendingClosure(_) => return Err(refuse("ConflictException")),
        AccountState::Active | AccountState::Suspended => {}
    }
    let pending = organization
        .accounts
        .values()
        .filter(|account| matches!(account.state, AccountState::PendingClosure(_)))
        .count();
    if pending >= MOST_AT_A_TIME {
        return Err(constraint("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"));
    }
    organization.closures.retain(|at| request.now.duration_since(*at) < WINDOW);
    if organization.closures.len() >= quota(organization.accounts.len()) {
        return Err(constraint("CLOSE_ACCOUNT_QUOTA_EXCEEDED"));
    }
    organization.lock(&[id], request.now, window)?;
    organization.closures.push(request.now);
    if let Some(account) = organization.accounts.get_mut(id) {
        account.state = AccountState::PendingClosure(ends);
    }
    Ok(json!({}))
}

fn next(account: &Account) -> Option<Timestamp> {
    match account.state {
        AccountState::PendingClosure(until) => Some(until),
        AccountState::Closed(since) => Some(later(since, POST_CLOSURE)),
        AccountState::Active | AccountState::Suspended => None,
    }
}

/// When the next closure goes on.
pub(super) fn due(state: &State) -> Option<Timestamp> {
    state
        .organizations
        .values()
        .flat_map(|organization| organization.accounts.values())
        .filter_map(next)
        .min()
}

/// Closes what is due, and lets go what was closed long enough.
pub(super) fn settle(state: &mut State, now: Timestamp) {
    for organization in state.organizations.values_mut() {
        let due: Vec<String> = organization
            .accounts
            .iter()
            .filter(|(_, account)| next(account).is_some_and(|at| at <= now))
            .map(|(id, _)| id.clone())
            .collect();
        for id in due {
            advance(organization, &id);
        }
    }
}

fn advance(organization: &mut Organization, id: &str) {
    let Some(account) = organization.accounts.get_mut(id) else {
        return;
    };
    match account.state {
        AccountState::PendingClosure(until) => account.state = AccountState::Closed(until),
        AccountState::Closed(_) => {
            organization.accounts.remove(id);
            organization.attachments.remove(id);
            organization.delegated.remove(id);
        }
        AccountState::Active | AccountState::Suspended => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quota_of_closures_grows_with_the_organization() {
        assert_eq!(quota(10), 250);
        assert_eq!(quota(3000), 600);
        assert_eq!(quota(50_000), 1000);
    }

    use crate::sim::testing::{account, done, organization, quiet, refused};

    const ORG: &str = "organizations";

    #[tokio::test(start_paused = true)]
    async fn a_closed_account_stays_ninety_days_and_three_close_at_a_time() {
        let (sim, _) = organization(quiet()).await;
        let mut ids = Vec::new();
        for number in 0..4 {
            ids.push(account(&sim, &format!("a{number}")).await);
        }
        for id in &ids[..3] {
            done(&sim, ORG, "CloseAccount", json!({"AccountId": id})).await;
        }
        assert_eq!(
            refused(&sim, ORG, "CloseAccount", json!({"AccountId": ids[3]})).await,
            "ConstraintViolationException/CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"
        );
        assert_eq!(
            refused(&sim, ORG, "CloseAccount", json!({"AccountId": ids[0]})).await,
            "ConflictException"
        );
        let state = |answer: serde_json::Value| {
            (answer["Account"]["State"].clone(), answer["Account"]["Status"].clone())
        };
        let first = json!({"AccountId": ids[0]});
        assert_eq!(
            state(done(&sim, ORG, "DescribeAccount", first.clone()).await),
            (json!("PENDING_CLOSURE"), json!("PENDING_CLOSURE"))
        );
        sim.advance(USUAL);
        assert_eq!(
            state(done(&sim, ORG, "DescribeAccount", first.clone()).await),
            (json!("CLOSED"), json!("SUSPENDED"))
        );
        assert_eq!(refused(&sim, ORG, "CloseAccount", first.clone()).await, "AccountAlreadyClosedException");
        let management = json!({"AccountId": "111122223333"});
        assert_eq!(
            refused(&sim, ORG, "CloseAccount", management).await,
            "ConstraintViolationException/CANNOT_CLOSE_MANAGEMENT_ACCOUNT"
        );
        sim.advance(POST_CLOSURE);
        assert_eq!(refused(&sim, ORG, "DescribeAccount", first).await, "AccountNotFoundException");
    }
}
