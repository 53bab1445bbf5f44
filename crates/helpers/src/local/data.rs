//! The data sources `local_file` and `local_sensitive_file`: the content of a file.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, Call, DataError, DataSource, Place, Problem, Schema};

use super::{CHECKSUMS, hide_hashes};
use crate::arguments::{member, taken};
use crate::calls;
use crate::kept::mark_secrets;

/// A data source that reads a file.
pub(crate) struct FileContent {
    name: &'static str,
    is_sensitive: bool,
    schema: Schema,
}

impl FileContent {
    /// The data source `local_file`.
    pub(crate) fn plain() -> FileContent {
        FileContent::new("local_file", false)
    }

    /// The data source `local_sensitive_file`.
    pub(crate) fn sensitive() -> FileContent {
        FileContent::new("local_sensitive_file", true)
    }

    fn new(name: &'static str, is_sensitive: bool) -> FileContent {
        let contents = ["content", "content_base64"].map(|name| {
            let content = Attribute::computed(name, Type::String);
            if is_sensitive { content.sensitive() } else { content }
        });
        let mut attributes: Vec<Attribute> =
            CHECKSUMS.map(|name| Attribute::computed(name, Type::String)).into();
        attributes.extend(contents);
        attributes.push(Attribute::required("filename", Type::String));
        attributes.push(Attribute::computed("id", Type::String));
        attributes.sort_by_key(|attribute| attribute.name);
        FileContent { name, is_sensitive, schema: Schema { attributes, ..Schema::default() } }
    }
}

impl DataSource for FileContent {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn reads(&self, _place: &Place, config: &Value) -> Vec<Call> {
        let input = [
            ("filename", member(config, "filename")),
            ("secret", Value::bool(self.is_sensitive)),
            ("with_content", Value::bool(true)),
        ];
        vec![calls::look(calls::READ_FILE, input)]
    }

    /// A path is no content.
    fn shows(&self, _: &str, _: &str) -> bool {
        false
    }

    fn observe(
        &self,
        _place: &Place,
        config: &Value,
        answers: &[Answer],
    ) -> Result<Value, DataError> {
        match answers.first() {
            Some(Ok(answer)) => {
                let object = taken(config.clone(), answer, ["content", "content_base64"]);
                let object = taken(object, answer, CHECKSUMS);
                let object = object.with("id", member(answer, "content_sha1"));
                let object = mark_secrets(&self.schema, object);
                Ok(if self.is_sensitive { hide_hashes(object) } else { object })
            }
            Some(Err(error)) => Err(DataError::Problem(Box::new(Problem::new(
                "Read local file data source error",
                format!("The file at given path cannot be read.\n\n{}", error.message),
            )))),
            None => Ok(config.clone()),
        }
    }
}
