//! Strings as text: on one line, over several lines, or as the document that they hold.

use std::sync::Arc;

use similar::{Algorithm, ChangeTag, capture_diff_slices};

use super::{Change, Diff, Printer, View};
use crate::quote::{quoted, visible};
use crate::style::Tone;

impl Printer {
    pub(super) fn text(
        &mut self,
        diff: &Diff,
        before: &Option<Arc<str>>,
        after: &Option<Arc<str>>,
        depth: usize,
        view: View,
    ) {
        let (before, after) = (before.as_deref(), after.as_deref());
        let has_lines = |text: Option<&str>| text.is_some_and(|text| text.contains('\n'));
        if has_lines(before) || has_lines(after) {
            self.here_document(diff, before, after, depth, view);
            return;
        }
        let quoted = |text: Option<&str>| text.map(quoted);
        match diff.change {
            Change::Create | Change::Same => self.bare(quoted(after.or(before)).as_deref()),
            Change::Delete => {
                self.bare(quoted(before).as_deref());
                self.null(diff, view);
            }
            Change::Update => {
                self.bare(quoted(before).as_deref());
                self.arrow();
                self.bare(quoted(after).as_deref());
            }
        }
        self.forcing(diff);
    }

    fn here_document(
        &mut self,
        diff: &Diff,
        before: Option<&str>,
        after: Option<&str>,
        depth: usize,
        view: View,
    ) {
        self.out.push_str("<<-EOT");
        self.forcing(diff);
        self.out.push('\n');
        match (before, after) {
            (Some(before), Some(after)) if diff.change == Change::Update => {
                let (old, new) = (lines(before), lines(after));
                for operation in capture_diff_slices(Algorithm::Myers, &old, &new) {
                    for change in operation.iter_changes(&old, &new) {
                        let sign = match change.tag() {
                            ChangeTag::Equal => Change::Same,
                            ChangeTag::Delete => Change::Delete,
                            ChangeTag::Insert => Change::Create,
                        };
                        self.text_line(change.value(), sign, depth + 1, view);
                    }
                }
            }
            _ => {
                for line in lines(after.or(before).unwrap_or_default()) {
                    self.text_line(line, Change::Same, depth + 1, view);
                }
            }
        }
        self.line_start(Change::Same, depth, view);
        self.out.push_str("EOT");
        self.null(diff, view);
    }

    fn text_line(&mut self, line: &str, change: Change, depth: usize, view: View) {
        self.line_start(change, depth, view);
        self.out.push_str(&visible(line));
        self.out.push('\n');
    }

    pub(super) fn json(
        &mut self,
        diff: &Diff,
        document: &Diff,
        reformatted: bool,
        depth: usize,
        view: View,
    ) {
        let remark = match (reformatted, diff.forces) {
            (false, _) => None,
            (true, false) => Some((Tone::Faint, " # whitespace changes")),
            (true, true) => Some((Tone::Removed, " # whitespace changes force replacement")),
        };
        let remark = remark.map_or_else(String::new, |(tone, text)| self.style.paint(tone, text));
        let inner = View { no_null: true, unchanged: view.unchanged || reformatted, ..view };
        let mut printer = Printer::new(self.style);
        printer.value(document, depth + 1, inner);
        let text = printer.finish();
        self.out.push_str("jsonencode(");
        if !text.contains('\n') {
            self.out.push_str(&text);
            self.out.push(')');
            self.out.push_str(&remark);
            if !reformatted {
                self.null(diff, view);
                self.forcing(diff);
            }
            return;
        }
        // Creation and deletion are said about the parts of the document, an update about the whole.
        let sign = match diff.change {
            Change::Update if !reformatted => Change::Update,
            _ => Change::Same,
        };
        self.out.push_str(&remark);
        self.out.push('\n');
        self.line_start(sign, depth + 1, view);
        self.out.push_str(&text);
        if !reformatted {
            self.forcing(diff);
        }
        self.out.push('\n');
        self.line_start(Change::Same, depth, view);
        self.out.push(')');
        self.null(diff, view);
    }
}

/// The lines without the blank ones around them.
fn lines(text: &str) -> Vec<&str> {
    text.trim().split('\n').collect()
}
