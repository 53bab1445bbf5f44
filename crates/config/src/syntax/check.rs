//! Looks for errors in the structure of bodies.
//!
//! After an error the text is read on from the next place where that makes sense, and errors
//! that may only follow from the first are not reported.

use std::collections::HashMap;

use meridian_lang::{Diagnostic, FileId, Sources, Span};

use super::stray;
use super::tokens::{Kind, Token};
use crate::blocks::BLOCK_TYPES;

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

/// Beyond this the parser gives up too.
const MAX_DEPTH: usize = 128;
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

    /// Checks a whole file.
    pub(super) fn body(&mut self) {
        self.body_until(Kind::End, None);
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

    fn body_until(&mut self, end: Kind, opening: Option<Token>) {
        let mut names: HashMap<&str, Token> = HashMap::new();
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

    /// Whether reading must not go deeper; tells so the first time.
    pub(super) fn too_deep(&mut self, next: &Token) -> bool {
        let too_deep = self.depth > MAX_DEPTH;
        if too_deep {
            let detail = format!(
                "Blocks, brackets and expressions may be nested {MAX_DEPTH} deep, and this is \
                 deeper."
            );
            self.report_first(next, "Nesting too deep", detail);
            self.recovering = true;
        }
        too_deep
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
    fn attribute(&mut self, single_line: bool) {
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

    /// From the first label or the opening brace on.
    fn block(&mut self) {
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
            _ => self.single_line_body(),
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
    fn single_line_body(&mut self) {
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
            _ => self.report_first(
                &next,
                SUMMARY,
                "A single-line block definition must end with a closing brace immediately after \
                 its single argument definition.",
            ),
        }
        self.recover(Kind::CLOSE_BRACE);
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
