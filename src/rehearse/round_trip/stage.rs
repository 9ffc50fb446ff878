//! A simulated organization in which anybody does anything.
//!
//! In: acts. Out: requests as any client sends them; what AWS refuses does not happen. A few
//! things that AWS gives no way to provoke (a suspended account, a failed baseline) are written
//! into the world.

use std::time::Duration;

use serde_json::{Value, json};

use super::acts::{ACCOUNTS, Act, Deed, POLICIES, PRINCIPALS, TAGS, TYPES, UNITS};
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

    async fn ask(&self, service: &str, operation: &str, input: Value) -> Answer {
        self.ask_as("AKIAADMINISTRATOR000", &self.home, service, operation, input).await
    }

    /// As an account's administrator, in some Region.
    async fn ask_as(&self, key: &str, region: &str, service: &str, operation: &str, input: Value) -> Answer {
        ask_in(&self.simulator, region, (key, None), service, operation, input).await
    }

    fn organization<T>(&self, of: impl FnOnce(&Organization) -> T) -> T {
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

    #[expect(clippy::too_many_lines, reason = "one arm for each act, and each a call")]
    async fn delegation(&self, act: &Act) -> Option<()> {
        let organizations = "organizations";
        let principal = PRINCIPALS[act.one % PRINCIPALS.len()];
        match act.deed {
            Deed::Trust => {
                let operation = if act.two.is_multiple_of(6) {
                    "DisableAWSServiceAccess"
                } else {
                    "EnableAWSServiceAccess"
                };
                self.ask(organizations, operation, json!({ "ServicePrincipal": principal })).await;
            }
            Deed::OwnTrust => {
                let (service, operation) = [
                    ("ram", "EnableSharingWithAwsOrganization"),
                    ("cloudformation", "ActivateOrganizationsAccess"),
                ][act.one % 2];
                self.ask(service, operation, json!({})).await;
            }
            Deed::Register => {
                let input = json!({ "AccountId": Self::pick(&self.members(), act.two)?, "ServicePrincipal": principal });
                let operation = if act.three.is_multiple_of(6) {
                    "DeregisterDelegatedAdministrator"
                } else {
                    "RegisterDelegatedAdministrator"
                };
                self.ask(organizations, operation, input).await;
            }
            Deed::Appoint => {
                let account = Self::pick(&self.members(), act.two)?;
                let services = [
                    ("guardduty", "guardduty", "EnableOrganizationAdminAccount", "adminAccountId"),
                    ("securityhub", "securityhub", "EnableOrganizationAdminAccount", "AdminAccountId"),
                    ("inspector2", "inspector2", "EnableDelegatedAdminAccount", "delegatedAdminAccountId"),
                    ("macie", "macie2", "EnableOrganizationAdminAccount", "adminAccountId"),
                    ("detective", "detective", "EnableOrganizationAdminAccount", "AccountId"),
                ];
                let (principal, service, operation, member) = services[act.one % services.len()];
                let trust = json!({ "ServicePrincipal": format!("{principal}.amazonaws.com") });
                self.ask(organizations, "EnableAWSServiceAccess", trust).await;
                for region in self.regions(act.three) {
                    self.ask_as(
                        "AKIAADMINISTRATOR000",
                        &region,
                        service,
                        operation,
                        json!({ member: account }),
                    )
                    .await;
                }
            }
            Deed::GuardDuty => self.guardduty(act).await?,
            Deed::OwnPolicy => {
                let statement = |sid: Option<&str>| {
                    let mut one = json!({ "Effect": "Allow", "Principal": { "AWS": Self::pick(&self.members(), act.two)? },
                        "Action": "organizations:ListAccounts", "Resource": "*" });
                    if let Some(sid) = sid {
                        one["Sid"] = json!(sid);
                    }
                    Some(one)
                };
                let mut statements = vec![statement(Some("Reading"))?];
                if act.three.is_multiple_of(2) {
                    statements.push(statement(None)?);
                }
                let content = json!({ "Version": "2012-10-17", "Statement": statements });
                self.ask(organizations, "PutResourcePolicy", json!({ "Content": content.to_string() })).await;
            }
            _ => {
                self.ask(
                    organizations,
                    "EnableAWSServiceAccess",
                    json!({ "ServicePrincipal": "iam.amazonaws.com" }),
                )
                .await;
                let operation =
                    ["EnableOrganizationsRootCredentialsManagement", "EnableOrganizationsRootSessions"]
                        [act.two % 2];
                self.ask("iam", operation, json!({})).await;
            }
        }
        Some(())
    }

    /// Some Regions, the home Region among them or not.
    fn regions(&self, by: usize) -> Vec<String> {
        let all = [self.home.as_str(), "us-east-1", "eu-west-1"];
        let mut some: Vec<String> = all
            .iter()
            .enumerate()
            .filter(|(at, _)| by >> at & 1 == 1)
            .map(|(_, region)| (*region).to_owned())
            .collect();
        some.dedup();
        some
    }

    /// What its administrator does: whom it reaches, and who is a member.
    async fn guardduty(&self, act: &Act) -> Option<()> {
        let all = self.organization(|one| {
            one.accounts
                .iter()
                .map(|(id, account)| json!({ "accountId": id, "email": account.email }))
                .collect::<Vec<_>>()
        });
        for region in self.regions(act.one) {
            let own = self
                .ask_as(
                    "AKIAADMINISTRATOR000",
                    &region,
                    "guardduty",
                    "ListOrganizationAdminAccounts",
                    json!({}),
                )
                .await;
            let Some(administrator) =
                own.json()["adminAccounts"][0]["adminAccountId"].as_str().map(str::to_owned)
            else {
                continue;
            };
            if !act.three.is_multiple_of(3) {
                self.ask_as(
                    "AKIAADMINISTRATOR000",
                    &region,
                    "guardduty",
                    "CreateDetector",
                    json!({ "enable": true }),
                )
                .await;
            }
            let listed =
                self.ask_as(&administrator, &region, "guardduty", "ListDetectors", json!({})).await.json();
            let Some(detector) = listed["detectorIds"][0].as_str().map(str::to_owned) else { continue };
            let reach = ["ALL", "NEW", "NONE"][act.two % 3];
            let on = json!([{ "name": "S3_DATA_EVENTS", "status": "ENABLED" }]);
            let update = json!({ "DetectorId": detector, "enable": true, "features": on });
            self.ask_as(&administrator, &region, "guardduty", "UpdateDetector", update).await;
            let settings = json!({ "DetectorId": detector, "autoEnableOrganizationMembers": reach,
                "features": [{ "name": "S3_DATA_EVENTS", "autoEnable": reach }] });
            self.ask_as(&administrator, &region, "guardduty", "UpdateOrganizationConfiguration", settings)
                .await;
            let members: Vec<&Value> = all
                .iter()
                .filter(|one| one["accountId"] != json!(administrator))
                .skip(act.three % 4 / 3)
                .collect();
            let members = json!({ "DetectorId": detector, "accountDetails": members });
            self.ask_as(&administrator, &region, "guardduty", "CreateMembers", members).await;
        }
        Some(())
    }

    /// The instance of Identity Center and its store, where there is one.
    async fn instance(&self) -> Option<(String, String)> {
        let listed = self.ask("sso-admin", "ListInstances", json!({})).await.json();
        let one = &listed["Instances"][0];
        Some((one["InstanceArn"].as_str()?.to_owned(), one["IdentityStoreId"].as_str()?.to_owned()))
    }

    async fn listed(
        &self,
        service: &str,
        operation: &str,
        input: Value,
        list: &str,
        id: Option<&str>,
    ) -> Vec<String> {
        let answer = self.ask(service, operation, input).await.json();
        let items = answer[list].as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| id.map_or(item, |id| &item[id]).as_str().map(str::to_owned)).collect()
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each act, and each a call")]
    async fn access(&self, act: &Act) -> Option<()> {
        let (instance, store) = self.instance().await?;
        let sets = self
            .listed(
                "sso-admin",
                "ListPermissionSets",
                json!({ "InstanceArn": instance }),
                "PermissionSets",
                None,
            )
            .await;
        match act.deed {
            Deed::PermissionSet => {
                let name = ["ReadOnly", "Ops.Team", "a=b", "x"][act.one % 4];
                let mut input = json!({ "InstanceArn": instance, "Name": name, "SessionDuration": (["PT1H", "PT12H"][act.two % 2]) });
                if act.three.is_multiple_of(2) {
                    input["Description"] = json!("Reads: all");
                    input["RelayState"] = json!("https://example.com/?a=b#c");
                }
                self.ask("sso-admin", "CreatePermissionSet", input).await;
            }
            Deed::SetPolicy => {
                let set = Self::pick(&sets, act.one)?;
                let (operation, members) = match act.two % 4 {
                    0 => (
                        "AttachManagedPolicyToPermissionSet",
                        json!({ "ManagedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
                    ),
                    1 => (
                        "AttachCustomerManagedPolicyReferenceToPermissionSet",
                        json!({ "CustomerManagedPolicyReference": { "Name": "Guard", "Path": (["/", "/team/a/"][act.three % 2]) } }),
                    ),
                    2 => {
                        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
                        ("PutInlinePolicyToPermissionSet", json!({ "InlinePolicy": policy }))
                    }
                    _ => {
                        let managed = json!({ "ManagedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess" });
                        ("PutPermissionsBoundaryToPermissionSet", json!({ "PermissionsBoundary": managed }))
                    }
                };
                let mut input = members;
                input["InstanceArn"] = json!(instance);
                input["PermissionSetArn"] = json!(set);
                self.ask("sso-admin", operation, input).await;
            }
            Deed::Group => {
                let name = ["Platform", "Team: \"A\"", "\u{fc}ber", "null"][act.one % 4];
                let mut input = json!({ "IdentityStoreId": store, "DisplayName": name });
                if act.two.is_multiple_of(2) {
                    input["Description"] = json!("Runs: it");
                }
                self.ask("identitystore", "CreateGroup", input).await;
            }
            Deed::User => {
                let name = ["ann@example.com", "bob", "c: d"][act.one % 3];
                let input = json!({ "IdentityStoreId": store, "UserName": name, "DisplayName": name,
                    "Name": { "GivenName": "A", "FamilyName": "B" } });
                self.ask("identitystore", "CreateUser", input).await;
            }
            _ => {
                let of_store = json!({ "IdentityStoreId": store });
                let user = act.three.is_multiple_of(3);
                let (operation, list, id) =
                    if user { ("ListUsers", "Users", "UserId") } else { ("ListGroups", "Groups", "GroupId") };
                let principals = self.listed("identitystore", operation, of_store, list, Some(id)).await;
                let input = json!({
                    "InstanceArn": instance,
                    "PermissionSetArn": Self::pick(&sets, act.one)?,
                    "PrincipalId": Self::pick(&principals, act.three)?,
                    "PrincipalType": if user { "USER" } else { "GROUP" },
                    "TargetId": Self::pick(&self.accounts(), act.two)?,
                    "TargetType": "AWS_ACCOUNT",
                });
                self.ask("sso-admin", "CreateAccountAssignment", input).await;
            }
        }
        Some(())
    }

    async fn tower(&self, act: &Act) -> Option<()> {
        match act.deed {
            Deed::Control => {
                let controls = [
                    "AWS-GR_ENCRYPTED_VOLUMES",
                    "AWS-GR_RESTRICT_ROOT_USER",
                    "AWS-GR_EBS_OPTIMIZED_INSTANCE",
                ];
                let unit = Self::pick(&self.parents(), act.two)?;
                let partition = format!(
                    "arn:aws:controltower:{}::control/{}",
                    self.home,
                    controls[act.one % controls.len()]
                );
                let input = json!({ "controlIdentifier": partition, "targetIdentifier": self.arn(&unit) });
                self.ask("controltower", "EnableControl", input).await;
            }
            Deed::Baseline => {
                let arns: Vec<String> =
                    self.tower_state()["enabled_baselines"].as_object()?.keys().cloned().collect();
                let input = json!({ "enabledBaselineIdentifier": Self::pick(&arns, act.one)? });
                let operation =
                    if act.two.is_multiple_of(2) { "DisableBaseline" } else { "ResetEnabledBaseline" };
                self.ask("controltower", operation, input).await;
            }
            Deed::Ail | Deed::Age => self.write(act)?,
            _ => {
                let roles = ["AWSControlTowerStackSetRole", "AWSControlTowerCloudTrailRole"];
                let account = self.simulator.world().account;
                self.simulator.change(|world| {
                    crate::sim::services::iam::queries::remove_role(world, &account, roles[act.one % 2]);
                });
            }
        }
        Some(())
    }

    fn arn(&self, unit: &str) -> String {
        self.organization(|one| format!("arn:aws:organizations::{}:ou/{}/{unit}", one.management, one.id))
    }

    fn tower_state(&self) -> Value {
        serde_json::to_value(&self.simulator.world().control_tower).expect("JSON")
    }

    /// What AWS gives no way to provoke: something of Control Tower has failed, or is of old.
    fn write(&self, act: &Act) -> Option<()> {
        let mut state = self.tower_state();
        let (section, field, word) = match (act.deed, act.two % 4) {
            (Deed::Age, _) => ("enabled_baselines", "version", "1.0"),
            (_, 0) => ("zone", "status", "FAILED"),
            (_, 1) => ("enabled_controls", "status", "FAILED"),
            _ => ("enabled_baselines", "status", "FAILED"),
        };
        if section == "zone" {
            state["zone"].as_object_mut()?.insert(field.to_owned(), json!(word));
        } else {
            let all = state[section].as_object_mut()?;
            let at = act.one.checked_rem(all.len())?;
            all.values_mut().nth(at)?[field] = json!(word);
        }
        let state = serde_json::from_value(state).expect("a state");
        self.simulator.change(|world| world.control_tower = state);
        Some(())
    }
}
