//! The planner, driven by a fake resource type.

mod actions;
mod conditions;
mod drift;
mod fake;
mod lifecycle;
mod operations;
mod outputs;
mod project;
mod regions;
mod repeatable;
mod repetition;
mod replacement;
mod secrets;
mod validate;
mod values;
mod world;
