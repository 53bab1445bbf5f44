//! Values that exist during one phase only.

use meridian_plan::Action;

use crate::world::*;

const VARIABLES: &str = r#"
    variable "e" {
        ephemeral = true
        default   = "x"
    }
    variable "keys" {
        type      = set(string)
        ephemeral = true
        default   = ["x"]
    }
"#;

#[test]
fn what_lasts_takes_no_ephemeral_value() {
    let box_with = |lines: &str| format!("resource \"fake_box\" \"a\" {{\n{lines}\n}}");
    for (text, expected) in [
        (box_with("name = \"a-${var.e}\""), "Invalid use of ephemeral value"),
        (box_with("name = \"a\"\n tags = { t = var.e }"), "Invalid use of ephemeral value"),
        (box_with("name = \"a\"\n replica { region = var.e }"), "Invalid use of ephemeral value"),
        ("data \"fake_echo\" \"d\" { text = var.e }".into(), "Invalid use of ephemeral value"),
        (box_with("name = \"a\"\n count = length(var.e)"), "Invalid count argument"),
        (box_with("name = \"a\"\n for_each = var.keys"), "Invalid for_each argument"),
        ("output \"o\" { value = var.e }".into(), "Ephemeral value not allowed"),
        (
            "module \"m\" {\n source = \"./m\"\n v = [var.e]\n}\n--- m/main.tf\nvariable \"v\" {}".into(),
            "Ephemeral value not allowed",
        ),
        (
            "module \"m\" { source = \"./m\" }\n--- m/main.tf\noutput \"o\" {\n value = 1\n ephemeral = true\n}"
                .into(),
            "Value not allowed in ephemeral output",
        ),
    ] {
        assert_eq!(errors_in(World::default(), &format!("{VARIABLES}{text}")), [expected], "{text}");
    }
}

#[test]
fn what_does_not_last_takes_it() {
    let text = r#"
        locals { l = "l-${var.e}" }
        ephemeral "fake_login" "l" { text = local.l }
        provider "fake" { region = var.e }
        module "m" {
            source = "./m"
            v      = ephemeral.fake_login.l.found
        }
        resource "fake_box" "a" {
            name       = "a"
            secret_wo  = module.m.o
            wo_version = 1
        }
        --- m/main.tf
        variable "v" { ephemeral = true }
        output "o" {
            value     = var.v
            ephemeral = true
        }
    "#;
    let plan = plan_in(World::default(), &format!("{VARIABLES}{text}"));
    let expected = [
        ("fake_box.a".to_owned(), Action::Create),
        ("ephemeral.fake_login.l".to_owned(), Action::Open),
    ];
    let mut found = actions(&plan);
    found.sort_by_key(|(address, _)| address.starts_with("ephemeral"));
    assert_eq!(found, expected);
    assert!(after(&plan, "fake_box.a", "secret_wo").is_null(), "it is in no plan");
}
