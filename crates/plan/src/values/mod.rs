//! The values that expressions can refer to, as far as they are known.
//!
//! Every variable, local and output of every module instance is a cell: evaluated when it is first
//! asked for and then kept. So whoever asks must have set the resources that a cell leans on.

mod cells;
mod index;
mod modules;
mod scope;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use meridian_config::Config;
use meridian_graph::{ModuleInstance, ModulePath, ResourceAddress};
use meridian_lang::{Diagnostics, Expr, Value, evaluate_with};

use crate::Surroundings;
use cells::Cell;
use index::Index;
pub(crate) use modules::Expansion;
use scope::ViewpointScope;

/// From where an expression looks at the world: its module, and what it sees of a repetition.
#[derive(Clone, Debug, Default)]
pub struct Viewpoint {
    /// The instance of the module that the expression stands in.
    pub module: ModuleInstance,
    /// `count.index`
    pub index: Option<Value>,
    /// `each.key` and `each.value`
    pub each: Option<(Value, Value)>,
    /// `self`
    pub self_object: Option<Value>,
}

impl Viewpoint {
    /// That of a block in a module that is not repeated itself.
    pub fn of(module: ModuleInstance) -> Viewpoint {
        Viewpoint { module, ..Viewpoint::default() }
    }
}

/// What belongs to a call in an instance of the module that it stands in.
type OfCalls<T> = HashMap<(ModuleInstance, Arc<str>), T>;

/// Variables, locals, outputs and resources of all module instances.
pub struct Values<'a> {
    config: &'a Config,
    surroundings: &'a Surroundings,
    /// Values of the root module's variables.
    variables: &'a BTreeMap<Arc<str>, Value>,
    indexes: HashMap<ModulePath, Index<'a>>,
    /// Whether every repetition stands for a single instance of which nothing is known, and every
    /// variable for any value of its type.
    unexpanded: bool,
    /// Whether variables of called modules have the values of their calls all the same.
    with_arguments: bool,
    cells: RefCell<HashMap<Cell, Value>>,
    expansions: RefCell<OfCalls<Arc<Expansion>>>,
    module_values: RefCell<OfCalls<Value>>,
    resources: RefCell<HashMap<ResourceAddress, Value>>,
    /// What is wrong with cells and expansions, noted once however often they are asked for.
    diagnostics: RefCell<Diagnostics>,
}

impl<'a> Values<'a> {
    /// Values in which no resource is known yet: a reference to one is unknown.
    pub fn new(
        config: &'a Config,
        variables: &'a BTreeMap<Arc<str>, Value>,
        surroundings: &'a Surroundings,
    ) -> Values<'a> {
        let modules = config.modules.iter();
        Values {
            config,
            surroundings,
            variables,
            indexes: modules.map(|(path, module)| (path.clone(), Index::of(module))).collect(),
            unexpanded: false,
            with_arguments: false,
            cells: RefCell::default(),
            expansions: RefCell::default(),
            module_values: RefCell::default(),
            resources: RefCell::default(),
            diagnostics: RefCell::default(),
        }
    }

    /// The same, in which every repeated module has one instance whose key is not known, and no
    /// variable's value is known: enough to check what is written.
    #[must_use]
    pub fn unexpanded(mut self) -> Values<'a> {
        self.unexpanded = true;
        self
    }

    /// Other values of the same unexpanded configuration, in which the variables of called modules
    /// have the values that the calls give them.
    pub(crate) fn with_arguments(&self) -> Values<'a> {
        let fresh = Values::new(self.config, self.variables, self.surroundings).unexpanded();
        Values { with_arguments: true, ..fresh }
    }

    /// The configuration.
    pub fn config(&self) -> &'a Config {
        self.config
    }

    /// Sets what references to a resource give: an object, a tuple of them under `count`, or an
    /// object of them under `for_each`.
    pub fn set_resource(&self, address: ResourceAddress, value: Value) {
        self.resources.borrow_mut().insert(address, value);
    }

    /// Whether what references to a resource give was set.
    pub(crate) fn has_resource(&self, address: &ResourceAddress) -> bool {
        self.resources.borrow().contains_key(address)
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn evaluate(&self, expr: &Expr, viewpoint: &Viewpoint) -> Result<Value, Diagnostics> {
        self.evaluate_with(expr, viewpoint, &[])
    }

    /// Evaluates an expression that sees names of the blocks around it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn evaluate_with(
        &self,
        expr: &Expr,
        viewpoint: &Viewpoint,
        bound: &[(Arc<str>, Value)],
    ) -> Result<Value, Diagnostics> {
        self.prepare(expr, &viewpoint.module);
        evaluate_with(expr, &ViewpointScope { values: self, viewpoint }, bound)
    }

    /// What was wrong with cells and modules that were asked for since the last time.
    pub fn take_diagnostics(&self) -> Diagnostics {
        self.diagnostics.take()
    }
}
