//! The provider `time`: moments that are taken once and then kept.

pub(crate) mod calendar;
pub(crate) mod duration;
mod fixed;
mod moments;
mod offset;
mod rotating;
mod sleep;

use crate::family::Family;
use crate::kept::Kept;

/// The provider.
pub(crate) fn provider() -> Family {
    Family::new(
        "time",
        "registry.terraform.io/hashicorp/time",
        vec![
            Kept::boxed(offset::TimeOffset),
            Kept::boxed(rotating::TimeRotating),
            Kept::boxed(sleep::TimeSleep),
            Kept::boxed(fixed::TimeStatic),
        ],
    )
}

#[cfg(test)]
mod tests;
