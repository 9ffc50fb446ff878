//! The simulator on a TCP port, for any AWS client: the AWS CLI, boto3, Terraform.
//!
//! In: a listener. Out: HTTP/1.1 with keep-alive, and three paths of the simulator itself:
//! `POST /_simulator/reset` empties the world, `GET /_simulator/requests` counts requests, `GET /_simulator/world`
//! shows the world. Absent: TLS.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::Simulator;
use super::engine::Outcome;

/// The greatest body that is read, in bytes; AWS's largest here is a policy.
const BODY_LIMIT: usize = 4 << 20;

/// A connection that is dropped without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the answer is lost on purpose")]
struct LostAnswer;

/// Serves until `shutdown` resolves; connections that are still open are dropped then.
pub(crate) async fn serve(
    simulator: Simulator,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(simulator.clone(), stream));
                }
                Err(error) if is_the_clients(&error) => {}
                Err(error) => return Err(error),
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A client that goes away while it connects is no failure of the listener.
fn is_the_clients(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

async fn connection(simulator: Simulator, stream: TcpStream) {
    let answer = service_fn(move |request: http::Request<Incoming>| {
        let simulator = simulator.clone();
        async move { respond(&simulator, request).await }
    });
    // A connection that ends in an error was closed by the client, or by a lost answer; neither concerns the others.
    let _ = stream.set_nodelay(true);
    let _ = hyper::server::conn::http1::Builder::new()
        .keep_alive(true)
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

async fn respond(
    simulator: &Simulator,
    request: http::Request<Incoming>,
) -> Result<Response<Full<Bytes>>, LostAnswer> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        return Ok(plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "{\"message\":\"Request must be smaller than the limit\"}".to_owned(),
        ));
    };
    if let Some(path) = parts.uri.path().strip_prefix("/_simulator/") {
        return Ok(own(simulator, &parts.method, path));
    }
    let request = http::Request::from_parts(parts, body.to_bytes());
    match Arc::clone(&simulator.engine).handle(request).await {
        Outcome::Answer(response) => Ok(response.map(Full::new)),
        Outcome::Lost(_) => Err(LostAnswer),
    }
}

/// The paths of the simulator itself.
fn own(simulator: &Simulator, method: &Method, path: &str) -> Response<Full<Bytes>> {
    let json = match (method, path) {
        (&Method::POST, "reset") => {
            simulator.reset();
            Ok("{}".to_owned())
        }
        (&Method::GET, "requests") => serde_json::to_string(&simulator.requests()),
        (&Method::GET, "world") => serde_json::to_string(&simulator.world()),
        _ => {
            return plain(StatusCode::NOT_FOUND, "{\"message\":\"no such path\"}".to_owned());
        }
    };
    match json {
        Ok(json) => plain(StatusCode::OK, json),
        Err(error) => plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            serde_json::json!({"message": error.to_string()}).to_string(),
        ),
    }
}

fn plain(status: StatusCode, json: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(json)));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::super::testing::quiet;
    use super::*;

    async fn exchange(stream: &mut TcpStream, request: &str) -> String {
        stream.write_all(request.as_bytes()).await.expect("a write");
        let mut buffer = vec![0; 65_536];
        let read = stream.read(&mut buffer).await.expect("a read");
        String::from_utf8_lossy(&buffer[..read]).into_owned()
    }

    #[tokio::test]
    async fn one_connection_serves_aws_and_the_simulators_own_paths() {
        let simulator = Simulator::new(quiet());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = tokio::spawn({
            let simulator = simulator.clone();
            async move { simulator.serve(listener, async { stopped.await.unwrap_or(()) }).await }
        });
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let create = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSOrganizationsV20161128.CreateOrganization\r\nAuthorization: AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/organizations/aws4_request, SignedHeaders=host, Signature=0\r\nContent-Length: 2\r\n\r\n{}";
        let answer = exchange(&mut stream, create).await;
        assert!(
            answer.starts_with("HTTP/1.1 200")
                && answer.contains("x-amzn-requestid")
                && answer.contains("MasterAccountId"),
            "{answer}"
        );
        let counts = exchange(&mut stream, "GET /_simulator/requests HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert!(
            counts.contains("\"organizations:CreateOrganization\":1") && counts.contains("\"writes\":1"),
            "{counts}"
        );
        let world = exchange(&mut stream, "GET /_simulator/world HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert!(world.contains("\"management\":\"111122223333\""), "{world}");
        exchange(&mut stream, "POST /_simulator/reset HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            .await;
        assert!(simulator.world().organizations.organizations.is_empty());
        assert!(
            exchange(&mut stream, "GET /_simulator/other HTTP/1.1\r\nHost: x\r\n\r\n")
                .await
                .starts_with("HTTP/1.1 404")
        );
        stop.send(()).expect("a listener");
        server.await.expect("a task").expect("an end");
    }
}
