//! How an apply ended.

use meridian_plan::Counts;
use unicode_width::UnicodeWidthStr;

use crate::diff::aligned;
use crate::style::{Style, Tone};

/// What came of an apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplySummary {
    /// Whether everything was to be destroyed.
    pub destroy: bool,
    /// What was done.
    pub done: Counts,
    /// Instances that failed, each with the reason in one line.
    pub failed: Vec<(String, String)>,
    /// Instances that were stopped half way.
    pub unfinished: Vec<String>,
    /// Instances that were not begun, each with the instance whose failure is the cause;
    /// none if the run was interrupted.
    pub skipped: Vec<(String, Option<String>)>,
}

/// The last lines of an apply: one sentence, and a table of whatever is not done.
pub fn apply_summary(summary: &ApplySummary, style: Style) -> String {
    let Counts { add, change, destroy, import, forget } = summary.done;
    let imported = if import > 0 { format!("{import} imported, ") } else { String::new() };
    let forgotten = if forget > 0 { format!(", {forget} forgotten") } else { String::new() };
    let counts = format!("{imported}{add} added, {change} changed, {destroy} destroyed{forgotten}");
    let not_done = summary.failed.len() + summary.unfinished.len() + summary.skipped.len();
    if not_done == 0 {
        let sentence = if summary.destroy {
            format!("Destroy complete! Resources: {destroy} destroyed.")
        } else {
            format!("Apply complete! Resources: {counts}.")
        };
        return format!("\n{}\n", style.paint(Tone::Success, sentence));
    }
    let what = if summary.destroy { "Destroy" } else { "Apply" };
    let rest = [
        (summary.failed.len(), "failed"),
        (summary.unfinished.len(), "not finished"),
        (summary.skipped.len(), "skipped"),
    ];
    let rest: Vec<String> = rest
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, how)| format!("{count} {how}"))
        .collect();
    let sentence = format!("{what} incomplete: {counts}; {}.", rest.join(", "));
    let mut text = format!("\n{}\n\n", style.paint(Tone::Grave, sentence));
    let addresses = summary.failed.iter().map(|(address, _)| address);
    let addresses = addresses.chain(&summary.unfinished);
    let addresses = addresses.chain(summary.skipped.iter().map(|(address, _)| address));
    let width = addresses.map(|address| address.width()).max().unwrap_or(0);
    for (address, why) in &summary.failed {
        let failed = style.paint(Tone::Removed, "failed ");
        text.push_str(&format!("  {failed}  {}  {why}\n", aligned(address, width)));
    }
    for address in &summary.unfinished {
        let stopped = style.paint(Tone::Changed, "stopped");
        let address = aligned(address, width);
        text.push_str(&format!(
            "  {stopped}  {address}  half way; the next apply goes on with it\n"
        ));
    }
    for (address, because) in &summary.skipped {
        let skipped = style.paint(Tone::Changed, "skipped");
        let why = match because {
            Some(cause) => format!("because {cause} failed"),
            None => "because the run was interrupted".to_owned(),
        };
        text.push_str(&format!("  {skipped}  {}  {why}\n", aligned(address, width)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apply_that_went_well_is_one_sentence() {
        let done = Counts { add: 1, destroy: 2, ..Counts::default() };
        let summary = ApplySummary { done, ..ApplySummary::default() };
        let expected = "\nApply complete! Resources: 1 added, 0 changed, 2 destroyed.\n";
        assert_eq!(apply_summary(&summary, Style::default()), expected);
        let summary = ApplySummary { destroy: true, ..summary };
        let expected = "\nDestroy complete! Resources: 2 destroyed.\n";
        assert_eq!(apply_summary(&summary, Style::default()), expected);
    }

    #[test]
    fn whatever_is_not_done_is_listed() {
        let summary = ApplySummary {
            done: Counts { add: 1, destroy: 0, ..Counts::default() },
            failed: vec![("aws_kms_key.long_name".to_owned(), "Access denied".to_owned())],
            skipped: vec![
                ("aws_kms_alias.a".to_owned(), Some("aws_kms_key.long_name".to_owned())),
                ("aws_kms_key.c".to_owned(), None),
            ],
            unfinished: vec!["aws_kms_replica_key.b".to_owned()],
            ..ApplySummary::default()
        };
        insta::assert_snapshot!(apply_summary(&summary, Style::default()).trim_start(), @r#"
        Apply incomplete: 1 added, 0 changed, 0 destroyed; 1 failed, 1 not finished, 2 skipped.

          failed   aws_kms_key.long_name  Access denied
          stopped  aws_kms_replica_key.b  half way; the next apply goes on with it
          skipped  aws_kms_alias.a        because aws_kms_key.long_name failed
          skipped  aws_kms_key.c          because the run was interrupted
"#);
    }
}
