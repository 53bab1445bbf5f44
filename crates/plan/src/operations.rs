//! From a plan to pieces of work with an order: the safe order.
//!
//! - An object is created or changed after everything that it refers to.
//! - An object is deleted after everything that referred to it is gone or has moved away; so
//!   secrets are under their new key before the old key goes, and replicas go before their primary.
//! - Of a replacement, the new object comes first where both can exist at once.

use std::collections::HashMap;

use meridian_graph::{ResourceAddress, Schedule};

use crate::{Action, Plan};

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// Create a new object, also as the first half of a replacement.
    Create,
    /// Change the object in place.
    Update,
    /// Delete the object, also as half of a replacement.
    Delete,
    /// Take over what was read; no call is made.
    Keep,
    /// Nothing: all instances of a resource are as they should be.
    Ready,
    /// Nothing: all objects of a resource that were to go are gone.
    Gone,
}

/// A piece of work and the change that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What is done.
    pub kind: OperationKind,
    /// Index into [`Plan::changes`]; for barriers, that of any instance of the resource.
    pub change: usize,
}

/// The pieces of work of a plan, and their schedule.
#[derive(Clone, Debug)]
pub struct Operations {
    /// The pieces; the schedule numbers them so.
    pub list: Vec<Operation>,
    /// What may run now.
    pub schedule: Schedule,
}

/// The pieces of work of a plan.
pub fn operations(plan: &Plan) -> Operations {
    let mut builder = Builder { plan, list: Vec::new(), hard: Vec::new(), soft: Vec::new() };
    builder.build();
    builder.finish()
}

struct Builder<'a> {
    plan: &'a Plan,
    list: Vec<Operation>,
    /// Pairs of a piece and one that it waits for.
    hard: Vec<(usize, usize)>,
    /// The same, given up if they would lead in circles.
    soft: Vec<(usize, usize)>,
}

/// The pieces of one resource.
#[derive(Default)]
struct Pieces {
    ready: usize,
    gone: usize,
    /// Deletions, with the resources that the objects referred to.
    deletions: Vec<usize>,
}

impl Builder<'_> {
    fn piece(&mut self, kind: OperationKind, change: usize) -> usize {
        self.list.push(Operation { kind, change });
        self.list.len() - 1
    }

    fn build(&mut self) {
        let plan = self.plan;
        let mut resources: HashMap<&ResourceAddress, Pieces> = HashMap::new();
        for (index, change) in plan.changes.iter().enumerate() {
            if !resources.contains_key(&change.address.resource) {
                let ready = self.piece(OperationKind::Ready, index);
                let gone = self.piece(OperationKind::Gone, index);
                let pieces = Pieces { ready, gone, ..Pieces::default() };
                resources.insert(&change.address.resource, pieces);
            }
        }
        for (index, change) in plan.changes.iter().enumerate() {
            let Some(pieces) = resources.get(&change.address.resource) else {
                continue;
            };
            let (ready, gone) = (pieces.ready, pieces.gone);
            let making = match change.action {
                Action::Create | Action::Replace => Some(OperationKind::Create),
                Action::Update => Some(OperationKind::Update),
                Action::NoOp => Some(OperationKind::Keep),
                Action::Delete | Action::Forget => None,
            };
            let made = making.map(|kind| self.piece(kind, index));
            if let Some(made) = made {
                self.hard.push((ready, made));
                for dependency in &change.dependencies {
                    if let Some(needed) = resources.get(dependency) {
                        self.hard.push((made, needed.ready));
                    }
                }
            }
            if matches!(change.action, Action::Delete | Action::Replace) {
                let deleted = self.piece(OperationKind::Delete, index);
                self.hard.push((gone, deleted));
                match made {
                    Some(made) if change.create_first => self.hard.push((deleted, made)),
                    Some(made) => self.hard.push((made, deleted)),
                    None => {}
                }
                if let Some(pieces) = resources.get_mut(&change.address.resource) {
                    pieces.deletions.push(deleted);
                }
            }
        }
        self.order_deletions(&resources);
    }

    /// A deletion waits for everything that referred to the resource.
    fn order_deletions(&mut self, resources: &HashMap<&ResourceAddress, Pieces>) {
        let mut edges: Vec<(&ResourceAddress, &ResourceAddress)> = Vec::new();
        for change in &self.plan.changes {
            for dependency in &change.dependencies {
                let edge = (&change.address.resource, dependency);
                // Instances of one resource mostly refer to the same ones.
                if edges.last() != Some(&edge) {
                    edges.push(edge);
                }
            }
        }
        edges.sort();
        edges.dedup();
        for (dependent, dependency) in edges {
            let (Some(dependent), Some(needed)) =
                (resources.get(dependent), resources.get(dependency))
            else {
                continue;
            };
            for deletion in &needed.deletions {
                self.hard.push((*deletion, dependent.gone));
                let change = &self.plan.changes[self.list[*deletion].change];
                let old_goes_first = change.action == Action::Replace && !change.create_first;
                if !old_goes_first {
                    self.soft.push((*deletion, dependent.ready));
                }
            }
        }
    }

    fn finish(self) -> Operations {
        let Builder { list, hard, mut soft, .. } = self;
        let costs: Vec<u64> = list.iter().map(|operation| cost(operation.kind)).collect();
        loop {
            let edges = hard.iter().chain(&soft).copied();
            match Schedule::new(&costs, edges) {
                Ok(schedule) => return Operations { list, schedule },
                Err(stuck) if !soft.is_empty() => {
                    let before = soft.len();
                    soft.retain(|(piece, needed)| {
                        !(stuck.binary_search(piece).is_ok() && stuck.binary_search(needed).is_ok())
                    });
                    if soft.len() == before {
                        soft.clear();
                    }
                }
                // References cannot go in circles: the graph of the configuration has none. What
                // the state remembers of older configurations may; then its order is given up.
                Err(_) => {
                    let made = |piece: usize| list[piece].kind != OperationKind::Delete;
                    let edges: Vec<_> =
                        hard.iter().copied().filter(|(piece, _)| made(*piece)).collect();
                    let schedule = Schedule::new(&costs, edges)
                        .or_else(|_| Schedule::new(&costs, []))
                        .expect("work without an order has a schedule");
                    return Operations { list, schedule };
                }
            }
        }
    }
}

/// How long a piece takes, roughly and relatively: a creation waits for replication.
fn cost(kind: OperationKind) -> u64 {
    match kind {
        OperationKind::Create => 10,
        OperationKind::Update => 5,
        OperationKind::Delete => 3,
        OperationKind::Keep | OperationKind::Ready | OperationKind::Gone => 0,
    }
}
