//! The wish to stop: signals, and what they do to an apply.

use std::sync::Arc;

#[cfg(unix)]
use futures_util::future::select_all;
use meridian_engine::{Context, Event};

use crate::terminal::Terminal;

/// The first interruption lets running calls end; the second ends the process. What was under
/// way then is in the journal, and the next apply finds out what became of it.
pub(in crate::command) async fn listen(context: Arc<Context>, terminal: Arc<Terminal>) {
    terminal.hand_over_signals();
    interrupted().await;
    context.stop.ask();
    context.tell(Event::Stopping);
    interrupted().await;
    let lines = context.under_way.lines();
    terminal.close();
    // Whoever closed the terminal sent a signal, too; there is nothing to write to then.
    terminal.last_words(&last_words(&lines));
    std::process::exit(1);
}

/// What is said when the process ends at once.
fn last_words(under_way: &[String]) -> String {
    if under_way.is_empty() {
        return "Ending at once. No call was under way: what is done is in the state, and the next \
                apply goes on from there."
            .to_owned();
    }
    let calls = under_way.iter().map(|line| format!("\n  {line}")).collect::<String>();
    format!(
        "Ending at once. Whether these calls were carried out is not known:{calls}\nThey are in \
         the journal; the next apply finds out what became of them."
    )
}

/// Ends when the user or the system asks the process to end: by Ctrl-C, `SIGTERM`, or because the
/// terminal was closed (`SIGHUP`). Signals count from this call on, not only from when the future
/// is first looked at.
pub fn interrupted() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
        if !outlives_terminal() {
            kinds.push(SignalKind::hangup());
        }
        kinds.into_iter().map(signal).collect::<Result<Vec<_>, _>>()
    };
    async move {
        #[cfg(unix)]
        if let Ok(mut signals) = signals {
            let waits = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
            let _ = select_all(waits).await;
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Whether whoever started the process wants it to go on when the terminal is closed, as `nohup`
/// does. Only Linux tells.
#[cfg(unix)]
fn outlives_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    // SIGHUP is signal 1, the lowest bit.
    ignored.is_some_and(|set| set & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_name_the_calls() {
        let one = ["aws_kms_key.a: kms:CreateKey in eu-west-1".to_owned()];
        assert_eq!(
            last_words(&one),
            "Ending at once. Whether these calls were carried out is not known:\n  \
             aws_kms_key.a: kms:CreateKey in eu-west-1\nThey are in the journal; the next apply \
             finds out what became of them."
        );
        assert!(last_words(&[]).contains("No call was under way"));
    }
}
