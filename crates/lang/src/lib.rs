//! Values, types, expressions and diagnostics of the configuration language.
//!
//! Everything the other crates exchange is a [`Value`]: it can be unknown until
//! something has been applied, and it carries [`Marks`], so that neither fact can
//! be forgotten on the way. [`Expr`] is the language's expression tree in a compact
//! form of our own, [`evaluate`] gives its value in a [`Scope`], and what goes wrong
//! is a [`Diagnostic`] that knows its place in the source.
//!
//! This crate does no input or output and knows no resource type.

mod address;
mod convert;
mod diagnostic;
mod eval;
mod expr;
mod functions;
mod json;
mod nearest;
mod number;
mod order;
mod path;
mod source;
mod surroundings;
mod types;
mod unknown;
mod value;

pub use address::{
    ConfigResource, InstanceAddress, InstanceKey, ModuleInstance, ModulePath, ModuleStep,
    ResourceAddress, ResourceMode, Target,
};
pub use convert::{ConvertError, convert, unify};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use eval::{Scope, evaluate, evaluate_with};
pub use expr::{
    BinaryOperator, Body, BodyAttribute, BodyBlock, Dynamic, Expr, ExprKind, ForExpr, ObjectItem,
    PathRoot, Reference, RepetitionPart, Subject, TemplatePart, UnaryOperator,
};
pub use functions::function_names;
pub use json::{Json, from_json, to_json, to_json_sensitive_as_null};
pub use nearest::nearest;
pub use number::Number;
pub use path::{Path, Step};
pub use source::{FileId, Position, Sources, Span};
pub use surroundings::{FileKind, Impure};
pub use types::{Field, Type};
pub use unknown::{Bound, Range, Unknown};
pub use value::{Kind, Marks, Value};
