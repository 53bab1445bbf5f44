//! Tags of secrets: TagResource, UntagResource.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::secrets::replication;
use crate::tags::{self, LengthBound, TagProblem, Tags};
use crate::validate;
use crate::world::Call;

/// A tag as Secrets Manager spells it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    key: Option<String>,
    value: Option<String>,
}

/// The list that the API makes of tags.
pub(crate) fn list(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag {
        key: Some(key.clone()),
        value: Some(value.clone()),
    };
    tags.iter().map(tag).collect()
}

/// The tags of a secret after more were put on it.
pub(crate) fn merge(existing: &Tags, added: Vec<Tag>) -> Result<Tags, ApiError> {
    let pairs =
        added.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()));
    tags::merge(existing, pairs).map_err(refusal)
}

fn refusal(problem: TagProblem) -> ApiError {
    match problem {
        TagProblem::Duplicate => ApiError::inferred(&inferred::SECRET_TAGS_DUPLICATE, Vec::new()),
        TagProblem::TooMany => ApiError::inferred(&inferred::SECRET_TAGS_TOO_MANY, Vec::new()),
        TagProblem::Reserved => ApiError::inferred(&inferred::SECRET_TAGS_RESERVED, Vec::new()),
        TagProblem::KeyLength { index, key, bound } => {
            let rule = match bound {
                LengthBound::AtLeast(_) => "Member must have length greater than or equal to 1",
                LengthBound::AtMost(_) => "Member must have length less than or equal to 128",
            };
            ApiError::constraint(&format!("tags.{index}.member.key"), Some(&key), rule)
        }
        TagProblem::ValueLength { index, value } => ApiError::constraint(
            &format!("tags.{index}.member.value"),
            Some(&value),
            "Member must have length less than or equal to 256",
        ),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagResourceInput {
    secret_id: Option<String>,
    tags: Option<Vec<Tag>>,
}

pub(crate) fn tag_resource(call: &mut Call<'_>, input: TagResourceInput) -> Result<(), ApiError> {
    let added = validate::required("tags", input.tags)?;
    let address = call.writable_secret(input.secret_id)?;
    let tags = merge(&call.world.secret(&address).tags, added)?;
    let secret = call.world.secret_mut(&address);
    secret.tags = tags;
    secret.changed = call.now;
    replication::spread(call, &address);
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagResourceInput {
    secret_id: Option<String>,
    tag_keys: Option<Vec<String>>,
}

pub(crate) fn untag_resource(
    call: &mut Call<'_>,
    input: UntagResourceInput,
) -> Result<(), ApiError> {
    let removed = validate::required("tagKeys", input.tag_keys)?;
    let address = call.writable_secret(input.secret_id)?;
    let secret = call.world.secret_mut(&address);
    secret.tags.retain(|key, _| !removed.contains(key));
    secret.changed = call.now;
    replication::spread(call, &address);
    Ok(())
}
