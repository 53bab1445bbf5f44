//! What is asked at a terminal, and the console there.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Project, converse, ignores_hang_up, signalled};

const VARIABLES: &str = r#"
variable "open" {
  type        = list(string)
  description = "which ones"
}
variable "closed" {
  sensitive = true
}
output "open" {
  value = var.open
}
output "length" {
  value = nonsensitive(length(var.closed))
}
"#;

#[test]
fn missing_values_are_asked_for_in_order() {
    let project = Project::of(VARIABLES);
    let screen = converse(
        &project,
        "-local plan",
        &[
            ("var.closed", ""),
            ("Enter a value:", "hunter2\r"),
            ("which ones", ""),
            ("Enter a value:", "[\"x\"]\r"),
        ],
    );
    assert_eq!(screen.code, Some(0), "{}", screen.seen);
    assert!(!screen.seen.contains("hunter2"), "{}", screen.seen);
    assert!(screen.seen.contains("length = 7"), "{}", screen.seen);
    assert!(screen.seen.contains("\"x\","), "{}", screen.seen);
}

/// Whoever breaks off a hidden question still sees what they type afterwards.
#[test]
fn a_hidden_question_that_is_broken_off_leaves_the_terminal_usable() {
    for signal in ["INT", "TERM", "HUP"] {
        if signal == "HUP" && ignores_hang_up() {
            println!("without HUP: these tests run as under nohup, and so would the program");
            continue;
        }
        let project = Project::of("variable \"closed\" {\n  sensitive = true\n}\n");
        let (code, during, after) = signalled(&project, "-local plan", "Enter a value:", signal);
        assert_eq!(code, Some(1), "SIG{signal}");
        assert!(!during && after, "SIG{signal}: {during} {after}");
        let typed = converse(&project, "-local plan", &[("Enter a value:", "\u{3}")]);
        assert_eq!(typed.code, Some(1), "{}", typed.seen);
        assert!(typed.seen.contains("so nothing was done"), "{}", typed.seen);
    }
}

#[test]
fn an_answer_that_does_not_fit_is_told_without_being_shown() {
    let project =
        Project::of("variable \"closed\" {\n  type      = number\n  sensitive = true\n}\n");
    let screen = converse(&project, "-local plan", &[("Enter a value:", "hunter2\r")]);
    assert_eq!(screen.code, Some(1), "{}", screen.seen);
    assert!(screen.seen.contains("Invalid value for input variable"), "{}", screen.seen);
    assert!(!screen.seen.contains("hunter2"), "{}", screen.seen);
}

#[test]
fn a_question_can_be_broken_off() {
    let project = Project::of(VARIABLES);
    for key in ["\u{3}", "\u{4}"] {
        let screen = converse(&project, "-local plan", &[("Enter a value:", key)]);
        assert_eq!(screen.code, Some(1), "{}", screen.seen);
        assert!(screen.seen.contains("No value for required variable"), "{}", screen.seen);
    }
}

#[test]
fn nothing_is_asked_where_it_is_forbidden() {
    let mut project = Project::of(VARIABLES);
    let screen = converse(&project, "-local plan -input=false", &[]);
    assert!(!screen.seen.contains("Enter a value:"), "{}", screen.seen);
    assert!(screen.seen.contains("No value for required variable"), "{}", screen.seen);
    project.set("TF_INPUT", "0");
    let screen = converse(&project, "-local plan", &[]);
    assert!(!screen.seen.contains("Enter a value:"), "{}", screen.seen);
}

#[test]
fn the_console_edits_completes_and_remembers() {
    let project = Project::of("variable \"region\" {\n  default = \"eu\"\n}\n");
    // What is typed between two questions may be lost, so each answer waits for its prompt.
    let lines = [
        ("> ", "upper(var.re\t)\r"),
        ("\n\"EU\"", ""),
        ("> ", "length([1,\r"),
        ("> length([1,\r\n", "2])\r"),
        ("\n2\r", ""),
        ("> ", " \"not kept\"\r"),
        ("\n\"not kept\"", ""),
        ("> ", "nope(\r"),
        ("> nope(\r\n", ")\r"),
        ("Call to unknown function", ""),
        ("\u{1b}[K> ", "exit\r"),
    ];
    let screen = converse(&project, "console", &lines);
    assert_eq!(screen.code, Some(0), "{}", screen.seen);
    let history = project.root().join("home/.local/state/meridian/console_history");
    let kept = fs::read_to_string(&history).expect("the lines are kept");
    assert!(kept.contains("upper(var.region)"), "{kept}");
    assert!(!kept.contains("not kept"), "{kept}");
    let mode = fs::metadata(&history).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // The next time, the first line is found again: two of the four behind it take two lines.
    let up = "\u{1b}[A".repeat(6);
    let lines = [("> ", format!("{up}\r")), ("\"EU\"", String::new()), ("> ", "\u{4}".to_owned())];
    let lines: Vec<(&str, &str)> = lines.iter().map(|(wanted, keys)| (*wanted, &**keys)).collect();
    let again = converse(&project, "console", &lines);
    assert_eq!(again.code, Some(0), "{}", again.seen);
}
