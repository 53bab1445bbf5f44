//! The provider `random`: values that are drawn once and then kept.

mod bytes;
mod id;
mod integer;
mod password;
mod pet;
mod rules;
mod shuffle;
mod text;
mod uuid;

use meridian_lang::Type;
use meridian_resource::Attribute;

use crate::family::Family;
use crate::kept::{Kept, texts_by_key};

/// The provider.
pub(crate) fn provider() -> Family {
    Family::new(
        "random",
        "registry.terraform.io/hashicorp/random",
        vec![
            Kept::boxed(bytes::RandomBytes),
            Kept::boxed(id::RandomId),
            Kept::boxed(integer::RandomInteger),
            Kept::boxed(text::RandomText::PASSWORD),
            Kept::boxed(pet::RandomPet),
            Kept::boxed(shuffle::RandomShuffle),
            Kept::boxed(text::RandomText::STRING),
            Kept::boxed(uuid::RandomUuid),
        ],
    )
    .with_ephemeral(vec![Box::new(password::EphemeralPassword::new())])
}

/// The argument whose change asks for a new value.
fn keepers() -> Attribute {
    Attribute::optional("keepers", texts_by_key())
}

/// The identity that the state knows a value by.
fn id() -> Attribute {
    Attribute::computed("id", Type::String)
}

#[cfg(test)]
mod tests;
