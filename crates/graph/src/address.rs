//! Addresses of resources and of their instances, as types and never as bare text.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A resource block: `aws_kms_key.orders`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceAddress {
    /// The type's name.
    pub type_name: Arc<str>,
    /// The resource's name.
    pub name: Arc<str>,
}

impl ResourceAddress {
    /// The address of `type_name.name`.
    pub fn new(type_name: &str, name: &str) -> ResourceAddress {
        ResourceAddress { type_name: type_name.into(), name: name.into() }
    }

    /// The instance of this resource under a key.
    pub fn instance(&self, key: Option<InstanceKey>) -> InstanceAddress {
        InstanceAddress { resource: self.clone(), key }
    }
}

impl fmt::Display for ResourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.type_name, self.name)
    }
}

/// What tells instances of a repeated resource apart. Numbers come before text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstanceKey {
    /// Of `count`.
    Index(u64),
    /// Of `for_each`.
    Text(Arc<str>),
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstanceKey::Index(index) => write!(f, "[{index}]"),
            InstanceKey::Text(text) => write!(f, "[\"{}\"]", escape(text)),
        }
    }
}

/// Quotes, backslashes, line ends and template markers as the language escapes them.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => {
                escaped.push(character);
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => plain.push(match rest.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            }),
            '$' | '%' if rest.peek() == Some(&character) => {
                let mut ahead = rest.clone();
                ahead.next();
                if ahead.peek() == Some(&'{') {
                    rest.next();
                }
                plain.push(character);
            }
            other => plain.push(other),
        }
    }
    Some(plain)
}

/// One instance of a resource: `aws_kms_key.orders`, `….orders[0]`, `….orders["eu"]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstanceAddress {
    /// The resource.
    pub resource: ResourceAddress,
    /// Its key, if the resource is repeated.
    pub key: Option<InstanceKey>,
}

impl InstanceAddress {
    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<InstanceAddress> {
        let (address, key) = match text.split_once('[') {
            None => (text, None),
            Some((address, key)) => {
                let key = key.strip_suffix(']')?;
                let key = match key.strip_prefix('"') {
                    Some(quoted) => InstanceKey::Text(unescape(quoted.strip_suffix('"')?)?.into()),
                    None => InstanceKey::Index(key.parse().ok()?),
                };
                (address, Some(key))
            }
        };
        let (type_name, name) = address.split_once('.')?;
        let is_name = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        };
        if !is_name(type_name) || !is_name(name) {
            return None;
        }
        Some(InstanceAddress { resource: ResourceAddress::new(type_name, name), key })
    }
}

impl PartialOrd for InstanceAddress {
    fn partial_cmp(&self, other: &InstanceAddress) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Type, name, then key: the order in which plans list them.
impl Ord for InstanceAddress {
    fn cmp(&self, other: &InstanceAddress) -> Ordering {
        self.resource.cmp(&other.resource).then_with(|| self.key.cmp(&other.key))
    }
}

impl fmt::Display for InstanceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{}{key}", self.resource),
            None => self.resource.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_back_as_they_are_written() {
        for text in [
            "aws_kms_key.a",
            "aws_kms_key.a[0]",
            "aws_kms_key.a[\"eu-west-1\"]",
            "aws_kms_key.a[\"a\\\"b\\\\c$${d}\"]",
            "aws_kms_key.a[\"x[1].y\"]",
        ] {
            let address = InstanceAddress::parse(text).expect(text);
            assert_eq!(address.to_string(), text);
        }
        assert_eq!(InstanceAddress::parse("aws_kms_key"), None);
        assert_eq!(InstanceAddress::parse("aws_kms_key.a[b]"), None);
    }

    #[test]
    fn instances_are_listed_by_number_and_then_by_text() {
        let mut texts = ["t.a[\"x\"]", "t.a[10]", "t.a[9]", "t.a"]
            .map(|text| InstanceAddress::parse(text).expect(text));
        texts.sort();
        assert_eq!(texts.map(|it| it.to_string()), ["t.a", "t.a[9]", "t.a[10]", "t.a[\"x\"]"]);
    }
}
