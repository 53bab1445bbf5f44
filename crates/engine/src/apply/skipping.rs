//! What is not begun: because of what failed, of a condition, or of the user.

use meridian_graph::{InstanceAddress, Node, Outcome};
use meridian_plan::OperationKind;

use super::{Applier, Skipped};
use crate::{Cause, Event, Operation};

impl Applier<'_> {
    /// The variable or output that forbids to begin with a piece. What goes away needs none.
    pub(super) fn broken_condition(&mut self, piece: usize) -> Option<String> {
        match self.list[piece].kind {
            OperationKind::Create
            | OperationKind::Update
            | OperationKind::Keep
            | OperationKind::Read
            | OperationKind::Open => {}
            OperationKind::Delete | OperationKind::Ready | OperationKind::Gone => return None,
        }
        let address = &self.change(piece).address.resource;
        self.conditions.in_the_way(&Node::Resource(address.config()), &address.module)
    }

    /// Does not begin with a piece, nor with what depends on it.
    pub(super) fn leave(&mut self, piece: usize, cause: Cause) {
        if self.is_visible(piece) {
            self.skip(self.change(piece).address.clone(), Some(cause.clone()));
        }
        self.skip_behind(piece, Some(&cause));
    }

    /// Ends a piece badly. The other half of the same replacement is not told apart.
    pub(super) fn skip_behind(&mut self, piece: usize, because: Option<&Cause>) {
        let change = self.list[piece].change;
        let mut behind = self.schedule.finish(piece, Outcome::Failed).skipped;
        behind.retain(|other| self.list[*other].change != change);
        self.skip_all(behind, because);
    }

    fn skip_all(&mut self, pieces: impl IntoIterator<Item = usize>, because: Option<&Cause>) {
        for piece in pieces {
            if self.is_visible(piece) {
                let address = self.change(piece).address.clone();
                self.skip(address, because.cloned());
            }
        }
    }

    /// Whether people think of a piece as work.
    fn is_visible(&self, piece: usize) -> bool {
        self.operation(piece) != Operation::Record
    }

    pub(super) fn skip(&mut self, address: InstanceAddress, because: Option<Cause>) {
        if self.applied.skipped.iter().any(|skipped| skipped.address == address) {
            return;
        }
        self.context.tell(Event::Skipped { address: address.clone(), because: because.clone() });
        self.applied.skipped.push(Skipped { address, because });
    }

    /// The user asked to stop and everything that ran has ended.
    pub(super) fn stop_early(&mut self) {
        while let Some(piece) = self.schedule.start() {
            // What ended in time counts.
            if !self.is_visible(piece) {
                self.start(piece);
                continue;
            }
            self.applied.interrupted = true;
            let rest = self.schedule.finish(piece, Outcome::Failed).skipped;
            self.skip_all(std::iter::once(piece).chain(rest), None);
        }
    }
}
