//! From a plan to pieces of work with an order: the safe order.
//!
//! - An object is created or changed after everything that it refers to.
//! - An object is deleted after everything that referred to it is gone or has moved away; so
//!   secrets are under their new key before the old key goes, and replicas go before their primary.
//! - Of a replacement, the new object comes first where both can exist at once.

use std::collections::HashMap;

use meridian_graph::{ResourceAddress, Schedule};

use crate::{Action, Plan, ResourceChange};

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
    /// Read a data source.
    Read,
    /// Open an ephemeral resource.
    Open,
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
    let mut builder = Builder { plan, list: Vec::new(), edges: Default::default() };
    builder.build();
    builder.finish()
}

/// Pairs of a piece and one that it waits for. Where they lead in circles the last of these
/// kinds are given up first.
#[derive(Default)]
struct Edges {
    /// Of creations and updates, which go in circles only if the configuration does.
    making: Vec<(usize, usize)>,
    /// Of deletions, by what objects refer to.
    deleting: Vec<(usize, usize)>,
    /// Of deletions, by what is to move away from an object first.
    moving: Vec<(usize, usize)>,
}

struct Builder<'a> {
    plan: &'a Plan,
    list: Vec<Operation>,
    edges: Edges,
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
                Action::Read => Some(OperationKind::Read),
                Action::Open => Some(OperationKind::Open),
                Action::Delete | Action::Forget => None,
            };
            let made = making.map(|kind| self.piece(kind, index));
            if let Some(made) = made {
                self.edges.making.push((ready, made));
                for dependency in &change.dependencies {
                    if let Some(needed) = resources.get(dependency) {
                        self.edges.making.push((made, needed.ready));
                    }
                }
            }
            if matches!(change.action, Action::Delete | Action::Replace) {
                let deleted = self.piece(OperationKind::Delete, index);
                self.edges.making.push((gone, deleted));
                match made {
                    Some(made) if change.create_first => self.edges.making.push((deleted, made)),
                    Some(made) => self.edges.making.push((made, deleted)),
                    None => {}
                }
                if let Some(pieces) = resources.get_mut(&change.address.resource) {
                    pieces.deletions.push(deleted);
                }
            }
        }
        self.order_deletions(&resources);
    }

    /// A deletion waits for everything that refers to the resource, or did when it was last
    /// applied: what does so no longer must have moved away.
    fn order_deletions(&mut self, resources: &HashMap<&ResourceAddress, Pieces>) {
        let plan = self.plan;
        for (dependent, dependency) in references(plan, |change| &change.dependencies) {
            self.order_deletion(resources, dependent, dependency, true);
        }
        for (dependent, dependency) in references(plan, |change| &change.prior_dependencies) {
            self.order_deletion(resources, dependent, dependency, false);
        }
    }

    fn order_deletion(
        &mut self,
        resources: &HashMap<&ResourceAddress, Pieces>,
        dependent: &ResourceAddress,
        dependency: &ResourceAddress,
        still_refers: bool,
    ) {
        let (Some(dependent), Some(needed)) = (resources.get(dependent), resources.get(dependency))
        else {
            return;
        };
        let Edges { deleting, moving, .. } = &mut self.edges;
        for deletion in &needed.deletions {
            let firm = if still_refers { &mut *deleting } else { &mut *moving };
            firm.push((*deletion, dependent.gone));
            let change = &self.plan.changes[self.list[*deletion].change];
            let old_goes_first = change.action == Action::Replace && !change.create_first;
            if !old_goes_first {
                moving.push((*deletion, dependent.ready));
            }
        }
    }

    fn finish(self) -> Operations {
        let Builder { list, edges: Edges { mut making, mut deleting, mut moving }, .. } = self;
        let costs: Vec<u64> = list.iter().map(|operation| cost(operation.kind)).collect();
        loop {
            let edges = making.iter().chain(&deleting).chain(&moving).copied();
            let circles = match Schedule::new(&costs, edges) {
                Ok(schedule) => return Operations { list, schedule },
                Err(circles) => circles,
            };
            // References cannot go in circles: the graph of the configuration has none. What the
            // state remembers of older configurations may, and so may wishes of opposite order.
            let open = [&mut moving, &mut deleting, &mut making];
            let given_up = open.into_iter().any(|edges| give_up(edges, &circles));
            assert!(given_up, "circles are made of edges");
        }
    }
}

/// Which resource refers to which, each pair once.
fn references(
    plan: &Plan,
    of: impl Fn(&ResourceChange) -> &[ResourceAddress],
) -> Vec<(&ResourceAddress, &ResourceAddress)> {
    let mut pairs: Vec<(&ResourceAddress, &ResourceAddress)> = Vec::new();
    for change in &plan.changes {
        for dependency in of(change) {
            let pair = (&change.address.resource, dependency);
            // Instances of one resource mostly refer to the same ones.
            if pairs.last() != Some(&pair) {
                pairs.push(pair);
            }
        }
    }
    pairs.sort();
    pairs.dedup();
    pairs
}

/// Takes out the edges within circles, and tells whether there were any.
fn give_up(edges: &mut Vec<(usize, usize)>, circles: &[Vec<usize>]) -> bool {
    let before = edges.len();
    let numbered = circles.iter().enumerate();
    let circle_of: HashMap<usize, usize> =
        numbered.flat_map(|(number, circle)| circle.iter().map(move |it| (*it, number))).collect();
    edges.retain(|(piece, needed)| {
        let circle = circle_of.get(piece);
        circle.is_none() || circle != circle_of.get(needed)
    });
    edges.len() < before
}

/// How long a piece takes, roughly and relatively: a creation waits for replication.
fn cost(kind: OperationKind) -> u64 {
    match kind {
        OperationKind::Create => 10,
        OperationKind::Update => 5,
        OperationKind::Delete => 3,
        OperationKind::Read | OperationKind::Open => 1,
        OperationKind::Keep | OperationKind::Ready | OperationKind::Gone => 0,
    }
}
