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
/// A client signs with the time of its machine, or with virtual time if it was given that clock: the date must be near
/// one of `nows`.
pub(crate) fn verify(
    request: &HttpRequest,
    credential: &Credential,
    secret: &str,
    protocol: Protocol,
    nows: &[Timestamp],
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
    let near = |now: &Timestamp| now.duration_since(date).as_secs().abs() <= SKEW_SECONDS;
    if !nows.iter().any(near) {
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

/// A signature that cannot be read.
pub(crate) fn incomplete(protocol: Protocol) -> AwsError {
    let code =
        if protocol == Protocol::Query { "IncompleteSignature" } else { "IncompleteSignatureException" };
    AwsError::new(code, "Authorization header requires 'Credential', 'Signature', 'SignedHeaders' and the existence of either a 'X-Amz-Date' or a 'Date' header.").status(400)
}

/// A signature that does not hold.
pub(crate) fn mismatch(protocol: Protocol, message: &str) -> AwsError {
    match protocol {
        Protocol::Query => AwsError::new("SignatureDoesNotMatch", message).status(403),
        Protocol::Json => AwsError::new("InvalidSignatureException", message).status(400),
        Protocol::RestJson => AwsError::new("InvalidSignatureException", message).status(403),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_second(1_767_225_600).expect("a time")
    }

    fn signed(secret: &str, body: &'static str) -> (HttpRequest, Credential) {
        let identity = Credentials::new("AKIDEXAMPLE", secret, Some("token".to_owned()), None, "test").into();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_767_225_600);
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name("controltower")
            .time(time)
            .settings(SigningSettings::default())
            .build()
            .expect("parameters")
            .into();
        let mut request = http::Request::get("http://localhost:1/tags/arn%3Aaws%3Ax?b=2&a=1%202")
            .header("host", "localhost:1")
            .body(Bytes::from_static(body.as_bytes()))
            .expect("a request");
        let headers: Vec<(String, String)> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
            .collect();
        let signable = SignableRequest::new(
            "GET",
            request.uri().to_string(),
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
            SignableBody::Bytes(body.as_bytes()),
        )
        .expect("signable");
        let (instructions, _) = sign(signable, &params).expect("a signature").into_parts();
        instructions.apply_to_request_http1x(&mut request);
        let credential = super::super::wire::route::credential(&request).expect("a credential");
        (request, credential)
    }

    #[test]
    fn a_real_signature_passes_and_every_change_breaks_it() {
        let (request, credential) = signed("secret", "body");
        assert_eq!(verify(&request, &credential, "secret", Protocol::RestJson, &[at()]), Ok(()));
        let code = |request: &HttpRequest, secret: &str| {
            verify(request, &credential, secret, Protocol::RestJson, &[at()]).expect_err("a refusal").code
        };
        assert_eq!(code(&request, "other"), "InvalidSignatureException");
        let mut changed = request.clone();
        *changed.body_mut() = Bytes::from_static(b"other");
        assert_eq!(code(&changed, "secret"), "InvalidSignatureException");
        let mut elsewhere = request.clone();
        *elsewhere.uri_mut() = "/tags/arn%3Aaws%3Ay?b=2&a=1%202".parse().expect("a path");
        assert_eq!(code(&elsewhere, "secret"), "InvalidSignatureException");
        let late = at() + std::time::Duration::from_secs(301);
        assert!(verify(&request, &credential, "secret", Protocol::RestJson, &[late]).is_err());
    }
}
