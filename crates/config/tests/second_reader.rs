//! hcl-rs reads the same files by a way of its own: what it finds in them is what we must find.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hcl::structure::{Block, Structure};

/// All `.tf` files of the examples and of the whole-program tests.
fn configurations() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("examples"), root.join("tests/cases")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "tf") {
                found.push(path);
            }
        }
    }
    found
}

/// Address, names of arguments and types of nested blocks of each resource block.
type Resources = BTreeSet<(String, BTreeSet<String>, Vec<String>)>;

/// Arguments and blocks that belong to the language and not to the resource type.
const META: [&str; 7] =
    ["count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"];

fn by_hcl_rs(text: &str) -> Resources {
    let body = hcl::parse(text).expect("hcl-rs reads it");
    let resources = body.blocks().filter(|block| block.identifier() == "resource");
    resources.map(resource).collect()
}

fn resource(block: &Block) -> (String, BTreeSet<String>, Vec<String>) {
    let labels: Vec<&str> = block.labels().iter().map(|label| label.as_str()).collect();
    let names = block.body().attributes().map(|attribute| attribute.key().to_owned());
    let arguments = names.filter(|name| !META.contains(&name.as_str())).collect();
    let blocks = block.body().iter().filter_map(|structure| match structure {
        // Its label is the type of the blocks that it makes.
        Structure::Block(block) if block.identifier() == "dynamic" => {
            block.labels().first().map(|label| label.as_str().to_owned())
        }
        Structure::Block(block) => Some(block.identifier().to_owned()),
        Structure::Attribute(_) => None,
    });
    let blocks = blocks.filter(|name| !META.contains(&name.as_str())).collect();
    (labels.join("."), arguments, blocks)
}

fn by_us(name: &str, text: &str) -> Resources {
    let files = vec![(name.to_owned(), text.to_owned())];
    let loaded = meridian_config::parse(Path::new("."), files);
    let resources = loaded.config.root().resources.iter();
    resources
        .map(|resource| {
            let address = format!("{}.{}", resource.type_name.text, resource.name.text);
            let arguments = resource.body.attributes.iter().map(|it| it.name.to_string());
            let blocks = resource.body.blocks.iter().map(|it| it.name.to_string());
            (address, arguments.collect(), blocks.collect())
        })
        .collect()
}

#[test]
fn both_readers_find_the_same_resources() {
    let configurations = configurations();
    assert!(configurations.len() >= 6, "the quickstart alone has six files");
    let mut resources = 0;
    for path in configurations {
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let ours = by_us("main.tf", &text);
        assert_eq!(ours, by_hcl_rs(&text), "{}", path.display());
        resources += ours.len();
    }
    assert!(resources >= 8, "the quickstart alone has eight resource blocks");
}
