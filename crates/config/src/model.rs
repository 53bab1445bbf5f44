//! What the files say, typed, with a span on every name and expression.

use std::path::PathBuf;
use std::sync::Arc;

use meridian_lang::{Body, Expr, Sources, Span, Type, Value};

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The name.
    pub text: Arc<str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// The configuration of a root module.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The texts that all spans point into.
    pub sources: Sources,
    /// The folder that the files were read from.
    pub folder: PathBuf,
    /// `variable` blocks in source order.
    pub variables: Vec<Variable>,
    /// Entries of `locals` blocks in source order.
    pub locals: Vec<Local>,
    /// `resource` blocks in source order.
    pub resources: Vec<Resource>,
    /// `output` blocks in source order.
    pub outputs: Vec<Output>,
    /// `provider` blocks in source order.
    pub providers: Vec<Provider>,
    /// `required_version` constraints.
    pub required_versions: Vec<(String, Span)>,
    /// `required_providers`: local name to source address, as written.
    pub required_providers: Vec<RequiredProvider>,
}

/// A `variable` block.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// The block's header.
    pub span: Span,
    /// The constraint on its type; [`Type::Dynamic`] without one.
    pub ty: Type,
    /// Whether a `type` argument was written at all.
    pub typed: bool,
    /// The default, already of type `ty`.
    pub default: Option<Value>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether values are sensitive.
    pub sensitive: bool,
    /// Whether null may be given; otherwise null means the default.
    pub nullable: bool,
    /// Whether values exist during one phase only.
    pub ephemeral: bool,
    /// Conditions on the value.
    pub validations: Vec<Validation>,
}

/// A `validation`, `precondition` or `postcondition` block.
#[derive(Clone, Debug)]
pub struct Validation {
    /// Must be true.
    pub condition: Expr,
    /// What is said when it is not.
    pub error_message: Expr,
    /// The block's header.
    pub span: Span,
}

/// An entry of a `locals` block.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub expr: Expr,
}

/// An `output` block.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Expr,
    /// What it is for.
    pub description: Option<String>,
    /// Whether the value may be sensitive and is hidden.
    pub sensitive: bool,
    /// Explicit dependencies.
    pub depends_on: Vec<Expr>,
    /// Conditions that must hold before the value is taken.
    pub preconditions: Vec<Validation>,
}

/// How often a resource stands there.
#[derive(Clone, Debug)]
pub enum Repetition {
    /// Once.
    Single,
    /// `count = …`
    Count(Expr),
    /// `for_each = …`
    ForEach(Expr),
}

/// A `resource` block.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The type's name, such as `aws_kms_key`.
    pub type_name: Name,
    /// The resource's name.
    pub name: Name,
    /// The block's header, from the keyword to the last label.
    pub span: Span,
    /// `provider = aws.west`: local name and alias; without it, the default of the type's prefix.
    pub provider: Option<ProviderReference>,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// Explicit dependencies.
    pub depends_on: Vec<Expr>,
    /// The `lifecycle` block.
    pub lifecycle: Lifecycle,
    /// Arguments and blocks that belong to the type.
    pub body: Body,
}

/// A reference to a provider configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderReference {
    /// Local name of the provider.
    pub name: Arc<str>,
    /// Alias of the configuration, if not the default one.
    pub alias: Option<Arc<str>>,
    /// Where it stands.
    pub span: Span,
}

/// A `lifecycle` block.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// New object before the old one goes, where both are wanted.
    pub create_before_destroy: Option<bool>,
    /// A plan that would destroy the object is an error.
    pub prevent_destroy: bool,
    /// Arguments whose changes are not acted on.
    pub ignore_changes: IgnoreChanges,
    /// Changes that lead to replacement.
    pub replace_triggered_by: Vec<Expr>,
    /// Conditions before.
    pub preconditions: Vec<Validation>,
    /// Conditions after.
    pub postconditions: Vec<Validation>,
}

/// `ignore_changes` of a lifecycle block.
#[derive(Clone, Debug, Default)]
pub enum IgnoreChanges {
    /// Not given.
    #[default]
    None,
    /// `all`
    All,
    /// These arguments: paths from the resource, with their places.
    Some(Vec<(meridian_lang::Path, Span)>),
}

/// A `provider` block.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Local name, such as `aws`.
    pub name: Name,
    /// Its alias, if it has one.
    pub alias: Option<Name>,
    /// Its arguments and blocks, without `alias` and `version`.
    pub body: Body,
}

/// An entry of `required_providers`.
#[derive(Clone, Debug)]
pub struct RequiredProvider {
    /// Local name.
    pub name: Name,
    /// Source address as written, such as `hashicorp/aws`.
    pub source: Option<String>,
    /// Version constraint as written.
    pub version: Option<String>,
}
