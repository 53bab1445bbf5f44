//! Secret values stay in memory: they are in no file, no output and no message.

use std::fs;
use std::path::{Path, PathBuf};

use meridian_local_aws::FaultAction;

use crate::support::{PROVIDERS, Project, Ran, Server, count};

/// What is searched for. Around it are characters that JSON and HCL write otherwise.
pub(crate) const CANARY: &str = "C4naryQ7fTokenZ9";

fn configuration(default: &str) -> String {
    format!(
        r#"{PROVIDERS}
variable "password" {{
  type      = string
  sensitive = true
  {default}
}}

resource "aws_secretsmanager_secret" "app" {{
  name                    = "app"
  recovery_window_in_days = 0
}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = jsonencode({{ password = var.password, length = 20 }})
}}

resource "aws_secretsmanager_secret_version" "binary" {{
  secret_id      = aws_secretsmanager_secret.app.id
  secret_binary  = base64encode(var.password)
  version_stages = ["binary"]
}}

output "password" {{
  value     = var.password
  sensitive = true
}}
"#
    )
}

/// The ways in which a value could be written down, whatever stands before it.
fn spellings() -> Vec<Vec<u8>> {
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let reversed: String = CANARY.chars().rev().collect();
    let wide: Vec<u8> = CANARY.bytes().flat_map(|byte| [byte, 0]).collect();
    let mut all = vec![CANARY.into(), hex.to_uppercase().into(), hex.into(), reversed.into(), wide];
    // Base64 depends on the place modulo three; the first and last characters on the neighbours.
    for before in ["", "x", "xx"] {
        let text = base64(format!("{before}{CANARY}").as_bytes());
        all.push(text[4..text.len() - 4].into());
    }
    all
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sixth = |group: u32, place: u32| char::from(ALPHABET[(group >> place & 63) as usize]);
    let groups = bytes.chunks(3).map(|chunk| {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        [sixth(group, 18), sixth(group, 12), sixth(group, 6), sixth(group, 0)]
    });
    groups.flatten().collect()
}

fn holds_canary(bytes: &[u8]) -> bool {
    let holds = |wanted: &Vec<u8>| bytes.windows(wanted.len()).any(|part| part == wanted);
    spellings().iter().any(holds)
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Asserts that no file but the configuration holds the value, and that others cannot read what
/// the program wrote.
#[track_caller]
pub(crate) fn nothing_on_disk(project: &Project) {
    let is_given = |path: &Path| {
        path.extension().is_some_and(|extension| extension == "tf" || extension == "tfvars")
    };
    let written: Vec<PathBuf> =
        files(project.root()).into_iter().filter(|path| !is_given(path)).collect();
    assert!(!written.is_empty(), "the program has written something");
    for path in written {
        let bytes = fs::read(&path).unwrap();
        assert!(!holds_canary(&bytes), "the value is in {}", path.display());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{} can be read by others", path.display());
        }
    }
}

#[track_caller]
pub(crate) fn says_nothing(ran: &Ran) {
    assert!(!holds_canary(ran.all().as_bytes()), "meridian {} tells the value", ran.line);
}

/// The whole life of a secret, in which its value never shows.
fn lives_unseen(project: &Project, options: &str, cloud: &str) {
    for line in [
        format!("{cloud} validate"),
        format!("{cloud} plan {options}"),
        format!("{cloud} plan -out=saved {options}"),
        "show saved".to_owned(),
        "show -json saved".to_owned(),
        "apply saved".to_owned(),
        format!("{cloud} plan {options}"),
        format!("{cloud} apply -auto-approve {options}"),
        format!("{cloud} show"),
        format!("{cloud} output"),
        format!("{cloud} state list"),
        format!("{cloud} state show aws_secretsmanager_secret_version.app"),
        format!("{cloud} graph"),
    ] {
        says_nothing(&project.run(line.trim()).succeeds());
        if !line.contains("validate") {
            nothing_on_disk(project);
        }
    }
    // Whoever asks for a sensitive output by its name gets it: the state keeps it, sealed.
    let output = project.run(&format!("{cloud} output -raw password")).succeeds();
    assert!(output.out.contains(CANARY));
    let show = project.run(&format!("{cloud} show -json")).succeeds();
    assert!(!show.err.contains(CANARY));
    says_nothing(&project.run(&format!("{cloud} destroy -auto-approve {options}")).succeeds());
    nothing_on_disk(project);
}

/// The canary between characters that need escapes, as HCL writes it.
fn in_hcl() -> String {
    format!("\"a\\\"b\\\\{CANARY}\\n\\u00e9\"")
}

#[test]
fn a_value_from_a_default_stays_in_memory() {
    let project = Project::of(&configuration(&format!("default   = {}", in_hcl())));
    lives_unseen(&project, "", "-local");
}

#[test]
fn a_value_from_the_environment_stays_in_memory() {
    let server = Server::new();
    let mut project = Project::of(&configuration("")).at(&server);
    project.set("TF_VAR_password", &format!("a\"b\\{CANARY}\né"));
    lives_unseen(&project, "", "");
}

#[test]
fn a_value_from_a_file_stays_in_memory() {
    let project = Project::of(&configuration(""));
    project.write("terraform.tfvars", &format!("password = {}\n", in_hcl()));
    lives_unseen(&project, "", "-local");
}

#[test]
fn a_value_from_the_command_line_stays_in_memory() {
    let server = Server::new();
    let project = Project::of(&configuration("")).at(&server);
    lives_unseen(&project, &format!("-var password=a\"b\\{CANARY}"), "");
}

#[test]
fn a_sensitive_text_in_an_ordinary_argument_stays_in_memory() {
    let server = Server::new();
    let text = format!(
        r#"{PROVIDERS}
variable "word" {{
  sensitive = true
  default   = "{CANARY}"
}}

resource "aws_kms_key" "app" {{
  description = "about ${{var.word}}"

  tags = {{
    Word = var.word
  }}
}}
"#
    );
    let project = Project::of(&text).at(&server);
    for line in ["plan -out=saved", "show saved", "show -json saved", "apply saved", "plan", "show"]
    {
        says_nothing(&project.run(line).succeeds());
        nothing_on_disk(&project);
    }
    project.write("main.tf", &text.replace("about", "of"));
    says_nothing(&project.run("apply -auto-approve").succeeds());
    project.write("main.tf", PROVIDERS);
    says_nothing(&project.run("apply -auto-approve").succeeds());
    nothing_on_disk(&project);
}

/// AWS repeats in some errors what it refuses.
#[test]
fn an_error_that_repeats_a_sensitive_argument_is_told_without_it() {
    let server = Server::new();
    let text = format!(
        r#"{PROVIDERS}
variable "word" {{
  sensitive = true
  default   = "{CANARY}"
}}

resource "aws_kms_key" "app" {{
  tags = {{
    Word = var.word
  }}
}}
"#
    );
    let project = Project::of(&text).at(&server);
    let message = format!("Value '{CANARY}' at 'tags.1.member.tagValue' is refused");
    server.refuse("CreateKey", 400, "TagException", &message);
    let refused = project.run("apply -auto-approve").fails();
    says_nothing(&refused.says("Value '(sensitive value)' at 'tags.1.member.tagValue'"));
    nothing_on_disk(&project);
}

/// The state marks fingerprints by how they begin; a secret may begin so too.
#[test]
fn a_secret_that_begins_like_a_fingerprint_stays_in_memory() {
    let server = Server::new();
    let text = format!(
        r#"{PROVIDERS}
resource "aws_secretsmanager_secret" "app" {{
  name                    = "app"
  recovery_window_in_days = 0
}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "hmac-sha256:{CANARY}"
}}
"#
    );
    let project = Project::of(&text).at(&server);
    for line in ["apply -auto-approve", "plan -detailed-exitcode"] {
        says_nothing(&project.run(line).succeeds());
        nothing_on_disk(&project);
    }
}

#[test]
fn a_kill_leaves_no_value_behind() {
    let server = Server::new();
    let ages = FaultAction::Delay(std::time::Duration::from_secs(300));
    server.next_few("PutSecretValue", ages, 2);
    let project = Project::of(&configuration(&format!("default   = {}", in_hcl()))).at(&server);
    let running = project.start("apply -auto-approve");
    server.until("both values to be put", |records| count(records, "PutSecretValue") == 2);
    running.kill();
    nothing_on_disk(&project);
    says_nothing(&project.run("apply -auto-approve").succeeds());
    nothing_on_disk(&project);
}

#[test]
fn an_error_about_a_value_does_not_tell_it() {
    let server = Server::new();
    let project = Project::of(&configuration(&format!("default   = {}", in_hcl()))).at(&server);
    server.refuse("PutSecretValue", 400, "InvalidParameterException", "The value is refused.");
    says_nothing(&project.run("apply -auto-approve").fails());
    nothing_on_disk(&project);
}

#[test]
fn a_plan_opens_only_with_its_key() {
    let mut project = Project::of(&configuration(&format!("default   = {}", in_hcl())));
    let _ = project.run("-local plan -out=saved").succeeds();
    let other = project.root().join("other.key").display().to_string();
    project.set("MERIDIAN_KEY_FILE", &other);
    for line in ["show saved", "apply saved"] {
        let _ = project.run(line).fails().says("The plan file cannot be used");
    }
}

#[test]
fn what_a_data_source_says_of_a_secret_argument_is_not_told() {
    let project = Project::of(
        "variable \"s\" {\n  sensitive = true\n}\n\
         data \"local_file\" \"f\" {\n  filename = \"/nowhere/${var.s}\"\n}\n",
    );
    let told = project.run("-local plan -var s=canary-4711").fails();
    let _ = told.says("cannot read (sensitive value)").never_says("canary-4711");
}
