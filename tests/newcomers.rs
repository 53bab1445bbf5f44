//! What goes wrong in the first hour, and whether what is said then helps.

use crate::support::{PROVIDERS, Project, Server};

fn one_key() -> String {
    format!("{PROVIDERS}resource \"aws_kms_key\" \"orders\" {{\n}}\n")
}

const OUTPUT: &str = "output \"x\" {\n  value = 1\n}\n";

#[test]
fn help_is_a_word_too() {
    let project = Project::new();
    let _ = project.run("help").exits(0).says("Usage: meridian");
    let _ = project.run("help plan").exits(0).says("--detailed-exitcode");
    let _ = project.run("help state mv").exits(0).says("<DESTINATION>");
    let _ = project.run("test").fails().says("there is no command \"test\" here");
}

#[test]
fn what_is_no_plan_file_is_told_with_what_was_probably_meant() {
    let project = Project::of(OUTPUT);
    let _ = project
        .run("apply nowhere")
        .fails()
        .says("Error: Failed to load \"nowhere\" as a plan file")
        .says("meridian plan -out=FILE");
    let _ = project
        .run("apply .")
        .fails()
        .says("Error: Failed to load \".\" as a plan file")
        .says("The specified path is a directory, not a plan file.")
        .says("-chdir");
    let _ = project
        .run("-local plan -out=nowhere/plan")
        .fails()
        .says("Error: Failed to write plan file")
        .says("nowhere/plan: ");
}

#[test]
fn the_state_of_the_other_aws_is_named() {
    let server = Server::new();
    let project = Project::of(&format!("{}{OUTPUT}", one_key())).at(&server);
    let nowhere = "give -local to work on it";
    let _ = project.run("output").succeeds().never_says(nowhere);
    let _ = project.run("-local apply -auto-approve").succeeds();
    let _ = project.run("output").succeeds().says("No outputs found").says(nowhere);
    let _ = project.run("show").succeeds().says("The state is empty").says(nowhere);
    let _ = project.run("state list").fails().says("No state file was found").says(nowhere);
    let _ = project.run("destroy -auto-approve").succeeds().says("0 destroyed").says(nowhere);
    let _ = project.run("-state=other.db output").succeeds().never_says(nowhere);
    let _ = project.run("-local destroy -auto-approve").succeeds().never_says("leave -local out");
}

#[test]
fn what_terraform_holds_is_not_made_twice_without_a_warning() {
    let server = Server::new();
    let project = Project::of(&one_key()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let handed_back = project.run("state export-terraform terraform.tfstate").succeeds();
    drop(handed_back);
    let warning = "Terraform's state holds what is to be created";
    let _ = project.run("plan").succeeds().never_says(warning);
    std::fs::remove_dir_all(project.folder().join("state")).expect("there is a state");
    for command in ["plan", "apply"] {
        let _ = project
            .run(command)
            .says(warning)
            .says("terraform.tfstate holds 1 object of this plan")
            .says("meridian state import-terraform terraform.tfstate");
    }
    let _ = project.run("-local plan").succeeds().never_says(warning);
    let _ = project.run("plan -exclude=aws_kms_key.orders").succeeds().never_says(warning);
    let _ = project.run("state import-terraform terraform.tfstate").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).never_says(warning);
    let _ = project
        .run("-state=terraform.tfstate plan")
        .fails()
        .says("is not a state file of meridian")
        .says("meridian state import-terraform terraform.tfstate");
}

#[test]
fn addresses_that_nothing_has_are_told() {
    let server = Server::new();
    let project = Project::of(&one_key()).at(&server);
    let _ = project
        .run("plan -target=aws_kms_key.order")
        .succeeds()
        .says("-target names what is not there")
        .says("has aws_kms_key.order, so the option has no effect")
        .says("did you mean aws_kms_key.orders?");
    let _ = project
        .run("plan -exclude=module.nope")
        .succeeds()
        .says("-exclude names what is not there")
        .never_says("did you mean");
    let _ = project.run("plan -target=aws_kms_key.orders").succeeds().never_says("is not there");
    let _ = project.run("apply -auto-approve").succeeds();
    // What is only in the state is there, too.
    project.write("main.tf", PROVIDERS);
    let _ =
        project.run("plan -target=aws_kms_key.orders").says("1 to destroy").never_says("not there");
}

#[test]
fn a_plan_and_a_state_of_another_folder_are_refused_with_advice() {
    let server = Server::new();
    let project = Project::of(&one_key()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("-state=other.db apply -auto-approve").succeeds();
    project.write("main.tf", &one_key().replace("{\n}", "{\n  description = \"changed\"\n}"));
    let _ = project.run("plan -out=plan").succeeds();
    let _ = project
        .run("-state=other.db apply plan")
        .fails()
        .says("Error: Saved plan does not match the given state")
        .says("a different state lineage")
        .says("with the -state option");
    let other = project.run("-state=other.db state pull").succeeds().out;
    project.write("other.tfstate", &other);
    let _ = project
        .run("state push other.tfstate")
        .fails()
        .says("Error: Failed to write state")
        .says("over unrelated state with lineage")
        .says("-force");
    let _ = project.run("apply plan").succeeds().says("1 changed");
}

#[test]
fn a_file_in_the_way_is_named() {
    let project = Project::of(OUTPUT);
    project.write("state", "not a folder");
    let told = project.run("workspace new eu").fails().says("The system refused a file or folder");
    let _ = told.says("state/workspaces: ");
}

/// Whoever closes our output has read enough; output that is lost is an error.
#[cfg(target_os = "linux")]
#[test]
fn lost_output_is_an_error_and_closed_output_is_none() {
    use std::process::Stdio;

    let project = Project::of(OUTPUT);
    let _ = project.run("-local apply -auto-approve").succeeds();
    let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let lost = project.command("-local output -json").stdout(full).output().expect("it starts");
    let told = String::from_utf8_lossy(&lost.stderr);
    assert_eq!(lost.status.code(), Some(1), "{told}");
    assert!(told.contains("Error: The output could not be written"), "{told}");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = project.command("-local output -json");
    let closed = command.stdout(writer).stderr(Stdio::piped()).output().expect("it starts");
    assert_eq!(closed.status.code(), Some(0));
    assert!(closed.stderr.is_empty(), "{}", String::from_utf8_lossy(&closed.stderr));
}
