//! Addresses that are typed, and what is wrong with those that are none.

use meridian_graph::{InstanceAddress, ResourceMode, Target};

/// Names that begin something else than a resource.
const RESERVED: [&str; 10] =
    ["var", "local", "each", "count", "self", "path", "terraform", "template", "lazy", "arg"];

/// A part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'a> {
    Name(&'a str),
    Key,
}

/// Reads an address of a module, a resource or an instance.
///
/// # Errors
/// What is wrong with it, in Terraform's words.
pub fn target(text: &str) -> Result<Target, String> {
    check(&parts(text)?)?;
    Target::parse(text).ok_or_else(|| "This is not an address.".to_owned())
}

/// Reads the address of an object that can be replaced.
///
/// # Errors
/// What is wrong with it, in Terraform's words.
pub fn replaceable(text: &str) -> Result<InstanceAddress, String> {
    match target(text)? {
        Target::Module(_) => Err("A resource instance address is required here. The module path \
                                  must be followed by a resource instance specification."
            .to_owned()),
        Target::Resource(address) if address.resource.mode != ResourceMode::Managed => {
            Err("Only managed resources can be used with the -replace=... option.".to_owned())
        }
        Target::Resource(address) => Ok(address),
    }
}

/// Cuts an address into its parts.
fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let (first, mut rest) = name(text).ok_or("Must begin with a variable name.")?;
    let mut parts = vec![Part::Name(first)];
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix('.') {
            let (next, behind) = name(behind).ok_or("Dot must be followed by attribute name.")?;
            parts.push(Part::Name(next));
            rest = behind;
        } else if let Some(inner) = rest.strip_prefix('[') {
            rest = behind_key(inner)?;
            parts.push(Part::Key);
        } else {
            return Err("Expected an attribute access or an index operator.".to_owned());
        }
    }
    Ok(parts)
}

/// The name at the beginning, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?;
    if !first.is_alphabetic() && first != '_' {
        return None;
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
    Some(text.split_at(end.unwrap_or(text.len())))
}

/// What follows the brackets around a key.
fn behind_key(inner: &str) -> Result<&str, String> {
    let rest = if inner.starts_with('*') {
        return Err("Splat expressions ([*]) may not be used here.".to_owned());
    } else if let Some(quoted) = inner.strip_prefix('"') {
        behind_quote(quoted)?
    } else {
        let end = inner.find(|c: char| !c.is_ascii_digit()).unwrap_or(inner.len());
        if end == 0 {
            return Err("Index brackets must contain either a literal number or a literal string."
                .to_owned());
        }
        if inner[end..].starts_with('.') || inner[..end].parse::<i64>().is_err() {
            return Err(format!(
                "Invalid resource instance key: value must be a whole number, between {} and {}.",
                i64::MIN,
                i64::MAX
            ));
        }
        &inner[end..]
    };
    rest.strip_prefix(']')
        .ok_or_else(|| "Index key must be followed by a closing bracket.".to_owned())
}

fn behind_quote(quoted: &str) -> Result<&str, String> {
    let mut rest = quoted.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        match character {
            '\\' => {
                rest.next();
            }
            '"' => return Ok(&quoted[at + 1..]),
            '$' | '%' => {
                let behind = &quoted[at + 1..];
                let doubled = [character, '{'].iter().collect::<String>();
                if behind.starts_with(&doubled) {
                    rest.next();
                } else if behind.starts_with('{') {
                    return Err(format!(
                        "Template sequences are not allowed in this string. To include a literal \
                         \"{character}\", double it (as \"{character}{character}\") to escape it."
                    ));
                }
            }
            _ => {}
        }
    }
    Err("Unable to find the closing quote mark before the end of the file.".to_owned())
}

/// Whether the parts are those of an address.
fn check(parts: &[Part<'_>]) -> Result<(), String> {
    let mut rest = parts;
    while let [Part::Name("module"), behind @ ..] = rest {
        rest = match behind {
            [Part::Name(_), Part::Key, behind @ ..] | [Part::Name(_), behind @ ..] => behind,
            _ => return Err("Prefix \"module.\" must be followed by a module name.".to_owned()),
        };
        if rest.is_empty() {
            return Ok(());
        }
    }
    match rest {
        [Part::Name(word), ..] if RESERVED.contains(word) => {
            return Err(format!(
                "The keyword \"{word}\" is reserved and cannot be used to target a resource \
                 address. If you are targeting a resource type that uses a reserved keyword, \
                 please prefix your address with \"resource.\"."
            ));
        }
        [Part::Name("data" | "resource" | "ephemeral"), behind @ ..] => rest = behind,
        _ => {}
    }
    match rest {
        [] | [_] => Err("Resource specification must include a resource type and name.".to_owned()),
        [Part::Name(_), Part::Name(_)] | [Part::Name(_), Part::Name(_), Part::Key] => Ok(()),
        [Part::Name(_), Part::Name(_), Part::Name(_), ..] => {
            Err("Resource instance key must be given in square brackets.".to_owned())
        }
        [Part::Name(_), Part::Name(_), ..] => {
            Err("Unexpected extra operators after address.".to_owned())
        }
        _ => Err("A resource name is required.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Terraform 1.11.4 says of each.
    #[test]
    fn what_is_no_address_is_told_in_terraforms_words() {
        const NUMBER: &str = "Index brackets must contain either a literal number or a literal";
        const INCOMPLETE: &str = "Resource specification must include a resource type and name.";
        const DOT: &str = "Dot must be followed by attribute name.";
        for (text, why) in [
            ("", "Must begin with a variable name."),
            ("1", "Must begin with a variable name."),
            ("foo", INCOMPLETE),
            ("data", INCOMPLETE),
            ("data.x", INCOMPLETE),
            ("ephemeral.a", INCOMPLETE),
            ("module.a.data.b", INCOMPLETE),
            ("a.b.c", "Resource instance key must be given in square brackets."),
            ("module", "Prefix \"module.\" must be followed by a module name."),
            ("module[\"x\"].y", "Prefix \"module.\" must be followed by a module name."),
            ("module.", DOT),
            ("a.b.", DOT),
            ("a..b", DOT),
            ("a.0", DOT),
            ("a.b[", NUMBER),
            ("a.b[x]", NUMBER),
            ("a.b[-1]", NUMBER),
            ("a.b[true]", NUMBER),
            ("a.b[0", "Index key must be followed by a closing bracket."),
            ("a.b[1.5]", "Invalid resource instance key: value must be a whole number"),
            ("a.b[99999999999999999999]", "Invalid resource instance key"),
            ("a.b[0][1]", "Unexpected extra operators after address."),
            ("a.b[0].c", "Unexpected extra operators after address."),
            ("a[\"x\"].b", "A resource name is required."),
            ("a b", "Expected an attribute access or an index operator."),
            ("a.b[*]", "Splat expressions ([*]) may not be used here."),
            ("a.b[\"x", "Unable to find the closing quote mark"),
            ("a.b[\"${x}\"]", "Template sequences are not allowed in this string."),
            ("var.x", "The keyword \"var\" is reserved"),
        ] {
            let told = target(text).expect_err(text);
            assert!(told.starts_with(why), "{text}: {told}");
        }
    }

    #[test]
    fn addresses_are_read() {
        for text in [
            "aws_kms_key.a",
            "aws_kms_key.a[0]",
            "aws_kms_key.a[\"x.y\\\"]$${z}\"]",
            "module.a",
            "module.a[\"eu\"].module.b",
            "module.a[0].data.aws_region.here[1]",
            "ephemeral.a.b",
        ] {
            assert_eq!(target(text).expect(text).to_string(), text);
        }
        assert_eq!(target("resource.a.b").map(|it| it.to_string()), Ok("a.b".to_owned()));
    }

    #[test]
    fn only_managed_objects_can_be_replaced() {
        assert!(replaceable("module.m[0].aws_kms_key.a[\"x\"]").is_ok());
        let told = replaceable("data.a.b").expect_err("a data source");
        assert!(told.starts_with("Only managed resources"), "{told}");
        let told = replaceable("module.a").expect_err("a module");
        assert!(told.starts_with("A resource instance address is required here."), "{told}");
    }
}
