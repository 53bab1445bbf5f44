//! The values that expressions can refer to, as far as they are known.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use meridian_config::Config;
use meridian_graph::ResourceAddress;
use meridian_lang::{
    Diagnostic, Diagnostics, Expr, FileId, FileKind, Impure, PathRoot, RepetitionPart, Scope,
    Sources, Span, Subject, Type, Value, evaluate,
};

use crate::Surroundings;

/// What a repeated block sees of its repetition.
#[derive(Clone, Debug, Default)]
pub struct Repeated {
    /// `count.index`
    pub index: Option<Value>,
    /// `each.key` and `each.value`
    pub each: Option<(Value, Value)>,
    /// `self`
    pub self_object: Option<Value>,
}

/// Variables, locals and resources of the root module. Locals are evaluated when they are first
/// asked for and then kept, so whoever asks must have set the resources that they lean on.
pub struct Values<'a> {
    config: &'a Config,
    surroundings: &'a Surroundings,
    variables: &'a BTreeMap<Arc<str>, Value>,
    local_exprs: HashMap<&'a str, &'a Expr>,
    locals: RefCell<HashMap<Arc<str>, Value>>,
    resources: RefCell<HashMap<ResourceAddress, Value>>,
    /// Errors of locals, noted once however often they are asked for.
    diagnostics: RefCell<Diagnostics>,
}

impl<'a> Values<'a> {
    /// Values in which no resource is known yet: a reference to one is unknown.
    pub fn new(
        config: &'a Config,
        variables: &'a BTreeMap<Arc<str>, Value>,
        surroundings: &'a Surroundings,
    ) -> Values<'a> {
        let local_exprs = config.locals.iter().map(|it| (&*it.name.text, &it.expr)).collect();
        Values {
            config,
            surroundings,
            variables,
            local_exprs,
            locals: RefCell::default(),
            resources: RefCell::default(),
            diagnostics: RefCell::default(),
        }
    }

    /// Sets what references to a resource give: an object, a tuple of them under `count`, or an
    /// object of them under `for_each`.
    pub fn set_resource(&self, address: ResourceAddress, value: Value) {
        self.resources.borrow_mut().insert(address, value);
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn evaluate(&self, expr: &Expr, repeated: &Repeated) -> Result<Value, Diagnostics> {
        evaluate(expr, &InstanceScope { values: self, repeated })
    }

    /// The errors of all locals, each local being evaluated if it has not been.
    pub fn check_locals(&self) -> Diagnostics {
        for local in &self.config.locals {
            self.local(&local.name.text);
        }
        self.diagnostics.take()
    }

    fn local(&self, name: &Arc<str>) -> Option<Value> {
        if let Some(value) = self.locals.borrow().get(name) {
            return Some(value.clone());
        }
        // Those that it leans on come first: a long chain of locals is no deep recursion.
        let mut open = vec![name.clone()];
        let mut entered = HashSet::new();
        while let Some(here) = open.pop() {
            let Some(expr) = self.local_exprs.get(&*here) else { continue };
            if self.locals.borrow().contains_key(&here) {
                continue;
            }
            if entered.insert(here.clone()) {
                open.push(here);
                open.extend(expr.references().into_iter().filter_map(
                    |(subject, _)| match subject {
                        Subject::Local(name) => Some(name),
                        _ => None,
                    },
                ));
                continue;
            }
            let value = self.evaluate(expr, &Repeated::default()).unwrap_or_else(|errors| {
                self.diagnostics.borrow_mut().extend(errors);
                Value::unknown(Type::Dynamic)
            });
            self.locals.borrow_mut().insert(here, value);
        }
        self.locals.borrow().get(name).cloned()
    }

    fn folder(&self, root: PathRoot) -> Value {
        let cwd = self.surroundings.cwd.display().to_string();
        match root {
            PathRoot::Cwd => Value::string(cwd),
            // The root module is read from the folder in which the command runs.
            PathRoot::Module | PathRoot::Root => Value::string("."),
        }
    }
}

struct InstanceScope<'v, 'a> {
    values: &'v Values<'a>,
    repeated: &'v Repeated,
}

impl Scope for InstanceScope<'_, '_> {
    fn value(&self, subject: &Subject, span: Span) -> Result<Value, Diagnostic> {
        let values = self.values;
        let found = match subject {
            Subject::Variable(name) => values.variables.get(name).cloned(),
            Subject::Local(name) => values.local(name),
            Subject::Resource(type_name, name) => {
                let address = ResourceAddress { type_name: type_name.clone(), name: name.clone() };
                let known = values.resources.borrow().get(&address).cloned();
                Some(known.unwrap_or_else(|| Value::unknown(Type::Dynamic)))
            }
            Subject::Repetition(RepetitionPart::CountIndex) => self.repeated.index.clone(),
            Subject::Repetition(RepetitionPart::EachKey) => {
                self.repeated.each.as_ref().map(|(key, _)| key.clone())
            }
            Subject::Repetition(RepetitionPart::EachValue) => {
                self.repeated.each.as_ref().map(|(_, value)| value.clone())
            }
            Subject::Path(root) => Some(values.folder(*root)),
            Subject::Workspace => Some(Value::string(&values.surroundings.workspace)),
            Subject::SelfObject => self.repeated.self_object.clone(),
            Subject::Data(..) | Subject::Module(_) | Subject::Bound(_) => None,
        };
        // The graph has refused what is not declared, so this is about the surroundings only.
        found.ok_or_else(|| {
            Diagnostic::error("Invalid reference", "This name has no value here.").at(span)
        })
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, String> {
        let surroundings = self.values.surroundings;
        (surroundings.read_file)(&surroundings.absolute(path).to_string_lossy())
    }

    fn file_kind(&self, path: &str) -> Result<Option<FileKind>, String> {
        let surroundings = self.values.surroundings;
        surroundings.folders.file_kind(&surroundings.absolute(path))
    }

    fn list_folder(&self, path: &str) -> Result<Vec<(String, FileKind)>, String> {
        let surroundings = self.values.surroundings;
        surroundings.folders.list(&surroundings.absolute(path))
    }

    fn home_folder(&self) -> Option<String> {
        self.values.surroundings.folders.home()
    }

    fn working_folder(&self) -> Option<String> {
        Some(self.values.surroundings.cwd.display().to_string())
    }

    fn start_time(&self) -> Option<String> {
        self.values.surroundings.start_time.clone()
    }

    fn impure(&self) -> Option<&dyn Impure> {
        self.values.surroundings.impure.as_deref()
    }

    fn parse_template(&self, sources: &Sources, file: FileId) -> Result<Expr, Diagnostics> {
        meridian_config::parse_template(sources, file)
    }

    fn parse_settings(
        &self,
        sources: &Sources,
        file: FileId,
    ) -> Result<Vec<(Arc<str>, Expr)>, Diagnostics> {
        meridian_config::parse_settings(sources, file)
    }
}
