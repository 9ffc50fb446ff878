//! A simulated organization in which anybody does anything.
//!
//! In: acts. Out: requests as any client sends them; what AWS refuses does not happen. A few
//! things that AWS gives no way to provoke (a suspended account, a failed baseline) are written
//! into the world.

mod access;
mod backup;
mod delegation;
mod services;
mod tower;

use std::time::Duration;

use serde_json::{Value, json};

use super::acts::{ACCOUNTS, Act, Deed, POLICIES, TAGS, TYPES, UNITS};
use crate::model::region::Region;
use crate::sim::services::organizations::{AccountState, Organization};
use crate::sim::testing::{Answer, ask_in, quiet};
use crate::sim::{Settings, Simulator, World};

/// Settings without anything that is not the test's business.
pub(super) fn settings(home: &Region) -> Settings {
    Settings { region: home.to_string(), account_quota: 100, ..quiet() }
}

/// The organization.
pub(super) struct Stage {
    pub(super) simulator: Simulator,
    pub(super) home: String,
    /// Counts what needs names of its own.
    serial: usize,
}

impl Stage {
    /// One that has just been created.
    pub(super) async fn new() -> Self {
        let home: Region = "us-east-1".parse().expect("a Region");
        let stage = Self { simulator: Simulator::new(settings(&home)), home: home.to_string(), serial: 0 };
        stage.ask("organizations", "CreateOrganization", json!({})).await;
        stage
    }

    /// One that exists already.
    pub(super) fn from(world: &World, home: &Region) -> Self {
        Self { simulator: super::simulated(world, home), home: home.to_string(), serial: 0 }
    }

    pub(super) async fn ask(&self, service: &str, operation: &str, input: Value) -> Answer {
        self.ask_as("AKIAADMINISTRATOR000", &self.home, service, operation, input).await
    }

    /// As an account's administrator, in some Region.
    pub(super) async fn ask_as(
        &self,
        key: &str,
        region: &str,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Answer {
        ask_in(&self.simulator, region, (key, None), service, operation, input).await
    }

    pub(super) fn organization<T>(&self, of: impl FnOnce(&Organization) -> T) -> T {
        let world = self.simulator.world();
        of(world.organizations.of(&world.account).expect("an organization"))
    }

    /// Ids of the root and of all units.
    fn parents(&self) -> Vec<String> {
        self.organization(|one| std::iter::once(&one.root.id).chain(one.units.keys()).cloned().collect())
    }

    /// Ids of members.
    fn members(&self) -> Vec<String> {
        self.organization(|one| one.accounts.keys().filter(|id| **id != one.management).cloned().collect())
    }

    fn accounts(&self) -> Vec<String> {
        self.organization(|one| one.accounts.keys().cloned().collect())
    }

    fn policies(&self) -> Vec<String> {
        self.organization(|one| one.policies.keys().cloned().collect())
    }

    /// One of several, if there is any.
    fn pick(of: &[String], by: usize) -> Option<String> {
        of.get(by.checked_rem(of.len())?).cloned()
    }

    fn target(&self, by: usize) -> Option<String> {
        Self::pick(&[self.parents(), self.accounts()].concat(), by)
    }

    /// Does it, if there is anything to do it with.
    pub(super) async fn perform(&mut self, act: &Act) {
        self.serial += 1;
        let done = match act.deed {
            Deed::Unit
            | Deed::Account
            | Deed::Move
            | Deed::Tag
            | Deed::Contact
            | Deed::Close
            | Deed::Suspend => self.people(act).await,
            Deed::PolicyType | Deed::Policy | Deed::Attach | Deed::Allow | Deed::Detach => {
                self.policy(act).await
            }
            Deed::Trust
            | Deed::OwnTrust
            | Deed::Register
            | Deed::Appoint
            | Deed::GuardDuty
            | Deed::OwnPolicy
            | Deed::RootAccess => self.delegation(act).await,
            Deed::PermissionSet | Deed::SetPolicy | Deed::Group | Deed::User | Deed::Assign => {
                self.access(act).await
            }
            Deed::Control | Deed::Baseline | Deed::Ail | Deed::Age | Deed::Role => self.tower(act).await,
            Deed::BackupSwitch | Deed::Vault | Deed::Proof => self.backup(act).await,
            Deed::Trail | Deed::StackSet | Deed::Config | Deed::Firewall | Deed::AutomationRule => {
                self.services(act).await
            }
            Deed::Wait => {
                self.simulator.advance(Duration::from_secs(3600));
                Some(())
            }
        };
        if done.is_some() {
            // What AWS works on comes to its end; what it locks is free again.
            self.simulator.advance(Duration::from_secs(1200));
        }
    }

    async fn people(&self, act: &Act) -> Option<()> {
        let organizations = "organizations";
        match act.deed {
            Deed::Unit => {
                let parent = Self::pick(&self.parents(), act.one)?;
                let input = json!({ "ParentId": parent, "Name": UNITS[act.two % UNITS.len()] });
                self.ask(organizations, "CreateOrganizationalUnit", input).await;
            }
            Deed::Account => {
                let email = format!("Aws+{}.{}@Example.com", self.serial, act.two);
                let input = json!({ "AccountName": ACCOUNTS[act.one % ACCOUNTS.len()], "Email": email });
                self.ask(organizations, "CreateAccount", input).await;
            }
            Deed::Move => {
                let (account, to) =
                    (Self::pick(&self.members(), act.one)?, Self::pick(&self.parents(), act.two)?);
                let from = self.organization(|one| one.accounts[&account].parent.clone());
                let input =
                    json!({ "AccountId": account, "SourceParentId": from, "DestinationParentId": to });
                self.ask(organizations, "MoveAccount", input).await;
            }
            Deed::Tag => {
                let all = [self.parents(), self.members(), self.policies()].concat();
                let tag = json!({ "Key": TAGS[act.two % TAGS.len()], "Value": TAGS[act.three % TAGS.len()] });
                let input = json!({ "ResourceId": Self::pick(&all, act.one)?, "Tags": [tag] });
                self.ask(organizations, "TagResource", input).await;
            }
            Deed::Contact => {
                self.ask(
                    organizations,
                    "EnableAWSServiceAccess",
                    json!({ "ServicePrincipal": "account.amazonaws.com" }),
                )
                .await;
                let input = json!({
                    "AccountId": Self::pick(&self.members(), act.one)?,
                    "AlternateContactType": (["BILLING", "OPERATIONS", "SECURITY"][act.two % 3]),
                    "Name": "Ann: \"Night\"", "Title": "On call", "EmailAddress": "soc@example.com",
                    "PhoneNumber": "+81-3-0000-0000",
                });
                self.ask("account", "PutAlternateContact", input).await;
            }
            Deed::Close => {
                let input = json!({ "AccountId": Self::pick(&self.members(), act.one)? });
                self.ask(organizations, "CloseAccount", input).await;
            }
            _ => {
                let account = Self::pick(&self.members(), act.one)?;
                self.simulator.change(|world| {
                    let management = world.account.clone();
                    let organization = world.organizations.of_mut(&management).expect("an organization");
                    let account = organization.accounts.get_mut(&account).expect("a member");
                    if account.state == AccountState::Active {
                        account.state = AccountState::Suspended;
                    }
                });
            }
        }
        Some(())
    }

    async fn policy(&self, act: &Act) -> Option<()> {
        let (kind, content) = TYPES[act.one % TYPES.len()];
        let organizations = "organizations";
        let (operation, input) = match act.deed {
            Deed::PolicyType => {
                let root = self.organization(|one| one.root.id.clone());
                let operation =
                    if act.two.is_multiple_of(5) { "DisablePolicyType" } else { "EnablePolicyType" };
                (operation, json!({ "RootId": root, "PolicyType": kind }))
            }
            Deed::Policy => {
                let input = json!({
                    "Name": POLICIES[act.two % POLICIES.len()],
                    "Description": (["", "What it: is \"for\"", "#"][act.three % 3]),
                    "Type": kind, "Content": content,
                });
                ("CreatePolicy", input)
            }
            Deed::Attach => {
                let (policy, target) = (Self::pick(&self.policies(), act.two)?, self.target(act.three)?);
                ("AttachPolicy", json!({ "PolicyId": policy, "TargetId": target }))
            }
            // So that FullAWSAccess can be spared somewhere.
            Deed::Allow => {
                let target = self.target(act.three)?;
                let (kind, content) = TYPES[1];
                let input = json!({ "Name": format!("allow {}", self.serial), "Description": "", "Type": kind, "Content": content });
                let made = self.ask(organizations, "CreatePolicy", input).await.json();
                let policy = made["Policy"]["PolicySummary"]["Id"].as_str()?.to_owned();
                self.ask(organizations, "AttachPolicy", json!({ "PolicyId": policy, "TargetId": target }))
                    .await;
                ("DetachPolicy", json!({ "PolicyId": "p-FullAWSAccess", "TargetId": target }))
            }
            _ => {
                let all = [self.policies(), vec!["p-FullAWSAccess".to_owned()]].concat();
                let (policy, target) = (Self::pick(&all, act.two)?, self.target(act.three)?);
                ("DetachPolicy", json!({ "PolicyId": policy, "TargetId": target }))
            }
        };
        self.ask(organizations, operation, input).await;
        Some(())
    }
}
