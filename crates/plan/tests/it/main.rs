//! The planner, driven by a fake resource type.

mod actions;
mod conditions;
mod data;
mod drift;
mod dynamic;
mod ephemeral;
mod fake;
mod lifecycle;
mod modules;
mod moves;
mod operations;
mod outputs;
mod project;
mod regions;
mod repeatable;
mod repetition;
mod replacement;
mod secrets;
mod selection;
mod validate;
mod values;
mod world;
