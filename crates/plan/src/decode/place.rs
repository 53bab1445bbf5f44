//! Where in a body something is wrong.

use meridian_lang::{Body, Diagnostic, Path, Span, Step};
use meridian_resource::Problem;

/// Puts a place to what a resource type found wrong.
pub(crate) fn locate(problem: Problem, body: &Body, header: Span, address: &str) -> Diagnostic {
    let span = place_of(&problem.path, body).unwrap_or(header);
    let mut error = Diagnostic::error(problem.summary, problem.detail).at(span).about(address);
    error.help = problem.help;
    error
}

/// Where the outermost argument or block of a path was written.
pub(crate) fn place_of(path: &Path, body: &Body) -> Option<Span> {
    let Some(Step::Attribute(name)) = path.0.first() else {
        return None;
    };
    if let Some(argument) = body.attribute(name) {
        return Some(argument.expr.span);
    }
    let mut blocks = body.blocks.iter().filter(|block| block.name == *name);
    let block = match path.0.get(1) {
        Some(Step::Index(index)) => blocks.nth(*index),
        _ => blocks.next(),
    }?;
    Some(match path.0.last() {
        Some(Step::Attribute(inner)) => {
            block.body.attribute(inner).map_or(block.name_span, |argument| argument.expr.span)
        }
        _ => block.name_span,
    })
}
