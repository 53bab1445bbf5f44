//! Graphs of configuration texts.

use std::path::Path;

use meridian_config::Config;
use meridian_graph::{Graph, Node};
use meridian_lang::Diagnostic;

pub fn config(text: &str) -> Config {
    let loaded = meridian_config::parse(Path::new("."), vec![("main.tf".into(), text.into())]);
    assert!(!loaded.diagnostics.has_errors(), "{:#?}", loaded.diagnostics);
    loaded.config
}

pub fn graph(text: &str) -> Graph {
    Graph::build(&config(text)).expect("a graph")
}

/// What is wrong with a configuration, and the text at the place of each error.
pub fn errors(text: &str) -> Vec<(Diagnostic, String)> {
    let config = config(text);
    let errors = Graph::build(&config).expect_err("errors");
    let place = |error: &Diagnostic| error.span.map(|it| config.sources.excerpt(it).to_owned());
    errors.iter().map(|error| (error.clone(), place(error).unwrap_or_default())).collect()
}

/// The only error of a configuration.
pub fn error(text: &str) -> (Diagnostic, String) {
    let mut all = errors(text);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

/// The node that is spelled so.
pub fn node(graph: &Graph, spelled: &str) -> Node {
    graph
        .in_order()
        .find(|it| it.to_string() == spelled)
        .unwrap_or_else(|| panic!("no {spelled}"))
        .clone()
}
