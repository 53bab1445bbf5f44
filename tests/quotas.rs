//! Request quotas: what AWS refuses for its rate is sent again at a rate that it takes.

use crate::support::{PROVIDERS, Project, Server, count};

const KEYS: &str = r#"
resource "aws_kms_key" "app" {
  count                   = 40
  deletion_window_in_days = 7
}
"#;

/// AWS takes five creations of keys a second. Keys that each tried again by themselves would be
/// refused hundreds of times.
#[test]
fn creations_beyond_the_quota_are_refused_seldom() {
    let server = Server::with_quotas();
    let project = Project::of(&format!("{PROVIDERS}{KEYS}")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds().says("40 added");
    let requests = server.requests();
    let is_refused = |code: &Option<String>| code.as_deref() == Some("ThrottlingException");
    let refused = requests.iter().filter(|it| is_refused(&it.error_code)).count();
    assert!(refused <= 40, "{refused} of {} refused", count(&requests, "CreateKey"));
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}
