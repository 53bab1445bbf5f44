//! Serves a local AWS: `serve <port> [directory] [seed.json]`.
//!
//! Any client will do, for instance
//! `AWS_ENDPOINT_URL=http://127.0.0.1:4599 aws kms create-key`. With a
//! directory the server also speaks HTTPS, under the authority in its `ca.pem`,
//! and keeps snapshots. An empty text for the directory stands for none.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use meridian_local_aws::{Clock, Cloud, Seed, ServerOptions, TlsOptions, serve_with};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: serve <port> [directory] [seed.json]";
    let port: u16 = arguments.next().ok_or(usage)?.parse()?;
    let mut options = ServerOptions::default();
    let cloud = match arguments.next().filter(|directory| !directory.is_empty()) {
        Some(directory) => {
            let directory = Path::new(&directory);
            options.tls = Some(TlsOptions::in_directory(directory));
            options.snapshots = Some(directory.join("snapshots"));
            Cloud::open(directory, Clock::Real)?
        }
        None => Cloud::in_memory(Clock::Real),
    };
    if let Some(seed) = arguments.next() {
        let seed: Seed = serde_json::from_slice(&std::fs::read(seed)?)?;
        println!("{:?}", cloud.seed(&seed)?);
    }
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://{}", listener.local_addr()?);
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            eprintln!("Ctrl-C will not stop this server: {error}");
            std::future::pending::<()>().await;
        }
    };
    serve_with(Arc::new(cloud), listener, interrupted, options).await?;
    Ok(())
}
