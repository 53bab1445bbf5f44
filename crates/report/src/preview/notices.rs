//! What people should know beside what is done: an alert below the headline, and lines at the
//! resources.

use std::cmp::Reverse;

use meridian_plan::{Plan, ResourceChange};
use meridian_resource::{Gravity, Notice};

use super::escape::{code, value_code};

/// How many lines an alert has.
const MOST: usize = 5;

/// One alert for all dangers and warnings, the gravest first; empty if there are none.
pub(super) fn alert(plan: &Plan) -> String {
    let of = |change| move |notice| (change, notice);
    let all = plan.changes.iter().flat_map(|change| change.notices.iter().map(of(change)));
    let mut grave: Vec<(&ResourceChange, &Notice)> =
        all.filter(|(_, notice): &(_, &Notice)| notice.gravity > Gravity::Remark).collect();
    grave.sort_by_key(|(_, notice)| Reverse(notice.gravity));
    let Some((_, gravest)) = grave.first() else { return String::new() };
    let kind = if gravest.gravity == Gravity::Danger { "CAUTION" } else { "WARNING" };
    let mut text = format!("> [!{kind}]\n");
    for (change, notice) in grave.iter().take(MOST) {
        let address = code(&change.address.to_string());
        text.push_str(&format!("> - {address}: {}\n", line(notice)));
    }
    if let Some(more @ 1..) = grave.len().checked_sub(MOST) {
        text.push_str(&format!(">\n> And {more} more, at the resources.\n"));
    }
    text
}

/// The notices of one resource, a line each.
pub(super) fn lines(change: &ResourceChange) -> String {
    let lines: String = change.notices.iter().map(|it| format!("- {}\n", line(it))).collect();
    if lines.is_empty() { lines } else { format!("{lines}\n") }
}

fn line(notice: &Notice) -> String {
    let said = value_code(&notice.problem.summary);
    match notice.gravity {
        Gravity::Remark => said,
        Gravity::Warning => format!("⚠️ {said}"),
        Gravity::Danger => format!("🛑 {said}"),
    }
}
