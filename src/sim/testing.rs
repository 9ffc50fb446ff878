//! Requests as a raw HTTP client sends them, for the tests of the simulator.
//!
//! In: service, operation, input. Out: status and body. Absent: any SDK, so that the tests see what is on the wire.

use bytes::Bytes;
use serde_json::Value;

use super::engine::Outcome;
use super::shapes::{Operation, Protocol, Table, table};
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
    let table = table(service).expect("a service");
    let op = table.operations.get(operation).expect("an operation");
    let scope = format!("{key}/20260101/{region}/{}/aws4_request", table.signing_name);
    let mut request = http::Request::builder().method(op.method.as_str()).header("host", "simulator").header(
        "authorization",
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
    );
    if let Some(token) = token {
        request = request.header("x-amz-security-token", token);
    }
    let (uri, kind, body) = match table.protocol {
        Protocol::Json => {
            request = request.header(
                "x-amz-target",
                format!("{}.{operation}", table.target_prefix.as_deref().expect("a prefix")),
            );
            ("/".to_owned(), "application/x-amz-json-1.1", input.to_string())
        }
        Protocol::RestJson => {
            (path(&op.uri, &input) + &query(table, op, &input), "application/json", input.to_string())
        }
        Protocol::Query => {
            ("/".to_owned(), "application/x-www-form-urlencoded", form(operation, &table.version, &input))
        }
    };
    let request = request.uri(uri).header("content-type", kind).body(Bytes::from(body)).expect("a request");
    send(simulator, request).await.expect("an answer")
    let asker = Asker { key, token, region: "us-east-1" };
    simulator.ask(asker, service, operation, &input).await.expect("an answer")
}

/// Sends one request without a signature, each member of its input where the model has it.
pub(crate) async fn ask_unsigned(
    simulator: &Simulator,
    service: &str,
    operation: &str,
    input: Value,
) -> Answer {
    let table = table(service).expect("a service");
    let op = table.operations.get(operation).expect("an operation");
    let shape = table.input(op).expect("an input");
    let mut request = http::Request::builder().method(op.method.as_str()).header("host", "simulator");
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut body = serde_json::Map::new();
    for (name, value) in input.as_object().into_iter().flatten() {
        let place = shape.members.get(name).expect("a member");
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match place.at.as_deref() {
            Some("querystring") => {
                query.append_pair(place.wire(name), &text);
            }
            Some("header") => request = request.header(place.wire(name), text),
            _ => {
                body.insert(name.clone(), value.clone());
            }
        }
    }
    let uri = format!("{}?{}", path(&op.uri, &input), query.finish());
    let body = Bytes::from(if body.is_empty() { String::new() } else { Value::from(body).to_string() });
    send(simulator, request.uri(uri).body(body).expect("a request")).await.expect("an answer")
}

/// Sends a request as it is; `None` when the answer was lost.
pub(crate) async fn send(simulator: &Simulator, request: http::Request<Bytes>) -> Option<Answer> {
    match simulator.engine.handle(request).await {
        Outcome::Lost(_) => None,
        Outcome::Answer(response) => {
            let (parts, body) = response.into_parts();
            let text = String::from_utf8(body.to_vec()).expect("text");
            Some(Answer { status: parts.status.as_u16(), headers: parts.headers, text })
        }
    }
}

fn path(template: &str, input: &Value) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(label) => percent_encoding::utf8_percent_encode(
            input[label.trim_end_matches('+')].as_str().unwrap_or_default(),
            percent_encoding::NON_ALPHANUMERIC,
        )
        .to_string(),
        None => part.to_owned(),
    };
    template.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Members that travel in the query string.
fn query(table: &Table, operation: &Operation, input: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (member, place) in table.input(operation).into_iter().flat_map(|shape| &shape.members) {
        let given = input.get(place.wire(member)).filter(|_| place.at.as_deref() == Some("querystring"));
        if let Some(value) = given {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            form.append_pair(place.wire(member), &text);
        }
    }
    let query = form.finish();
    if query.is_empty() { query } else { format!("?{query}") }
}

fn form(operation: &str, version: &str, input: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", operation).append_pair("Version", version);
    for (name, value) in input.as_object().into_iter().flatten() {
        form.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    form.finish()
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
