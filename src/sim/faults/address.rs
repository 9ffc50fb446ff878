//! Which requests a strike is about.
//!
//! In: an address such as `mutation` or `organizations:ListAccounts`, and what a request is. Out: yes or no.
//! Absent: counting (`armed`).

use serde_json::Value;

use super::{Fault, pages, refusals};
use crate::sim::authorization::pattern;
use crate::sim::request::Caller;
use crate::sim::shapes::Table;
use crate::sim::wire::Call;
use crate::sim::world::World;

/// What is known of a request when a fault may strike it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Encounter<'a> {
    /// The operation.
    pub(crate) call: &'a Call,
    /// Whether it may change something.
    pub(crate) write: bool,
    /// Who asks, if that could be told.
    pub(crate) caller: Option<&'a Caller>,
    /// Its input; null if that could not be read.
    pub(crate) input: &'a Value,
}

impl Encounter<'_> {
    pub(crate) fn table(&self) -> &'static Table {
        self.call.table
    }

    /// `service:Operation`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.call.table.service, self.call.name)
    }

    /// Whether an address means this request.
    pub(crate) fn is_at(&self, address: &str) -> bool {
        match address {
            "any" => true,
            "read" => !self.write,
            "mutation" => self.write,
            _ => address.split_once(':').is_some_and(|(service, operation)| {
                service == self.call.table.service && (operation == "*" || operation == self.call.name)
            }),
        }
    }

    /// Whether a fault can strike this request at all.
    pub(crate) fn suits(&self, fault: &Fault, world: &World) -> bool {
        let sts = self.call.table.service == "sts";
        match fault {
            Fault::Conflict { .. } => refusals::conflict(self).is_some(),
            Fault::Missing { .. } => refusals::missing(self).is_some(),
            Fault::QuotaReached { .. } => refusals::quota(self).is_some(),
            // Sessions are issued by requests that count as reads; they are never answered from the past.
            Fault::StaleRead { .. } => !self.write && !sts,
            Fault::Unobserved { .. } => self.write,
            Fault::EmptyPage { .. } => pages::tokens(self).is_some(),
            Fault::ExpiredToken { .. } | Fault::RepeatedItem { .. } | Fault::SkippedItem { .. } => {
                pages::token(self).is_some()
            }
            Fault::OperationFails { .. } | Fault::OperationHangs => {
                super::async_operations::begins(&self.call.table.service, &self.call.name)
            }
            Fault::CredentialsExpire => self.caller.is_some(),
            Fault::RoleNotAssumable { .. } => sts && self.call.name == "AssumeRole",
            Fault::ScpDenies { actions, .. } => {
                self.is_member(world) && actions.iter().any(|action| pattern::action(action, &self.name()))
            }
            _ => true,
        }
    }

    /// Service control policies bind member accounts, never the management account
    /// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>).
    fn is_member(&self, world: &World) -> bool {
        self.caller.is_some_and(|caller| {
            world
                .organizations
                .of(&caller.account)
                .is_some_and(|organization| organization.management != caller.account)
        })
    }
}
