//! Which operation of which service an HTTP request means, and what its Authorization header claims.
//!
//! In: the request. Out: a [`Call`] and a [`Credential`]. Absent: the body's contents beyond `Action`.

use percent_encoding::percent_decode_str;

use super::{Call, HttpRequest};
use crate::sim::error::AwsError;
use crate::sim::identity::Credential;
use crate::sim::shapes::{Protocol, Table, tables};

/// The credential of a request: `None` if it is not signed.
pub(crate) fn credential(request: &HttpRequest) -> Option<Credential> {
    let header = header(request, "authorization")?;
    let scope = header.split_once("Credential=")?.1.split([',', ' ']).next()?;
    let parts: Vec<&str> = scope.split('/').collect();
    let [access_key, _date, region, service, "aws4_request"] = parts.as_slice() else {
        return None;
    };
    Some(Credential {
        access_key: (*access_key).to_owned(),
        region: (*region).to_owned(),
        service: (*service).to_owned(),
        token: self::header(request, "x-amz-security-token").map(str::to_owned),
    })
}

/// The Region in the host of an unsigned request, `SERVICE.REGION.amazonaws.com`; a simulator's own address tells none.
pub(crate) fn region_of_host(request: &HttpRequest) -> Option<String> {
    let host = request.uri().host().or_else(|| header(request, "host"))?;
    let (before, _) = host.split_once(".amazonaws.com")?;
    before.rsplit('.').next().map(str::to_owned)
}

/// Whether a request carries an Authorization header that is not one of Signature Version 4.
pub(crate) fn is_garbled(request: &HttpRequest) -> bool {
    header(request, "authorization").is_some() && credential(request).is_none()
}

/// A header as text.
pub(crate) fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Whether a request speaks rpc-v2-cbor, and so wants to be answered in it.
pub(crate) fn is_cbor(request: &HttpRequest) -> bool {
    header(request, "smithy-protocol") == Some("rpc-v2-cbor")
}

/// The operation that a request means. The error comes with the table of the service, where that was recognised.
pub(crate) fn recognise(
    request: &HttpRequest,
    credential: Option<&Credential>,
) -> Result<Call, (Option<&'static Table>, AwsError)> {
    if is_cbor(request) {
        return by_service_path(request.uri().path());
    }
    if let Some(target) = header(request, "x-amz-target") {
        return by_target(target);
    }
    let signed_for =
        |table: &&Table| credential.is_none_or(|credential| credential.service == table.signing_name);
    let fields = super::form::fields(request);
    if let Some((_, action)) = fields.iter().find(|(name, _)| name == "Action") {
        let version = fields.iter().find(|(name, _)| name == "Version").map(|(_, value)| value.as_str());
        return by_action(action, version, tables().iter().filter(signed_for));
    }
    by_path(request, tables().iter().filter(signed_for))
}

fn by_target(target: &str) -> Result<Call, (Option<&'static Table>, AwsError)> {
    let (prefix, name) = target.rsplit_once('.').unwrap_or(("", target));
    // Of CloudTrail's prefix some clients send the whole, others what follows its last dot.
    let means = |known: &str| known == prefix || known.rsplit('.').next() == Some(prefix);
    let table = tables().iter().find(|table| table.target_prefix.as_deref().is_some_and(means));
    let operation = table.and_then(|table| table.operations.get(name).map(|operation| (table, operation)));
    let Some((table, operation)) = operation else {
        return Err((table, unknown_operation(Protocol::Json)));
    };
    Ok(Call { table, name: name.to_owned(), operation, labels: Vec::new(), cbor: false })
}

/// The path of rpc-v2-cbor: `/service/NAME/operation/OPERATION`, whatever stands before it. The name is that of the
/// service in Smithy, which is also the prefix of its awsJson target.
fn by_service_path(path: &str) -> Result<Call, (Option<&'static Table>, AwsError)> {
    let parts: Vec<&str> = path.rsplitn(5, '/').collect();
    let [name, "operation", service, "service", _] = parts.as_slice() else {
        return Err((None, unknown_operation(Protocol::Json)));
    };
    let mut call = by_target(&format!("{service}.{name}"))?;
    call.cbor = true;
    Ok(call)
}

fn by_action(
    action: &str,
    version: Option<&str>,
    candidates: impl Iterator<Item = &'static Table>,
) -> Result<Call, (Option<&'static Table>, AwsError)> {
    let query: Vec<&'static Table> = candidates.filter(|table| table.protocol == Protocol::Query).collect();
    let versioned = query.iter().copied().find(|table| version == Some(table.version.as_str()));
    // An unknown version is still refused in the protocol that was spoken.
    let spoken = versioned.or_else(|| query.first().copied());
    let table = versioned;
    let Some((table, operation)) =
        table.and_then(|table| table.operations.get(action).map(|operation| (table, operation)))
    else {
        let words = format!(
            "Could not find operation {action} for version {}",
            version.unwrap_or("NO_VERSION_SPECIFIED")
        );
        return Err((spoken, AwsError::new("InvalidAction", words).status(400)));
    };
    Ok(Call { table, name: action.to_owned(), operation, labels: Vec::new(), cbor: false })
}

fn by_path(
    request: &HttpRequest,
    candidates: impl Iterator<Item = &'static Table>,
) -> Result<Call, (Option<&'static Table>, AwsError)> {
    let mut seen = None;
    for table in candidates.filter(|table| table.protocol == Protocol::RestJson) {
        seen = Some(table);
        for (name, operation) in &table.operations {
            if operation.method != request.method().as_str() {
                continue;
            }
            if let Some(labels) = labels(&operation.uri, request.uri().path()) {
                return Ok(Call { table, name: name.clone(), operation, labels, cbor: false });
            }
        }
    }
    Err((seen, unknown_operation(Protocol::RestJson)))
}

/// The values of a URI template's labels, if the path fits it.
fn labels(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let template = template.split('?').next().unwrap_or(template);
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut found = Vec::new();
    let (mut wanted, mut given) = (template.trim_matches('/').split('/'), path.trim_matches('/').split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(part), Some(value)) => match part.strip_prefix('{').and_then(|part| part.strip_suffix('}'))
            {
                Some(label) if label.ends_with('+') => {
                    let rest = std::iter::once(value).chain(given.by_ref()).collect::<Vec<_>>().join("/");
                    found.push((label.trim_end_matches('+').to_owned(), decode(&rest)));
                }
                Some(_) if value.is_empty() => return None,
                Some(label) => found.push((label.to_owned(), decode(value))),
                None if part == value => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

/// What AWS answers to an operation that does not exist, or that is not simulated.
pub(crate) fn unknown_operation(protocol: Protocol) -> AwsError {
    match protocol {
        Protocol::Query => AwsError::new(
            "InvalidAction",
            "The action or operation requested is invalid. Verify that the action is typed correctly.",
        )
        .status(400),
        Protocol::Json => {
            AwsError::new("UnknownOperationException", "The requested operation is not known.").status(400)
        }
        Protocol::RestJson => {
            AwsError::new("UnknownOperationException", "The requested operation is not known.").status(404)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_in_cbor_names_service_and_operation_in_its_path() {
        let asked = |path: &str| {
            let request = http::Request::post(path).header("smithy-protocol", "rpc-v2-cbor");
            recognise(&request.body(bytes::Bytes::new()).expect("a request"), None)
        };
        let call = asked("/service/AWSFMS_20180101/operation/GetAdminAccount").expect("a call");
        assert_eq!(
            (call.table.service.as_str(), call.name.as_str(), call.cbor),
            ("fms", "GetAdminAccount", true)
        );
        for path in
            ["/service/AWSFMS_20180101/operation/Nonsense", "/service/Nonsense/operation/X", "/", "/a/b/c/d"]
        {
            let (_, refusal) = asked(path).expect_err("a refusal");
            assert_eq!(refusal.code, "UnknownOperationException", "{path}");
        }
    }

    #[test]
    fn a_host_of_aws_tells_its_region_and_another_tells_none() {
        let at = |uri: &str| {
            region_of_host(&http::Request::get(uri).body(bytes::Bytes::new()).expect("a request"))
        };
        assert_eq!(at("https://portal.sso.eu-west-1.amazonaws.com/logout").as_deref(), Some("eu-west-1"));
        assert_eq!(at("http://127.0.0.1:4588/logout"), None);
    }

    #[test]
    fn labels_are_decoded_and_must_fit() {
        let arn = "arn:aws:controltower:us-east-1:1:landingzone/X";
        let path = format!(
            "/tags/{}",
            percent_encoding::utf8_percent_encode(arn, percent_encoding::NON_ALPHANUMERIC)
        );
        assert_eq!(
            labels("/tags/{resourceArn}", &path),
            Some(vec![("resourceArn".to_owned(), arn.to_owned())])
        );
        assert_eq!(labels("/tags/{resourceArn}", "/tags"), None);
        assert_eq!(labels("/tags/{resourceArn}", "/tags/"), None);
        assert_eq!(labels("/a/{rest+}", "/a/b/c"), Some(vec![("rest".to_owned(), "b/c".to_owned())]));
    }
}
