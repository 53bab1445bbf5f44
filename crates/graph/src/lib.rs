//! Addresses, the dependency graph, cycles told as paths, and the schedule.
//!
//! [`Graph`] is what the configuration refers to what, with the place of each reference.
//! [`Schedule`] says what may run now: it is shared by everything that works through a
//! graph, knows no async and no clock, and starts the longest remaining path first.

mod build;
mod cycle;
mod dot;
mod drawing;
mod graph;
mod instance_keys;
mod mermaid;
mod schedule;
mod undeclared;

pub use drawing::Drawing;
pub use graph::{Graph, Node};
pub use meridian_lang::{
    ConfigResource, InstanceAddress, InstanceKey, ModuleInstance, ModulePath, ResourceAddress,
    ResourceMode, Target,
};
pub use schedule::{Finished, Outcome, Schedule};
