//! Texts that keep to rules: so many characters of each class.

use meridian_lang::Value;
use meridian_resource::CloudError;
use zeroize::Zeroizing;

use super::draw::Draw;
use super::{amount, invalid};
use crate::arguments::{flag, text};

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const NUMERIC: &str = "0123456789";
const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Draws a text: of each class its least number, the rest from all classes that are asked for,
/// and all of it shuffled.
pub(super) fn draw(input: &Value, draw: &mut Draw<'_>) -> Result<Zeroizing<String>, CloudError> {
    let length = amount(input, "length")?;
    let special = match text(input, "override_special") {
        "" => SPECIAL,
        given => given,
    };
    let classes = [
        ("upper", "min_upper", UPPER),
        ("lower", "min_lower", LOWER),
        ("numeric", "min_numeric", NUMERIC),
        ("special", "min_special", special),
    ];
    let mut drawn = Zeroizing::new(Vec::with_capacity(length));
    let mut all = Vec::new();
    for (name, least, characters) in classes {
        let characters: Vec<char> = characters.chars().collect();
        let least = amount(input, least)?;
        if drawn.len() + least > length {
            return Err(invalid("the length is less than the sum of the least numbers"));
        }
        take(&mut drawn, &characters, least, draw)?;
        if flag(input, name) {
            all.extend(characters);
        }
    }
    let rest = length - drawn.len();
    if rest > 0 && all.is_empty() {
        return Err(invalid("there is no character to take: all classes are left out"));
    }
    take(&mut drawn, &all, rest, draw)?;
    draw.shuffle(&mut drawn)?;
    let size = drawn.iter().map(|character| character.len_utf8()).sum();
    // Growing would leave a copy of the beginning behind.
    let mut text = Zeroizing::new(String::with_capacity(size));
    text.extend(drawn.iter());
    Ok(text)
}

fn take(
    drawn: &mut Vec<char>,
    characters: &[char],
    count: usize,
    draw: &mut Draw<'_>,
) -> Result<(), CloudError> {
    for _ in 0..count {
        drawn.push(characters[draw.index(characters.len())?]);
    }
    Ok(())
}
