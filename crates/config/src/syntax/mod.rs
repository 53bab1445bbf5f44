//! From text to the parser's tree, and from texts that are none to good errors.
//!
//! The parser stops at its first error and often cannot say where that is. So when it fails,
//! the text is read again by [`check`], which builds nothing but follows the grammar with the
//! same recovery from errors as Terraform, and so finds the same errors in the same places.

mod check;
mod check_expression;
mod check_template;
mod mask;
mod repeated_keys;
mod scan;
mod stray;
mod tokens;

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use hcl_edit::template::Template;
use meridian_lang::{Diagnostic, Diagnostics, FileId, Sources, Span};

use check::Check;
use mask::mask;
use repeated_keys::rename_repeated_keys;
pub(crate) use scan::is_name_part;
use scan::{scan, scan_template, scan_with_comments};
pub(crate) use tokens::{Kind, Token};

/// Parses a file.
pub(crate) fn parse_body(sources: &Sources, file: FileId) -> Result<Body, Diagnostics> {
    parse_with(sources, file, hcl_edit::parser::parse_body, |check| check.body())
}

/// Gives the tokens of a file, comments among them, or what is wrong with the file.
pub(crate) fn checked_tokens(sources: &Sources, file: FileId) -> Result<Vec<Token>, Diagnostics> {
    let tokens = scan_with_comments(sources.text(file));
    let is_code = |token: &&Token| token.kind != Kind::Comment;
    let mut check = Check::new(sources, file, tokens.iter().filter(is_code).cloned().collect());
    check.body();
    let found = check.finish();
    if found.is_empty() { Ok(tokens) } else { Err(found.into_iter().collect()) }
}

/// Parses a text that is an expression as a whole.
pub(crate) fn parse_expression(sources: &Sources, file: FileId) -> Result<Expression, Diagnostics> {
    parse_with(sources, file, hcl_edit::parser::parse_expr, |check| check.whole_expression())
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
    parse: fn(&str) -> Result<T, hcl_edit::parser::Error>,
    check: impl FnOnce(&mut Check<'_>),
) -> Result<T, Diagnostics> {
    parse_tokens(sources, file, scan(sources.text(file)), parse, check)
}

fn parse_tokens<T>(
    sources: &Sources,
    file: FileId,
    tokens: Vec<Token>,
    parse: fn(&str) -> Result<T, hcl_edit::parser::Error>,
    check: impl FnOnce(&mut Check<'_>),
) -> Result<T, Diagnostics> {
    let text = sources.text(file);
    // The parser lets quoted strings run over several lines.
    let broken = tokens.iter().any(|token| token.kind == Kind::QuotedNewline);
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
    let mut checker = Check::new(sources, file, tokens);
    check(&mut checker);
    let mut found = checker.finish();
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

/// What the parser refuses although it is well-formed.
fn limit(error: &hcl_edit::parser::Error) -> Diagnostic {
    let message = error.message();
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
