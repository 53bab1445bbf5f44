//! The key that states and plans are sealed under: plan and apply on different machines, and going
//! over to another key.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{HOME, Project, Ran, Server, changing, count};

const PASSPHRASE: &str = "correct horse battery staple";
const CANARY: &str = "canary-in-a-coal-mine";

const TEXT: &str = r#"
provider "aws" {
  region = "eu-central-1"
}

variable "secret" {
  type      = string
  sensitive = true
}

resource "random_password" "made" {
  length = 24
}

resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = var.secret
}

output "made" {
  value     = "${random_password.made.result}${var.secret}"
  sensitive = true
}
"#;

fn project(server: &Server) -> Project {
    let mut project = Project::of(TEXT).at(server);
    project.set("TF_VAR_secret", CANARY);
    project
}

/// From now on everything happens on another machine, to which only the folder was brought.
fn move_to(project: &mut Project, machine: &str) {
    let home = project.root().join(machine);
    project.set("HOME", &home.to_string_lossy());
    project.set("XDG_CONFIG_HOME", &home.join(".config").to_string_lossy());
}

/// Unsets variables, as far as the program can tell.
fn run_without(project: &Project, names: &[&str], line: &str) -> Ran {
    let mut command = project.command(line);
    names.iter().for_each(|name| {
        command.env_remove(name);
    });
    project.run_command(line, command)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// No file but the configuration has a text.
fn nowhere(project: &Project, text: &str) {
    let mut found = Vec::new();
    files(project.root(), &mut found);
    assert!(found.len() > 2, "{found:?}");
    for path in found {
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(text.len()).any(|it| it == text.as_bytes()), "{}", path.display());
    }
}

fn nothing_to_do(project: &Project) {
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let _ = project.run("output -raw made").succeeds().says(CANARY);
}

/// What was called since then and changes an object. Data keys are none.
fn changed(server: &Server, asked: usize) -> String {
    let mut requests = server.requests_since(asked);
    requests.retain(|it| it.operation != "Decrypt" && it.operation != "GenerateDataKey");
    changing(&requests)
}

/// The ARN of a new KMS key.
fn key(server: &Server) -> String {
    let created = server.wait(server.kms(HOME).create_key().send()).unwrap();
    created.key_metadata.unwrap().arn.unwrap()
}

#[test]
fn with_a_passphrase_plan_and_apply_run_on_different_machines() {
    let server = Server::new();
    let mut project = project(&server);
    project.set("MERIDIAN_STATE_KEY", PASSPHRASE);
    let _ = project.run("plan -out=first.plan").succeeds();
    move_to(&mut project, "second");
    let _ = project.run("show first.plan").succeeds().says("Plan: 3 to add");
    let _ = project.run("apply first.plan").succeeds();
    // What AWS shows of new objects for the first time is taken in.
    let _ = project.run("apply -auto-approve").succeeds();
    move_to(&mut project, "third");
    nothing_to_do(&project);
    project.set("TF_VAR_secret", "another-canary-value");
    let _ = project.run("plan -out=second.plan").succeeds().says("must be replaced");
    move_to(&mut project, "fourth");
    let _ = project.run("apply second.plan").succeeds();
    for text in [CANARY, "another-canary-value", PASSPHRASE] {
        nowhere(&project, text);
    }
    let machines = ["home", "second", "third", "fourth"];
    let mut keys = machines.iter().map(|it| project.root().join(it).join(".config/meridian"));
    assert!(!keys.any(|path| path.join("state.key").exists()), "no key file is made");
}

#[test]
fn a_wrong_missing_or_weak_passphrase_is_refused_before_anything_is_changed() {
    let server = Server::new();
    let mut project = project(&server);
    for (weak, said) in [("", "is set, but empty"), ("elevenchars", "less than 12 characters")] {
        project.set("MERIDIAN_STATE_KEY", weak);
        let _ = project.run("apply -auto-approve").fails().says(said);
    }
    assert_eq!(server.mark(), 0);
    assert!(!project.has_state());
    project.set("MERIDIAN_STATE_KEY", PASSPHRASE);
    let _ = project.run("apply -auto-approve").succeeds();
    project.set("TF_VAR_secret", "another-canary-value");
    let _ = project.run("plan -out=p").succeeds();
    let asked = server.mark();
    let state = fs::read(project.folder().join("state/meridian.db")).unwrap();
    project.set("MERIDIAN_STATE_KEY", "correct horse battery stable");
    for line in ["apply -auto-approve", "apply p", "plan", "show", "show p", "state rekey"] {
        let _ = project.run(line).fails().says("Wrong passphrase").never_says("stable");
    }
    for line in ["apply -auto-approve", "apply p", "state rekey"] {
        let refused = run_without(&project, &["MERIDIAN_STATE_KEY"], line).fails();
        let _ = refused.says("is sealed under a passphrase").says("set MERIDIAN_STATE_KEY to the");
    }
    let mut with_both = project.command("plan");
    with_both.env("MERIDIAN_STATE_KMS_KEY", "alias/app");
    let _ = project.run_command("plan", with_both).fails().says("Unset one of them");
    assert_eq!(server.mark(), asked, "nothing was called");
    assert_eq!(fs::read(project.folder().join("state/meridian.db")).unwrap(), state);
    // What shows no value needs no key.
    let _ = project.run("state history").succeeds();
    let _ = project.run("state backup copy.db").succeeds();
}

#[test]
fn with_a_kms_key_plan_and_apply_run_on_different_machines() {
    let server = Server::new();
    let (arn, other) = (key(&server), key(&server));
    let alias = server.kms(HOME).create_alias().alias_name("alias/state").target_key_id(&arn);
    server.wait(alias.send()).unwrap();
    let mut project = project(&server);
    project.set("MERIDIAN_STATE_KMS_KEY", "alias/state");
    let _ = project.run("plan").fails().says("set AWS_REGION");
    project.set("MERIDIAN_STATE_KMS_KEY", &arn);
    let asked = server.mark();
    let _ = project.run("plan -out=first.plan").succeeds();
    assert_eq!(count(&server.requests_since(asked), "GenerateDataKey"), 1);
    move_to(&mut project, "second");
    let asked = server.mark();
    let _ = project.run("apply first.plan").succeeds();
    let requests = server.requests_since(asked);
    assert_eq!((count(&requests, "Decrypt"), count(&requests, "GenerateDataKey")), (1, 0));
    let _ = project.run("apply -auto-approve").succeeds();
    nothing_to_do(&project);
    nowhere(&project, CANARY);
    // The alias leads to the same key, in the Region that the state knows.
    project.set("MERIDIAN_STATE_KMS_KEY", "alias/state");
    nothing_to_do(&project);

    let asked = server.mark();
    project.set("MERIDIAN_STATE_KMS_KEY", &other);
    let refused = project.run("apply -auto-approve").fails();
    let _ = refused.says("IncorrectKeyException").says("the KMS key that it was made with");
    project.set("MERIDIAN_STATE_KMS_KEY", &arn);
    server.refuse("Decrypt", 400, "AccessDeniedException", "You may not.");
    let refused = project.run("apply -auto-approve").fails();
    let _ = refused.says("You may not.").says(&format!("needs kms:Decrypt on {arn}"));
    let refused = run_without(&project, &["MERIDIAN_STATE_KMS_KEY"], "plan").fails();
    let _ = refused.says(&format!("set MERIDIAN_STATE_KMS_KEY={arn}"));
    assert_eq!(changed(&server, asked), "");
}

#[test]
fn a_data_key_is_bound_to_the_lineage_of_its_state() {
    let server = Server::new();
    let arn = key(&server);
    let mut project = project(&server);
    project.set("MERIDIAN_STATE_KMS_KEY", &arn);
    let _ = project.run("apply -auto-approve").succeeds();
    let state = project.folder().join("state/meridian.db");
    let under = meridian_state::SealedUnder::of(&state).unwrap().unwrap();
    let meridian_state::KeyOrigin::Kms(data_key) = under.record.unwrap().origin else {
        panic!("the record tells of a KMS key")
    };
    assert_eq!(data_key.key, arn);
    assert_eq!(data_key.context["meridian:lineage"], under.lineage);
}

#[test]
fn a_state_goes_over_from_each_kind_of_key_to_each_other() {
    let server = Server::new();
    let arn = key(&server);
    let mut project = project(&server);
    for _ in 0..2 {
        let _ = project.run("apply -auto-approve").succeeds();
    }
    nothing_to_do(&project);
    let asked = server.mark();
    let made = project.run("output -raw made").succeeds().out;

    let first = project.run("state rekey").succeeds();
    let _ = first.says("The former key stays beside it").says("state.key");
    nothing_to_do(&project);

    let _ = project.run("state rekey -passphrase").fails().says("MERIDIAN_NEW_STATE_KEY");
    project.set("MERIDIAN_NEW_STATE_KEY", "elevenchars");
    let _ = project.run("state rekey -passphrase").fails().says("less than 12 characters");
    project.set("MERIDIAN_NEW_STATE_KEY", PASSPHRASE);
    let _ = project.run("state rekey -passphrase").succeeds().says("Set MERIDIAN_STATE_KEY");
    let _ = project.run("plan").fails().says("is sealed under a passphrase");
    project.set("MERIDIAN_STATE_KEY", PASSPHRASE);
    nothing_to_do(&project);

    project.set("MERIDIAN_NEW_STATE_KEY", "another horse battery staple");
    let _ = project.run("state rekey").succeeds();
    let _ = project.run("plan").fails().says("Wrong passphrase");
    project.set("MERIDIAN_STATE_KEY", "another horse battery staple");
    nothing_to_do(&project);

    let _ = project.run(&format!("state rekey -kms-key={arn}")).succeeds().says(&arn);
    let refused = project.run("plan").fails();
    let _ = refused.says("a data key of the KMS key").says("but MERIDIAN_STATE_KEY is set");
    let mut in_kms = self::project(&server);
    in_kms.become_same(&project);
    in_kms.set("MERIDIAN_STATE_KMS_KEY", &arn);
    nothing_to_do(&in_kms);
    let _ = in_kms.run("state rekey").succeeds();
    nothing_to_do(&in_kms);
    let _ = in_kms.run("state rekey -key-file").succeeds().says("Unset MERIDIAN_STATE_KEY");
    let refused = in_kms.run("plan").fails();
    let _ = refused.says("sealed under the key of a key file, but MERIDIAN_STATE_KMS_KEY is set");
    let output = run_without(&in_kms, &["MERIDIAN_STATE_KMS_KEY"], "output -raw made").succeeds();
    assert_eq!(output.out, made);
    let planned = run_without(&in_kms, &["MERIDIAN_STATE_KMS_KEY"], "plan -detailed-exitcode");
    let _ = planned.exits(0).says("No changes.");
    assert_eq!(changed(&server, asked), "", "nothing of it touches an object");
    for text in [CANARY, PASSPHRASE, "another horse"] {
        nowhere(&in_kms, text);
    }
}

#[test]
fn a_key_file_is_replaced_without_losing_other_states() {
    let server = Server::new();
    let project = project(&server);
    for _ in 0..2 {
        let _ = project.run("apply -auto-approve").succeeds();
    }
    // Another state of the same user.
    let _ = project.run("state backup other.db").succeeds();
    let _ = project.run("plan -out=p").succeeds();
    let keys = project.root().join("home/.config/meridian");
    let former = fs::read_to_string(keys.join("state.key")).unwrap();
    let _ = project.run("state rekey").succeeds();
    let refused = project.run("apply p").fails();
    let _ = refused.says("Saved plan is stale");
    assert_ne!(fs::read_to_string(keys.join("state.key")).unwrap(), former);
    let _ = project.run("-state=other.db output -raw made").succeeds().says(CANARY);
    let _ = project.run("-state=other.db plan -detailed-exitcode").exits(0).says("No changes.");

    // Killed after the state was written and before the key took its place.
    let named = |key: &Path| {
        let text = fs::read_to_string(key).unwrap();
        let id = meridian_state::Sealer::from_text(&text).unwrap().key_id();
        keys.join(format!("state.key.{id}"))
    };
    let current = keys.join("state.key");
    fs::rename(&current, named(&current)).unwrap();
    fs::write(&current, &former).unwrap();
    nothing_to_do(&project);
    // Killed before the state was written: a key too many, which nothing needs.
    let spare = meridian_state::NewKeyFile::make(&current).unwrap();
    drop(spare);
    nothing_to_do(&project);
    let _ = project.run("state rekey").succeeds();
    nothing_to_do(&project);
    let _ = project.run("-state=other.db output -raw made").succeeds().says(CANARY);
    #[cfg(unix)]
    for entry in fs::read_dir(&keys).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
    }
}

#[test]
fn the_state_of_the_embedded_aws_asks_no_kms() {
    let server = Server::new();
    let mut project = project(&server);
    project.set("MERIDIAN_STATE_KMS_KEY", "arn:aws:kms:eu-central-1:123456789012:key/none");
    let _ = project.run("-local apply -auto-approve").succeeds();
    let _ = project.run("-local plan -out=p").succeeds();
    assert_eq!(server.mark(), 0);
}
