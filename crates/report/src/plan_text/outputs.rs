//! Planned changes of outputs.

use meridian_lang::{Marks, Value};
use meridian_plan::OutputChange;
use unicode_width::UnicodeWidthStr;

use crate::diff::{Change, Diff, Forcing, Printer, Rules, Sides, View, aligned, compare, symbol};
use crate::quote::name;
use crate::style::Style;

/// One line or more for every output that changes.
pub(super) fn changes_text(outputs: &[OutputChange], style: Style) -> String {
    let width = outputs.iter().map(|output| name(&output.name).width()).max().unwrap_or(0);
    let mut text = String::new();
    for output in outputs {
        let diff = output_diff(output);
        if diff.change == Change::Same {
            continue;
        }
        let mut printer = Printer::new(style);
        printer.value(&diff, 0, View::default());
        let symbol = symbol(diff.change, style);
        let label = aligned(&name(&output.name), width);
        text.push_str(&format!("{symbol}{label} = {}\n", printer.finish()));
    }
    text
}

fn output_diff(output: &OutputChange) -> Diff {
    // An output that is, or was, a secret is one on both sides: there is nothing to reveal.
    let marks =
        if output.sensitive || output.was_sensitive { Marks::SENSITIVE } else { Marks::NONE };
    let marked = |value: &Option<Value>| value.clone().map(|value| value.mark(marks));
    let (before, after) = (marked(&output.before), marked(&output.after));
    let sides = Sides::new(before.as_ref(), after.as_ref()).without_null();
    compare(sides, Rules::Open, &Forcing::default())
}
