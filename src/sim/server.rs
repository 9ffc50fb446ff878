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

use super::Simulator;
use super::engine::Outcome;

/// The greatest body that is read, in bytes; AWS's largest here is a policy.
const BODY_LIMIT: usize = 4 << 20;

/// A connection that is dropped without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the answer is lost on purpose")]
struct LostAnswer;

/// Serves until `shutdown` resolves.
pub(crate) async fn serve(
    simulator: Simulator,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return Ok(()),
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                tokio::spawn(connection(simulator.clone(), stream));
            }
        }
    }
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
        Outcome::Lost => Err(LostAnswer),
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
