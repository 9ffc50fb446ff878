//! The organization itself: create, describe, delete, list its root, enable all features.
//!
//! In: requests. Out: a new organization around the caller, or none. Absent: its members.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::access;
use super::handshakes;
use super::paging::page;
use super::refusal::{handshake, refuse};
use super::state::{
    Account, AccountState, CreationOutcome, FeatureSet, Joined, Organization, Root, Standalone, State,
    TypeStatus,
};
use crate::sim::error::AwsError;
use crate::sim::ids::Ids;
use crate::sim::request::Request;
use crate::sim::world::World;

impl State {
    /// Creates an organization around a stand-alone account and gives its id.
    ///
    /// # Errors
    /// `AlreadyInOrganizationException`.
    pub fn create_organization(
        &mut self,
        ids: &mut Ids,
        account: &str,
        feature_set: FeatureSet,
        now: jiff::Timestamp,
    ) -> Result<String, AwsError> {
        if self.of(account).is_some() {
            return Err(refuse("AlreadyInOrganizationException"));
        }
        let id = format!("o-{}", ids.alphanumeric(10));
        let root = Root {
            id: format!("r-{}", ids.alphanumeric(4)),
            policy_types: BTreeMap::new(),
            tags: BTreeMap::new(),
        };
        let (email, name) = self.owner(account);
        let member = Account {
            email,
            name,
            parent: root.id.clone(),
            state: AccountState::Active,
            joined: Joined::Invited,
            joined_at: now,
            tags: BTreeMap::new(),
        };
        let organization = Organization {
            id: id.clone(),
            management: account.to_owned(),
            feature_set,
            created: now,
            root,
            accounts: BTreeMap::from([(account.to_owned(), member)]),
            ..Organization::default()
        };
        self.standalone.remove(account);
        self.organizations.insert(id.clone(), organization);
        Ok(id)
    }

    /// E-mail address and name of an account that is in no organization. One this world has not met gets them here.
    pub(super) fn owner(&self, account: &str) -> (String, String) {
        let known = self.standalone.get(account).map(|known| (known.email.clone(), known.name.clone()));
        known.unwrap_or_else(|| {
            let first = !self.email_in_members(&self.management_email) && self.organizations.is_empty();
            let email =
                if first { self.management_email.clone() } else { format!("account-{account}@example.com") };
            (email, format!("Account {account}"))
        })
    }

    fn email_in_members(&self, email: &str) -> bool {
        self.organizations
            .values()
            .flat_map(|organization| organization.accounts.values())
            .any(|account| account.email == email)
    }
}

impl Organization {
    /// `AvailablePolicyTypes` is kept for older clients and names only service control policies
    /// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html>).
    fn view(&self) -> Value {
        let email = self.account(&self.management).map(|account| account.email.as_str()).unwrap_or_default();
        let types = if self.all_features() {
            json!([{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}])
        } else {
            json!([])
        };
        json!({
            "Id": self.id,
            "Arn": self.arn(),
            "FeatureSet": self.feature_set.name(),
            "MasterAccountArn": self.account_arn(&self.management),
            "MasterAccountId": self.management,
            "MasterAccountEmail": email,
            "AvailablePolicyTypes": types,
        })
    }

    pub(super) fn root_view(&self) -> Value {
        let status = |status: &TypeStatus| match status {
            TypeStatus::Enabled => "ENABLED",
            TypeStatus::PendingEnable(_) => "PENDING_ENABLE",
            TypeStatus::PendingDisable(_) => "PENDING_DISABLE",
        };
        let types: Vec<Value> = self
            .root
            .policy_types
            .iter()
            .map(|(kind, at)| json!({"Type": kind, "Status": status(at)}))
            .collect();
        json!({"Id": self.root.id, "Arn": self.root_arn(), "Name": "Root", "PolicyTypes": types})
    }
}

/// The root of a new organization has no policy type enabled. The page
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganization.html> says that service control
/// policies are on from the start; clients that enable each type after the creation, as Terraform's
/// `aws_organizations_organization` does, would then fail with PolicyTypeAlreadyEnabledException.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let feature_set = match request.text("FeatureSet") {
        Some("CONSOLIDATED_BILLING") => FeatureSet::ConsolidatedBilling,
        _ => FeatureSet::All,
    };
    let id = world.organizations.create_organization(
        &mut world.ids,
        &request.caller.account,
        feature_set,
        request.now,
    )?;
    let view = world.organizations.organizations.get(&id).map(Organization::view);
    Ok(json!({"Organization": view}))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::member(&mut world.organizations, request)?;
    Ok(json!({"Organization": organization.view()}))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::management(&mut world.organizations, request)?;
    let creating =
        organization.creations.values().any(|creation| creation.outcome == CreationOutcome::InProgress);
    if organization.accounts.len() > 1 || creating {
        return Err(refuse("OrganizationNotEmptyException"));
    }
    let id = organization.id.clone();
    if let Some(gone) = world.organizations.organizations.remove(&id) {
        for (account, member) in gone.accounts {
            let left = Standalone { email: member.email, name: member.name, left: request.now };
            world.organizations.standalone.insert(account, left);
        }
        world.organizations.handshakes.retain(|_, handshake| handshake.organization != id);
    }
    Ok(json!({}))
}

pub(super) fn list_roots(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    page(request, "Roots", vec![organization.root_view()], empty)
}

/// Begins the change to all features. Invited accounts have to agree; created ones do not
/// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_EnableAllFeatures.html>).
pub(super) fn enable_all_features(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::management(&mut world.organizations, request)?;
    if organization.all_features() {
        return Err(handshake("ORGANIZATION_ALREADY_HAS_ALL_FEATURES"));
    }
    let (id, management) = (organization.id.clone(), organization.management.clone());
    let invited = |(account, member): (&String, &Account)| {
        (member.joined == Joined::Invited && *account != management).then(|| account.clone())
    };
    let invited: Vec<String> = organization.accounts.iter().filter_map(invited).collect();
    let State { handshakes, .. } = &*world.organizations;
    let pending = handshakes.values().any(|handshake| {
        handshake.organization == id && handshake.action == "ENABLE_ALL_FEATURES" && handshake.is_open()
    });
    if pending {
        return Err(handshake("ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION"));
    }
    let parent = handshakes::begin_all_features(world, &id, &management, &invited, request.now);
    Ok(json!({"Handshake": handshakes::view(world, &parent)}))
}
