//! Graphs in Graphviz's language.

use std::collections::HashMap;
use std::fmt::Write;

use meridian_lang::Span;
use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::Node;
use crate::drawing::Drawing;

/// The resources, as `terraform graph` draws them.
pub(crate) fn render(drawing: &Drawing) -> String {
    let mut text = String::from(
        "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n",
    );
    if drawing.modules.is_empty() {
        text.push_str(
            "  /* This configuration does not contain any resources.         */\n  \
             /* For a more detailed graph, try: meridian graph -type=plan  */\n",
        );
    }
    for (module, resources) in &drawing.modules {
        let indent = if module.is_root() { "  " } else { "    " };
        if !module.is_root() {
            let _ = writeln!(
                text,
                "  subgraph \"cluster_{module}\" {{\n    label = \"{module}\"\n    \
                 fontname = \"sans-serif\""
            );
        }
        for it in resources {
            let label = format!("{}{}.{}", it.mode.prefix(), it.type_name, it.name);
            let _ = writeln!(text, "{indent}\"{it}\" [label=\"{label}\"];");
        }
        if !module.is_root() {
            text.push_str("  }\n");
        }
    }
    for (from, to) in &drawing.edges {
        let _ = writeln!(text, "  \"{from}\" -> \"{to}\";");
    }
    text.push_str("}\n");
    text
}

/// Everything that is evaluated and what it needs, in the form of `terraform graph -type=plan`.
/// With `cycles`, edges that belong to a cycle are red.
pub(crate) fn render_all(graph: &DiGraph<Node, Option<Span>>, cycles: bool) -> String {
    let mut nodes: Vec<NodeIndex> = graph.node_indices().collect();
    let spelled = |index: NodeIndex| format!("[root] {}", graph[index]);
    nodes.sort_by_key(|index| spelled(*index));
    let mut text = String::from(
        "digraph {\n\tcompound = \"true\"\n\tnewrank = \"true\"\n\tsubgraph \"root\" {\n",
    );
    for index in &nodes {
        let shape = match &graph[*index] {
            Node::Resource(_) => "box",
            Node::Provider(_) => "diamond",
            Node::Variable(..) | Node::Local(..) | Node::Output(..) => "note",
            Node::Module(_) | Node::Check(..) => "ellipse",
        };
        let (name, label) = (spelled(*index), graph[*index].to_string());
        let _ = writeln!(text, "\t\t\"{name}\" [label = \"{label}\", shape = \"{shape}\"]");
    }
    let groups = if cycles { kosaraju_scc(graph) } else { Vec::new() };
    // Nodes that lead to each other, by the number of their group.
    let mut group_of = HashMap::new();
    for (number, group) in groups.iter().enumerate().filter(|(_, group)| group.len() > 1) {
        group_of.extend(group.iter().map(|index| (*index, number)));
    }
    for from in &nodes {
        let mut needed: Vec<NodeIndex> =
            graph.neighbors_directed(*from, Direction::Incoming).collect();
        needed.sort_by_key(|index| spelled(*index));
        for to in needed {
            let group = group_of.get(from);
            let is_red = group.is_some() && group == group_of.get(&to);
            let colour = if is_red { " [color = \"red\", penwidth = \"2.0\"]" } else { "" };
            let _ = writeln!(text, "\t\t\"{}\" -> \"{}\"{colour}", spelled(*from), spelled(to));
        }
    }
    text.push_str("\t}\n}\n");
    text
}
