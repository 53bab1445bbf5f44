//! What an apply calls, in its order, and which permissions that needs.

use std::collections::{BTreeMap, BTreeSet};

use meridian_graph::ResourceAddress;
use meridian_plan::{Action, Plan, ResourceChange};
use meridian_resource::Call;

use super::cell::count;
use super::escape::code;

/// Calls of resources that do not wait for each other: Region, operation and how often, in the
/// order in which a resource makes them.
type Step<'a> = Vec<(&'a str, String, usize)>;

/// The section at its lengths: with calls and permissions, with calls only, and as a count.
pub(super) fn forms(plan: &Plan) -> Vec<String> {
    let steps = steps(plan);
    let number: usize = steps.iter().flatten().map(|(.., times)| times).sum();
    if number == 0 {
        return Vec::new();
    }
    let summary = count(number, "call", "calls");
    let section = |body: String| {
        format!("<details><summary>⚙️ To apply: {summary}</summary>\n\n{body}\n</details>\n")
    };
    let table = table(&steps);
    vec![
        section(format!("{table}\n{}", permissions(plan))),
        section(table),
        format!("An apply makes {summary}.\n"),
    ]
}

fn operation(call: &Call) -> String {
    format!("{}:{}", call.service.prefix(), call.operation)
}

/// The calls of an apply: first what is made and changed, each behind what it depends on; then
/// what is deleted, each behind what depends on it.
fn steps(plan: &Plan) -> Vec<Step<'_>> {
    let mut steps: BTreeMap<usize, Step<'_>> = BTreeMap::new();
    let depths = Depths::of(plan);
    for change in &plan.changes {
        let depth = depths.of_block(&change.address.resource);
        let split = made(change);
        for (at, call) in change.calls.iter().filter(|call| call.is_mutating()).enumerate() {
            // Replacing leads to the new object first wherever both can exist.
            let at = if at < split { depth } else { 2 * depths.deepest - depth + 1 };
            count_in(steps.entry(at).or_default(), &call.region, operation(call));
        }
    }
    steps.into_values().collect()
}

fn count_in<'a>(step: &mut Step<'a>, region: &'a str, operation: String) {
    match step.iter_mut().find(|(at, it, _)| *at == region && *it == operation) {
        Some((.., times)) => *times += 1,
        None => step.push((region, operation, 1)),
    }
}

/// How many of the mutating calls of a change make or change something, before the others delete.
fn made(change: &ResourceChange) -> usize {
    let calls = change.calls.iter().filter(|call| call.is_mutating());
    match change.action {
        Action::Delete => 0,
        Action::Replace if change.create_first => {
            let deletes = |call: &&Call| {
                call.operation.starts_with("Delete") || call.operation == "ScheduleKeyDeletion"
            };
            let calls: Vec<&Call> = calls.collect();
            calls.iter().position(deletes).unwrap_or(calls.len())
        }
        _ => calls.count(),
    }
}

/// How many blocks stand behind each other below a block.
struct Depths<'a> {
    depths: BTreeMap<&'a ResourceAddress, usize>,
    deepest: usize,
}

impl<'a> Depths<'a> {
    fn of(plan: &'a Plan) -> Depths<'a> {
        let mut below: BTreeMap<&ResourceAddress, BTreeSet<&ResourceAddress>> = BTreeMap::new();
        for change in &plan.changes {
            let dependencies = change.dependencies.iter().chain(&change.prior_dependencies);
            below.entry(&change.address.resource).or_default().extend(dependencies);
        }
        let mut depths: BTreeMap<&ResourceAddress, usize> =
            below.keys().map(|block| (*block, 0)).collect();
        // Each round settles at least one block more; a circle cannot be in a plan, and would
        // only end the rounds.
        for _ in 0..below.len() {
            let mut is_settled = true;
            for (block, dependencies) in &below {
                let behind = dependencies.iter().filter_map(|it| depths.get(it)).max();
                let depth = behind.map_or(0, |deepest| deepest + 1);
                if depths[block] != depth {
                    depths.insert(block, depth);
                    is_settled = false;
                }
            }
            if is_settled {
                break;
            }
        }
        let deepest = depths.values().copied().max().unwrap_or(0);
        Depths { depths, deepest }
    }

    fn of_block(&self, block: &ResourceAddress) -> usize {
        self.depths.get(block).copied().unwrap_or(0)
    }
}

fn table(steps: &[Step]) -> String {
    let mut text = "| Step | Region | Calls |\n|---|---|---|\n".to_owned();
    for (at, step) in steps.iter().enumerate() {
        let mut regions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (region, operation, times) in step {
            let times = if *times > 1 { format!(" × {times}") } else { String::new() };
            regions.entry(region).or_default().push(format!("{}{times}", code(operation)));
        }
        for (region, calls) in regions {
            let region = place(region);
            text.push_str(&format!("| {} | {region} | {} |\n", at + 1, calls.join(", ")));
        }
    }
    text
}

/// A Region, as far as it is known.
fn place(region: &str) -> String {
    match region {
        "" => "this machine".to_owned(),
        "*" => "known after apply".to_owned(),
        region => code(region),
    }
}

fn permissions(plan: &Plan) -> String {
    let mut regions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let calls = plan.changes.iter().flat_map(|change| &change.calls);
    for needed in calls.flat_map(|call| &call.permissions) {
        regions.entry(&needed.region).or_default().insert(needed.action);
    }
    if regions.is_empty() {
        return String::new();
    }
    let mut text = "Permissions of the role that applies, besides reading:\n".to_owned();
    for (region, actions) in regions {
        let actions: Vec<String> = actions.into_iter().map(code).collect();
        text.push_str(&format!("- {}: {}\n", place(region), actions.join(", ")));
    }
    text
}
