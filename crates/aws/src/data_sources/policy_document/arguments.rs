//! What the blocks of the configuration say.

use meridian_lang::{Path, Step, Type, Value};

use super::document::{Condition, Document, Principals, Statement, Texts};
use super::set_order::ordered;
use super::{ALLOW, OLD_VERSION, Refusal, VERSION};
use crate::go_json::Json;

/// What stands for `${` in arguments, where `${` begins an expression.
const VARIABLE: &str = "&{";

/// The document of the arguments and `statement` blocks.
pub(super) fn document(config: &Value) -> Result<Document, Refusal> {
    let version = config.get_str("version").unwrap_or(VERSION);
    let mut document = Document {
        version: version.to_owned(),
        id: config.get_str("policy_id").unwrap_or_default().to_owned(),
        statements: Vec::new(),
    };
    let blocks = config.get("statement").into_iter().flat_map(Value::children);
    for (position, block) in blocks.enumerate() {
        let block = Block {
            value: block,
            path: Path::attribute("statement").then(Step::Index(position)),
            version,
        };
        let statement = block.statement()?;
        let is_repeated = |other: &Statement| other.sid == statement.sid;
        if !statement.sid.is_empty() && document.statements.iter().any(is_repeated) {
            let summary = format!(
                "writing IAM Policy Document: duplicate Sid ({}). Remove the Sid or ensure the \
                 Sid is unique.",
                statement.sid
            );
            return Err(Refusal::new(block.at("sid"), summary));
        }
        document.statements.push(statement);
    }
    Ok(document)
}

/// The arguments as the provider keeps them: defaults put in, and nothing spelt in one way.
pub(super) fn normalised(config: &Value) -> Value {
    let version = given(config, "version").unwrap_or_else(|| Value::string(VERSION));
    let mut all = config.clone().with("version", version);
    for name in ["override_json", "policy_id", "source_json"] {
        if all.get_str(name) == Some("") {
            all = all.with(name, Value::null(Type::String));
        }
    }
    for name in ["override_policy_documents", "source_policy_documents", "statement"] {
        if let Some(value) = all.get(name)
            && value.as_elements().is_some_and(<[Value]>::is_empty)
        {
            let none = Value::null(value.ty()).mark(value.marks());
            all = all.with(name, none);
        }
    }
    let Some(blocks) = config.get("statement").filter(|blocks| blocks.children().next().is_some())
    else {
        return all;
    };
    let statements: Vec<Value> = blocks.children().map(normalised_statement).collect();
    let element = statements.first().map_or(Type::Dynamic, Value::ty);
    all.with("statement", Value::list(element, statements).mark(blocks.marks()))
}

fn normalised_statement(block: &Value) -> Value {
    let sid = given(block, "sid").unwrap_or_else(|| Value::string(""));
    let effect = given(block, "effect").unwrap_or_else(|| Value::string(ALLOW));
    let names = ["actions", "not_actions", "not_resources", "resources"];
    names.into_iter().fold(block.clone().with("sid", sid).with("effect", effect), |all, name| {
        match given(block, name) {
            Some(_) => all,
            None => all.with(name, Value::set(Type::String, [])),
        }
    })
}

fn given(block: &Value, name: &str) -> Option<Value> {
    block.get(name).filter(|value| !value.is_null()).cloned()
}

/// A `statement` block.
struct Block<'a> {
    value: &'a Value,
    path: Path,
    version: &'a str,
}

impl Block<'_> {
    fn at(&self, argument: &str) -> Path {
        self.path.then(Step::Attribute(argument.into()))
    }

    fn statement(&self) -> Result<Statement, Refusal> {
        let text = |name: &str| self.value.get_str(name).unwrap_or_default().to_owned();
        let effect = self.value.get_str("effect").unwrap_or(ALLOW);
        let actions = |name| self.texts(name).map(Texts::into_json);
        Ok(Statement {
            sid: text("sid"),
            effect: effect.to_owned(),
            actions: actions("actions"),
            not_actions: actions("not_actions"),
            resources: self.resources("resources")?,
            not_resources: self.resources("not_resources")?,
            principals: self.principals("principals")?,
            not_principals: self.principals("not_principals")?,
            conditions: self.conditions()?,
        })
    }

    /// The texts of a set, if it has any.
    fn texts(&self, name: &str) -> Option<Texts> {
        let texts = in_reverse_order(self.value.get(name)?);
        (!matches!(&texts, Texts::Many(texts) if texts.is_empty())).then_some(texts)
    }

    fn resources(&self, name: &str) -> Result<Option<Json>, Refusal> {
        let texts = self.texts(name).map(|texts| self.with_variables(texts));
        let texts = texts.transpose().map_err(|why| self.refusal(name, &why))?;
        Ok(texts.map(Texts::into_json))
    }

    fn principals(&self, name: &str) -> Result<Vec<Principals>, Refusal> {
        let blocks = self.value.get(name).map(ordered).unwrap_or_default();
        let read = |block: &Value| {
            let identifiers = block.get("identifiers").map(in_reverse_order);
            let identifiers = identifiers.unwrap_or(Texts::Many(Vec::new()));
            let kind = block.get_str("type").unwrap_or_default().to_owned();
            let identifiers = self.with_variables(identifiers)?;
            Ok(Principals { kind, identifiers })
        };
        let all: Result<_, String> = blocks.into_iter().map(read).collect();
        all.map_err(|why| self.refusal(name, &format!("reading identifiers: {why}")))
    }

    fn conditions(&self) -> Result<Vec<Condition>, Refusal> {
        let blocks = self.value.get("condition").map(ordered).unwrap_or_default();
        let read = |block: &Value| {
            let texts = block.get("values").map(texts_of).unwrap_or_default();
            let text = |name| block.get_str(name).unwrap_or_default().to_owned();
            Ok(Condition {
                test: text("test"),
                variable: text("variable"),
                values: self.with_variables(Texts::Many(texts).alone())?,
            })
        };
        let all: Result<_, String> = blocks.into_iter().map(read).collect();
        all.map_err(|why| self.refusal("condition", &format!("reading values: {why}")))
    }

    fn refusal(&self, name: &str, why: &str) -> Refusal {
        let help = "Use version \"2012-10-17\" for policies with variables.".to_owned();
        let summary = format!("reading {name}: {why}");
        Refusal { help: Some(help), ..Refusal::new(self.at(name), summary) }
    }

    /// The texts with policy variables in their own spelling.
    fn with_variables(&self, texts: Texts) -> Result<Texts, String> {
        let replace = |text: String| {
            if self.version == OLD_VERSION && text.contains(VARIABLE) {
                return Err(format!(
                    "found {VARIABLE} sequence in ({text}), which is not supported in document \
                     version {OLD_VERSION}"
                ));
            }
            Ok(text.replace(VARIABLE, "${"))
        };
        Ok(match texts {
            Texts::One(text) => Texts::One(replace(text)?),
            Texts::Many(texts) => {
                Texts::Many(texts.into_iter().map(replace).collect::<Result<_, _>>()?)
            }
        })
    }
}

fn texts_of(collection: &Value) -> Vec<String> {
    collection.children().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The provider writes sets from the last text to the first.
fn in_reverse_order(set: &Value) -> Texts {
    let mut texts = texts_of(set);
    texts.sort_by(|a, b| b.cmp(a));
    Texts::Many(texts).alone()
}
