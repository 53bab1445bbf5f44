//! What the Regions have, and what of it is left out.

use std::collections::{BTreeMap, BTreeSet};

use meridian_aws::discovery::{
    FoundAlias, FoundKey, FoundSecret, KeyAnswer, SecretAnswer, describe_key, describe_secret,
    listed, listings,
};
use meridian_lang::Value;
use meridian_resource::{Answer, Call};
use meridian_state::Snapshot;

use super::session::Session;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// What was found.
#[derive(Default)]
pub struct Survey {
    /// Keys.
    pub keys: Vec<FoundKey>,
    /// Aliases by Region.
    pub aliases: Vec<(String, FoundAlias)>,
    /// Secrets.
    pub secrets: Vec<FoundSecret>,
    /// What is left out and why, one line each.
    pub left_out: Vec<String>,
    looked_into: BTreeSet<String>,
}

impl Survey {
    /// Looks into Regions: everything that they list.
    pub async fn of(
        session: &Session,
        regions: &BTreeSet<String>,
        terminal: &Terminal,
    ) -> Result<Survey, Failure> {
        let calls = regions.iter().flat_map(|region| listings(region)).collect();
        let mut answers = BTreeMap::new();
        for (call, answer) in session.ask(calls).await {
            let answer = answer.map_err(|error| {
                let detail = format!("{call} failed: {error}.");
                Failure::message("A Region cannot be looked into", detail)
            })?;
            answers.insert((call.region, call.operation), answer);
        }
        let nothing = Value::object::<&str>([]);
        let mut survey = Survey { looked_into: regions.clone(), ..Survey::default() };
        let mut calls = Vec::new();
        for region in regions {
            let answer = |operation| answers.get(&(region.clone(), operation)).unwrap_or(&nothing);
            let listed = listed(answer("ListKeys"), answer("ListAliases"), answer("ListSecrets"));
            terminal.note(&format!(
                "{region}: keys: {}, aliases: {}, secrets: {}",
                listed.keys.len(),
                listed.aliases.len(),
                listed.secrets.len()
            ));
            calls.extend(listed.keys.iter().map(|id| describe_key(region, id)));
            calls.extend(listed.secrets.iter().map(|arn| describe_secret(region, arn)));
            survey.aliases.extend(listed.aliases.into_iter().map(|it| (region.clone(), it)));
        }
        let answers = session.ask(calls).await;
        survey.take(answers);
        Ok(survey)
    }

    /// The Regions of the sets that were found and have not been looked into.
    pub fn more_regions(&self) -> BTreeSet<String> {
        let sets = self.keys.iter().filter(|key| key.is_multi_region);
        let regions = sets.flat_map(|key| key.regions.iter().cloned());
        regions.filter(|region| !self.looked_into.contains(region)).collect()
    }

    /// Follows the sets that were found into these Regions: their keys and aliases there, and
    /// nothing else.
    pub async fn follow(
        &mut self,
        session: &Session,
        regions: &BTreeSet<String>,
        terminal: &Terminal,
    ) {
        let sets = self.keys.iter().filter(|key| key.is_multi_region);
        let members: BTreeSet<(String, String)> = sets
            .flat_map(|key| key.regions.iter().map(|region| (region.clone(), key.id.clone())))
            .filter(|(region, _)| regions.contains(region))
            .collect();
        let aliases = regions.iter().map(|region| listings(region)[1].clone());
        let keys = members.iter().map(|(region, id)| describe_key(region, id));
        let answers = session.ask(aliases.chain(keys).collect()).await;
        let (aliases, keys): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|(call, _)| call.operation == "ListAliases");
        let nothing = Value::object::<&str>([]);
        for (call, answer) in aliases {
            match answer {
                Ok(answer) => {
                    let found = listed(&nothing, &answer, &nothing).aliases;
                    let of_set = found.into_iter().filter(|alias| {
                        members.contains(&(call.region.clone(), alias.key_id.clone()))
                    });
                    self.aliases.extend(of_set.map(|alias| (call.region.clone(), alias)));
                }
                Err(error) => {
                    self.left_out.push(format!("aliases in {}: {error}", call.region));
                }
            }
        }
        for region in regions {
            terminal.note(&format!("{region}: replicas of the sets that were found"));
        }
        self.looked_into.extend(regions.iter().cloned());
        self.take(keys);
    }

    fn take(&mut self, answers: Vec<(Call, Answer)>) {
        let mut of_aws: BTreeMap<String, usize> = BTreeMap::new();
        for (call, answer) in answers {
            let region = &call.region;
            let named = call.input.get_str("KeyId").or(call.input.get_str("SecretId"));
            let named = named.unwrap_or_default().to_owned();
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    self.left_out.push(format!("{named} in {region}: {call} failed: {error}"));
                    continue;
                }
            };
            if call.operation == "DescribeSecret" {
                match SecretAnswer::of(region, &answer) {
                    SecretAnswer::Found(secret) => self.secrets.push(*secret),
                    SecretAnswer::LeftOut(why) => {
                        let name = answer.get_str("Name").unwrap_or(&named);
                        self.left_out.push(format!("secret {name} in {region}: {why}"));
                    }
                    SecretAnswer::Nothing => {}
                }
                continue;
            }
            match KeyAnswer::of(region, &answer) {
                KeyAnswer::Found(key) => self.keys.push(*key),
                KeyAnswer::OfAws => *of_aws.entry(region.clone()).or_default() += 1,
                KeyAnswer::Leaving(why) => {
                    self.left_out.push(format!("key {named} in {region}: {why}"));
                }
                KeyAnswer::Nothing => {}
            }
        }
        self.left_out.extend(
            of_aws
                .into_iter()
                .map(|(region, count)| format!("keys that AWS manages in {region}: {count}")),
        );
    }

    /// Leaves out what a state has, and keys of single Regions unless they are asked for. Aliases
    /// go with their keys.
    pub fn keep_unmanaged(&mut self, state: Option<&Snapshot>, with_single_region_keys: bool) {
        let objects = state.into_iter().flat_map(|state| &state.objects);
        let whole = objects.filter(|object| {
            object.type_name.starts_with("aws_kms_")
                || object.type_name == "aws_secretsmanager_secret"
        });
        let managed: BTreeSet<&str> =
            whole.filter_map(|object| object.attributes.get_str("arn")).collect();
        let known: BTreeSet<(String, String)> =
            self.keys.iter().map(|key| (key.region.clone(), key.id.clone())).collect();
        let single: BTreeSet<(String, String)> = self
            .keys
            .iter()
            .filter(|key| !key.is_multi_region && !with_single_region_keys)
            .map(|key| (key.region.clone(), key.id.clone()))
            .collect();
        let single_count = single.len();
        self.keys.retain(|key| {
            let is_single = single.contains(&(key.region.clone(), key.id.clone()));
            !is_single && !managed.contains(&*key.arn)
        });
        self.aliases.retain(|(region, alias)| {
            let key = (region.clone(), alias.key_id.clone());
            known.contains(&key) && !single.contains(&key) && !managed.contains(&*alias.arn)
        });
        self.secrets.retain(|secret| !managed.contains(&*secret.arn));
        if single_count > 0 {
            self.left_out.push(format!(
                "keys of a single Region: {single_count}; -single-region-keys takes them, too"
            ));
        }
        self.left_out.sort();
    }
}
