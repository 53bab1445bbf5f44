//! What a function takes and gives.

use crate::{Expr, Marks, Scope, Type, Value};

/// The type of a parameter or result, in a form that a constant can have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Anything.
    Any,
    /// A bool.
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// A list.
    List(&'static Shape),
    /// A set.
    Set(&'static Shape),
    /// A map.
    Map(&'static Shape),
}

impl Shape {
    /// The shape as a type.
    pub(crate) fn to_type(self) -> Type {
        match self {
            Shape::Any => Type::Dynamic,
            Shape::Bool => Type::Bool,
            Shape::Number => Type::Number,
            Shape::String => Type::String,
            Shape::List(element) => Type::list(element.to_type()),
            Shape::Set(element) => Type::set(element.to_type()),
            Shape::Map(element) => Type::map(element.to_type()),
        }
    }
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    /// The name that messages give it.
    pub(crate) name: &'static str,
    /// What arguments are converted to.
    pub(crate) shape: Shape,
    /// Whether an argument may be null.
    pub(crate) nullable: bool,
}

impl Parameter {
    /// A parameter that takes no null.
    pub(super) const fn new(name: &'static str, shape: Shape) -> Parameter {
        Parameter { name, shape, nullable: false }
    }

    /// A parameter that takes null, too.
    pub(super) const fn nullable(name: &'static str, shape: Shape) -> Parameter {
        Parameter { name, shape, nullable: true }
    }
}

/// Why a call fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FunctionError {
    /// The argument at fault, if it is one.
    pub(crate) argument: Option<usize>,
    /// The reason, without a full stop.
    pub(crate) message: String,
    /// Whether the reason quotes a part of an argument, and so may show what a mark protects.
    pub(crate) quotes: bool,
}

impl FunctionError {
    /// A failure of the call as a whole.
    pub(super) fn new(message: impl Into<String>) -> FunctionError {
        FunctionError { argument: None, message: message.into(), quotes: false }
    }

    /// A failure because of one argument.
    pub(super) fn argument(position: usize, message: impl Into<String>) -> FunctionError {
        FunctionError { argument: Some(position), ..FunctionError::new(message) }
    }

    /// The same failure, whose reason quotes a part of an argument.
    pub(super) fn quoting(self) -> FunctionError {
        FunctionError { quotes: true, ..self }
    }
}

/// The result of a call.
pub(super) type Outcome = Result<Value, FunctionError>;

/// What a function does with arguments that have been converted to its parameters' types.
#[derive(Clone, Copy, Debug)]
enum Body {
    Pure(fn(&[Value]) -> Outcome),
    Reading(fn(&[Value], &dyn Scope) -> Outcome),
}

/// Says what is wrong with an argument as it is written.
pub(crate) type ExprCheck = fn(&Expr) -> Result<(), &'static str>;

/// A function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: &'static str,
    /// The parameters that must be given.
    pub(crate) parameters: &'static [Parameter],
    /// The parameter that takes all further arguments.
    pub(crate) variadic: Option<Parameter>,
    /// What is wrong with the first argument as it is written, before it is evaluated.
    pub(crate) first_argument: Option<ExprCheck>,
    returns: Shape,
    body: Body,
    sees_unknown: bool,
    sees_marks: bool,
}

impl Function {
    /// A function that gives an unknown result for arguments that are unknown in any part, and
    /// whose result carries the marks of all arguments.
    pub(super) const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        returns: Shape,
        body: fn(&[Value]) -> Outcome,
    ) -> Function {
        Function {
            name,
            parameters,
            variadic: None,
            first_argument: None,
            returns,
            body: Body::Pure(body),
            sees_unknown: false,
            sees_marks: false,
        }
    }

    /// A function like [`Function::new`] that reads files.
    pub(super) const fn reading(
        name: &'static str,
        parameters: &'static [Parameter],
        returns: Shape,
        body: fn(&[Value], &dyn Scope) -> Outcome,
    ) -> Function {
        Function {
            name,
            parameters,
            variadic: None,
            first_argument: None,
            returns,
            body: Body::Reading(body),
            sees_unknown: false,
            sees_marks: false,
        }
    }

    /// The same function with a parameter for all further arguments.
    pub(super) const fn and(self, variadic: Parameter) -> Function {
        Function { variadic: Some(variadic), ..self }
    }

    /// The same function, which looks at the first argument as it is written.
    pub(super) const fn checks_first_argument(self, check: ExprCheck) -> Function {
        Function { first_argument: Some(check), ..self }
    }

    /// The same function, which makes the best of unknown arguments itself.
    pub(super) const fn sees_unknown(self) -> Function {
        Function { sees_unknown: true, ..self }
    }

    /// The same function, which carries marks from arguments to the result itself.
    pub(super) const fn sees_marks(self) -> Function {
        Function { sees_marks: true, ..self }
    }

    /// The parameter that takes the argument at a position.
    pub(crate) fn parameter(&self, position: usize) -> Option<&Parameter> {
        self.parameters.get(position).or(self.variadic.as_ref())
    }

    /// The type of the result as far as it does not depend on the arguments.
    pub(crate) fn return_type(&self) -> Type {
        self.returns.to_type()
    }

    /// The result for arguments of the right number and types.
    pub(crate) fn apply(&self, arguments: &[Value], scope: &dyn Scope) -> Outcome {
        if self.sees_marks {
            return self.run(arguments, scope);
        }
        let marks = arguments.iter().fold(Marks::NONE, |marks, value| marks | value.deep_marks());
        if marks.is_none() {
            return self.run(arguments, scope);
        }
        let bare: Vec<Value> = arguments.iter().map(Value::unmark_deep).collect();
        self.run(&bare, scope).map(|value| value.mark(marks))
    }

    fn run(&self, arguments: &[Value], scope: &dyn Scope) -> Outcome {
        if !self.sees_unknown && !arguments.iter().all(Value::is_wholly_known) {
            return Ok(match self.return_type() {
                Type::Dynamic => Value::unknown(Type::Dynamic),
                ty => Value::unknown_not_null(ty),
            });
        }
        match self.body {
            Body::Pure(body) => body(arguments),
            Body::Reading(body) => body(arguments, scope),
        }
    }
}
