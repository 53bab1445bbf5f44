//! From text to the parser's tree, and from texts that are none to good errors.
//!
//! The parser stops at its first error and often cannot say where that is. So when it fails,
//! the text is read again by [`check`], which builds nothing but follows the grammar with the
//! same recovery from errors as Terraform, and so finds the same errors in the same places. Where
//! brackets are nested that comes first, because the parser takes its time to fail there.

mod around;
mod bounds;
mod check;
mod mask;
mod repeated_keys;
mod scan;
mod stray;
mod tokens;

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use hcl_edit::template::Template;
use meridian_lang::{Diagnostic, Diagnostics, FileId, Sources, Span};

pub use around::block_around;

use check::Check;
use mask::mask;
use repeated_keys::rename_repeated_keys;
pub(crate) use scan::is_name_part;
pub(crate) use scan::scan;
use scan::{scan_template, scan_with_comments};
pub(crate) use tokens::{Kind, Token};

/// Parses a file.
pub(crate) fn parse_body(sources: &Sources, file: FileId) -> Result<Body, Diagnostics> {
    parse_with(sources, file, hcl_edit::parser::parse_body, |check| check.body())
}

/// Gives the tokens of a file, comments among them, or what is wrong with the file.
pub(crate) fn checked_tokens(sources: &Sources, file: FileId) -> Result<Vec<Token>, Diagnostics> {
    let text = sources.text(file);
    let tokens = scan_with_comments(text);
    let is_code = |token: &&Token| token.kind != Kind::Comment;
    let code: Vec<Token> = tokens.iter().filter(is_code).cloned().collect();
    let mut check = Check::new(sources, file, code);
    check.body();
    let found = check.finish();
    if found.is_empty() { Ok(tokens) } else { Err(found.into_iter().collect()) }
}

/// Parses a text that is an expression as a whole.
pub(crate) fn parse_expression(sources: &Sources, file: FileId) -> Result<Expression, Diagnostics> {
    // The parser wants nothing around the expression, not even a comment.
    let parse = |text: &str| hcl_edit::parser::parse_expr(&without_surroundings(text));
    parse_with(sources, file, parse, |check| check.whole_expression())
}

/// The text from its first token to its last one, each at the place where it was.
fn without_surroundings(text: &str) -> String {
    let tokens = scan(text);
    let mut solid = tokens.iter().filter(|it| !matches!(it.kind, Kind::Newline | Kind::End));
    let Some(first) = solid.next() else { return String::new() };
    let last = solid.next_back().unwrap_or(first);
    format!("{}{}", " ".repeat(first.place.start), &text[first.place.start..last.place.end])
}

/// Parses a text without saying what is wrong with it.
pub(crate) fn expression_in(text: &str) -> Option<Expression> {
    let tokens = scan(text);
    let shallow = bounds::too_deep(text, &tokens).is_none() && !bounds::has_many_brackets(&tokens);
    shallow.then(|| text.parse().ok()).flatten()
}

/// Parses a text that is a template as a whole.
pub(crate) fn parse_template(sources: &Sources, file: FileId) -> Result<Template, Diagnostics> {
    let tokens = scan_template(sources.text(file));
    parse_tokens(sources, file, tokens, hcl_edit::parser::parse_template, |check| {
        check.whole_template();
    })
}

/// Gives what the parser makes of a text, or what is wrong with the text.
fn parse_with<T>(
    sources: &Sources,
    file: FileId,
    parse: impl Fn(&str) -> Result<T, hcl_edit::parser::Error>,
    check: impl Fn(&mut Check<'_>),
) -> Result<T, Diagnostics> {
    parse_tokens(sources, file, scan(sources.text(file)), parse, check)
}

fn parse_tokens<T>(
    sources: &Sources,
    file: FileId,
    tokens: Vec<Token>,
    parse: impl Fn(&str) -> Result<T, hcl_edit::parser::Error>,
    check: impl Fn(&mut Check<'_>),
) -> Result<T, Diagnostics> {
    let text = sources.text(file);
    if let Some(token) = bounds::too_deep(text, &tokens) {
        let span = Span::new(file, token.place.start, token.place.end);
        return Err(too_deep().at(span).into());
    }
    let errors = |tokens: Vec<Token>| {
        let mut checker = Check::new(sources, file, tokens);
        check(&mut checker);
        checker.finish()
    };
    if bounds::has_many_brackets(&tokens) {
        let found = errors(tokens.clone());
        if !found.is_empty() {
            return Err(found.into_iter().collect());
        }
    }
    // The parser lets quoted strings run over several lines, and takes any carriage return.
    let broken = tokens.iter().any(|token| match token.kind {
        Kind::QuotedNewline => true,
        Kind::Stray => &text[token.place.clone()] == "\r",
        _ => false,
    });
    let masked = mask(text, &tokens);
    let mut parsed = parse(&masked);
    if parsed.as_ref().is_err_and(has_repeated_key) {
        parsed = parse(&rename_repeated_keys(text, &masked, &tokens));
    }
    let error = match parsed {
        Ok(parsed) if !broken => return Ok(parsed),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    let mut found = errors(tokens);
    if let (true, Some(error)) = (found.is_empty(), error) {
        found.push(limit(&error).at(place(text, file, &error)));
    }
    Err(found.into_iter().collect())
}

/// Parses an expression that is a part of a text which has been parsed as a whole.
pub(crate) fn parse_part(text: &str) -> Option<Expression> {
    let tokens = scan(text);
    let masked = mask(text, &tokens);
    let parse = hcl_edit::parser::parse_expr;
    parse(&masked).or_else(|_| parse(&rename_repeated_keys(text, &masked, &tokens))).ok()
}

/// Whether the parser stopped at a key that an object has already.
fn has_repeated_key(error: &hcl_edit::parser::Error) -> bool {
    error.message().contains("redefined object key")
}

fn too_deep() -> Diagnostic {
    Diagnostic::error(
        "Expression nested too deeply",
        "There are more brackets, operators or steps around or before this place than can be \
         read. Give parts of the expression names of their own, as local values.",
    )
}

/// What the parser refuses although it is well-formed.
fn limit(error: &hcl_edit::parser::Error) -> Diagnostic {
    let message = error.message();
    if message.contains("nesting depth") || message.contains("chained binary operators") {
        return too_deep();
    }
    if has_repeated_key(error) {
        return Diagnostic::error(
            "Duplicate object key",
            "This key is set twice in the same object, so one of its values would be lost.",
        );
    }
    Diagnostic::error("Invalid expression", format!("This cannot be read: {message}."))
}

fn place(text: &str, file: FileId, error: &hcl_edit::parser::Error) -> Span {
    let start = error.location().offset().min(text.len());
    let length = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(file, start, start + length)
}
