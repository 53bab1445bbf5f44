//! Order, or the cycles that prevent it.

use std::collections::{HashMap, HashSet, VecDeque};

use meridian_lang::{Diagnostic, Diagnostics, Span};
use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::Node;

/// All nodes, each after what it depends on; or one diagnostic for each group of nodes that
/// depend on each other, told along its shortest cycle.
pub(crate) fn in_order(graph: &DiGraph<Node, Option<Span>>) -> Result<Vec<NodeIndex>, Diagnostics> {
    toposort(graph, None).map_err(|_| {
        // Iterative, unlike Tarjan's in petgraph: configurations may be deep.
        let mut groups: Vec<Vec<NodeIndex>> =
            kosaraju_scc(graph).into_iter().filter(|group| group.len() > 1).collect();
        groups.sort_by_key(|group| group.iter().map(|node| graph[*node].clone()).min());
        groups.iter().map(|group| describe(graph, &shortest_cycle(graph, group))).collect()
    })
}

/// The shortest cycle within a strongly connected group, each node followed by one that needs it.
fn shortest_cycle(graph: &DiGraph<Node, Option<Span>>, group: &[NodeIndex]) -> Vec<NodeIndex> {
    let members: HashSet<NodeIndex> = group.iter().copied().collect();
    let mut best: Vec<NodeIndex> = Vec::new();
    // A big group is searched from a few nodes only: any of its cycles explains the matter.
    for start in group.iter().take(64) {
        if let Some(found) = cycle_through(graph, &members, *start)
            && (best.is_empty() || found.len() < best.len())
        {
            best = found;
        }
    }
    best
}

fn cycle_through(
    graph: &DiGraph<Node, Option<Span>>,
    members: &HashSet<NodeIndex>,
    start: NodeIndex,
) -> Option<Vec<NodeIndex>> {
    let mut came_from: HashMap<NodeIndex, NodeIndex> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        for next in graph.neighbors(here).filter(|next| members.contains(next)) {
            if next == start {
                let mut path = vec![here];
                while let Some(before) = path.last().filter(|last| **last != start) {
                    path.push(*came_from.get(before)?);
                }
                path.reverse();
                return Some(path);
            }
            came_from.entry(next).or_insert_with(|| {
                queue.push_back(next);
                here
            });
        }
    }
    None
}

fn describe(graph: &DiGraph<Node, Option<Span>>, cycle: &[NodeIndex]) -> Diagnostic {
    let names: Vec<String> = cycle.iter().map(|node| graph[*node].to_string()).collect();
    // Read against the edges, so that each refers to the next.
    let mut path: Vec<&str> = names.iter().rev().map(String::as_str).collect();
    path.extend(names.last().map(String::as_str));
    let detail =
        format!("Each of these refers to the next, so none can come first: {}.", path.join(" -> "));
    let mut error = Diagnostic::error(format!("Cycle: {}", names.join(", ")), detail)
        .help("take one of these references out, or compute the value from something else");
    let followers = cycle.iter().cycle().skip(1);
    for (needed, needs) in cycle.iter().zip(followers) {
        let reference = graph
            .edges_connecting(*needed, *needs)
            .find_map(|edge| graph.edge_weight(edge.id()).copied().flatten());
        if let Some(span) = reference {
            let text = format!("{} refers to {}", graph[*needs], graph[*needed]);
            if error.span.is_none() {
                error.span = Some(span);
            }
            error.labels.push((span, text));
        }
    }
    error
}
