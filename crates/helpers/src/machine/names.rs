//! Names: of pets, and UUIDs.

use std::sync::LazyLock;

use meridian_lang::Value;
use meridian_resource::CloudError;
use petname::Petnames;

use super::draw::Draw;
use super::invalid;
use crate::arguments::{text, whole};

/// The short lists: the words that the provider has.
static WORDS: LazyLock<Petnames<'static>> = LazyLock::new(Petnames::small);

/// More words than this are no name.
const MOST_WORDS: i64 = 10_000;

/// A name of `length` words with `separator` between: adverbs, an adjective and an animal. One
/// word is an animal; less than one is taken for two, as in the provider.
pub(super) fn draw(input: &Value, draw: &mut Draw<'_>) -> Result<String, CloudError> {
    let length = whole(input, "length").filter(|length| *length <= MOST_WORDS);
    let length = length.ok_or_else(|| invalid("no such number of words"))?;
    let length = usize::try_from(length).ok().filter(|length| *length > 0).unwrap_or(2);
    let words = &*WORDS;
    let mut name = Vec::with_capacity(length);
    for place in (0..length).rev() {
        let list = match place {
            0 => &words.nouns,
            1 => &words.adjectives,
            _ => &words.adverbs,
        };
        name.push(list[draw.index(list.len())?].to_lowercase());
    }
    Ok(name.join(text(input, "separator")))
}

/// The text of a UUID of version 4 from random bytes.
pub(super) fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}
