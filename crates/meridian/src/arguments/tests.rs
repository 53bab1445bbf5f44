use meridian_config::VariableOption;

use super::*;

fn parse(line: &str) -> CommandLine {
    let words = line.split_whitespace().map(OsString::from);
    CommandLine::read(words).expect(line)
}

#[test]
fn the_definition_is_sound() {
    CommandLine::command().debug_assert();
}

#[test]
fn both_spellings_mean_the_same() {
    for line in [
        "meridian -chdir=x plan -out=f -refresh=false -var a=b -detailed-exitcode",
        "meridian --chdir x plan --out f --refresh=false --var a=b --detailed-exitcode",
    ] {
        let parsed = parse(line);
        assert_eq!(parsed.global.chdir, Some("x".into()));
        let Command::Plan(plan) = parsed.command else { panic!("{line}") };
        assert_eq!(plan.out, Some("f".into()));
        assert!(!plan.planning.refresh && plan.detailed_exitcode);
        assert_eq!(plan.planning.variables.values, ["a=b"]);
    }
}

#[test]
fn global_options_may_follow_the_command() {
    let parsed = parse("meridian apply -auto-approve -local -no-color");
    assert!(parsed.global.local && parsed.global.no_color);
}

#[test]
fn values_and_files_keep_their_order() {
    let parsed = parse("meridian plan -var a=1 -var-file=f -var=a=2");
    let Command::Plan(plan) = parsed.command else { panic!("a plan") };
    let value = |text: &str| VariableOption::Value(text.to_owned());
    let expected = [value("a=1"), VariableOption::File("f".into()), value("a=2")];
    assert_eq!(plan.planning.variables.in_order, expected);
}
