//! The graph of resources in Graphviz's language.

use std::fmt::Write;

use crate::{Graph, Node};

pub(crate) fn render(graph: &Graph) -> String {
    let mut resources: Vec<&Node> =
        graph.graph.node_weights().filter(|node| matches!(node, Node::Resource(_))).collect();
    resources.sort();
    let mut text = String::from(
        "digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n",
    );
    for node in &resources {
        let _ = writeln!(text, "  \"{node}\" [label=\"{node}\"];");
    }
    for node in &resources {
        for dependency in graph.resource_dependencies(node).keys() {
            let _ = writeln!(text, "  \"{node}\" -> \"{dependency}\";");
        }
    }
    text.push_str("}\n");
    text
}
