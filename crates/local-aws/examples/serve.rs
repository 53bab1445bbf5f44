//! Serves a local AWS: `serve <port> [directory]`.
//!
//! Any client will do, for instance
//! `AWS_ENDPOINT_URL=http://127.0.0.1:4599 aws kms create-key`.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use meridian_local_aws::{Clock, Cloud, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().ok_or("usage: serve <port> [directory]")?.parse()?;
    let cloud = match arguments.next() {
        Some(directory) => Cloud::open(Path::new(&directory), Clock::Real)?,
        None => Cloud::in_memory(Clock::Real),
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://{}", listener.local_addr()?);
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            eprintln!("Ctrl-C will not stop this server: {error}");
            std::future::pending::<()>().await;
        }
    };
    serve(Arc::new(cloud), listener, interrupted).await?;
    Ok(())
}
