//! Keys at work: which may, and the material that they work with.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::ApiError;
use crate::inferred;
use crate::kms::Naming;
use crate::kms::crypto::{self, Broken, Clear};
use crate::kms::key::{Key, KeyAddress, KeySet, Origin};
use crate::kms::material::{Material, purpose};
use crate::kms::spec;
use crate::world::{Call, World};

/// A material in clear, for as long as an operation takes.
pub(super) struct WorkingMaterial {
    pub id: String,
    pub bytes: Clear,
}

impl Call<'_> {
    /// The key that a cryptographic operation names in any way, if its state
    /// admits the operation and its usage is the one that the operation is for.
    pub(super) fn working_key(
        &self,
        operation: &str,
        key_id: Option<String>,
        usage: &str,
    ) -> Result<KeyAddress, ApiError> {
        let address = self.find_key_by(key_id, Naming::KeyOrAlias)?;
        self.admit_work(operation, &address, usage)?;
        Ok(address)
    }

    /// Refuses work that a key's state or usage does not admit.
    pub(super) fn admit_work(
        &self,
        operation: &str,
        address: &KeyAddress,
        usage: &str,
    ) -> Result<(), ApiError> {
        self.admit(operation, address)?;
        let actual = &self.world.key_set(address).usage;
        if actual == usage {
            return Ok(());
        }
        let arn = address.arn();
        Err(ApiError::new(
            "InvalidKeyUsageException",
            format!("{arn} key usage is {actual} which is not valid for {operation}."),
        ))
    }

    /// Refuses an algorithm that a key's spec does not have.
    pub(super) fn require_algorithm(
        &self,
        address: &KeyAddress,
        algorithm: &str,
    ) -> Result<(), ApiError> {
        let KeySet { spec, usage, .. } = self.world.key_set(address);
        if spec::algorithms(spec, usage).is_some_and(|algorithms| algorithms.contains(&algorithm)) {
            return Ok(());
        }
        let parameters = vec![("algorithm", algorithm.to_owned()), ("spec", spec.clone())];
        Err(ApiError::inferred(&inferred::ALGORITHM_OF_OTHER_SPEC, parameters))
    }

    /// The material that a key encrypts and signs with. A key pair or HMAC key
    /// that has never worked is made now, for all related keys.
    pub(super) fn current_material(
        &mut self,
        address: &KeyAddress,
    ) -> Result<WorkingMaterial, ApiError> {
        let set = self.world.key_set(address);
        let Some(material) = set.current_material() else {
            return Err(pending_import(address));
        };
        if material.bytes.is_some() || set.origin == Origin::External {
            return self.world.open_material(address, material);
        }
        let id = material.id.clone();
        let bytes = crypto::generate(&set.spec)?;
        let sealed = self.world.vault.seal(&purpose(&address.set(), &id), &bytes);
        let materials = &mut self.world.key_set_mut(address).materials;
        if let Some(material) = materials.iter_mut().find(|material| material.id == id) {
            material.bytes = Some(sealed);
        }
        Ok(WorkingMaterial { id, bytes })
    }

    /// A material that a key has worked with; none if it never had it.
    pub(super) fn earlier_material(
        &self,
        address: &KeyAddress,
        id: &str,
    ) -> Result<Option<WorkingMaterial>, ApiError> {
        let materials = &self.world.key_set(address).materials;
        let material = materials.iter().find(|material| material.id == id);
        material.map(|material| self.world.open_material(address, material)).transpose()
    }
}

impl World {
    fn open_material(
        &self,
        address: &KeyAddress,
        material: &Material,
    ) -> Result<WorkingMaterial, ApiError> {
        if !is_here(self.key(address), self.key_set(address), &material.id) {
            return Err(pending_import(address));
        }
        let Some(sealed) = &material.bytes else {
            return Err(pending_import(address));
        };
        let purpose = purpose(&address.set(), &material.id);
        let bytes = self.vault.open(&purpose, sealed).ok_or(Broken)?;
        Ok(WorkingMaterial { id: material.id.clone(), bytes: Clear::new(bytes) })
    }
}

/// Imported material is in those Regions only into which it was imported.
fn is_here(key: &Key, set: &KeySet, material_id: &str) -> bool {
    set.origin != Origin::External || key.imports.contains_key(material_id)
}

fn pending_import(address: &KeyAddress) -> ApiError {
    ApiError::new("KMSInvalidStateException", format!("{} is pending import.", address.arn()))
}

/// `DryRun`, which many operations have: the refusal of what would have succeeded.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct DryRun(Option<bool>);

impl DryRun {
    pub fn is_asked(self) -> bool {
        self.0 == Some(true)
    }

    /// Stops a dry run. To be asked when all else is checked.
    pub fn stop(self) -> Result<(), ApiError> {
        if !self.is_asked() {
            return Ok(());
        }
        Err(ApiError::new(
            "DryRunOperationException",
            "The request would have succeeded, but the DryRun option is set.",
        ))
    }
}

/// `Recipient`, which the operations that tell a secret have. Nobody here can
/// check what an enclave attests.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Recipient(Option<IgnoredAny>);

impl Recipient {
    pub fn refuse(&self) -> Result<(), ApiError> {
        match self.0 {
            None => Ok(()),
            Some(_) => Err(ApiError::inferred(&inferred::RECIPIENT, Vec::new())),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::clock::{Clock, ManualClock, Timestamp};
    use crate::identity::{Account, Caller, Place};
    use crate::kms::key::Import;
    use crate::kms::material::MaterialState;
    use crate::kms::{KeyState, call};
    use crate::region::Region;
    use crate::vault::Vault;

    use super::*;
    use crate::iam::Withheld;

    fn with_call<T>(world: &mut World, region: &str, work: impl FnOnce(&mut Call<'_>) -> T) -> T {
        let caller = Caller { account: Account::DEFAULT, session: None };
        let place = Place { account: Account::DEFAULT, region: Region::named(region).unwrap() };
        let now = Timestamp::from_milliseconds(0);
        let withheld = Withheld::default();
        work(&mut Call {
            world,
            caller: &caller,
            access_key: "AKIDLOCAL",
            place,
            now,
            fault: None,
            withheld: &withheld,
        })
    }

    fn world_with_key(request: &str) -> (World, KeyAddress) {
        let delays = Clock::Manual(ManualClock::default()).delays();
        let mut world = World::empty(delays, Vault::new(&Vault::random_key()));
        let create = |it: &mut Call<'_>| call(it, "CreateKey", request.as_bytes()).unwrap();
        with_call(&mut world, "eu-west-1", create);
        let address = world.keys.first().unwrap().0.clone();
        (world, address)
    }

    #[test]
    fn imported_material_works_only_where_it_was_imported() {
        let (mut world, key) = world_with_key(r#"{"Origin":"EXTERNAL","MultiRegion":true}"#);
        let material = Material::first(&world.vault, &key.set(), spec::SYMMETRIC_DEFAULT);
        let id = material.id.clone();
        world.key_set_mut(&key).materials.push(material);
        world.key_mut(&key).state = KeyState::Enabled;
        let replica = key.in_region(Region::named("us-east-1").unwrap());
        let twin = world.key(&key).clone();
        world.keys.insert(replica.clone(), twin);
        world.key_mut(&key).imports.insert(id.clone(), Import { valid_to: None });

        with_call(&mut world, "eu-west-1", |call| {
            assert_eq!(call.current_material(&key).unwrap().id, id);
            assert!(call.earlier_material(&key, &id).unwrap().is_some());
            let error = call.current_material(&replica).err().unwrap();
            assert_eq!(error.code, "KMSInvalidStateException");
            assert_eq!(error.message, format!("{} is pending import.", replica.arn()));
            assert!(call.earlier_material(&replica, &id).is_err());
        });
    }

    #[test]
    fn an_earlier_material_works_for_ever_but_no_foreign_one() {
        let (mut world, key) = world_with_key("{}");
        let newer = Material::first(&world.vault, &key.set(), spec::SYMMETRIC_DEFAULT);
        let materials = &mut world.key_set_mut(&key).materials;
        let older = materials[0].id.clone();
        materials[0].state = MaterialState::NonCurrent;
        materials.push(newer.clone());
        with_call(&mut world, "eu-west-1", |call| {
            assert_eq!(call.current_material(&key).unwrap().id, newer.id);
            assert_eq!(call.earlier_material(&key, &older).unwrap().unwrap().id, older);
            assert!(call.earlier_material(&key, &"0".repeat(64)).unwrap().is_none());
        });
    }

    #[test]
    fn a_key_pair_is_made_when_it_is_first_needed_and_then_kept() {
        let request = r#"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#;
        let (mut world, key) = world_with_key(request);
        assert!(world.key_set(&key).materials[0].bytes.is_none());
        with_call(&mut world, "eu-west-1", |call| {
            let made = call.current_material(&key).unwrap();
            assert_eq!(call.current_material(&key).unwrap().bytes, made.bytes);
        });
    }
}
