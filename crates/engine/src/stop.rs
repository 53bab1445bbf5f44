//! The wish to stop.

use tokio::sync::watch;

/// Whether the user asked to stop. Cheap to clone; all clones share the answer.
#[derive(Clone, Debug)]
pub struct Stop {
    sender: watch::Sender<bool>,
}

impl Default for Stop {
    fn default() -> Stop {
        Stop { sender: watch::Sender::new(false) }
    }
}

impl Stop {
    /// Asks to stop: what runs is let finish, nothing new begins.
    pub fn ask(&self) {
        self.sender.send_replace(true);
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        *self.sender.borrow()
    }

    /// Ends when it is asked.
    pub async fn asked(&self) {
        let mut receiver = self.sender.subscribe();
        // The sender lives as long as this value, so waiting cannot fail.
        let _ = receiver.wait_for(|asked| *asked).await;
    }
}
