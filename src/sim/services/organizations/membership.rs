//! Leaving an organization: removed by the management account, or by the account itself.
//!
//! In: requests. Out: a stand-alone account. Absent: the payment method and phone number a stand-alone account
//! needs; this world takes them as given.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::access;
use super::refusal::{constraint, refuse};
use super::state::{AccountState, Joined, Organization, Standalone, State};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// `WAIT_PERIOD_ACTIVE`: a created account stays four days at least
/// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_RemoveAccountFromOrganization.html>).
const WAIT: SignedDuration = SignedDuration::from_hours(4 * 24);

impl Organization {
    /// Refuses if an account may not leave now.
    pub(super) fn may_leave(&self, id: &str, now: Timestamp) -> Result<(), AwsError> {
        let account = self.account(id).ok_or_else(|| refuse("AccountNotFoundException"))?;
        if id == self.management {
            return Err(refuse("MasterCannotLeaveOrganizationException"));
        }
        if self.delegated.contains_key(id) {
            return Err(constraint("CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG"));
        }
        if account.joined == Joined::Created && now.duration_since(account.joined_at) < WAIT {
            return Err(constraint("WAIT_PERIOD_ACTIVE"));
        }
        Ok(())
    }
}

impl State {
    /// Lets the management account remove a member. False: AWS would refuse.
    pub(crate) fn remove(&mut self, id: &str, now: Timestamp) -> bool {
        let may = self.of(id).is_some_and(|organization| organization.may_leave(id, now).is_ok());
        if may {
            self.leave(id, now);
        }
        may
    }

    /// Takes an account out of its organization; its tags and attached policies are lost.
    pub(super) fn leave(&mut self, id: &str, now: Timestamp) {
        let Some(organization) = self.of_mut(id) else {
            return;
        };
        organization.attachments.remove(id);
        if let Some(account) = organization.accounts.remove(id) {
            self.standalone
                .insert(id.to_owned(), Standalone { email: account.email, name: account.name, left: now });
        }
    }
}

pub(super) fn remove(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let id = request.required("AccountId");
    organization.may_leave(id, request.now)?;
    organization.lock(&[id], request.now, window)?;
    world.organizations.leave(id, request.now);
    Ok(json!({}))
}

pub(super) fn leave(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::member(&mut world.organizations, request)?;
    let id = request.caller.account.clone();
    organization.may_leave(&id, request.now)?;
    if organization.account(&id).is_some_and(|account| account.state != AccountState::Active) {
        return Err(refuse("AccessDeniedException"));
    }
    world.organizations.leave(&id, request.now);
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{account, ask_as, done, organization, quiet, refused};

    const ORG: &str = "organizations";

    #[tokio::test(start_paused = true)]
    async fn a_created_account_may_leave_after_four_days_and_its_email_stays_taken() {
        let (sim, _) = organization(quiet()).await;
        let id = account(&sim, "app").await;
        let remove = json!({"AccountId": id});
        assert_eq!(
            refused(&sim, ORG, "RemoveAccountFromOrganization", remove).await,
            "ConstraintViolationException/WAIT_PERIOD_ACTIVE"
        );
        assert_eq!(
            refused(&sim, ORG, "DeleteOrganization", json!({})).await,
            "OrganizationNotEmptyException"
        );
        assert_eq!(
            refused(&sim, ORG, "LeaveOrganization", json!({})).await,
            "MasterCannotLeaveOrganizationException"
        );
        sim.advance(std::time::Duration::from_secs(4 * 86_400));
        assert_eq!(ask_as(&sim, &id, None, ORG, "LeaveOrganization", json!({})).await.code(), None);
        let outside = ask_as(&sim, &id, None, ORG, "DescribeOrganization", json!({})).await;
        assert_eq!(outside.code().as_deref(), Some("AWSOrganizationsNotInUseException"));
        assert!(sim.world().organizations.email_in_use("app@example.com"));
        done(&sim, ORG, "DeleteOrganization", json!({})).await;
        assert_eq!(
            refused(&sim, ORG, "DescribeOrganization", json!({})).await,
            "AWSOrganizationsNotInUseException"
        );
    }
}
