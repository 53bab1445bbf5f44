//! Values that nobody knows beforehand, and values that someone types.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::forms::{Forms, HEAD, QUOTED, TAIL, WIDE};
use super::places::{Given, nothing_is_said};
use crate::support::{PROVIDERS, Project, Server, converse, secret_value, seed};

/// A secret whose value comes from here.
fn configuration(value: &str, rest: &str) -> String {
    format!(
        "{PROVIDERS}{rest}\nresource \"aws_secretsmanager_secret\" \"app\" {{\n  name = \"app\"\n  \
         recovery_window_in_days = 0\n}}\nresource \"aws_secretsmanager_secret_version\" \"app\" \
         {{\n  secret_id = aws_secretsmanager_secret.app.id\n  {value}\n}}\n"
    )
}

/// Where generated passwords come from.
pub const DRAWN: [(&str, &str, &str); 4] = [
    (
        "random_password",
        "secret_string = random_password.p.result",
        "resource \"random_password\" \"p\" {\n  length = 40\n  special = false\n}\n\
         output \"p\" {\n  value = random_password.p\n  sensitive = true\n}\n",
    ),
    (
        "data aws_secretsmanager_random_password",
        "secret_string = data.aws_secretsmanager_random_password.p.random_password",
        "data \"aws_secretsmanager_random_password\" \"p\" {\n  password_length = 40\n  \
         exclude_punctuation = true\n}\n",
    ),
    (
        "ephemeral random_password",
        "secret_string_wo = ephemeral.random_password.p.result\n  secret_string_wo_version = 1",
        "ephemeral \"random_password\" \"p\" {\n  length = 40\n  special = false\n}\n",
    ),
    (
        "ephemeral aws_secretsmanager_random_password",
        "secret_string_wo = ephemeral.aws_secretsmanager_random_password.p.random_password\n  \
         secret_string_wo_version = 1",
        "ephemeral \"aws_secretsmanager_random_password\" \"p\" {\n  password_length = 40\n  \
         exclude_punctuation = true\n}\n",
    ),
];

#[test]
fn a_generated_password_lives_unseen() {
    for (name, value, rest) in DRAWN {
        let server = Server::new();
        seed(&server, "value");
        let project = Project::of(&configuration(value, rest)).at(&server);
        let given = Given::of(&project);
        let mut said = String::new();
        for line in ["plan -out=saved", "apply -json saved"] {
            said.push_str(&project.run(line).succeeds().all());
        }
        let forms = Forms::of_drawn(&secret_value(&server, "app"));
        for line in
            ["show", "show -json", "show -json saved", "output", "state pull", "plan -json", "plan"]
        {
            said.push_str(&project.run(line).all());
            given.nothing_is_written(&project, &forms, name);
        }
        nothing_is_said(&said, &forms, name);
        let _ = project.run("destroy -auto-approve").succeeds();
        given.nothing_is_written(&project, &forms, name);
    }
}

#[test]
fn what_is_typed_lives_unseen() {
    let server = Server::new();
    let text = configuration("secret_string = var.s", "variable \"s\" {\n  sensitive = true\n}\n");
    let project = Project::of(&text).at(&server);
    let (given, forms) = (Given::of(&project), Forms::of_canaries());
    for line in ["plan -out=saved", "apply -auto-approve"] {
        let screen = converse(&project, line, &[("Enter a value:", &format!("{WIDE}\r"))]);
        assert_eq!(screen.code, Some(0), "{}", screen.seen);
        nothing_is_said(&screen.seen, &forms, line);
        given.nothing_is_written(&project, &forms, line);
    }
    assert_eq!(secret_value(&server, "app"), WIDE);
}

/// Wrong values of variables, and wrong ways to give them.
pub const WRONG: [(&str, &str, &str); 9] = [
    ("-var without a name", "", "-var C4naryQ7f"),
    ("-var of another type", "", "-var n=C4naryQ7f"),
    ("an expression in -var", "", "-var l=[C4naryQ7f"),
    ("a blank behind the name", "", "'-var=n =C4naryQ7f"),
    ("an open text", "n = \"C4naryQ7f\n", ""),
    ("a name for a text", "n = C4naryQ7f\n", ""),
    ("another type", "n = \"C4naryQ7f\"\n", ""),
    ("an unknown function", "n = nothing(\"C4naryQ7f\")\n", ""),
    ("a heredoc without end", "n = <<EOT\nC4naryQ7f\n", ""),
];

#[test]
fn errors_about_values_of_variables_do_not_quote_them() {
    let text = "variable \"n\" {\n  type = number\n  sensitive = true\n}\n\
                variable \"l\" {\n  type = list(string)\n  default = []\n  sensitive = true\n}\n";
    let forms = Forms::of_canaries();
    for (name, file, options) in WRONG {
        let project = Project::of(text);
        if !file.is_empty() {
            project.write("terraform.tfvars", file);
        }
        for json in ["", "-json"] {
            let mut command = project.command(&format!("-local plan {json}"));
            match options.strip_prefix('\'') {
                Some(one) => command.arg(one),
                None => command.args(options.split_whitespace()),
            };
            let output = command.output().expect("the program runs");
            assert_eq!(output.status.code(), Some(1), "{name}");
            let said = [output.stdout, output.stderr].concat();
            nothing_is_said(&String::from_utf8_lossy(&said), &forms, name);
        }
    }
    let project = Project::of(text);
    project.write("terraform.tfvars.json", &format!("{{\"n\": {QUOTED}, x"));
    nothing_is_said(&project.run("-local plan").fails().all(), &forms, "JSON");
    assert!(QUOTED.contains(HEAD) && QUOTED.contains(TAIL));
}

/// A sensitive value in each place where an expression fails and an error could show it.
#[test]
fn errors_of_functions_do_not_quote_sensitive_values() {
    let forms = Forms::of_canaries();
    let mut project = Project::of("variable \"s\" {\n  sensitive = true\n}\n");
    project.set("TF_VAR_s", WIDE);
    for expression in FAILING {
        let ran = project.run_with("console", expression);
        nothing_is_said(&ran.fails().all(), &forms, expression);
    }
}

/// Expressions that fail for the sake of what `var.s` is.
pub const FAILING: [&str; 24] = [
    "tonumber(var.s)",
    "tobool(var.s)",
    "jsondecode(var.s)",
    "yamldecode(\"[${var.s}\")",
    "base64decode(var.s)",
    "base64gunzip(var.s)",
    "urldecode(\"%zz${var.s}\")",
    "parseint(var.s, 10)",
    "regex(\"x{3}$\", var.s)",
    "regex(\"(${var.s}\", \"a\")",
    "file(var.s)",
    "templatefile(var.s, {})",
    "timeadd(var.s, \"1h\")",
    "formatdate(\"YYYY\", var.s)",
    "cidrhost(var.s, 1)",
    "{ a = 1 }[var.s]",
    "[1][var.s]",
    "lookup({ a = 1 }, var.s)",
    "index([\"a\"], var.s)",
    "format(\"%d\", var.s)",
    "var.s + 1",
    "var.s.member",
    "rsadecrypt(var.s, var.s)",
    "textencodebase64(\"a\", var.s)",
];

#[test]
fn a_plan_file_that_was_there_becomes_private() {
    let project = Project::of("output \"a\" {\n  value = 1\n}\n");
    project.write("saved", "");
    let path = project.folder().join("saved");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let _ = project.run("-local plan -out=saved").succeeds();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn constants_in_a_provider_block_are_not_in_plan_json() {
    let project = Project::of(
        "provider \"aws\" {\n  region = \"eu-central-1\"\n  \
         https_proxy = \"http://user:C4naryQ7f@127.0.0.1:9\"\n  \
         assume_role_with_web_identity {\n    role_arn = \"arn:aws:iam::222233334444:role/a\"\n    \
         web_identity_token = \"C4naryQ7f\"\n  }\n}\nresource \"aws_kms_key\" \"app\" {\n}\n",
    );
    for line in ["plan -out=saved", "show -json saved"] {
        nothing_is_said(&project.run(line).succeeds().all(), &Forms::of_canaries(), line);
    }
}
