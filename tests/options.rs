//! Options of plan, apply and destroy, and those that the environment gives.

use crate::support::{PROVIDERS, Project, Server};

fn one_key() -> String {
    format!("{PROVIDERS}resource \"aws_kms_key\" \"app\" {{\n  description = \"one\"\n}}\n")
}

/// What Terraform 1.11.4 says of the same.
#[test]
fn options_that_do_not_fit_together_are_refused() {
    let project = Project::of(&one_key());
    for (options, summary) in [
        ("-destroy -refresh-only", "Incompatible plan mode options"),
        ("-refresh-only -refresh=false", "Incompatible refresh options"),
        ("-destroy -replace=aws_kms_key.app", "Unsupported plan mode"),
        ("-refresh-only -replace=aws_kms_key.app", "Unsupported plan mode"),
        ("-target=aws_kms_key.a -exclude=aws_kms_key.b", "Incompatible options"),
        ("-target=foo", "Invalid target \"foo\""),
        ("-target=", "Invalid target \"\""),
        ("-exclude=a.b.c", "Invalid excluded address \"a.b.c\""),
        ("-replace=module.a", "Invalid force-replace address \"module.a\""),
        ("-replace=data.a.b", "Only managed resources can be used with the -replace=... option."),
        ("-destroy -generate-config-out=x.tf", "Invalid generate-config-out flag"),
        ("-generate-config-out=main.tf", "Target generated file already exists"),
    ] {
        let _ = project.run(&format!("-local plan {options}")).fails().says(summary);
    }
    let _ = project.run("-local destroy -refresh-only").fails().says("Invalid mode option");
    // All that is wrong is told at once.
    let told = project.run("-local plan -target=foo -replace=bar -destroy -refresh-only").fails();
    let _ = told.says("\"foo\"").says("\"bar\"").says("mutually-exclusive");
}

#[test]
fn values_of_options_are_read_as_terraform_reads_them() {
    let project = Project::of(&one_key());
    for options in ["-refresh=0", "-refresh=TRUE", "-lock-timeout=1m30s", "-lock=f", "-input=1"] {
        let _ = project.run(&format!("-local plan {options}")).succeeds();
    }
    for options in ["-refresh=maybe", "-lock-timeout=5", "-lock=maybe", "-parallelism=x"] {
        let _ = project.run(&format!("-local plan {options}")).fails();
    }
}

#[test]
fn the_environment_gives_options() {
    let mut project = Project::of("variable \"x\" {}\noutput \"x\" {\n  value = var.x\n}\n");
    project.set("TF_CLI_ARGS_plan", "-var \"x=from the environment\" -detailed-exitcode");
    let _ = project.run("-local plan").exits(2).says("+ x = \"from the environment\"");
    let _ = project.run("-local plan -var=x=typed").exits(2).says("+ x = \"typed\"");
    project.set("TF_CLI_ARGS_apply", "-var x=1 -auto-approve");
    let _ = project.run("-local apply").succeeds().says("x = \"1\"");
    project.set("TF_CLI_ARGS_workspace_show", "-nope");
    let _ = project.run("workspace show").fails();
    project.set("TF_CLI_ARGS", "'unterminated");
    let _ = project
        .run("-local plan")
        .fails()
        .says("Error parsing extra CLI args from TF_CLI_ARGS: invalid command line string");
}

#[test]
fn scripts_are_given_no_advice() {
    let mut project = Project::of(&one_key());
    let _ = project.run("-local plan").succeeds().says("You didn't use the -out option");
    let _ = project.run("init").succeeds().says("Next: meridian plan");
    project.set("TF_IN_AUTOMATION", "1");
    let _ = project.run("-local plan").succeeds().never_says("You didn't use the -out option");
    let saved = project.run("-local plan -out=p").succeeds();
    let _ = saved.never_says("run the following command");
    let _ = project.run("init").succeeds().never_says("Next:");
}

#[test]
fn warnings_can_be_short() {
    let text = "output \"x\" {\n  value = 1\n}\n";
    let project = Project::of(text);
    project.write("terraform.tfvars", "nope = 1\n");
    let long = project.run("-local plan").succeeds();
    let _ = long.says("Warning: Value for undeclared variable").says("To silence these warnings");
    let short = project.run("-local plan -compact-warnings").succeeds();
    let _ = short
        .says("Warnings: - Value for undeclared variable")
        .says("run Meridian without -compact-warnings")
        .never_says("To silence these warnings");
    project.write("main.tf", &format!("{text}output \"y\" {{\n  value = 1 + \"a\"\n}}\n"));
    let _ = project.run("-local plan -compact-warnings").fails().says("Error:");
}

#[test]
fn missing_values_are_told_where_there_is_no_terminal() {
    let server = Server::new();
    let project = Project::of("variable \"a\" {}\nvariable \"b\" {}\n").at(&server);
    for options in ["", "-input=false"] {
        let told = project.run_with(&format!("plan {options}"), "x\ny\n").fails();
        let _ = told
            .says("No value for required variable")
            .says("input variable \"a\" is not set")
            .says("input variable \"b\" is not set");
    }
}

#[test]
fn what_is_not_built_in_is_told_at_once() {
    let project = Project::of(&format!(
        "{}\nresource \"google_storage_bucket\" \"b\" {{\n}}\n\
         resource \"aws_s3_bucket\" \"logs\" {{\n  count = 2\n}}\n\
         data \"aws_ami\" \"a\" {{\n}}\n",
        one_key()
    ));
    let _ = project.run("init").succeeds().says("Warning: Unsupported resource types");
    for command in ["validate", "-local plan"] {
        let told = project.run(command).fails();
        assert_eq!(told.err.matches("Error:").count(), 1, "{}", told.err);
        let _ = told
            .says("Unsupported resource types")
            .says("- resource \"google_storage_bucket\" of hashicorp/google")
            .says("- resource \"aws_s3_bucket\" of hashicorp/aws: aws_s3_bucket.logs")
            .says("- data \"aws_ami\" of hashicorp/aws: data.aws_ami.a")
            .says("-target=ADDRESS");
    }
    let _ = project.run("-local plan -target=aws_kms_key.app").succeeds().says("1 to add");
    let _ = project.run("-local plan -target=data.aws_ami.a").fails().says("data.aws_ami.a");
    let left_out =
        "-exclude=aws_s3_bucket.logs -exclude=data.aws_ami.a -exclude=google_storage_bucket.b";
    let _ = project.run(&format!("-local plan {left_out}")).succeeds().says("1 to add");
}
