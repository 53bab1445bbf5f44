//! One connection, from its first byte to its end.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Server;
use super::body::Body;
use super::patience::{Patient, Turns};
use super::reply::reply;

/// The record type of a TLS handshake, which begins no HTTP request.
const HANDSHAKE: u8 = 0x16;
/// Session tokens make the longest heads, with some kilobytes.
const LONGEST_HEAD: usize = 64 * 1024;
const BUFFER: usize = 128 * 1024;

enum Opened {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

/// Serves one connection for as long as both sides keep it open. An error ends
/// it and concerns nobody else.
pub(super) async fn converse(server: Arc<Server>, stream: TcpStream) {
    // Answers are small and complete: waiting to fill a packet only delays them.
    // A socket that refuses the option still works.
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = &server.tls else {
        return talk(&server, stream).await;
    };
    match timeout(server.options.header_timeout, open(acceptor, stream)).await {
        Ok(Ok(Opened::Plain(stream))) => talk(&server, stream).await,
        Ok(Ok(Opened::Encrypted(stream))) => talk(&server, *stream).await,
        Ok(Err(_)) | Err(_) => {}
    }
}

/// Finds out from the first byte whether the client speaks TLS.
async fn open(acceptor: &TlsAcceptor, stream: TcpStream) -> io::Result<Opened> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    if first == [HANDSHAKE] {
        let stream = acceptor.accept(stream).await?;
        return Ok(Opened::Encrypted(Box::new(stream)));
    }
    Ok(Opened::Plain(stream))
}

async fn talk(server: &Arc<Server>, stream: impl AsyncRead + AsyncWrite + Unpin) {
    let turns = Turns::default();
    let service = service_fn(|request| {
        let turn = turns.take();
        async move {
            let response = reply(server, request).await?;
            Ok::<_, super::body::Dropped>(response.map(|content| Body::new(content, turn)))
        }
    });
    let stream = Patient::new(stream, turns.clone(), &server.options);
    let connection = http1::Builder::new()
        // The stream has timers of its own.
        .header_read_timeout(None)
        .max_header_size(LONGEST_HEAD)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let mut stopping = server.stopping.clone();
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopping.changed() => {}
        () = server.crowd.notified() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
