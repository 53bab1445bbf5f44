//! A rotation that may begin before the secret has a value. A function that finds none fails, and
//! leaves a rotation that does not end.

use meridian_resource::{Notice, Problem, Reviewed};

use super::holders::{Holder, Holders};
use super::{ROTATION, VERSION};

pub(super) fn notices(secrets: &Holders<'_>) -> Vec<(usize, Notice)> {
    let versions: Vec<_> = secrets.of_type(VERSION).collect();
    let is_begun = |rotation: &Reviewed<'_>| {
        let immediate = rotation.after.and_then(|it| it.get("rotate_immediately"));
        rotation.before.is_none() && immediate.and_then(|it| it.as_bool()) != Some(false)
    };
    let rotations = secrets.of_type(ROTATION);
    let told = rotations.filter(|(_, it)| is_begun(it)).filter_map(|(subject, rotation)| {
        let secret = secrets.holder_of(rotation)?;
        let of_secret = versions.iter().filter(|(_, it)| {
            it.after.is_some() && secrets.holder_of(it).as_ref() == Some(&secret)
        });
        let (kept, coming): (Vec<_>, Vec<_>) = of_secret.partition(|(_, it)| it.before.is_some());
        if !kept.is_empty() {
            return None;
        }
        let is_awaited =
            |version: &Reviewed<'_>| rotation.references.contains(&version.address.resource);
        let problem = match coming.first() {
            Some(_) if coming.iter().any(|(_, it)| is_awaited(it)) => return None,
            Some((_, version)) => {
                let block = version.address.resource.config();
                problem(format!(
                    "Its first value is put by {block}, for which the rotation does not wait."
                ))
                .help(format!("Add depends_on = [{block}] to the rotation."))
            }
            None => match secret {
                Holder::Managed(index) if secrets.instances.get(index)?.before.is_none() => {
                    problem("Nothing in the configuration puts a value into the new secret.".into())
                        .help(
                            "Put a first value with aws_secretsmanager_secret_version, set \
                             rotate_immediately = false, or see that the function makes the value.",
                        )
                }
                _ => return None,
            },
        };
        Some((subject, Notice::warning(problem)))
    });
    told.collect()
}

fn problem(why: String) -> Problem {
    Problem::new(
        "the rotation may begin before the secret has a value",
        format!(
            "{why} A function that finds no value fails, and the secret cannot be rotated until \
             that rotation has come to an end."
        ),
    )
}
