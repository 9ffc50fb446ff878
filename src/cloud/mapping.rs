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
use aws_smithy_types::error::display::DisplayErrorContext;
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
    let ours =
        |code, verdict| CallError::ours(operation, code, DisplayErrorContext(error).to_string(), verdict);
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
