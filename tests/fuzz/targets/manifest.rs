//! A manifest of fetched modules, beside a configuration that calls one.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use meridian_config::parse;

const CALL: &str = "module \"a\" {\n  source = \"acme/a/aws\"\n}\n";
const MODULE: &str = "module \"b\" {\n  source = \"./b\"\n}\n";

fuzz_target!(|text: &str| {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let _ = parse(
        Path::new("."),
        vec![
            file("main.tf", CALL),
            file(".terraform/modules/a/main.tf", MODULE),
            file(".terraform/modules/a/b/main.tf", "locals {\n  c = 1\n}\n"),
            file(".terraform/modules/modules.json", text),
        ],
    );
});
