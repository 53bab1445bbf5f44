//! Errors in tuples and objects.

use super::Check;
use crate::syntax::tokens::{Kind, Token};

impl Check<'_> {
    pub(super) fn tuple(&mut self) -> bool {
        let open = self.read();
        self.within(false, |check| {
            if check.at_name("for") {
                return check.for_expression(&open, Kind::CLOSE_BRACKET);
            }
            loop {
                if check.peek().kind == Kind::CLOSE_BRACKET {
                    check.read();
                    return true;
                }
                if !check.expression() && check.recovering {
                    check.recover(Kind::CLOSE_BRACKET);
                    return false;
                }
                let next = check.peek();
                match next.kind {
                    Kind::CLOSE_BRACKET => {}
                    Kind::COMMA => {
                        check.read();
                    }
                    kind => {
                        if kind == Kind::End {
                            check.report_first(
                                &open,
                                "Unterminated tuple constructor expression",
                                "There is no corresponding closing bracket before the end of the \
                                 file. This may be caused by incorrect bracket nesting elsewhere \
                                 in this file.",
                            );
                        } else {
                            check.report_first(
                                &next,
                                "Missing item separator",
                                "Expected a comma to mark the beginning of the next item.",
                            );
                        }
                        check.recover(Kind::CLOSE_BRACKET);
                        return false;
                    }
                }
            }
        })
    }

    pub(super) fn object(&mut self) -> bool {
        let open = self.read();
        if self.within(false, |check| check.at_name("for")) {
            return self.within(false, |check| check.for_expression(&open, Kind::CLOSE_BRACE));
        }
        self.within(true, |check| {
            loop {
                match check.peek().kind {
                    Kind::Newline => {
                        check.read();
                        continue;
                    }
                    Kind::CLOSE_BRACE => {
                        check.read();
                        return true;
                    }
                    _ => {}
                }
                match check.object_item(&open) {
                    Some(true) => return true,
                    Some(false) => {}
                    None => {
                        check.recover(Kind::CLOSE_BRACE);
                        return false;
                    }
                }
            }
        })
    }

    /// An item with what separates it from the next: whether the object ended; nothing if
    /// something was wrong.
    fn object_item(&mut self, open: &Token) -> Option<bool> {
        const UNTERMINATED: (&str, &str) = (
            "Unterminated object constructor expression",
            "There is no corresponding closing brace before the end of the file. This may be \
             caused by incorrect brace nesting elsewhere in this file.",
        );
        if !self.expression() && self.recovering {
            return None;
        }
        let next = self.peek();
        if !matches!(next.kind, Kind::EQUAL | Kind::COLON) {
            match next.kind {
                Kind::Newline | Kind::COMMA => self.report_first(
                    &next,
                    "Missing attribute value",
                    "Expected an attribute value, introduced by an equals sign (\"=\").",
                ),
                Kind::Name => self.report_first(
                    &next,
                    "Missing key/value separator",
                    "Expected an equals sign (\"=\") to mark the beginning of the attribute \
                     value. If you intended to given an attribute name containing periods or \
                     spaces, write the name in quotes to create a string literal.",
                ),
                Kind::End => self.report_first(open, UNTERMINATED.0, UNTERMINATED.1),
                _ => self.report_first(
                    &next,
                    "Missing key/value separator",
                    "Expected an equals sign (\"=\") to mark the beginning of the attribute \
                     value.",
                ),
            }
            return None;
        }
        self.read();
        if !self.expression() && self.recovering {
            return None;
        }
        let next = self.peek();
        match next.kind {
            Kind::CLOSE_BRACE => {
                self.read();
                Some(true)
            }
            Kind::COMMA | Kind::Newline => {
                self.read();
                Some(false)
            }
            kind => {
                if kind == Kind::End {
                    self.report_first(open, UNTERMINATED.0, UNTERMINATED.1);
                } else {
                    self.report_first(
                        &next,
                        "Missing attribute separator",
                        "Expected a newline or comma to mark the beginning of the next attribute.",
                    );
                }
                None
            }
        }
    }
}
