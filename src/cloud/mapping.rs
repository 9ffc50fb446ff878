//! What the SDK says went wrong, in the words of [`CallError`].
//!
//! The code and message are AWS's; a `Reason` member of the answer's body is put
//! before the message, because Organizations and Account Management say the
//! decisive thing there. What never became an answer gets our own words.

use std::error::Error;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;
use serde_json::Value;

use super::failure::{CallError, code};
use crate::catalog::operations::{self, Verdict};

/// The error of one sending of an operation.
pub(crate) fn call_error<E>(operation: &str, read: bool, error: &SdkError<E, Response>) -> CallError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let ours = |code, verdict| CallError::ours(operation, code, in_words(error), verdict);
    match error {
        _ if in_chain(error, |e| e.is::<CredentialsError>()) => ours(code::NO_CREDENTIALS, Verdict::Denied),
        SdkError::ConstructionFailure(_) => ours(code::UNSENDABLE, Verdict::Rejected),
        SdkError::DispatchFailure(failure) if failure.is_user() => ours(code::UNSENDABLE, Verdict::Rejected),
        SdkError::DispatchFailure(failure) => {
            let connector = failure.as_connector_error();
            if !read && connector.is_some_and(never_connected) {
                // Nothing was sent, so the change was not made and may be asked for again.
                ours(code::UNREACHABLE, Verdict::NotReady)
            } else if failure.is_timeout() {
                ours(code::TIMEOUT, Verdict::Unknown)
            } else {
                ours(code::UNREACHABLE, Verdict::Unknown)
            }
        }
        SdkError::TimeoutError(_) => ours(code::TIMEOUT, Verdict::Unknown),
        SdkError::ServiceError(service) => answered(operation, read, service.err().meta(), service.raw()),
        SdkError::ResponseError(response) => {
            let mut mapped = ours(code::UNREADABLE, Verdict::Unknown);
            mapped.request_id = response.raw().request_id().map(str::to_owned);
            mapped
        }
        _ => ours(code::UNREADABLE, Verdict::Unknown),
    }
}

/// An error and its causes in their own words, each said once.
fn in_words(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut link = Some(error);
    while let Some(current) = link {
        let said = current.to_string();
        if !words.last().is_some_and(|before| before.contains(&said)) {
            words.push(said);
        }
        link = current.source();
    }
    words.join(": ")
}

/// An error that AWS answered with.
fn answered(
    operation: &str,
    read: bool,
    meta: &aws_smithy_types::error::ErrorMetadata,
    raw: &Response,
) -> CallError {
    let status = raw.status().as_u16();
    let code = meta.code().map_or_else(|| format!("HTTP {status}"), str::to_owned);
    let said = meta.message().unwrap_or_default();
    let message = match reason(raw) {
        Some(reason) if !said.contains(&reason) => format!("{reason}: {said}"),
        _ => said.to_owned(),
    };
    let verdict = match operations::table().verdict(operation, &code, &message) {
        // A code that the table does not know: the status still tells a fault of
        // AWS from a refusal.
        Verdict::Rejected if read && status >= 500 => Verdict::Unknown,
        Verdict::Rejected | Verdict::Unknown if status == 429 => Verdict::Throttled,
        known => known,
    };
    CallError {
        operation: operation.to_owned(),
        code,
        message,
        request_id: raw.request_id().or_else(|| meta.request_id()).map(str::to_owned),
        verdict,
        retry_after: retry_after(raw),
    }
}

/// The member `Reason` of a JSON error body.
fn reason(raw: &Response) -> Option<String> {
    let body: Value = serde_json::from_slice(raw.body().bytes()?).ok()?;
    ["Reason", "reason"].iter().find_map(|name| body.get(name)?.as_str()).map(str::to_owned)
}

/// The header `Retry-After` in whole seconds; its date form is not used by AWS.
fn retry_after(raw: &Response) -> Option<Duration> {
    raw.headers().get("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

fn in_chain(error: &(dyn Error + 'static), fits: impl Fn(&(dyn Error + 'static)) -> bool) -> bool {
    let mut link = Some(error);
    while let Some(current) = link {
        if fits(current) {
            return true;
        }
        link = current.source();
    }
    false
}

/// Whether the failure came before there was a connection, so that no byte of
/// the request can have reached AWS. Anything doubtful counts as connected.
fn never_connected(error: &ConnectorError) -> bool {
    in_chain(error, |e| {
        e.downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
            || e.downcast_ref::<std::io::Error>()
                .is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused)
            || e.is::<aws_smithy_runtime_api::client::dns::ResolveDnsError>()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cloud::doubles::{Answer, Double, error};
    use crate::cloud::inventory::{accounts, organization};
    use crate::cloud::task::{Performer as _, Task};

    fn create_unit() -> Task {
        Task {
            address: "organizational_unit.Prod".parse().unwrap(),
            verb: "create".into(),
            item: String::new(),
            inputs: [("parent".into(), "r-root".into()), ("name".into(), "Prod".into())].into(),
            keys: Default::default(),
            own: Default::default(),
            token: "token".into(),
        }
    }

    /// The error of a mutation that meets an answer.
    async fn mutation(answer: Answer) -> CallError {
        let double = Double::new().on("CreateOrganizationalUnit", answer);
        let error = double.connection().await.begin(&create_unit()).await.unwrap_err();
        assert_eq!(double.called().len(), 1, "a mutation is sent once");
        error
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_carries_code_words_and_request_id() {
        let got = mutation(error(400, "ParentNotFoundException", "We can't find it.")).await;
        assert_eq!(got.operation, "organizations:CreateOrganizationalUnit");
        assert_eq!(got.code, "ParentNotFoundException");
        assert_eq!(got.message, "We can't find it.");
        assert_eq!(got.request_id.as_deref(), Some("request-1"));
        assert_eq!(got.verdict, Verdict::Unseen);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reason_stands_before_the_message() {
        let body = r#"{"__type":"ConstraintViolationException","Message":"too many","Reason":"OU_NUMBER_LIMIT_EXCEEDED"}"#;
        let got = mutation(Answer::Body(400, body.to_owned(), Vec::new())).await;
        assert_eq!(got.message, "OU_NUMBER_LIMIT_EXCEEDED: too many");
        assert_eq!(got.verdict, Verdict::Rejected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_mutation_is_not_sent_again_here_and_says_how_long_to_wait() {
        let body = r#"{"__type":"TooManyRequestsException","Message":"slow down"}"#;
        let got = mutation(Answer::Body(400, body.to_owned(), vec![("retry-after", "7".to_owned())])).await;
        assert_eq!((got.verdict, got.retry_after), (Verdict::Throttled, Some(Duration::from_secs(7))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_answer_leaves_a_mutation_open() {
        let got = mutation(Answer::Lost).await;
        assert_eq!((got.code.as_str(), got.verdict), (code::UNREACHABLE, Verdict::Unknown));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_connection_means_that_nothing_was_applied() {
        let got = mutation(Answer::Refused).await;
        assert_eq!((got.code.as_str(), got.verdict), (code::UNREACHABLE, Verdict::NotReady));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_a_timeout_and_leaves_a_mutation_open() {
        let begin = tokio::time::Instant::now();
        let got = mutation(Answer::Silence).await;
        assert_eq!((got.code.as_str(), got.verdict), (code::TIMEOUT, Verdict::Unknown));
        assert!(begin.elapsed() <= Duration::from_secs(61));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_fault_leaves_a_mutation_open_and_nonsense_does_too() {
        let got = mutation(error(500, "ServiceException", "oops")).await;
        assert_eq!(got.verdict, Verdict::Unknown);
        let got = mutation(Answer::Body(502, "<html>".to_owned(), Vec::new())).await;
        assert_eq!(got.verdict, Verdict::Unknown);
        let got = mutation(Answer::Body(200, "{".to_owned(), Vec::new())).await;
        assert_eq!((got.code.as_str(), got.verdict), (code::UNREADABLE, Verdict::Unknown));
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_sent_again_after_throttles_and_passing_faults() {
        let double = Double::new()
            .on("DescribeOrganization", error(400, "TooManyRequestsException", "slow"))
            .on("DescribeOrganization", Answer::Lost)
            .on("DescribeOrganization", error(500, "ServiceException", "oops"))
            .on("DescribeOrganization", error(503, "NeverHeardOf", "oops"))
            .on("DescribeOrganization", error(400, "AWSOrganizationsNotInUseException", "none"));
        let connection = double.connection().await;
        assert_eq!(organization::describe(&connection).await.unwrap(), None);
        let counts = connection.counts();
        assert_eq!((counts.reads, counts.writes, counts.throttled), (5, 0, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn fifty_throttles_in_a_row_do_not_fail_a_read() {
        let mut double = Double::new();
        for _ in 0..50 {
            double = double.on("DescribeAccount", error(400, "TooManyRequestsException", "slow"));
        }
        let double = double.on(
            "DescribeAccount",
            crate::cloud::doubles::ok(
                serde_json::json!({ "Account": { "Id": "222222222222", "State": "ACTIVE" } }),
            ),
        );
        let account = accounts::describe(&double.connection().await, "222222222222").await.unwrap();
        assert_eq!(account.state, "ACTIVE");
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_gives_up_after_its_attempts_and_never_retries_a_refusal() {
        let double = Double::new().on("DescribeAccount", error(500, "ServiceException", "oops"));
        let got = accounts::describe(&double.connection().await, "2").await.unwrap_err();
        assert_eq!((got.verdict, double.called().len()), (Verdict::Unknown, 5));
        let double = Double::new().on("DescribeAccount", error(400, "AccessDeniedException", "no"));
        let got = accounts::describe(&double.connection().await, "2").await.unwrap_err();
        assert_eq!((got.verdict, double.called().len()), (Verdict::Denied, 1));
    }

    #[test]
    fn missing_credentials_are_named_as_such_wherever_they_turn_up() {
        use aws_sdk_organizations::operation::list_roots::ListRootsError;
        type Failure = SdkError<ListRootsError, Response>;
        let missing = || CredentialsError::not_loaded("the profile has none");
        let dispatch: Failure = SdkError::dispatch_failure(ConnectorError::other(missing().into(), None));
        for error in [SdkError::construction_failure(missing()), dispatch] {
            let got = call_error("organizations:ListRoots", true, &error);
            assert_eq!((got.code.as_str(), got.verdict), (code::NO_CREDENTIALS, Verdict::Denied));
            assert!(got.message.contains("the profile has none"), "{got}");
        }
        let unbuilt: Failure = SdkError::construction_failure("no endpoint");
        assert_eq!(call_error("organizations:ListRoots", true, &unbuilt).code, code::UNSENDABLE);
    }

    /// The error of a mutation sent by the SDK's own HTTP client to a local port.
    async fn over_a_socket(port: u16) -> CallError {
        let settings = crate::cloud::Settings {
            home_region: Some("us-west-2".parse().unwrap()),
            endpoint_url: Some(format!("http://127.0.0.1:{port}")),
            credentials: Some(aws_credential_types::Credentials::new(
                "AKIDTEST",
                "not-a-secret",
                None,
                None,
                "test",
            )),
            ..crate::cloud::Settings::default()
        };
        let connection = crate::cloud::Connection::open(settings).await.unwrap();
        connection.begin(&create_unit()).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_closed_port_is_told_from_a_connection_that_breaks() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let breaker = tokio::spawn(async move {
            let (socket, _) = listener.accept().await.unwrap();
            socket.readable().await.unwrap();
        });
        let broken = over_a_socket(port).await;
        breaker.await.unwrap();
        assert_eq!((broken.code.as_str(), broken.verdict), (code::UNREACHABLE, Verdict::Unknown));
        let closed = over_a_socket(port).await;
        assert_eq!((closed.code.as_str(), closed.verdict), (code::UNREACHABLE, Verdict::NotReady));
    }
}
