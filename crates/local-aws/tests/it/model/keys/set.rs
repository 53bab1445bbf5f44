//! A set of related keys: who is primary, which states they are in, what each has.

use std::collections::{BTreeMap, BTreeSet};

pub const DAY: u64 = 24 * 60 * 60;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    Creating,
    Enabled,
    Disabled,
    Updating,
    PendingImport,
    PendingDeletion { due: u64 },
    PendingReplicaDeletion { days: u64 },
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::Updating => "Updating",
            Self::PendingImport => "PendingImport",
            Self::PendingDeletion { .. } => "PendingDeletion",
            Self::PendingReplicaDeletion { .. } => "PendingReplicaDeletion",
        }
    }

    pub fn is_pending_deletion(self) -> bool {
        matches!(self, Self::PendingDeletion { .. } | Self::PendingReplicaDeletion { .. })
    }

    pub fn works(self) -> bool {
        matches!(self, Self::Enabled | Self::Updating)
    }
}

/// What a Region has for itself.
#[derive(Debug)]
pub struct Key {
    pub state: State,
    pub description: String,
    pub tag: Option<String>,
    pub aliases: BTreeSet<usize>,
    pub grants: usize,
    pub has_named_grant: bool,
    /// The imported materials that are here, by their numbers.
    pub imports: BTreeSet<usize>,
}

impl Key {
    pub fn new(state: State, description: &str) -> Self {
        Self {
            state,
            description: description.to_owned(),
            tag: None,
            aliases: BTreeSet::new(),
            grants: 0,
            has_named_grant: false,
            imports: BTreeSet::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation {
    pub period: u32,
    pub next: u64,
}

/// What related keys share.
#[derive(Debug)]
pub struct Set {
    pub id: String,
    pub multi_region: bool,
    pub external: bool,
    pub primary: usize,
    pub keys: BTreeMap<usize, Key>,
    pub rotation: Option<Rotation>,
    pub replicated_rotation: Option<Rotation>,
    /// The materials that were ever current, the last of which is.
    pub materials: Vec<usize>,
    /// Imported material that waits for a rotation.
    pub pending: Option<usize>,
    /// Whether an on-demand rotation is at work.
    pub rotates: bool,
    /// What materials are called, as far as that has been told.
    pub ids: BTreeMap<usize, String>,
}

pub type Refusal = Result<(), &'static str>;

pub const ALREADY_EXISTS: &str = "AlreadyExistsException";
pub const DISABLED: &str = "DisabledException";
pub const INVALID_STATE: &str = "KMSInvalidStateException";
pub const NOT_FOUND: &str = "NotFoundException";
pub const UNSUPPORTED: &str = "UnsupportedOperationException";

impl Set {
    pub fn key(&mut self, region: usize) -> Result<&mut Key, &'static str> {
        self.keys.get_mut(&region).ok_or(NOT_FOUND)
    }

    fn require_primary(&mut self, region: usize) -> Refusal {
        self.key(region)?;
        if self.multi_region && self.primary == region { Ok(()) } else { Err(UNSUPPORTED) }
    }

    pub fn require_no_replica(&self, region: usize) -> Refusal {
        if self.primary == region { Ok(()) } else { Err(UNSUPPORTED) }
    }

    /// Refuses what needs a working key.
    pub fn require_working(&mut self, region: usize) -> Refusal {
        match self.key(region)?.state {
            State::Disabled => Err(DISABLED),
            state if state.works() => Ok(()),
            _ => Err(INVALID_STATE),
        }
    }

    pub fn require_kept(&mut self, region: usize) -> Refusal {
        if self.key(region)?.state.is_pending_deletion() { Err(INVALID_STATE) } else { Ok(()) }
    }

    fn require_steady(&mut self, region: usize) -> Refusal {
        match self.key(region)?.state {
            State::Enabled | State::Disabled => Ok(()),
            _ => Err(INVALID_STATE),
        }
    }

    pub fn replicate(&mut self, from: usize, to: usize, description: &str) -> Refusal {
        self.require_primary(from)?;
        self.require_working(from)?;
        if self.keys[&from].state == State::Updating {
            return Err(INVALID_STATE);
        }
        if from == to {
            return Err(UNSUPPORTED);
        }
        if self.keys.contains_key(&to) {
            return Err(ALREADY_EXISTS);
        }
        self.keys.insert(to, Key::new(State::Creating, description));
        self.replicated_rotation = self.rotation;
        Ok(())
    }

    pub fn promote(&mut self, from: usize, to: usize) -> Refusal {
        self.require_primary(from)?;
        self.require_working(from)?;
        if from == to {
            return Err(UNSUPPORTED);
        }
        self.require_working(to)?;
        self.primary = to;
        self.replicated_rotation = self.rotation;
        for region in [from, to] {
            self.key(region)?.state = State::Updating;
        }
        Ok(())
    }

    pub fn enable(&mut self, region: usize, now: u64) -> Refusal {
        self.require_steady(region)?;
        self.key(region)?.state = State::Enabled;
        self.resume(region, now);
        Ok(())
    }

    pub fn disable(&mut self, region: usize) -> Refusal {
        self.require_steady(region)?;
        self.key(region)?.state = State::Disabled;
        Ok(())
    }

    pub fn schedule(&mut self, region: usize, days: u64, now: u64) -> Refusal {
        self.require_kept(region)?;
        if self.keys[&region].state == State::Updating {
            return Err(INVALID_STATE);
        }
        let waits = self.primary == region && self.keys.len() > 1;
        self.key(region)?.state = if waits {
            State::PendingReplicaDeletion { days }
        } else {
            State::PendingDeletion { due: now + days * DAY }
        };
        Ok(())
    }

    pub fn cancel(&mut self, region: usize) -> Refusal {
        if !self.key(region)?.state.is_pending_deletion() {
            return Err(INVALID_STATE);
        }
        self.key(region)?.state = State::Disabled;
        self.settle_state(region);
        Ok(())
    }

    pub fn grant(&mut self, region: usize, is_named: bool) -> Refusal {
        self.require_working(region)?;
        let key = self.key(region)?;
        if !(is_named && key.has_named_grant) {
            key.grants += 1;
        }
        key.has_named_grant |= is_named;
        Ok(())
    }

    /// Time has come to a moment; what takes seconds is over before it.
    pub fn settle(&mut self, now: u64) {
        self.replicated_rotation = self.rotation;
        for key in self.keys.values_mut() {
            key.state = match key.state {
                State::Creating if self.external => State::PendingImport,
                State::Creating | State::Updating => State::Enabled,
                state => state,
            };
        }
        self.finish_on_demand();
        self.delete_due(now);
        self.rotate_on_dates(now);
    }

    fn next_deletion(&self, now: u64) -> Option<(u64, usize)> {
        let due = |(region, key): (&usize, &Key)| match key.state {
            State::PendingDeletion { due } if due <= now => Some((due, *region)),
            _ => None,
        };
        self.keys.iter().filter_map(due).min()
    }

    /// Windows that are over, in their order.
    fn delete_due(&mut self, now: u64) {
        while let Some((due, region)) = self.next_deletion(now) {
            self.keys.remove(&region);
            let alone = self.keys.len() == 1;
            if let Some(primary) = self.keys.get_mut(&self.primary)
                && let State::PendingReplicaDeletion { days } = primary.state
                && alone
            {
                primary.state = State::PendingDeletion { due: due + days * DAY };
            }
        }
    }
}
