//! Looks for errors in a text without building anything: one file for each part of the grammar.
//!
//! After an error the text is read on from the next place where that makes sense, and errors
//! that may only follow from the first are not reported.

mod block;
mod body;
mod collection;
mod expression;
mod for_expression;
mod template;

use meridian_lang::{Diagnostic, FileId, Sources, Span};

use super::bounds::MAX_DEPTH;
use super::stray;
use super::tokens::{Kind, Token};

/// A search for errors in one text.
pub(super) struct Check<'a> {
    pub(super) sources: &'a Sources,
    file: FileId,
    tokens: Vec<Token>,
    at: usize,
    /// Whether line ends matter, for each bracket around the present place.
    newlines: Vec<bool>,
    /// Whether errors may follow from one that was reported.
    pub(super) recovering: bool,
    /// How deep the present place is in brackets.
    pub(super) depth: usize,
    found: Vec<Diagnostic>,
}

/// More errors in one file than anyone reads.
const MAX_ERRORS: usize = 1000;
impl<'a> Check<'a> {
    pub(super) fn new(sources: &'a Sources, file: FileId, tokens: Vec<Token>) -> Check<'a> {
        let mut check = Check {
            sources,
            file,
            tokens,
            at: 0,
            newlines: vec![true],
            recovering: false,
            depth: 0,
            found: Vec::new(),
        };
        let text = sources.text(file);
        let stray: Vec<_> = stray::find(text, &check.tokens)
            .map(|(token, summary, detail)| (token.clone(), summary, detail))
            .take(MAX_ERRORS)
            .collect();
        for (token, summary, detail) in stray {
            check.report(&token, summary, detail);
        }
        check
    }

    /// The errors, in the order of their places.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| diagnostic.span.map(|span| span.start));
        self.found
    }

    /// Checks a whole expression.
    pub(super) fn whole_expression(&mut self) {
        self.newlines = vec![false];
        self.expression();
        let next = self.peek();
        if next.kind != Kind::End {
            self.report_first(
                &next,
                "Extra characters after expression",
                "An expression was successfully parsed, but extra characters were found after it.",
            );
        }
    }

    /// Checks a whole template.
    pub(super) fn whole_template(&mut self) {
        self.template(Kind::End);
    }

    /// Whether reading must not go deeper; tells so the first time.
    pub(super) fn too_deep(&mut self, next: &Token) -> bool {
        let too_deep = self.depth > MAX_DEPTH;
        if too_deep {
            if !self.recovering && self.found.len() < MAX_ERRORS {
                self.found.push(super::too_deep().at(self.span(next)));
            }
            self.recovering = true;
        }
        too_deep
    }

    // Tokens.

    pub(super) fn text(&self, token: &Token) -> &'a str {
        &self.sources.text(self.file)[token.place.clone()]
    }

    pub(super) fn span(&self, token: &Token) -> Span {
        Span::new(self.file, token.place.start, token.place.end)
    }

    fn skip_newlines(&mut self) {
        if self.newlines.last() == Some(&false) {
            while self.tokens[self.at].kind == Kind::Newline {
                self.at += 1;
            }
        }
    }

    pub(super) fn peek(&mut self) -> Token {
        self.skip_newlines();
        self.tokens[self.at].clone()
    }

    pub(super) fn read(&mut self) -> Token {
        let token = self.peek();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    /// Whether the next token is this name.
    pub(super) fn at_name(&mut self, name: &str) -> bool {
        let next = self.peek();
        next.kind == Kind::Name && self.text(&next) == name
    }

    pub(super) fn within(&mut self, newlines: bool, check: impl FnOnce(&mut Self) -> bool) -> bool {
        self.newlines.push(newlines);
        let good = check(self);
        self.newlines.pop();
        good
    }

    // Errors and what comes after them.

    pub(super) fn report(&mut self, token: &Token, summary: &str, detail: impl Into<String>) {
        let span = self.span(token);
        if self.found.len() < MAX_ERRORS {
            self.found.push(Diagnostic::error(summary, detail).at(span));
        }
    }

    /// Reports an error that has to do with a second place, unless it may follow from another.
    pub(super) fn report_first_with(
        &mut self,
        token: &Token,
        summary: &str,
        detail: String,
        (other, word): (&Token, &str),
    ) {
        if !self.recovering {
            let error = Diagnostic::error(summary, detail).at(self.span(token));
            self.found.push(error.label(self.span(other), word));
        }
    }

    /// Reports an error unless it may follow from another.
    pub(super) fn report_first(&mut self, token: &Token, summary: &str, detail: impl Into<String>) {
        if !self.recovering {
            self.report(token, summary, detail);
        }
    }

    /// Reads on to behind the bracket of the kind `end` that closes what is open, and gives it.
    pub(super) fn recover(&mut self, end: Kind) -> Token {
        self.recovering = true;
        let start = end.opener();
        let mut nested = 0;
        loop {
            let token = self.read();
            let kind = match token.kind {
                Kind::Directive if end == Kind::SequenceEnd => Kind::Interpolation,
                kind => kind,
            };
            if Some(kind) == start {
                nested += 1;
            } else if kind == end && nested > 0 {
                nested -= 1;
            } else if kind == end || kind == Kind::End {
                return token;
            }
        }
    }

    /// Reads on to the line behind the item that is being read.
    fn recover_after_item(&mut self) {
        self.recovering = true;
        let mut open: Vec<Kind> = Vec::new();
        loop {
            let kind = self.read().kind;
            match kind {
                Kind::End => return,
                Kind::Newline if open.is_empty() => return,
                kind if kind.opens() => open.push(kind),
                kind => {
                    if let Some(opener) = kind.opener() {
                        let matches = |open: &Kind| {
                            *open == opener
                                || (kind == Kind::SequenceEnd && *open == Kind::Directive)
                        };
                        let keep = open.iter().rposition(matches).unwrap_or(0);
                        open.truncate(keep);
                    }
                }
            }
        }
    }
}
