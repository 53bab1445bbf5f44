//! Wrong values: each argument of each resource type has one, and is told of as Terraform tells
//! it, in the same line of the file.
//!
//! `arguments/told.jsonl` is what Terraform says (`arguments.py` asks it). `arguments/own.jsonl`
//! holds what Terraform cannot be asked or says otherwise, and why any value of an argument is
//! taken.

use std::collections::{BTreeMap, BTreeSet};

use meridian_aws::AwsProvider;
use meridian_lang::Type;
use meridian_resource::{Presence, Provider, Schema};
use serde_json::Value as Json;

use crate::support::Project;

const TOLD: &str = include_str!("arguments/told.jsonl");
const OWN: &str = include_str!("arguments/own.jsonl");

fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn text<'j>(row: &'j Json, member: &str) -> &'j str {
    row[member].as_str().unwrap_or_default()
}

/// What is told in which line of a block.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    line: u64,
    summary: String,
    detail: String,
}

impl Told {
    fn of(line: u64, told: &Json) -> Told {
        let member = |name| text(told, name).to_owned();
        Told { line, summary: member("summary"), detail: member("detail") }
    }

    /// Whether this says what another one says, perhaps with more advice.
    fn says(&self, wanted: &Told) -> bool {
        (self.line, &self.summary) == (wanted.line, &wanted.summary)
            && self.detail.starts_with(&wanted.detail)
    }
}

/// A wrong value inside a resource block.
struct Row {
    type_name: String,
    argument: String,
    /// Whether its type is wrong, it is missing, or its value is wrong.
    wrong: String,
    block: String,
    told: Vec<Told>,
}

fn rows() -> Vec<Row> {
    let own = lines(OWN);
    let instead: BTreeMap<&str, &str> = own
        .iter()
        .filter(|row| !row["instead"].is_null())
        .map(|row| (text(row, "summary"), text(row, "instead")))
        .collect();
    let asked = lines(TOLD);
    let with_blocks = asked.iter().chain(&own).filter(|row| !row["block"].is_null());
    with_blocks
        .map(|row| {
            let told = row["told"].as_array().expect("what is told").iter().map(|told| {
                let line = told["line"].as_u64().expect("a line");
                let mut told = Told::of(line, told);
                if let Some(other) = instead.get(&*told.summary) {
                    told.summary = (*other).to_owned();
                }
                told.summary = unfolded(&told.summary);
                told
            });
            Row {
                type_name: text(row, "type").to_owned(),
                argument: text(row, "argument").to_owned(),
                wrong: text(row, "wrong").to_owned(),
                block: unfolded(text(row, "block")),
                told: told.collect(),
            }
        })
        .collect()
}

/// The text with each `x{200}` as so many `x`.
fn unfolded(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        result.push_str(before);
        let run = after
            .split_once('}')
            .and_then(|(number, after)| number.parse::<usize>().ok().map(|length| (length, after)));
        match run {
            Some((length, after)) => {
                let repeated = result.pop().expect("a character before its number");
                result.extend(std::iter::repeat_n(repeated, length));
                rest = after;
            }
            None => {
                result.push('{');
                rest = after;
            }
        }
    }
    result + rest
}

/// What validate says of all rows at once.
fn validated(rows: &[Row]) -> Vec<Vec<Told>> {
    let mut file = "provider \"aws\" {\n  region = \"eu-central-1\"\n}\n".to_owned();
    let mut firsts = Vec::new();
    for row in rows {
        firsts.push(file.lines().count() as u64 + 1);
        file.push_str(&row.block);
    }
    let ran = Project::of(&file).run("validate -json").fails();
    let report: Json = serde_json::from_str(&ran.out).expect("a report");
    let mut told = vec![Vec::new(); rows.len()];
    let diagnostics = report["diagnostics"].as_array().expect("diagnostics").iter();
    for diagnostic in diagnostics.filter(|it| it["severity"] == "error") {
        let line = diagnostic["range"]["start"]["line"].as_u64();
        let line = line.unwrap_or_else(|| panic!("no place: {diagnostic}"));
        let row = firsts.partition_point(|first| *first <= line) - 1;
        told[row].push(Told::of(line - firsts[row] + 1, diagnostic));
    }
    told
}

#[test]
fn each_wrong_value_is_told_as_terraform_tells_it() {
    let rows = rows();
    let told = validated(&rows);
    let mut differences = String::new();
    for (row, told) in rows.iter().zip(&told) {
        for wanted in &row.told {
            if !told.iter().any(|told| told.says(wanted)) {
                let block = &row.block;
                differences.push_str(&format!("{block}wanted {wanted:?}\ntold {told:?}\n\n"));
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// Every argument of a schema and of its blocks, with its type and whether it must be there.
fn arguments(schema: &Schema, within: &str, found: &mut Vec<(String, Type, bool)>) {
    // The argument region is the same everywhere: tests/region_argument.rs.
    for attribute in schema.attributes.iter().filter(|it| !it.supplementary) {
        if attribute.presence != Presence::Computed {
            let is_required = attribute.presence == Presence::Required;
            found.push((format!("{within}{}", attribute.name), attribute.ty.clone(), is_required));
        }
    }
    for block in &schema.blocks {
        arguments(&block.schema, &format!("{within}{}.", block.name), found);
    }
}

#[test]
fn each_argument_has_a_wrong_value_or_a_reason_why_it_takes_any() {
    let (rows, own) = (rows(), lines(OWN));
    let has = |type_name: &str, argument: &str, wrong: &str| {
        let is_it = |row: &&Row| row.type_name == type_name && row.argument == argument;
        rows.iter().filter(is_it).any(|row| row.wrong == wrong)
    };
    let mut excused = BTreeSet::new();
    for row in own.iter().filter(|row| !row["any"].is_null()) {
        excused.insert((text(row, "type").to_owned(), text(row, "argument").to_owned()));
    }
    let mut table =
        "| Type | Arguments | of a wrong type | missing | with a wrong value | any value \
                     of its type |\n|---|---:|---:|---:|---:|---:|\n"
            .to_owned();
    let mut missing = Vec::new();
    let provider = AwsProvider::new(None);
    let mut types: Vec<_> = provider.resource_types().iter().collect();
    types.sort_by_key(|it| it.name());
    for resource_type in types {
        let name = resource_type.name();
        let mut all = Vec::new();
        arguments(resource_type.schema(), "", &mut all);
        let (mut typed, mut absent, mut wrong, mut any) = (0, 0, 0, 0);
        for (argument, ty, is_required) in &all {
            typed += usize::from(has(name, argument, "type"));
            absent += usize::from(has(name, argument, "missing"));
            let is_value_covered = has(name, argument, "value");
            let is_excused = excused.remove(&(name.to_owned(), argument.clone()));
            wrong += usize::from(is_value_covered);
            any += usize::from(is_excused || *ty == Type::Bool);
            if !has(name, argument, "type") {
                missing.push(format!("{name}.{argument}: no wrong type"));
            }
            // A nested one is written as a value: its block is wrong without it.
            if *is_required && !argument.contains('.') && !has(name, argument, "missing") {
                missing.push(format!("{name}.{argument}: never left out"));
            }
            // Whatever is no bool is of the wrong type.
            if !is_value_covered && !is_excused && *ty != Type::Bool {
                missing.push(format!("{name}.{argument}: no wrong value"));
            }
            assert!(!(is_value_covered && is_excused), "{name}.{argument} does not take any value");
        }
        let count = all.len();
        table.push_str(&format!("| `{name}` | {count} | {typed} | {absent} | {wrong} | {any} |\n"));
    }
    let read = [("data", provider.data_sources()), ("ephemeral", provider.ephemeral_resources())];
    let mut read_table = "| What is read | Kind | Arguments |\n|---|---|---:|\n".to_owned();
    for (kind, sources) in read {
        for source in sources {
            let mut all = Vec::new();
            arguments(source.schema(), "", &mut all);
            read_table.push_str(&format!("| `{}` | {kind} | {} |\n", source.name(), all.len()));
        }
    }
    println!("{table}\n{read_table}");
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(excused.is_empty(), "there are no such arguments: {excused:?}");
    let page = include_str!("../docs/resource-types.md");
    for table in [table, read_table] {
        assert!(page.contains(&table), "docs/resource-types.md shows another table than\n{table}");
    }
}
