//! The planner, driven by a fake resource type.

mod actions;
mod fake;
mod world;
