//! What Terraform printed for a plan is what we print, and its JSON is ours.
//!
//! Each folder of `tests/terraform` holds a plan as Terraform's JSON and the text that
//! Terraform shows for it, with the product's name in the place of Terraform's.
//!
//! Where we mean to differ, the text is ours: names are aligned by the columns that they take;
//! replicas are told to be the same one by their Region; `# forces replacement` is said of
//! attributes of any type; a tag without text is `""` and not null.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use meridian_config::Config;
use meridian_report::{PlanFacts, Style, plan_json, plan_text};
use serde_json::{Map, Value as Json, json};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform");
    let entries = fs::read_dir(folder).expect("the cases");
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("a case").path()).collect();
    cases.sort();
    cases
}

fn read_json(case: &Path) -> Json {
    let text = fs::read_to_string(case.join("plan.json")).expect("a plan");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn plans_read_as_terraform_prints_them() {
    let registry = support::registry();
    let mut differing = Vec::new();
    for case in cases() {
        let plan = support::read_plan(&read_json(&case), &registry);
        let expected = fs::read_to_string(case.join("plan.txt")).expect("a text");
        let text = plan_text(&plan, &registry, Style::default());
        if text != expected {
            differing.push(format!("{}\n{text}", case.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n=====\n"));
}

#[test]
fn plans_are_written_as_terraform_writes_them() {
    let registry = support::registry();
    let config = Config::default();
    let timestamp = "2026-01-01T00:00:00Z";
    let facts = PlanFacts { version: "1.0.0", timestamp, errored: false, config: &config };
    for case in cases() {
        let expected = read_json(&case);
        let plan = support::read_plan(&expected, &registry);
        let written = plan_json(&plan, &registry, facts).to_string();
        let written: Json = serde_json::from_str(&written).expect("JSON");
        for list in ["resource_changes", "resource_drift", "output_changes"] {
            let (expected, written) = (comparable(&expected[list]), comparable(&written[list]));
            assert_eq!(written, expected, "{list} of {}", case.display());
        }
    }
}

/// Without our additions, with secrets withheld, and without what is null, which is as good as
/// absent.
fn comparable(json: &Json) -> Json {
    match json {
        Json::Array(elements) => elements.iter().map(comparable).collect(),
        Json::Object(members) => {
            let mut members = members.clone();
            for side in ["before", "after"] {
                let mask = members.get(&format!("{side}_sensitive")).cloned();
                if let (Some(value), Some(mask)) = (members.get_mut(side), mask) {
                    withhold(value, &mask);
                }
            }
            members.remove("meridian");
            members.remove("dependencies");
            let kept: Map<String, Json> = members
                .iter()
                .map(|(name, value)| (name.clone(), comparable(value)))
                .filter(|(_, value)| !value.is_null())
                .collect();
            Json::Object(kept)
        }
        other => other.clone(),
    }
}

fn withhold(value: &mut Json, mask: &Json) {
    match (value, mask) {
        (value, Json::Bool(true)) => *value = json!(null),
        (Json::Object(members), Json::Object(masks)) => {
            for (name, mask) in masks {
                if let Some(member) = members.get_mut(name) {
                    withhold(member, mask);
                }
            }
        }
        (Json::Array(elements), Json::Array(masks)) => {
            for (element, mask) in elements.iter_mut().zip(masks) {
                withhold(element, mask);
            }
        }
        _ => {}
    }
}
