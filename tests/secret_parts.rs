//! Policies, rotations and single tags of secrets, through their whole lives.

use meridian_local_aws::FaultAction;

use crate::support::{HOME, PROVIDERS, Project, Server, changing, count};

const SECRET: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  recovery_window_in_days = 0
  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}
"#;

fn policy(sid: &str, more: &str) -> String {
    format!(
        r#"
resource "aws_secretsmanager_secret_policy" "app" {{
  secret_arn = aws_secretsmanager_secret.app.arn
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Sid       = "{sid}"
      Effect    = "Allow"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Principal = {{ AWS = "arn:aws:iam::123456789012:root" }}
    }}]
  }})
  {more}
}}
"#
    )
}

fn rotation(rules: &str, more: &str) -> String {
    format!(
        r#"
resource "aws_secretsmanager_secret_rotation" "app" {{
  secret_id           = aws_secretsmanager_secret.app.id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"
  {more}

  rotation_rules {{
    {rules}
  }}

  depends_on = [aws_secretsmanager_secret_version.app]
}}
"#
    )
}

fn tag(value: &str) -> String {
    format!(
        r#"
resource "aws_secretsmanager_tag" "app" {{
  secret_id = aws_secretsmanager_secret.app.id
  key       = "Team"
  value     = "{value}"
}}
"#
    )
}

fn with(parts: &[String]) -> String {
    format!("{PROVIDERS}{SECRET}{}", parts.concat())
}

const LATER: &str = "rotate_immediately = false";

/// Everything, as the cloud of a server tells it: the policy, the rotation, the tags.
fn told(server: &Server) -> (Option<String>, Option<String>, Vec<String>) {
    let secrets = server.secrets(HOME);
    let policy = server.wait(secrets.get_resource_policy().secret_id("app").send()).unwrap();
    let described = server.wait(secrets.describe_secret().secret_id("app").send()).unwrap();
    let is_on = described.rotation_enabled() == Some(true);
    let rules = described.rotation_rules().filter(|_| is_on).map(|rules| {
        let schedule = rules.schedule_expression().map(str::to_owned);
        schedule
            .unwrap_or_else(|| format!("{} days", rules.automatically_after_days().unwrap_or(0)))
    });
    let tags = described.tags().iter();
    let tags = tags
        .map(|it| format!("{}={}", it.key().unwrap_or_default(), it.value().unwrap_or_default()));
    (policy.resource_policy().map(str::to_owned), rules, tags.collect())
}

#[test]
fn the_parts_of_a_secret_live_and_go() {
    let server = Server::new();
    let days = "automatically_after_days = 30";
    let parts = [policy("one", ""), rotation(days, LATER), tag("core")];
    let project = Project::of(&with(&parts)).at(&server);
    let _ = project.run("apply -auto-approve").succeeds().says("5 added");
    let (kept, rules, tags) = told(&server);
    assert!(kept.is_some_and(|policy| policy.contains("\"one\"")));
    assert_eq!(
        (rules.as_deref(), tags.as_slice()),
        (Some("30 days"), &["Team=core".to_owned()][..])
    );
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");

    let schedule = "schedule_expression = \"rate(10 days)\"\n duration = \"3h\"";
    let parts =
        [policy("two", "block_public_policy = true"), rotation(schedule, LATER), tag("new")];
    project.write("main.tf", &with(&parts));
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan
        .says("0 to add, 3 to change, 0 to destroy")
        .says("automatically_after_days = 30 -> null");
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    let calls = changing(&server.requests_since(mark));
    assert_eq!(calls, format!("PutResourcePolicy {HOME}\nRotateSecret {HOME}\nTagResource {HOME}"));
    let (kept, rules, tags) = told(&server);
    assert!(kept.is_some_and(|policy| policy.contains("\"two\"")));
    assert_eq!(
        (rules.as_deref(), tags.as_slice()),
        (Some("rate(10 days)"), &["Team=new".to_owned()][..])
    );
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");

    // Only how it begins: nothing is called for that.
    project.write("main.tf", &with(&[parts[0].clone(), rotation(schedule, ""), parts[2].clone()]));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds().says("1 changed");
    assert_eq!(changing(&server.requests_since(mark)), "");

    project.write("main.tf", &with(&[]));
    let _ = project.run("apply -auto-approve").succeeds().says("3 destroyed");
    assert_eq!(told(&server), (None, None, Vec::new()));
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
    let _ = project.run("destroy -auto-approve").succeeds();
}

#[test]
fn the_parts_go_with_their_secret() {
    let server = Server::new();
    let parts = [policy("one", ""), rotation("automatically_after_days = 30", LATER), tag("core")];
    let project = Project::of(&with(&parts)).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let _ = project.run("destroy -auto-approve").succeeds().says("5 destroyed");
    let _ = project.run("state list").succeeds().never_says("aws_secretsmanager");
}

#[test]
fn what_changed_outside_is_seen_and_put_back() {
    let server = Server::new();
    let parts = [policy("one", ""), rotation("automatically_after_days = 30", LATER), tag("core")];
    let project = Project::of(&with(&parts)).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let before = told(&server);
    let secrets = server.secrets(HOME);
    server.wait(secrets.delete_resource_policy().secret_id("app").send()).unwrap();
    server.wait(secrets.cancel_rotate_secret().secret_id("app").send()).unwrap();
    server.wait(secrets.untag_resource().secret_id("app").tag_keys("Team").send()).unwrap();
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan
        .says("1 to add, 2 to change, 0 to destroy")
        .says("rotation_enabled = false -> true")
        .says("aws_secretsmanager_tag.app will be created");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(told(&server), before);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn a_secret_that_was_marked_for_deletion_takes_its_parts_along() {
    let server = Server::new();
    let parts = [policy("one", ""), rotation("automatically_after_days = 30", LATER), tag("core")];
    let project = Project::of(&with(&parts)).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let secrets = server.secrets(HOME);
    server
        .wait(secrets.delete_secret().secret_id("app").recovery_window_in_days(7).send())
        .unwrap();
    let _ = project.run("destroy -auto-approve").succeeds();
    let _ = project.run("state list").succeeds().never_says("aws_secretsmanager");
}

#[test]
fn what_is_there_is_imported_and_left_as_it_is() {
    let server = Server::new();
    let parts = [policy("one", ""), rotation("automatically_after_days = 30", ""), tag("core")];
    let first = Project::of(&with(&parts)).at(&server);
    let _ = first.run("apply -auto-approve").succeeds();
    let described = server.wait(server.secrets(HOME).describe_secret().secret_id("app").send());
    let described = described.unwrap();
    let arn = described.arn().unwrap();
    let imports = format!(
        r#"
import {{
  to = aws_secretsmanager_secret.app
  id = "{arn}"
}}
import {{
  to = aws_secretsmanager_secret_policy.app
  id = "{arn}"
}}
import {{
  to = aws_secretsmanager_secret_rotation.app
  id = "{arn}"
}}
import {{
  to = aws_secretsmanager_tag.app
  id = "{arn},Team"
}}
"#
    );
    let without_value =
        with(&parts).replace("depends_on = [aws_secretsmanager_secret_version.app]", "");
    let start = without_value.find("resource \"aws_secretsmanager_secret_version\"").unwrap();
    let end = without_value.find("resource \"aws_secretsmanager_secret_policy\"").unwrap();
    let text = format!("{}{}{imports}", &without_value[..start], &without_value[end..]);
    let second = Project::of(&text).at(&server);
    let mark = server.mark();
    let _ = second.run("apply -auto-approve").succeeds().says("4 imported");
    assert_eq!(changing(&server.requests_since(mark)), "");
    let _ = second.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn a_lost_answer_doubles_nothing() {
    for operation in ["PutResourcePolicy", "RotateSecret", "TagResource"] {
        for action in [FaultAction::DropAfterExecution, FaultAction::DropBeforeExecution] {
            let server = Server::new();
            let after = action == FaultAction::DropAfterExecution;
            server.next(operation, action);
            let parts =
                [policy("one", ""), rotation("automatically_after_days = 30", ""), tag("core")];
            let project = Project::of(&with(&parts)).at(&server);
            let _ = project.run("apply -auto-approve").succeeds();
            let asked = count(&server.requests(), operation);
            assert_eq!(asked, if after { 1 } else { 2 }, "{operation}");
            let plan = project.run("plan -detailed-exitcode").exits(0);
            let _ = plan.says("No changes.");
        }
    }
}

#[test]
fn a_rotation_that_waits_for_no_value_is_told_in_the_plan() {
    let server = Server::new();
    let waits = rotation("automatically_after_days = 30", "");
    let hasty = waits.replace("depends_on = [aws_secretsmanager_secret_version.app]", "");
    let project = Project::of(&with(&[hasty])).at(&server);
    let told = "the rotation may begin before the secret has a value";
    let _ = project
        .run("plan")
        .succeeds()
        .says(&format!("# ({told})"))
        .says("depends_on = [aws_secretsmanager_secret_version.app]");
    project.write("main.tf", &with(&[waits]));
    let _ = project.run("plan").succeeds().never_says(told);
}

#[test]
fn a_function_that_may_not_be_called_yet_is_waited_for() {
    let server = Server::new();
    let message = "Secrets Manager cannot invoke the specified Lambda function.";
    server.refuse("RotateSecret", 400, "AccessDeniedException", message);
    let parts = [rotation("automatically_after_days = 30", LATER)];
    let project = Project::of(&with(&parts)).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests(), "RotateSecret"), 2);
    // Who may not ask is told at once.
    project.write("main.tf", &with(&[rotation("automatically_after_days = 31", LATER)]));
    let message = "User: me is not authorized to perform: secretsmanager:RotateSecret";
    server.refuse("RotateSecret", 400, "AccessDeniedException", message);
    let _ =
        project.run("apply -auto-approve").fails().says("secretsmanager:RotateSecret on arn:aws:");
    assert_eq!(count(&server.requests(), "RotateSecret"), 3);
}

#[test]
fn two_owners_are_told() {
    let server = Server::new();
    let own = r#"policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "secretsmanager:DeleteSecret", Resource = "*",
      Principal = { AWS = "arn:aws:iam::123456789012:root" } }]
  })"#;
    let line = "recovery_window_in_days = 0";
    let both = with(&[policy("one", "")]).replace(line, &format!("{line}\n  {own}"));
    let project = Project::of(&both).at(&server);
    let said = "aws_secretsmanager_secret_policy.app manages the policy of this secret, too";
    let _ = project.run("plan").succeeds().says(said);

    let tags = with(&[tag("core")]).replace("ignore_changes = [tags]", "");
    project.write("main.tf", &tags);
    let _ = project.run("apply -auto-approve").succeeds();
    let plan = project.run("plan -detailed-exitcode").exits(2);
    let _ = plan.says("changes the tag Team, which aws_secretsmanager_tag.app manages");
}

#[test]
fn a_replica_takes_no_policy() {
    let server = Server::new();
    let message = "Operation not permitted on a replica secret. Call must be made in primary \
                   secret's region.";
    server.refuse("PutResourcePolicy", 400, "InvalidParameterException", message);
    let project = Project::of(&with(&[policy("one", "")])).at(&server);
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("is a replica, which has the policy of its primary")
        .says("Put the policy on the primary secret");
}

#[test]
fn a_public_policy_is_refused_if_that_is_asked_for() {
    let server = Server::new();
    let public = policy("one", "block_public_policy = true")
        .replace("{ AWS = \"arn:aws:iam::123456789012:root\" }", "\"*\"");
    let project = Project::of(&with(&[public])).at(&server);
    let _ = project.run("apply -auto-approve").fails().says("would make the secret public");
}

#[test]
fn wrong_arguments_are_told_in_the_providers_words() {
    let rotation = |text: &str| {
        format!(
            "resource \"aws_secretsmanager_secret_rotation\" \"r\" {{\n secret_id = \"x\"\n {text}\n}}"
        )
    };
    let policy =
        |text: &str| format!("resource \"aws_secretsmanager_secret_policy\" \"r\" {{\n {text}\n}}");
    let arn = "secret_arn = \"arn:aws:secretsmanager:eu-central-1:123456789012:secret:x-AbCdEf\"";
    for (text, said) in [
        (rotation(""), "Insufficient rotation_rules blocks"),
        (
            rotation("rotation_rules {}"),
            "one of `rotation_rules.0.automatically_after_days,rotation_rules.0.schedule_expression` must be specified",
        ),
        (
            rotation("rotation_rules {\n automatically_after_days = 0\n }"),
            "expected rotation_rules.0.automatically_after_days to be in the range (1 - 1000), got 0",
        ),
        (
            rotation("rotation_rules {\n automatically_after_days = 1.5\n }"),
            "Attribute must be a whole number, got 1.5",
        ),
        (
            rotation(
                "rotation_rules {\n automatically_after_days = 1\n }\n rotation_rules {\n automatically_after_days = 1\n }",
            ),
            "Too many rotation_rules blocks",
        ),
        (
            rotation(
                "rotation_lambda_arn = \"nope\"\n rotation_rules {\n automatically_after_days = 1\n }",
            ),
            "\"rotation_lambda_arn\" (nope) is an invalid ARN: arn: invalid prefix",
        ),
        (
            rotation(
                "rotation_enabled = false\n rotation_rules {\n automatically_after_days = 1\n }",
            ),
            "Value for unconfigurable attribute",
        ),
        (
            policy(
                "secret_arn = \"x\"\n policy = jsonencode({ Version = \"2012-10-17\", Statement = [{}] })",
            ),
            "\"secret_arn\" (x) is an invalid ARN: arn: invalid prefix",
        ),
        (
            policy(&format!("{arn}\n policy = \"{{\"")),
            "\"policy\" contains an invalid JSON: unexpected end of JSON input",
        ),
        (policy(&format!("{arn}\n policy = \"\"")), "the policy of the secret is empty"),
        (policy(""), "The argument \"secret_arn\" is required, but no definition was found."),
    ] {
        let _ = Project::of(&format!("{PROVIDERS}{text}")).run("validate").fails().says(said);
    }
}
