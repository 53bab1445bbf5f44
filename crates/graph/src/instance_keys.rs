//! References that need the key of an instance, or must not have one.

use meridian_lang::{Diagnostic, Expr, ExprKind, ResourceMode, Subject};

/// How a block is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeated {
    No,
    ByCount,
    ByForEach,
}

/// Says which references in an expression name an instance of what is not repeated, or an attribute
/// of what is. `repeated` tells of a block how it is repeated, if it is declared.
pub(crate) fn wrong_keys(
    expr: &Expr,
    repeated: &dyn Fn(&Subject) -> Option<Repeated>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    expr.walk(&mut |expr| {
        let (source, has_key) = match &expr.kind {
            ExprKind::Attribute(source, _) => (source, false),
            ExprKind::Index(source, key) if matches!(key.kind, ExprKind::Literal(_)) => {
                (source, true)
            }
            _ => return,
        };
        let ExprKind::Reference(subject) = &source.kind else { return };
        let Some(address) = address(subject) else { return };
        let example = match (repeated(subject), has_key) {
            (Some(Repeated::ByCount), false) => ("count", "count.index"),
            (Some(Repeated::ByForEach), false) => ("for_each", "each.key"),
            (Some(Repeated::No), true) => {
                let detail = format!(
                    "Because {address} does not have \"count\" or \"for_each\" set, references to \
                     it must not include an index key. Remove the bracketed index to refer to the \
                     single instance of this resource."
                );
                let error = Diagnostic::error("Unexpected resource instance key", detail);
                return found.push(error.at(expr.span));
            }
            _ => return,
        };
        let (argument, key) = example;
        let detail = format!(
            "Because {address} has \"{argument}\" set, its attributes must be accessed on specific \
             instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    \
             {address}[{key}]"
        );
        found.push(Diagnostic::error("Missing resource instance key", detail).at(expr.span));
    });
    found
}

fn address(subject: &Subject) -> Option<String> {
    let (mode, type_name, name) = match subject {
        Subject::Resource(type_name, name) => (ResourceMode::Managed, type_name, name),
        Subject::Data(type_name, name) => (ResourceMode::Data, type_name, name),
        Subject::Ephemeral(type_name, name) => (ResourceMode::Ephemeral, type_name, name),
        _ => return None,
    };
    Some(format!("{}{type_name}.{name}", mode.prefix()))
}
