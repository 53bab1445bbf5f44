//! The door for everyone else: an HTTP server on one port.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;

use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::cloud::Cloud;
use crate::control::{control, is_control};
use crate::fault::AnswerBody;
use crate::response::Response;

const LONGEST_BODY: usize = 1024 * 1024;

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is dropped")]
struct Dropped;

/// Answers requests until told to stop, then lets the open ones finish.
///
/// One port serves all Regions, accounts and services. `GET /` says so, and
/// `GET /_local/` tells how to control the cloud.
///
/// # Errors
///
/// If the listener can accept no more connections.
pub async fn serve(
    cloud: Arc<Cloud>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let outcome = loop {
        tokio::select! {
            () = &mut shutdown => break Ok(()),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(Arc::clone(&cloud), stream, stopping.clone()));
                }
                // The client went away before it was greeted.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => break Err(error),
            },
        }
    };
    drop(stop);
    while connections.join_next().await.is_some() {}
    outcome
}

/// Serves one connection for as long as both sides keep it open.
async fn converse(cloud: Arc<Cloud>, stream: TcpStream, mut stopping: watch::Receiver<()>) {
    // Answers are small and complete: waiting to fill a packet only delays them.
    // A socket that refuses the option still works.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| reply(&cloud, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // An error ends this connection and concerns nobody else.
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn reply(
    cloud: &Cloud,
    request: http::Request<Incoming>,
) -> Result<http::Response<AnswerBody>, Dropped> {
    let (head, body) = request.into_parts();
    let response = match (&head.method, head.uri.path()) {
        (&Method::GET, "/") if head.uri.query().is_none() => {
            plain(StatusCode::OK, "text/plain", "local AWS: KMS, Secrets Manager, STS\n")
        }
        _ => match Limited::new(body, LONGEST_BODY).collect().await {
            Ok(body) => {
                let request = http::Request::from_parts(head, body.to_bytes());
                if is_control(&request) {
                    return Ok(AnswerBody::of(control(cloud, &request)));
                }
                let delivery = cloud.handle(&request);
                tokio::time::sleep(delivery.delay).await;
                delivery.response.ok_or(Dropped)?
            }
            Err(error) if error.is::<LengthLimitError>() => {
                plain(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "the request is too large\n")
            }
            Err(_) => return Err(Dropped),
        },
    };
    Ok(AnswerBody::of(response))
}

fn plain(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    http::Response::builder()
        .status(status)
        .header(CONTENT_TYPE, content_type)
        .body(body.into())
        .expect("status and content type are valid")
}
