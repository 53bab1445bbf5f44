//! The order in which the provider goes through a set: that of the decimal digits of checksums.
//! It shows where several blocks speak of the same type of principals or the same variable.

use meridian_lang::Value;

use super::checksum::crc32;

/// The elements in the provider's order.
pub(super) fn ordered(set: &Value) -> Vec<&Value> {
    let mut elements: Vec<(String, &Value)> = set
        .children()
        .map(|element| (crc32(spelt(element).as_bytes()).to_string(), element))
        .collect();
    elements.sort_by(|(a, _), (b, _)| a.cmp(b));
    elements.into_iter().map(|(_, element)| element).collect()
}

/// An element in the form whose checksum counts.
fn spelt(value: &Value) -> String {
    use meridian_lang::Kind;
    match value.kind() {
        Kind::String(text) => format!("{text};"),
        Kind::List(_, elements) => {
            let inner: String = elements.iter().map(spelt).collect();
            format!("({inner});")
        }
        Kind::Set(..) => {
            let inner: String = ordered(value).into_iter().map(spelt).collect();
            format!("{{{inner}}};")
        }
        Kind::Object(attributes) => {
            attributes.iter().map(|(name, value)| format!("{name}:{}", spelt(value))).collect()
        }
        _ => ";".to_owned(),
    }
}
