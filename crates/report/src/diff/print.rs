//! The tree as text.

use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use super::{Block, Body, Change, Diff, Parts, Remark};
use crate::quote::{name, quoted};
use crate::style::{Style, Tone};

/// Attributes that say what an object is.
const TELLING: [&str; 3] = ["id", "name", "tags"];

/// What of the tree is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct View {
    /// Whether unchanged parts are shown.
    pub unchanged: bool,
    /// Whether there is no column for symbols.
    pub no_symbols: bool,
    /// Whether `-> null` is left out, because it is said about a whole.
    pub no_null: bool,
}

/// The sign of a change, as wide as one level of indentation.
pub(crate) fn symbol(change: Change, style: Style) -> String {
    let (tone, sign) = match change {
        Change::Same => return "    ".to_owned(),
        Change::Create => (Tone::Added, "+"),
        Change::Update => (Tone::Changed, "~"),
        Change::Delete => (Tone::Removed, "-"),
    };
    format!("  {} ", style.paint(tone, sign))
}

/// The text with spaces up to `width` columns.
pub(crate) fn aligned(text: &str, width: usize) -> String {
    let spaces = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(spaces))
}

/// Writes trees.
pub(crate) struct Printer {
    pub(super) style: Style,
    pub(super) out: String,
}

/// How a group of named parts is printed.
struct Group {
    noun: &'static str,
    quotes_all: bool,
    /// Parts that are shown even when they do not change.
    telling: &'static [&'static str],
    /// One more of them.
    key: Option<&'static str>,
}

const ATTRIBUTES: Group =
    Group { noun: "attribute", quotes_all: false, telling: &TELLING, key: None };
const ELEMENTS: Group = Group { noun: "element", quotes_all: true, telling: &[], key: None };

impl Printer {
    pub(crate) fn new(style: Style) -> Printer {
        Printer { style, out: String::new() }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Writes a value whose line has begun at `depth`.
    pub(crate) fn value(&mut self, diff: &Diff, depth: usize, view: View) {
        match &diff.body {
            Body::Scalar { before, after } => self.scalar(diff, before, after, view),
            Body::Text { before, after } => self.text(diff, before, after, depth, view),
            Body::Json { document, reformatted } => {
                self.json(diff, document, *reformatted, depth, view);
            }
            Body::Sequence { elements, ordered } => {
                self.sequence(diff, elements, *ordered, depth, view);
            }
            Body::Map(parts) => {
                let inner = View { no_null: diff.change == Change::Delete, ..view };
                self.group(diff, parts, &ELEMENTS, depth, view, inner);
            }
            Body::Object(parts) => {
                let inner = View { no_null: true, ..view };
                self.group(diff, parts, &ATTRIBUTES, depth, view, inner);
            }
            Body::Block(block) => self.block(diff, block, depth, view),
            Body::Unknown { before } => {
                if let Some(before) = before {
                    self.value(before, depth, View { no_null: true, ..view });
                    self.out.push_str(" -> ");
                }
                self.out.push_str("(known after apply)");
                self.forcing(diff);
            }
            Body::OtherType { before, after } => {
                let inner = View { no_null: true, ..view };
                self.value(before, depth, inner);
                self.arrow();
                self.value(after, depth, inner);
                self.forcing(diff);
            }
            Body::Sensitive(_) => {
                self.out.push_str("(sensitive value)");
                self.null(diff, view);
                self.forcing(diff);
            }
            Body::WriteOnly => {
                self.out.push_str("(write-only attribute)");
                self.forcing(diff);
                self.null(diff, view);
            }
        }
    }

    fn scalar(&mut self, diff: &Diff, before: &Option<String>, after: &Option<String>, view: View) {
        match diff.change {
            Change::Create | Change::Same => self.bare(after.as_deref()),
            Change::Delete => {
                self.bare(before.as_deref());
                self.null(diff, view);
            }
            Change::Update => {
                self.bare(before.as_deref());
                self.arrow();
                self.bare(after.as_deref());
            }
        }
        self.forcing(diff);
    }

    fn sequence(
        &mut self,
        diff: &Diff,
        elements: &[Diff],
        ordered: bool,
        depth: usize,
        view: View,
    ) {
        if elements.is_empty() {
            self.out.push_str("[]");
            self.null(diff, view);
            self.forcing(diff);
            return;
        }
        self.out.push('[');
        self.forcing(diff);
        self.out.push('\n');
        let inner = View { no_null: true, ..view };
        let whole = View { unchanged: true, ..view };
        let mut hidden: Vec<&Diff> = Vec::new();
        let mut follows_change = false;
        for element in elements {
            let is_same = element.change == Change::Same;
            if is_same && !follows_change && !view.unchanged {
                hidden.push(element);
                continue;
            }
            if ordered {
                // The neighbour of a change tells where in the sequence it is.
                if let Some(neighbour) = hidden.pop() {
                    self.hidden(hidden.len(), "element", depth + 1, view);
                    self.element(neighbour, depth + 1, whole);
                }
                hidden.clear();
                follows_change = !is_same;
            }
            self.element(element, depth + 1, if is_same { whole } else { inner });
        }
        self.hidden(hidden.len(), "element", depth + 1, view);
        self.line_start(Change::Same, depth, view);
        self.out.push(']');
        self.null(diff, view);
    }

    fn element(&mut self, element: &Diff, depth: usize, view: View) {
        self.remark(element, depth, view);
        self.line_start(element.change, depth, view);
        self.value(element, depth, view);
        self.out.push_str(",\n");
    }

    fn group(
        &mut self,
        diff: &Diff,
        parts: &Parts,
        group: &Group,
        depth: usize,
        view: View,
        inner: View,
    ) {
        if parts.is_empty() {
            self.out.push_str("{}");
            self.null(diff, view);
            self.forcing(diff);
            return;
        }
        self.out.push('{');
        self.forcing(diff);
        self.out.push('\n');
        self.parts(parts, group, depth + 1, inner);
        self.line_start(Change::Same, depth, view);
        self.out.push('}');
        self.null(diff, view);
    }

    fn parts(&mut self, parts: &Parts, group: &Group, depth: usize, view: View) {
        let label = |key: &Arc<str>| if group.quotes_all { quoted(key) } else { name(key) };
        let width = parts.keys().map(|key| label(key).width()).max().unwrap_or(0);
        let mut hidden = 0;
        for (key, part) in parts {
            let is_telling = group.telling.contains(&&**key) || group.key == Some(&**key);
            if part.change == Change::Same && !view.unchanged && !is_telling {
                hidden += 1;
                continue;
            }
            let view = View { unchanged: view.unchanged || is_telling, ..view };
            self.remark(part, depth, view);
            self.line_start(part.change, depth, view);
            self.out.push_str(&aligned(&label(key), width));
            self.out.push_str(" = ");
            self.value(part, depth, view);
            self.out.push('\n');
        }
        self.hidden(hidden, group.noun, depth, view);
    }

    fn block(&mut self, diff: &Diff, block: &Block, depth: usize, view: View) {
        let Block { attributes, blocks, key } = block;
        if attributes.is_empty() && blocks.is_empty() {
            self.out.push_str("{}");
            self.forcing(diff);
            return;
        }
        self.out.push('{');
        self.forcing(diff);
        self.out.push('\n');
        self.parts(attributes, &Group { key: *key, ..ATTRIBUTES }, depth + 1, view);
        let mut hidden = 0;
        for (name, diffs) in blocks {
            let mut is_first = !attributes.is_empty();
            for block in diffs {
                if block.change == Change::Same && !view.unchanged {
                    hidden += 1;
                    continue;
                }
                if is_first {
                    self.out.push('\n');
                    is_first = false;
                }
                self.remark(block, depth + 1, view);
                self.line_start(block.change, depth + 1, view);
                self.out.push_str(name);
                self.out.push(' ');
                self.value(block, depth + 1, view);
                self.out.push('\n');
            }
        }
        if hidden > 0 {
            self.out.push('\n');
            self.hidden(hidden, "block", depth + 1, view);
        }
        self.line_start(Change::Same, depth, view);
        self.out.push('}');
    }

    /// Indentation and the sign of the change.
    pub(super) fn line_start(&mut self, change: Change, depth: usize, view: View) {
        self.indent(depth);
        if !view.no_symbols {
            self.out.push_str(&symbol(change, self.style));
        }
    }

    fn indent(&mut self, depth: usize) {
        self.out.extend(std::iter::repeat_n("    ", depth));
    }

    fn hidden(&mut self, count: usize, noun: &str, depth: usize, view: View) {
        if count == 0 {
            return;
        }
        let plural = if count == 1 { "" } else { "s" };
        let text = format!("# ({count} unchanged {noun}{plural} hidden)");
        self.line_start(Change::Same, depth, view);
        self.out.push_str(&self.style.paint(Tone::Faint, text));
        self.out.push('\n');
    }

    /// What is said before the line of a value that becomes a secret or is no longer one.
    fn remark(&mut self, diff: &Diff, depth: usize, view: View) {
        let Body::Sensitive(Some(Remark { becomes_sensitive, value_unchanged })) = diff.body else {
            return;
        };
        let (first, second) = if becomes_sensitive {
            (
                "this attribute value will be marked as sensitive and will not",
                "display in UI output after applying this change.",
            )
        } else {
            (
                "this attribute value will no longer be marked as sensitive",
                "after applying this change.",
            )
        };
        let warning = self.style.paint(Tone::Changed, "Warning");
        let last = if value_unchanged { " The value is unchanged." } else { "" };
        let margin = if view.no_symbols { "" } else { "  " };
        for line in [format!("{warning}: {first}"), format!("{second}{last}")] {
            self.indent(depth);
            self.out.push_str(&format!("{margin}# {line}\n"));
        }
    }

    pub(super) fn null(&mut self, diff: &Diff, view: View) {
        if diff.change == Change::Delete && !view.no_null {
            self.out.push(' ');
            self.out.push_str(&self.style.paint(Tone::Faint, "-> null"));
        }
    }

    pub(super) fn forcing(&mut self, diff: &Diff) {
        if diff.forces {
            self.out.push(' ');
            self.out.push_str(&self.style.paint(Tone::Removed, "# forces replacement"));
        }
    }

    pub(super) fn arrow(&mut self) {
        let arrow = self.style.paint(Tone::Changed, "->");
        self.out.push_str(&format!(" {arrow} "));
    }

    pub(super) fn bare(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.out.push_str(text),
            None => self.out.push_str(&self.style.paint(Tone::Faint, "null")),
        }
    }
}
