//! Where values come from, before anyone has looked at their types.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use meridian_lang::{Diagnostic, Diagnostics, FileId, Sources, Span, Type};
use serde_json::Value as Json;

use super::VariableOption;
use crate::content::Content;
use crate::model::Config;
use crate::reader::Reader;
use crate::syntax::{parse_body, parse_expression};

/// What was given for a variable.
pub(super) enum Given {
    /// A text that is meant as it stands.
    Text(String),
    /// An expression in a source.
    Expression(FileId, Expression),
    /// A value in a JSON file.
    Json(Json),
    /// Something unreadable, which has been reported.
    Invalid,
}

/// Who gave it.
pub(super) enum Origin {
    Environment,
    CommandLine,
    File { file: String, span: Span },
}

/// A value for a variable.
pub(super) struct Input {
    pub(super) given: Given,
    pub(super) origin: Origin,
}

/// The last value given for each name.
pub(super) fn gather(
    config: &mut Config,
    environment: &[(String, String)],
    command_line: &[VariableOption],
) -> (BTreeMap<Arc<str>, Input>, Diagnostics) {
    let mut inputs = Inputs { config, all: BTreeMap::new(), diagnostics: Diagnostics::new() };
    for (key, text) in environment {
        if let Some(name) = key.strip_prefix("TF_VAR_") {
            inputs.text(name, text, Origin::Environment);
        }
    }
    inputs.automatic_files();
    for option in command_line {
        match option {
            VariableOption::Value(assignment) => inputs.assignment(assignment),
            VariableOption::File(path) => inputs.named_file(path),
        }
    }
    (inputs.all, inputs.diagnostics)
}

struct Inputs<'c> {
    config: &'c mut Config,
    all: BTreeMap<Arc<str>, Input>,
    diagnostics: Diagnostics,
}

impl Inputs<'_> {
    fn put(&mut self, name: &str, given: Given, origin: Origin) {
        self.all.insert(name.into(), Input { given, origin });
    }

    fn fail(&mut self, summary: &str, detail: String) {
        self.diagnostics.push(Diagnostic::error(summary, detail));
    }

    /// A text from the environment or the command line: an expression, if the variable is of a type
    /// whose values cannot be told otherwise.
    fn text(&mut self, name: &str, text: &str, origin: Origin) {
        let declared =
            self.config.root().variables.iter().find(|variable| &*variable.name.text == name);
        let literal = declared.is_none_or(|variable| {
            variable.ty.is_primitive() || (variable.ty == Type::Dynamic && !variable.typed)
        });
        if literal {
            self.put(name, Given::Text(text.to_owned()), origin);
            return;
        }
        let file = self.config.sources.add(&format!("<value for var.{name}>"), text.trim());
        let given = match parse_expression(&self.config.sources, file) {
            Ok(expression) => Given::Expression(file, expression),
            Err(errors) => {
                self.diagnostics.extend(errors);
                Given::Invalid
            }
        };
        self.put(name, given, origin);
    }

    fn assignment(&mut self, assignment: &str) {
        const SUMMARY: &str = "Invalid -var option";
        let Some((name, text)) = assignment.split_once('=') else {
            self.fail(
                SUMMARY,
                format!(
                    "The given -var option {assignment:?} is not correctly specified. Must be a \
                     variable name and value separated by an equals sign, like \
                     -var=\"key=value\"."
                ),
            );
            return;
        };
        if name.ends_with(' ') {
            let meant = name.trim_end();
            self.fail(
                SUMMARY,
                format!(
                    "Variable name {name:?} is invalid due to trailing space. Did you mean \
                     -var=\"{meant}={text}\"?"
                ),
            );
            return;
        }
        self.text(name, text, Origin::CommandLine);
    }

    /// The files that are read without being asked for.
    fn automatic_files(&mut self) {
        let folder = self.config.folder.clone();
        let mut names: Vec<String> = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"))
            .collect();
        names.sort();
        for name in ["terraform.tfvars", "terraform.tfvars.json"]
            .into_iter()
            .chain(names.iter().map(String::as_str))
        {
            let path = folder.join(name);
            if path.is_file() {
                self.file(&path, name);
            }
        }
    }

    fn named_file(&mut self, path: &Path) {
        let name = path.display().to_string();
        if path.exists() {
            self.file(path, &name);
        } else {
            self.fail(
                "Failed to read variables file",
                format!("Given variables file {name} does not exist."),
            );
        }
    }

    fn file(&mut self, path: &Path, name: &str) {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.fail(
                    "Failed to read variables file",
                    format!("Error while reading {name}: {error}."),
                );
                return;
            }
        };
        let file = self.config.sources.add(name, text.strip_prefix('\u{feff}').unwrap_or(&text));
        if name.ends_with(".json") {
            self.json_file(file, name);
            return;
        }
        match parse_body(&self.config.sources, file) {
            Ok(body) => self.assignments(file, name, &body),
            Err(errors) => self.diagnostics.extend(errors),
        }
    }

    fn assignments(&mut self, file: FileId, name: &str, body: &Body) {
        let sources = self.config.sources.clone();
        let mut reader = Reader::new(&sources);
        let content = Content::of_body(file, body, Span::new(file, 0, 0));
        for block in &content.blocks {
            let place = block.header(&reader);
            match &block.labels(&reader)[..] {
                [variable] if block.name() == "variable" => {
                    let variable = &variable.text;
                    let detail = format!(
                        "A .tfvars file is used to assign values to variables that have already \
                         been declared in .tf files, not to declare new variables. To declare \
                         variable {:?}, place this block in one of your .tf files, such as \
                         variables.tf.\n\nTo set a value for this variable in {name}, use the \
                         definition syntax instead:\n    {variable} = <value>",
                        &**variable
                    );
                    reader.error(place, "Variable declaration in .tfvars file", detail);
                }
                _ => {
                    let summary = format!("Unexpected {:?} block", block.name());
                    reader.error(place, summary, "Blocks are not allowed here.");
                }
            }
        }
        for argument in &content.arguments {
            let origin = Origin::File { file: name.to_owned(), span: argument.value_span(&reader) };
            self.put(argument.name(), Given::Expression(file, argument.value().clone()), origin);
        }
        self.diagnostics.extend(reader.diagnostics);
    }

    fn json_file(&mut self, file: FileId, name: &str) {
        let parsed: Result<Json, _> = serde_json::from_str(self.config.sources.text(file));
        let entries = match parsed {
            Ok(Json::Object(entries)) => entries,
            Ok(_) => {
                self.fail(
                    "Root value must be object",
                    format!("The root value of {name} must be a JSON object."),
                );
                return;
            }
            Err(error) => {
                let span = line_span(&self.config.sources, file, error.line());
                let detail = format!("This is not valid JSON: {error}.");
                self.diagnostics.push(Diagnostic::error("Invalid JSON", detail).at(span));
                return;
            }
        };
        for (variable, value) in entries {
            let span = key_span(&self.config.sources, file, &variable);
            let origin = Origin::File { file: name.to_owned(), span };
            let given = if has_template(&value) {
                let detail = "The text has a template sequence in it. Use a file in the native \
                    syntax, or write \"$${\" for a literal \"${\".";
                self.diagnostics.push(
                    Diagnostic::error("Templates in JSON are not supported yet", detail).at(span),
                );
                Given::Invalid
            } else {
                Given::Json(without_escapes(value))
            };
            self.put(&variable, given, origin);
        }
    }
}

/// Whether any text in it has a template sequence.
fn has_template(json: &Json) -> bool {
    match json {
        Json::String(text) => {
            let bare = text.replace("$${", "").replace("%%{", "");
            bare.contains("${") || bare.contains("%{")
        }
        Json::Array(elements) => elements.iter().any(has_template),
        Json::Object(entries) => entries.values().any(has_template),
        _ => false,
    }
}

/// The same with escaped template sequences resolved.
fn without_escapes(json: Json) -> Json {
    match json {
        Json::String(text) => Json::String(text.replace("$${", "${").replace("%%{", "%{")),
        Json::Array(elements) => elements.into_iter().map(without_escapes).collect(),
        Json::Object(entries) => {
            entries.into_iter().map(|(key, value)| (key, without_escapes(value))).collect()
        }
        other => other,
    }
}

/// Where a key stands in a JSON text.
fn key_span(sources: &Sources, file: FileId, key: &str) -> Span {
    let quoted = format!("{key:?}");
    let start = sources.text(file).find(&quoted).unwrap_or(0);
    Span::new(file, start, start + quoted.len())
}

fn line_span(sources: &Sources, file: FileId, line: usize) -> Span {
    let text = sources.text(file);
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    Span::new(file, start, start + length)
}
