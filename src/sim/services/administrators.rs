//! One administrator per organization, in each Region where a service has it so: the rule that many services share.
//!
//! In: a service's [`Office`] and requests. Out: who administers it where, in [`State`]; each refusal in the service's
//! own words. The registration with Organizations goes along: an appointment makes it, and whoever Organizations
//! registers no longer administers nothing any more
//! (<https://docs.aws.amazon.com/detective/latest/APIReference/API_DisableOrganizationAdminAccount.html> says so;
//! UNSOURCED for the others). Absent: what an administrator does with its office.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::organizations::{AccountState, Organization};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// Who administers which service, by `service/organization/Region`; the Region of a global service is `global`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, transparent)]
pub struct State(BTreeMap<String, String>);

/// Why somebody is not appointed, dismissed or told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal<'r> {
    /// The caller is not the management account of an organization.
    NotManagement,
    /// The organization does not trust the service.
    NotTrusted,
    /// The account is not a member.
    Stranger(&'r str),
    /// The account is suspended or closed.
    Inactive(&'r str),
    /// The management account may not hold the office.
    Management,
    /// It holds the office already.
    Already(&'r str),
    /// Another holds the office, here or in another Region.
    Taken(&'r str),
    /// It does not hold the office.
    NotHolder(&'r str),
}

impl Refusal<'_> {
    /// Why, in words that fit into a service's own. UNSOURCED wherever the service does not publish its words.
    pub(crate) fn why(self) -> String {
        match self {
            Self::NotManagement => "the caller is not the organization's management account".to_owned(),
            Self::NotTrusted => "the organization has not enabled trusted access for the service".to_owned(),
            Self::Stranger(account) => format!("account {account} is not a member of the organization"),
            Self::Inactive(account) => format!("account {account} is not active"),
            Self::Management => "the management account cannot be the delegated administrator".to_owned(),
            Self::Already(account) => format!("account {account} is already the delegated administrator"),
            Self::Taken(other) => format!("the organization has another delegated administrator: {other}"),
            Self::NotHolder(account) => format!("account {account} is not the delegated administrator"),
        }
    }
}

/// The office of a service's administrator.
#[derive(Debug)]
pub(crate) struct Office {
    /// The service, as its shape table is named; a feature of it may follow after a dot.
    pub(crate) service: &'static str,
    /// The service principal that Organizations registers.
    pub(crate) principal: &'static str,
    /// Whether each Region has its own.
    pub(crate) regional: bool,
    /// Whether the management account may hold it. It is not registered then.
    pub(crate) management: bool,
    /// Whether an appointment switches trusted access on by itself.
    pub(crate) trusts: bool,
    /// Whether a dismissal takes the registration with Organizations back, too.
    pub(crate) deregisters: bool,
    /// The service's words.
    pub(crate) refuse: fn(Refusal<'_>) -> AwsError,
}

impl Office {
    fn seat(&self, organization: &str, region: &str) -> String {
        let region = if self.regional { region } else { "global" };
        format!("{}/{organization}/{region}", self.service)
    }

    /// The organization of a caller that may appoint.
    fn organization<'w>(&self, world: &'w World, request: &Request) -> Result<&'w Organization, AwsError> {
        let organization = world.organizations.of(&request.caller.account);
        organization
            .filter(|organization| organization.management == request.caller.account)
            .ok_or_else(|| (self.refuse)(Refusal::NotManagement))
    }

    fn registered(&self, organization: &Organization, account: &str) -> bool {
        organization.delegated.get(account).is_some_and(|services| services.contains_key(self.principal))
    }

    /// Who holds the office in an organization and Region.
    pub(crate) fn holder(&self, world: &World, organization: &Organization, region: &str) -> Option<String> {
        let account = world.administrators.0.get(&self.seat(&organization.id, region))?;
        let holds = *account == organization.management || self.registered(organization, account);
        holds.then(|| account.clone())
    }

    /// Who holds the office where the request was sent.
    ///
    /// # Errors
    /// If the caller is not the management account.
    pub(crate) fn told(&self, world: &World, request: &Request) -> Result<Option<String>, AwsError> {
        let organization = self.organization(world, request)?;
        Ok(self.holder(world, organization, &request.region))
    }

    /// Appoints an account where the request was sent, and registers it with Organizations.
    ///
    /// # Errors
    /// A [`Refusal`] in the service's words.
    pub(crate) fn appoint(
        &self,
        world: &mut World,
        request: &Request,
        account: &str,
    ) -> Result<(), AwsError> {
        let organization = self.organization(world, request)?;
        self.may_hold(organization, account).map_err(|refusal| (self.refuse)(refusal))?;
        if let Some(holder) = self.holder(world, organization, &request.region) {
            let refusal = if holder == account { Refusal::Already(account) } else { Refusal::Taken(&holder) };
            return Err((self.refuse)(refusal));
        }
        let others = organization.delegated.keys().filter(|other| self.registered(organization, other));
        let other = others.into_iter().find(|other| *other != account);
        if let Some(other) = other.filter(|_| account != organization.management) {
            return Err((self.refuse)(Refusal::Taken(other)));
        }
        let (seat, registered) =
            (self.seat(&organization.id, &request.region), self.registered(organization, account));
        let management = account == organization.management;
        if let Some(organization) = world.organizations.of_mut(&request.caller.account) {
            if self.trusts {
                organization.enable_service_access(self.principal, request.now);
            }
            if !registered && !management {
                organization.register_delegated_administrator(account, self.principal, request.now)?;
            }
        }
        world.administrators.0.insert(seat, account.to_owned());
        Ok(())
    }

    fn may_hold<'r>(&self, organization: &Organization, account: &'r str) -> Result<(), Refusal<'r>> {
        let state = organization.account(account).map(|member| member.state);
        match state {
            None => Err(Refusal::Stranger(account)),
            Some(AccountState::Active) if account == organization.management && !self.management => {
                Err(Refusal::Management)
            }
            Some(AccountState::Active)
                if !self.trusts && !organization.has_service_access(self.principal) =>
            {
                Err(Refusal::NotTrusted)
            }
            Some(AccountState::Active) => Ok(()),
            Some(_) => Err(Refusal::Inactive(account)),
        }
    }

    /// Dismisses an account where the request was sent.
    ///
    /// # Errors
    /// A [`Refusal`] in the service's words.
    pub(crate) fn dismiss(
        &self,
        world: &mut World,
        request: &Request,
        account: &str,
    ) -> Result<(), AwsError> {
        let organization = self.organization(world, request)?;
        let holder = self.holder(world, organization, &request.region);
        if holder.as_deref() != Some(account) {
            return Err((self.refuse)(Refusal::NotHolder(account)));
        }
        let seat = self.seat(&organization.id, &request.region);
        world.administrators.0.remove(&seat);
        let registration = world.organizations.of_mut(&request.caller.account).filter(|_| self.deregisters);
        if let Some(organization) = registration.filter(|organization| organization.management != account) {
            organization.deregister_delegated_administrator(account, self.principal)?;
        }
        Ok(())
    }
}

/// For services that keep several administrators in a way of their own.
impl State {
    /// What is kept under a stem: the rest of each key, and the value.
    pub(crate) fn under(&self, stem: &str) -> impl Iterator<Item = (&str, &String)> {
        self.0.iter().filter_map(move |(key, value)| Some((key.strip_prefix(stem)?, value)))
    }

    /// Keeps a value.
    pub(crate) fn put(&mut self, key: String, value: String) {
        self.0.insert(key, value);
    }

    /// Keeps it no longer.
    pub(crate) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }
}
