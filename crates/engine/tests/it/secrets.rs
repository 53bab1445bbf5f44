//! Nothing that is secret reaches a file in clear.

use std::fs;
use std::path::Path;

use meridian_lang::Value;
use meridian_plan::{Mode, Plan};
use meridian_state::Sealer;

use crate::bench::*;

const CANARY: &str = "correct-horse-battery-staple";

fn text(secret: &str, version: u32) -> String {
    format!(
        r#"
        variable "v" {{
            default   = "{secret}-v"
            sensitive = true
        }}
        resource "fake_box" "a" {{
            name       = "a"
            label      = "<${{var.v}}>"
            secret     = "{secret}"
            secret_wo  = "{secret}-wo"
            wo_version = {version}
            tags       = {{ hidden = var.v, plain = "plain-text" }}
        }}
        resource "fake_box" "b" {{
            name   = "b"
            parent = fake_box.a.label
        }}
        output "o" {{
            value     = [fake_box.a.secret, var.v]
            sensitive = true
        }}
    "#
    )
}

/// Everything that lies in a folder, as one text.
fn contents(folder: &Path) -> String {
    let files = fs::read_dir(folder).expect("a folder");
    let texts = files.map(|file| {
        let bytes = fs::read(file.expect("a file").path()).expect("readable");
        String::from_utf8_lossy(&bytes).into_owned()
    });
    texts.collect()
}

#[tokio::test]
async fn no_secret_is_in_the_state_at_any_time() {
    let mut bench = Bench::on_disk();
    let folder = bench.path().parent().expect("a folder").to_owned();
    let watched = folder.clone();
    bench.cloud.before_each_change(move |call| {
        let all = contents(&watched);
        let found = all.find("horse-battery").map(|at| all.get(at.saturating_sub(400)..at + 80));
        assert_eq!(found, None, "before {call}");
    });
    bench.converge(&text(CANARY, 1)).await;
    bench.converge(&text(&format!("{CANARY}2"), 2)).await;
    let all = contents(&folder);
    assert!(!all.contains("horse-battery"));
    assert!(all.contains("plain-text"), "what is no secret is there");
    // The cloud has got them all the same.
    let a = bench.cloud.find("a").expect("a");
    assert_eq!(a.get_str("secret"), Some("correct-horse-battery-staple2"));
    assert_eq!(a.get_str("secret_wo"), Some("correct-horse-battery-staple2-wo"));
    assert_eq!(a.get_str("label"), Some("<correct-horse-battery-staple2-v>"));
    let kept = bench.snapshot().objects[0].attributes.clone();
    assert!(kept.get_str("secret").is_some_and(|it| it.starts_with("hmac-sha256:")));
    assert!(kept.get("secret_wo").is_some_and(Value::is_null));
    let events = format!("{:?}", bench.events());
    assert!(!events.contains("horse-battery"), "{events}");
}

#[tokio::test]
async fn what_failed_shows_no_secret_either() {
    use crate::cloud::Fault;
    let mut bench = Bench::on_disk();
    let folder = bench.path().parent().expect("a folder").to_owned();
    let denied = Fault::Refused(meridian_resource::ErrorClass::Denied);
    bench.cloud.script("LabelBox", "a", &[denied]);
    let applied = bench.apply(&text(CANARY, 1)).await;
    assert_eq!(applied.failures.len(), 1);
    assert!(!format!("{applied:?}").contains("horse-battery"));
    assert!(!contents(&folder).contains("horse-battery"));
}

#[tokio::test]
async fn a_postcondition_says_nothing_secret() {
    let mut bench = Bench::new();
    let guarded = text(CANARY, 1).replacen(
        "name       = \"a\"",
        "name = \"a\"\n lifecycle {\n postcondition {\n condition = self.policy == \"\"\n \
         error_message = \"no ${self.label}\"\n }\n }",
        1,
    );
    let applied = bench.apply(&guarded).await;
    assert_eq!(failures(&applied).len(), 1);
    assert!(!format!("{applied:?}").contains("horse-battery"), "{applied:?}");
}

async fn saved(bench: &mut Bench, path: &Path) -> (meridian_engine::SavedInputs, Plan) {
    use meridian_engine::{SavedInputs, prior_outputs, save_plan};
    let text = text(CANARY, 2);
    bench.converge(&self::text("other", 1)).await;
    let plan = bench.plan(Mode::Normal, &text).await;
    let inputs = SavedInputs {
        start_time: None,
        options: meridian_plan::Options::default(),
        answers: meridian_plan::Answers::default(),
        mode: Mode::Normal,
        local: true,
        folder: "folder".into(),
        sources: vec![("main.tf".into(), text.clone())],
        places: bench.project(&text).places(&[]),
        variables: bench.project(&text).variables,
        objects: bench.refresh(&text).await.expect("objects"),
        outputs: prior_outputs(&bench.snapshot()),
        basis: plan.basis.clone(),
    };
    save_plan(path, &inputs, &plan, &bench.sealer).expect("saved");
    (inputs, plan)
}

#[tokio::test]
async fn a_saved_plan_has_no_ephemeral_value() {
    let mut bench = Bench::on_disk();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plan");
    let (mut inputs, plan) = saved(&mut bench, &path).await;
    let value = meridian_lang::Value::string("x").mark(meridian_lang::Marks::EPHEMERAL);
    inputs.variables.insert("e".into(), value);
    meridian_engine::save_plan(&path, &inputs, &plan, &bench.sealer).expect("saved");
    let (read, _) = meridian_engine::load_plan(&path, &bench.sealer).expect("a plan");
    assert!(!read.variables.contains_key("e"));
    assert_eq!(read.variables.len() + 1, inputs.variables.len());
}

#[tokio::test]
async fn a_saved_plan_reads_back_and_hides_everything() {
    let mut bench = Bench::on_disk();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plan");
    let (inputs, plan) = saved(&mut bench, &path).await;
    let all = contents(folder.path());
    assert!(!all.contains("horse-battery") && !all.contains("plain-text"));
    let (read, is_same) = meridian_engine::load_plan(&path, &bench.sealer).expect("a plan");
    assert_eq!(format!("{read:?}"), format!("{inputs:?}"));
    assert_eq!(read.variables, inputs.variables, "secrets too");
    assert!(is_same(&plan));
    let other = bench.plan(Mode::Normal, "").await;
    assert!(!is_same(&other));
    let stranger = Sealer::from_bytes([8; 32]);
    assert!(meridian_engine::load_plan(&path, &stranger).is_err());
}
