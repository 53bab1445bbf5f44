//! Policies and tags that two resources manage, each putting back what the first has done.

use meridian_resource::{Notice, Problem};

use super::holders::{Holder, Holders, changes};
use super::{POLICY, TAG};
use crate::policy;

pub(super) fn notices(secrets: &Holders<'_>) -> Vec<(usize, Notice)> {
    let mut notices = policies(secrets);
    notices.extend(tags(secrets));
    notices
}

/// A secret that sets its policy, while a resource of its own has the policy, too.
fn policies(secrets: &Holders<'_>) -> Vec<(usize, Notice)> {
    let owners = secrets.of_type(POLICY);
    let told = owners.filter_map(|(_, owner)| {
        let Some(Holder::Managed(subject)) = secrets.holder_of(owner) else {
            return None;
        };
        let secret = secrets.instances.get(subject)?;
        let set = secret.after?.get("policy")?;
        let text = set.as_str().filter(|text| !policy::is_blank(text))?;
        let theirs = owner.after?.get("policy").and_then(|it| it.as_str());
        let agrees = theirs.is_some_and(|theirs| policy::equivalent(theirs, text));
        if agrees || !changes(secret, "policy") {
            return None;
        }
        let problem = Problem::new(
            format!("{} manages the policy of this secret, too", owner.address),
            format!(
                "A secret has one policy. The argument policy of {} and {} say two different ones, \
                 so that each apply puts back what the last has done.",
                secret.address, owner.address
            ),
        );
        let help = "Keep one of the two: take the argument policy out of the secret, or the \
                    resource aws_secretsmanager_secret_policy out of the configuration.";
        Some((subject, Notice::warning(problem.help(help))))
    });
    told.collect()
}

/// A secret that takes off a tag, while a resource of its own puts it on.
fn tags(secrets: &Holders<'_>) -> Vec<(usize, Notice)> {
    let owners = secrets.of_type(TAG);
    let told = owners.filter_map(|(_, owner)| {
        let Some(Holder::Managed(subject)) = secrets.holder_of(owner) else {
            return None;
        };
        let secret = secrets.instances.get(subject)?;
        let key = owner.after?.get_str("key")?;
        let had = secret.before?.attributes.get("tags_all")?.get(key)?;
        // While defaults and own tags are not put together yet, the own ones tell.
        let tags = ["tags_all", "tags"].into_iter().filter_map(|name| secret.after?.get(name));
        let tags = tags.filter(|tags| tags.is_known()).collect::<Vec<_>>();
        if tags.first()?.get(key) == Some(had) {
            return None;
        }
        // The name of a tag may be a secret, too.
        let is_secret = owner.after?.get("key")?.is_sensitive();
        let (tag, name) = match is_secret {
            true => ("a tag".to_owned(), "it"),
            false => (format!("the tag {key}"), key),
        };
        let problem = Problem::new(
            format!("changes {tag}, which {} manages", owner.address),
            format!(
                "The tags of {} do not have {name} as {} puts it, so that each apply undoes what \
                 the last has done.",
                secret.address, owner.address
            ),
        );
        let help = "Add lifecycle { ignore_changes = [tags] } to the secret, or give it the tag \
                    and take the resource aws_secretsmanager_tag out of the configuration.";
        Some((subject, Notice::warning(problem.help(help))))
    });
    told.collect()
}
