//! The small types that configurations lean on, and what carries out their steps.
//!
//! Five providers live here: `terraform`, `random`, `time`, `null` and `local`. Their types
//! need no cloud: what they ask for (chance, the time of day, a file) are calls of the service
//! [`meridian_resource::Service::Machine`], so that the planner foresees them and the engine
//! carries them out like any other. [`Machine`] is what answers those calls; it hands all
//! others on to the cloud behind it.
//!
//! A type is a recipe: what makes its value, and what follows from the answer. The module `kept`
//! makes a resource type of it.

mod arguments;
mod calls;
mod family;
mod keepers;
mod kept;
mod local;
mod machine;
mod null;
mod problems;
mod random;
mod recipe;
mod terraform;
mod time;

use std::sync::Arc;

use meridian_resource::Provider;

pub use family::Family;
pub use machine::{
    Chance, Clock, Machine, NoChance, Pause, SeededChance, SystemChance, SystemClock,
};

/// All providers of this crate, in alphabetical order of their names.
pub fn providers() -> [Arc<dyn Provider>; 5] {
    [
        local::provider(),
        null::provider(),
        random::provider(),
        terraform::provider(),
        time::provider(),
    ]
    .map(|family| Arc::new(family) as Arc<dyn Provider>)
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
