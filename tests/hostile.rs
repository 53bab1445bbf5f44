//! Input that someone made to do harm, or that a disk has damaged: each file ends in an error that
//! names it, nothing hangs, and nothing steers the terminal.

use std::fs;

use crate::support::{PROVIDERS, Project, Ran, Server};

const KEY: &str = "resource \"aws_kms_key\" \"app\" {\n  deletion_window_in_days = 7\n}\n";

fn deep(open: &str, close: &str) -> String {
    format!("{}1{}", open.repeat(100_000), close.repeat(100_000))
}

/// Ends with an error, and not by a signal.
#[track_caller]
fn refused(ran: Ran, file: &str) -> Ran {
    let ran = ran.fails().says(file);
    for word in ["panicked", "overflow"] {
        assert!(!ran.all().contains(word), "{}", ran.all());
    }
    ran
}

#[test]
fn configuration_and_values_that_are_nested_without_end() {
    for (name, text) in [
        ("deep.tf.json", format!("{{\"locals\":{{\"a\":{}}}}}", deep("[", "]"))),
        ("deep.tf", format!("locals {{\n  a = {}\n}}\n", deep("[", "]"))),
        ("deep.tf", format!("locals {{\n  a = {}\n}}\n", deep("{ a = ", "}"))),
        ("deep.tf", format!("locals {{\n  a = {}\n}}\n", deep("-", ""))),
        ("deep.tf", deep("a {\n", "}\n")),
        ("deep.auto.tfvars", format!("a = {}\n", deep("[", "]"))),
        ("deep.auto.tfvars.json", format!("{{\"a\":{}}}", deep("{\"a\":", "}"))),
    ] {
        let project = Project::of("variable \"a\" {\n  default = null\n}\n");
        project.write(name, &text);
        let _ = refused(project.run("-local plan"), name);
        assert!(!project.has_state(), "{name}");
    }
}

#[test]
fn lists_of_modules_that_lead_astray() {
    let call = "module \"a\" {\n  source = \"acme/a/aws\"\n}\n";
    let entry = |key: &str, folder: &str| {
        format!(
            "{{\"Key\":\"{key}\",\"Source\":\"registry.terraform.io/acme/a/aws\",\"Dir\":\"{folder}\"}}"
        )
    };
    let many: Vec<String> = (0..20_000).map(|n| entry(&format!("x{n}"), "nowhere")).collect();
    for (name, manifest) in [
        ("nesting", deep("{\"Modules\":[", "]}")),
        ("wrong types", "{\"Modules\":[{\"Key\":1,\"Source\":[],\"Dir\":{}}]}".to_owned()),
        ("itself", format!("{{\"Modules\":[{}]}}", entry("a", "."))),
        ("a device", format!("{{\"Modules\":[{}]}}", entry("a", "/dev"))),
        ("far up", format!("{{\"Modules\":[{}]}}", entry("a", &"../".repeat(5_000)))),
        ("nothing there", format!("{{\"Modules\":[{}]}}", entry("a", "../nowhere"))),
        ("a null byte", format!("{{\"Modules\":[{}]}}", entry("a", "a\\u0000b"))),
        ("an escape", format!("{{\"Modules\":[{}]}}", entry("a", "\\u001b[2Ja"))),
        ("thousands", format!("{{\"Modules\":[{}]}}", many.join(","))),
    ] {
        let project = Project::of(call);
        fs::create_dir_all(project.folder().join(".terraform/modules")).unwrap();
        project.write(".terraform/modules/modules.json", &manifest);
        let ran = project.run("-local plan");
        let code = ran.code;
        assert!(matches!(code, Some(0 | 1)), "{name}: {code:?} {}", ran.all());
        assert!(!ran.all().contains('\u{1b}') && !ran.all().contains("panicked"), "{name}");
        assert!(matches!(name, "a device" | "far up") || code == Some(1), "{name}: {}", ran.all());
    }
}

#[test]
fn modules_that_call_themselves() {
    let project = Project::of("module \"a\" {\n  source = \"./a\"\n}\n");
    fs::create_dir(project.folder().join("a")).unwrap();
    project.write("a/main.tf", "module \"a\" {\n  source = \"../a\"\n}\n");
    let _ = refused(project.run("-local plan"), "main.tf");
    #[cfg(unix)]
    {
        project.write("a/main.tf", "module \"b\" {\n  source = \"./b\"\n}\n");
        std::os::unix::fs::symlink(".", project.folder().join("a/b")).unwrap();
        let _ = refused(project.run("-local plan"), "main.tf");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn files_that_never_end() {
    use std::os::unix::fs::symlink;
    for (target, name) in [("/dev/zero", "zero.tf"), ("/dev/zero", "zero.tf.json")] {
        let project = Project::of(KEY);
        symlink(target, project.folder().join(name)).unwrap();
        let _ = refused(project.run("-local plan"), name).says("not a regular file");
    }
    let project = Project::of(KEY);
    let pipe = project.folder().join("pipe.tf");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let _ = refused(project.run("-local plan"), "pipe.tf").says("not a regular file");
    fs::remove_file(pipe).unwrap();
    symlink("loop.tf", project.folder().join("loop.tf")).unwrap();
    let _ = refused(project.run("-local plan"), "loop.tf");
}

#[test]
fn states_and_plans_that_are_none() {
    let project = Project::of(KEY);
    let _ = project.run("-local apply -auto-approve").succeeds();
    let before = project.run("-local state pull").succeeds().out;
    let version = |rest: &str| format!("{{\"version\":4,{rest}}}");
    let instance = "{\"mode\":\"managed\",\"type\":\"terraform_data\",\"name\":\"a\",\"provider\":\
        \"provider[\\\"terraform.io/builtin/terraform\\\"]\",\"instances\":[{\"schema_version\":0,\
        \"attributes\":{\"id\":\"1\"}}]}";
    for text in [
        deep("[", "]"),
        version(&format!("\"outputs\":{}", deep("{\"a\":", "}"))),
        version("\"serial\":1e999999999"),
        version("\"serial\":99999999999999999999999"),
        version("\"resources\":7"),
        version(&format!("\"lineage\":\"l\",\"serial\":1,\"resources\":[{instance},{instance}]")),
        "\u{1b}[2J".to_owned(),
        String::new(),
    ] {
        project.write("hostile.json", &text);
        for line in [
            "-local state import-terraform -merge hostile.json",
            "-local state push -force hostile.json",
            "-local apply hostile.json",
            "-local show hostile.json",
        ] {
            let ran = project.run(line).fails();
            assert!(
                !ran.all().contains("panicked") && !ran.all().contains('\u{1b}'),
                "{}",
                ran.all()
            );
        }
    }
    assert_eq!(project.run("-local state pull").succeeds().out, before, "the state is as it was");
}

/// The state file is scribbled over: both kinds of commands say which file it is.
#[test]
fn a_state_file_that_is_scribbled_over() {
    let project = Project::of(KEY);
    let _ = project.run("-local apply -auto-approve").succeeds();
    let path = project.folder().join("state/local/meridian.db");
    let whole = fs::read(&path).unwrap();
    for damage in ["scribbled", "truncated"] {
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        match damage {
            "scribbled" => bytes[4096..].fill(0x5a),
            _ => bytes.truncate(middle + 100),
        }
        fs::write(&path, &bytes).unwrap();
        for line in ["-local apply -auto-approve", "-local plan", "-local state list"] {
            let _ = refused(project.run(line), "meridian.db").says("is damaged").says("backup");
        }
    }
    fs::write(&path, whole).unwrap();
    let _ = project.run("-local plan -detailed-exitcode").exits(0);
}

#[test]
fn what_the_cloud_says_steers_no_terminal() {
    let server = Server::new();
    let project = Project::of(&format!("{PROVIDERS}{KEY}")).at(&server);
    let message = "no\u{1b}]8;;http://evil\u{7}\u{1b}[2J\rApply complete!\u{202e}\u{9b}1A";
    for line in ["apply -auto-approve", "apply -auto-approve -json"] {
        server.refuse("CreateKey", 400, "AccessDeniedException", message);
        let ran = project.run(line).fails();
        let all = ran.all();
        let steers = |c: char| matches!(c, '\u{1b}' | '\u{7}' | '\r' | '\u{202e}' | '\u{9b}');
        assert!(!all.contains(steers), "{all:?}");
        assert!(all.contains("evil"), "{all}");
    }
    let text = "resource \"aws_kms_key\" \"app\" {\n  description = \"\\u001b[2J\\u202e\"\n  tags = {\n    \
                \"\\u001b]0;x\\u0007\" = \"\\u009b1A\\r\"\n  }\n}\n\
                output \"o\" {\n  value = aws_kms_key.app.description\n}\n";
    project.write("main.tf", &format!("{PROVIDERS}{text}"));
    for line in ["plan -out=saved", "show saved", "show -json saved", "plan -json"] {
        let all = project.run(line).succeeds().all();
        let steers = |c: char| matches!(c, '\u{1b}' | '\u{7}' | '\r' | '\u{202e}' | '\u{9b}');
        assert!(!all.contains(steers), "{line}: {all:?}");
    }
}

#[test]
fn who_waits_for_a_lock_is_told_who_has_it() {
    let server = Server::new();
    let project = Project::of(&format!("{PROVIDERS}{KEY}")).at(&server);
    let hold = meridian_local_aws::FaultAction::Delay(std::time::Duration::from_secs(600));
    server.next("CreateKey", hold);
    let running = project.start("apply -auto-approve");
    server.until_asked("CreateKey");
    let _ = project
        .run("apply -auto-approve -lock-timeout=1s")
        .fails()
        .says("Waiting for the state lock, 1 seconds at most: tester on")
        .says("has been running \"apply\" since")
        .says("Error acquiring the state lock");
    running.kill();
}
