//! Who is trusted, who administers, and what GuardDuty's administrator sets.
//!
//! In: acts. Out: requests of the management account and of administrators. Absent: what follows, which AWS decides.

use serde_json::{Value, json};

use super::super::acts::{Act, Deed, PRINCIPALS};
use super::Stage;

impl Stage {
    pub(super) async fn delegation(&self, act: &Act) -> Option<()> {
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
            Deed::Appoint => self.appoint(act).await?,
            Deed::GuardDuty => self.guardduty(act).await?,
            Deed::OwnPolicy => self.own_policy(act).await?,
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

    /// A service's own call, in some Regions.
    async fn appoint(&self, act: &Act) -> Option<()> {
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
        self.ask("organizations", "EnableAWSServiceAccess", trust).await;
        for region in self.regions(act.three) {
            self.ask_as("AKIAADMINISTRATOR000", &region, service, operation, json!({ member: account }))
                .await;
        }
        Some(())
    }

    /// The resource policy of the organization, with statements that have a name or none.
    async fn own_policy(&self, act: &Act) -> Option<()> {
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
        self.ask("organizations", "PutResourcePolicy", json!({ "Content": content.to_string() })).await;
        Some(())
    }

    /// Some Regions, the home Region among them or not.
    pub(super) fn regions(&self, by: usize) -> Vec<String> {
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
}
