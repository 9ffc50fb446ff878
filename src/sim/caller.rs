//! A request as any client sends it, without an SDK: what somebody in an account asks AWS.
//!
//! In: who asks, where, and the input by the model's names. Out: the answer, its code if it was refused. For stories
//! about members and for the tests of the simulator. Absent: signing, since an access key of twelve digits is the
//! administrator of that account where signatures are not verified.

use bytes::Bytes;
use serde_json::Value;

use super::Simulator;
use super::engine::Outcome;
use super::faults::named_account;
use super::shapes::{Kind, Operation, Protocol, Table, table};

/// Who sends a request, and to which Region.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// An access key; twelve digits are the administrator of that account.
    pub key: &'a str,
    /// A session token that belongs to the key.
    pub token: Option<&'a str>,
    /// E.g. `eu-west-1`.
    pub region: &'a str,
}

/// An answer of the simulated AWS.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: http::HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// The body as JSON; null for an empty body or XML.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The error code; none for success.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        if self.status < 300 {
            return None;
        }
        let header =
            self.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let xml = self
            .text
            .split_once("<Code>")
            .and_then(|(_, rest)| rest.split_once("</Code>"))
            .map(|(code, _)| code.to_owned());
        header.or_else(|| self.json()["__type"].as_str().map(str::to_owned)).or(xml)
    }

    /// AWS's words of a refusal.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let body = self.json();
        let json = body["message"].as_str().or_else(|| body["Message"].as_str()).map(str::to_owned);
        let xml = || {
            let (_, rest) = self.text.split_once("<Message>")?;
            rest.split_once("</Message>").map(|(words, _)| words.to_owned())
        };
        self.code()?;
        json.or_else(xml)
    }
}

impl Simulator {
    /// Asks for an operation, such as `guardduty` and `DeleteDetector`; none when the answer was lost or there is no
    /// such operation. For a query service the input is flat: its keys are form fields.
    pub async fn ask(
        &self,
        asker: Asker<'_>,
        service: &str,
        operation: &str,
        input: &Value,
    ) -> Option<Answer> {
        let table = table(service)?;
        let op = table.operations.get(operation)?;
        self.send(request(asker, table, operation, op, &on_the_wire(table, op, input))?).await
    }

    /// The id of an account by its id, e-mail address or name; `management` is the world's own.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<String> {
        let world = self.world();
        if name == "management" {
            return Some(world.account);
        }
        let mut organizations = world.organizations.organizations.values();
        organizations.find_map(|organization| named_account(organization, name))
    }

    /// Sends a request as it is; none when the answer was lost.
    pub(crate) async fn send(&self, request: http::Request<Bytes>) -> Option<Answer> {
        match self.engine.handle(request).await {
            Outcome::Lost(_) => None,
            Outcome::Answer(response) => {
                let (parts, body) = response.into_parts();
                let text = String::from_utf8_lossy(&body).into_owned();
                Some(Answer { status: parts.status.as_u16(), headers: parts.headers, text })
            }
        }
    }
}

/// Whether the simulated AWS knows an operation of a service.
#[must_use]
pub fn knows(service: &str, operation: &str) -> bool {
    table(service).is_some_and(|table| table.operations.contains_key(operation))
}

fn request(
    asker: Asker<'_>,
    table: &Table,
    operation: &str,
    op: &Operation,
    input: &Value,
) -> Option<http::Request<Bytes>> {
    let (key, region) = (asker.key, asker.region);
    let scope = format!("{key}/20260101/{region}/{}/aws4_request", table.signing_name);
    let mut request = http::Request::builder().method(op.method.as_str()).header("host", "simulator").header(
        "authorization",
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
    );
    if let Some(token) = asker.token {
        request = request.header("x-amz-security-token", token);
    }
    let (uri, kind, body) = match table.protocol {
        Protocol::Json => {
            request =
                request.header("x-amz-target", format!("{}.{operation}", table.target_prefix.as_deref()?));
            ("/".to_owned(), "application/x-amz-json-1.1", input.to_string())
        }
        Protocol::RestJson => (uri(table, op, input), "application/json", input.to_string()),
        Protocol::Query => {
            ("/".to_owned(), "application/x-www-form-urlencoded", form(operation, &table.version, input))
        }
    };
    request.uri(uri).header("content-type", kind).body(Bytes::from(body)).ok()
}

/// An input whose members go by the model's names or already by those on the wire, in the body and in the path.
fn on_the_wire(table: &Table, op: &Operation, input: &Value) -> Value {
    let members = op.input.as_deref().and_then(|name| table.shape(name)).map(|shape| &shape.members);
    let Some((members, given)) = members.zip(input.as_object()) else { return input.clone() };
    let wire = |name: &String| match members.get(name) {
        Some(reference) if reference.at.as_deref().is_none_or(|at| at == "uri") => {
            reference.wire(name).to_owned()
        }
        _ => name.clone(),
    };
    let is_text = |name: &String| {
        let shape = members.get(name).and_then(|reference| table.shape(&reference.shape));
        shape.is_some_and(|shape| shape.kind == Kind::String)
    };
    // A document, e.g. a policy, travels as a text.
    let sent = |name: &String, value: &Value| match value {
        Value::Object(_) | Value::Array(_) if is_text(name) => Value::String(value.to_string()),
        other => other.clone(),
    };
    Value::Object(given.iter().map(|(name, value)| (wire(name), sent(name, value))).collect())
}

/// Path and query of a REST request; what travels in the query may be named by the model or
/// as on the wire.
fn uri(table: &Table, op: &Operation, input: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let path = path(&op.uri, input);
    let members = op.input.as_deref().and_then(|name| table.shape(name)).map(|shape| &shape.members);
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, reference) in members.into_iter().flatten() {
        let given = input.get(name).or_else(|| input.get(reference.wire(name)));
        let given = given.filter(|value| reference.at.as_deref() == Some("querystring") && !value.is_null());
        if let Some(value) = given {
            query.append_pair(reference.wire(name), &text(value));
        }
    }
    let query = query.finish();
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// The path with its labels filled in.
pub(super) fn path(template: &str, input: &Value) -> String {
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

fn form(operation: &str, version: &str, input: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", operation).append_pair("Version", version);
    for (name, value) in input.as_object().into_iter().flatten() {
        form.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    form.finish()
}
