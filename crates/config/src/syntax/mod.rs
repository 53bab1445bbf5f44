//! From text to the parser's tree, and from texts that are none to good errors.
//!
//! The parser stops at its first error and often cannot say where that is. So when it fails,
//! the text is read again by [`check`], which builds nothing but follows the grammar with the
//! same recovery from errors as Terraform, and so finds the same errors in the same places.

mod around;
mod check;
mod check_expression;
mod check_template;
mod mask;
mod scan;
mod stray;
mod tokens;

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use meridian_lang::{Diagnostic, Diagnostics, FileId, Sources, Span};

pub use around::block_around;

use check::Check;
use mask::mask;
pub(crate) use scan::scan;
pub(crate) use tokens::Kind;

/// Parses a file.
pub(crate) fn parse_body(sources: &Sources, file: FileId) -> Result<Body, Diagnostics> {
    parse_with(sources, file, hcl_edit::parser::parse_body, |check| check.body())
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

/// Gives what the parser makes of a text, or what is wrong with the text.
fn parse_with<T>(
    sources: &Sources,
    file: FileId,
    parse: impl Fn(&str) -> Result<T, hcl_edit::parser::Error>,
    check: impl FnOnce(&mut Check<'_>),
) -> Result<T, Diagnostics> {
    let text = sources.text(file);
    let tokens = scan(text);
    // The parser lets quoted strings run over several lines.
    let broken = tokens.iter().any(|token| token.kind == Kind::QuotedNewline);
    let error = match parse(&mask(text, &tokens)) {
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

/// What the parser refuses although it is well-formed.
fn limit(error: &hcl_edit::parser::Error) -> Diagnostic {
    let message = error.message();
    if message.contains("redefined object key") {
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
