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

#[cfg(test)]
mod tests {
    use meridian_graph::InstanceAddress;
    use meridian_plan::Action;
    use meridian_resource::{Problem, ProviderKey};

    use super::*;

    fn change(name: &str, notices: Vec<Notice>) -> ResourceChange {
        let address = format!("aws_kms_key.{name}");
        ResourceChange {
            notices,
            ..ResourceChange::undecided(
                InstanceAddress::parse(&address).expect("an address"),
                ProviderKey::parse("aws"),
                "eu-west-1",
                Action::NoOp,
            )
        }
    }

    fn plan(changes: Vec<ResourceChange>) -> Plan {
        Plan { changes, ..Plan::default() }
    }

    fn danger(text: &str) -> Notice {
        Notice::danger(Problem::new(text, "never shown here"))
    }

    fn warning(text: &str) -> Notice {
        Notice::warning(Problem::new(text, "never shown here").help("nor this"))
    }

    #[test]
    fn remarks_alone_alert_nobody() {
        assert_eq!(alert(&plan(vec![change("a", vec![Notice::remark("fine")])])), "");
        assert_eq!(alert(&plan(Vec::new())), "");
    }

    #[test]
    fn the_gravest_notice_makes_the_alert_and_stands_first() {
        let warned = change("a", vec![Notice::remark("r"), warning("w")]);
        let text = alert(&plan(vec![warned.clone()]));
        assert_eq!(text, "> [!WARNING]\n> - `aws_kms_key.a`: ⚠️ `w`\n");
        let text = alert(&plan(vec![warned, change("b", vec![danger("d")])]));
        assert_eq!(
            text,
            "> [!CAUTION]\n> - `aws_kms_key.b`: 🛑 `d`\n> - `aws_kms_key.a`: ⚠️ `w`\n"
        );
    }

    #[test]
    fn what_does_not_fit_into_the_alert_is_counted() {
        let many: Vec<Notice> = (0..MOST + 2).map(|index| warning(&index.to_string())).collect();
        let text = alert(&plan(vec![change("a", many)]));
        assert_eq!(text.matches("> - ").count(), MOST, "{text}");
        assert!(text.ends_with(">\n> And 2 more, at the resources.\n"), "{text}");
        let just: Vec<Notice> = (0..MOST).map(|index| danger(&index.to_string())).collect();
        let text = alert(&plan(vec![change("a", just)]));
        assert!(!text.contains("more"), "{text}");
    }

    #[test]
    fn a_line_cannot_leave_its_alert() {
        let text = alert(&plan(vec![change("a", vec![danger("x\n> [!NOTE]\n`y`")])]));
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(!text.contains("\n> [!NOTE]"), "{text}");
    }

    #[test]
    fn a_resource_has_all_its_notices() {
        let text = lines(&change("a", vec![danger("d"), warning("w"), Notice::remark("r")]));
        assert_eq!(text, "- 🛑 `d`\n- ⚠️ `w`\n- `r`\n\n");
        assert_eq!(lines(&change("a", Vec::new())), "");
    }
}
