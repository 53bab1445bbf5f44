//! `templatefile` and `templatestring`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::files::read_text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{
    Diagnostic, Diagnostics, Expr, ExprKind, FileId, FileKind, Impure, Kind, Scope, Sources, Span,
    Subject, Type, Value, convert, evaluate,
};

const VARS: Parameter = Parameter::new("vars", Shape::Any);

pub(super) const FUNCTIONS: &[Function] = &[
    Function::reading(
        "templatefile",
        &[Parameter::new("path", Shape::String), VARS],
        Shape::Any,
        templatefile,
    )
    .sees_unknown()
    .sees_marks(),
    Function::reading(
        "templatestring",
        &[Parameter::nullable("template", Shape::Any), VARS],
        Shape::String,
        templatestring,
    )
    .sees_unknown()
    .sees_marks()
    .checks_first_argument(is_reference),
];

/// The name under which a text that is no file appears in messages.
const ARGUMENT: &str = "<templatestring argument>";

/// A template must come from elsewhere: written in place it is an expression already.
fn is_reference(template: &Expr) -> Result<(), &'static str> {
    match &template.kind {
        ExprKind::Literal(value) if value.as_str().is_some() => Err(
            "invalid template expression: templatestring is only for rendering templates retrieved \
             dynamically from elsewhere, and so does not support providing a literal template; \
             consider using a template string expression instead",
        ),
        ExprKind::Template(_) => Err(
            "invalid template expression: templatestring is only for rendering templates retrieved \
             dynamically from elsewhere; to render an inline template, consider using a plain \
             template string expression",
        ),
        _ if is_traversal(template) => Ok(()),
        _ => {
            Err("invalid template expression: must be a direct reference to a single string from \
             elsewhere, containing valid Terraform template syntax")
        }
    }
}

/// Whether this is a name with attributes and indexes behind it.
fn is_traversal(mut expr: &Expr) -> bool {
    loop {
        expr = match &expr.kind {
            ExprKind::Reference(_) => return true,
            ExprKind::Attribute(source, _) | ExprKind::Index(source, _) => source,
            _ => return false,
        };
    }
}

fn refuse_nesting(scope: &dyn Scope, name: &str) -> Result<(), FunctionError> {
    if scope.is_template() {
        let reason =
            format!("cannot recursively call {name} from inside another template function");
        return Err(FunctionError::new(reason));
    }
    Ok(())
}

fn templatefile(arguments: &[Value], scope: &dyn Scope) -> Outcome {
    refuse_nesting(scope, "templatefile")?;
    let [path, vars] = arguments else {
        return Err(FunctionError::new("a path and variables are required"));
    };
    // What is rendered may depend on any part of the variables.
    let marks = path.marks() | vars.deep_marks();
    if !path.is_known() || !vars.is_known() {
        return Ok(Value::unknown(Type::Dynamic).mark(marks));
    }
    let variables = variables(vars)?;
    let text = read_text(arguments, scope)?;
    let name = if path.marks().is_none() { path.as_str().unwrap_or("") } else { "<template>" };
    let template = Template::parse(name, &text, scope)
        .map_err(|reason| FunctionError::new(reason).quoting())?;
    template.render(&variables, scope).map(|value| value.mark(marks))
}

fn templatestring(arguments: &[Value], scope: &dyn Scope) -> Outcome {
    refuse_nesting(scope, "templatestring")?;
    let [template, vars] = arguments else {
        return Err(FunctionError::new("a template and variables are required"));
    };
    let marks = template.marks() | vars.deep_marks();
    let unknown = || Ok(Value::unknown_not_null(Type::String).mark(marks));
    let text = match template.kind() {
        Kind::String(text) => text,
        Kind::Unknown(unknown) if matches!(unknown.ty, Type::String | Type::Dynamic) => {
            return Ok(Value::unknown_not_null(Type::String).mark(marks));
        }
        _ => {
            let reason = "invalid template value: a string is required";
            return Err(FunctionError::argument(0, reason));
        }
    };
    let template = Template::parse(ARGUMENT, text, scope).map_err(|reason| {
        FunctionError::argument(0, format!("invalid template: {reason}")).quoting()
    })?;
    if !vars.is_known() {
        return unknown();
    }
    let variables = variables(vars)?;
    let value = template.render(&variables, scope)?;
    let value = convert(&value, &Type::String)
        .map_err(|error| FunctionError::new(format!("invalid template result: {error}")))?;
    Ok(value.mark(marks))
}

/// The variables by name.
fn variables(vars: &Value) -> Result<Arc<BTreeMap<Arc<str>, Value>>, FunctionError> {
    let entries = match vars.kind() {
        Kind::Map(_, entries) | Kind::Object(entries) => entries,
        _ => return Err(FunctionError::argument(1, "invalid vars value: must be a map")),
    };
    for name in entries.keys() {
        let is_first = |letter: char| letter.is_alphabetic();
        let is_later = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
        if !name.starts_with(is_first) || !name.chars().all(is_later) {
            let reason = format!(
                "invalid template variable name {:?}: must start with a letter, followed by zero \
                 or more letters, digits, and underscores",
                &**name
            );
            return Err(FunctionError::argument(1, reason).quoting());
        }
    }
    Ok(entries.clone())
}

struct Template {
    expr: Expr,
    sources: Sources,
}

impl Template {
    fn parse(name: &str, text: &str, scope: &dyn Scope) -> Result<Template, String> {
        let mut sources = Sources::default();
        let file = sources.add(name, text);
        match scope.parse_template(&sources, file) {
            Ok(expr) => Ok(Template { expr, sources }),
            Err(errors) => Err(described(&errors, &sources)),
        }
    }

    fn render(&self, variables: &BTreeMap<Arc<str>, Value>, scope: &dyn Scope) -> Outcome {
        for reference in self.expr.references() {
            if let Subject::Variable(name) = &reference.subject
                && !variables.contains_key(name)
            {
                let place = place(reference.span, &self.sources);
                let name = &**name;
                let reason =
                    format!("vars map does not contain key {name:?}, referenced at {place}");
                return Err(FunctionError::argument(1, reason));
            }
        }
        evaluate(&self.expr, &TemplateScope { variables, scope })
            .map_err(|errors| FunctionError::new(described(&errors, &self.sources)))
    }
}

/// What a template sees: its variables, and the files that its functions may read.
struct TemplateScope<'a> {
    variables: &'a BTreeMap<Arc<str>, Value>,
    scope: &'a dyn Scope,
}

impl Scope for TemplateScope<'_> {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        let found = match subject {
            Subject::Variable(name) => self.variables.get(name),
            _ => None,
        };
        found.cloned().ok_or_else(|| {
            Diagnostic::error("Invalid reference", "This name has no value here.").at(span)
        })
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        self.scope.read_file(path)
    }

    fn file_kind(&self, path: &str) -> Result<Option<FileKind>, String> {
        self.scope.file_kind(path)
    }

    fn list_folder(&self, path: &str) -> Result<Vec<(String, FileKind)>, String> {
        self.scope.list_folder(path)
    }

    fn home_folder(&self) -> Option<String> {
        self.scope.home_folder()
    }

    fn working_folder(&self) -> Option<String> {
        self.scope.working_folder()
    }

    fn start_time(&self) -> Option<String> {
        self.scope.start_time()
    }

    fn impure(&self) -> Option<&dyn Impure> {
        self.scope.impure()
    }

    fn parse_settings(
        &self,
        sources: &Sources,
        file: FileId,
    ) -> Result<Vec<(Arc<str>, Expr)>, Diagnostics> {
        self.scope.parse_settings(sources, file)
    }

    fn is_template(&self) -> bool {
        true
    }
}

/// Errors in one line: the first with its place, and how many more there are.
pub(super) fn described(errors: &Diagnostics, sources: &Sources) -> String {
    let Some(first) = errors.iter().find(|message| message.is_error()) else {
        return "it cannot be read".to_owned();
    };
    let place = first.span.map(|span| format!("{}: ", place(span, sources))).unwrap_or_default();
    let detail = first.detail.trim_end_matches('.');
    let more = match errors.iter().filter(|message| message.is_error()).count() {
        0 | 1 => String::new(),
        count => format!(", and {} other diagnostic(s)", count - 1),
    };
    format!("{place}{}; {detail}{more}", first.summary)
}

/// A place as messages within a line write it: `name:1,10-14`.
fn place(span: Span, sources: &Sources) -> String {
    let from = sources.position(span);
    let to = sources.position(Span { start: span.end, ..span });
    let name = sources.name(span.file);
    if from.line == to.line {
        format!("{name}:{},{}-{}", from.line, from.column, to.column)
    } else {
        format!("{name}:{},{}-{},{}", from.line, from.column, to.line, to.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_reference_is_refused_as_a_template() {
        let span = Span::new(FileId(0), 0, 1);
        let expr = |kind| Expr { span, kind };
        let local = || expr(ExprKind::Reference(Subject::Local("a".into())));
        let attribute = expr(ExprKind::Attribute(Box::new(local()), "b".into()));
        assert_eq!(is_reference(&attribute), Ok(()));
        let literal = expr(ExprKind::Literal(Value::string("x")));
        assert!(is_reference(&literal).is_err());
        assert!(is_reference(&expr(ExprKind::Parentheses(Box::new(local())))).is_err());
    }
}
