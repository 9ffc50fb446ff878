//! Objects in an S3 bucket, written only under a condition.
//!
//! In: a [`Location`] and the ordinary chain of credentials, or an HTTP client of
//! one's own. Out: objects with their tag and the moments at which the store says
//! they were written and read, and writes that happen only if nobody else's came
//! first. Absent: what is kept there (`apply::store`), deleting, and sending a
//! conditional write again by itself: whether one whose answer was lost took effect
//! is found out by reading, which only whoever wrote it can judge.
//!
//! Facts: `PutObject` takes `If-None-Match: *` and `If-Match: ETAG`; 412 says that
//! the condition does not hold, 409 `ConditionalRequestConflict` that another
//! request was in the way, 404 that there is nothing to match (Amazon S3 User
//! Guide, "How to prevent object overwrites with conditional writes"). Reads and
//! listings are strongly consistent since December 2020 (same guide, "Amazon S3
//! data consistency model").

#[cfg(test)]
pub(crate) mod double;
mod location;
mod moment;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use jiff::Timestamp;
use thiserror::Error;

pub use location::{InvalidLocation, Location};

use self::moment::{DateSeen, timestamp};
use super::failure::CallError;
use super::mapping;
use crate::catalog::operations::Verdict;

/// How long one request may take: the objects are small.
const ATTEMPT: Duration = Duration::from_secs(5);
/// How often a read is sent when it meets passing faults.
const ATTEMPTS: u32 = 5;
/// The wait before a read is sent again; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Where requests go when not along the ordinary chain.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// A profile of the shared configuration files, when the location names none.
    pub profile: Option<String>,
    /// An endpoint, when `AWS_ENDPOINT_URL_S3` names none.
    pub endpoint_url: Option<String>,
    /// What carries requests; none makes an HTTPS client.
    pub http_client: Option<SharedHttpClient>,
    /// Credentials; none asks the ordinary chain.
    pub credentials: Option<aws_credential_types::Credentials>,
}

/// There is no bucket to talk to.
#[derive(Debug, Error)]
#[error("no Region is known for {0}: write {0}?region=REGION, or set AWS_REGION")]
pub struct NoRegion(pub Location);

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub content: Vec<u8>,
    /// Its ETag, which changes whenever the content does.
    pub tag: String,
    /// When it was written, by the store's clock, in whole seconds.
    pub modified: Timestamp,
}

/// An answer with the moment at which the store gave it, by its own clock, in
/// whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// What was asked for.
    pub found: T,
    /// When, by the store's clock.
    pub at: Timestamp,
}

/// When a write may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition<'a> {
    /// Only if there is no such object.
    Absent,
    /// Only if the object still has this tag.
    Unchanged(&'a str),
}

/// What became of a conditional write that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It is written, and this is its tag.
    Written(String),
    /// The condition does not hold. An earlier sending of the same write may be why.
    Refused,
    /// Another request was in the way; whether this one took effect must be read.
    Busy,
}

/// A place in a bucket.
#[derive(Clone)]
pub struct Bucket {
    client: Client,
    location: Location,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({})", self.location)
    }
}

impl Bucket {
    /// Prepares a client. Nothing is sent to the bucket.
    ///
    /// # Errors
    /// [`NoRegion`] when neither the location nor the chain names a Region.
    pub async fn open(location: Location, reach: Reach) -> Result<Self, NoRegion> {
        let mut loader = aws_config::defaults(aws_config::BehaviorVersion::v2026_01_12());
        if let Some(region) = &location.region {
            loader = loader.region(aws_types::region::Region::new(region.to_string()));
        }
        if let Some(profile) = location.profile.as_ref().or(reach.profile.as_ref()) {
            loader = loader.profile_name(profile);
        }
        if let Some(client) = reach.http_client {
            loader = loader.http_client(client);
        }
        if let Some(credentials) = reach.credentials {
            loader = loader.credentials_provider(credentials);
        }
        let config = loader.load().await;
        if config.region().is_none() {
            return Err(NoRegion(location));
        }
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(ATTEMPT)
            .read_timeout(ATTEMPT)
            .operation_attempt_timeout(ATTEMPT)
            .build();
        let from_environment = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].map(std::env::var_os);
        let mut builder = Builder::from(&config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            // A bucket of an endpoint of one's own has no name in the DNS.
            .force_path_style(reach.endpoint_url.is_some() || from_environment.iter().any(Option::is_some));
        if let (Some(url), [None, _]) = (reach.endpoint_url, &from_environment) {
            builder = builder.endpoint_url(url);
        }
        Ok(Self { client: Client::from_conf(builder.build()), location })
    }

    /// Where it is.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// Reads an object; none when there is none.
    ///
    /// # Errors
    /// What S3 said, or that it said nothing, several times.
    pub async fn get(&self, key: &str) -> Result<Answer<Option<Object>>, CallError> {
        self.patiently(|| self.get_once(key)).await
    }

    /// Writes an object if the condition holds. Sent once.
    ///
    /// # Errors
    /// What S3 said. With the verdict "unknown" it may have been written.
    pub async fn put(&self, key: &str, content: Vec<u8>, condition: Condition<'_>) -> Result<Put, CallError> {
        let request = self
            .client
            .put_object()
            .bucket(&self.location.bucket)
            .key(self.location.key(key))
            .content_type("application/json")
            .body(ByteStream::from(content));
        let request = match condition {
            Condition::Absent => request.if_none_match("*"),
            Condition::Unchanged(tag) => request.if_match(tag),
        };
        match request.send().await {
            Ok(output) => match output.e_tag {
                Some(tag) => Ok(Put::Written(tag)),
                None => Err(CallError::unreadable(PUT, "ETag")),
            },
            Err(error) => match status(&error) {
                // Nothing to match any more: somebody has deleted the object.
                Some(412 | 404) if error.code() != Some("NoSuchBucket") => Ok(Put::Refused),
                Some(409) => Ok(Put::Busy),
                _ => Err(self.failed(PUT, false, &error)),
            },
        }
    }

    /// The names that begin with `prefix`, sorted, cut at the first `/` after it.
    ///
    /// # Errors
    /// What S3 said, or that it said nothing, several times.
    pub async fn names(&self, prefix: &str) -> Result<Vec<String>, CallError> {
        let (mut names, mut token) = (Vec::new(), None);
        loop {
            let page = self.patiently(|| self.page(prefix, token.clone())).await?;
            names.extend(page.0);
            token = page.1;
            if token.is_none() {
                names.sort_unstable();
                return Ok(names);
            }
        }
    }

    async fn get_once(&self, key: &str) -> Result<Answer<Option<Object>>, CallError> {
        let date = DateSeen::default();
        let request = self.client.get_object().bucket(&self.location.bucket).key(self.location.key(key));
        let sent = request.customize().interceptor(date.clone()).send().await;
        let at = || date.get().ok_or_else(|| CallError::unreadable(GET, "Date"));
        let output = match sent {
            Ok(output) => output,
            Err(error) if error.code() == Some("NoSuchKey") => return Ok(Answer { found: None, at: at()? }),
            Err(error) => return Err(self.failed(GET, true, &error)),
        };
        let (tag, modified) = (output.e_tag, output.last_modified.as_ref().and_then(timestamp));
        let body = output.body.collect().await;
        let content = body.map_err(|error| {
            CallError::ours(GET, super::failure::code::UNREADABLE, error.to_string(), Verdict::Unknown)
        })?;
        let object = Object {
            content: content.to_vec(),
            tag: tag.ok_or_else(|| CallError::unreadable(GET, "ETag"))?,
            modified: modified.ok_or_else(|| CallError::unreadable(GET, "Last-Modified"))?,
        };
        Ok(Answer { found: Some(object), at: at()? })
    }

    async fn page(
        &self,
        prefix: &str,
        token: Option<String>,
    ) -> Result<(Vec<String>, Option<String>), CallError> {
        let whole = self.location.key(prefix);
        let request = self
            .client
            .list_objects_v2()
            .bucket(&self.location.bucket)
            .prefix(&whole)
            .delimiter("/")
            .set_continuation_token(token);
        let output = request.send().await.map_err(|error| self.failed(LIST, true, &error))?;
        let keys = output.contents().iter().filter_map(aws_sdk_s3::types::Object::key);
        let folders = output.common_prefixes().iter().filter_map(aws_sdk_s3::types::CommonPrefix::prefix);
        let names = keys
            .chain(folders)
            .filter_map(|key| key.strip_prefix(&whole))
            .map(|name| name.trim_end_matches('/').to_owned())
            .collect();
        Ok((names, output.next_continuation_token))
    }

    /// Sends a question again while it meets faults that pass.
    async fn patiently<T, F, Fut>(&self, ask: F) -> Result<T, CallError>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<T, CallError>>,
    {
        let mut wait = FIRST_WAIT;
        for _ in 1..ATTEMPTS {
            match ask().await {
                Err(error) if passes(&error) => tokio::time::sleep(wait).await,
                answer => return answer,
            }
            wait *= 2;
        }
        ask().await
    }

    fn failed<E>(&self, operation: &'static str, read: bool, error: &SdkError<E, Response>) -> CallError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let mut mapped = mapping::call_error(operation, read, error);
        // The table of operations knows those of the organization only.
        if let Some(verdict) = status(error).map(verdict) {
            mapped.verdict = verdict;
        }
        if mapped.message.is_empty() {
            mapped.message = format!("no words, at {}", self.location);
        }
        mapped
    }
}

const GET: &str = "S3 GetObject";
const PUT: &str = "S3 PutObject";
const LIST: &str = "S3 ListObjectsV2";

/// Whether a failure may be gone at the next try.
#[must_use]
pub const fn passes(error: &CallError) -> bool {
    matches!(error.verdict, Verdict::Unknown | Verdict::Throttled | Verdict::NotReady)
}

fn status<E>(error: &SdkError<E, Response>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// What a status of S3 says. 503 is its `SlowDown`; for a write that leaves its
/// outcome open, since nothing says that no other 503 is ever sent.
const fn verdict(status: u16) -> Verdict {
    match status {
        401 | 403 => Verdict::Denied,
        429 => Verdict::Throttled,
        400..=499 => Verdict::Rejected,
        _ => Verdict::Unknown,
    }
}

/// A cell that an interceptor fills.
type Cell = Arc<Mutex<Option<Timestamp>>>;

fn held(cell: &Cell) -> std::sync::MutexGuard<'_, Option<Timestamp>> {
    cell.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::double::Store;
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_object_is_made_once_and_changed_only_by_who_has_seen_it() {
        let store = Store::new();
        let bucket = store.bucket().await;
        assert_eq!(bucket.get("a").await.unwrap().found, None);
        let Put::Written(first) = bucket.put("a", b"1".to_vec(), Condition::Absent).await.unwrap() else {
            panic!("not written")
        };
        assert_eq!(bucket.put("a", b"2".to_vec(), Condition::Absent).await.unwrap(), Put::Refused);
        let seen = bucket.get("a").await.unwrap().found.unwrap();
        assert_eq!((seen.content.as_slice(), &seen.tag), (b"1".as_slice(), &first));
        let changed = bucket.put("a", b"3".to_vec(), Condition::Unchanged(&first)).await.unwrap();
        assert!(matches!(changed, Put::Written(_)));
        let late = bucket.put("a", b"4".to_vec(), Condition::Unchanged(&first)).await.unwrap();
        assert_eq!(late, Put::Refused);
        let nothing = bucket.put("b", b"4".to_vec(), Condition::Unchanged(&first)).await.unwrap();
        assert_eq!(nothing, Put::Refused);
    }

    #[tokio::test(start_paused = true)]
    async fn age_is_told_by_the_clock_of_the_store() {
        let store = Store::new();
        let bucket = store.bucket().await;
        bucket.put("a", b"1".to_vec(), Condition::Absent).await.unwrap();
        tokio::time::sleep(Duration::from_secs(40)).await;
        let answer = bucket.get("a").await.unwrap();
        let age = answer.at.duration_since(answer.found.unwrap().modified);
        assert!((39..=41).contains(&age.as_secs()), "{age}");
    }

    #[tokio::test(start_paused = true)]
    async fn names_are_listed_over_all_pages_and_cut_at_the_next_slash() {
        let store = Store::new();
        let bucket = store.bucket().await;
        for name in ["runs/b/plan", "runs/a/plan", "runs/a/journal/0", "runs/c", "other/x"] {
            bucket.put(name, b"1".to_vec(), Condition::Absent).await.unwrap();
        }
        assert_eq!(bucket.names("runs/").await.unwrap(), ["a", "b", "c"]);
        assert_eq!(bucket.names("runs/a/journal/").await.unwrap(), ["0"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_conflict_is_told_and_a_lost_answer_leaves_a_write_open_and_is_not_sent_again() {
        let store = Store::new();
        let bucket = store.bucket().await;
        store.conflict_next();
        assert_eq!(bucket.put("a", b"1".to_vec(), Condition::Absent).await.unwrap(), Put::Busy);
        store.lose_next(true);
        let lost = bucket.put("a", b"1".to_vec(), Condition::Absent).await.unwrap_err();
        assert!(passes(&lost), "{lost}");
        assert_eq!(bucket.get("a").await.unwrap().found.unwrap().content, b"1");
        assert_eq!(store.puts(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_sent_again_after_passing_faults_and_a_refusal_is_told_in_the_words_of_s3() {
        let store = Store::new();
        let bucket = store.bucket().await;
        store.lose_next(false);
        assert_eq!(bucket.get("a").await.unwrap().found, None);
        store.deny();
        let denied = bucket.get("a").await.unwrap_err();
        assert_eq!((denied.code.as_str(), denied.verdict), ("AccessDenied", Verdict::Denied));
        assert!(denied.request_id.is_some());
    }
}
