//! Configuration, prior objects and observed objects, compared into a plan.
//!
//! Nothing here touches the network, the clock or chance: the same inputs give the same
//! plan, byte for byte. [`plan`] walks the configuration's graph in order; for every
//! resource instance it decodes the body by the schema, proposes what the object should
//! become, lets the type adjust it, decides what is to be done, and asks the type for the
//! calls that lead there. [`operations`] turns the result into pieces of work with an order.

mod compare;
mod conditioned;
mod conditions;
mod dangers;
mod declared;
mod decode;
mod deletion_dates;
mod dependencies;
mod ephemeral;
mod foreign;
mod hidden;
mod home;
mod ignore;
mod imports;
mod inputs;
mod instance;
mod model;
mod moves;
mod nested_secrets;
mod operations;
mod outputs;
mod owned;
mod pending;
mod places;
mod planner;
mod propose;
mod repetition;
mod route;
mod secrets;
mod selection;
mod sets;
mod triggers;
mod undecided;
mod validate;
mod values;
mod wanted;

pub use conditions::{
    Checked, check_assertions, check_outputs, check_postconditions, check_variable, check_variables,
};
pub use declared::Declared;
pub use decode::blocks_of_json;
pub use deletion_dates::{Deletion, DeletionDates};
pub use foreign::foreign_types;
pub use hidden::{Hidden, hide_parts, secret_shown_elsewhere};
pub use imports::undescribed;
pub use inputs::{
    Answers, DataAnswer, Fingerprint, Folders, ImportAnswer, Inputs, LookAnswer, Options,
    PriorObject, PriorOutput, Purpose, Question, ReadFile, Surroundings,
};
pub use meridian_resource::REGION;
pub use model::{
    Action, Basis, CheckKind, CheckResult, CheckStatus, Counts, DataObject, Drift, Gone, Mode,
    OutputChange, Plan, Reason, ResourceChange,
};
pub use moves::moved;
pub use operations::{Operation, OperationKind, Operations, operations};
pub use owned::{Owned, following};
pub use pending::PendingConditions;
pub use places::{Configured, ProviderConfigurations, Waiting, configure, provider_key};
pub use planner::data::{arguments, remarked};
pub use planner::{Planned, Settled, Unplanned, leaned_on, plan, plan_or_part, settle};
pub use repetition::{combined, expand};
pub use secrets::{is_fingerprint, kept_secrets, rebound_secrets, recall_secrets, without_secrets};
pub use selection::providers_in_use;
pub use validate::validate;
pub use values::{Values, Viewpoint};
pub use wanted::wanted;
