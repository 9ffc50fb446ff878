//! The simulator as the HTTP client of an AWS SDK: no socket in between.
//!
//! In: the SDK's HTTP requests. Out: its HTTP responses, or a broken connection. Absent: TCP (`server`).

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;

use super::engine::{Engine, Outcome};
use super::faults::Loss;

#[derive(Debug, Clone)]
struct InProcess(Arc<Engine>);

/// An SDK HTTP client that reaches the engine.
pub(crate) fn client(engine: Arc<Engine>) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(InProcess(engine));
    http_client_fn(move |_, _| connector.clone())
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let request = whole(request)?;
            match engine.handle(request).await {
                Outcome::Answer(response) => HttpResponse::try_from(response.map(SdkBody::from))
                    .map_err(|error| ConnectorError::other(error.into(), None)),
                Outcome::Lost(Loss::Timeout) => {
                    Err(ConnectorError::timeout("no answer came within a minute".into()))
                }
                Outcome::Lost(_) => {
                    Err(ConnectorError::io("connection closed before message completed".into()))
                }
            }
        })
    }
}

/// The request with its body in memory; a streaming body is not what these services take.
fn whole(request: HttpRequest) -> Result<http::Request<Bytes>, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (mut parts, body) = request.into_parts();
    let bytes = body
        .bytes()
        .map(Bytes::copy_from_slice)
        .ok_or_else(|| ConnectorError::user("the request body is a stream".into()))?;
    // On a socket the HTTP client adds the Host header; here it is taken from the URI.
    if let (None, Some(host)) = (parts.headers.get(http::header::HOST), parts.uri.authority())
        && let Ok(host) = http::HeaderValue::try_from(host.as_str())
    {
        parts.headers.insert(http::header::HOST, host);
    }
    Ok(http::Request::from_parts(parts, bytes))
}

#[cfg(test)]
mod tests {
    use super::super::faults::{Fault, FaultPlan, Strike};
    use super::super::testing::quiet;
    use super::super::{Settings, Simulator};
    use super::*;

    async fn describe(simulator: &Simulator) -> Result<HttpResponse, ConnectorError> {
        let scope = "K/20260101/us-east-1/organizations/aws4_request";
        let request = http::Request::post("https://organizations.us-east-1.amazonaws.com/")
            .header("x-amz-target", "AWSOrganizationsV20161128.DescribeOrganization")
            .header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
            )
            .body(SdkBody::from("{}"))
            .expect("a request");
        let request = HttpRequest::try_from(request).expect("a request of the SDK");
        InProcess(Arc::clone(&simulator.engine)).call(request).await
    }

    #[tokio::test(start_paused = true)]
    async fn an_sdk_request_is_answered_in_process_and_a_lost_answer_is_a_broken_connection() {
        let simulator = Simulator::new(Settings { throttles: true, ..quiet() });
        let answer = describe(&simulator).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 400);
        let body = String::from_utf8_lossy(answer.body().bytes().unwrap_or_default()).into_owned();
        assert!(body.contains("AWSOrganizationsNotInUseException"), "{body}");
        let operation = "organizations:DescribeOrganization".to_owned();
        simulator.set_faults(FaultPlan::new(vec![Strike { operation, call: 1, fault: Fault::LostAnswer }]));
        assert!(describe(&simulator).await.expect_err("a broken connection").is_io());
    }
}
