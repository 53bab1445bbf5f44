//! Errors in the structure of bodies.

use std::collections::HashMap;

use super::Check;
use crate::blocks::BLOCK_TYPES;
use crate::syntax::tokens::{Kind, Token};

impl<'a> Check<'a> {
    /// Checks a whole file.
    pub(in crate::syntax) fn body(&mut self) {
        self.body_until(Kind::End, None);
    }

    pub(super) fn body_until(&mut self, end: Kind, opening: Option<Token>) {
        let mut names: HashMap<&'a str, Token> = HashMap::new();
        self.depth += 1;
        loop {
            let next = self.peek();
            if next.kind == end {
                self.read();
                break;
            }
            if self.too_deep(&next) {
                self.recover(end);
                break;
            }
            match next.kind {
                Kind::Newline => {
                    self.read();
                }
                Kind::Name => {
                    if end == Kind::End && self.begins_block(&next) {
                        self.recovering = false;
                    }
                    self.item(&mut names);
                }
                _ => {
                    self.misplaced(&next, end, opening.as_ref());
                    self.recover(end);
                    break;
                }
            }
        }
        self.depth -= 1;
    }

    fn misplaced(&mut self, bad: &Token, end: Kind, opening: Option<&Token>) {
        match (bad.kind, opening) {
            (Kind::OpenQuote, _) => {
                self.report_first(
                    bad,
                    "Invalid argument name",
                    "Argument names must not be quoted.",
                );
            }
            (Kind::End, Some(opening)) if end == Kind::CLOSE_BRACE => {
                self.report_first(
                    opening,
                    "Unclosed configuration block",
                    "There is no closing brace for this block before the end of the file. This \
                     may be caused by incorrect brace nesting elsewhere in this file.",
                );
            }
            _ => {
                self.report_first(
                    bad,
                    "Argument or block definition required",
                    "An argument or block definition is required here.",
                );
            }
        }
    }

    /// Whether a top-level block begins here beyond doubt, so that errors before it say nothing
    /// about it.
    fn begins_block(&self, token: &Token) -> bool {
        let text = self.sources.text(self.file);
        let at_line_start = token.place.start == 0 || text[..token.place.start].ends_with('\n');
        at_line_start && BLOCK_TYPES.contains(&self.text(token))
    }

    fn item(&mut self, names: &mut HashMap<&'a str, Token>) {
        let name = self.read();
        match self.peek().kind {
            Kind::EQUAL => {
                let text = self.text(&name);
                match names.get(text) {
                    Some(first) => {
                        let first = self.sources.place(self.span(first));
                        let detail = format!(
                            "The argument {text:?} was already set at {first}. Each argument may \
                             be set only once."
                        );
                        self.report(&name, "Attribute redefined", detail);
                    }
                    None => {
                        names.insert(text, name.clone());
                    }
                }
                self.attribute(false);
            }
            Kind::OpenQuote | Kind::OPEN_BRACE | Kind::Name => self.block(),
            _ => {
                self.report(
                    &name,
                    "Argument or block definition required",
                    "An argument or block definition is required here. To set an argument, use \
                     the equals sign \"=\" to introduce the argument value.",
                );
                self.recover_after_item();
            }
        }
    }

    /// From the equals sign on.
    pub(super) fn attribute(&mut self, single_line: bool) {
        self.read();
        let good = self.expression();
        if self.recovering && !good {
            self.recover_after_item();
            return;
        }
        if single_line {
            return;
        }
        let end = self.peek();
        if matches!(end.kind, Kind::Newline | Kind::End) {
            self.read();
            return;
        }
        if end.kind == Kind::COMMA {
            self.report_first(
                &end,
                "Unexpected comma after argument",
                "Argument definitions must be separated by newlines, not commas. An argument \
                 definition must end with a newline.",
            );
        } else {
            self.report_first(
                &end,
                "Missing newline after argument",
                "An argument definition must end with a newline.",
            );
        }
        self.recover_after_item();
    }
}
