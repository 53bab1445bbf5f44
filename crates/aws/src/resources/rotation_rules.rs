//! When a secret is rotated: the block `rotation_rules`, and how AWS tells it.

use meridian_lang::{Path, Step, Type, Value};
use meridian_resource::{Attribute, NestedBlock, Nesting, Problem, Schema};

use super::conflicts::is_given;
use super::members::{answered, answered_text, given};
use crate::checks;

/// The block's name.
pub const BLOCK: &str = "rotation_rules";

const DAYS: &str = "automatically_after_days";
const SCHEDULE: &str = "schedule_expression";
const DURATION: &str = "duration";

/// The block.
pub fn block() -> NestedBlock {
    NestedBlock {
        name: BLOCK,
        nesting: Nesting::List,
        max: 1,
        key: None,
        settings: false,
        schema: Schema {
            version: 0,
            attributes: vec![
                Attribute::optional(DAYS, Type::Number).check(days),
                Attribute::optional(DURATION, Type::String).check(duration),
                Attribute::optional(SCHEDULE, Type::String).check(schedule),
            ],
            blocks: Vec::new(),
        },
    }
}

fn path_of(argument: &str) -> String {
    format!("{BLOCK}.0.{argument}")
}

fn days(_: &str, value: &Value) -> Result<(), String> {
    checks::whole(DAYS, value)?;
    checks::in_range(&path_of(DAYS), value, 1, 1000)
}

/// The provider looks for one allowed character anywhere.
fn holds_one(
    argument: &str,
    value: &Value,
    pattern: &str,
    is_allowed: fn(char) -> bool,
) -> Result<(), String> {
    match value.as_str() {
        Some(text) if !text.contains(is_allowed) => {
            let path = path_of(argument);
            Err(format!(
                "expected value of {path} to match regular expression {pattern:?}, got {text}"
            ))
        }
        _ => Ok(()),
    }
}

fn duration(_: &str, value: &Value) -> Result<(), String> {
    holds_one(DURATION, value, "[0-9h]+", |c| c.is_ascii_digit() || c == 'h')
}

fn schedule(_: &str, value: &Value) -> Result<(), String> {
    holds_one(SCHEDULE, value, r"[0-9A-Za-z\(\)#\?\*\-\/, ]+", |c| {
        c.is_ascii_alphanumeric() || "()#?*-/, ".contains(c)
    })
}

/// What of the blocks only shows when they are seen together: there must be one, with either days
/// or a schedule.
pub fn validate(config: &Value) -> Vec<Problem> {
    let Some(blocks) = config.get(BLOCK).and_then(Value::as_elements) else {
        return Vec::new();
    };
    let Some(rules) = blocks.first() else {
        let detail = format!("At least 1 \"{BLOCK}\" blocks are required.");
        return vec![Problem::new(format!("Insufficient {BLOCK} blocks"), detail)];
    };
    let is_open = |name: &str| rules.get(name).is_some_and(|value| !value.is_known());
    if is_open(DAYS) || is_open(SCHEDULE) {
        return Vec::new();
    }
    let both = format!("{},{}", path_of(DAYS), path_of(SCHEDULE));
    let why = match (is_given(rules, DAYS), is_given(rules, SCHEDULE)) {
        (true, true) => {
            format!("only one of `{both}` can be specified, but `{both}` were specified.")
        }
        (false, false) => format!("one of `{both}` must be specified"),
        _ => return Vec::new(),
    };
    let problem = |argument: &str| {
        let here = Path::attribute(BLOCK).then(Step::Index(0));
        let detail = format!("{:?}: {why}", path_of(argument));
        let problem = Problem::new("Invalid combination of arguments", detail);
        problem.at(here.then(Step::Attribute(argument.into())))
    };
    vec![problem(DAYS), problem(SCHEDULE)]
}

/// The rules of an object or of what is wanted, as AWS is told them. AWS wants either a schedule
/// or days.
pub fn request(attributes: &Value) -> Option<Value> {
    let blocks = answered(attributes, BLOCK);
    let rules = blocks.children().next()?;
    let text = |name| given(rules, name).filter(|value| value.as_str() != Some(""));
    let days = given(rules, DAYS).filter(|days| days.as_i64() != Some(0));
    let when = match text(SCHEDULE) {
        Some(schedule) => Some(("ScheduleExpression", schedule)),
        None => days.map(|days| ("AutomaticallyAfterDays", days)),
    };
    let duration = text(DURATION).map(|duration| ("Duration", duration));
    Some(Value::object(when.into_iter().chain(duration)))
}

/// The blocks for what AWS tells. Beside a schedule AWS also tells the days that come of it: they
/// are no rule.
pub fn observed(told: &Value) -> Value {
    let schedule = answered_text(told, "ScheduleExpression");
    let days = match schedule.as_str() {
        Some("") => answered(told, "AutomaticallyAfterDays").as_i64().unwrap_or(0),
        _ => 0,
    };
    let rules = Value::object([
        (DAYS, Value::number(days)),
        (DURATION, answered_text(told, "Duration")),
        (SCHEDULE, schedule),
    ]);
    Value::list(block().schema.ty(), [rules])
}

/// No blocks: rotation is off.
pub fn none() -> Value {
    block().none()
}
