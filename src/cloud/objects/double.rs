//! An S3 bucket in this process for unit tests: the real client on one side, one
//! ordered map of objects on the other, no socket, the clock of the test.
//!
//! It keeps conditions as S3 does and can lose answers, conflict and deny. It signs
//! nothing and checks no signature.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::{Bucket, Reach};

/// Keys on a page of a listing: few, so that there are pages.
const PAGE: usize = 2;
/// How long an answer takes.
const LATENCY: Duration = Duration::from_millis(40);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    LostAfterEffect,
    LostBeforeEffect,
    Conflict,
    Denied,
}

#[derive(Debug)]
struct Kept {
    content: Vec<u8>,
    modified: Timestamp,
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// GET or PUT.
    pub(crate) method: String,
    /// The object's whole key; empty for a listing.
    pub(crate) key: String,
    /// The tag that the object must still have.
    pub(crate) if_match: Option<String>,
    /// `*` where there must be no object.
    pub(crate) if_none_match: Option<String>,
}

#[derive(Debug)]
struct Inside {
    objects: BTreeMap<String, Kept>,
    trouble: VecDeque<Trouble>,
    sent: Vec<Sent>,
}

/// The bucket.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    inside: Arc<Mutex<Inside>>,
    begin: Instant,
}

impl Store {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let inside = Inside { objects: BTreeMap::new(), trouble: VecDeque::new(), sent: Vec::new() };
        Self { inside: Arc::new(Mutex::new(inside)), begin: Instant::now() }
    }

    /// A client of it.
    pub(crate) async fn bucket(&self) -> Bucket {
        let connector = SharedHttpConnector::new(self.clone());
        let reach = Reach {
            http_client: Some(http_client_fn(move |_, _| connector.clone())),
            credentials: Some(Credentials::new("AKIDTEST", "not-a-secret", None, None, "test")),
            endpoint_url: Some("http://store.test".to_owned()),
            ..Reach::default()
        };
        Bucket::open("s3://bucket/lz?region=eu-west-1".parse().unwrap(), reach).await.unwrap()
    }

    /// The answer of the next request is lost, after its effect or before.
    pub(crate) fn lose_next(&self, after_effect: bool) {
        let trouble = if after_effect { Trouble::LostAfterEffect } else { Trouble::LostBeforeEffect };
        self.inside.lock().unwrap().trouble.push_back(trouble);
    }

    /// The next request meets 409.
    pub(crate) fn conflict_next(&self) {
        self.inside.lock().unwrap().trouble.push_back(Trouble::Conflict);
    }

    /// The next request is denied.
    pub(crate) fn deny(&self) {
        self.inside.lock().unwrap().trouble.push_back(Trouble::Denied);
    }

    /// How many writes were asked for.
    pub(crate) fn puts(&self) -> usize {
        self.inside.lock().unwrap().sent.iter().filter(|sent| sent.method == "PUT").count()
    }

    /// Every request so far.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.inside.lock().unwrap().sent.clone()
    }

    /// The names of all objects.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.inside.lock().unwrap().objects.keys().cloned().collect()
    }

    /// Somebody deletes the object whose key ends so.
    pub(crate) fn lose_object(&self, end: &str) {
        self.inside.lock().unwrap().objects.retain(|key, _| !key.ends_with(end));
    }

    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-11-23T10:15:00Z".parse().unwrap();
        start + self.begin.elapsed()
    }

    fn answer(&self, request: &HttpRequest) -> Option<Reply> {
        let mut inside = self.inside.lock().unwrap();
        let method = request.method().to_owned();
        let uri = request.uri().to_owned();
        let (path, query) = uri.split_once('?').unwrap_or((&uri, ""));
        let path = path.trim_start_matches("http://store.test/bucket").trim_start_matches('/');
        let header = |name: &str| request.headers().get(name).map(str::to_owned);
        let (if_match, if_none_match) = (header("if-match"), header("if-none-match"));
        inside.sent.push(Sent { method: method.clone(), key: path.to_owned(), if_match, if_none_match });
        let trouble = inside.trouble.pop_front();
        match trouble {
            Some(Trouble::LostBeforeEffect) => return None,
            Some(Trouble::Conflict) => return Some(error(409, "ConditionalRequestConflict")),
            Some(Trouble::Denied) => return Some(error(403, "AccessDenied")),
            Some(Trouble::LostAfterEffect) | None => {}
        }
        let now = self.now();
        let answer = match method.as_str() {
            "GET" if path.is_empty() => list(&inside.objects, query),
            "GET" => get(&inside.objects, path),
            "PUT" => {
                let body = request.body().bytes().unwrap_or_default().to_vec();
                let body = unchunked(body, header("content-encoding").as_deref());
                put(&mut inside.objects, path, body, header("if-match"), header("if-none-match"), now)
            }
            other => panic!("{other} is not known here"),
        };
        (trouble != Some(Trouble::LostAfterEffect)).then_some(answer)
    }
}

type Reply = (u16, Vec<u8>, Vec<(&'static str, String)>);

/// The content of a body that the client has sent in signed pieces.
fn unchunked(body: Vec<u8>, encoding: Option<&str>) -> Vec<u8> {
    if encoding != Some("aws-chunked") {
        return body;
    }
    let text = String::from_utf8(body).unwrap();
    text.split("\r\n").nth(1).unwrap_or_default().as_bytes().to_vec()
}

fn tag(content: &[u8]) -> String {
    format!("\"{}\"", &hex::encode(Sha256::digest(content))[..32])
}

fn error(status: u16, code: &str) -> Reply {
    let body = format!("<Error><Code>{code}</Code><Message>{code}, it says</Message></Error>");
    (status, body.into_bytes(), Vec::new())
}

fn get(objects: &BTreeMap<String, Kept>, key: &str) -> Reply {
    let Some(kept) = objects.get(key) else { return error(404, "NoSuchKey") };
    let modified = kept.modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    (200, kept.content.clone(), vec![("etag", tag(&kept.content)), ("last-modified", modified)])
}

fn put(
    objects: &mut BTreeMap<String, Kept>,
    key: &str,
    content: Vec<u8>,
    unchanged: Option<String>,
    absent: Option<String>,
    modified: Timestamp,
) -> Reply {
    let held = objects.get(key).map(|kept| tag(&kept.content));
    match (&unchanged, &held) {
        (Some(_), None) => return error(404, "NoSuchKey"),
        (Some(wanted), Some(held)) if wanted != held => return error(412, "PreconditionFailed"),
        _ => {}
    }
    if absent.as_deref() == Some("*") && held.is_some() {
        return error(412, "PreconditionFailed");
    }
    let tag = tag(&content);
    objects.insert(key.to_owned(), Kept { content, modified });
    (200, Vec::new(), vec![("etag", tag)])
}

fn list(objects: &BTreeMap<String, Kept>, query: &str) -> Reply {
    let arguments: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    let prefix = arguments.get("prefix").map(AsRef::as_ref).unwrap_or_default();
    let mut names: Vec<String> = objects
        .keys()
        .filter_map(|key| key.strip_prefix(prefix))
        .map(|rest| match rest.split_once('/') {
            Some((folder, _)) => {
                format!("<CommonPrefixes><Prefix>{prefix}{folder}/</Prefix></CommonPrefixes>")
            }
            None => format!("<Contents><Key>{prefix}{rest}</Key></Contents>"),
        })
        .collect();
    names.dedup();
    let from: usize = arguments.get("continuation-token").and_then(|token| token.parse().ok()).unwrap_or(0);
    let next = from + PAGE;
    let more = match next < names.len() {
        true => {
            format!("<NextContinuationToken>{next}</NextContinuationToken><IsTruncated>true</IsTruncated>")
        }
        false => String::new(),
    };
    let page: String = names.into_iter().skip(from).take(PAGE).collect();
    let body = format!("<ListBucketResult>{page}{more}</ListBucketResult>");
    (200, body.into_bytes(), Vec::new())
}

impl HttpConnector for Store {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let store = self.clone();
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(LATENCY).await;
            let Some((status, body, headers)) = store.answer(&request) else {
                return Err(ConnectorError::io("the connection broke".into()));
            };
            let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
            let date = store.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            response.headers_mut().insert("date", date);
            response.headers_mut().insert("x-amz-request-id", "request-1");
            for (name, value) in headers {
                response.headers_mut().insert(name, value);
            }
            Ok(response)
        })
    }
}
