//! The dependency graph of configuration texts, and the schedule.

mod cycles;
mod drawing;
mod references;
mod schedule;
mod support;
