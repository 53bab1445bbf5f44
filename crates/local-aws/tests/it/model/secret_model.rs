//! The model of secrets: primaries, replicas, strangers of the same name, with
//! versions and their labels, and one key in each Region.

use std::collections::BTreeMap;

use proptest::sample::Index;

use super::cloud::REGIONS;
use super::secret_state::{CURRENT, Secret, Status};

pub const DAY: u64 = 24 * 60 * 60;
pub const WINDOW_DAYS: u64 = 7;

#[derive(Clone, Debug)]
pub enum Action {
    Create {
        region: usize,
        value: u8,
    },
    /// A new version, which becomes the current one unless it gets another label.
    Put {
        region: usize,
        value: u8,
        label: Option<&'static str>,
    },
    /// Puts a label on a version, or takes it away.
    Label {
        region: usize,
        label: &'static str,
        to: Option<Index>,
        names_holder: bool,
    },
    Describe {
        region: usize,
        description: String,
    },
    Replicate {
        region: usize,
        to: usize,
    },
    Remove {
        region: usize,
        from: usize,
    },
    Stop {
        region: usize,
    },
    Delete {
        region: usize,
        at_once: bool,
    },
    Restore {
        region: usize,
    },
    /// Turns the key of a Region on or off.
    Switch {
        region: usize,
        on: bool,
    },
    PassMoment,
    PassDays(u64),
    Restart,
}

#[derive(Debug)]
pub struct Model {
    pub now: u64,
    pub secrets: BTreeMap<usize, Secret>,
    /// Replications on their way, from and to, in the order in which they will arrive.
    pub queue: Vec<(usize, usize)>,
    /// The name is not free at once after a forced deletion.
    pub just_deleted: [bool; REGIONS.len()],
    /// Whether the key of each Region is enabled.
    pub keys: [bool; REGIONS.len()],
}

type Refusal = Result<(), &'static str>;

pub const NOT_FOUND: &str = "ResourceNotFoundException";
const INVALID_REQUEST: &str = "InvalidRequestException";
const INVALID_PARAMETER: &str = "InvalidParameterException";
const NO_ENCRYPTION: &str = "EncryptionFailure";
const NO_DECRYPTION: &str = "DecryptionFailure";

impl Model {
    pub fn new() -> Self {
        Self {
            now: 0,
            secrets: BTreeMap::new(),
            queue: Vec::new(),
            just_deleted: [false; REGIONS.len()],
            keys: [true; REGIONS.len()],
        }
    }

    /// The current value of a secret, or the refusal to tell it.
    pub fn value(&self, region: usize) -> Result<u8, &'static str> {
        let secret = self.secrets.get(&region).ok_or(NOT_FOUND)?;
        if secret.deletion.is_some() {
            return Err(INVALID_REQUEST);
        }
        let version = secret.labels.get(CURRENT).ok_or(NOT_FOUND)?;
        if self.keys[region] { Ok(secret.versions[version]) } else { Err(NO_DECRYPTION) }
    }

    fn secret(&mut self, region: usize) -> Result<&mut Secret, &'static str> {
        self.secrets.get_mut(&region).ok_or(NOT_FOUND)
    }

    /// A secret that may be changed: kept, and no replica.
    fn writable(&mut self, region: usize) -> Result<&mut Secret, &'static str> {
        let secret = self.secret(region)?;
        if secret.deletion.is_some() {
            return Err(INVALID_REQUEST);
        }
        if secret.primary.is_some() {
            return Err(INVALID_PARAMETER);
        }
        Ok(secret)
    }

    /// What becomes of an action. The step names the version that it makes.
    pub fn perform(&mut self, step: usize, action: &Action) -> Refusal {
        match action {
            Action::Create { region, value } => self.create(step, *region, *value),
            Action::Put { region, value, label } => {
                self.writable(*region)?;
                if !self.keys[*region] {
                    return Err(NO_ENCRYPTION);
                }
                let secret = self.writable(*region)?;
                secret.versions.insert(step, *value);
                // The first version is the current one, whatever its label.
                if label.is_none() || secret.versions.len() == 1 {
                    secret.move_label(CURRENT, step);
                }
                if let Some(label) = label {
                    secret.move_label(label, step);
                }
                self.spread(*region);
                Ok(())
            }
            Action::Label { region, label, to, names_holder } => {
                let secret = self.writable(*region)?;
                match secret.move_of(label, to.as_ref(), *names_holder) {
                    (Some(to), from) => {
                        let holder = secret.labels.get(label);
                        if from.is_none() && holder.is_some_and(|holder| *holder != to) {
                            return Err(INVALID_PARAMETER);
                        }
                        secret.move_label(label, to);
                    }
                    (None, Some(_)) if *label != CURRENT => drop(secret.labels.remove(label)),
                    (None, _) => return Err(INVALID_PARAMETER),
                }
                self.spread(*region);
                Ok(())
            }
            Action::Describe { region, description } => {
                let secret = self.writable(*region)?;
                secret.description.clone_from(description);
                self.spread(*region);
                Ok(())
            }
            Action::Replicate { region, to } => {
                let secret = self.writable(*region)?;
                if region == to {
                    return Err(INVALID_PARAMETER);
                }
                let known = secret.replicas.get(to);
                if known.is_none_or(|status| *status == Status::Failed) {
                    secret.replicas.insert(*to, Status::InProgress);
                    self.queue.push((*region, *to));
                }
                Ok(())
            }
            Action::Remove { region, from } => {
                self.writable(*region)?.replicas.remove(from);
                Ok(())
            }
            Action::Stop { region } => self.stop(*region),
            Action::Delete { region, at_once } => self.delete(*region, *at_once),
            Action::Restore { region } => {
                let secret = self.secret(*region)?;
                if secret.primary.is_some() {
                    return Err(INVALID_PARAMETER);
                }
                secret.deletion = None;
                Ok(())
            }
            Action::Switch { region, on } => {
                self.keys[*region] = *on;
                Ok(())
            }
            Action::PassMoment | Action::PassDays(_) | Action::Restart => Ok(()),
        }
    }

    fn create(&mut self, step: usize, region: usize, value: u8) -> Refusal {
        match self.secrets.get(&region) {
            Some(secret) if secret.deletion.is_some() => return Err(INVALID_REQUEST),
            Some(_) => return Err("ResourceExistsException"),
            None if self.just_deleted[region] => return Err(INVALID_REQUEST),
            None if !self.keys[region] => return Err(NO_ENCRYPTION),
            None => {}
        }
        let secret = Secret {
            lineage: step,
            description: String::new(),
            versions: BTreeMap::from([(step, value)]),
            labels: BTreeMap::from([(CURRENT, step)]),
            primary: None,
            replicas: BTreeMap::new(),
            deletion: None,
        };
        self.secrets.insert(region, secret);
        Ok(())
    }

    fn stop(&mut self, region: usize) -> Refusal {
        let secret = self.secret(region)?;
        let lineage = secret.lineage;
        let Some(primary) = secret.primary.take() else {
            return Err(INVALID_REQUEST);
        };
        if let Some(primary) = self.secrets.get_mut(&primary)
            && primary.lineage == lineage
        {
            primary.replicas.remove(&region);
        }
        Ok(())
    }

    fn delete(&mut self, region: usize, at_once: bool) -> Refusal {
        let due = self.now + WINDOW_DAYS * DAY;
        let secret = match self.secret(region) {
            // Nothing to delete is as good as deleted.
            Err(_) if at_once => return Ok(()),
            other => other?,
        };
        if secret.deletion.is_some() && !at_once {
            return Err(INVALID_REQUEST);
        }
        if secret.primary.is_some() || !secret.replicas.is_empty() {
            return Err(INVALID_PARAMETER);
        }
        secret.deletion = Some(due);
        if at_once {
            self.secrets.remove(&region);
            self.just_deleted[region] = true;
        }
        Ok(())
    }

    /// A change goes to all replicas that have not failed.
    fn spread(&mut self, region: usize) {
        let Some(secret) = self.secrets.get_mut(&region) else { return };
        for (to, status) in &mut secret.replicas {
            if *status != Status::Failed {
                *status = Status::InProgress;
                self.queue.push((region, *to));
            }
        }
    }
}
