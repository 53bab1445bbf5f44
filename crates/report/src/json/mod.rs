//! Plans, states and outputs as JSON, in Terraform's format.

mod additions;
mod change;
mod checks;
mod configuration;
mod dependencies;
mod diagnostic;
mod mask;
mod modules;
mod output;
mod plan;
mod relevant;
mod resource;
mod state;
mod traversal;

pub(crate) use diagnostic::messages;
pub use diagnostic::validation_json;
pub(crate) use output::outputs_without_secrets;
pub use output::{output_raw, outputs_json, type_json};
pub use plan::{PlanFacts, plan_json};
pub(crate) use resource::key_json;
pub use state::{StateObject, state_json};

/// The version of Terraform whose formats these are.
pub(crate) const TERRAFORM_VERSION: &str = "1.11.4";
/// The version of the format of states.
const STATE_FORMAT: &str = "1.0";
/// The version of the format of plans.
const PLAN_FORMAT: &str = "1.2";
