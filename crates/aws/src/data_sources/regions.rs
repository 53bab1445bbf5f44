//! `aws_regions`: the Regions of the provider's partition.
//!
//! AWS tells by EC2 which Regions an account has chosen to use. EC2 is not called here, so what
//! depends on that choice is refused rather than guessed: all Regions (`all_regions = true`) and
//! those that need no choice (`opt-in-status` filtered to `opt-in-not-required`) are known.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Answer, Attribute, DataError, DataSource, Place, Problem, Schema};

use super::{filter, with_attributes};
use crate::region::{Partition, Region};

const CHOICE: &str = "opt-in-status";
const NO_CHOICE_NEEDED: &str = "opt-in-not-required";

pub(super) struct Regions {
    schema: Schema,
}

impl Regions {
    pub(super) fn new() -> Regions {
        let schema = Schema {
            version: 0,
            attributes: vec![
                Attribute::optional("all_regions", Type::Bool),
                Attribute::optional_computed("id", Type::String),
                Attribute::computed("names", Type::set(Type::String)),
            ],
            blocks: vec![filter::block()],
        };
        Regions { schema }
    }
}

fn values(filter: &Value) -> Vec<&str> {
    let values = filter.get("values").into_iter().flat_map(Value::children);
    values.filter_map(Value::as_str).collect()
}

/// Whether a filter of EC2 lets a text through: `*` stands for any text, `?` for one character.
fn matches(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Which beginnings of the text the pattern so far matches, by length.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for c in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match c {
                '*' => reached[at] || (at > 0 && next[at - 1]),
                c => at > 0 && reached[at - 1] && (c == '?' || text[at - 1] == c),
            };
        }
        reached = next;
    }
    reached[text.len()]
}

/// Whether only Regions that need no choice can be among those asked for.
fn asks_for_no_choice(config: &Value) -> bool {
    filter::all(config)
        .filter(|filter| filter.get_str("name") == Some(CHOICE))
        .any(|filter| values(filter).iter().all(|value| *value == NO_CHOICE_NEEDED))
}

fn passes(region: &Region, filter: &Value) -> bool {
    let texts = values(filter);
    let any = |text: &str| texts.iter().any(|pattern| matches(pattern, text));
    match filter.get_str("name") {
        Some("region-name") => any(region.name),
        Some("endpoint") => any(&region.endpoint()),
        _ => !region.is_by_choice && any(NO_CHOICE_NEEDED),
    }
}

impl DataSource for Regions {
    fn name(&self) -> &'static str {
        "aws_regions"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Vec<Problem> {
        let at = Path::attribute("filter");
        let mut problems = Vec::new();
        for filter in filter::all(config) {
            match filter.get_str("name") {
                Some(CHOICE | "region-name" | "endpoint") | None => {}
                Some(other) => {
                    let known =
                        format!("The filters of Regions are endpoint, {CHOICE} and region-name.");
                    let summary = format!("The filter '{other}' is invalid");
                    problems.push(Problem::new(summary, known).at(at.clone()));
                }
            }
        }
        if !config.is_wholly_known() || asks_for_no_choice(config) {
            return problems;
        }
        let by_choice = filter::all(config).any(|filter| filter.get_str("name") == Some(CHOICE));
        let all = config.get("all_regions").and_then(Value::as_bool) == Some(true);
        if by_choice || !all {
            let problem = Problem::new(
                "Regions of the account are not known",
                "Which Regions an account has chosen to use is known to EC2 only, which Meridian \
                 does not call.",
            );
            let help = "Ask for all Regions with all_regions = true, or for those that every \
                        account has with a filter: name = \"opt-in-status\", \
                        values = [\"opt-in-not-required\"].";
            let at = if by_choice { at } else { Path::attribute("all_regions") };
            problems.push(problem.at(at).help(help));
        }
        problems
    }

    fn observe(&self, place: &Place, config: &Value, _: &[Answer]) -> Result<Value, DataError> {
        if let Some(problem) = self.validate(config).into_iter().next() {
            return Err(DataError::Problem(Box::new(problem)));
        }
        let partition = Partition::of(&place.region);
        let passing = |region: &&Region| filter::all(config).all(|filter| passes(region, filter));
        let names = partition.regions().filter(passing).map(|region| Value::string(region.name));
        let attributes =
            [("id", Value::string(partition.name)), ("names", Value::set(Type::String, names))];
        Ok(with_attributes(config, attributes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, is_match) in [
            ("eu-*", "eu-west-1", true),
            ("*-1", "eu-west-1", true),
            ("eu-*-?", "eu-west-1", true),
            ("eu", "eu-west-1", false),
            ("", "", true),
            ("?", "", false),
            ("**", "", true),
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
    }
}
