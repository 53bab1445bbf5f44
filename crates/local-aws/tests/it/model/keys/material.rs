//! What keys work with: materials that rotate, and those that are imported.

use super::set::{DAY, INVALID_STATE, Key, NOT_FOUND, Refusal, Rotation, Set, State, UNSUPPORTED};

const INCORRECT_MATERIAL: &str = "IncorrectKeyMaterialException";

impl Set {
    fn require_origin(&mut self, region: usize, external: bool) -> Refusal {
        self.key(region)?;
        if self.external == external { Ok(()) } else { Err(UNSUPPORTED) }
    }

    pub fn rotate(&mut self, region: usize, period: Option<u32>, now: u64) -> Refusal {
        self.require_origin(region, false)?;
        self.require_working(region)?;
        self.require_no_replica(region)?;
        let rotation = |period| Rotation { period, next: now + u64::from(period) * DAY };
        self.rotation = period.map(rotation);
        Ok(())
    }

    pub fn rotate_on_demand(&mut self, region: usize) -> Refusal {
        self.require_working(region)?;
        self.require_no_replica(region)?;
        if self.rotates {
            return Err("ConflictException");
        }
        if self.external && self.ready().is_none() {
            return Err(INVALID_STATE);
        }
        self.rotates = true;
        Ok(())
    }

    /// The imported material that every Region has and that waits for its rotation.
    fn ready(&self) -> Option<usize> {
        let is_everywhere =
            |material: &usize| self.keys.values().all(|key| key.imports.contains(material));
        self.pending.filter(is_everywhere)
    }

    pub fn finish_on_demand(&mut self) {
        let primary = self.keys.get(&self.primary);
        let is_kept = primary.is_some_and(|key| !key.state.is_pending_deletion());
        if std::mem::take(&mut self.rotates) && is_kept {
            if !self.external {
                self.materials.push(self.materials.len());
            } else if let Some(material) = self.ready() {
                self.materials.push(material);
                self.pending = None;
            }
        }
    }

    /// All dates of rotation that have come, if the primary works.
    pub fn rotate_on_dates(&mut self, now: u64) {
        let works = self.keys.get(&self.primary).is_some_and(|key| key.state.works());
        while let Some(Rotation { next, .. }) = self.rotation
            && next <= now
            && works
        {
            self.rotate_automatically(next);
        }
    }

    /// A key works again, and makes up for the date that it missed.
    pub fn resume(&mut self, region: usize, now: u64) {
        let is_overdue = self.rotation.is_some_and(|rotation| rotation.next <= now);
        if is_overdue && self.primary == region {
            self.rotate_automatically(now);
        }
    }

    fn rotate_automatically(&mut self, now: u64) {
        self.materials.push(self.materials.len());
        let Some(Rotation { period, .. }) = self.rotation else { return };
        let next = now + u64::from(period) * DAY;
        for rotation in [&mut self.rotation, &mut self.replicated_rotation].into_iter().flatten() {
            rotation.next = next;
        }
    }

    pub fn require_importing(&mut self, region: usize) -> Refusal {
        self.require_origin(region, true)?;
        match self.key(region)?.state {
            State::Enabled | State::Disabled | State::PendingImport => Ok(()),
            _ => Err(INVALID_STATE),
        }
    }

    /// Imports material whose parameters were given out at the same moment.
    pub fn import(&mut self, region: usize, material: usize, is_new: Option<bool>) -> Refusal {
        self.require_importing(region)?;
        let is_known = self.materials.contains(&material) || self.pending == Some(material);
        let is_first = self.materials.is_empty();
        let is_primary = region == self.primary;
        if is_new.unwrap_or(is_first && is_primary) {
            self.require_no_replica(region)?;
            if is_known {
                return Err(INCORRECT_MATERIAL);
            }
            if self.pending.is_some() {
                return Err(INVALID_STATE);
            }
            if is_first { self.materials.push(material) } else { self.pending = Some(material) }
        } else if !is_known {
            return Err(INCORRECT_MATERIAL);
        }
        self.key(region)?.imports.insert(material);
        self.settle_state(region);
        Ok(())
    }

    pub fn delete_material(&mut self, region: usize, pending: bool) -> Refusal {
        self.require_origin(region, true)?;
        if matches!(self.key(region)?.state, State::Creating | State::Updating) {
            return Err(INVALID_STATE);
        }
        let Some(material) = self.material_to_delete(pending) else {
            return Ok(());
        };
        self.key(region)?.imports.remove(&material);
        if self.pending == Some(material) && self.primary == region {
            self.pending = None;
            self.rotates = false;
            for key in self.keys.values_mut() {
                key.imports.remove(&material);
            }
        }
        self.settle_state(region);
        Ok(())
    }

    /// The material that is deleted: the current one, or what waits if there is anything.
    pub fn material_to_delete(&self, pending: bool) -> Option<usize> {
        self.pending.filter(|_| pending).or(self.materials.last().copied())
    }

    /// A key works while all that was ever current is there.
    pub fn settle_state(&mut self, region: usize) {
        let (external, materials) = (self.external, &self.materials);
        let Some(key) = self.keys.get_mut(&region).filter(|_| external) else {
            return;
        };
        let has_all = |key: &Key| materials.iter().all(|material| key.imports.contains(material));
        let is_complete = !materials.is_empty() && has_all(key);
        key.state = match key.state {
            State::Enabled | State::Disabled if !is_complete => State::PendingImport,
            State::PendingImport if is_complete => State::Enabled,
            state => state,
        };
    }

    /// Whether a Region decrypts what any of the set's keys has encrypted.
    pub fn decrypt(&mut self, region: usize) -> Refusal {
        match self.require_working(region) {
            Err(NOT_FOUND) => Err("AccessDeniedException"),
            outcome => outcome,
        }
    }
}
