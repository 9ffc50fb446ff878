//! Account Factory over the wire: an account enrolled, one that fails, one let go.
//!
//! In: a governed organization of `control_tower`'s scenarios. Out: answers, and what Control Tower then shows.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::services::control_tower::scenarios::Stage as Tower;
use crate::sim::testing::{account, ask, ask_as, done, refused};

const SC: &str = "servicecatalog";
const ADMINISTRATOR: &str = "arn:aws:iam::111122223333:user/administrator";

/// A governed organization whose administrator may launch, and an account that is not governed.
struct Stage {
    sim: Simulator,
    unit: String,
    portfolio: Value,
    product: Value,
    artifact: Value,
    member: String,
}

impl Stage {
    async fn new() -> Self {
        let tower = Tower::governed(false).await;
        tower.register("Workloads").await;
        let (sim, unit) = (tower.sim.clone(), tower.units["Workloads"].clone());
        let member = account(&sim, "legacy").await;
        let portfolio =
            done(&sim, SC, "ListPortfolios", json!({})).await["PortfolioDetails"][0]["Id"].clone();
        let name = json!({"Name": "AWS Control Tower Account Factory"});
        let shown = done(&sim, SC, "DescribeProductAsAdmin", name).await;
        let product = shown["ProductViewDetail"]["ProductViewSummary"]["ProductId"].clone();
        let artifact = shown["ProvisioningArtifactSummaries"][0]["Id"].clone();
        Self { sim, unit, portfolio, product, artifact, member }
    }

    async fn join(&self) {
        let me =
            json!({"PortfolioId": self.portfolio, "PrincipalARN": ADMINISTRATOR, "PrincipalType": "IAM"});
        done(&self.sim, SC, "AssociatePrincipalWithPortfolio", me).await;
    }

    fn asked(&self, name: &str, token: &str) -> Value {
        let parameter = |key: &str, value: &str| json!({"Key": key, "Value": value});
        json!({
            "ProductId": self.product,
            "ProvisioningArtifactId": self.artifact,
            "ProvisionedProductName": name,
            "ProvisionToken": token,
            "ProvisioningParameters": [
                parameter("AccountEmail", &format!("{name}@example.com")),
                parameter("AccountName", name),
                parameter("ManagedOrganizationalUnit", &format!("Workloads ({})", self.unit)),
                parameter("SSOUserEmail", "a@example.com"),
                parameter("SSOUserFirstName", "A"),
                parameter("SSOUserLastName", "B"),
            ],
        })
    }

    async fn ended(&self, begun: &Value) -> Value {
        self.sim.advance(Duration::from_secs(3600));
        let id = json!({"Id": begun["RecordDetail"]["RecordId"]});
        done(&self.sim, SC, "DescribeRecord", id).await
    }

    async fn products(&self) -> Value {
        let all = json!({"AccessLevelFilter": {"Key": "Account", "Value": "self"}});
        done(&self.sim, SC, "SearchProvisionedProducts", all).await["ProvisionedProducts"].clone()
    }

    /// Puts the role that Control Tower works with into the account.
    fn prepare(&self) {
        self.sim.change(|world| {
            let now = world.time;
            world.open_account(&self.member, "111122223333", Some("AWSControlTowerExecution"), now);
        });
    }

    async fn enrolled(&self) -> bool {
        let all = json!({"includeChildren": true});
        let listed = done(&self.sim, "controltower", "ListEnabledBaselines", all).await;
        let all = listed["enabledBaselines"].as_array().cloned().unwrap_or_default();
        all.iter().any(|one| one["targetIdentifier"].as_str().is_some_and(|arn| arn.ends_with(&self.member)))
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_launches_without_being_in_the_portfolio() {
    let stage = Stage::new().await;
    let launch = stage.asked("legacy", "t");
    assert_eq!(
        refused(&stage.sim, SC, "ProvisionProduct", launch.clone()).await,
        "ResourceNotFoundException"
    );
    stage.join().await;
    done(&stage.sim, SC, "ProvisionProduct", launch).await;
    let member = ask_as(&stage.sim, &stage.member, None, SC, "ListPortfolios", json!({})).await.json();
    assert_eq!(member["PortfolioDetails"], json!([]), "it is in the management account only");
}

#[tokio::test(start_paused = true)]
async fn an_account_with_the_role_is_enrolled_and_one_without_leaves_a_product_in_error() {
    let stage = Stage::new().await;
    stage.join().await;
    let begun = done(&stage.sim, SC, "ProvisionProduct", stage.asked("legacy", "t")).await;
    let again = done(&stage.sim, SC, "ProvisionProduct", stage.asked("legacy", "t")).await;
    assert_eq!(begun["RecordDetail"]["RecordId"], again["RecordDetail"]["RecordId"], "the token is the same");
    let failed = stage.ended(&begun).await;
    assert_eq!(failed["RecordDetail"]["Status"], "FAILED");
    let words = failed["RecordDetail"]["RecordErrors"][0]["Description"].as_str().expect("words");
    assert!(words.starts_with("The AWSControlTowerExecution role can't be assumed"), "{words}");
    let left = &stage.products().await[0];
    assert_eq!((&left["Status"], &left["PhysicalId"]), (&json!("ERROR"), &json!(stage.member)));
    assert!(!stage.enrolled().await);
    assert_eq!(
        refused(&stage.sim, SC, "ProvisionProduct", stage.asked("legacy", "u")).await,
        "DuplicateResourceException"
    );
    let id = json!({"ProvisionedProductId": left["Id"], "TerminateToken": "x"});
    stage.ended(&done(&stage.sim, SC, "TerminateProvisionedProduct", id).await).await;
    assert_eq!(stage.products().await, json!([]));
    stage.prepare();
    let begun = done(&stage.sim, SC, "ProvisionProduct", stage.asked("legacy", "u")).await;
    let ended = stage.ended(&begun).await;
    assert_eq!(ended["RecordDetail"]["Status"], "SUCCEEDED", "{ended}");
    assert_eq!(ended["RecordOutputs"][1]["OutputValue"], json!(stage.member));
    assert!(stage.enrolled().await);
    let parents = json!({"ChildId": stage.member});
    let parent = done(&stage.sim, "organizations", "ListParents", parents).await["Parents"][0]["Id"].clone();
    assert_eq!(parent, json!(stage.unit));
}

#[tokio::test(start_paused = true)]
async fn terminating_lets_the_account_go() {
    let stage = Stage::new().await;
    stage.join().await;
    stage.prepare();
    let begun = done(&stage.sim, SC, "ProvisionProduct", stage.asked("legacy", "t")).await;
    stage.ended(&begun).await;
    let name = json!({"ProvisionedProductName": "legacy", "TerminateToken": "x"});
    stage.ended(&done(&stage.sim, SC, "TerminateProvisionedProduct", name).await).await;
    assert!(!stage.enrolled().await);
    let gone = json!({"Name": "legacy"});
    assert_eq!(
        refused(&stage.sim, SC, "DescribeProvisionedProduct", gone).await,
        "ResourceNotFoundException"
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_account_is_made_and_enrolled() {
    let stage = Stage::new().await;
    stage.join().await;
    let ended = stage.ended(&done(&stage.sim, SC, "ProvisionProduct", stage.asked("fresh", "t")).await).await;
    assert_eq!(ended["RecordDetail"]["Status"], "SUCCEEDED", "{ended}");
    let account = ended["RecordOutputs"][1]["OutputValue"].clone();
    let shown = done(&stage.sim, "organizations", "DescribeAccount", json!({"AccountId": account})).await;
    assert_eq!(shown["Account"]["Email"], "fresh@example.com");
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_or_unknown_is_refused() {
    let stage = Stage::new().await;
    stage.join().await;
    let mut less = stage.asked("legacy", "t");
    less["ProvisioningParameters"].as_array_mut().expect("a list").pop();
    assert_eq!(refused(&stage.sim, SC, "ProvisionProduct", less).await, "InvalidParametersException");
    let mut other = stage.asked("legacy", "t");
    other["ProvisioningParameters"][0]["Key"] = json!("Colour");
    assert_eq!(refused(&stage.sim, SC, "ProvisionProduct", other).await, "InvalidParametersException");
    let nowhere = json!({"Filters": {"SearchQuery": ["colour:blue"]}});
    let made = done(&stage.sim, SC, "ProvisionProduct", stage.asked("legacy", "t")).await;
    assert_eq!(
        refused(&stage.sim, SC, "SearchProvisionedProducts", nowhere).await,
        "InvalidParametersException"
    );
    stage.ended(&made).await;
    let mine = ask(
        &stage.sim,
        SC,
        "SearchProvisionedProducts",
        json!({"Filters": {"SearchQuery": ["status:ERROR"]}}),
    );
    assert_eq!(mine.await.json()["TotalResultsCount"], 1);
}
