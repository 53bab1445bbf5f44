//! An AWS in a box: KMS, Secrets Manager and STS as one state machine that
//! speaks the real wire protocol.
//!
//! [`Cloud`] takes the bytes of a request and gives the bytes of the response.
//! It has two doors: [`InProcess`] is an HTTP client for the AWS SDK that never
//! touches a socket, and [`serve`] answers any client on a loopback port. Both
//! serve every Region and every account; Region, service and account are read
//! from the request's credential scope, as AWS itself does.
//!
//! What takes time in AWS takes time here: a replica key is `Creating` before
//! it is `Enabled`, a replica secret is `InProgress` before it is `InSync`, and
//! a deleted key waits for its window. The [`Clock`] decides how long; a manual
//! clock stands still until a test moves it.
//!
//! The server can be left running ([`ServerOptions`]), speaks HTTPS on the same
//! port, and shows at `GET /` what there is. A cloud can begin with a [`Seed`],
//! and be copied and brought back ([`Cloud::snapshot`], [`Cloud::restore`]).
//!
//! This crate knows nothing of the product that uses it, so that it cannot
//! share its mistakes.

mod clock;
mod cloud;
mod control;
mod error;
mod fault;
mod history;
mod iam;
mod identity;
mod in_process;
mod inferred;
mod kms;
mod lag;
mod model;
mod overview;
mod paging;
mod quota;
mod random;
mod region;
mod request;
mod request_log;
mod response;
mod secrets;
mod seed;
mod server;
mod settings;
mod signature;
mod snapshot;
mod store;
mod sts;
mod table;
mod tags;
mod validate;
mod vault;
mod world;

pub use clock::{Clock, ManualClock, Timestamp};
pub use cloud::{Cloud, Delivery};
pub use control::control;
pub use fault::{Fault, FaultAction, FaultRecord};
pub use iam::{Permission, Policies};
pub use identity::Account;
pub use in_process::InProcess;
pub use inferred::Texts;
pub use region::{Partition, Region};
pub use request::Request;
pub use request_log::RequestRecord;
pub use response::Response;
pub use seed::{Seed, SeedError, Seeding};
pub use server::{ServerOptions, TlsOptions, serve, serve_with};
pub use settings::Settings;
pub use signature::Credentials;
pub use snapshot::SnapshotError;
pub use store::OpenError;
