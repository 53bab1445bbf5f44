//! What the files say, typed, with a span on every name and expression.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use meridian_lang::{
    Body, ConfigResource, Expr, ModulePath, ResourceMode, Sources, Span, Target, Type, Value,
};

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The name.
    pub text: Arc<str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A configuration: the root module and every module that it calls.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The texts that all spans point into.
    pub sources: Sources,
    /// The folder of the root module.
    pub folder: PathBuf,
    /// The modules by their paths, the root among them. Modules of one source share what they say.
    pub modules: BTreeMap<ModulePath, Arc<Module>>,
}

impl Resource {
    /// Its address in the configuration.
    pub fn address(&self, module: &ModulePath) -> ConfigResource {
        ConfigResource {
            module: module.clone(),
            mode: self.mode,
            type_name: self.type_name.text.clone(),
            name: self.name.text.clone(),
        }
    }
}

impl Config {
    /// The root module.
    pub fn root(&self) -> &Module {
        static NOTHING: LazyLock<Module> = LazyLock::new(Module::default);
        self.modules.get(&ModulePath::root()).map_or(&NOTHING, |module| module)
    }

    /// The module at a path.
    pub fn module(&self, path: &ModulePath) -> Option<&Module> {
        self.modules.get(path).map(|module| &**module)
    }

    /// The call that leads to a module, and the module that holds it; none for the root.
    pub fn call(&self, path: &ModulePath) -> Option<(ModulePath, &ModuleCall)> {
        let (parent, name) = path.parent()?;
        let call = self.module(&parent)?.calls.iter().find(|call| call.name.text == *name)?;
        Some((parent, call))
    }

    /// The `resource`, `data` or `ephemeral` block of an address.
    pub fn resource(&self, address: &ConfigResource) -> Option<&Resource> {
        self.module(&address.module)?.resources.iter().find(|block| {
            block.mode == address.mode
                && block.type_name.text == address.type_name
                && block.name.text == address.name
        })
    }
}

/// What the files of one folder say.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The folder as `path.module` gives it: `.` for the root.
    pub folder: String,
    /// `variable` blocks in source order.
    pub variables: Vec<Variable>,
    /// Entries of `locals` blocks in source order.
    pub locals: Vec<Local>,
    /// `resource`, `data` and `ephemeral` blocks in source order; `data` blocks of checks too.
    pub resources: Vec<Resource>,
    /// `output` blocks in source order.
    pub outputs: Vec<Output>,
    /// `provider` blocks in source order.
    pub providers: Vec<Provider>,
    /// `module` blocks in source order.
    pub calls: Vec<ModuleCall>,
    /// `moved` blocks in source order.
    pub moved: Vec<Moved>,
    /// `removed` blocks in source order.
    pub removed: Vec<Removed>,
    /// `import` blocks in source order; only the root module has any.
    pub imports: Vec<Import>,
    /// `check` blocks in source order.
    pub checks: Vec<Check>,
    /// `required_version` constraints.
    pub required_versions: Vec<(String, Span)>,
    /// `required_providers`: local name to source address, as written.
    pub required_providers: Vec<RequiredProvider>,
}

/// A `module` block.
#[derive(Clone, Debug)]
pub struct ModuleCall {
    /// Its name.
    pub name: Name,
    /// The block's header.
    pub span: Span,
    /// Where the module comes from, as written.
    pub source: Name,
    /// Which versions of it are wanted, as written.
    pub version: Option<Name>,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// Explicit dependencies of everything in the module.
    pub depends_on: Vec<Expr>,
    /// `providers`: what the module calls a provider configuration, and what it is here.
    pub providers: Vec<(ProviderReference, ProviderReference)>,
    /// Values of the module's variables.
    pub arguments: Body,
}

/// A `moved` block.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The old address, relative to the module.
    pub from: Target,
    /// The new address, relative to the module.
    pub to: Target,
    /// The block's header.
    pub span: Span,
}

/// A `removed` block.
#[derive(Clone, Debug)]
pub struct Removed {
    /// The address, relative to the module, without keys.
    pub from: Target,
    /// Where the address stands.
    pub from_span: Span,
    /// Whether the object is destroyed; otherwise it is only forgotten.
    pub destroy: bool,
    /// The block's header.
    pub span: Span,
}

/// An `import` block.
#[derive(Clone, Debug)]
pub struct Import {
    /// The address that the object is to have: a reference with keys that may be expressions.
    pub to: Expr,
    /// The identity of the object.
    pub id: Expr,
    /// What the block is repeated over.
    pub for_each: Option<Expr>,
    /// The provider configuration to read it with, if it is not that of the resource.
    pub provider: Option<ProviderReference>,
    /// The block's header.
    pub span: Span,
}

/// A `check` block. A `data` block in it is among the module's resources.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: Name,
    /// The block's header.
    pub span: Span,
    /// What must hold.
    pub assertions: Vec<Validation>,
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
    /// Whether the value exists during one phase only.
    pub ephemeral: bool,
    /// The block's header.
    pub span: Span,
    /// Explicit dependencies.
    pub depends_on: Vec<Expr>,
    /// Conditions that must hold before the value is taken.
    pub preconditions: Vec<Validation>,
}

/// How often a resource or module stands there.
#[derive(Clone, Debug)]
pub enum Repetition {
    /// Once.
    Single,
    /// `count = …`
    Count(Expr),
    /// `for_each = …`
    ForEach(Expr),
}

/// A `resource`, `data` or `ephemeral` block.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Which of these it is.
    pub mode: ResourceMode,
    /// For a `data` block within a `check` block: the check's name.
    pub check: Option<Arc<str>>,
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
    /// The block's header.
    pub span: Span,
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
    /// `configuration_aliases`: configurations that the module's caller must pass.
    pub aliases: Vec<ProviderReference>,
}
