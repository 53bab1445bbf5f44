//! Principals of policies that IAM knows no longer: AWS shows their unique ids in their place.

use meridian_resource::{Notice, Problem};

use super::holders::{Holders, before, changes};
use super::{POLICY, SECRET};
use crate::policy;

pub(super) fn notices(secrets: &Holders<'_>) -> Vec<(usize, Notice)> {
    let holders = [SECRET, POLICY].into_iter().flat_map(|name| secrets.of_type(name));
    let told = holders.filter_map(|(subject, holder)| {
        let gone = policy::deleted_principals(before(holder, "policy")?);
        let is_told = holder.is_news || changes(holder, "policy");
        let (first, true) = (gone.first()?, is_told && holder.after.is_some()) else {
            return None;
        };
        let problem = Problem::new(
            format!("the policy names a principal that was deleted, {first}"),
            format!(
                "AWS shows {} where the policy named a role or a user that is there no longer. \
                 One that was made anew under the same name is not meant by it.",
                gone.join(", ")
            ),
        );
        let help = "Take the principal out of the policy. If it was made anew, apply: putting the \
                    policy again makes it mean the new one.";
        Some((subject, Notice::warning(problem.help(help))))
    });
    told.collect()
}
