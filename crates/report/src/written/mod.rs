//! Configuration that describes objects that are there: the inverse of reading it.
//!
//! What is written is what [`meridian_config::format()`] makes of it, so that a formatter finds
//! nothing to do. Secrets are never in it.

mod expression;

use std::borrow::Cow;

use meridian_config::format;
use meridian_lang::{Kind, Path, Sources, Step, Value};
use meridian_resource::{Attribute, NestedBlock, Nesting, Presence, Schema};

use expression::{expression, json_call, quoted};

/// Finds the expression that stands for a text in an argument: a reference to another resource.
pub type FindReference<'a> = &'a dyn Fn(&str, &str) -> Option<String>;

/// A resource block that describes an object.
#[derive(Clone, Copy)]
pub struct ResourceBlock<'a> {
    /// The resource type's name.
    pub type_name: &'a str,
    /// The resource's name.
    pub name: &'a str,
    /// The provider configuration, such as `aws.west`, where it is not the default one.
    pub provider: Option<&'a str>,
    /// What the type has.
    pub schema: &'a Schema,
    /// The object.
    pub attributes: &'a Value,
    /// Arguments, and elements of those that are maps, that are left out because another resource
    /// sets them.
    pub left_out: &'a [Path],
    /// References to other resources, by argument and text.
    pub references: FindReference<'a>,
}

/// Why a value that the object has is not in its block.
const SECRET: &str = "# The secret is not written here: what it is stays as it is.";
const SET_ELSEWHERE: &str = "# Another resource sets this.";

/// The block, in canonical form. Arguments that the cloud fills in, that are as they would be
/// without being written, or that could not be written so are left out. A secret is
/// `null # sensitive`, and changes of it are ignored, as are those of elements that are left out.
pub fn resource_block(block: &ResourceBlock<'_>) -> String {
    let mut text = format!("resource {} {} {{\n", quoted(block.type_name), quoted(block.name));
    if let Some(provider) = block.provider {
        text.push_str(&format!("provider = {provider}\n"));
    }
    write_body(&mut text, block, block.schema, block.attributes);
    let is_there = |name: &str| block.attributes.get(name).is_some_and(|value| !is_blank(value));
    let secrets = block.schema.attributes.iter().filter(|attribute| is_hidden(attribute));
    let secrets = secrets.map(|attribute| attribute.name);
    let withheld = block.schema.blocks.iter().filter(|nested| needs_a_secret(nested));
    let names = secrets.chain(withheld.map(|nested| nested.name));
    let mut secrets: Vec<String> = names.filter(|name| is_there(name)).map(str::to_owned).collect();
    secrets.sort_unstable();
    write_lifecycle(&mut text, &secrets, &elements_left_out(block));
    text.push_str("}\n");
    canonical(&text)
}

/// An `import` block, in canonical form.
pub fn import_block(to: &str, id: &str) -> String {
    canonical(&format!("import {{\nto = {to}\nid = {}\n}}\n", quoted(id)))
}

/// A provider block for a Region, in canonical form.
pub fn provider_block(name: &str, alias: &str, region: &str) -> String {
    let (name, alias, region) = (quoted(name), quoted(alias), quoted(region));
    canonical(&format!("provider {name} {{\nalias = {alias}\nregion = {region}\n}}\n"))
}

/// The text in a comment: one line, whatever it holds.
pub fn comment_text(text: &str) -> String {
    text.chars().map(|c| if crate::quote::is_hidden(c) { ' ' } else { c }).collect()
}

/// The text as a quoted literal.
pub fn literal_text(text: &str) -> String {
    quoted(text)
}

fn canonical(text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add("generated.tf", text);
    // What cannot be formatted is refused with a place when it is read.
    format(&sources, file).unwrap_or_else(|_| text.to_owned())
}

fn write_lifecycle(text: &mut String, secrets: &[String], set_elsewhere: &[String]) {
    let reasons = [(SECRET, secrets), (SET_ELSEWHERE, set_elsewhere)];
    let reasons: Vec<_> = reasons.iter().filter(|(_, names)| !names.is_empty()).collect();
    if reasons.is_empty() {
        return;
    }
    text.push_str("\nlifecycle {\n");
    for (reason, _) in &reasons {
        text.push_str(&format!("{reason}\n"));
    }
    let names: Vec<&str> =
        reasons.iter().flat_map(|(_, names)| names.iter().map(String::as_str)).collect();
    text.push_str(&format!("ignore_changes = [{}]\n}}\n", names.join(", ")));
}

/// The elements that the object has and its block leaves out, as paths of the language.
fn elements_left_out(block: &ResourceBlock<'_>) -> Vec<String> {
    let elements = block.left_out.iter().filter_map(|path| match path.0.as_slice() {
        [Step::Attribute(name), Step::Key(key)] => Some((name, key)),
        _ => None,
    });
    let there = elements.filter(|(name, key)| {
        let is_written = !is_derived(name) && block.schema.attribute(name).is_some();
        is_written && block.attributes.get(name).is_some_and(|map| map.get(key).is_some())
    });
    there.map(|(name, key)| format!("{name}[{}]", quoted(key))).collect()
}

/// The value without the elements that are left out; none if it is left out itself.
fn kept<'v>(block: &ResourceBlock<'_>, name: &str, value: &'v Value) -> Option<Cow<'v, Value>> {
    let mut kept = Cow::Borrowed(value);
    for path in block.left_out {
        match path.0.as_slice() {
            [Step::Attribute(whole)] if **whole == *name => return None,
            [Step::Attribute(map), Step::Key(key)] if **map == *name => {
                if let Kind::Map(ty, entries) = kept.kind() {
                    let rest = entries.iter().filter(|(other, _)| *other != key);
                    let rest: Vec<_> = rest.map(|(key, it)| (key.clone(), it.clone())).collect();
                    kept = Cow::Owned(Value::map(ty.clone(), rest).mark(kept.marks()));
                }
            }
            _ => {}
        }
    }
    Some(kept)
}

/// Whether an argument follows from the rest: the identity, and tags with those of the provider.
fn is_derived(name: &str) -> bool {
    matches!(name, "id" | "tags_all")
}

fn write_body(text: &mut String, block: &ResourceBlock<'_>, schema: &Schema, object: &Value) {
    for attribute in &schema.attributes {
        let value = object.get(attribute.name);
        let Some(value) = value.and_then(|value| kept(block, attribute.name, value)) else {
            continue;
        };
        if let Some(written) = argument(block, schema, attribute, &value, object) {
            text.push_str(&format!("{} = {written}\n", attribute.name));
        }
    }
    for nested in schema.blocks.iter().filter(|it| !it.settings && !needs_a_secret(it)) {
        let Some(value) = object.get(nested.name).filter(|value| value.is_known()) else {
            continue;
        };
        let elements: Vec<&Value> = match nested.nesting {
            Nesting::Single => Some(value).filter(|value| !value.is_null()).into_iter().collect(),
            Nesting::List | Nesting::Set => value.children().collect(),
        };
        for element in elements {
            text.push_str(&format!("\n{} {{\n", nested.name));
            write_body(text, block, &nested.schema, element);
            text.push_str("}\n");
        }
    }
}

/// The expression of an argument; none if it is left out.
fn argument(
    block: &ResourceBlock<'_>,
    schema: &Schema,
    attribute: &Attribute,
    value: &Value,
    object: &Value,
) -> Option<String> {
    if attribute.presence == Presence::Computed || attribute.write_only {
        return None;
    }
    if is_derived(attribute.name) {
        return None;
    }
    if is_hidden(attribute) || value.is_sensitive() {
        return Some("null # sensitive".to_owned());
    }
    let is_required = attribute.presence == Presence::Required;
    if !is_required && (is_blank(value) || attribute.default.as_ref() == Some(value)) {
        return None;
    }
    // A name and the prefix that it was made from exclude each other.
    let is_prefix_of_given = attribute.name.strip_suffix("_prefix").is_some_and(|whole| {
        schema.attribute(whole).is_some() && object.get(whole).is_some_and(|it| !is_blank(it))
    });
    // What the cloud says where nothing is set, such as a period of 0 days, may be no argument.
    let is_refused = attribute.check.is_some_and(|check| check(attribute.name, value).is_err());
    let is_unwanted = is_prefix_of_given || is_refused || attribute.deprecated.is_some();
    if !is_required && is_unwanted {
        return None;
    }
    if let Some(reference) =
        value.as_str().and_then(|text| (block.references)(attribute.name, text))
    {
        return Some(reference);
    }
    let by_meaning = attribute.equivalent.is_some();
    let call = value.as_str().and_then(|text| json_call(text, by_meaning));
    Some(call.unwrap_or_else(|| expression(value)))
}

fn is_hidden(attribute: &Attribute) -> bool {
    attribute.sensitive && attribute.presence != Presence::Computed && !attribute.write_only
}

/// Whether such a block cannot be written, for want of a secret.
fn needs_a_secret(block: &NestedBlock) -> bool {
    let is_needed = |it: &Attribute| it.sensitive && it.presence == Presence::Required;
    block.schema.attributes.iter().any(is_needed)
}

fn is_blank(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(_) => true,
        Kind::String(text) => text.is_empty(),
        Kind::List(..) | Kind::Set(..) | Kind::Map(..) | Kind::Tuple(_) => {
            value.children().next().is_none()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
