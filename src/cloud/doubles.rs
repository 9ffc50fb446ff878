//! A scripted AWS for unit tests: real SDK clients on one side, raw HTTP answers
//! on the other, no socket, paused time.
//!
//! Answers are queued by operation: the name in the target header or the form for
//! services of that sort, the path for the others. The last answer of a queue
//! stays. An operation without a script fails the test.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::connection::{Connection, Settings};
use super::task::Task;

/// One answer.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A body with a status and headers.
    Body(u16, String, Vec<(&'static str, String)>),
    /// The connection breaks after the request was sent.
    Lost,
    /// There is nobody to connect to.
    Refused,
    /// No answer ever comes.
    Silence,
    /// The answer depends on the request's body.
    By(Arc<dyn Fn(&Value) -> Value + Send + Sync>),
}

/// A JSON answer.
pub(crate) fn ok(body: Value) -> Answer {
    Answer::Body(200, body.to_string(), Vec::new())
}

/// An XML answer.
pub(crate) fn xml(body: &str) -> Answer {
    Answer::Body(200, body.to_owned(), Vec::new())
}

/// An error of a JSON service.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({ "__type": code, "Message": message, "message": message });
    Answer::Body(status, body.to_string(), vec![("x-amzn-errortype", code.to_owned())])
}

/// An error of an XML service.
pub(crate) fn xml_error(status: u16, code: &str, message: &str) -> Answer {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>xml-request</RequestId></ErrorResponse>"
    );
    Answer::Body(status, body, Vec::new())
}

#[derive(Default)]
struct Script {
    answers: HashMap<String, VecDeque<Answer>>,
    log: Vec<(String, Value)>,
}

/// The scripted AWS.
#[derive(Clone, Default)]
pub(crate) struct Double(Arc<Mutex<Script>>);

impl std::fmt::Debug for Double {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Double")
    }
}

impl Double {
    /// A script that knows who calls: the management account 111111111111.
    pub(crate) fn new() -> Self {
        Self::default().on("GetCallerIdentity", xml(CALLER))
    }

    /// Queues an answer.
    pub(crate) fn on(self, operation: &str, answer: Answer) -> Self {
        self.0.lock().unwrap().answers.entry(operation.to_owned()).or_default().push_back(answer);
        self
    }

    /// Queues an answer that is made from the request.
    pub(crate) fn by(
        self,
        operation: &str,
        answer: impl Fn(&Value) -> Value + Send + Sync + 'static,
    ) -> Self {
        self.on(operation, Answer::By(Arc::new(answer)))
    }

    /// The names of the operations called, in order, without the caller's identity.
    pub(crate) fn called(&self) -> Vec<String> {
        let log = &self.0.lock().unwrap().log;
        log.iter().map(|(name, _)| name.clone()).filter(|name| name != "GetCallerIdentity").collect()
    }

    /// The bodies sent to one operation.
    pub(crate) fn bodies(&self, operation: &str) -> Vec<Value> {
        let log = &self.0.lock().unwrap().log;
        log.iter().filter(|(name, _)| name == operation).map(|(_, body)| body.clone()).collect()
    }

    /// A connection to this double, home Region us-west-2.
    pub(crate) async fn connection(&self) -> Connection {
        let connector = SharedHttpConnector::new(self.clone());
        let settings = Settings {
            home_region: Some("us-west-2".parse().unwrap()),
            http_client: Some(http_client_fn(move |_, _| connector.clone())),
            credentials: Some(Credentials::new("AKIDTEST", "not-a-secret", None, None, "test")),
            run: "test".to_owned(),
            ..Settings::default()
        };
        Connection::open(settings).await.unwrap()
    }

    fn next(&self, operation: &str, body: Value) -> Answer {
        let mut script = self.0.lock().unwrap();
        script.log.push((operation.to_owned(), body));
        let queue = script.answers.get_mut(operation).unwrap_or_else(|| panic!("no script for {operation}"));
        if queue.len() > 1 { queue.pop_front().unwrap() } else { queue.front().unwrap().clone() }
    }
}

impl HttpConnector for Double {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (operation, body) = read(&request);
        let answer = self.next(&operation, body.clone());
        HttpConnectorFuture::new(async move {
            let (status, text, headers) = match answer {
                Answer::Body(status, text, headers) => (status, text, headers),
                Answer::By(make) => (200, make(&body).to_string(), Vec::new()),
                Answer::Lost => return Err(ConnectorError::io("connection reset".into())),
                Answer::Refused => {
                    let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
                    return Err(ConnectorError::io(refused.into()));
                }
                Answer::Silence => std::future::pending().await,
            };
            let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(text));
            response.headers_mut().insert("x-amzn-requestid", "request-1");
            for (name, value) in headers {
                response.headers_mut().insert(name, value);
            }
            Ok(response)
        })
    }
}

/// The operation and the body as JSON; a form becomes an object of texts.
fn read(request: &HttpRequest) -> (String, Value) {
    let bytes = request.body().bytes().unwrap_or_default();
    if let Some(target) = request.headers().get("x-amz-target") {
        let name = target.rsplit('.').next().unwrap_or_default().to_owned();
        return (name, serde_json::from_slice(bytes).unwrap_or(Value::Null));
    }
    if bytes.starts_with(b"Action=") {
        let form: serde_json::Map<String, Value> = form_urlencoded::parse(bytes)
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect();
        return (form["Action"].as_str().unwrap().to_owned(), Value::Object(form));
    }
    let uri = request.uri().to_owned();
    let path = uri.splitn(4, '/').nth(3).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    (format!("/{path}"), serde_json::from_slice(bytes).unwrap_or(Value::Null))
}

const CALLER: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
    <Arn>arn:aws:sts::111111111111:assumed-role/Admin/me</Arn><UserId>AROA:me</UserId>\
    <Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

/// A task with JSON objects for its inputs and keys; `at` is address, verb and item.
pub(crate) fn task(at: [&str; 3], inputs: Value, keys: Value, own: &[(&str, &str)]) -> Task {
    let fields = |value: Value| value.as_object().unwrap().clone().into_iter().collect();
    Task {
        address: at[0].parse().unwrap(),
        verb: at[1].to_owned(),
        item: at[2].to_owned(),
        inputs: fields(inputs),
        keys: fields(keys),
        own: own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        token: "token-1".to_owned(),
    }
}
