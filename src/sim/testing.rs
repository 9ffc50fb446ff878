//! Requests as a raw HTTP client sends them, for the tests of the simulator.
//!
//! In: service, operation, input. Out: status and body. Absent: any SDK, so that the tests see what is on the wire.

use bytes::Bytes;
use serde_json::Value;

pub(crate) use super::caller::Answer;
use super::caller::Asker;
use super::{Settings, Simulator};

/// Settings in which only what a test is about can go wrong: no throttles, no latency.
pub(crate) fn quiet() -> Settings {
    Settings { throttles: false, latency: std::time::Duration::ZERO, ..Settings::default() }
}

impl Answer {
    /// Code, and `/Reason` where there is one.
    pub(crate) fn refusal(&self, operation: &str) -> String {
        let code = self.code().unwrap_or_else(|| panic!("{operation} succeeded: {}", self.text));
        match self.json()["Reason"].as_str() {
            Some(reason) => format!("{code}/{reason}"),
            None => code,
        }
    }
}

/// Sends one request as the administrator of `Settings::account`.
pub(crate) async fn ask(simulator: &Simulator, service: &str, operation: &str, input: Value) -> Answer {
    ask_as(simulator, "AKIAADMINISTRATOR000", None, service, operation, input).await
}

/// The answer of a request that must succeed.
pub(crate) async fn done(simulator: &Simulator, service: &str, operation: &str, input: Value) -> Value {
    let answer = ask(simulator, service, operation, input).await;
    assert!(answer.status < 300, "{operation}: {}", answer.text);
    answer.json()
}

/// Code, and `/Reason` where there is one, of a request that must be refused.
pub(crate) async fn refused(simulator: &Simulator, service: &str, operation: &str, input: Value) -> String {
    let answer = ask(simulator, service, operation, input).await;
    answer.refusal(operation)
}

/// Sends one request with an access key (twelve digits: the administrator of that account) and a session token.
/// For a query service the input is flat: its keys are form fields.
pub(crate) async fn ask_as(
    simulator: &Simulator,
    key: &str,
    token: Option<&str>,
    service: &str,
    operation: &str,
    input: Value,
) -> Answer {
    ask_in(simulator, "us-east-1", (key, token), service, operation, input).await
}

/// The same in another Region; `credentials` are the access key and the session token.
pub(crate) async fn ask_in(
    simulator: &Simulator,
    region: &str,
    credentials: (&str, Option<&str>),
    service: &str,
    operation: &str,
    input: Value,
) -> Answer {
    let (key, token) = credentials;
    let asker = Asker { key, token, region };
    simulator.ask(asker, service, operation, &input).await.expect("an answer")
}

/// Sends a request as it is; `None` when the answer was lost.
pub(crate) async fn send(simulator: &Simulator, request: http::Request<Bytes>) -> Option<Answer> {
    simulator.send(request).await
}

/// A simulator with an organization of all features, and the id of its root.
pub(crate) async fn organization(settings: Settings) -> (Simulator, String) {
    let simulator = Simulator::new(settings);
    done(&simulator, "organizations", "CreateOrganization", serde_json::json!({})).await;
    let world = simulator.world();
    let root = world.organizations.of(&world.account).expect("an organization").root.id.clone();
    (simulator, root)
}

/// Creates an account and waits until it is there; gives its id.
pub(crate) async fn account(simulator: &Simulator, name: &str) -> String {
    let input = serde_json::json!({"AccountName": name, "Email": format!("{name}@example.com")});
    let begun = done(simulator, "organizations", "CreateAccount", input).await;
    simulator.advance(std::time::Duration::from_secs(300));
    let status = serde_json::json!({"CreateAccountRequestId": begun["CreateAccountStatus"]["Id"]});
    let ended = done(simulator, "organizations", "DescribeCreateAccountStatus", status).await;
    ended["CreateAccountStatus"]["AccountId"].as_str().expect("an account").to_owned()
}
