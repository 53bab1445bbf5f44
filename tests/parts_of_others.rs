//! A policy or tag that a resource of its own sets on a secret or key, changed in the same apply as
//! the secret or key: neither undoes the other.

use crate::support::{HOME, PROVIDERS, Project, Server};

/// A secret with a replica and a description, its policy for one account, and a tag.
fn secret(description: &str, replica: bool, policy_for: Option<&str>, tag: bool) -> String {
    let replica = if replica { "replica {\n    region = \"eu-west-1\"\n  }" } else { "" };
    let policy = policy_for.map_or_else(String::new, |account| {
        format!(
            r#"
resource "aws_secretsmanager_secret_policy" "app" {{
  secret_arn = aws_secretsmanager_secret.app.arn
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Principal = {{ AWS = "arn:aws:iam::{account}:root" }}
    }}]
  }})
}}
"#
        )
    });
    let tag = if tag {
        "resource \"aws_secretsmanager_tag\" \"team\" {\n  secret_id = \
         aws_secretsmanager_secret.app.arn\n  key = \"Team\"\n  value = \"blue\"\n}\n"
    } else {
        ""
    };
    format!(
        r#"{PROVIDERS}
resource "aws_secretsmanager_secret" "app" {{
  name                    = "app"
  description             = "{description}"
  recovery_window_in_days = 0
  {replica}
  lifecycle {{
    ignore_changes = [tags["Team"], tags_all["Team"]]
  }}
}}
{policy}{tag}"#
    )
}

/// The policy of the secret and the keys of its tags.
fn parts(server: &Server) -> (Option<String>, Vec<String>) {
    let secrets = server.secrets(HOME);
    server.wait(async {
        let policy = secrets.get_resource_policy().secret_id("app").send().await.unwrap();
        let described = secrets.describe_secret().secret_id("app").send().await.unwrap();
        let tags = described.tags().iter().filter_map(|tag| tag.key()).map(str::to_owned);
        (policy.resource_policy, tags.collect())
    })
}

fn applied(project: &Project, text: &str) {
    project.write("main.tf", text);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn a_policy_and_a_tag_that_are_removed_stay_away_though_the_secret_changes_too() {
    for parallelism in [1, 10] {
        let server = Server::new();
        let mut project = Project::of("").at(&server);
        project.set("TF_CLI_ARGS_apply", &format!("-parallelism={parallelism}"));
        applied(&project, &secret("first", true, Some("111122223333"), true));
        let (policy, tags) = parts(&server);
        assert!(policy.is_some() && tags == ["Team"], "{policy:?} {tags:?}");
        applied(&project, &secret("second", false, None, false));
        assert_eq!(parts(&server), (None, Vec::new()), "with -parallelism={parallelism}");
    }
}

#[test]
fn a_changed_policy_is_not_put_back_by_the_secret() {
    let server = Server::new();
    let mut project = Project::of("").at(&server);
    project.set("TF_CLI_ARGS_apply", "-parallelism=1");
    applied(&project, &secret("first", true, Some("111122223333"), false));
    applied(&project, &secret("second", false, Some("444455556666"), true));
    let (policy, tags) = parts(&server);
    assert!(policy.as_deref().is_some_and(|it| it.contains("444455556666")), "{policy:?}");
    assert_eq!(tags, ["Team"]);
}
