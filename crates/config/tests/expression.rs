//! Expressions that stand by themselves, as a console reads them.

use meridian_config::{expression, is_open};
use meridian_lang::Sources;

/// What Terraform 1.11.4's console says of each.
#[test]
fn what_is_no_expression_is_told() {
    for (text, summary) in [
        ("", "Missing expression"),
        ("# c", "Missing expression"),
        ("1 +", "Missing expression"),
        ("[1,", "Missing expression"),
        ("1 2", "Extra characters after expression"),
        ("a = 1", "Extra characters after expression"),
        ("\"", "Unterminated template string"),
        ("}", "Invalid expression"),
        ("upper(\"a\"", "Unterminated function call"),
        ("x", "Invalid reference"),
    ] {
        let errors = expression(&mut Sources::default(), "<console-input>", text).expect_err(text);
        let summaries: Vec<&str> = errors.iter().map(|it| it.summary.as_str()).collect();
        assert_eq!(summaries, [summary], "{text}");
    }
}

#[test]
fn an_expression_may_have_a_comment_and_several_lines() {
    for text in ["1 # c", "[1,\n 2]", "var.x", "<<E\nfoo\nE\n", "  1  "] {
        let read = expression(&mut Sources::default(), "<console-input>", text);
        assert!(read.is_ok(), "{text}: {read:?}");
    }
}

#[test]
fn an_expression_goes_on_while_something_is_open() {
    for text in ["[", "{ a = 1,", "upper(\"a\",", "<<E", "<<E\nfoo", "\"${[", "(1 + # )", "[\"]\","]
    {
        assert!(is_open(text), "{text}");
    }
    for text in ["", "1 +", "[]", "\"[", "\"(", "# [", "<<E\nfoo\nE", ")", "\"${[1]}\""] {
        assert!(!is_open(text), "{text}");
    }
}
