//! A door before the cloud: when a certain call comes, it breaks all connections and refuses new
//! ones for a while.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::operations::Operation;
use crate::support::Server;

/// How long nobody listens. The program tries again after a tenth of a second.
const CLOSED: Duration = Duration::from_millis(400);
/// How much of what came before is looked at, too: the name of a call may come in two pieces.
const OVERLAP: usize = 200;

/// Opens a door that closes when a call of this operation comes, once. Gives its address.
pub fn open(server: &Server, operation: &Operation) -> String {
    let target = server.address();
    let needle = match operation.service {
        "kms" => format!("TrentService.{}\r\n", operation.operation),
        "secretsmanager" => format!("secretsmanager.{}\r\n", operation.operation),
        _ => format!("Action={}", operation.operation),
    };
    server.wait(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(keep(listener, address, target, needle));
        format!("http://{address}")
    })
}

async fn keep(mut listener: TcpListener, address: SocketAddr, target: SocketAddr, needle: String) {
    let (needle, spent): (Arc<[u8]>, _) = (needle.into_bytes().into(), Arc::default());
    let (close, mut closed) = watch::channel(false);
    let close = Arc::new(close);
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { return };
                let (needle, spent) = (Arc::clone(&needle), Arc::clone(&spent));
                tokio::spawn(pass(client, target, needle, spent, Arc::clone(&close)));
            }
            Ok(()) = closed.changed() => {
                drop(listener);
                tokio::time::sleep(CLOSED).await;
                listener = TcpListener::bind(address).await.expect("the same port");
            }
        }
    }
}

/// Passes on what one client says and is answered, until the door closes.
async fn pass(
    mut client: TcpStream,
    target: SocketAddr,
    needle: Arc<[u8]>,
    spent: Arc<AtomicBool>,
    close: Arc<watch::Sender<bool>>,
) {
    let Ok(mut cloud) = TcpStream::connect(target).await else { return };
    let mut closed = close.subscribe();
    let (mut said, mut answered) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut before: Vec<u8> = Vec::new();
    loop {
        tokio::select! {
            length = client.read(&mut said) => {
                let Ok(length @ 1..) = length else { return };
                before.extend_from_slice(&said[..length]);
                let is_it = before.windows(needle.len()).any(|it| *it == *needle);
                if is_it && !spent.swap(true, Ordering::SeqCst) {
                    close.send_replace(true);
                    return;
                }
                before.drain(..before.len().saturating_sub(OVERLAP));
                if cloud.write_all(&said[..length]).await.is_err() { return }
            }
            length = cloud.read(&mut answered) => {
                let Ok(length @ 1..) = length else { return };
                if client.write_all(&answered[..length]).await.is_err() { return }
            }
            Ok(()) = closed.changed() => return,
        }
    }
}
