//! The state: what we did, and what we are about to do, in one SQLite file.
//!
//! A [`Store`] keeps the objects that meridian owns in the cloud, the outputs of the last
//! apply, the journal of intents and the lock. Everything is one file that `sqlite3` can
//! read: bodies are JSON text. Writes are durable when the call returns (write-ahead log,
//! `synchronous = FULL`), and what belongs together is one transaction, so that a process
//! killed at any instant leaves either the state before or the state after.
//!
//! Sensitive parts of values never reach the file in clear: a [`Sealer`] seals them under a
//! key that lies elsewhere, and on request everything that values and requests say
//! ([`Extent::Whole`]). [`encode`] and [`decode`] do the same for other files, such as saved
//! plans.

mod encoding;
mod error;
mod exchange;
mod extent;
mod file_system;
mod history;
mod id;
mod journal;
mod lock;
mod migrations;
mod objects;
mod outputs;
mod private_file;
mod rekey;
mod runs;
mod seal;
mod store;
mod terraform;
mod timestamp;
mod type_json;

pub use encoding::{decode, encode};
pub use error::StateError;
pub use exchange::Identity;
pub use extent::Extent;
pub use history::Reversal;
pub use id::{IntentId, LockId, RunId};
pub use journal::{Intent, IntentStatus, NewIntent, SHOWN_ELSEWHERE};
pub use lock::{Holder, Lock};
pub use objects::{Change, ObjectAddress, StoredObject};
pub use outputs::StoredOutput;
pub use rekey::SealedUnder;
pub use runs::{Outcome, Run};
pub use seal::{
    DataKey, KeyOrigin, KeyRecord, LINEAGE_CONTEXT, NewKeyFile, SHORTEST_PASSPHRASE, Sealer,
    Stretching,
};
pub use store::{Snapshot, Store};
pub use terraform::{
    TERRAFORM_VERSION, TerraformObject, TerraformOutput, TerraformProvider, TerraformState,
    TerraformStateError, from_terraform, to_terraform,
};
pub use timestamp::for_people;
pub use type_json::{type_from_json, type_to_json};
