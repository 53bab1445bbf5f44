//! Tags of keys: TagResource, UntagResource, ListResourceTags.

use serde::{Deserialize, Serialize, Serializer};

use crate::error::ApiError;
use crate::paging::page;
use crate::tags::{self, TagProblem, Tags};
use crate::validate;
use crate::world::Call;

/// A tag as KMS spells it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    tag_key: String,
    tag_value: String,
}

/// The tags of a key after more were put on it.
pub(crate) fn merge(existing: &Tags, added: Vec<Tag>) -> Result<Tags, ApiError> {
    let pairs = added.into_iter().map(|tag| (tag.tag_key, tag.tag_value));
    tags::merge(existing, pairs).map_err(refusal)
}

/// Writes tags as the list that KMS makes of them.
pub(crate) fn serialize<S: Serializer>(tags: &Tags, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tags.iter().map(Tag::from))
}

impl From<(&String, &String)> for Tag {
    fn from((key, value): (&String, &String)) -> Self {
        Self { tag_key: key.clone(), tag_value: value.clone() }
    }
}

fn refusal(problem: TagProblem) -> ApiError {
    let tag_exception = |message| ApiError::new("TagException", message);
    match problem {
        TagProblem::Duplicate => tag_exception("Duplicate tag keys"),
        TagProblem::TooMany => tag_exception("Too many tags"),
        TagProblem::Reserved => tag_exception("Tags beginning with aws: are reserved"),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagResourceInput {
    key_id: Option<String>,
    tags: Option<Vec<Tag>>,
}

pub(crate) fn tag_resource(call: &mut Call<'_>, input: TagResourceInput) -> Result<(), ApiError> {
    let added = validate::required("tags", input.tags)?;
    let address = call.key_for("TagResource", input.key_id)?;
    let tags = merge(&call.world.key(&address).tags, added)?;
    call.world.key_mut(&address).tags = tags;
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagResourceInput {
    key_id: Option<String>,
    tag_keys: Option<Vec<String>>,
}

pub(crate) fn untag_resource(
    call: &mut Call<'_>,
    input: UntagResourceInput,
) -> Result<(), ApiError> {
    let removed = validate::required("tagKeys", input.tag_keys)?;
    let address = call.key_for("UntagResource", input.key_id)?;
    call.world.key_mut(&address).tags.retain(|key, _| !removed.contains(key));
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListResourceTagsInput {
    key_id: Option<String>,
    limit: Option<i64>,
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListResourceTagsOutput {
    tags: Vec<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

pub(crate) fn list_resource_tags(
    call: &mut Call<'_>,
    input: ListResourceTagsInput,
) -> Result<ListResourceTagsOutput, ApiError> {
    let limit = validate::limit("limit", input.limit, 50, 50)?;
    let address = call.find_key(input.key_id)?;
    let tags = call.world.key(&address).tags.iter();
    let page = page(tags, |(key, _)| key, limit, input.marker.as_deref())?;
    Ok(ListResourceTagsOutput {
        tags: page.items.into_iter().map(Tag::from).collect(),
        truncated: page.next.is_some(),
        next_marker: page.next,
    })
}
