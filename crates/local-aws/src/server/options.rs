//! What a server can be told.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// The bounds of a server and what it offers besides plain HTTP.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// How many connections may be open at the same time, at least one. Further ones wait
    /// until the oldest has finished its answer.
    pub connections: usize,
    /// How long a client may take for the head of a request, or a TLS handshake.
    pub header_timeout: Duration,
    /// How long a client may take for the body of a request.
    pub body_timeout: Duration,
    /// How long a connection may stay open without a request. Clients keep
    /// theirs for up to 90 seconds, and should be the ones that close.
    pub idle_timeout: Duration,
    /// How long a client may read nothing of an answer.
    pub write_timeout: Duration,
    /// How long open requests may take after the server was told to stop.
    pub shutdown_grace: Duration,
    /// Names of this server, besides `localhost` and its address, under which
    /// browsers may see the page and `/_local/`. Clients of AWS may use any.
    pub hosts: Vec<String>,
    /// HTTPS on the same port, besides HTTP.
    pub tls: Option<TlsOptions>,
    /// The directory in which `/_local/snapshot` and `/_local/restore` work.
    pub snapshots: Option<PathBuf>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            connections: 512,
            header_timeout: Duration::from_secs(20),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(120),
            write_timeout: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(5),
            hosts: Vec::new(),
            tls: None,
            snapshots: None,
        }
    }
}

/// Where the certificate authority of a server is kept.
#[derive(Clone, Debug)]
pub struct TlsOptions {
    /// The file for the certificate that clients shall trust, as PEM
    /// (`AWS_CA_BUNDLE`).
    pub certificate: PathBuf,
    /// The file for the authority's private key, so that clients can trust it
    /// beyond a restart. Without one the key stays in memory.
    pub key: Option<PathBuf>,
}

impl TlsOptions {
    /// An authority that lasts, in `ca.pem` and `ca.key` of a directory.
    pub fn in_directory(directory: &Path) -> Self {
        Self { certificate: directory.join("ca.pem"), key: Some(directory.join("ca.key")) }
    }
}
