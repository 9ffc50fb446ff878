//! A small organization and its members' sessions, for the tests of the services that live in accounts.
//!
//! In: nothing. Out: a simulator with a management account and one member, and credentials in the member.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{Answer, ask, ask_as, quiet};

/// The management account of every test.
pub(crate) const MANAGEMENT: &str = "111122223333";

/// A policy that IAM takes as an identity policy.
pub(crate) const READ_S3: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;

/// A trust policy for a principal element, e.g. `{"AWS":"111122223333"}`.
pub(crate) fn trust(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}]}}"#
    )
}

/// One stand-alone account.
pub(crate) fn alone() -> Simulator {
    Simulator::new(quiet())
}

/// An organization with all features, and the id of a member account created in it.
pub(crate) async fn organization() -> (Simulator, String) {
    let simulator = alone();
    let created = ask(
        &simulator,
        "organizations",
        "CreateOrganization",
        json!({"FeatureSet": "ALL"}),
    )
    .await;
    assert_eq!(created.code(), None, "{}", created.text);
    let asked = json!({"Email": "member@example.com", "AccountName": "Member"});
    let answer = ask(&simulator, "organizations", "CreateAccount", asked).await;
    assert_eq!(answer.code(), None, "{}", answer.text);
    simulator.advance(Duration::from_secs(3600));
    let id = answer.json()["CreateAccountStatus"]["Id"].clone();
    let asked = json!({ "CreateAccountRequestId": id });
    let status = ask(
        &simulator,
        "organizations",
        "DescribeCreateAccountStatus",
        asked,
    )
    .await
    .json();
    let account = status["CreateAccountStatus"]["AccountId"]
        .as_str()
        .expect("a member account")
        .to_owned();
    (simulator, account)
}

/// Lets a service into the organization.
pub(crate) async fn trust_service(simulator: &Simulator, service: &str) {
    let asked = json!({ "ServicePrincipal": service });
    let answer = ask(simulator, "organizations", "EnableAWSServiceAccess", asked).await;
    assert_eq!(answer.code(), None, "{}", answer.text);
}

/// A session: access key id and session token.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) key: String,
    pub(crate) token: String,
}

impl Session {
    /// Reads the credentials of an STS answer.
    pub(crate) fn of(answer: &Answer) -> Self {
        Self {
            key: element(answer, "AccessKeyId"),
            token: element(answer, "SessionToken"),
        }
    }

    /// Sends a request as this session.
    pub(crate) async fn ask(
        &self,
        simulator: &Simulator,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Answer {
        ask_as(
            simulator,
            &self.key,
            Some(&self.token),
            service,
            operation,
            input,
        )
        .await
    }
}

/// The administrator's session in a member account.
pub(crate) async fn session(simulator: &Simulator, account: &str) -> Session {
    let asked = json!({
        "RoleArn": format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole"),
        "RoleSessionName": "test",
    });
    let answer = ask(simulator, "sts", "AssumeRole", asked).await;
    assert_eq!(answer.code(), None, "{}", answer.text);
    Session::of(&answer)
}

/// The text of the first XML element of a name, entities resolved.
pub(crate) fn element(answer: &Answer, name: &str) -> String {
    let inner = answer
        .text
        .split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    let text = inner.map_or("", |(text, _)| text);
    text.replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
