//! `aws_iam_policy_document`: a policy put together from blocks and other documents. It is
//! rendered byte by byte as hashicorp/aws 5.100.0 renders it.

mod arguments;
mod checksum;
mod decode;
mod document;
mod encode;
mod set_order;
mod validate;

use meridian_lang::{Path, Step, Type, Value};
use meridian_resource::{
    Answer, Attribute, DataError, DataSource, NestedBlock, Nesting, Place, Problem, Schema,
};

use super::with_attributes;
use crate::checks;
use document::Document;

/// The version of the policy language that does without policy variables.
const OLD_VERSION: &str = "2008-10-17";
/// The version of the policy language where none is given.
const VERSION: &str = "2012-10-17";
/// The effect of a statement where none is given.
const ALLOW: &str = "Allow";

pub(super) struct PolicyDocument {
    schema: Schema,
}

impl PolicyDocument {
    pub(super) fn new() -> PolicyDocument {
        PolicyDocument { schema: schema() }
    }
}

fn block(name: &'static str, nesting: Nesting, schema: Schema) -> NestedBlock {
    NestedBlock { name, nesting, max: 0, schema, key: None, settings: false }
}

fn schema() -> Schema {
    let texts = || Type::list(Type::String);
    let superseded =
        |name, why| Attribute::optional(name, Type::String).check(empty).deprecated(why);
    Schema {
        version: 0,
        attributes: vec![
            Attribute::optional_computed("id", Type::String),
            Attribute::computed("json", Type::String),
            Attribute::computed("minified_json", Type::String),
            superseded(
                "override_json",
                "override_json is deprecated. This argument is retained only for backward \
                 compatibility with previous versions of this data source.",
            ),
            Attribute::optional("override_policy_documents", texts()),
            Attribute::optional("policy_id", Type::String),
            superseded(
                "source_json",
                "source_json is deprecated. This argument is retained only for backward \
                 compatibility with previous versions of this data source.",
            ),
            Attribute::optional("source_policy_documents", texts()),
            Attribute::optional("version", Type::String)
                .default(Value::string(VERSION))
                .check(|name, value| checks::one_of(name, value, &[OLD_VERSION, VERSION])),
        ],
        blocks: vec![block("statement", Nesting::List, statement_schema())],
    }
}

fn statement_schema() -> Schema {
    let texts = |name| Attribute::optional(name, Type::set(Type::String));
    let condition = Schema {
        attributes: vec![
            Attribute::required("test", Type::String),
            Attribute::required("values", Type::list(Type::String)),
            Attribute::required("variable", Type::String),
        ],
        ..Schema::default()
    };
    let principals = Schema {
        attributes: vec![
            Attribute::required("identifiers", Type::set(Type::String)),
            Attribute::required("type", Type::String),
        ],
        ..Schema::default()
    };
    Schema {
        version: 0,
        attributes: vec![
            texts("actions"),
            Attribute::optional("effect", Type::String).default(Value::string(ALLOW)),
            texts("not_actions"),
            texts("not_resources"),
            texts("resources"),
            Attribute::optional("sid", Type::String),
        ],
        blocks: vec![
            block("condition", Nesting::Set, condition),
            block("not_principals", Nesting::Set, principals.clone()),
            block("principals", Nesting::Set, principals),
        ],
    }
}

/// Arguments that version 5 of the provider keeps only to refuse them.
fn empty(name: &str, value: &Value) -> checks::Verdict {
    match value.as_str() {
        None | Some("") => Ok(()),
        Some(text) => Err(format!("expected {name:?} to be an empty string: got {text}")),
    }
}

/// Why there is no document.
struct Refusal {
    path: Path,
    summary: String,
    help: Option<String>,
}

impl Refusal {
    fn new(path: Path, summary: String) -> Refusal {
        Refusal { path, summary, help: None }
    }

    /// The same for the user, without what is sensitive.
    fn problem(self, config: &Value) -> Problem {
        let argument = self.path.0.iter().take(1).cloned().collect();
        let is_secret = config.at(&Path(argument)).is_some_and(|it| !it.deep_marks().is_none());
        let summary =
            if is_secret { "writing IAM Policy Document".to_owned() } else { self.summary };
        let detail = if is_secret {
            "The document cannot be made. What is wrong is not shown: the argument is sensitive."
        } else {
            "The document cannot be made."
        };
        let problem = Problem::new(summary, detail).at(self.path);
        match self.help {
            Some(help) => problem.help(help),
            None => problem,
        }
    }
}

/// The documents that a list of texts holds. Empty ones count for nothing.
fn listed(
    config: &Value,
    argument: &'static str,
    word: &str,
    mut take: impl FnMut(Document) -> Result<(), String>,
) -> Result<(), Refusal> {
    let texts = config.get(argument).into_iter().flat_map(Value::children);
    for (position, text) in texts.enumerate() {
        let Some(text) = text.as_str().filter(|text| !text.is_empty()) else {
            continue;
        };
        let path = Path::attribute(argument).then(Step::Index(position));
        let refusal = |why: String| {
            let head = format!("writing IAM Policy Document: merging {word} document {position}");
            Refusal::new(path.clone(), format!("{head}: {why}"))
        };
        let document = decode::document(text).map_err(|refused| Refusal {
            help: refused.help.map(str::to_owned),
            ..refusal(refused.message)
        })?;
        take(document).map_err(refusal)?;
    }
    Ok(())
}

/// The sources, then what the blocks say, then what overrides both.
fn assemble(config: &Value) -> Result<Document, Refusal> {
    let mut merged = Document::default();
    let mut seen = Vec::new();
    listed(config, "source_policy_documents", "source", |source| {
        source.refuse_repeated_sids(&mut seen)?;
        merged.merge(source);
        Ok(())
    })?;
    merged.merge(arguments::document(config)?);
    listed(config, "override_policy_documents", "override", |document| {
        merged.merge(document);
        Ok(())
    })?;
    Ok(merged)
}

impl DataSource for PolicyDocument {
    fn name(&self) -> &'static str {
        "aws_iam_policy_document"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        validate::problems(config)
    }

    fn observe(&self, _: &Place, config: &Value, _: &[Answer]) -> Result<Value, DataError> {
        let document = assemble(config)
            .map_err(|refusal| DataError::Problem(Box::new(refusal.problem(config))))?;
        let json = encode::document(document);
        let text = json.to_indented_text();
        let id = checksum::crc32(text.as_bytes()).to_string();
        Ok(with_attributes(
            &arguments::normalised(config),
            [
                ("id", Value::string(id)),
                ("json", Value::string(text)),
                ("minified_json", Value::string(json.to_text())),
            ],
        ))
    }
}
