//! The ways in which a secret value enters.

use super::forms::{MATERIAL, NARROW, QUOTED, WIDE, base64};
use crate::support::PROVIDERS;

/// A project in which a canary stands in one place.
pub struct Setup {
    /// The configuration.
    pub text: String,
    /// Other files, by their paths from the folder that holds project and home.
    pub files: Vec<(&'static str, String)>,
    pub environment: Vec<(&'static str, String)>,
    /// For the commands that evaluate the configuration.
    pub options: String,
    /// The call that makes what the value is for.
    pub call: &'static str,
    /// What to look at in the console.
    pub look: &'static str,
    /// The value as AWS is told it; empty if it is not.
    pub value: &'static str,
}

impl Setup {
    fn of(text: String) -> Setup {
        Setup {
            text,
            files: Vec::new(),
            environment: Vec::new(),
            options: String::new(),
            call: "PutSecretValue",
            look: "[aws_secretsmanager_secret_version.app, local.value]",
            value: WIDE,
        }
    }

    fn file(mut self, path: &'static str, text: String) -> Setup {
        self.files.push((path, text));
        self
    }

    fn set(mut self, name: &'static str, value: &str) -> Setup {
        self.environment.push((name, value.to_owned()));
        self
    }

    fn with(mut self, options: String) -> Setup {
        self.options = options;
        self
    }

    fn of_value(mut self, value: &'static str) -> Setup {
        self.value = value;
        self
    }

    fn calling(mut self, call: &'static str, look: &'static str) -> Setup {
        (self.call, self.look) = (call, look);
        self
    }
}

const SECRET: &str = r#"
resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  recovery_window_in_days = 0
}
"#;

/// A variable without a value.
const VARIABLE: &str = "variable \"s\" {\n  sensitive = true\n}\n";

/// A secret with this value, which is an output too, and what else there is.
fn secret(value: &str, rest: &str) -> Setup {
    Setup::of(format!(
        r#"{PROVIDERS}{SECRET}{rest}
locals {{
  value = {value}
}}

resource "aws_secretsmanager_secret_version" "app" {{
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = local.value
}}

output "value" {{
  value     = aws_secretsmanager_secret_version.app.secret_string
  sensitive = true
}}
"#
    ))
}

/// A secret whose version has these arguments.
fn version(arguments: &str, rest: &str) -> Setup {
    let text = format!(
        "{PROVIDERS}{SECRET}{rest}\nresource \"aws_secretsmanager_secret_version\" \"app\" {{\n  \
         secret_id = aws_secretsmanager_secret.app.id\n  {arguments}\n}}\n"
    );
    Setup::of(text).calling("PutSecretValue", "aws_secretsmanager_secret_version.app")
}

/// A variable whose value comes from outside.
fn variable() -> Setup {
    secret("var.s", VARIABLE)
}

/// A sensitive value in the configuration.
fn sensitive(value: &str, rest: &str) -> String {
    format!("{PROVIDERS}variable \"s\" {{\n  sensitive = true\n  default = {value}\n}}\n{rest}")
}

fn key(arguments: &str) -> Setup {
    let text = format!("resource \"aws_kms_key\" \"app\" {{\n  {arguments}\n}}\n");
    Setup::of(sensitive(&format!("{NARROW:?}"), &text))
        .calling("CreateKey", "aws_kms_key.app")
        .of_value(NARROW)
}

/// A key in a provider with these arguments.
fn provider(arguments: &str) -> Setup {
    let text = format!(
        "provider \"aws\" {{\n  region = \"eu-central-1\"\n  {arguments}\n}}\n\
         resource \"aws_kms_key\" \"app\" {{\n}}\n"
    );
    Setup::of(text).calling("CreateKey", "aws_kms_key.app").of_value("")
}

fn wrote_only(value: &str, rest: &str) -> Setup {
    let arguments = format!("secret_string_wo = {value}\n  secret_string_wo_version = 1");
    version(&arguments, rest)
}

const KEY: &str = "resource \"aws_kms_key\" \"app\" {\n  deletion_window_in_days = 7\n}\n";

/// A resource that sets a part of another one, which AWS shows with both.
pub struct Owner {
    /// The resource that it sets a part of.
    pub of: &'static str,
    /// Its own block, in which `var.s` stands.
    pub block: &'static str,
    /// The call that sets it, and its place among the calls of an apply that change something.
    pub operation: &'static str,
    pub call: usize,
}

pub const OWNERS: [Owner; 4] = [
    Owner {
        of: SECRET,
        block: r#"
resource "aws_secretsmanager_secret_policy" "app" {
  secret_arn = aws_secretsmanager_secret.app.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Condition = { StringEquals = { "aws:PrincipalTag/t" = var.s } }
    }]
  })
}
"#,
        operation: "PutResourcePolicy",
        call: 2,
    },
    Owner {
        of: KEY,
        block: r#"
resource "aws_kms_key_policy" "app" {
  key_id = aws_kms_key.app.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = { AWS = "*" }
      Condition = { StringEquals = { "aws:PrincipalTag/t" = var.s } }
    }]
  })
}
"#,
        operation: "PutKeyPolicy",
        call: 3,
    },
    Owner {
        of: SECRET,
        block: r#"
resource "aws_secretsmanager_tag" "app" {
  secret_id = aws_secretsmanager_secret.app.id
  key       = "Token"
  value     = var.s
}
"#,
        operation: "TagResource",
        call: 2,
    },
    Owner {
        of: SECRET,
        block: r#"
resource "aws_secretsmanager_tag" "app" {
  secret_id = aws_secretsmanager_secret.app.id
  key       = var.s
  value     = "token"
}
"#,
        operation: "TagResource",
        call: 2,
    },
];

/// A resource, and in a file of its own the block that sets a part of it.
pub fn owned(of: &str, block: &str) -> Setup {
    let setup = Setup::of(sensitive(&format!("{NARROW:?}"), of));
    setup.of_value(NARROW).file("project/owner.tf", block.to_owned())
}

/// A way, by its name.
pub struct Way {
    pub name: &'static str,
    pub setup: fn() -> Setup,
}

const fn way(name: &'static str, setup: fn() -> Setup) -> Way {
    Way { name, setup }
}

/// Values of variables.
pub const VARIABLES: &[Way] = &[
    way("the option -var", || variable().with(format!("-var s={WIDE}"))),
    way("a file of -var-file", || {
        let setup = variable().with("-var-file=../values".to_owned());
        setup.file("values", format!("s = {QUOTED}\n"))
    }),
    way("a file of -var-file in JSON", || {
        let setup = variable().with("-var-file=../values.json".to_owned());
        setup.file("values.json", format!("{{\"s\": {QUOTED}}}\n"))
    }),
    way("terraform.tfvars", || {
        variable().file("project/terraform.tfvars", format!("s = {QUOTED}"))
    }),
    way("terraform.tfvars.json", || {
        variable().file("project/terraform.tfvars.json", format!("{{\"s\": {QUOTED}}}"))
    }),
    way("a file .auto.tfvars", || {
        variable().file("project/x.auto.tfvars", format!("s = {QUOTED}"))
    }),
    way("a file .auto.tfvars.json", || {
        variable().file("project/x.auto.tfvars.json", format!("{{\"s\": {QUOTED}}}"))
    }),
    way("TF_VAR_", || variable().set("TF_VAR_s", WIDE)),
    way("a default", || Setup {
        text: sensitive(QUOTED, &variable().text.replace(PROVIDERS, "").replace(VARIABLE, "")),
        ..variable()
    }),
    way("TF_CLI_ARGS", || {
        variable()
            .set("TF_CLI_ARGS_plan", &format!("-var s={NARROW}"))
            .set("TF_CLI_ARGS_apply", &format!("-var s={NARROW}"))
            .set("TF_CLI_ARGS_destroy", &format!("-var s={NARROW}"))
            .set("TF_CLI_ARGS_console", &format!("-var s={NARROW}"))
            .set("TF_CLI_ARGS_refresh", &format!("-var s={NARROW}"))
            .of_value(NARROW)
    }),
    way("an ephemeral variable", || {
        let ephemeral = "variable \"s\" {\n  ephemeral = true\n}\n";
        wrote_only("var.s", ephemeral).set("TF_VAR_s", WIDE)
    }),
    way("a member of an object variable", || {
        let object = "variable \"s\" {\n  type = object({ user = string, inner = object({ password = string }) })\n  sensitive = true\n}\n";
        secret("jsonencode(var.s)", object)
            .set("TF_VAR_s", &format!("{{ user = \"u\", inner = {{ password = {QUOTED} }} }}"))
    }),
    way("an element of a list variable", || {
        secret(
            "join(\",\", var.s)",
            "variable \"s\" {\n  type = list(string)\n  sensitive = true\n}\n",
        )
        .set("TF_VAR_s", &format!("[\"a\", {QUOTED}]"))
    }),
    way("an argument of a module", || {
        let call = "module \"m\" {\n  source = \"./m\"\n  s = var.s\n}\n";
        let module = format!(
            "{VARIABLE}resource \"terraform_data\" \"m\" {{\n  input = {{ a = [upper(var.s), var.s] }}\n}}\noutput \"s\" {{\n  value = terraform_data.m.output.a[1]\n  sensitive = true\n}}\n"
        );
        secret("module.m.s", &format!("{VARIABLE}{call}"))
            .set("TF_VAR_s", WIDE)
            .file("project/m/main.tf", module)
    }),
];

/// What stands in the configuration.
pub const CONFIGURATION: &[Way] = &[
    way("the text of secret_string", || version(&format!("secret_string = {QUOTED}"), "")),
    way("a heredoc", || {
        version(&format!("secret_string = <<-EOT\n    first\n    {WIDE}\n    last\n  EOT"), "")
    }),
    way("jsonencode in secret_string", || {
        version(&format!("secret_string = jsonencode({{ a = [1, {{ b = {QUOTED} }}] }})"), "")
    }),
    way("secret_binary", || {
        version(&format!("secret_binary = \"{}\"", base64(WIDE.as_bytes())), "")
    }),
    way("a write-only argument", || wrote_only(QUOTED, "")),
    way("a file read by file()", || {
        secret("sensitive(file(\"../token\"))", "").file("token", WIDE.to_owned())
    }),
    way("a file read by filebase64()", || {
        version("secret_binary = filebase64(\"../token\")", "").file("token", WIDE.to_owned())
    }),
    way("a template", || {
        secret("sensitive(templatefile(\"../token\", { a = 1 }))", "")
            .file("token", format!("${{a}} {WIDE}"))
    }),
    way("data local_sensitive_file", || {
        let data = "data \"local_sensitive_file\" \"f\" {\n  filename = \"../token\"\n}\n";
        secret("data.local_sensitive_file.f.content", data).file("token", WIDE.to_owned())
    }),
    way("a description", || key("description = \"of ${var.s}\"")),
    way("a tag", || key("tags = { Token = var.s }")),
    way("a default tag", || {
        let text = key("").text.replacen(
            "region = \"eu-central-1\"",
            "region = \"eu-central-1\"\n  default_tags {\n    tags = { Token = var.s }\n  }",
            1,
        );
        Setup { text, ..key("") }
    }),
    way("a key policy", || {
        key(
            "policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{\n      Sid = \"a\"\n      Effect = \"Allow\"\n      Action = \"kms:*\"\n      Resource = \"*\"\n      Principal = { AWS = \"*\" }\n      Condition = { StringEquals = { \"aws:PrincipalTag/t\" = var.s } }\n    }]\n  })",
        )
    }),
    way("a policy of aws_iam_policy_document", || {
        let setup = key("policy = data.aws_iam_policy_document.p.json");
        let text = format!(
            "{}\ndata \"aws_iam_policy_document\" \"p\" {{\n  statement {{\n    actions = [\"kms:*\"]\n    resources = [\"*\"]\n    principals {{\n      type = \"AWS\"\n      identifiers = [\"*\"]\n    }}\n    condition {{\n      test = \"StringEquals\"\n      variable = \"aws:PrincipalTag/t\"\n      values = [var.s]\n    }}\n  }}\n}}\n",
            setup.text
        );
        Setup { text, ..setup }
    }),
    way("a secret's policy", || {
        let setup = owned(SECRET, OWNERS[0].block);
        setup.calling("PutResourcePolicy", "aws_secretsmanager_secret_policy.app")
    }),
    way("a key's policy of its own", || {
        owned(KEY, OWNERS[1].block).calling("PutKeyPolicy", "aws_kms_key_policy.app")
    }),
    way("a secret's tag of its own", || {
        owned(SECRET, OWNERS[2].block).calling("TagResource", "aws_secretsmanager_tag.app")
    }),
    way("terraform_data", || {
        let rest = "resource \"terraform_data\" \"d\" {\n  input = { a = [{ b = var.s }] }\n  triggers_replace = [var.s]\n}\nresource \"aws_kms_key\" \"app\" {\n  description = terraform_data.d.output.a[0].b\n}\n";
        Setup::of(sensitive(QUOTED, rest))
            .calling("CreateKey", "[terraform_data.d, aws_kms_key.app]")
    }),
    way("keepers and triggers", || {
        let rest = "resource \"random_id\" \"r\" {\n  byte_length = 4\n  keepers = { s = var.s }\n}\nresource \"null_resource\" \"n\" {\n  triggers = { s = var.s }\n}\nresource \"time_static\" \"t\" {\n  triggers = { s = var.s }\n}\nresource \"aws_kms_key\" \"app\" {\n  description = \"${random_id.r.hex}-${null_resource.n.id}\"\n}\n";
        Setup::of(sensitive(QUOTED, rest))
            .calling("CreateKey", "[random_id.r, null_resource.n, time_static.t]")
            .of_value("")
    }),
    way("imported key material", || {
        let rest = format!(
            "{PROVIDERS}resource \"aws_kms_external_key\" \"app\" {{\n  key_material_base64 = \"{}\"\n}}\n",
            base64(MATERIAL.as_bytes())
        );
        Setup::of(rest).calling("ImportKeyMaterial", "aws_kms_external_key.app").of_value("")
    }),
    way("imported material of a replica", || {
        let material = base64(MATERIAL.as_bytes());
        let rest = format!(
            "{PROVIDERS}resource \"aws_kms_external_key\" \"app\" {{\n  multi_region = true\n  key_material_base64 = \"{material}\"\n}}\nresource \"aws_kms_replica_external_key\" \"app\" {{\n  provider = aws.ireland\n  primary_key_arn = aws_kms_external_key.app.arn\n  key_material_base64 = \"{material}\"\n}}\n"
        );
        Setup::of(rest).calling("ReplicateKey", "aws_kms_replica_external_key.app").of_value("")
    }),
    way("the plaintext of aws_kms_ciphertext", || {
        let rest = format!(
            "{PROVIDERS}resource \"aws_kms_key\" \"app\" {{\n}}\nresource \"aws_kms_ciphertext\" \"c\" {{\n  key_id = aws_kms_key.app.id\n  plaintext = {QUOTED}\n}}\n"
        );
        Setup::of(rest).calling("Encrypt", "aws_kms_ciphertext.c")
    }),
    way("the password of a custom key store", || {
        let rest = format!(
            "{PROVIDERS}resource \"aws_kms_custom_key_store\" \"s\" {{\n  custom_key_store_name = \"hsm\"\n  cloud_hsm_cluster_id = \"cluster-abcdefghijk\"\n  key_store_password = \"C4naryQ7f0TokenZ9xk\"\n  trust_anchor_certificate = \"-----BEGIN CERTIFICATE-----\\nMII=\\n-----END CERTIFICATE-----\\n\"\n}}\n"
        );
        Setup::of(rest)
            .calling("CreateCustomKeyStore", "aws_kms_custom_key_store.s")
            .of_value("C4naryQ7f0TokenZ9xk")
    }),
    way("the credential of a proxy of external keys", || {
        let rest = format!(
            "{PROVIDERS}resource \"aws_kms_custom_key_store\" \"s\" {{\n  custom_key_store_name = \"proxy\"\n  custom_key_store_type = \"EXTERNAL_KEY_STORE\"\n  xks_proxy_connectivity = \"PUBLIC_ENDPOINT\"\n  xks_proxy_uri_endpoint = \"https://keys.example.com\"\n  xks_proxy_uri_path = \"/kms/xks/v1\"\n  xks_proxy_authentication_credential {{\n    access_key_id = \"ABCDEFGHIJKLMNOPQRSTUVW\"\n    raw_secret_access_key = \"C4naryQ7f00000000000000000000000000000000000TokenZ9xk\"\n  }}\n}}\n"
        );
        Setup::of(rest)
            .calling("CreateCustomKeyStore", "aws_kms_custom_key_store.s")
            .of_value("C4naryQ7f00000000000000000000000000000000000TokenZ9xk")
    }),
];

/// What is read of the cloud, where `app/db` holds a canary.
pub const CLOUD: &[Way] = &[
    way("data aws_secretsmanager_secret_version", || {
        let data =
            "data \"aws_secretsmanager_secret_version\" \"d\" {\n  secret_id = \"app/db\"\n}\n";
        secret("data.aws_secretsmanager_secret_version.d.secret_string", data)
    }),
    way("data aws_kms_ciphertext and aws_kms_secrets", || {
        let data = "variable \"s\" {\n  sensitive = true\n}\ndata \"aws_kms_ciphertext\" \"d\" {\n  key_id = \"alias/app\"\n  plaintext = var.s\n}\ndata \"aws_kms_secrets\" \"d\" {\n  secret {\n    name = \"d\"\n    payload = data.aws_kms_ciphertext.d.ciphertext_blob\n  }\n}\n";
        secret("data.aws_kms_secrets.d.plaintext[\"d\"]", data).set("TF_VAR_s", WIDE)
    }),
    way("ephemeral aws_secretsmanager_secret_version", || {
        let data = "ephemeral \"aws_secretsmanager_secret_version\" \"d\" {\n  secret_id = \"app/db\"\n}\n";
        wrote_only("ephemeral.aws_secretsmanager_secret_version.d.secret_string", data)
    }),
    way("ephemeral aws_kms_secrets", || {
        let data = "variable \"s\" {\n  sensitive = true\n}\ndata \"aws_kms_ciphertext\" \"d\" {\n  key_id = \"alias/app\"\n  plaintext = var.s\n}\nephemeral \"aws_kms_secrets\" \"d\" {\n  secret {\n    name = \"d\"\n    payload = data.aws_kms_ciphertext.d.ciphertext_blob\n  }\n}\n";
        wrote_only("ephemeral.aws_kms_secrets.d.plaintext[\"d\"]", data).set("TF_VAR_s", WIDE)
    }),
];

/// What calls are made with.
pub const CREDENTIALS: &[Way] = &[
    way("secret_key in the provider block", || {
        provider(&format!("access_key = \"test\"\n  secret_key = {QUOTED}"))
    }),
    way("token in the provider block", || {
        provider(&format!("access_key = \"test\"\n  secret_key = \"test\"\n  token = \"{NARROW}\""))
    }),
    way("AWS_SECRET_ACCESS_KEY", || provider("").set("AWS_SECRET_ACCESS_KEY", WIDE)),
    way("AWS_SESSION_TOKEN", || provider("").set("AWS_SESSION_TOKEN", NARROW)),
    way("a proxy's password in the environment", || {
        provider("").set("HTTPS_PROXY", "http://user:C4naryQ7fTokenZ9xk@127.0.0.1:9")
    }),
    way("a profile", || {
        provider("profile = \"work\"").file("home/.aws/credentials", format!("[work]\naws_access_key_id = test\naws_secret_access_key = {NARROW}\naws_session_token = {NARROW}\n"))
    }),
    way("a credential process", || {
        provider("profile = \"work\"")
            .file(
                "home/.aws/config",
                "[profile work]\ncredential_process = cat ../credential\n".to_owned(),
            )
            .file(
                "credential",
                format!(
                    "{{\"Version\": 1, \"AccessKeyId\": \"test\", \"SecretAccessKey\": {QUOTED}}}"
                ),
            )
    }),
];
