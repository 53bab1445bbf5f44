//! Numbers, keywords and strings.

use meridian_lang::{Number, nearest};

use super::places::escape;
use super::read::Reader;
use super::{Json, Kind, Name};

impl Reader<'_> {
    pub(super) fn number(&mut self) -> Option<Json> {
        let place = self.tokens.read().place;
        let digits = &self.text[place.clone()];
        let magnitude = digits.strip_prefix('-').unwrap_or(digits);
        match Number::parse(magnitude).filter(|_| is_number(magnitude)) {
            Some(number) => {
                let number = if magnitude.len() < digits.len() { number.neg() } else { number };
                Some(Json { place, kind: Kind::Number(number) })
            }
            None => {
                self.report(
                    place,
                    "Invalid JSON number",
                    "There is a syntax error in the given JSON number.",
                );
                None
            }
        }
    }

    pub(super) fn keyword(&mut self) -> Option<Json> {
        let place = self.tokens.read().place;
        let kind = match &self.text[place.clone()] {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "null" => Kind::Null,
            word => {
                let detail = match word {
                    "undefined" | "NaN" | "Infinity" => {
                        format!("The JavaScript identifier {word:?} cannot be used in JSON.")
                    }
                    _ => match nearest(word, ["true", "false", "null"]) {
                        Some(meant) => {
                            format!("{word:?} is not a valid JSON keyword. Did you mean {meant:?}?")
                        }
                        None => format!("{word:?} is not a valid JSON keyword."),
                    },
                };
                self.report(place, "Invalid JSON keyword", detail);
                return None;
            }
        };
        Some(Json { place, kind })
    }

    pub(super) fn string(&mut self) -> Option<Name> {
        let place = self.tokens.read().place;
        match unescape(&self.text[place.clone()]) {
            Ok(text) => Some(Name { text: text.into(), place }),
            Err(at) => {
                let start = place.start + at;
                let length = self.text[start..].chars().next().map_or(0, char::len_utf8);
                self.report(
                    start..start + length,
                    "Invalid JSON string",
                    "There is a syntax error in the given JSON string.",
                );
                None
            }
        }
    }
}

/// Whether a text without a sign is a number by the grammar of JSON.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

/// What a string in its quotes stands for, or at which byte it is wrong.
fn unescape(quoted: &str) -> Result<String, usize> {
    let mut result = String::with_capacity(quoted.len());
    let mut at = 1;
    while let Some(character) = quoted[at..].chars().next() {
        match character {
            '"' => return Ok(result),
            '\\' => at += escape(&quoted[at..], &mut result).map_err(|bad| at + bad)?,
            control if control < ' ' => return Err(at),
            other => {
                result.push(other);
                at += other.len_utf8();
            }
        }
    }
    // Without a closing quote, the last character is shown.
    Err(quoted.char_indices().last().map_or(0, |(last, _)| last))
}
