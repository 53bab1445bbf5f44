//! Who sets the policy of a key: the key itself, or one `aws_kms_key_policy`, but not two of them.

use std::collections::BTreeMap;

use meridian_lang::Path;
use meridian_resource::{Notice, Problem, Reviewed};

use super::holders::{Holder, Holders};
use super::{KEY_POLICY, KEYS};
use crate::policy;

/// Each key whose policy two instances set otherwise, at the last of them.
pub(super) fn notices(keys: &Holders<'_>) -> Vec<(usize, Notice)> {
    let mut owners: BTreeMap<Holder<'_>, Vec<usize>> = BTreeMap::new();
    let own = KEYS.iter().flat_map(|name| keys.of_type(name));
    let own = own.map(|(index, key)| (index, key, Some(Holder::Managed(index))));
    let other = keys.of_type(KEY_POLICY).map(|(index, it)| (index, it, keys.holder_of(it)));
    let sets = |it: &Reviewed<'_>| it.sets.iter().any(|name| **name == *"policy");
    for (index, instance, holder) in own.chain(other) {
        let holder = holder.filter(|_| instance.after.is_some() && sets(instance));
        holder.into_iter().for_each(|it| owners.entry(it).or_default().push(index));
    }
    let told = owners.into_iter().filter_map(|(holder, mut owners)| {
        owners.sort_unstable();
        let of = |index: &usize| &keys.instances[*index];
        let owners: Vec<_> = owners.iter().map(|index| (*index, of(index))).collect();
        let [(_, first), .., (last, _)] = &owners[..] else { return None };
        if owners.iter().all(|(_, owner)| agree(owner, first)) {
            return None;
        }
        let names: Vec<String> =
            owners.iter().map(|(_, it)| format!("{}.policy", it.address)).collect();
        let problem = Problem::new(
            format!("{} sets the policy of the same key, too", first.address),
            format!(
                "{} all set the policy of {}. Each apply of one undoes what the other did, so \
                 that plans never end.",
                names.join(" and "),
                key_text(keys, &holder),
            ),
        );
        let help = format!(
            "leave policy out of {}, or put it into its lifecycle.ignore_changes",
            first.address
        );
        Some((*last, Notice::warning(problem.at(Path::attribute("policy")).help(help))))
    });
    told.collect()
}

/// Whether both say the same, so that neither undoes anything.
fn agree(a: &Reviewed<'_>, b: &Reviewed<'_>) -> bool {
    let policy = |it: &Reviewed<'_>| it.after?.get_str("policy").map(str::to_owned);
    policy(a).zip(policy(b)).is_some_and(|(a, b)| policy::equivalent(&a, &b))
}

fn key_text(keys: &Holders<'_>, holder: &Holder<'_>) -> String {
    match holder {
        Holder::Named(region, id) => format!("KMS key {id} in {region}"),
        Holder::Managed(index) => {
            let key = &keys.instances[*index];
            match key.after.and_then(|after| after.get_str("key_id")) {
                Some(id) => format!("KMS key {id} in {}", key.region),
                None => key.address.to_string(),
            }
        }
    }
}
