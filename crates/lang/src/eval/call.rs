//! Function calls.

use super::Evaluator;
use crate::convert::converted_type;
use crate::functions::{self, Function, FunctionError, Lazy, Name};
use crate::{
    ConvertError, Diagnostic, Diagnostics, Expr, Kind, Marks, Span, Step, Type, Value, convert,
    nearest,
};

const INVALID_ARGUMENT: &str = "Invalid function argument";
const CALL_FAILED: &str = "Error in function call";

/// A call as it is written.
pub(super) struct Call<'a> {
    pub(super) expr: &'a Expr,
    pub(super) name: &'a str,
    pub(super) name_span: Span,
    pub(super) arguments: &'a [Expr],
    pub(super) expand: bool,
}

/// An argument's value and where it was written.
struct Argument<'a> {
    value: Value,
    expr: &'a Expr,
    /// Whether it is an element of what was spread.
    spread: bool,
}

impl Evaluator<'_> {
    pub(super) fn call(&mut self, call: &Call<'_>) -> Value {
        let function = match functions::find(call.name) {
            Name::Function(function) => function,
            Name::Lazy(lazy) => return self.call_lazily(call, lazy),
            Name::Unknown => return self.fail(unknown_function(call.name).at(call.name_span)),
        };
        if let (Some(check), Some(first)) = (function.first_argument, call.arguments.first())
            && let Err(reason) = check(first)
        {
            return self.fail(invalid_argument(function, 0, first.span, reason));
        }
        let (arguments, errors) = self.apart(|evaluator| evaluator.arguments(call));
        let failed = errors.has_errors();
        self.fail_all(errors);
        let Some(arguments) = arguments.filter(|_| !failed) else {
            return Value::unknown(Type::Dynamic);
        };
        match self.apply(call, function, arguments) {
            Ok(value) => value,
            Err(errors) => {
                self.fail_all(errors);
                Value::unknown(function.return_type())
            }
        }
    }

    /// The values of the arguments; none if it is not known yet how many there are.
    fn arguments<'a>(&mut self, call: &Call<'a>) -> Option<Vec<Argument<'a>>> {
        let mut arguments: Vec<Argument> = call
            .arguments
            .iter()
            .map(|expr| Argument { value: self.eval(expr), expr, spread: false })
            .collect();
        if !call.expand {
            return Some(arguments);
        }
        let Some(Argument { value, expr, .. }) = arguments.pop() else {
            return Some(arguments);
        };
        let reason = match value.kind() {
            Kind::List(..) | Kind::Tuple(_) | Kind::Set(..) => {
                let spread = value.children().map(|element| Argument {
                    value: element.clone().mark(value.marks()),
                    expr,
                    spread: true,
                });
                arguments.extend(spread);
                return Some(arguments);
            }
            Kind::Unknown(unknown)
                if matches!(
                    unknown.ty,
                    Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_)
                ) =>
            {
                return None;
            }
            Kind::Null(Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
                "must not be null"
            }
            _ => "must be of a tuple, list, or set type",
        };
        let detail = format!("The expanding argument (indicated by ...) {reason}.");
        let diagnostic = Diagnostic::error("Invalid expanding argument value", detail);
        self.fail_about(diagnostic.at(expr.span), expr);
        None
    }

    fn apply(
        &self,
        call: &Call<'_>,
        function: &Function,
        arguments: Vec<Argument<'_>>,
    ) -> Result<Value, Diagnostics> {
        check_count(call, function, arguments.len())?;
        let mut errors = Diagnostics::new();
        let mut values = Vec::new();
        let invalid = |position: usize, argument: &Argument<'_>, reason: &str| {
            let diagnostic = invalid_argument(function, position, argument.expr.span, reason);
            if argument.spread { diagnostic } else { self.explain(diagnostic, argument.expr) }
        };
        for (position, argument) in arguments.iter().enumerate() {
            let Some(parameter) = function.parameter(position) else { continue };
            match convert(&argument.value, &parameter.shape.to_type()) {
                Ok(value) if value.is_null() && !parameter.nullable => {
                    errors.push(invalid(position, argument, "argument must not be null"));
                }
                Ok(value) => values.push(value),
                Err(error) => {
                    let wanted = parameter.shape.to_type();
                    let reason = conversion_reason(&argument.value, &wanted, &error);
                    errors.push(invalid(position, argument, &reason));
                }
            }
        }
        errors.check()?;
        function.apply(&values, self.scope).map_err(|error| {
            let marks = values.iter().fold(Marks::NONE, |marks, value| marks | value.deep_marks());
            let reason = reason(&error, marks);
            match error.argument.and_then(|at| Some((at, arguments.get(at)?))) {
                Some((at, argument)) => invalid(at, argument, &reason).into(),
                None => self.explain(failed(call, &reason), call.expr).into(),
            }
        })
    }

    fn call_lazily(&mut self, call: &Call<'_>, lazy: Lazy) -> Value {
        match (lazy, call.arguments) {
            (Lazy::Can, [expr]) => {
                let (value, errors) = self.apart(|evaluator| evaluator.eval(expr));
                if errors.has_errors() {
                    return Value::bool(false);
                }
                if !value.is_wholly_known() {
                    return Value::unknown_not_null(Type::Bool);
                }
                Value::bool(true)
            }
            (Lazy::Can, given) => {
                let (summary, detail) = if given.is_empty() {
                    let detail =
                        "Function \"can\" expects 1 argument(s). Missing value for \"expression\".";
                    ("Not enough function arguments", detail)
                } else {
                    ("Too many function arguments", "Function \"can\" expects only 1 argument(s).")
                };
                self.fail(Diagnostic::error(summary, detail).at(call.expr.span))
            }
            (Lazy::Try, []) => self.fail(failed(call, "at least one argument is required")),
            (Lazy::Try, expressions) => self.first_success(call, expressions),
        }
    }

    fn first_success(&mut self, call: &Call<'_>, expressions: &[Expr]) -> Value {
        let mut attempts = String::new();
        for expr in expressions {
            let (value, errors) = self.apart(|evaluator| evaluator.eval(expr));
            if errors.has_errors() {
                for error in errors {
                    attempts.push_str(&format!("- {}\n  {}\n", error.summary, error.detail));
                }
                continue;
            }
            // What is unknown may still fail, and then another expression would be chosen.
            if !value.is_wholly_known() {
                return Value::unknown(Type::Dynamic).mark(value.deep_marks());
            }
            return value;
        }
        let reason = format!(
            "no expression succeeded:\n{attempts}\nAt least one expression must produce a successful result"
        );
        self.fail_about(failed(call, &reason), call.expr)
    }
}

fn invalid_argument(function: &Function, position: usize, span: Span, reason: &str) -> Diagnostic {
    let name = function.parameter(position).map_or("", |parameter| parameter.name);
    let detail = format!("Invalid value for {name:?} parameter: {reason}.");
    Diagnostic::error(INVALID_ARGUMENT, detail).at(span)
}

/// Why an argument cannot be converted: with the part of it that is of the wrong type, if it is
/// the type that is wrong.
fn conversion_reason(value: &Value, wanted: &Type, error: &ConvertError) -> String {
    if converted_type(&value.ty(), wanted).is_some() {
        return error.message.clone();
    }
    match error.path.0.first() {
        Some(Step::Index(index)) => format!("element {index}: {}", error.message),
        Some(Step::Key(name) | Step::Attribute(name)) => {
            format!("element {:?}: {}", &**name, error.message)
        }
        None => error.message.clone(),
    }
}

/// What is wrong with a name that no function goes by.
fn unknown_function(name: &str) -> Diagnostic {
    const UNKNOWN_PROVIDER: &str = "Unknown provider function";
    match name.split_once("::") {
        None => {
            let near = nearest(name, functions::function_names())
                .map(|near| format!(" Did you mean {near:?}?"))
                .unwrap_or_default();
            let detail = format!("There is no function named {name:?}.{near}");
            Diagnostic::error("Call to unknown function", detail)
        }
        Some(("core", bare)) if !bare.contains("::") => {
            let detail = format!("There is no function named {bare:?}.");
            Diagnostic::error("Call to unknown function", detail)
        }
        Some(("provider", rest)) => {
            let detail = match rest.split_once("::") {
                Some((provider, function)) => format!(
                    "The function {function:?} is not available from the provider {provider:?}."
                ),
                None => format!("There is no function named {name:?}."),
            };
            Diagnostic::error(UNKNOWN_PROVIDER, detail)
        }
        Some((namespace, _)) => {
            let detail = format!(
                "The function namespace {namespace:?} is not valid. Provider function calls must \
                 use the \"provider::\" namespace prefix."
            );
            Diagnostic::error(UNKNOWN_PROVIDER, detail)
        }
    }
}

fn failed(call: &Call<'_>, reason: &str) -> Diagnostic {
    let detail = format!("Call to function {:?} failed: {reason}.", call.name);
    Diagnostic::error(CALL_FAILED, detail).at(call.expr.span)
}

/// The reason of an error, unless it would show what a mark protects.
fn reason(error: &FunctionError, marks: Marks) -> String {
    if error.quotes && !marks.is_none() {
        return "the reason is not shown, for it quotes a sensitive or ephemeral value".to_owned();
    }
    error.message.clone()
}

fn check_count(call: &Call<'_>, function: &Function, given: usize) -> Result<(), Diagnostics> {
    let expected = function.parameters.len();
    if let Some(missing) = function.parameters.get(given) {
        let least = if function.variadic.is_some() { " at least" } else { "" };
        let detail = format!(
            "Function {:?} expects{least} {expected} argument(s). Missing value for {:?}.",
            call.name, missing.name
        );
        return Err(Diagnostic::error("Not enough function arguments", detail)
            .at(call.expr.span)
            .into());
    }
    if given > expected && function.variadic.is_none() {
        let detail = format!("Function {:?} expects only {expected} argument(s).", call.name);
        let span = call.arguments.get(expected).map_or(call.expr.span, |argument| argument.span);
        return Err(Diagnostic::error("Too many function arguments", detail).at(span).into());
    }
    Ok(())
}
