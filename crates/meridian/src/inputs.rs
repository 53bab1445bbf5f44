//! Values of the root module's variables: from files, the environment, the command line and,
//! where nobody has said anything, from whoever sits at the terminal.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_config::{Config, Variable, VariableOption, Variables};
use meridian_lang::{Diagnostics, Marks, Type, Value};

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{environment, questions};

/// What is said of a variable without a value.
const MISSING: &str = "No value for required variable";

/// Gives each variable a value. Those that nothing gives a value are asked for, if that is
/// allowed and there is anyone to ask.
///
/// # Errors
/// Nobody has answered.
pub fn values(
    config: &mut Config,
    options: &[VariableOption],
    input: bool,
    terminal: &Terminal,
) -> Result<Variables, Failure> {
    let before = config.clone();
    let given = meridian_config::variables(config, &environment::variables(), options);
    let mut missing: Vec<Variable> = missing(config, &given.diagnostics).cloned().collect();
    if missing.is_empty() || !questions::may_ask(input) {
        return Ok(given);
    }
    missing.sort_by(|a, b| a.name.text.cmp(&b.name.text));
    let mut options = options.to_vec();
    for variable in missing {
        let answer = questions::ask_variable(&variable, terminal)?;
        options.push(VariableOption::Value(format!("{}={answer}", variable.name.text)));
    }
    *config = before;
    Ok(meridian_config::variables(config, &environment::variables(), &options))
}

/// The same for a look at values only: a variable without a value is unknown.
pub fn values_if_given(config: &mut Config, options: &[VariableOption]) -> Variables {
    let given = meridian_config::variables(config, &environment::variables(), options);
    let Variables { mut values, diagnostics } = given;
    for variable in missing(config, &diagnostics) {
        values.insert(variable.name.text.clone(), unknown(variable));
    }
    let diagnostics = diagnostics.into_iter().filter(|it| it.summary != MISSING).collect();
    Variables { values, diagnostics }
}

/// Values of which nothing is known but their types and marks.
pub fn unknown_values(config: &Config) -> BTreeMap<Arc<str>, Value> {
    let variables = config.root().variables.iter();
    variables.map(|variable| (variable.name.text.clone(), unknown(variable))).collect()
}

fn unknown(variable: &Variable) -> Value {
    let ty = if variable.typed { variable.ty.clone() } else { Type::Dynamic };
    let mut marks = if variable.sensitive { Marks::SENSITIVE } else { Marks::NONE };
    if variable.ephemeral {
        marks |= Marks::EPHEMERAL;
    }
    Value::unknown(ty).mark(marks)
}

/// The variables that were found to have no value.
fn missing<'c>(config: &'c Config, found: &Diagnostics) -> impl Iterator<Item = &'c Variable> {
    let places: Vec<_> =
        found.iter().filter(|it| it.summary == MISSING).filter_map(|it| it.span).collect();
    let variables = config.root().variables.iter();
    variables.filter(move |variable| places.contains(&variable.span))
}
