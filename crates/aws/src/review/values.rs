//! Values that someone else has put: seen, told, and never silently overwritten.

use std::collections::HashSet;

use meridian_resource::{Notice, Problem, Reviewed};

use super::VERSION;
use super::holders::{Holders, before};
use crate::resources::version_reading::{ROTATED_TO, SUPERSEDED};
use crate::resources::version_stages::{CURRENT, labels};

pub(super) fn notices(secrets: &Holders<'_>) -> Vec<(usize, Notice)> {
    let versions: Vec<_> = secrets.of_type(VERSION).collect();
    let ours: HashSet<_> = versions
        .iter()
        .filter_map(|(_, version)| {
            Some((secrets.holder_of(version)?, before(version, "version_id")?))
        })
        .collect();
    let told = versions.into_iter().filter_map(|(subject, version)| {
        let rotated_to = version.before?.fact(ROTATED_TO)?;
        let is_ours = secrets.holder_of(version).is_some_and(|it| ours.contains(&(it, rotated_to)));
        let problem = if is_ours { None } else { displaced(version, rotated_to) }?;
        Some((subject, Notice::warning(problem)))
    });
    told.collect()
}

/// What is said of a version in whose place someone else has put a value.
fn displaced(version: &Reviewed<'_>, rotated_to: &str) -> Option<Problem> {
    let (object, after) = (version.before?, version.after?);
    let secret = object.text("secret_id").unwrap_or("the secret");
    let wants_current = || labels(after).contains(&CURRENT);
    let is_new = after.get("version_id").is_none_or(|id| !id.is_known());
    let is_open = after.get("version_stages").is_none_or(|stages| !stages.is_known());
    let keep = "To keep the value that is current now, take the change back and let \
                ignore_changes name the argument";
    if is_new && (is_open || wants_current()) {
        let problem = Problem::new(
            format!("overwrites the current value, version {rotated_to}, which was put outside"),
            format!(
                "The current value of {secret} is version {rotated_to}. It was put outside of \
                 Meridian, by a rotation for instance. This plan puts a new value in its place; it \
                 stays readable as AWSPREVIOUS."
            ),
        );
        return Some(problem.help(format!("{keep}.")));
    }
    if !is_new && wants_current() && !labels(&object.attributes).contains(&CURRENT) {
        let problem = Problem::new(
            format!("takes AWSCURRENT from version {rotated_to}, which was put outside"),
            format!(
                "The current value of {secret} is version {rotated_to}. It was put outside of \
                 Meridian, by a rotation for instance. The configuration says that AWSCURRENT is on \
                 this version, so that this plan makes the old value current again."
            ),
        );
        let help = "To keep the value that is current now, take version_stages out of the \
                    configuration.";
        return Some(problem.help(help));
    }
    if is_new || !version.is_news {
        return None;
    }
    let is_superseded = object.facts.get(SUPERSEDED).and_then(meridian_lang::Value::as_bool);
    let (summary, what) = match is_superseded {
        Some(true) => (
            "the secret's value was put outside, and AWS has dropped this version since",
            "This version had lost its labels, so that AWS has dropped it. It is kept in the state \
             as superseded, and its value is not put again.",
        ),
        _ => (
            "the secret's value was put outside",
            "This version is not current any more. Nothing is done about that.",
        ),
    };
    let problem = Problem::new(
        summary,
        format!(
            "The current value of {secret} is version {rotated_to}, put outside of Meridian, by a \
             rotation for instance. {what} The next apply takes note of it."
        ),
    );
    let help = format!(
        "To put the value of the configuration in its place, apply with -replace={}.",
        version.address
    );
    Some(problem.help(help))
}
