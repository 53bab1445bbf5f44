//! Keys against a model: sets of related keys, promotion, deletion, rotation,
//! imported material, and what each Region has for itself.

mod action;
mod material;
mod set;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::cloud::{MOMENT, REGIONS, Subject};
use crate::kms_requests::{import_of_bytes, import_request};
use action::{Action, Deed, Whereabouts, actions};
use set::{ALREADY_EXISTS, DAY, Key, NOT_FOUND, Refusal, Set, State};

/// Something that was encrypted.
#[derive(Debug)]
struct Ciphertext {
    set: usize,
    material: usize,
    blob: Value,
}

#[derive(Debug, Default)]
struct Model {
    now: u64,
    sets: Vec<Set>,
    ciphertexts: Vec<Ciphertext>,
}

fn chosen(index: &Index, length: usize) -> Option<usize> {
    (length > 0).then(|| index.index(length))
}

impl Set {
    fn region(&self, whereabouts: &Whereabouts) -> usize {
        match whereabouts {
            Whereabouts::Region(region) => *region,
            Whereabouts::Key(index) => {
                let place = chosen(index, self.keys.len());
                place.and_then(|place| self.keys.keys().nth(place).copied()).unwrap_or_default()
            }
        }
    }
}

impl Model {
    fn pass(&mut self, seconds: u64) {
        self.now += seconds;
        for set in &mut self.sets {
            set.settle(self.now);
        }
    }

    /// The key that an alias names in a Region.
    fn named(&mut self, region: usize, alias: usize) -> Option<&mut Key> {
        let keys = self.sets.iter_mut().filter_map(|set| set.keys.get_mut(&region));
        keys.into_iter().find(|key| key.aliases.contains(&alias))
    }

    fn delete_alias(&mut self, region: usize, alias: usize) -> Refusal {
        let key = self.named(region, alias).ok_or(NOT_FOUND)?;
        key.aliases.remove(&alias);
        Ok(())
    }

    fn name(&mut self, index: usize, region: usize, alias: usize, is_new: bool) -> Refusal {
        self.sets[index].require_kept(region)?;
        match self.named(region, alias) {
            Some(_) if is_new => return Err(ALREADY_EXISTS),
            None if !is_new => return Err(NOT_FOUND),
            Some(old) => old.aliases.remove(&alias),
            None => false,
        };
        self.sets[index].key(region)?.aliases.insert(alias);
        Ok(())
    }

    /// What comes of a deed, done in a Region to one of the sets.
    fn predict(&mut self, index: usize, region: usize, deed: &Deed) -> Refusal {
        let now = self.now;
        let set = &mut self.sets[index];
        match deed {
            Deed::Replicate { to, description } => set.replicate(region, *to, description),
            Deed::Promote { to } => set.promote(region, *to),
            Deed::Describe { description } => {
                set.require_kept(region)?;
                set.key(region)?.description.clone_from(description);
                Ok(())
            }
            Deed::Tag { value } => {
                set.require_kept(region)?;
                set.key(region)?.tag = Some(value.clone());
                Ok(())
            }
            Deed::Enable => set.enable(region, now),
            Deed::Disable => set.disable(region),
            Deed::Rotate { period } => set.rotate(region, *period, now),
            Deed::RotateOnDemand => set.rotate_on_demand(region),
            Deed::Schedule { days } => set.schedule(region, *days, now),
            Deed::Cancel => set.cancel(region),
            Deed::Encrypt => set.require_working(region),
            Deed::Import { material, is_new } => set.import(region, *material, *is_new),
            Deed::DeleteMaterial { pending } => set.delete_material(region, *pending),
            Deed::Name { alias } => self.name(index, region, *alias, true),
            Deed::Rename { alias } => self.name(index, region, *alias, false),
            Deed::Grant { is_named } => set.grant(region, *is_named),
        }
    }
}

/// Asks for a deed. What an import needs first is asked for with it.
fn ask(subject: &Subject, set: &Set, region: usize, deed: &Deed) -> Result<Value, String> {
    let (operation, mut body) = match deed {
        Deed::Replicate { to, description } => {
            let body = json!({ "ReplicaRegion": REGIONS[*to], "Description": description });
            ("ReplicateKey", body)
        }
        Deed::Promote { to } => ("UpdatePrimaryRegion", json!({ "PrimaryRegion": REGIONS[*to] })),
        Deed::Describe { description } => {
            ("UpdateKeyDescription", json!({ "Description": description }))
        }
        Deed::Tag { value } => {
            ("TagResource", json!({ "Tags": [{ "TagKey": "tag", "TagValue": value }] }))
        }
        Deed::Enable => ("EnableKey", json!({})),
        Deed::Disable => ("DisableKey", json!({})),
        Deed::Rotate { period: Some(period) } => {
            ("EnableKeyRotation", json!({ "RotationPeriodInDays": period }))
        }
        Deed::Rotate { period: None } => ("DisableKeyRotation", json!({})),
        Deed::RotateOnDemand => ("RotateKeyOnDemand", json!({})),
        Deed::Schedule { days } => ("ScheduleKeyDeletion", json!({ "PendingWindowInDays": days })),
        Deed::Cancel => ("CancelKeyDeletion", json!({})),
        Deed::Encrypt => ("Encrypt", json!({ "Plaintext": "YXBw" })),
        Deed::Import { material, is_new } => {
            let request = import_request(&set.id);
            let parameters =
                subject.call(region, "TrentService.GetParametersForImport", &request)?;
            let bytes = [u8::try_from(*material).unwrap(); 32];
            let mut body = import_of_bytes(&set.id, &parameters, &bytes);
            if let Some(is_new) = is_new {
                let kind = if *is_new { "NEW_KEY_MATERIAL" } else { "EXISTING_KEY_MATERIAL" };
                body["ImportType"] = json!(kind);
            }
            ("ImportKeyMaterial", body)
        }
        Deed::DeleteMaterial { pending } => {
            let id = set.material_to_delete(*pending).and_then(|material| set.ids.get(&material));
            ("DeleteImportedKeyMaterial", id.map_or(json!({}), |id| json!({ "KeyMaterialId": id })))
        }
        Deed::Name { alias } | Deed::Rename { alias } => {
            let is_new = matches!(deed, Deed::Name { .. });
            let operation = if is_new { "CreateAlias" } else { "UpdateAlias" };
            let body = json!({ "AliasName": format!("alias/{alias}"), "TargetKeyId": set.id });
            return subject.call(region, &format!("TrentService.{operation}"), &body);
        }
        Deed::Grant { is_named } => {
            let grantee = "arn:aws:iam::123456789012:role/app";
            let body = json!({ "GranteePrincipal": grantee, "Operations": ["Encrypt"] });
            let named =
                json!({ "GranteePrincipal": grantee, "Operations": ["Decrypt"], "Name": "a" });
            ("CreateGrant", if *is_named { named } else { body })
        }
    };
    body["KeyId"] = json!(set.id);
    subject.call(region, &format!("TrentService.{operation}"), &body)
}

/// Makes a key in both.
fn create(model: &mut Model, subject: &Subject, region: usize, multi_region: bool, external: bool) {
    let origin = if external { "EXTERNAL" } else { "AWS_KMS" };
    let body = json!({ "MultiRegion": multi_region, "Origin": origin });
    let made = subject.call(region, "TrentService.CreateKey", &body).unwrap();
    let state = if external { State::PendingImport } else { State::Enabled };
    model.sets.push(Set {
        id: made["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned(),
        multi_region,
        external,
        primary: region,
        keys: BTreeMap::from([(region, Key::new(state, ""))]),
        rotation: None,
        replicated_rotation: None,
        materials: if external { Vec::new() } else { vec![0] },
        pending: None,
        rotates: false,
        ids: BTreeMap::new(),
    });
}

/// Does it to both, and asserts that both take it the same way.
fn perform(model: &mut Model, subject: &mut Subject, action: &Action) {
    let (told, expected) = match action {
        Action::Create { region, multi_region, external } => {
            return create(model, subject, *region, *multi_region, *external);
        }
        Action::PassMoment => {
            model.pass(MOMENT.as_secs());
            return subject.pass(MOMENT);
        }
        Action::PassDays(days) => {
            model.pass(days * DAY);
            return subject.pass(Duration::from_secs(days * DAY));
        }
        Action::Restart => return subject.restart(),
        Action::Do { set, region, deed } => {
            let Some(index) = chosen(set, model.sets.len()) else { return };
            let region = model.sets[index].region(region);
            let told = ask(subject, &model.sets[index], region, deed);
            let expected = model.predict(index, region, deed);
            if let Ok(answer) = &told {
                learn(model, index, deed, answer);
            }
            (told, expected)
        }
        Action::Decrypt { ciphertext, region } => {
            let Some(index) = chosen(ciphertext, model.ciphertexts.len()) else { return };
            let Ciphertext { set, material, blob } = &model.ciphertexts[index];
            let body = json!({ "CiphertextBlob": blob });
            let told = subject.call(*region, "TrentService.Decrypt", &body);
            let set = &mut model.sets[*set];
            if let Ok(answer) = &told {
                assert_eq!(answer["Plaintext"], "YXBw");
                assert_eq!(answer["KeyMaterialId"], *set.ids[material]);
            }
            (told, set.decrypt(*region))
        }
        Action::DeleteAlias { region, alias } => {
            let body = json!({ "AliasName": format!("alias/{alias}") });
            let told = subject.call(*region, "TrentService.DeleteAlias", &body);
            (told, model.delete_alias(*region, *alias))
        }
    };
    assert_eq!(told.map(|_| ()), expected.map_err(str::to_owned), "{action:?} of {model:#?}");
}

/// Takes from an answer what cannot be foretold.
fn learn(model: &mut Model, index: usize, deed: &Deed, answer: &Value) {
    let set = &mut model.sets[index];
    match deed {
        Deed::Import { material, .. } => {
            let id = answer["KeyMaterialId"].as_str().unwrap();
            let known = set.ids.entry(*material).or_insert_with(|| id.to_owned());
            assert_eq!(known, id);
        }
        Deed::Encrypt => {
            let material = *set.materials.last().unwrap();
            let blob = answer["CiphertextBlob"].clone();
            model.ciphertexts.push(Ciphertext { set: index, material, blob });
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn related_keys_share_what_aws_says_they_share(
        actions in actions()
    ) {
        let mut subject = Subject::new();
        // Each manual clock begins at the same moment.
        let start = 1_767_225_600.0;
        let mut model = Model::default();
        for action in &actions {
            perform(&mut model, &mut subject, action);
            let now = model.now;
            for set in &mut model.sets {
                for region in 0..REGIONS.len() {
                    let told = told::told(&subject, start, set, region);
                    let expected = told::expected(set, region, now);
                    prop_assert_eq!(told, expected, "after {:?}", action);
                }
                let names: BTreeSet<_> = set.ids.values().collect();
                prop_assert_eq!(names.len(), set.ids.len(), "one name for two materials");
            }
        }
    }
}
