//! The graph of resources in Mermaid's language.

use std::collections::HashMap;
use std::fmt::Write;

use meridian_lang::{ConfigResource, ResourceMode};

use crate::drawing::Drawing;

pub(crate) fn render(drawing: &Drawing) -> String {
    let mut text = String::from("flowchart RL\n");
    let mut numbers: HashMap<&ConfigResource, usize> = HashMap::new();
    for (position, (module, resources)) in drawing.modules.iter().enumerate() {
        let indent = if module.is_root() { "  " } else { "    " };
        if !module.is_root() {
            let _ = writeln!(text, "  subgraph m{position}[\"{module}\"]");
        }
        for resource in resources {
            let number = numbers.len();
            numbers.insert(resource, number);
            let ConfigResource { mode, type_name, name, .. } = resource;
            let label = format!("{}{type_name}.{name}", mode.prefix());
            // What is only read looks different from what is made.
            let (open, close) = match mode {
                ResourceMode::Managed => ("[", "]"),
                ResourceMode::Data | ResourceMode::Ephemeral => ("([", "])"),
            };
            let _ = writeln!(text, "{indent}r{number}{open}\"{label}\"{close}");
        }
        if !module.is_root() {
            text.push_str("  end\n");
        }
    }
    for (from, to) in &drawing.edges {
        if let (Some(from), Some(to)) = (numbers.get(from), numbers.get(to)) {
            let _ = writeln!(text, "  r{from} --> r{to}");
        }
    }
    text
}
