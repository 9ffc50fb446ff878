//! Signature Version 4, checked as AWS does.
//!
//! In: the request as it came and the secret key. Out: nothing, or the refusal.
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.
//! Absent: presigned URLs, SigV4A and the path rules of S3 (no simulated service uses them).

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use jiff::Timestamp;

use super::error::AwsError;
use super::identity::Credential;
use super::shapes::Protocol;
use super::wire::HttpRequest;
use super::wire::route::header;

/// How far `X-Amz-Date` may be from now.
const SKEW_SECONDS: i64 = 300;

/// Refuses a request whose signature is not the one its secret key gives.
///
/// `now` is wall-clock time, since that is what a client signs with; `None` accepts every date.
pub(crate) fn verify(
    request: &HttpRequest,
    credential: &Credential,
    secret: &str,
    protocol: Protocol,
    now: Option<Timestamp>,
) -> Result<(), AwsError> {
    let claimed = header(request, "authorization")
        .and_then(|header| header.split_once("Signature="))
        .map(|(_, rest)| rest.trim());
    let signed = header(request, "authorization")
        .and_then(|header| header.split_once("SignedHeaders="))
        .and_then(|(_, rest)| rest.split([',', ' ']).next());
    let (Some(claimed), Some(signed)) = (claimed, signed) else {
        return Err(incomplete(protocol));
    };
    let date = header(request, "x-amz-date")
        .and_then(|date| jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok());
    let Some(date) = date.and_then(|date| jiff::tz::Offset::UTC.to_timestamp(date).ok()) else {
        return Err(incomplete(protocol));
    };
    if now.is_some_and(|now| now.duration_since(date).as_secs().abs() > SKEW_SECONDS) {
        return Err(mismatch(
            protocol,
            "Signature expired or not yet current: the request's date is too far from the server's.",
        ));
    }
    let expected = expected(request, credential, secret, signed, date).ok_or_else(|| incomplete(protocol))?;
    if expected == claimed {
        return Ok(());
    }
    Err(mismatch(
        protocol,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ))
}

/// The signature that the secret key gives for the headers the client says it signed.
fn expected(
    request: &HttpRequest,
    credential: &Credential,
    secret: &str,
    signed: &str,
    date: Timestamp,
) -> Option<String> {
    let names: Vec<&str> = signed.split(';').collect();
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Double;
    settings.payload_checksum_kind = if names.contains(&"x-amz-content-sha256") {
        PayloadChecksumKind::XAmzSha256
    } else {
        PayloadChecksumKind::NoHeader
    };
    settings.signature_location = SignatureLocation::Headers;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Enabled;
    settings.excluded_headers = None;
    settings.session_token_mode = if names.contains(&"x-amz-security-token") {
        aws_sigv4::http_request::SessionTokenMode::Include
    } else {
        aws_sigv4::http_request::SessionTokenMode::Exclude
    };
    let identity =
        Credentials::new(&credential.access_key, secret, credential.token.clone(), None, "simulator").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(&credential.region)
        .name(&credential.service)
        .time(std::time::UNIX_EPOCH + std::time::Duration::from_secs(u64::try_from(date.as_second()).ok()?))
        .settings(settings)
        .build()
        .ok()?
        .into();
    let own = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"];
    let headers: Vec<(&str, &str)> = names
        .iter()
        .filter(|name| !own.contains(name))
        .filter_map(|name| Some((*name, header(request, name)?)))
        .collect();
    let host = header(request, "host")?;
    let uri = format!("http://{host}{}", request.uri().path_and_query().map_or("/", |path| path.as_str()));
    let signable = SignableRequest::new(
        request.method().as_str(),
        uri,
        headers.into_iter(),
        SignableBody::Bytes(request.body()),
    )
    .ok()?;
    Some(sign(signable, &params).ok()?.signature().to_owned())
}

fn incomplete(protocol: Protocol) -> AwsError {
    let code =
        if protocol == Protocol::Query { "IncompleteSignature" } else { "IncompleteSignatureException" };
    AwsError::new(code, "Authorization header requires 'Credential', 'Signature', 'SignedHeaders' and the existence of either a 'X-Amz-Date' or a 'Date' header.").status(400)
}

fn mismatch(protocol: Protocol, message: &str) -> AwsError {
    match protocol {
        Protocol::Query => AwsError::new("SignatureDoesNotMatch", message).status(403),
        Protocol::Json => AwsError::new("InvalidSignatureException", message).status(400),
        Protocol::RestJson => AwsError::new("InvalidSignatureException", message).status(403),
    }
}
