//! From a request to its answer.

use std::sync::Arc;

use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{Method, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::{block_in_place, yield_now};
use tokio::time::{sleep, timeout};

use super::body::{Content, Dropped};
use super::{Server, local};
use crate::cloud::{Cloud, Delivery};
use crate::control::{Refusal, is_control};
use crate::request::Request;

const LONGEST_BODY: usize = 1024 * 1024;
/// How often a request lets others go first before it waits for the cloud.
const COURTESIES: u32 = 64;

/// Answers a request, or drops it.
pub(super) async fn reply(
    server: &Arc<Server>,
    request: http::Request<Incoming>,
) -> Result<http::Response<Content>, Dropped> {
    let (head, body) = request.into_parts();
    let is_local = is_local(&head);
    if is_local && !server.hosts.admit(&head) {
        return Ok(refusal(StatusCode::FORBIDDEN, "this server has another name"));
    }
    if is_announced_too_long(&head) {
        return Ok(too_long());
    }
    let body = Limited::new(body, LONGEST_BODY).collect();
    let body = match timeout(server.options.body_timeout, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Ok(too_long()),
        Ok(Err(_)) | Err(_) => return Err(Dropped),
    };
    let request = Request::from_parts(head, body);
    if is_local {
        return Ok(local::local(server, &request));
    }
    let delivery = carry_out(&server.cloud, &request).await;
    if !delivery.delay.is_zero() {
        sleep(delivery.delay).await;
    }
    delivery.response.map(Content::of).ok_or(Dropped)
}

/// The page, and what is for programs other than clients of AWS. With a query
/// a path of `/` is a presigned request.
fn is_local(head: &Parts) -> bool {
    let is_page = matches!(head.method, Method::GET | Method::HEAD)
        && head.uri.path() == "/"
        && head.uri.query().is_none();
    is_page || is_control(&head.uri)
}

/// A body that says it is too long is not read, nor waited for.
fn is_announced_too_long(head: &Parts) -> bool {
    let length = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    length.and_then(|length| length.parse::<usize>().ok()).is_some_and(|it| it > LONGEST_BODY)
}

fn too_long() -> http::Response<Content> {
    refusal(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large")
}

fn refusal(status: StatusCode, reason: &str) -> http::Response<Content> {
    Refusal::new(status, reason).respond().map(Content::from)
}

/// Carries out a request without keeping other connections from being served.
///
/// Nearly all requests take some microseconds, so that handing them to another
/// thread would cost more than they do; while one takes long (RSA keys), those
/// that wait for it leave their thread to others.
async fn carry_out(cloud: &Cloud, request: &Request) -> Delivery {
    for _ in 0..COURTESIES {
        if !cloud.is_busy() {
            break;
        }
        yield_now().await;
    }
    let is_long = is_slow(request) || cloud.is_busy();
    if is_long && Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread {
        return block_in_place(|| cloud.handle(request));
    }
    cloud.handle(request)
}

/// Whether a request may have to make a key pair first.
fn is_slow(request: &http::Request<Bytes>) -> bool {
    const SLOW: &[&str] = &[
        "TrentService.Decrypt",
        "TrentService.DeriveSharedSecret",
        "TrentService.Encrypt",
        "TrentService.GenerateDataKeyPair",
        "TrentService.GenerateDataKeyPairWithoutPlaintext",
        "TrentService.GetParametersForImport",
        "TrentService.GetPublicKey",
        "TrentService.ReEncrypt",
        "TrentService.Sign",
        "TrentService.Verify",
    ];
    let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
    target.is_some_and(|target| SLOW.contains(&target))
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::clock::Clock;
    use crate::server::serve;

    const LIST_KEYS: &str = "POST / HTTP/1.0\r\nX-Amz-Target: TrentService.ListKeys\r\n\
                             Authorization: AWS4-HMAC-SHA256 \
                             Credential=AKID/20260101/eu-west-1/kms/aws4_request\r\n\r\n";
    const PAGE: &str = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";

    async fn ask(address: std::net::SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn one_thread_serves_others_while_a_request_waits() {
        let cloud = Arc::new(Cloud::in_memory(Clock::Fast));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(Arc::clone(&cloud), listener, pending()));

        let (release, released) = std::sync::mpsc::channel::<()>();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let busy = std::thread::spawn(move || {
            let _inner = cloud.lock();
            begin.send(()).unwrap();
            released.recv().unwrap();
        });
        begun.await.unwrap();
        let waiting: Vec<_> =
            (0..3).map(|_| tokio::spawn(async move { ask(address, LIST_KEYS).await })).collect();
        // Enough of them that the requests before them have stopped being courteous.
        for _ in 0..200 {
            let page = tokio::spawn(async move { ask(address, PAGE).await }).await.unwrap();
            assert!(page.starts_with("HTTP/1.0 200"), "{page}");
        }
        release.send(()).unwrap();
        busy.join().unwrap();
        for answer in waiting {
            assert!(answer.await.unwrap().starts_with("HTTP/1.0 200"));
        }
    }
}
