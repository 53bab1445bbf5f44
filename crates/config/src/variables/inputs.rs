//! Where values come from, before anyone has looked at their types.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use meridian_lang::{Diagnostic, Diagnostics, FileId, ModulePath, Span, Type};

use super::VariableOption;
use crate::content::Content;
use crate::json::{self, Json};
use crate::model::{Config, Variable};
use crate::reader::Reader;
use crate::syntax::{parse_body, parse_expression};

/// What was given for a variable.
pub(super) enum Given {
    /// A text that is meant as it stands.
    Text(String),
    /// An expression in a source.
    Expression(FileId, Expression),
    /// A value in a JSON file.
    Json(FileId, Json),
    /// Something unreadable, which has been reported.
    Invalid,
}

/// Who gave it.
pub(super) enum Origin {
    Environment,
    CommandLine,
    Question,
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
    ask: &mut dyn FnMut(&Variable) -> Option<String>,
) -> (BTreeMap<Arc<str>, Input>, Diagnostics) {
    let mut inputs = Inputs { config, all: BTreeMap::new(), diagnostics: Diagnostics::new() };
    for (key, text) in environment {
        if let Some(name) = key.strip_prefix("TF_VAR_") {
            inputs.text(name, text, Origin::Environment);
        }
    }
    inputs.automatic_files();
    inputs.command_line(command_line);
    inputs.missing(ask);
    (inputs.all, inputs.diagnostics)
}

/// The last value that the command line gives for each name.
pub(super) fn gather_named(
    config: &mut Config,
    command_line: &[VariableOption],
) -> (BTreeMap<Arc<str>, Input>, Diagnostics) {
    let mut inputs = Inputs { config, all: BTreeMap::new(), diagnostics: Diagnostics::new() };
    inputs.command_line(command_line);
    (inputs.all, inputs.diagnostics)
}

struct Inputs<'c> {
    config: &'c mut Config,
    all: BTreeMap<Arc<str>, Input>,
    diagnostics: Diagnostics,
}

impl Inputs<'_> {
    fn command_line(&mut self, options: &[VariableOption]) {
        for option in options {
            match option {
                VariableOption::Value(assignment) => self.assignment(assignment),
                VariableOption::File(path) => self.named_file(path),
            }
        }
    }

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
        let file = self.config.sources.add_values(&format!("<value for var.{name}>"), text.trim());
        let given = match parse_expression(&self.config.sources, file) {
            Ok(expression) => Given::Expression(file, expression),
            Err(errors) => {
                self.diagnostics.extend(errors);
                Given::Invalid
            }
        };
        self.put(name, given, origin);
    }

    /// Asks for what has no value yet, unless a value may be in a file that could not be read.
    fn missing(&mut self, ask: &mut dyn FnMut(&Variable) -> Option<String>) {
        let root = self.config.modules.get(&ModulePath::root()).cloned();
        let Some(root) = root.filter(|_| !self.diagnostics.has_errors()) else {
            return;
        };
        let known = |variable: &&Variable| self.all.contains_key(&variable.name.text);
        let without = root.variables.iter().filter(|it| it.default.is_none() && !known(it));
        let mut without: Vec<&Variable> = without.collect();
        without.sort_by(|a, b| a.name.text.cmp(&b.name.text));
        for variable in without {
            if let Some(answer) = ask(variable) {
                self.text(&variable.name.text, &answer, Origin::Question);
            }
        }
    }

    fn assignment(&mut self, assignment: &str) {
        const SUMMARY: &str = "Invalid -var option";
        let Some((name, text)) = assignment.split_once('=') else {
            self.fail(
                SUMMARY,
                // What was given may be the value alone.
                "A -var option is not correctly specified. Must be a variable name and value \
                 separated by an equals sign, like -var=\"key=value\"."
                    .to_owned(),
            );
            return;
        };
        if name.ends_with(' ') {
            let meant = name.trim_end();
            self.fail(
                SUMMARY,
                format!(
                    "Variable name {name:?} is invalid due to trailing space. Did you mean \
                     -var=\"{meant}=...\"?"
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
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let file = self.config.sources.add_values(name, text);
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
                    reader.diagnostics.push(misplaced_declaration(&variable.text, name).at(place));
                }
                _ => {
                    let summary = format!("Unexpected {:?} block", block.name());
                    reader.error(place, summary, "Blocks are not allowed here.");
                }
            }
        }
        for attribute in body.attributes() {
            let span = reader.span(file, &attribute.value);
            let origin = Origin::File { file: name.to_owned(), span };
            self.put(&attribute.key, Given::Expression(file, attribute.value.clone()), origin);
        }
        self.diagnostics.extend(reader.diagnostics);
    }

    fn json_file(&mut self, file: FileId, name: &str) {
        let value = match json::read(&self.config.sources, file) {
            Ok(value) => value,
            Err(errors) => {
                self.diagnostics.extend(errors);
                return;
            }
        };
        let properties = json::values(&self.config.sources, file, value, &mut self.diagnostics);
        for property in properties {
            let place = property.value.place.clone();
            let span = Span::new(file, place.start, place.end);
            if let ("variable", json::Kind::Object(declared)) =
                (&*property.name.text, &property.value.kind)
                && let Some(first) = declared.first()
            {
                let place = property.value.opening();
                let error = misplaced_declaration(&first.name.text, name);
                self.diagnostics.push(error.at(Span::new(file, place.start, place.end)));
                continue;
            }
            let origin = Origin::File { file: name.to_owned(), span };
            self.put(&property.name.text, Given::Json(file, property.value), origin);
        }
    }
}

fn misplaced_declaration(variable: &str, file: &str) -> Diagnostic {
    let detail = format!(
        "A .tfvars file is used to assign values to variables that have already been declared in \
         .tf files, not to declare new variables. To declare variable {variable:?}, place this \
         block in one of your .tf files, such as variables.tf.\n\nTo set a value for this \
         variable in {file}, use the definition syntax instead:\n    {variable} = <value>"
    );
    Diagnostic::error("Variable declaration in .tfvars file", detail)
}
