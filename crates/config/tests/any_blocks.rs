//! Blocks put together at random: whatever they are, reading them ends, and with places that lie in
//! the texts.

use std::path::Path;

use meridian_config::{load, parse};
use proptest::prelude::*;

const KINDS: [&str; 26] = [
    "terraform",
    "provider",
    "variable",
    "locals",
    "output",
    "module",
    "resource",
    "data",
    "moved",
    "removed",
    "import",
    "check",
    "ephemeral",
    "lifecycle",
    "precondition",
    "postcondition",
    "validation",
    "assert",
    "dynamic",
    "content",
    "_",
    "required_providers",
    "backend",
    "cloud",
    "provider_meta",
    "provisioner",
];
const LABELS: [&str; 6] = ["\"a\"", "\"a_b\"", "\"m\"", "b", "\"1 x\"", "\"\""];
const NAMES: [&str; 24] = [
    "source",
    "version",
    "providers",
    "provider",
    "count",
    "for_each",
    "depends_on",
    "from",
    "to",
    "id",
    "type",
    "default",
    "value",
    "sensitive",
    "ephemeral",
    "condition",
    "error_message",
    "required_version",
    "ignore_changes",
    "replace_triggered_by",
    "prevent_destroy",
    "alias",
    "a",
    "iterator",
];
const VALUES: [&str; 30] = [
    "1",
    "\"./m\"",
    "\"../m\"",
    "\".\"",
    "\"a/b/c\"",
    "\"~> 1.0\"",
    "\"\"",
    "null",
    "true",
    "all",
    "[]",
    "{}",
    "[a.b, a_b.a[0].c, \"a.b\", \"*\"]",
    "{ a = a, a.b = a.c, \"x\" = a[0] }",
    "a",
    "a_b.a",
    "a_b.a[0]",
    "a_b.a[\"k\"].c",
    "a_b.a[each.key]",
    "module.m",
    "module.m[1].a_b.a",
    "module.m.module",
    "data.a_b.a.x",
    "var.a",
    "self.a",
    "{ source = \"hashicorp/a\", configuration_aliases = [a.b, c.d, \"x\"] }",
    "list(object({ a = optional(string) }))",
    "-1",
    "<<EOT\n${a_b.a}\nEOT",
    "[for x in var.a : x]",
];

fn argument() -> impl Strategy<Value = String> {
    let parts = (prop::sample::select(&NAMES[..]), prop::sample::select(&VALUES[..]));
    parts.prop_map(|(name, value)| format!("{name} = {value}\n"))
}

fn block() -> impl Strategy<Value = String> {
    let put = |kind: &str, labels: &[&str], content: &[String]| {
        format!("{kind} {} {{\n{}}}\n", labels.join(" "), content.concat())
    };
    let kind = || prop::sample::select(&KINDS[..]);
    let labels = || prop::collection::vec(prop::sample::select(&LABELS[..]), 0..4);
    let inner = prop::collection::vec(argument(), 0..4);
    let leaf =
        (kind(), labels(), inner).prop_map(move |(kind, labels, inner)| put(kind, &labels, &inner));
    leaf.prop_recursive(3, 24, 4, move |nested| {
        let item = prop_oneof![argument(), nested];
        let content = prop::collection::vec(item, 0..6);
        (kind(), labels(), content)
            .prop_map(move |(kind, labels, content)| put(kind, &labels, &content))
    })
}

fn file() -> impl Strategy<Value = String> {
    prop::collection::vec(block(), 0..8).prop_map(|blocks| blocks.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    #[test]
    fn reading_any_blocks_ends(main in file(), over in file(), inner in file()) {
        let files = [("main.tf", main), ("override.tf", over), ("m/main.tf", inner)];
        let files = files.map(|(name, text)| (name.to_owned(), text)).to_vec();
        let loaded = parse(Path::new("."), files.clone());
        let sources = &loaded.config.sources;
        for problem in &loaded.diagnostics {
            if let Some(span) = problem.span {
                prop_assert!(span.start <= span.end);
                prop_assert!(sources.text(span.file).get(span.start as usize..span.end as usize).is_some());
            }
        }
        let again = parse(Path::new("."), loaded.config.texts());
        prop_assert_eq!(again.config.modules.len(), loaded.config.modules.len());
    }
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let loaded = load(Path::new("/nowhere at all"));
    let summaries: Vec<_> = loaded.diagnostics.iter().map(|it| &*it.summary).collect();
    assert_eq!(summaries, ["Failed to read module directory"]);
}
