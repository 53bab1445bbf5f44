//! Tags of secrets: TagResource, UntagResource.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred::{self, Inferred};
use crate::secrets::replication;
use crate::tags::{self, TagProblem, Tags};
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
    let pair = |tag: Tag| {
        let key = tag.key.ok_or_else(|| refusal(&inferred::SECRET_TAGS_NO_KEY))?;
        Ok((key, tag.value.unwrap_or_default()))
    };
    let pairs = added.into_iter().map(pair).collect::<Result<Vec<_>, ApiError>>()?;
    tags::merge(existing, pairs).map_err(|problem| {
        refusal(match problem {
            TagProblem::Duplicate => &inferred::SECRET_TAGS_DUPLICATE,
            TagProblem::TooMany => &inferred::SECRET_TAGS_TOO_MANY,
            TagProblem::Reserved => &inferred::SECRET_TAGS_RESERVED,
        })
    })
}

fn refusal(problem: &'static Inferred) -> ApiError {
    ApiError::inferred(problem, Vec::new())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagResourceInput {
    secret_id: String,
    tags: Vec<Tag>,
}

pub(crate) fn tag_resource(call: &mut Call<'_>, input: TagResourceInput) -> Result<(), ApiError> {
    let address = call.writable_secret(&input.secret_id)?;
    let tags = merge(&call.world.secret(&address).tags, input.tags)?;
    let secret = call.world.secret_mut(&address);
    secret.tags = tags;
    secret.changed = call.now;
    replication::spread(call, &address);
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagResourceInput {
    secret_id: String,
    tag_keys: Vec<String>,
}

pub(crate) fn untag_resource(
    call: &mut Call<'_>,
    input: UntagResourceInput,
) -> Result<(), ApiError> {
    let address = call.writable_secret(&input.secret_id)?;
    let secret = call.world.secret_mut(&address);
    secret.tags.retain(|key, _| !input.tag_keys.contains(key));
    secret.changed = call.now;
    replication::spread(call, &address);
    Ok(())
}
