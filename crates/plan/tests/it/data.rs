//! Data sources.

use std::collections::BTreeMap;

use meridian_graph::InstanceAddress;
use meridian_lang::Value;
use meridian_plan::*;

use crate::world::*;

const LOOKUP: &str = r#"
    data "fake_lookup" "d" { text = "x" }
    resource "fake_box" "a" { name = data.fake_lookup.d.found }
"#;

fn address(text: &str) -> InstanceAddress {
    InstanceAddress::parse(text).expect("an address")
}

/// The answer that repeats the text.
fn answered(config: &Value) -> DataAnswer {
    let found = config.get("text").cloned().expect("text");
    DataAnswer { config: config.clone(), result: Ok(config.clone().with("found", found)) }
}

#[test]
fn what_must_be_read_is_asked_for_and_then_known() {
    let project = Project::new(LOOKUP);
    let plan = |answers: &Answers| {
        project.plan_answering(Mode::Normal, Options::default(), World::default(), answers)
    };
    let asked = plan(&Answers::default()).expect("questions");
    let Planned::Asks(questions) = asked else { panic!("a plan without an answer") };
    let [Question::Data { address: of, config, .. }] = &*questions else { panic!("{questions:?}") };
    assert_eq!(of.to_string(), "data.fake_lookup.d");
    let data = BTreeMap::from([(of.clone(), answered(config))]);
    let answers = Answers { data, ..Answers::default() };
    let Planned::Done(plan) = plan(&answers).expect("a plan") else { panic!("asked again") };
    assert_eq!(after(&plan, "fake_box.a", "name").as_str(), Some("x"));
    assert_eq!(plan.data[0].address, address("data.fake_lookup.d"));
}

#[test]
fn an_answer_to_another_question_is_none() {
    let project = Project::new(LOOKUP);
    let config = Value::object([("text", Value::string("other"))]);
    let data = BTreeMap::from([(address("data.fake_lookup.d"), answered(&config))]);
    let answers = Answers { data, ..Answers::default() };
    let planned =
        project.plan_answering(Mode::Normal, Options::default(), World::default(), &answers);
    assert!(matches!(planned, Ok(Planned::Asks(_))), "{planned:?}");
}

#[test]
fn what_follows_from_its_arguments_is_not_asked_for() {
    let text = "data \"fake_echo\" \"d\" { text = \"x\" }\noutput \"o\" { value = data.fake_echo.d.found }";
    let plan = plan_in(World::default(), text);
    assert_eq!(plan.outputs[0].after, Some(Value::string("x")));
    assert_eq!(plan.changes.len(), 0);
}

#[test]
fn reading_waits_for_what_is_not_known_or_not_done() {
    let direct = "data \"fake_lookup\" \"d\" {\n text = \"x\"\n depends_on = [fake_box.a]\n}";
    let module = "module \"m\" {\n source = \"./m\"\n depends_on = [fake_box.a]\n}\n--- m/main.tf\n\
                  data \"fake_lookup\" \"d\" { text = \"x\" }";
    let unknown = "data \"fake_lookup\" \"d\" { text = fake_box.a.id }";
    for (text, address, reason) in [
        (direct, "data.fake_lookup.d", Reason::DependencyPending),
        (module, "module.m.data.fake_lookup.d", Reason::DependencyPending),
        (unknown, "data.fake_lookup.d", Reason::ConfigUnknown),
    ] {
        let text = format!("resource \"fake_box\" \"a\" {{ name = \"a\" }}\n{text}");
        let plan = plan_in(World::default(), &text);
        let change = change(&plan, address);
        assert_eq!((change.action, change.reason), (Action::Read, Some(reason)), "{text}");
        assert!(!after(&plan, address, "found").is_known());
    }
}

/// As Terraform does it: a resource that is referred to directly is waited for, one behind a local
/// or another resource only if the data source has conditions.
#[test]
fn reading_waits_for_changes_of_what_it_refers_to() {
    const OBJECTS: &str = r#"
        resource "fake_box" "a" {
            name  = "a"
            label = "LABEL"
        }
        resource "fake_box" "b" {
            name       = "b"
            depends_on = [fake_box.a]
        }
        locals { a = fake_box.a.id }
    "#;
    let lookup = |lines: &str| format!("data \"fake_echo\" \"d\" {{\n{lines}\n}}");
    let held = "lifecycle {\n postcondition {\n condition = self.found != \"\"\n error_message = \"no\"\n}\n}";
    let cases = [
        (lookup("text = fake_box.a.id"), true),
        (lookup("text = \"x\"\n count = fake_box.a.id == \"\" ? 0 : 1"), true),
        (lookup("text = fake_box.b.id"), false),
        (lookup("text = local.a"), false),
        (lookup(&format!("text = local.a\n{held}")), true),
        (lookup(&format!("text = fake_box.b.id\n{held}")), true),
        (lookup(&format!("text = \"x\"\n{held}")), false),
    ];
    for (data, waits) in cases {
        let before = OBJECTS.replace("LABEL", "one");
        let world = World::of(&before);
        let text = format!("{}{data}", OBJECTS.replace("LABEL", "two"));
        let plan = plan_in(world, &text);
        let reasons: Vec<_> = plan
            .changes
            .iter()
            .filter(|it| it.action == Action::Read)
            .map(|it| it.reason)
            .collect();
        let expected = if waits { vec![Some(Reason::DependencyPending)] } else { vec![] };
        assert_eq!(reasons, expected, "{data}");
    }
}

#[test]
fn what_is_not_found_is_an_error_but_in_a_check() {
    let data = "data \"fake_echo\" \"d\" { text = \"nothing\" }";
    assert_eq!(errors_in(World::default(), data), ["Nothing found"]);
    let check = format!(
        "check \"c\" {{\n{data}\nassert {{\n condition = data.fake_echo.d.found == \"x\"\n \
         error_message = \"no\"\n}}\n}}"
    );
    let plan = plan_in(World::default(), &check);
    let told: Vec<_> = plan.warnings.iter().map(|it| &*it.summary).collect();
    assert!(told.contains(&"Nothing found"), "{told:?}");
}
