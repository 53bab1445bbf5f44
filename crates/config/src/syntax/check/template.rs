//! Looks for errors in quoted strings and heredocs.

use super::Check;
use crate::syntax::tokens::{Kind, Token};

impl Check<'_> {
    /// From behind the opening mark to the closing one.
    pub(super) fn template(&mut self, end: Kind) -> bool {
        let mut good = true;
        let mut open: Vec<(&'static str, Token)> = Vec::new();
        let close = loop {
            let next = self.read();
            match next.kind {
                kind if kind == end => break next,
                Kind::Text if end == Kind::CloseQuote => self.escapes(&next),
                Kind::Text => {}
                Kind::Interpolation => good &= self.interpolation(&next, end),
                Kind::Directive => good &= self.directive(&next, &mut open),
                _ => {
                    self.report_first(
                        &next,
                        "Unterminated template string",
                        "No closing marker was found for the string.",
                    );
                    if next.kind != Kind::End {
                        self.recover(end);
                    }
                    self.recovering = true;
                    return false;
                }
            }
        };
        if let Some((keyword, directive)) = open.pop() {
            let detail = format!(
                "The {keyword} directive is missing its corresponding end{keyword} directive."
            );
            let opening = (&directive, "opened here");
            self.report_first_with(&close, "Unexpected end of template", detail, opening);
            return false;
        }
        good
    }

    fn interpolation(&mut self, start: &Token, end: Kind) -> bool {
        self.within(false, |check| {
            let good = check.expression();
            let close = check.peek();
            if close.kind == Kind::SequenceEnd {
                check.read();
                return good;
            }
            let errant_quote =
                matches!(close.kind, Kind::OpenQuote | Kind::CloseQuote) && end == Kind::CloseQuote;
            match close.kind {
                Kind::End => check.report_first(
                    start,
                    "Unclosed template interpolation sequence",
                    "There is no closing brace for this interpolation sequence before the end of \
                     the file. This might be caused by incorrect nesting inside the given \
                     expression.",
                ),
                Kind::COLON => check.report_first(
                    &close,
                    "Extra characters after interpolation expression",
                    "Template interpolation doesn't expect a colon at this location. Did you \
                     intend this to be a literal sequence to be processed as part of another \
                     language? If so, you can escape it by starting with \"$${\" instead of just \
                     \"${\".",
                ),
                _ if errant_quote => check.report_first(
                    start,
                    "Unclosed template interpolation sequence",
                    "There is no closing brace for this interpolation sequence before the end of \
                     the quoted template. This might be caused by incorrect nesting inside the \
                     given expression.",
                ),
                _ => check.report_first(
                    &close,
                    "Extra characters after interpolation expression",
                    "Expected a closing brace to end the interpolation expression, but found \
                     extra characters.\n\nThis can happen when you include interpolation syntax \
                     for another language, such as shell scripting, but forget to escape the \
                     interpolation start token. If this is an embedded sequence for another \
                     language, escape it by starting with \"$${\" instead of just \"${\".",
                ),
            }
            check.recover(Kind::SequenceEnd);
            false
        })
    }

    fn directive(&mut self, start: &Token, open: &mut Vec<(&'static str, Token)>) -> bool {
        const SUMMARY: &str = "Invalid template directive";
        self.within(false, |check| {
            let keyword = check.peek();
            let good = match (keyword.kind == Kind::Name).then(|| check.text(&keyword)) {
                Some("if") => {
                    check.read();
                    open.push(("if", start.clone()));
                    check.expression()
                }
                Some("for") => {
                    check.read();
                    open.push(("for", start.clone()));
                    check.for_directive()
                }
                Some("else") => {
                    check.read();
                    check.balanced(&keyword, open.last().is_some_and(|(kind, _)| *kind == "if"))
                }
                Some("endif") => {
                    check.read();
                    let balanced = open.pop().is_some_and(|(kind, _)| kind == "if");
                    check.balanced(&keyword, balanced)
                }
                Some("endfor") => {
                    check.read();
                    let balanced = open.pop().is_some_and(|(kind, _)| kind == "for");
                    check.balanced(&keyword, balanced)
                }
                Some(other) => {
                    let detail = format!("{other:?} is not a valid template control keyword.");
                    check.report_first(&keyword, "Invalid template control keyword", detail);
                    check.recovering = true;
                    false
                }
                None => {
                    check.report_first(
                        &keyword,
                        SUMMARY,
                        "A template directive keyword (\"if\", \"for\", etc) is expected at the \
                         beginning of a %{ sequence.",
                    );
                    check.recovering = true;
                    false
                }
            };
            let close = check.peek();
            if close.kind == Kind::SequenceEnd {
                check.read();
                return good;
            }
            check.report_first(
                &close,
                SUMMARY,
                "Extra characters after the end of a template directive.",
            );
            check.recover(Kind::SequenceEnd);
            false
        })
    }

    fn for_directive(&mut self) -> bool {
        const SUMMARY: &str = "Invalid 'for' directive";
        loop {
            let name = self.peek();
            if name.kind != Kind::Name {
                self.report_first(
                    &name,
                    SUMMARY,
                    "For directive requires variable name after 'for'.",
                );
                return false;
            }
            self.read();
            if self.peek().kind != Kind::COMMA {
                break;
            }
            self.read();
        }
        if !self.at_name("in") {
            let next = self.peek();
            self.report_first(&next, SUMMARY, "For directive requires 'in' keyword after names.");
            return false;
        }
        self.read();
        self.expression()
    }

    fn balanced(&mut self, keyword: &Token, balanced: bool) -> bool {
        if !balanced {
            let name = self.text(keyword);
            let detail = format!(
                "The control directives within this template are unbalanced: there is nothing \
                 open that this {name:?} belongs to."
            );
            self.report_first(keyword, &format!("Unexpected {name} directive"), detail);
        }
        balanced
    }

    /// Checks the escapes in the text of a quoted string.
    pub(super) fn escapes(&mut self, token: &Token) {
        const SUMMARY: &str = "Invalid escape sequence";
        let text = self.text(token);
        let mut at = 0;
        while let Some(found) = text[at..].find('\\') {
            let start = at + found;
            let after = &text[start + 1..];
            let selector = after.chars().next();
            at = start + 1 + selector.map_or(0, char::len_utf8);
            let digits = |count: usize| {
                after.get(1..=count).is_some_and(|code| code.chars().all(|c| c.is_ascii_hexdigit()))
            };
            let detail = match selector {
                Some('n' | 'r' | 't' | '"' | '\\') => continue,
                Some('u') if digits(4) => continue,
                Some('U') if digits(8) => continue,
                Some('u') => "The \\u escape sequence must be followed by four hexadecimal \
                    digits."
                    .to_owned(),
                Some('U') => "The \\U escape sequence must be followed by eight hexadecimal \
                    digits."
                    .to_owned(),
                Some(other) => format!(
                    "The symbol {:?} is not a valid escape sequence selector.",
                    other.to_string()
                ),
                None => "Backslash must be followed by an escape sequence selector character."
                    .to_owned(),
            };
            let place = token.place.start + start..token.place.start + at;
            self.report(&Token { kind: Kind::Text, place }, SUMMARY, detail);
        }
    }
}
