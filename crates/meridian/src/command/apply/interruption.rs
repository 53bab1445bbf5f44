//! The wish to stop: signals, and what they do to an apply.

use std::sync::Arc;

use meridian_engine::{Context, Event};

/// The first interruption lets running calls end; the second ends the process. What was under
/// way then is in the journal, and the next apply finds out what became of it.
pub(in crate::command) async fn listen(context: Arc<Context>) {
    interrupted().await;
    context.stop.ask();
    context.tell(Event::Stopping);
    interrupted().await;
    eprintln!(
        "\nEnding at once. Calls that were under way are in the journal; the next apply finds \
         out what became of them."
    );
    std::process::exit(1);
}

/// Ends when the user or the system asks the process to end. Signals count from this call on, not
/// only from when the future is first looked at.
pub fn interrupted() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::interrupt()).and_then(|it| Ok((it, signal(SignalKind::terminate())?)))
    };
    async move {
        #[cfg(unix)]
        if let Ok((mut interrupt, mut terminate)) = signals {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}
