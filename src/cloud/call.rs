//! The one way through which every call to AWS goes.
//!
//! In: an operation's name and a closure that sends it. Out: the answer, or a
//! [`CallError`] with the table's verdict. On the way the call waits for its
//! lane, is counted and traced, and a read that was throttled or met a passing
//! fault is sent again. A mutation is sent exactly once per call: whoever asked
//! decides by the verdict. The SDK's own retries are off, since they would be
//! neither paced nor counted. Absent: bodies and credentials in any trace.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;

use super::clients::Clients;
use super::connection::Connection;
use super::failure::{CallError, code};
use super::mapping;
use super::pace::LaneKey;
use crate::catalog::operations::{self, Effect, Verdict};

/// Waits between sendings of a read start here and double.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// No wait between sendings is longer, unless AWS asks for it.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// A read gives up after so many throttles: some minutes of nothing else.
const THROTTLES: u32 = 60;

tokio::task_local! {
    /// AWS's id of the last change that it accepted, for whoever listens.
    static REQUEST: RefCell<Option<String>>;
}

/// Carries out work and gives, beside its result, AWS's request id of the last change
/// in it that was accepted: what an operator shows to AWS's support, and looks for in
/// CloudTrail. None when nothing was changed.
pub async fn with_request<T>(work: impl Future<Output = T>) -> (T, Option<String>) {
    let listening = async {
        let result = work.await;
        (result, REQUEST.with(RefCell::take))
    };
    REQUEST.scope(RefCell::default(), listening).await
}

/// How many calls were sent, every sending counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sendings of operations that only read.
    pub reads: u64,
    /// Sendings of operations that change something.
    pub writes: u64,
    /// Sendings that AWS throttled.
    pub throttled: u64,
    /// Sendings by operation.
    pub by_operation: BTreeMap<&'static str, u64>,
}

/// The counts of one connection, shared by its clones.
#[derive(Debug, Default)]
pub(crate) struct Counter(Mutex<Counts>);

impl Counter {
    pub(crate) fn counts(&self) -> Counts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// One account in one Region, ready to be called.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) connection: Connection,
    pub(crate) clients: Arc<Clients>,
    /// The member account entered by a role; none for the caller's own.
    pub(crate) account: Option<String>,
    pub(crate) region: String,
}

impl Site {
    /// Calls an operation: `send` makes one request each time it is called.
    pub(crate) async fn call<T, E, F, Fut>(&self, operation: &'static str, send: F) -> Result<T, CallError>
    where
        T: RequestId + Send,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, SdkError<E, Response>>> + Send,
    {
        let row = operations::table().get(operation);
        let read = row.is_some_and(|row| row.effect == Effect::Read);
        let (mut throttles, mut faults) = (0, 0);
        loop {
            let error = match self.send_once(operation, read, &send).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let again = match error.verdict {
                Verdict::Throttled => {
                    throttles += 1;
                    throttles < THROTTLES
                }
                Verdict::Unknown | Verdict::Conflict => {
                    faults += 1;
                    faults < self.connection.attempts()
                }
                _ => false,
            };
            if !(read && again) {
                return Err(error);
            }
            let wait = backoff(operation, throttles + faults);
            tokio::time::sleep(error.retry_after.unwrap_or(wait).max(wait)).await;
        }
    }

    /// One sending: wait for the lane, send, map, tell the lane, count, trace.
    async fn send_once<T, E, F, Fut>(
        &self,
        operation: &'static str,
        read: bool,
        send: &F,
    ) -> Result<T, CallError>
    where
        T: RequestId + Send,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        F: Fn() -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, SdkError<E, Response>>> + Send,
    {
        let key = LaneKey { operation, account: self.account.clone(), region: self.region.clone() };
        let pacer = self.connection.pacer();
        pacer.wait(&key).await;
        let permit = self.connection.permit().filter(|_| !read);
        if let Some(permit) = permit {
            let refused = |why| CallError::ours(operation, code::LEASE_LOST, why, Verdict::Denied);
            permit.granted().await.map_err(refused)?;
        }
        self.connection.counter().change(|counts| {
            let total = if read { &mut counts.reads } else { &mut counts.writes };
            *total += 1;
            *counts.by_operation.entry(operation).or_default() += 1;
        });
        let span = tracing::info_span!(
            "call",
            operation,
            account = self.account.as_deref().unwrap_or("own"),
            region = self.region,
            request_id = tracing::field::Empty,
            code = tracing::field::Empty
        );
        let sending = send().instrument(span.clone());
        let result = match permit {
            None => sending.await,
            Some(permit) => match tokio::time::timeout(permit.longest_change(), sending).await {
                Ok(result) => result,
                Err(_) => {
                    let words = format!("no answer within {} s", permit.longest_change().as_secs());
                    return Err(CallError::ours(operation, code::TIMEOUT, words, Verdict::Unknown));
                }
            },
        };
        if let Some(id) = result.request_id() {
            span.record("request_id", id);
        }
        match result {
            Ok(answer) => {
                pacer.succeeded(&key);
                if let (false, Some(id)) = (read, answer.request_id()) {
                    // Nobody may be listening.
                    let _ = REQUEST.try_with(|request| request.replace(Some(id.to_owned())));
                }
                Ok(answer)
            }
            Err(error) => {
                let error = self.judged(mapping::call_error(operation, read, &error)).await;
                span.record("code", error.code.as_str());
                if error.verdict == Verdict::Throttled {
                    pacer.throttled(&key, error.retry_after);
                    self.connection.counter().change(|counts| counts.throttled += 1);
                }
                Err(error)
            }
        }
    }
}

impl Site {
    /// A session in a member account that AWS takes no longer (it was revoked, or
    /// the two clocks differ) is dropped: the next call opens a new one.
    async fn judged(&self, error: CallError) -> CallError {
        let expired = matches!(error.code.as_str(), "ExpiredToken" | "ExpiredTokenException");
        match &self.account {
            Some(account) if expired => {
                self.connection.end_session(account).await;
                CallError { verdict: Verdict::NotReady, ..error }
            }
            _ => error,
        }
    }
}

/// The wait before sending a read again: doubling, with a jitter that is drawn
/// from the operation's name, so that runs repeat exactly and operations that
/// failed together do not come back together.
fn backoff(operation: &str, attempt: u32) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << attempt.min(10).saturating_sub(1));
    let digest = Sha256::digest(format!("{operation}#{attempt}"));
    let part = f64::from(digest[0]) / 255.0;
    doubled.min(LONGEST_WAIT).mul_f64(0.5 + part / 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::permit::Permit;
    use super::*;

    #[test]
    fn waits_grow_are_bounded_and_the_same_every_time() {
        let first = backoff("organizations:ListRoots", 1);
        assert!(first >= FIRST_WAIT / 2 && first <= FIRST_WAIT);
        assert_eq!(first, backoff("organizations:ListRoots", 1));
        assert!(backoff("organizations:ListRoots", 4) > first);
        assert!(backoff("organizations:ListRoots", 60) <= LONGEST_WAIT);
    }

    #[test]
    fn operations_that_failed_together_do_not_come_back_together() {
        assert_ne!(backoff("organizations:ListRoots", 3), backoff("organizations:ListAccounts", 3));
    }

    /// Leave that is given so many times.
    #[derive(Debug)]
    struct Leave(Mutex<u32>);

    impl Permit for Leave {
        fn granted(&self) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>> {
            let mut left = self.0.lock().unwrap();
            let granted = left.checked_sub(1).ok_or_else(|| "the lease was lost".to_owned());
            *left = granted.as_ref().copied().unwrap_or(0);
            Box::pin(std::future::ready(granted.map(|_| ())))
        }

        fn longest_change(&self) -> Duration {
            Duration::from_secs(20)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn f12_without_leave_a_change_is_not_sent_and_a_question_is() {
        use super::super::doubles::{Double, error};
        let double = Double::new()
            .on("CreateOrganization", error(400, "ServiceException", "oops"))
            .on("DescribeOrganization", error(400, "AWSOrganizationsNotInUseException", "none"));
        let connection = double.connection().await;
        connection.only_by(Arc::new(Leave(Mutex::new(0))));
        let site = connection.global();
        let send = || site.clients.organizations().create_organization().send();
        let refused = site.call("organizations:CreateOrganization", send).await.unwrap_err();
        assert_eq!((refused.code.as_str(), refused.verdict), (code::LEASE_LOST, Verdict::Denied));
        assert_eq!(connection.counts().writes, 0);
        assert!(!double.called().contains(&"CreateOrganization".to_owned()), "{:?}", double.called());
        super::super::inventory::organization::describe(&connection).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_takes_no_longer_than_its_leave_and_its_outcome_is_open_then() {
        use super::super::doubles::{Answer, Double};
        let double = Double::new().on("CreateOrganization", Answer::Silence);
        let connection = double.connection().await;
        connection.only_by(Arc::new(Leave(Mutex::new(1))));
        let site = connection.global();
        let begun = tokio::time::Instant::now();
        let send = || site.clients.organizations().create_organization().send();
        let lost = site.call("organizations:CreateOrganization", send).await.unwrap_err();
        assert_eq!((lost.code.as_str(), lost.verdict), (code::TIMEOUT, Verdict::Unknown));
        assert_eq!(begun.elapsed().as_secs(), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn the_request_id_of_a_change_is_heard_and_that_of_a_question_is_not() {
        use super::super::doubles::{Double, error, ok, task};
        use super::super::task::Performer as _;
        let double = Double::new()
            .on("EnableAWSServiceAccess", ok(serde_json::json!({})))
            .on("DescribeOrganization", error(400, "AWSOrganizationsNotInUseException", "none"));
        let connection = double.connection().await;
        let nothing = serde_json::json!({});
        let change = task(["trusted_access.a.amazonaws.com", "create", ""], nothing.clone(), nothing, &[]);
        let (answer, request) = with_request(connection.begin(&change)).await;
        assert_eq!((answer.is_ok(), request.as_deref()), (true, Some("request-1")));
        let (_, request) = with_request(super::super::inventory::organization::describe(&connection)).await;
        assert_eq!(request, None);
    }

    /// What a subscriber wrote.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_trace_names_the_call_and_holds_neither_body_nor_credentials() {
        use tracing_subscriber::fmt::format::FmtSpan;

        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter("lzctl=trace")
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        // With a single subscriber, a callsite that another test's thread meets first is
        // judged by that thread, which has none, and stays silent here.
        let _second = tracing::Dispatch::new(tracing_subscriber::registry());
        let _guard = tracing::subscriber::set_default(subscriber);
        let answer =
            serde_json::json!({ "Account": { "Id": "222222222222", "Email": "private@example.com" } });
        let double =
            super::super::doubles::Double::new().on("DescribeAccount", super::super::doubles::ok(answer));
        let connection = double.connection().await;
        super::super::inventory::accounts::describe(&connection, "222222222222").await.unwrap();
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("organizations:DescribeAccount") && text.contains("request-1"), "{text}");
        for secret in ["private@example.com", "AKIDTEST", "not-a-secret", "222222222222"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
