//! Scenarios over several operations, and their stage: an organization with accounts, service roles, a landing zone.
//!
//! In: short calls. Out: answers from the wire, in virtual time. Absent: anything a scenario is about (the files below).

mod access;
mod backups;
mod baselines;
mod controls;
mod failures;
mod interference;
mod landing_zone;
mod logging;
mod moves;
mod obstacles;
mod recording;
mod seeded;
mod upgrades;
mod zone_updates;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::Seed;

use crate::sim::services::iam::queries::{self, WantedRole};
use crate::sim::testing::{Answer, ask, quiet};
use crate::sim::{Settings, Simulator};

/// The management account.
pub(super) const MANAGEMENT: &str = "111122223333";

/// A simulated AWS and what was made in it, by name.
pub(crate) struct Stage {
    pub(crate) sim: Simulator,
    root: String,
    pub(crate) units: BTreeMap<String, String>,
    pub(super) accounts: BTreeMap<String, String>,
}

impl Stage {
    /// An organization with the units Security and Workloads, and the accounts log and audit in the first.
    pub(super) async fn organization() -> Self {
        let settings = Settings { account_quota: 50, ..quiet() };
        let sim = Simulator::new(settings);
        let mut stage = Self { sim, root: String::new(), units: BTreeMap::new(), accounts: BTreeMap::new() };
        stage.must("organizations", "CreateOrganization", json!({"FeatureSet": "ALL"})).await;
        let roots = stage.must("organizations", "ListRoots", json!({})).await;
        stage.root = roots["Roots"][0]["Id"].as_str().expect("a root").to_owned();
        stage.unit("Security", None).await;
        stage.unit("Workloads", None).await;
        for name in ["log", "audit"] {
            stage.account(name, Some("Security")).await;
        }
        stage
    }

    /// As above with the service roles of 4.0, old enough to be used.
    pub(super) async fn prepared() -> Self {
        let stage = Self::organization().await;
        stage.roles();
        stage.pass(300);
        stage
    }

    /// As above with a landing zone of version 4.0; `auto_enroll` switches auto-enrolment on.
    pub(crate) async fn governed(auto_enroll: bool) -> Self {
        let stage = Self::prepared().await;
        let mut input = json!({"version": "4.0", "manifest": stage.manifest()});
        if auto_enroll {
            input["remediationTypes"] = json!(["INHERITANCE_DRIFT"]);
        }
        stage.must("controltower", "CreateLandingZone", input).await;
        stage.pass(1800);
        assert_eq!(stage.zone().await["status"], "ACTIVE");
        stage
    }

    /// A landing zone of version 3.3 as an earlier setup left it: CreateLandingZone takes only the latest version.
    pub(super) async fn governed_by_3_3() -> Self {
        let stage = Self::prepared().await;
        let seed = Seed {
            arn: None,
            home: "us-east-1".to_owned(),
            version: "3.3".to_owned(),
            manifest: json!({
                "governedRegions": ["us-east-1"],
                "organizationStructure": {"security": {"name": "Security"}},
                "centralizedLogging": {"accountId": stage.accounts["log"]},
                "securityRoles": {"accountId": stage.accounts["audit"]},
            }),
            auto_enroll: false,
            baselines: Vec::new(),
            controls: Vec::new(),
        };
        stage.sim.change(|world| super::seed(world, &seed)).expect("a landing zone");
        assert_eq!(stage.zone().await["version"], "3.3");
        stage
    }

    /// One call.
    pub(super) async fn call(&self, service: &str, operation: &str, input: Value) -> Answer {
        ask(&self.sim, service, operation, input).await
    }

    /// One call that succeeds.
    pub(super) async fn must(&self, service: &str, operation: &str, input: Value) -> Value {
        let answer = self.call(service, operation, input).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text);
        answer.json()
    }

    /// One call to Control Tower that is refused: its code and words.
    pub(super) async fn refused(&self, operation: &str, input: Value) -> (String, String) {
        let answer = self.call("controltower", operation, input).await;
        let code = answer.code().unwrap_or_else(|| panic!("{operation} was not refused: {}", answer.text));
        (code, answer.json()["message"].as_str().unwrap_or_default().to_owned())
    }

    /// Seconds pass.
    pub(super) fn pass(&self, seconds: u64) {
        self.sim.advance(Duration::from_secs(seconds));
    }

    /// Creates a unit, under the root or under another.
    pub(super) async fn unit(&mut self, name: &str, parent: Option<&str>) {
        let parent = parent.map_or(self.root.clone(), |parent| self.units[parent].clone());
        let made = self
            .must("organizations", "CreateOrganizationalUnit", json!({"ParentId": parent, "Name": name}))
            .await;
        let id = made["OrganizationalUnit"]["Id"].as_str().expect("an id").to_owned();
        self.units.insert(name.to_owned(), id);
    }

    /// Creates an account, in the root or in a unit.
    pub(super) async fn account(&mut self, name: &str, unit: Option<&str>) {
        let email = format!("{name}@example.com");
        let asked =
            self.must("organizations", "CreateAccount", json!({"Email": email, "AccountName": name})).await;
        self.pass(600);
        let request = asked["CreateAccountStatus"]["Id"].clone();
        let done = self
            .must("organizations", "DescribeCreateAccountStatus", json!({"CreateAccountRequestId": request}))
            .await;
        let id = done["CreateAccountStatus"]["AccountId"].as_str().expect("an account").to_owned();
        self.accounts.insert(name.to_owned(), id);
        if let Some(unit) = unit {
            self.move_account(name, None, Some(unit)).await;
        }
    }

    /// Moves an account; `None` is the root.
    pub(super) async fn move_account(&self, name: &str, from: Option<&str>, to: Option<&str>) {
        let place = |unit: Option<&str>| unit.map_or(self.root.clone(), |unit| self.units[unit].clone());
        let input = json!({
            "AccountId": self.accounts[name],
            "SourceParentId": place(from),
            "DestinationParentId": place(to),
        });
        self.must("organizations", "MoveAccount", input).await;
    }

    /// Closes an account, at once.
    pub(super) fn close(&self, name: &str) {
        use crate::sim::services::organizations::AccountState;
        let id = self.accounts[name].clone();
        self.sim.change(|world| {
            let now = world.time;
            let tree = world.organizations.of_mut(MANAGEMENT).expect("an organization");
            tree.accounts.get_mut(&id).expect("the account").state = AccountState::Closed(now);
        });
    }

    /// The service roles of every version, created now.
    pub(super) fn roles(&self) {
        self.sim.change(|world| {
            let now = world.time;
            for (name, service, managed, inline) in ROLES {
                let trust = queries::trust_of_service(service);
                let managed: Vec<&str> = managed.iter().copied().collect();
                let document = inline.map(|action| {
                    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}).to_string()
                });
                let inline: Vec<(&str, &str)> = document.iter().map(|document| ("Policy", document.as_str())).collect();
                let wanted = WantedRole {
                    path: "/service-role/",
                    name,
                    trust: &trust,
                    description: None,
                    managed: &managed,
                    inline: &inline,
                };
                queries::put_role(world, MANAGEMENT, &wanted, now);
            }
        });
    }

    /// A manifest of 4.0 with everything on but backups.
    pub(super) fn manifest(&self) -> Value {
        json!({
            "governedRegions": ["us-east-1"],
            "accessManagement": {"enabled": true},
            "backup": {"enabled": false},
            "centralizedLogging": {"enabled": true, "accountId": self.accounts["log"],
                "configurations": {"loggingBucket": {"retentionDays": 365}}},
            "config": {"enabled": true, "accountId": self.accounts["audit"]},
            "securityRoles": {"enabled": true, "accountId": self.accounts["audit"]},
        })
    }

    /// The ARN of the landing zone.
    pub(super) async fn zone_arn(&self) -> Value {
        self.must("controltower", "ListLandingZones", json!({})).await["landingZones"][0]["arn"].clone()
    }

    /// The landing zone.
    pub(super) async fn zone(&self) -> Value {
        let input = json!({"landingZoneIdentifier": self.zone_arn().await});
        self.must("controltower", "GetLandingZone", input).await["landingZone"].clone()
    }

    /// The ARN of a unit.
    pub(super) fn unit_arn(&self, name: &str) -> String {
        let id = &self.units[name];
        self.sim.world().organizations.of(MANAGEMENT).expect("an organization").unit_arn(id)
    }

    /// The input of EnableBaseline for a unit, with the parameter AWSControlTowerBaseline needs here.
    pub(super) async fn enabling(&self, baseline: &str, version: &str, unit: &str) -> Value {
        let id = super::catalogue::named(baseline).expect("a baseline").arn("us-east-1");
        let mut input = json!({"baselineIdentifier": id, "baselineVersion": version, "targetIdentifier": self.unit_arn(unit)});
        let center = super::catalogue::named("IdentityCenterBaseline").expect("a baseline").arn("us-east-1");
        let filter = json!({"filter": {"baselineIdentifiers": [center]}});
        let listed = self.must("controltower", "ListEnabledBaselines", filter).await;
        if baseline == "AWSControlTowerBaseline" && !listed["enabledBaselines"][0]["arn"].is_null() {
            let value = listed["enabledBaselines"][0]["arn"].clone();
            input["parameters"] = json!([{"key": "IdentityCenterEnabledBaselineArn", "value": value}]);
        }
        input
    }

    /// Registers a unit, waits for the end, and says the enabled baseline's ARN.
    pub(crate) async fn register(&self, unit: &str) -> Value {
        let version = if self.zone().await["version"] == "4.0" { "5.0" } else { "4.0" };
        let input = self.enabling("AWSControlTowerBaseline", version, unit).await;
        let begun = self.must("controltower", "EnableBaseline", input).await;
        self.pass(3600);
        let id = begun["operationIdentifier"].clone();
        assert_eq!(self.baseline_operation(&id).await["status"], "SUCCEEDED");
        begun["arn"].clone()
    }

    /// A baseline operation.
    pub(super) async fn baseline_operation(&self, id: &Value) -> Value {
        let input = json!({"operationIdentifier": id});
        self.must("controltower", "GetBaselineOperation", input).await["baselineOperation"].clone()
    }

    /// A landing-zone operation.
    pub(super) async fn zone_operation(&self, id: &Value) -> Value {
        let input = json!({"operationIdentifier": id});
        self.must("controltower", "GetLandingZoneOperation", input).await["operationDetails"].clone()
    }

    /// An enabled baseline.
    pub(super) async fn enabled(&self, arn: &Value) -> Value {
        let input = json!({"enabledBaselineIdentifier": arn});
        self.must("controltower", "GetEnabledBaseline", input).await["enabledBaselineDetails"].clone()
    }

    /// The enabled baselines of accounts that come from a unit's.
    pub(super) async fn children(&self, parent: &Value) -> Vec<Value> {
        let input = json!({"filter": {"parentIdentifiers": [parent]}, "includeChildren": true});
        let listed = self.must("controltower", "ListEnabledBaselines", input).await;
        listed["enabledBaselines"].as_array().expect("a list").clone()
    }

    /// Has an account the role Control Tower works with.
    pub(super) fn has_execution_role(&self, name: &str) -> bool {
        queries::role(&self.sim.world(), &self.accounts[name], "AWSControlTowerExecution").is_some()
    }
}

type RoleRow = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

const ROLES: [RoleRow; 4] = [
    (
        "AWSControlTowerAdmin",
        "controltower.amazonaws.com",
        Some("arn:aws:iam::aws:policy/service-role/AWSControlTowerServiceRolePolicy"),
        Some("ec2:DescribeAvailabilityZones"),
    ),
    (
        "AWSControlTowerCloudTrailRole",
        "cloudtrail.amazonaws.com",
        Some("arn:aws:iam::aws:policy/service-role/AWSControlTowerCloudTrailRolePolicy"),
        None,
    ),
    ("AWSControlTowerStackSetRole", "cloudformation.amazonaws.com", None, Some("sts:AssumeRole")),
    (
        "AWSControlTowerConfigAggregatorRoleForOrganizations",
        "config.amazonaws.com",
        Some("arn:aws:iam::aws:policy/service-role/AWSConfigRoleForOrganizations"),
        None,
    ),
];

/// How the largest supported unit behaves: a thousand accounts registered, listed page by page.
#[tokio::test(start_paused = true)]
async fn a_thousand_accounts_are_registered_and_listed_in_pages() {
    use crate::sim::services::organizations::Account;
    let stage = Stage::governed(false).await;
    let unit = stage.units["Workloads"].clone();
    stage.sim.change(|world| {
        let tree = world.organizations.of_mut(MANAGEMENT).expect("an organization");
        for number in 0..1000_u64 {
            let account = Account { parent: unit.clone(), ..Account::default() };
            tree.accounts.insert((300_000_000_000 + number).to_string(), account);
        }
    });
    let input = stage.enabling("AWSControlTowerBaseline", "5.0", "Workloads").await;
    let arn = stage.must("controltower", "EnableBaseline", input).await["arn"].clone();
    stage.pass(600 + 120 * 1000);
    assert_eq!(stage.enabled(&arn).await["statusSummary"]["status"], "SUCCEEDED");
    let (mut seen, mut token) = (0, Value::Null);
    loop {
        let mut input = json!({"includeChildren": true, "filter": {"parentIdentifiers": [arn]}});
        if !token.is_null() {
            input["nextToken"] = token;
        }
        let page = stage.must("controltower", "ListEnabledBaselines", input).await;
        seen += page["enabledBaselines"].as_array().map_or(0, Vec::len);
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, 1000);
}
