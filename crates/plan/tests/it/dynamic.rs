//! `dynamic` blocks.

use meridian_lang::Value;

use crate::world::*;

/// The Regions and keys of the replicas that a box with these blocks has.
fn replicas(lines: &str) -> Vec<(String, String)> {
    let text = format!(
        r#"
        variable "regions" {{ default = {{ x = "kx", y = "ky" }} }}
        variable "none" {{ default = [] }}
        resource "fake_box" "first" {{ name = "first" }}
        resource "fake_box" "a" {{
            name = "a"
            {lines}
        }}
        "#
    );
    let plan = plan_in(World::default(), &text);
    let text = |value: &Value, name: &str| match value.get(name) {
        Some(value) if !value.is_known() => "(unknown)".to_owned(),
        Some(value) => value.as_str().unwrap_or("-").to_owned(),
        None => "-".to_owned(),
    };
    let set = after(&plan, "fake_box.a", "replica");
    let elements = set.as_elements().unwrap_or_default().iter();
    elements.map(|it| (text(it, "region"), text(it, "key"))).collect()
}

#[test]
fn blocks_are_made_of_collections() {
    let both = [("x", "kx"), ("y", "ky")];
    for (lines, expected) in [
        (
            "dynamic \"replica\" {
                for_each = var.regions
                content {
                    region = replica.key
                    key    = replica.value
                }
            }",
            &both[..],
        ),
        (
            "dynamic \"replica\" {
                for_each = [for region, key in var.regions : { region = region, key = key }]
                iterator = it
                content {
                    region = it.value.region
                    key    = it.value.key
                }
            }",
            &both[..],
        ),
        (
            "dynamic \"replica\" {
                for_each = var.none
                content { region = replica.value }
            }",
            &[],
        ),
        (
            "replica {
                region = \"x\"
                key    = \"kx\"
            }
            dynamic \"replica\" {
                for_each = toset([\"y\"])
                content {
                    region = replica.key
                    key    = \"k${replica.value}\"
                }
            }",
            &both[..],
        ),
        (
            "dynamic \"replica\" {
                for_each = { x = fake_box.first.id }
                content {
                    region = replica.key
                    key    = replica.value
                }
            }",
            &[("x", "(unknown)")],
        ),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(replicas(lines), expected, "{lines}");
    }
}

#[test]
fn what_cannot_be_repeated_is_told() {
    for (each, summary) in
        [("\"text\"", "Invalid dynamic for_each value"), ("null", "Invalid dynamic for_each value")]
    {
        let text = format!(
            "resource \"fake_box\" \"a\" {{\n name = \"a\"\n dynamic \"replica\" {{\n for_each = {each}\n \
             content {{ region = \"x\" }}\n }}\n}}"
        );
        assert_eq!(errors_in(World::default(), &text), [summary], "{each}");
    }
}
