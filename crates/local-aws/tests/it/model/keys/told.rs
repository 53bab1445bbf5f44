//! All that a Region tells of a key: as the model has it, and as it is asked for.

use serde_json::{Value, json};

use super::set::{NOT_FOUND, Rotation, Set, State, UNSUPPORTED};
use crate::model::cloud::{REGIONS, Subject};

/// What a Region tells of a key, as the model has it.
pub fn expected(set: &Set, region: usize, now: u64) -> Result<Value, String> {
    let key = set.keys.get(&region).ok_or(NOT_FOUND)?;
    let rotation = if region == set.primary { set.rotation } else { set.replicated_rotation };
    let kind = match set.primary == region && key.state != State::Updating {
        true => "PRIMARY",
        false => "REPLICA",
    };
    let replicas: Vec<&str> = (set.keys.keys().filter(|region| **region != set.primary))
        .map(|region| REGIONS[*region])
        .collect();
    let imported = set.materials.iter().any(|material| key.imports.contains(material));
    let rotation = rotation.filter(|_| !key.state.is_pending_deletion());
    let rotation = rotation.map(|it| json!([it.period, next_after(it, now).to_string()]));
    Ok(json!({
        "state": key.state.name(),
        "enabled": key.state.works(),
        "description": key.description,
        "kind": set.multi_region.then_some(kind),
        "primary": set.multi_region.then_some(REGIONS[set.primary]),
        "replicas": set.multi_region.then_some(replicas),
        "tag": key.tag,
        "rotation": if set.external { json!(UNSUPPORTED) } else { json!(rotation) },
        "rotates": set.rotates && !set.external,
        "due": match key.state { State::PendingDeletion { due } => Some(due.to_string()), _ => None },
        "days": match key.state { State::PendingReplicaDeletion { days } => Some(days), _ => None },
        "expires": (set.external && imported).then_some("KEY_MATERIAL_DOES_NOT_EXPIRE"),
        "material": set.materials.last().filter(|_| key.state != State::Creating),
        "aliases": key.aliases.iter().map(|alias| format!("alias/{alias}")).collect::<Vec<_>>(),
        "grants": key.grants,
    }))
}

/// The first date of a rhythm that is still to come.
fn next_after(rotation: Rotation, now: u64) -> u64 {
    let missed = now.checked_sub(rotation.next);
    let period = u64::from(rotation.period) * super::set::DAY;
    rotation.next + missed.map_or(0, |missed| (missed / period + 1) * period)
}

/// What a Region tells of a key, asked for. The name of a material that has not
/// been told before is learned: it can only be that of the current one.
pub fn told(subject: &Subject, start: f64, set: &mut Set, region: usize) -> Result<Value, String> {
    let ask = |operation: &str| {
        subject.call(region, &format!("TrentService.{operation}"), &json!({ "KeyId": set.id }))
    };
    let seconds = |date: &Value| date.as_f64().map(|date| format!("{:.0}", date - start));
    let metadata = ask("DescribeKey")?["KeyMetadata"].take();
    let configuration = &metadata["MultiRegionConfiguration"];
    let replicas = configuration["ReplicaKeys"].as_array().map(|replicas| {
        replicas.iter().map(|replica| replica["Region"].clone()).collect::<Vec<_>>()
    });
    let (rotation, rotates) = match ask("GetKeyRotationStatus") {
        Ok(status) => {
            let period = status.get("RotationPeriodInDays");
            let rotation = period.map(|days| json!([days, seconds(&status["NextRotationDate"])]));
            (json!(rotation), !status["OnDemandRotationStartDate"].is_null())
        }
        Err(code) => (json!(code), false),
    };
    let aliases = ask("ListAliases")?["Aliases"].take();
    let aliases: Vec<_> =
        aliases.as_array().unwrap().iter().map(|alias| alias["AliasName"].clone()).collect();
    let grants = ask("ListGrants")?["Grants"].as_array().unwrap().len();
    let tags = ask("ListResourceTags")?;
    let material = metadata["CurrentKeyMaterialId"].as_str().map(|id| set.number(id));
    Ok(json!({
        "state": metadata["KeyState"],
        "enabled": metadata["Enabled"],
        "description": metadata["Description"],
        "kind": configuration["MultiRegionKeyType"],
        "primary": configuration["PrimaryKey"]["Region"],
        "replicas": replicas,
        "tag": tags["Tags"][0]["TagValue"],
        "rotation": rotation,
        "rotates": rotates,
        "due": seconds(&metadata["DeletionDate"]),
        "days": metadata["PendingDeletionWindowInDays"],
        "expires": metadata["ExpirationModel"],
        "material": material,
        "aliases": aliases,
        "grants": grants,
    }))
}

impl Set {
    /// The number of the material of this name.
    pub fn number(&mut self, id: &str) -> Option<usize> {
        let known = self.ids.iter().find(|(_, known)| *known == id).map(|(number, _)| *number);
        let current = self.materials.last().copied().filter(|it| !self.ids.contains_key(it));
        if let (None, Some(current)) = (known, current) {
            self.ids.insert(current, id.to_owned());
        }
        known.or(current)
    }
}
