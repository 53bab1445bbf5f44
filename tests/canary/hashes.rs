//! Files with a secret content: their hashes have no salt, so they are as secret as it.

use tempfile::TempDir;

use super::forms::{Forms, NARROW, WIDE};
use super::places::{Given, nothing_is_said};
use crate::support::Project;

#[test]
fn hashes_of_files_live_unseen() {
    let forms = Forms::of_canaries();
    // The files themselves hold it: they are elsewhere.
    let elsewhere = TempDir::new().unwrap();
    let folder = elsewhere.path().display();
    let mut project = Project::of(&format!(
        r#"
variable "s" {{
  sensitive = true
}}

resource "local_sensitive_file" "a" {{
  filename = "{folder}/a"
  content  = "{NARROW}"
}}

resource "local_file" "b" {{
  filename          = "{folder}/b"
  sensitive_content = "{NARROW}"
}}

resource "local_file" "c" {{
  filename = "{folder}/c"
  content  = var.s
}}

resource "terraform_data" "d" {{
  input = [local_sensitive_file.a.id, local_file.b.content_md5, local_file.c.content_sha256]
}}
"#
    ));
    project.set("TF_VAR_s", WIDE);
    let given = Given::of(&project);
    for line in [
        "plan -json",
        "apply -auto-approve",
        "show -json",
        "state pull",
        "plan -json",
        "apply -auto-approve -replace=local_file.b -json",
        "refresh",
        "plan -destroy",
        "destroy -auto-approve",
    ] {
        let ran = project.run(line).succeeds();
        nothing_is_said(&ran.all(), &forms, line);
        given.nothing_is_written(&project, &forms, line);
    }
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}
