//! The calls that lead from what is to what should be, as far as can be foreseen.

use meridian_lang::Value;
use meridian_resource::{Call, Next, Object, Place, ResourceType};

/// No type needs more steps than this; one that does goes in circles.
const LONGEST: usize = 64;

/// The calls in order, and what is left at the end.
pub(crate) fn foresee(
    kind: &dyn ResourceType,
    place: &Place,
    from: Option<Object>,
    wanted: Option<&Value>,
) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut here = from;
    while calls.len() < LONGEST {
        match kind.next(place, here.as_ref(), wanted) {
            Next::Call(call) => {
                here = kind.after(place, here.as_ref(), wanted, &call, None);
                calls.push(*call);
            }
            // Waiting is not foreseen; what fails is found when it is tried.
            Next::Done | Next::Wait { .. } | Next::Fail(_) => break,
        }
    }
    calls
}
