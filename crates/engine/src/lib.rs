//! The imperative shell: refresh, drive the planner, apply, recover.
//!
//! Everything below the command line that touches the cloud, the clock or the state is here,
//! once: [`refresh`] reads all objects in one sweep, [`apply`] works through a plan's
//! operations, and [`reconcile`] carries one object from what is to what should be, writing
//! every intent into the journal before its call leaves. [`recover`] finds out what became of
//! intents that a killed run left open.

mod apply;
mod ask;
mod event;
#[cfg(debug_assertions)]
mod kill_point;
mod ledger;
mod locate;
mod pace;
mod paced;
mod plan_file;
mod promote;
mod questions;
mod quota;
mod reconcile;
mod record;
mod recover;
mod refresh;
mod request;
mod secrecy;
mod shown;
mod stop;
mod strays;
mod tell;
mod terraform;
mod under_way;

pub use apply::{Applied, Skipped, Work, apply};
pub use ask::ask;
pub use event::{Cause, Event, Operation};
pub use ledger::Ledger;
pub use plan_file::{PlanFileError, SavedInputs, load_plan, plan_key, save_plan};
pub use promote::{Promoted, promote};
pub use questions::answer;
pub use quota::Quotas;
pub use reconcile::Context;
pub use record::{forget, prior_objects, prior_outputs, take_over};
pub use recover::{Resolution, recover};
pub use refresh::{Refreshed, refresh};
pub use shown::hidden_by_journal;
pub use stop::Stop;
pub use strays::is_in_doubt;
pub use terraform::{
    Foreign, HandedBack, Revealed, TakenOver, hand_back, is_irreplaceable, is_key,
    keep_what_was_left_out, reveal, take_over_state,
};
pub use under_way::UnderWay;
