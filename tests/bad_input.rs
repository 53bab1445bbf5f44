//! Configuration that cannot be meant: told with file, line and advice, and nothing changed.

use crate::support::{PROVIDERS, Project, Server};

/// A mistake: its name, the configuration behind the providers, what is told (summaries and
/// places), where lines count from the first line of the configuration.
struct Mistake {
    name: &'static str,
    text: &'static str,
    told: &'static [&'static str],
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "a replica where the secret is",
        text: "resource \"aws_secretsmanager_secret\" \"a\" {\n  name = \"a\"\n  replica {\n    \
               region = \"eu-central-1\"\n  }\n}\n",
        told: &["eu-central-1", "main.tf:", "aws_secretsmanager_secret.a"],
    },
    Mistake {
        name: "syntax",
        text: "resource \"aws_kms_key\" \"a\" {\n  description = \n}\nlocals {\n  x = [1,\n}\n",
        told: &["Error: Invalid expression", "main.tf:2:", "main.tf:6:"],
    },
    Mistake {
        name: "unknown argument",
        text: "resource \"aws_kms_key\" \"a\" {\n  descripton = \"x\"\n}\n",
        told: &["Error: Unsupported argument", "main.tf:2:3", "Did you mean \"description\"?"],
    },
    Mistake {
        name: "unknown block",
        text: "resource \"aws_kms_key\" \"a\" {\n  replica {\n  }\n}\n",
        told: &["Error: Unsupported block type", "main.tf:2:3"],
    },
    Mistake {
        name: "missing argument",
        text: "resource \"aws_kms_replica_key\" \"a\" {\n}\n",
        told: &["Error: Missing required argument", "main.tf:1:1", "\"primary_key_arn\""],
    },
    Mistake {
        name: "missing argument of a block",
        text: "resource \"aws_secretsmanager_secret\" \"a\" {\n  replica {\n  }\n}\n",
        told: &["Error: Missing required argument", "main.tf:2:3", "\"region\""],
    },
    Mistake {
        name: "wrong types",
        text: "resource \"aws_kms_key\" \"a\" {\n  deletion_window_in_days = \"many\"\n  \
               multi_region = []\n  tags = \"x\"\n}\n",
        told: &[
            "main.tf:2:29",
            "a number is required",
            "main.tf:3:18",
            "bool required",
            "main.tf:4:10",
            "map of string required",
        ],
    },
    Mistake {
        name: "undeclared references",
        text: "resource \"aws_kms_key\" \"a\" {\n  description = aws_kms_key.nope.arn\n  \
               policy = var.missing\n  tags = { x = local.none }\n}\n",
        told: &[
            "Error: Reference to undeclared resource",
            "main.tf:2:17",
            "did you mean aws_kms_key.a?",
            "Error: Reference to undeclared input variable",
            "main.tf:3:12",
            "Error: Reference to undeclared local value",
            "main.tf:4:16",
        ],
    },
    Mistake {
        name: "unknown attribute",
        text: "resource \"aws_kms_key\" \"a\" {\n}\noutput \"x\" {\n  \
               value = aws_kms_key.a.arm\n}\n",
        told: &["Error: Unsupported attribute", "main.tf:4:24", "Did you mean \"arn\"?"],
    },
    Mistake {
        name: "undeclared provider",
        text: "resource \"aws_kms_key\" \"a\" {\n  provider = aws.nowhere\n}\n",
        told: &["Error: Provider configuration not present", "main.tf:2:14", "aws.nowhere"],
    },
    Mistake {
        name: "cycle",
        text: "resource \"aws_kms_key\" \"a\" {\n  description = aws_kms_key.b.arn\n}\n\
               resource \"aws_kms_key\" \"b\" {\n  description = aws_kms_key.c.arn\n}\n\
               resource \"aws_kms_key\" \"c\" {\n  description = aws_kms_key.a.arn\n}\n",
        told: &[
            "Error: Cycle: ",
            "main.tf:2:17",
            "main.tf:5:17",
            "main.tf:8:17",
            "aws_kms_key.a refers to aws_kms_key.b",
            "aws_kms_key.b refers to aws_kms_key.c",
            "aws_kms_key.c refers to aws_kms_key.a",
        ],
    },
    Mistake {
        name: "self reference",
        text: "resource \"aws_kms_key\" \"a\" {\n  description = aws_kms_key.a.arn\n}\n",
        told: &["Error: Self-referential block", "main.tf:2:17", "aws_kms_key.a"],
    },
    Mistake {
        name: "duplicates",
        text: "resource \"aws_kms_key\" \"a\" {\n}\nresource \"aws_kms_key\" \"a\" {\n}\n\
               output \"o\" {\n  value = 1\n}\noutput \"o\" {\n  value = 2\n}\n\
               variable \"v\" {\n}\nvariable \"v\" {\n}\n",
        told: &[
            "Error: Duplicate resource \"aws_kms_key\" configuration",
            "main.tf:3:1",
            "main.tf:1,1",
            "Error: Duplicate output definition",
            "main.tf:8:1",
            "Error: Duplicate variable declaration",
            "main.tf:13:1",
        ],
    },
    Mistake {
        name: "unknown resource type",
        text: "resource \"aws_kms_kye\" \"a\" {\n}\n",
        told: &["Error: Invalid resource type", "main.tf:1:10", "did you mean \"aws_kms_key\"?"],
    },
    Mistake {
        name: "invalid ARN",
        text: "resource \"aws_kms_replica_key\" \"a\" {\n  provider = aws.ireland\n  \
               primary_key_arn = \"arn:aws:kms\"\n}\n",
        told: &["\"primary_key_arn\" (arn:aws:kms) is an invalid ARN", "main.tf:3:21"],
    },
    Mistake {
        name: "invalid policy",
        text: "resource \"aws_kms_key\" \"a\" {\n  policy = \"{\"\n}\n\
               resource \"aws_secretsmanager_secret\" \"a\" {\n  policy = \"nope\"\n}\n",
        told: &["\"policy\" contains an invalid JSON", "main.tf:2:12", "main.tf:5:12"],
    },
    Mistake {
        name: "invalid Region of a replica",
        text: "resource \"aws_secretsmanager_secret\" \"a\" {\n  replica {\n    \
               region = \"eu-wset-1\"\n  }\n}\n",
        told: &["eu-wset-1", "main.tf:3:14", "Did you mean \"eu-west-1\"?"],
    },
    Mistake {
        name: "out of range",
        text: "resource \"aws_kms_key\" \"a\" {\n  deletion_window_in_days = 3\n  \
               key_usage = \"NOPE\"\n}\n",
        told: &["in the range (7 - 30), got 3", "main.tf:2:29", "got NOPE", "main.tf:3:15"],
    },
    Mistake {
        name: "alias without its prefix",
        text: "resource \"aws_kms_alias\" \"a\" {\n  name          = \"nope\"\n  \
               target_key_id = \"1234\"\n}\n",
        told: &["must begin with 'alias/'", "main.tf:2:19"],
    },
    Mistake {
        name: "unknown function",
        text: "output \"x\" {\n  value = nofunc(1)\n}\n",
        told: &["Error: Call to unknown function", "main.tf:2:11"],
    },
    Mistake {
        name: "variable without a value",
        text: "variable \"x\" {\n  type = string\n}\n",
        told: &["Error: No value for required variable", "main.tf:1:1"],
    },
    Mistake {
        name: "broken validation",
        text: "variable \"x\" {\n  default = \"a\"\n  validation {\n    \
               condition     = var.x == \"b\"\n    error_message = \"It must be b.\"\n  }\n}\n",
        told: &["Error: Invalid value for variable", "main.tf:1:1", "It must be b."],
    },
    Mistake {
        name: "sensitive output that is not marked",
        text: "variable \"x\" {\n  default   = \"a\"\n  sensitive = true\n}\n\
               output \"x\" {\n  value = var.x\n}\n",
        told: &["Error: Output refers to sensitive values", "main.tf:6:11", "sensitive = true"],
    },
];

/// Providers come last, so that lines count from the mistake.
fn project(server: &Server, text: &str) -> Project {
    let project = Project::of(text).at(server);
    project.write("providers.tf", PROVIDERS);
    project
}

#[test]
fn each_mistake_is_told_where_it_is_and_changes_nothing() {
    let server = Server::new();
    for mistake in MISTAKES {
        let project = project(&server, mistake.text);
        for command in ["plan", "apply -auto-approve"] {
            let mut ran = project.run(command).fails();
            for told in mistake.told {
                ran = ran.says(told);
            }
        }
        assert_eq!(server.mark(), 0, "{}: no request leaves", mistake.name);
        assert!(!project.has_state(), "{}: no state is made", mistake.name);
    }
}

#[test]
fn mistakes_look_like_this() {
    let server = Server::new();
    let named = ["cycle", "undeclared references", "unknown argument", "syntax"];
    for mistake in MISTAKES.iter().filter(|mistake| named.contains(&mistake.name)) {
        let ran = project(&server, mistake.text).run("plan").fails();
        insta::assert_snapshot!(mistake.name.replace(' ', "_"), ran.complaint());
    }
}

#[test]
fn an_invalid_region_of_a_provider_is_told() {
    let server = Server::new();
    let text = "provider \"aws\" {\n  region = \"eu-centrl-1\"\n}\n\
                resource \"aws_kms_key\" \"a\" {\n}\n";
    let project = Project::of(text).at(&server);
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("eu-centrl-1")
        .says("main.tf:2:12")
        .says("Did you mean \"eu-central-1\"?");
    assert_eq!(server.mark(), 0);
    assert!(!project.has_state());
}

#[test]
fn mistakes_in_several_files_are_told_at_once() {
    let server = Server::new();
    let project = project(&server, "resource \"aws_kms_key\" \"a\" {\n  description =\n}\n");
    project.write("other.tf", "output \"x\" {\n  value = )\n}\n");
    let _ = project.run("plan").fails().says("main.tf:2:").says("other.tf:2:");
}

#[test]
fn a_key_that_must_not_be_destroyed_is_not() {
    let server = Server::new();
    let key = |arguments: &str| {
        format!(
            "resource \"aws_kms_key\" \"a\" {{\n{arguments}\n  lifecycle {{\n    \
             prevent_destroy = true\n  }}\n}}\n"
        )
    };
    let project = project(&server, &key(""));
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &key("  multi_region = true"));
    let mark = server.mark();
    for command in ["plan", "apply -auto-approve", "destroy -auto-approve"] {
        let _ = project
            .run(command)
            .fails()
            .says("Instance cannot be destroyed")
            .says("aws_kms_key.a")
            .says("prevent_destroy");
    }
    let changed = server.requests_since(mark).iter().any(crate::support::is_change);
    assert!(!changed, "nothing is changed");
}

#[test]
fn credentials_that_are_missing_are_told_once() {
    let server = Server::new();
    let text = format!("{PROVIDERS}resource \"aws_kms_key\" \"a\" {{\n}}\n");
    let mut project = Project::of(&text);
    project.set("AWS_ENDPOINT_URL", &server.url());
    let ran = project.run("apply -auto-approve").fails().says("AWS_PROFILE");
    assert_eq!(ran.err.matches("Error:").count(), 1, "{}", ran.err);
    assert_eq!(server.mark(), 0);
}
