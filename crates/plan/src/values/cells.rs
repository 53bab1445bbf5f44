//! Variables, locals and outputs, evaluated once and in an order that needs no deep recursion.

use std::collections::HashSet;
use std::sync::Arc;

use meridian_graph::ModuleInstance;
use meridian_lang::{Expr, Marks, Span, Subject, Type, Value};

use super::{Values, Viewpoint};

/// A value of a module instance that has a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub(super) module: ModuleInstance,
    pub(super) kind: CellKind,
    pub(super) name: Arc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum CellKind {
    Variable,
    Local,
    Output,
}

impl Values<'_> {
    /// The value of a local; none if there is none of that name.
    pub(super) fn local(&self, module: &ModuleInstance, name: &Arc<str>) -> Option<Value> {
        self.cell(&Cell { module: module.clone(), kind: CellKind::Local, name: name.clone() })
    }

    /// The value of a variable; none if there is none of that name.
    pub(crate) fn variable(&self, module: &ModuleInstance, name: &Arc<str>) -> Option<Value> {
        if module.is_root() {
            // One that is ephemeral is in no saved plan, and is what it is by default.
            let default =
                || Some(self.default_of(self.indexes.get(&module.path())?.variables.get(&**name)?));
            let given = self.variables.get(name).cloned().or_else(default)?;
            return Some(self.as_checked(module, name, given));
        }
        self.cell(&Cell { module: module.clone(), kind: CellKind::Variable, name: name.clone() })
    }

    /// The value of an output; none if there is none of that name.
    pub(crate) fn output(&self, module: &ModuleInstance, name: &Arc<str>) -> Option<Value> {
        self.cell(&Cell { module: module.clone(), kind: CellKind::Output, name: name.clone() })
    }

    /// The value of an output, if it has been asked for already.
    pub(super) fn known_output(&self, module: &ModuleInstance, name: &Arc<str>) -> Option<Value> {
        let cell = Cell { module: module.clone(), kind: CellKind::Output, name: name.clone() };
        self.cells.borrow().get(&cell).cloned()
    }

    /// Evaluates the local of every module instance.
    pub(crate) fn settle_local(&self, module: &ModuleInstance, name: &Arc<str>) {
        self.local(module, name);
    }

    /// Evaluates what an expression refers to in other modules, which the evaluator itself takes as
    /// it finds it.
    pub(super) fn prepare(&self, expr: &Expr, module: &ModuleInstance) {
        if self.config.modules.len() < 2 {
            return;
        }
        for cell in self.needed_by(expr, module) {
            self.cell(&cell);
        }
    }

    fn cell(&self, wanted: &Cell) -> Option<Value> {
        if let Some(value) = self.cells.borrow().get(wanted) {
            return Some(value.clone());
        }
        // Those that it leans on come first: a long chain of cells is no deep recursion.
        let mut open = vec![wanted.clone()];
        let mut entered = HashSet::new();
        while let Some(here) = open.pop() {
            if self.cells.borrow().contains_key(&here) {
                continue;
            }
            let Some((expr, viewpoint)) = self.definition(&here) else {
                if let Some(value) = self.without_expression(&here) {
                    self.settle(here, value);
                }
                continue;
            };
            if entered.insert(here.clone()) {
                let needed = self.needed_by(expr, &viewpoint.module);
                open.push(here);
                open.extend(needed);
                continue;
            }
            let value = self.evaluated(&here, expr, &viewpoint);
            self.settle(here, value);
        }
        self.cells.borrow().get(wanted).cloned()
    }

    fn settle(&self, cell: Cell, value: Value) {
        if cell.kind == CellKind::Output
            && let Some((parent, step)) = cell.module.parent()
        {
            // The module's value was put together without this one.
            self.module_values.borrow_mut().remove(&(parent, step.name.clone()));
        }
        self.cells.borrow_mut().insert(cell, value);
    }

    /// The expression of a cell and from where it looks.
    fn definition(&self, cell: &Cell) -> Option<(&Expr, Viewpoint)> {
        let here = || Viewpoint::of(cell.module.clone());
        let index = self.indexes.get(&cell.module.path())?;
        match cell.kind {
            CellKind::Local => Some((&index.locals.get(&*cell.name)?.expr, here())),
            CellKind::Output => Some((&index.outputs.get(&*cell.name)?.value, here())),
            CellKind::Variable => {
                let (parent, step) = cell.module.parent()?;
                let caller = self.indexes.get(&parent.path())?;
                let call = caller.calls.get(&*step.name)?;
                let argument = call.arguments.attribute(&cell.name)?;
                index.variables.get(&*cell.name)?;
                Some((&argument.expr, self.viewpoint_of_call(&cell.module)))
            }
        }
    }

    /// Where the value of a module's variable is given; none where its default holds.
    pub(crate) fn argument_span(&self, module: &ModuleInstance, name: &Arc<str>) -> Option<Span> {
        let (parent, step) = module.parent()?;
        let call = self.indexes.get(&parent.path())?.calls.get(&*step.name)?;
        call.arguments.attribute(name).map(|argument| argument.expr.span)
    }

    /// The value of a cell that no expression defines: a variable's default.
    fn without_expression(&self, cell: &Cell) -> Option<Value> {
        let index = self.indexes.get(&cell.module.path())?;
        let variable = index.variables.get(&*cell.name)?;
        (cell.kind == CellKind::Variable)
            .then(|| self.as_checked(&cell.module, &cell.name, self.default_of(variable)))
    }

    fn evaluated(&self, cell: &Cell, expr: &Expr, viewpoint: &Viewpoint) -> Value {
        let scope = super::ViewpointScope { values: self, viewpoint };
        let value = meridian_lang::evaluate(expr, &scope).unwrap_or_else(|errors| {
            self.diagnostics.borrow_mut().extend(errors);
            Value::unknown(Type::Dynamic)
        });
        let Some(index) = self.indexes.get(&cell.module.path()) else { return value };
        match cell.kind {
            CellKind::Local => value,
            CellKind::Variable => match index.variables.get(&*cell.name) {
                Some(variable) => {
                    let value = self.argument_of(&cell.module, variable, value, expr.span);
                    self.as_checked(&cell.module, &cell.name, value)
                }
                None => value,
            },
            CellKind::Output => match index.outputs.get(&*cell.name) {
                Some(output) => {
                    let marks = [
                        (output.sensitive, Marks::SENSITIVE),
                        (output.ephemeral, Marks::EPHEMERAL),
                    ];
                    let given = marks.into_iter().filter(|(is_given, _)| *is_given);
                    given.fold(value, |value, (_, mark)| value.mark(mark))
                }
                None => value,
            },
        }
    }

    /// The cells that an expression refers to.
    fn needed_by(&self, expr: &Expr, module: &ModuleInstance) -> Vec<Cell> {
        let mut needed = Vec::new();
        for reference in expr.references() {
            let mut need = |module: &ModuleInstance, kind: CellKind, name: &Arc<str>| {
                needed.push(Cell { module: module.clone(), kind, name: name.clone() });
            };
            match &reference.subject {
                Subject::Local(name) => need(module, CellKind::Local, name),
                Subject::Variable(name) if !module.is_root() => {
                    need(module, CellKind::Variable, name);
                }
                Subject::Module(call) => {
                    let Some(index) = self.indexes.get(&module.path().child(call)) else {
                        continue;
                    };
                    for instance in &self.expansion(module, call).instances {
                        match &reference.output {
                            Some(name) => need(&instance.module, CellKind::Output, name),
                            None => index.module.outputs.iter().for_each(|output| {
                                need(&instance.module, CellKind::Output, &output.name.text);
                            }),
                        }
                    }
                }
                _ => {}
            }
        }
        needed
    }
}
