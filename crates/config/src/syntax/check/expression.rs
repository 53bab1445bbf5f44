//! Errors in expressions. Every check says whether all was well.

use super::Check;
use crate::syntax::tokens::{Kind, Token};

const OPERATORS: [&str; 13] =
    ["||", "&&", "==", "!=", ">=", "<=", ">", "<", "+", "-", "*", "/", "%"];

impl Check<'_> {
    pub(super) fn expression(&mut self) -> bool {
        let next = self.peek();
        if self.too_deep(&next) {
            return false;
        }
        self.depth += 1;
        let good = self.conditional();
        self.depth -= 1;
        good
    }

    fn conditional(&mut self) -> bool {
        if !self.operations() && self.recovering {
            return false;
        }
        if self.peek().kind != Kind::Symbol("?") {
            return true;
        }
        self.read();
        if !self.expression() && self.recovering {
            return false;
        }
        let colon = self.peek();
        if colon.kind != Kind::COLON {
            self.report(
                &colon,
                "Missing false expression in conditional",
                "The conditional operator (...?...:...) requires a false expression, delimited by \
                 a colon.",
            );
            return false;
        }
        self.read();
        self.expression()
    }

    /// Terms with operators between them; how these bind makes no difference to errors.
    fn operations(&mut self) -> bool {
        let mut good = self.term_with_steps();
        loop {
            if !good && self.recovering {
                return false;
            }
            match self.peek().kind {
                Kind::Symbol(symbol) if OPERATORS.contains(&symbol) => {
                    self.read();
                    good &= self.term_with_steps();
                }
                _ => return good,
            }
        }
    }

    fn term_with_steps(&mut self) -> bool {
        let mut good = self.term();
        loop {
            match self.peek().kind {
                Kind::DOT => {
                    self.read();
                    let next = self.peek();
                    if matches!(next.kind, Kind::Name | Kind::Number | Kind::STAR) {
                        self.read();
                        good &= self.legacy_index(&next);
                    } else {
                        self.report_first(
                            &next,
                            "Invalid attribute name",
                            "An attribute name is required after a dot.",
                        );
                        self.recovering = true;
                        return false;
                    }
                }
                Kind::OPEN_BRACKET => good &= self.index(),
                _ => return good,
            }
        }
    }

    fn index(&mut self) -> bool {
        self.read();
        if self.peek().kind == Kind::STAR {
            self.read();
            if self.peek().kind != Kind::CLOSE_BRACKET {
                return self.missing_bracket(
                    "Missing close bracket on splat index",
                    "The star for a full splat operator must be immediately followed by a \
                     closing bracket (\"]\").",
                );
            }
            self.read();
            return true;
        }
        self.within(false, |check| {
            if !check.expression() && check.recovering {
                check.recover(Kind::CLOSE_BRACKET);
                return false;
            }
            let close = check.read();
            if close.kind != Kind::CLOSE_BRACKET {
                return check.missing_bracket(
                    "Missing close bracket on index",
                    "The index operator must end with a closing bracket (\"]\").",
                );
            }
            true
        })
    }

    /// Reported where reading goes on, since the bracket may be missing anywhere before.
    fn missing_bracket(&mut self, summary: &str, detail: &str) -> bool {
        let quiet = self.recovering;
        let close = self.recover(Kind::CLOSE_BRACKET);
        if !quiet {
            self.report(&close, summary, detail);
        }
        false
    }

    fn term(&mut self) -> bool {
        let mut start = self.peek();
        while matches!(start.kind, Kind::Symbol("-" | "!")) {
            self.read();
            start = self.peek();
        }
        match start.kind {
            Kind::OPEN_PAREN => self.parentheses(),
            Kind::Number => {
                self.read();
                self.number(&start)
            }
            Kind::Name => {
                self.read();
                let mut namespaced = false;
                while self.peek().kind == Kind::Symbol("::") {
                    namespaced = true;
                    self.read();
                    let part = self.peek();
                    if part.kind != Kind::Name {
                        self.report_first(
                            &part,
                            "Missing function name",
                            "Function scope resolution symbol :: must be followed by a function \
                             name in this scope.",
                        );
                        self.recovering = true;
                        return false;
                    }
                    self.read();
                }
                let next = self.peek();
                if next.kind == Kind::OPEN_PAREN {
                    return self.arguments(&start);
                }
                if namespaced {
                    self.report_first(
                        &next,
                        "Missing open parenthesis",
                        "Function selector must be followed by an open parenthesis to begin the \
                         function call.",
                    );
                    self.recovering = true;
                }
                !namespaced
            }
            Kind::OpenQuote => {
                self.read();
                self.template(Kind::CloseQuote)
            }
            Kind::OpenHeredoc => {
                self.read();
                self.template(Kind::CloseHeredoc)
            }
            Kind::OPEN_BRACKET => self.tuple(),
            Kind::OPEN_BRACE => self.object(),
            kind => {
                let quiet = self.recovering;
                let (summary, found) = match kind {
                    Kind::End => ("Missing expression", "the end of the file"),
                    _ => ("Invalid expression", "an invalid expression token"),
                };
                let detail = format!("Expected the start of an expression, but found {found}.");
                self.report_first(&start, summary, detail);
                self.recovering = true;
                quiet
            }
        }
    }

    /// A number after a dot. In `a.0.1` there are two, which look like one and are not allowed.
    fn legacy_index(&mut self, token: &Token) -> bool {
        let good = token.kind != Kind::Number || !self.text(token).contains('.');
        if !good {
            self.report(
                token,
                "Invalid legacy index syntax",
                "When using the legacy index syntax, chaining two indexes together is not \
                 permitted. Use the proper index syntax instead, like [0] and [1].",
            );
        }
        good
    }

    fn number(&mut self, token: &Token) -> bool {
        let mantissa = self.text(token).split(['e', 'E']).next().unwrap_or_default();
        let exponents = self.text(token).matches(['e', 'E']).count();
        let exponent_has_point = self.text(token)[mantissa.len()..].contains('.');
        if mantissa.matches('.').count() > 1 || exponents > 1 || exponent_has_point {
            self.report(
                token,
                "Invalid number literal",
                "Failed to recognize the value of this number literal.",
            );
        }
        true
    }

    fn parentheses(&mut self) -> bool {
        self.read();
        self.within(false, |check| {
            if !check.expression() {
                check.recover(Kind::CLOSE_PAREN);
                return false;
            }
            let close = check.peek();
            let good = close.kind == Kind::CLOSE_PAREN;
            if !good {
                check.report(
                    &close,
                    "Unbalanced parentheses",
                    "Expected a closing parenthesis to terminate the expression.",
                );
                check.recovering = true;
            }
            check.read();
            good
        })
    }

    fn arguments(&mut self, name: &Token) -> bool {
        self.read();
        self.within(false, |check| {
            loop {
                if check.peek().kind == Kind::CLOSE_PAREN {
                    check.read();
                    return true;
                }
                if !check.expression() && check.recovering {
                    check.recover(Kind::CLOSE_PAREN);
                    return false;
                }
                let separator = check.read();
                match separator.kind {
                    Kind::CLOSE_PAREN => return true,
                    Kind::COMMA => continue,
                    Kind::Symbol("...") if check.peek().kind == Kind::CLOSE_PAREN => {
                        check.read();
                        return true;
                    }
                    Kind::Symbol("...") => {
                        check.report_first(
                            &separator,
                            "Missing closing parenthesis",
                            "An expanded function argument (with ...) must be immediately \
                             followed by closing parentheses.",
                        );
                    }
                    Kind::End => {
                        check.report(
                            name,
                            "Unterminated function call",
                            "There is no closing parenthesis for this function call before the \
                             end of the file. This may be caused by incorrect parenthesis nesting \
                             elsewhere in this file.",
                        );
                    }
                    _ => {
                        check.report(
                            &separator,
                            "Missing argument separator",
                            "A comma is required to separate each function argument from the \
                             next.",
                        );
                    }
                }
                check.recover(Kind::CLOSE_PAREN);
                return false;
            }
        })
    }
}
