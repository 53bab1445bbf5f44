//! The command line: options, exit codes, questions, and what goes where.

use std::time::Duration;

use meridian_local_aws::FaultAction;

use crate::support::{PROVIDERS, Project, Server, count, everything};

fn one_key(description: &str) -> String {
    format!("{PROVIDERS}resource \"aws_kms_key\" \"app\" {{\n  description = {description}\n}}\n")
}

#[test]
fn exit_codes_tell_whether_there_is_work() {
    let server = Server::new();
    let project = Project::of(&one_key("\"one\"")).at(&server);
    let _ = project.run("plan").exits(0);
    let _ = project.run("plan -detailed-exitcode").exits(2);
    let _ = project.run("plan --detailed-exitcode").exits(2);
    let _ = project.run("apply -auto-approve").exits(0);
    let _ = project.run("plan -detailed-exitcode").exits(0);
    let _ = project.run("plan -destroy -detailed-exitcode").exits(2);
    project.write("main.tf", "nonsense");
    let _ = project.run("plan -detailed-exitcode").exits(1);
}

#[test]
fn nothing_is_done_without_a_yes() {
    let server = Server::new();
    let project = Project::of(&one_key("\"one\"")).at(&server);
    let _ = project.run("apply").fails().says("-auto-approve");
    for answer in ["no\n", "y\n", "YES\n", "\n"] {
        let _ = project.run_with("apply", answer).fails().says("Apply cancelled.");
    }
    assert_eq!(count(&server.requests(), "CreateKey"), 0);
    let _ = project
        .run_with("apply", "yes\n")
        .succeeds()
        .says("Do you want to perform these actions")
        .says("1 added");
    let _ = project.run_with("destroy", "no\n").fails().says("Destroy cancelled.");
    assert_eq!(count(&server.requests(), "ScheduleKeyDeletion"), 0);
    let _ = project.run_with("destroy", "yes\n").succeeds().says("1 destroyed");
}

#[test]
fn the_last_value_given_for_a_variable_counts() {
    let text = "variable \"x\" {\n  default = \"default\"\n}\noutput \"x\" {\n  value = var.x\n}\n";
    let mut project = Project::of(text);
    project.write("given.tfvars", "x = \"file\"\n");
    project.write("other.tfvars", "x = \"other\"\n");
    #[track_caller]
    fn comes_to(project: &Project, options: &str, value: &str) {
        let line = format!("-local plan {options}");
        let _ = project.run(line.trim()).succeeds().says(&format!("+ x = \"{value}\""));
    }
    comes_to(&project, "", "default");
    project.set("TF_VAR_x", "environment");
    comes_to(&project, "", "environment");
    project.write("terraform.tfvars", "x = \"terraform.tfvars\"\n");
    comes_to(&project, "", "terraform.tfvars");
    project.write("a.auto.tfvars", "x = \"a\"\n");
    project.write("b.auto.tfvars", "x = \"b\"\n");
    comes_to(&project, "", "b");
    comes_to(&project, "-var-file=given.tfvars", "file");
    comes_to(&project, "-var-file=given.tfvars -var-file other.tfvars", "other");
    comes_to(&project, "-var x=line", "line");
    comes_to(&project, "-var x=line -var x=last", "last");
    comes_to(&project, "-var-file=given.tfvars -var=x=line", "line");
    comes_to(&project, "-var=x=line -var-file=given.tfvars", "file");
}

#[test]
fn variables_that_do_not_fit_are_told() {
    let project = Project::of("variable \"n\" {\n  type = number\n}\n");
    let _ = project.run("-local plan -var n=many").fails().says("a number is required");
    let _ = project.run("-local plan -var n=1 -var nope=1").fails().says("nope");
    let _ = project.run("-local plan -var n").fails().says("Invalid -var option");
    let _ = project.run("-local plan -var-file=nowhere").fails().says("does not exist");
    let _ = project.run("-local plan -var n=1").succeeds();
}

#[test]
fn outputs_can_be_read_by_scripts() {
    let text = "output \"text\" {\n  value = \"a b\"\n}\noutput \"number\" {\n  value = 3\n}\n\
                output \"list\" {\n  value = [1, 2]\n}\n\
                output \"secret\" {\n  value     = \"hidden\"\n  sensitive = true\n}\n";
    let project = Project::of(text);
    let _ = project.run("-local output").exits(0).says("No outputs found");
    let _ = project.run("-local apply -auto-approve").succeeds().never_says("hidden");
    let out = |line: &str| project.run(line).succeeds().out;
    assert_eq!(out("-local output -raw text"), "a b");
    assert_eq!(out("-local output -raw number"), "3");
    assert_eq!(out("-local output text"), "\"a b\"\n");
    assert_eq!(out("-local output -json list"), "[1,2]\n");
    let all: serde_json::Value = serde_json::from_str(&out("-local output -json")).unwrap();
    assert_eq!(all["text"]["value"], "a b");
    assert_eq!(all["secret"]["sensitive"], true);
    insta::assert_snapshot!(out("-local output"));
    let _ = project.run("-local output -raw list").fails().says("Unsupported value");
    let _ = project.run("-local output nope").fails().says("Output not found");
}

#[test]
fn the_state_can_be_looked_into() {
    let server = Server::new();
    let project = Project::of(&everything()).at(&server);
    let _ = project.run("state list").fails().says("No state file was found");
    let _ = project.run("show").succeeds().says("The state is empty");
    let _ = project.run("apply -auto-approve").succeeds();
    let list = project.run("state list").succeeds().out;
    let expected = "aws_kms_key.primary\naws_kms_replica_key.ireland\n\
                    aws_secretsmanager_secret.app\naws_secretsmanager_secret_version.app\n";
    assert_eq!(list, expected);
    let one = project.run("state list aws_kms_key.primary").succeeds().out;
    assert_eq!(one, "aws_kms_key.primary\n");
    insta::assert_snapshot!(
        "state_show",
        project.run("state show aws_secretsmanager_secret.app").succeeds().plan()
    );
    let _ = project.run("state show aws_kms_key.nope").fails().says("No instance found");
    let _ = project.run("state show nonsense").fails().says("is no address");
    insta::assert_snapshot!("show", project.run("show").succeeds().plan());
    let json = project.run("show -json").succeeds().out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let resources = json["values"]["root_module"]["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 4);
    let refreshed = server.mark();
    let _ = project.run("show").succeeds();
    assert_eq!(server.mark(), refreshed, "looking into the state asks no cloud");
}

#[test]
fn the_graph_is_drawn() {
    let project = Project::of(&everything());
    let dot = project.run("graph").succeeds().out;
    assert!(dot.starts_with("digraph"), "{dot}");
    let edge = "\"aws_kms_replica_key.ireland\" -> \"aws_kms_key.primary\"";
    assert!(dot.contains(edge), "{dot}");
    insta::assert_snapshot!(dot);
}

#[test]
fn what_needs_no_cloud_asks_none() {
    let server = Server::new();
    let project = Project::of(&everything()).at(&server);
    let _ = project.run("init").succeeds().says("aws_kms_replica_key");
    let _ = project.run("init -input=false -upgrade -backend=false").succeeds();
    let _ = project.run("validate").succeeds().says("Success!");
    let _ = project.run("graph").succeeds();
    let _ = project.run("version").succeeds().says("meridian v0.1.0");
    let _ = project.run("plan").succeeds();
    assert_eq!(server.mark(), 0);
    assert!(!project.has_state());
    let needs = "terraform {\n  required_providers {\n    google = {\n      \
                 source = \"hashicorp/google\"\n    }\n  }\n}\n";
    project.write("needs.tf", needs);
    let _ =
        project.run("init").succeeds().says("hashicorp/google is not built in; nothing uses it");
    project.write("uses.tf", "resource \"google_dns_policy\" \"p\" {\n}\n");
    let _ = project.run("init").succeeds().says("uses.tf:1").says("google_dns_policy.p");
    let _ = project.run("validate").fails().says("uses.tf:1").says("google_dns_policy.p");
}

#[test]
fn nothing_is_coloured_on_a_pipe() {
    let mut project = Project::of(&one_key("\"one\""));
    for name in ["NO_COLOR", "TERM"] {
        let plan = project.run("-local plan").succeeds();
        assert!(!plan.all().contains('\u{1b}'), "{}", plan.all());
        project.set(name, "xterm-256color");
    }
    project.write("main.tf", "nonsense");
    let ran = project.run("-local plan -no-color").fails();
    assert!(!ran.all().contains('\u{1b}'), "{}", ran.all());
}

#[test]
fn errors_and_data_go_separate_ways() {
    let project = Project::of("nonsense");
    let ran = project.run("-local plan").fails();
    assert!(ran.out.is_empty() && ran.err.starts_with("\nError:"), "{ran:?}");
}

#[test]
fn each_command_helps() {
    let project = Project::new();
    let helped = [
        ("init", "--upgrade"),
        (
            "plan",
            "--out --destroy --refresh --refresh-only --detailed-exitcode --var --var-file \
             --parallelism --target --exclude --replace --generate-config-out --lock-timeout \
             --compact-warnings",
        ),
        ("apply", "--auto-approve --destroy --refresh --var --var-file --parallelism"),
        ("destroy", "--auto-approve --refresh --var --var-file --parallelism"),
        ("validate", "--json"),
        ("console", "--plan --var --var-file"),
        ("workspace", "list show new select delete"),
        ("workspace select", "--or-create"),
        ("providers", "--chdir"),
        ("get", "--chdir"),
        ("show", "--json"),
        ("output", "--json --raw"),
        ("state", "list show"),
        ("graph", "--type --draw-cycles --format --plan"),
        (
            "local-aws",
            "--listen --data --clock --seed --restore --snapshot --faults --lag --quotas --random \
             --iam --verify-signatures --texts --tls --host --connections",
        ),
        ("version", "--json"),
    ];
    for (command, options) in helped {
        for flag in ["-help", "--help", "-h"] {
            let help = project.run(&format!("{command} {flag}")).exits(0);
            for option in options.split(' ') {
                assert!(help.out.contains(option), "{command}: {option}\n{}", help.out);
            }
        }
        let overview = project.run("-help").exits(0);
        let command = command.split(' ').next().unwrap_or(command);
        assert!(overview.out.contains(command), "{command}");
    }
    let _ = project.run("").exits(127).says("Usage:");
    let _ = project.run("plna").fails().says("plan");
}

#[test]
fn one_run_at_a_time() {
    let server = Server::new();
    server.next("CreateKey", FaultAction::Delay(Duration::from_secs(300)));
    let project = Project::of(&one_key("\"one\"")).at(&server);
    let first = project.start("apply -auto-approve");
    server.until_asked("CreateKey");
    for command in ["apply -auto-approve", "destroy -auto-approve"] {
        let _ = project
            .run(command)
            .fails()
            .says("Error acquiring the state lock")
            .says("The state is locked")
            .says("-lock-timeout=5m waits")
            .says("tester on")
            .says(&format!("(process {})", first.id()))
            .says("\"apply\"");
    }
    let _ = project.run("plan -refresh=false").succeeds();
    first.kill();
    let _ = project.run("apply -auto-approve").succeeds();
}

#[test]
fn a_state_may_be_elsewhere() {
    let project = Project::of("output \"x\" {\n  value = 1\n}\n");
    let _ = project.run("-local -state=other.db apply -auto-approve").succeeds();
    assert!(project.folder().join("other.db").exists());
    assert_eq!(project.run("-local -state=other.db output -raw x").succeeds().out, "1");
    let _ = project.run("-local output x").says("No outputs found");
}
