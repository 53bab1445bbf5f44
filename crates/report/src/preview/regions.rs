//! The table of what happens where: keys, aliases and secrets as rows, Regions as columns.

use std::collections::BTreeSet;

use meridian_plan::Plan;
use meridian_resource::Registry;

use super::cell::count;
use super::escape::code;
use super::places::{Row, rows};

/// How many rows a reviewer reads.
const MOST_ROWS: usize = 30;

/// The section at its lengths: the rows that change, the first of them, and nothing.
pub(super) fn forms(plan: &Plan, registry: &Registry) -> Vec<String> {
    let (changed, same): (Vec<Row>, Vec<Row>) =
        rows(plan, registry).into_iter().partition(|it| it.is_changed);
    if changed.is_empty() {
        return Vec::new();
    }
    let table = |most: usize| {
        let mut text = table(&changed[..changed.len().min(most)]);
        let more = changed.len().saturating_sub(most);
        if more > 0 {
            let rows = count(
                more,
                "more key, alias or secret changes",
                "more keys, aliases and secrets change",
            );
            text.push_str(&format!("\n{rows}.\n"));
        }
        if !same.is_empty() {
            let stays = count(same.len(), "other stays as it is", "others stay as they are");
            text.push_str(&format!("\n{stays}.\n"));
        }
        text
    };
    vec![table(MOST_ROWS), table(MOST_ROWS / 3)]
}

fn table(rows: &[Row]) -> String {
    let homes: BTreeSet<&String> = rows.iter().flat_map(|row| &row.homes).collect();
    let others: BTreeSet<&String> =
        rows.iter().flat_map(|row| row.cells.keys()).filter(|it| !homes.contains(it)).collect();
    // Where first objects are comes before where replicas are.
    let regions: Vec<&String> = homes.into_iter().chain(others).collect();
    let names: Vec<String> = regions.iter().map(|region| code(region)).collect();
    let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for row in rows {
        let cells: Vec<String> = regions
            .iter()
            .map(|region| row.cells.get(*region).map_or("–".to_owned(), |cell| cell.join("; ")))
            .collect();
        text.push_str(&format!("| {} | {} |\n", row.title, cells.join(" | ")));
    }
    text
}
