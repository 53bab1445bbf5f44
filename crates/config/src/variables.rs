//! Values of input variables: from files, the environment and the command line.

mod inputs;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use meridian_lang::{Diagnostic, Diagnostics, Marks, Value, convert};

use crate::model::{Config, Variable};
use crate::reader::Reader;

use inputs::{Given, Input, Origin, gather, gather_named};

/// A value given on the command line.
#[derive(Clone, PartialEq, Eq)]
pub enum VariableOption {
    /// `-var NAME=VALUE`
    Value(String),
    /// `-var-file PATH`
    File(PathBuf),
}

/// Never shows a value: it may be a secret.
impl fmt::Debug for VariableOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VariableOption::Value(text) => {
                let name = text.split_once('=').map_or("", |(name, _)| name);
                f.debug_tuple("Value").field(&name).finish()
            }
            VariableOption::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// What came of giving the variables their values.
#[derive(Clone, Debug)]
pub struct Variables {
    /// A value for each variable, of its type and with its marks; complete only without errors.
    pub values: BTreeMap<Arc<str>, Value>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// Gives each variable of `config` its value. Later sources win over earlier ones: the environment
/// (`TF_VAR_name`), `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and
/// `*.auto.tfvars.json` in the order of their names, then the command line in its own order.
/// The files that are read become sources of `config`.
pub fn variables(
    config: &mut Config,
    environment: &[(String, String)],
    command_line: &[VariableOption],
) -> Variables {
    variables_asking(config, environment, command_line, &mut |_| None)
}

/// The same, but for each variable without any value someone is asked, in the order of the names.
/// The answer is read as one on the command line is; without one the variable is an error.
pub fn variables_asking(
    config: &mut Config,
    environment: &[(String, String)],
    command_line: &[VariableOption],
    ask: &mut dyn FnMut(&Variable) -> Option<String>,
) -> Variables {
    let (inputs, mut diagnostics) = gather(config, environment, command_line, ask);
    let unreadable = diagnostics.has_errors();
    let mut values = BTreeMap::new();
    let mut reader = Reader::new(&config.sources);
    for variable in &config.root().variables {
        let value = match inputs.get(&variable.name.text) {
            Some(input) => given_value(&mut reader, variable, input),
            // What is missing may be in a file that could not be read.
            None if variable.default.is_none() && unreadable => None,
            None => default_value(&mut reader, variable),
        };
        if let Some(value) = value {
            values.insert(variable.name.text.clone(), value.mark(marks(variable)));
        }
    }
    report_undeclared(&mut reader, config, &inputs);
    diagnostics.extend(reader.diagnostics);
    Variables { values, diagnostics }
}

/// The values that the command line alone gives, without those of variables that it does not name.
/// The files that are read become sources of `config`.
pub fn variables_named(config: &mut Config, command_line: &[VariableOption]) -> Variables {
    let (inputs, mut diagnostics) = gather_named(config, command_line);
    let mut values = BTreeMap::new();
    let mut reader = Reader::new(&config.sources);
    for variable in &config.root().variables {
        let input = inputs.get(&variable.name.text);
        if let Some(value) = input.and_then(|input| given_value(&mut reader, variable, input)) {
            values.insert(variable.name.text.clone(), value.mark(marks(variable)));
        }
    }
    report_undeclared(&mut reader, config, &inputs);
    diagnostics.extend(reader.diagnostics);
    Variables { values, diagnostics }
}

fn marks(variable: &Variable) -> Marks {
    let mut marks = Marks::NONE;
    if variable.sensitive {
        marks |= Marks::SENSITIVE;
    }
    if variable.ephemeral {
        marks |= Marks::EPHEMERAL;
    }
    marks
}

fn default_value(reader: &mut Reader<'_>, variable: &Variable) -> Option<Value> {
    if variable.default.is_none() {
        let detail = format!(
            "The root module input variable {:?} is not set, and has no default value. Use a -var \
             or -var-file command line argument to provide a value for this variable.",
            &*variable.name.text
        );
        reader.error(variable.span, "No value for required variable", detail);
    }
    variable.default.clone()
}

fn given_value(reader: &mut Reader<'_>, variable: &Variable, input: &Input) -> Option<Value> {
    let value = match &input.given {
        Given::Text(text) => Value::string(text),
        Given::Expression(file, expression) => reader.constant(*file, expression)?,
        Given::Json(file, value) => reader.constant(*file, value)?,
        Given::Invalid => return None,
    };
    let address = format!("var.{}", variable.name.text);
    let value = match convert(&value, &variable.ty) {
        Ok(value) => value,
        Err(error) => {
            report_unsuitable(
                reader,
                variable,
                input,
                "Invalid value for input variable",
                &address,
                "declared",
                &error.to_string(),
            );
            return None;
        }
    };
    if value.is_null() && !variable.nullable {
        if variable.default.is_none() {
            report_unsuitable(
                reader,
                variable,
                input,
                "Required variable not set",
                &address,
                "defined",
                "required variable may not be set to null",
            );
        }
        return variable.default.clone();
    }
    Some(value)
}

fn report_unsuitable(
    reader: &mut Reader<'_>,
    variable: &Variable,
    input: &Input,
    summary: &str,
    address: &str,
    declared: &str,
    why: &str,
) {
    let name = &variable.name.text;
    let declaration = reader.place(variable.span);
    let (span, detail) = match &input.origin {
        Origin::File { span, .. } => (
            *span,
            format!(
                "The given value is not suitable for {address} {declared} at {declaration}: \
                 {why}."
            ),
        ),
        Origin::Environment => (
            variable.span,
            format!(
                "Unsuitable value for {address} set using the TF_VAR_{name} environment variable: \
                 {why}."
            ),
        ),
        Origin::Question => (
            variable.span,
            format!("Unsuitable value for {address} set using an interactive prompt: {why}."),
        ),
        Origin::CommandLine => (
            variable.span,
            format!("Unsuitable value for {address} set using -var=\"{name}=...\": {why}."),
        ),
    };
    reader.error(span, summary, detail);
}

/// Says which values belong to no variable; for the environment that is as it should be.
fn report_undeclared(reader: &mut Reader<'_>, config: &Config, inputs: &BTreeMap<Arc<str>, Input>) {
    const SHOWN: usize = 2;
    let mut unshown = 0;
    let mut shown = 0;
    let declared: HashSet<&str> =
        config.root().variables.iter().map(|variable| &*variable.name.text).collect();
    for (name, input) in inputs {
        if declared.contains(&**name) {
            continue;
        }
        match &input.origin {
            Origin::Environment | Origin::Question => {}
            Origin::CommandLine => {
                let detail = format!(
                    "A variable named {:?} was assigned on the command line, but the root module \
                     does not declare a variable of that name. To use this value, add a \
                     \"variable\" block to the configuration.",
                    &**name
                );
                reader.diagnostics.push(Diagnostic::error("Value for undeclared variable", detail));
            }
            Origin::File { .. } if shown == SHOWN => unshown += 1,
            Origin::File { file, .. } => {
                shown += 1;
                let detail = format!(
                    "The root module does not declare a variable named {:?} but a value was found \
                     in file {file:?}. If you meant to use this value, add a \"variable\" block \
                     to the configuration.\n\nTo silence these warnings, use TF_VAR_... \
                     environment variables to provide certain \"global\" settings to all \
                     configurations in your organization. To reduce the verbosity of these \
                     warnings, use the -compact-warnings option.",
                    &**name
                );
                reader
                    .diagnostics
                    .push(Diagnostic::warning("Value for undeclared variable", detail));
            }
        }
    }
    if unshown > 0 {
        let detail = format!(
            "In addition to the other similar warnings shown, {unshown} other variable(s) defined \
             without being declared."
        );
        reader.diagnostics.push(Diagnostic::warning("Values for undeclared variables", detail));
    }
}
