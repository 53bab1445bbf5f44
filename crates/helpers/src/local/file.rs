//! `local_file` and `local_sensitive_file`: a file with this content.

use meridian_lang::{Marks, Path, Type, Value};
use meridian_resource::{
    Answer, Attribute, Call, CloudError, ErrorClass, Object, Problem, ReplacementOrder, Schema,
};

use super::{CHECKSUMS, hide_hashes};
use crate::arguments::{member, members, taken};
use crate::calls;
use crate::kept::is_new;
use crate::problems::exactly_one_of;
use crate::recipe::Recipe;

/// A type of files.
pub(crate) struct LocalFile {
    name: &'static str,
    is_sensitive: bool,
    /// The permission of files and folders that are not told otherwise.
    permission: &'static str,
    /// The arguments of which one gives the content.
    contents: &'static [&'static str],
}

const PERMISSIONS: [&str; 2] = ["directory_permission", "file_permission"];

impl LocalFile {
    /// The type `local_file`.
    pub(crate) const PLAIN: LocalFile = LocalFile {
        name: "local_file",
        is_sensitive: false,
        permission: "0777",
        contents: &["content", "sensitive_content", "content_base64", "source"],
    };
    /// The type `local_sensitive_file`.
    pub(crate) const SENSITIVE: LocalFile = LocalFile {
        name: "local_sensitive_file",
        is_sensitive: true,
        permission: "0700",
        contents: &["content", "content_base64", "source"],
    };

    /// Whether an argument of the content is a secret.
    fn hides(&self, name: &str) -> bool {
        name == "sensitive_content" || (self.is_sensitive && name != "source")
    }

    /// Whether the content of a file of these attributes is a secret.
    fn holds_secret(&self, attributes: &Value) -> bool {
        let is_secret = |name: &&str| {
            let content = attributes.get(name).filter(|content| !content.is_null());
            let is_marked = |content: &Value| content.deep_marks().contains(Marks::SENSITIVE);
            // The path of a source may be a secret, and says nothing of what is there.
            content.is_some_and(|it| self.hides(name) || (*name != "source" && is_marked(it)))
        };
        self.is_sensitive || self.contents.iter().any(is_secret)
    }

    /// The attributes with marks on the hashes of a secret content.
    fn with_hidden_hashes(&self, attributes: Value) -> Value {
        if self.holds_secret(&attributes) { hide_hashes(attributes) } else { attributes }
    }
}

/// The permission must be three or four octal digits.
fn check_permission(config: &Value, name: &str) -> Option<Problem> {
    let value = config.get(name)?;
    let given = value.as_str()?;
    let is_octal = given.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    let rule = match given.len() {
        3 if is_octal => return None,
        4 if is_octal && given.starts_with('0') => return None,
        3 | 4 => "string must be expressed in octal numeric notation",
        _ => "string length should be 3 or 4 digits",
    };
    let given = if value.is_sensitive() { "(sensitive value)" } else { given };
    let detail = format!("bad mode permission: {rule}: {given}");
    let problem = Problem::new("Invalid File Permission String Value", detail);
    Some(problem.at(Path::attribute(name)))
}

impl Recipe for LocalFile {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> Schema {
        let mut attributes: Vec<Attribute> =
            CHECKSUMS.map(|name| Attribute::computed(name, Type::String)).into();
        attributes.push(Attribute::computed("id", Type::String));
        attributes.push(Attribute::required("filename", Type::String).replaces());
        attributes.extend(PERMISSIONS.map(|name| {
            Attribute::optional_computed(name, Type::String)
                .replaces()
                .default(Value::string(self.permission))
        }));
        attributes.extend(self.contents.iter().map(|name| {
            let content = Attribute::optional(name, Type::String).replaces();
            if self.hides(name) { content.sensitive() } else { content }
        }));
        Schema { attributes, ..Schema::default() }
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let mut problems = exactly_one_of(config, self.contents);
        problems.extend(PERMISSIONS.iter().filter_map(|name| check_permission(config, name)));
        problems
    }

    /// Two files of one name cannot be.
    fn replacement_order(&self, prior: &Object, planned: &Value) -> ReplacementOrder {
        let filename = member(planned, "filename");
        if filename.is_known() && filename.as_str() != prior.text("filename") {
            ReplacementOrder::CreateFirst
        } else {
            ReplacementOrder::DeleteFirst
        }
    }

    fn create(&self, wanted: &Value) -> Call {
        let contents = self.contents.iter().filter_map(|name| {
            let value = member(wanted, name);
            let value = if self.hides(name) { value.mark(Marks::SENSITIVE) } else { value };
            let name = if *name == "sensitive_content" { "content" } else { name };
            (!value.is_null()).then_some((name, value))
        });
        let others = members(wanted, ["directory_permission", "file_permission", "filename"]);
        calls::make(calls::WRITE_FILE, others.into_iter().chain(contents))
    }

    fn remove(&self, observed: &Object) -> Call {
        let input =
            [("filename", observed.attribute("filename")), ("sha1", observed.attribute("id"))];
        calls::make(calls::REMOVE_FILE, input)
    }

    fn plan(&self, _prior: Option<&Object>, _config: &Value, proposed: Value) -> Value {
        self.with_hidden_hashes(proposed)
    }

    fn fill(&self, wanted: Value, answer: &Value) -> Value {
        if answer.get("content_sha1").is_none() {
            return wanted;
        }
        let filled = taken(wanted, answer, CHECKSUMS).with("id", member(answer, "content_sha1"));
        self.with_hidden_hashes(filled)
    }

    /// What this run has written is not read again: another object may have the same name, as
    /// in the provider, and the next run sees it.
    fn reads(&self, object: &Object) -> Vec<Call> {
        if is_new(object) {
            return Vec::new();
        }
        vec![calls::look(calls::READ_FILE, [("filename", object.attribute("filename"))])]
    }

    /// A file with another content is another file.
    fn observe(&self, prior: &Object, answers: &[Answer]) -> Result<Option<Object>, CloudError> {
        let is_there = match answers.first() {
            // Without the state's key nothing is known that it could differ from.
            Some(Ok(_)) if !prior.attribute("id").is_known() => true,
            Some(Ok(answer)) => answer.get_str("content_sha1") == prior.text("id"),
            Some(Err(error)) if error.class == ErrorClass::NotFound => false,
            Some(Err(error)) => return Err(error.clone()),
            None => true,
        };
        // Earlier versions have kept the hashes in clear.
        let attributes = self.with_hidden_hashes(prior.attributes.clone());
        Ok(is_there.then(|| Object { attributes, facts: prior.facts.clone() }))
    }

    /// Terraform keeps the hashes in clear.
    fn taken_over(&self, object: Object) -> Object {
        Object { attributes: self.with_hidden_hashes(object.attributes), facts: object.facts }
    }

    fn failure(&self, call: &Call) -> Option<&'static str> {
        match (call.operation, self.is_sensitive) {
            (calls::WRITE_FILE, false) => Some("Create local file error"),
            (calls::WRITE_FILE, true) => Some("Create local sensitive file error"),
            (calls::REMOVE_FILE, false) => Some("Delete local file error"),
            (calls::REMOVE_FILE, true) => Some("Delete local sensitive file error"),
            _ => None,
        }
    }
}
