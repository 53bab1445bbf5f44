//! Resource types of AWS KMS and Secrets Manager, and the clients that reach them.

mod ambient;
mod ambient_tags;
mod answers;
mod arn;
mod checks;
mod clients;
mod cloud;
mod credentials;
mod data_sources;
pub mod discovery;
mod duration;
mod endpoint_services;
mod error;
mod go_base64;
mod go_json;
mod go_time;
mod operations;
mod policy;
mod primed;
mod provider;
mod quotas;
mod region;
mod regional;
mod resources;
mod retry;
mod review;
mod role;
#[cfg(test)]
mod script;
mod settings;
mod tags;
mod transport;

pub use ambient::{ambient_region, endpoint_override, profile_region};
pub use ambient_tags::AmbientTags;
pub use cloud::AwsCloud;
pub use provider::AwsProvider;
pub use settings::{AssumeRole, Endpoints, ProviderSettings};
pub use transport::{Transport, TransportError};
