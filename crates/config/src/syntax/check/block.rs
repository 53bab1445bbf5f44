//! Errors in blocks, from the first label on.

use super::Check;
use crate::syntax::tokens::{Kind, Token};

impl Check<'_> {
    /// From the first label or the opening brace on.
    pub(super) fn block(&mut self) {
        const SUMMARY: &str = "Invalid block definition";
        let opening = loop {
            let next = self.peek();
            match next.kind {
                Kind::OPEN_BRACE => break self.read(),
                Kind::OpenQuote => self.label(),
                Kind::Name => {
                    self.read();
                }
                kind => {
                    match kind {
                        Kind::EQUAL => self.report(
                            &next,
                            SUMMARY,
                            "The equals sign \"=\" indicates an argument definition, and must not \
                             be used when defining a block.",
                        ),
                        Kind::Newline => self.report(
                            &next,
                            SUMMARY,
                            "A block definition must have block content delimited by \"{\" and \
                             \"}\", starting on the same line as the block header.",
                        ),
                        _ => self.report_first(
                            &next,
                            SUMMARY,
                            "Either a quoted string block label or an opening brace (\"{\") is \
                             expected here.",
                        ),
                    }
                    self.recover_after_item();
                    return;
                }
            }
        };
        match self.peek().kind {
            Kind::Newline | Kind::End | Kind::CLOSE_BRACE => {
                self.body_until(Kind::CLOSE_BRACE, Some(opening));
            }
            _ => self.single_line_body(&opening),
        }
        let end = self.peek();
        if matches!(end.kind, Kind::Newline | Kind::End) {
            self.read();
        } else {
            self.report_first(
                &end,
                "Missing newline after block definition",
                "A block definition must end with a newline.",
            );
            self.recover_after_item();
        }
    }

    fn label(&mut self) {
        self.read();
        loop {
            let next = self.read();
            match next.kind {
                Kind::CloseQuote => return,
                Kind::Text => self.escapes(&next),
                Kind::Interpolation | Kind::Directive => {
                    self.report_first(
                        &next,
                        "Invalid string literal",
                        "Template sequences are not allowed in this string. To include a literal \
                         \"$\", double it (as \"$$\") to escape it.",
                    );
                    self.recover(Kind::CloseQuote);
                    return;
                }
                Kind::End => {
                    self.report_first(
                        &next,
                        "Unterminated string literal",
                        "Unable to find the closing quote mark before the end of the file.",
                    );
                    self.recovering = true;
                    return;
                }
                _ => {
                    self.report_first(
                        &next,
                        "Invalid string literal",
                        "This item is not valid in a string literal.",
                    );
                    self.recover(Kind::CloseQuote);
                    return;
                }
            }
        }
    }

    /// A block whose braces stand on one line, from behind the first on.
    fn single_line_body(&mut self, opening: &Token) {
        const SUMMARY: &str = "Invalid single-argument block definition";
        let name = self.read();
        if name.kind == Kind::Name {
            match self.peek().kind {
                Kind::EQUAL => self.attribute(true),
                Kind::OpenQuote | Kind::OPEN_BRACE | Kind::Name => {
                    let detail = format!(
                        "A single-line block definition can contain only a single argument. If \
                         you meant to define argument {:?}, use an equals sign to assign it a \
                         value. To define a nested block, place it on a line of its own within \
                         its parent block.",
                        self.text(&name)
                    );
                    self.report(&name, "Argument definition required", detail);
                    self.recover_after_item();
                }
                _ => {
                    self.report(
                        &name,
                        "Argument or block definition required",
                        "An argument or block definition is required here. To set an argument, \
                         use the equals sign \"=\" to introduce the argument value.",
                    );
                    self.recover_after_item();
                }
            }
        } else {
            self.report(
                &name,
                "Argument or block definition required",
                "An argument or block definition is required here.",
            );
            self.recover_after_item();
        }
        let next = self.peek();
        match next.kind {
            Kind::CLOSE_BRACE => {
                self.read();
                return;
            }
            Kind::COMMA => self.report(
                &next,
                SUMMARY,
                "Single-line block syntax can include only one argument definition. To define \
                 multiple arguments, use the multi-line block syntax with one argument definition \
                 per line.",
            ),
            Kind::Newline => self.report(
                &next,
                SUMMARY,
                "An argument definition on the same line as its containing block creates a \
                 single-line block definition, which must also be closed on the same line. Place \
                 the block's closing brace immediately after the argument definition.",
            ),
            Kind::End => self.report_first(
                opening,
                "Unclosed configuration block",
                "There is no closing brace for this block before the end of the file. This may \
                 be caused by incorrect brace nesting elsewhere in this file.",
            ),
            _ => self.report_first(
                &next,
                SUMMARY,
                "A single-line block definition must end with a closing brace immediately after \
                 its single argument definition.",
            ),
        }
        self.recover(Kind::CLOSE_BRACE);
    }
}
