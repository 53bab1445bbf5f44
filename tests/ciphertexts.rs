//! `aws_kms_ciphertext`: encrypted once, and what was encrypted is kept nowhere.

use std::fs;

use aws_sdk_kms::primitives::Blob;
use meridian_local_aws::FaultAction;

use crate::support::{HOME, Project, Server, count, is_change};

fn configuration(plaintext: &str) -> String {
    format!(
        r#"
provider "aws" {{
  region = "eu-central-1"
}}

resource "aws_kms_key" "k" {{
  deletion_window_in_days = 7
}}

resource "aws_kms_ciphertext" "c" {{
  key_id    = aws_kms_key.k.key_id
  plaintext = "{plaintext}"
  context   = {{ app = "pay" }}
}}

output "blob" {{
  value = aws_kms_ciphertext.c.ciphertext_blob
}}
"#
    )
}

/// What the ciphertext holds.
fn opened(server: &Server, project: &Project) -> String {
    let blob = project.run("output -raw blob").succeeds().out;
    let bytes = decoded(blob.trim());
    let kms = server.kms(HOME);
    let request = kms.decrypt().ciphertext_blob(Blob::new(bytes)).encryption_context("app", "pay");
    let plaintext = server.wait(request.send()).unwrap().plaintext.unwrap();
    String::from_utf8(plaintext.into_inner()).unwrap()
}

/// Bytes from base64.
fn decoded(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> =
        text.chars().filter_map(|it| ALPHABET.find(it)).map(|it| it as u32).collect();
    let bytes = digits.chunks(4).flat_map(|chunk| {
        let digit = |place: usize| chunk.get(place).copied().unwrap_or(0);
        let group = digit(0) << 18 | digit(1) << 12 | digit(2) << 6 | digit(3);
        let bytes = group.to_be_bytes();
        bytes.into_iter().skip(1).take(chunk.len() - 1)
    });
    bytes.collect()
}

/// Whether a text is in a file of the project other than its configuration.
fn is_kept(project: &Project, text: &str) -> bool {
    let mut folders = vec![project.root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "main.tf") {
                let bytes = fs::read(&path).unwrap();
                if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                    return true;
                }
            }
        }
    }
    false
}

#[test]
fn it_is_encrypted_once_and_the_plaintext_is_kept_nowhere() {
    let (server, old, new) = (Server::new(), "C4naryOne", "C4naryTwo");
    let project = Project::of(&configuration(old)).at(&server);
    let _ = project.run("plan -out=saved").succeeds().never_says(old);
    let _ = project.run("apply saved").succeeds().never_says(old);
    assert_eq!(opened(&server, &project), old);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    assert_eq!(count(&server.requests(), "Encrypt"), 1);
    project.write("main.tf", &configuration(new));
    let plan = project.run("plan").succeeds().never_says(old).never_says(new);
    let _ = plan.says("aws_kms_ciphertext.c must be replaced");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(opened(&server, &project), new);
    let _ = project.run("show -json").succeeds().never_says(new);
    // As they are, and in base64, as the requests have them.
    for text in [old, new, "QzRuYXJ5T25l", "QzRuYXJ5VHdv"] {
        assert!(!is_kept(&project, text), "{text}");
    }
    let mark = server.mark();
    let _ = project.run("destroy -auto-approve -target=aws_kms_ciphertext.c").succeeds();
    assert!(!server.requests_since(mark).iter().any(is_change), "there is nothing to delete");
}

#[test]
fn lost_answers_do_no_harm() {
    for action in [FaultAction::DropAfterExecution, FaultAction::DropBeforeExecution] {
        let server = Server::new();
        server.next("Encrypt", action);
        let project = Project::of(&configuration("text")).at(&server);
        let _ = project.run("apply -auto-approve").succeeds();
        assert_eq!(opened(&server, &project), "text");
        let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    }
}

#[test]
fn it_is_not_imported_and_never_empty() {
    let text = configuration("");
    let project = Project::of(&text);
    let refused = "the value of plaintext is not valid (it is sensitive and not shown)";
    let _ = project.run("validate").fails().says(refused);
    let import = "import {\n  to = aws_kms_ciphertext.c\n  id = \"x\"\n}\n";
    project.write("main.tf", &format!("{}{import}", configuration("text")));
    let told = "resource aws_kms_ciphertext doesn't support import";
    let _ = project.run("-local plan").fails().says(told);
}
