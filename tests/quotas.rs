//! Request quotas: what AWS refuses for its rate is sent again at a rate that it takes.

use crate::support::{PROVIDERS, Project, Server};

const SECRETS: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  count                   = 200
  name                    = "app-${count.index}"
  recovery_window_in_days = 0
}
"#;

fn refused(server: &Server) -> usize {
    let is_refused = |code: &Option<String>| code.as_deref() == Some("ThrottlingException");
    server.requests().iter().filter(|it| is_refused(&it.error_code)).count()
}

/// AWS takes 50 creations a second, and 50 reads of policies.
#[test]
fn two_hundred_creations_are_refused_seldom() {
    let server = Server::with_quotas();
    let project = Project::of(&format!("{PROVIDERS}{SECRETS}")).at(&server);
    let _ = project.run("apply -auto-approve -parallelism=50").succeeds().says("200 added");
    let while_creating = refused(&server);
    assert!(while_creating <= 150, "{while_creating} refused");
    // 64 objects are read at once.
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let while_reading = refused(&server) - while_creating;
    assert!(while_reading <= 100, "{while_reading} refused");
}
