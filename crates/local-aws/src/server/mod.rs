//! The door for everyone else: a server on one port, for HTTP and HTTPS.

mod body;
mod connection;
mod events;
mod hosts;
mod local;
mod options;
mod page;
mod patience;
mod reply;
mod tls;

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::cloud::Cloud;
use hosts::Hosts;
pub use options::{ServerOptions, TlsOptions};

/// How many pages may watch at the same time.
const MOST_VIEWERS: usize = 64;
/// How long to wait after the system refused to accept, and how often in a row.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const ACCEPT_ATTEMPTS: u32 = 100;
/// How long a connection that was asked to make room has before the next one is asked.
const ROOM_PATIENCE: Duration = Duration::from_secs(1);

/// What all connections share.
struct Server {
    cloud: Arc<Cloud>,
    options: ServerOptions,
    hosts: Hosts,
    tls: Option<TlsAcceptor>,
    /// Asks the oldest connection to make room for another.
    crowd: Notify,
    viewers: Arc<Semaphore>,
    /// Closed when the server stops.
    stopping: watch::Receiver<()>,
}

/// Answers requests until told to stop, then lets the open ones finish.
///
/// One port serves all Regions, accounts and services. `GET /` shows them, and
/// what is under `/_local/` is for programs.
///
/// # Errors
///
/// If the listener can accept no more connections.
pub async fn serve(
    cloud: Arc<Cloud>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_with(cloud, listener, shutdown, ServerOptions::default()).await
}

/// The same as [`serve`], with options.
///
/// # Errors
///
/// If the listener can accept no more connections, or if the certificates for
/// HTTPS cannot be made, read or written.
pub async fn serve_with(
    cloud: Arc<Cloud>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
    options: ServerOptions,
) -> io::Result<()> {
    let tls = options.tls.as_ref().map(tls::acceptor).transpose()?;
    let hosts = Hosts::new(listener.local_addr()?.ip(), &options.hosts);
    let (stop, stopping) = watch::channel(());
    let places = Arc::new(Semaphore::new(options.connections.max(1)));
    let viewers = Arc::new(Semaphore::new(MOST_VIEWERS));
    let crowd = Notify::new();
    let server = Arc::new(Server { cloud, options, hosts, tls, crowd, viewers, stopping });
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let outcome = loop {
        tokio::select! {
            () = &mut shutdown => break Ok(()),
            accepted = accept(&server, &listener, &places) => match accepted {
                Ok((stream, place)) => {
                    let server = Arc::clone(&server);
                    connections.spawn(async move {
                        let _place = place;
                        connection::converse(server, stream).await;
                    });
                }
                Err(error) => break Err(error),
            },
        }
        while connections.try_join_next().is_some() {}
    };
    drop((stop, listener));
    let finished = async { while connections.join_next().await.is_some() {} };
    // What is not finished by then is dropped with the set.
    let _ = timeout(server.options.shutdown_grace, finished).await;
    outcome
}

/// The next connection, once there is room for it.
///
/// When all places are taken, the oldest connection is asked to end after its
/// answer: clients take that for the ordinary end of a kept connection, and
/// none has to be refused. Further ones wait in the system's queue.
async fn accept(
    server: &Server,
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let stream = accept_patiently(listener).await?;
    if let Ok(place) = Arc::clone(places).try_acquire_owned() {
        return Ok((stream, place));
    }
    loop {
        server.crowd.notify_one();
        if let Ok(place) = timeout(ROOM_PATIENCE, Arc::clone(places).acquire_owned()).await {
            return Ok((stream, place.expect("the places are never closed")));
        }
    }
}

/// A lack of descriptors or memory passes; a broken listener does not.
async fn accept_patiently(listener: &TcpListener) -> io::Result<TcpStream> {
    let mut attempts = 0;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Ok(stream),
            // The client went away before it was greeted.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) if attempts == ACCEPT_ATTEMPTS => return Err(error),
            Err(_) => {
                attempts += 1;
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
