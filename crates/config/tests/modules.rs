//! `module` blocks: how modules are found, read and called.

mod common;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use meridian_config::{Config, Loaded, Module, Repetition, load, load_with, parse};
use meridian_lang::ModulePath;
use tempfile::TempDir;

#[test]
fn wrong_configurations_are_told_as_terraform_tells_them() {
    common::check(include_str!("wrong/modules.txt"));
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn texts(files: &[(&str, &str)]) -> Loaded {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    parse(Path::new("."), files)
}

fn path(names: &[&str]) -> ModulePath {
    names.iter().map(|name| Arc::from(*name)).collect()
}

fn module<'c>(config: &'c Config, names: &[&str]) -> &'c Module {
    config.module(&path(names)).expect("the module is there")
}

#[test]
fn modules_are_read_along_the_calls_and_shared() {
    let root = r#"
module "a" {
  source = "./modules/a"
  count  = 2
  x      = 1
}
module "b" {
  source     = "./modules/a"
  depends_on = [module.a]
  x          = 2
}
"#;
    let folder = folder(&[
        ("main.tf", root),
        ("modules/a/main.tf", "variable \"x\" {}\nmodule \"n\" {\n  source = \"../n\"\n}\n"),
        ("modules/n/main.tf", "resource \"terraform_data\" \"r\" {}\n"),
    ]);
    let loaded = load(folder.path());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let config = &loaded.config;
    let names: Vec<_> = config.sources.files().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(names, ["main.tf", "modules/a/main.tf", "modules/n/main.tf"]);
    assert_eq!(config.modules.len(), 5);
    assert_eq!(module(config, &[]).folder, ".");
    assert_eq!(module(config, &["a"]).folder, "modules/a");
    assert_eq!(module(config, &["b", "n"]).folder, "modules/n");
    let shared =
        |a: &[&str], b: &[&str]| Arc::ptr_eq(&config.modules[&path(a)], &config.modules[&path(b)]);
    assert!(shared(&["a"], &["b"]) && shared(&["a", "n"], &["b", "n"]));
    let calls = &config.root().calls;
    assert!(matches!(calls[0].repetition, Repetition::Count(_)));
    assert_eq!(&*calls[1].source.text, "./modules/a");
    assert_eq!(calls[1].depends_on.len(), 1);
    let arguments: Vec<_> = calls[1].arguments.attributes.iter().map(|it| &*it.name).collect();
    assert_eq!(arguments, ["x"]);
}

#[test]
fn a_folder_is_read_once_however_often_it_is_called() {
    let calls: Vec<String> =
        (0..100).map(|n| format!("module \"m{n}\" {{\n  source = \"./m\"\n}}\n")).collect();
    let folder = folder(&[
        ("main.tf", &calls.concat()),
        ("m/main.tf", "locals {\n  a = 1\n}\n"),
        ("m/more.tf", "locals {\n  b = 1\n}\n"),
    ]);
    let loaded = load(folder.path());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert_eq!(loaded.config.modules.len(), 101);
    assert_eq!(loaded.config.sources.files().count(), 3);
}

#[test]
fn folders_outside_of_the_root_and_links_are_followed() {
    let outer = folder(&[
        ("root/main.tf", "module \"m\" {\n  source = \"../shared//m/\"\n}\n"),
        ("shared/m/main.tf", "locals {\n  a = 1\n}\n"),
    ]);
    let loaded = load(&outer.path().join("root"));
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert_eq!(module(&loaded.config, &["m"]).folder, "../shared/m");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../shared/m", outer.path().join("root/linked"))
            .expect("a link");
        let text = "module \"m\" {\n  source = \"./linked\"\n}\n";
        fs::write(outer.path().join("root/main.tf"), text).expect("a file");
        let loaded = load(&outer.path().join("root"));
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        assert_eq!(module(&loaded.config, &["m"]).locals.len(), 1);
    }
}

#[test]
fn override_files_belong_to_their_module() {
    let loaded = texts(&[
        ("main.tf", "module \"m\" {\n  source = \"./m\"\n  a = 1\n}\n"),
        ("main_override.tf", "module \"m\" {\n  a = 2\n  b = 3\n}\n"),
        ("m/main.tf", "variable \"a\" {}\nvariable \"b\" {}\nlocals {\n  c = 1\n}\n"),
        ("m/override.tf", "locals {\n  c = 2\n}\n"),
    ]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let config = &loaded.config;
    let text = |expr: &meridian_lang::Expr| config.sources.excerpt(expr.span).to_owned();
    let arguments = &config.root().calls[0].arguments.attributes;
    let arguments: Vec<_> = arguments.iter().map(|it| text(&it.expr)).collect();
    assert_eq!(arguments, ["2", "3"]);
    assert_eq!(text(&module(config, &["m"]).locals[0].expr), "2");
}

const FETCHED: &str = r#"
module "kms" {
  source  = "terraform-aws-modules/kms/aws"
  version = "~> 3.0"
}
module "git" {
  source = "git::https://example.com/x.git//sub/?ref=v1"
}
"#;

const MANIFEST: &str = r#"{"Modules":[
  {"Key":"","Source":"","Dir":"."},
  {"Key":"kms","Source":"registry.terraform.io/terraform-aws-modules/kms/aws","Version":"3.1.1",
   "Dir":".terraform/modules/kms"},
  {"Key":"kms.inner","Source":"./inner","Dir":".terraform/modules/kms/inner"},
  {"Key":"git","Source":"git::https://example.com/x.git//sub?ref=v1",
   "Dir":".terraform/modules/git/sub"}
]}"#;

#[test]
fn fetched_modules_are_found_by_the_manifest() {
    let inner = "module \"inner\" {\n  source = \"./inner\"\n}\n";
    let folder = folder(&[
        ("main.tf", FETCHED),
        (".terraform/modules/modules.json", MANIFEST),
        (".terraform/modules/kms/main.tf", inner),
        (".terraform/modules/kms/inner/main.tf", "locals {}\n"),
        (".terraform/modules/git/sub/main.tf", "locals {}\n"),
    ]);
    let loaded = load(folder.path());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let config = &loaded.config;
    assert_eq!(module(config, &["kms"]).folder, ".terraform/modules/kms");
    assert_eq!(module(config, &["kms", "inner"]).folder, ".terraform/modules/kms/inner");
    assert_eq!(module(config, &["git"]).folder, ".terraform/modules/git/sub");

    // What a saved plan keeps is enough to read all of it again, without the folder.
    let again = parse(Path::new("."), config.texts());
    assert!(again.diagnostics.is_empty(), "{:?}", again.diagnostics);
    let paths = |config: &Config| config.modules.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(&again.config), paths(config));
}

#[test]
fn a_folder_without_files_is_a_module_without_content() {
    let folder = folder(&[
        ("main.tf", "module \"m\" {\n  source = \"./m\"\n}\n"),
        ("m/README.md", "Nothing here yet."),
    ]);
    let loaded = load(folder.path());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let again = parse(Path::new("."), loaded.config.texts());
    assert!(again.diagnostics.is_empty(), "{:?}", again.diagnostics);
    assert!(module(&again.config, &["m"]).resources.is_empty());
}

#[test]
fn the_data_folder_may_be_another_one() {
    let manifest = MANIFEST.replace(".terraform/", "data/");
    let folder = folder(&[
        ("main.tf", FETCHED),
        ("data/modules/modules.json", &manifest),
        ("data/modules/kms/main.tf", "locals {}\n"),
        ("data/modules/git/sub/main.tf", "locals {}\n"),
    ]);
    assert!(load(folder.path()).diagnostics.has_errors());
    let loaded = load_with(folder.path(), Path::new("data"));
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert_eq!(parse(Path::new("."), loaded.config.texts()).diagnostics.iter().count(), 0);
}

#[test]
fn an_empty_provider_block_gives_way_to_what_is_passed() {
    let child = "provider \"a\" {}\nresource \"a_b\" \"c\" {}\n";
    let root = |providers: &str| {
        format!(
            "provider \"a\" {{\n  alias = \"west\"\n  x = 1\n}}\nmodule \"m\" {{\n  source = \
             \"./m\"\n{providers}}}\n"
        )
    };
    for (providers, module_of, alias) in
        [("  providers = {\n    a = a.west\n  }\n", &[][..], Some("west")), ("", &["m"], None)]
    {
        let loaded = texts(&[("main.tf", &root(providers)), ("m/main.tf", child)]);
        assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
        let config = &loaded.config;
        let resource = &module(config, &["m"]).resources[0];
        let provider = config.provider_of(&path(&["m"]), resource);
        assert_eq!((provider.module, provider.alias.as_deref()), (path(module_of), alias));
    }
}

#[test]
fn only_the_root_module_must_not_have_ephemeral_outputs() {
    let output = "output \"o\" {\n  value     = var.x\n  ephemeral = true\n}\n";
    let inner =
        texts(&[("main.tf", "module \"m\" {\n  source = \"./m\"\n}\n"), ("m/main.tf", output)]);
    assert!(inner.diagnostics.is_empty(), "{:?}", inner.diagnostics);
    assert!(module(&inner.config, &["m"]).outputs[0].ephemeral);
    let root = common::messages(&texts(&[("main.tf", output)]));
    assert_eq!(root, ["error main.tf:1,1 Ephemeral output not allowed"]);
}

#[test]
fn what_was_fetched_must_be_what_is_called_for() {
    let changed = FETCHED.replace("~> 3.0", "~> 4.0").replace("ref=v1", "ref=v2");
    let manifest = (".terraform/modules/modules.json", MANIFEST);
    type Files<'a> = &'a [(&'a str, &'a str)];
    let cases: [(Files<'_>, &[&str]); 3] = [
        (
            &[("main.tf", FETCHED)],
            &["error main.tf:2,1 Module not installed", "error main.tf:6,1 Module not installed"],
        ),
        (
            &[("main.tf", &changed), manifest],
            &[
                "error main.tf:4,13 Module version requirements have changed",
                "error main.tf:7,12 Module source has changed",
            ],
        ),
        (
            &[("main.tf", FETCHED), (".terraform/modules/modules.json", "{}")],
            &[
                "error - Failed to read module manifest",
                "error main.tf:2,1 Module not installed",
                "error main.tf:6,1 Module not installed",
            ],
        ),
    ];
    for (files, expected) in cases {
        assert_eq!(common::messages(&texts(files)), expected);
    }
}

#[test]
fn modules_without_end_are_an_error() {
    let cycle = texts(&[
        ("main.tf", "module \"a\" {\n  source = \"./a\"\n}\n"),
        ("a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\n"),
        ("b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\n"),
    ]);
    let problem = cycle.diagnostics.iter().next().expect("a diagnostic");
    assert_eq!(problem.summary, "Module calls itself");
    assert!(problem.detail.ends_with("a → b → a."), "{}", problem.detail);

    let chain: Vec<(String, String)> = (0..200)
        .map(|n| {
            let name = if n == 0 { "main.tf".to_owned() } else { format!("m{n}/main.tf") };
            let source = if n == 0 { "./m1".to_owned() } else { format!("../m{}", n + 1) };
            (name, format!("module \"m\" {{\n  source = \"{source}\"\n}}\n"))
        })
        .collect();
    let deep = parse(Path::new("."), chain);
    let summaries: Vec<_> = deep.diagnostics.iter().map(|it| &*it.summary).collect();
    assert_eq!(summaries, ["Module calls nested too deeply"]);

    let fan: Vec<(String, String)> = (0..20)
        .map(|n| {
            let name = if n == 0 { "main.tf".to_owned() } else { format!("m{n}/main.tf") };
            let source = if n == 0 { "./m1".to_owned() } else { format!("../m{}", n + 1) };
            let call = |of| format!("module \"{of}\" {{\n  source = \"{source}\"\n}}\n");
            (name, if n == 19 { String::new() } else { call("a") + &call("b") })
        })
        .collect();
    let wide = parse(Path::new("."), fan);
    let summaries: Vec<_> = wide.diagnostics.iter().map(|it| &*it.summary).collect();
    assert_eq!(summaries, ["Too many modules"]);
}
