//! The dependency graph of configuration texts, and the schedule.

mod cycles;
mod drawing;
mod instance_keys;
mod references;
mod schedule;
mod support;
