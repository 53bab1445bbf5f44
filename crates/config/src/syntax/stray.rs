//! Tokens that stand nowhere in the language, and what was probably meant by them.

use super::tokens::{Kind, Token};

/// Summary and detail for each of the tokens that are wrong wherever they stand.
pub(super) fn find<'t>(
    text: &'t str,
    tokens: &'t [Token],
) -> impl Iterator<Item = (&'t Token, &'static str, String)> {
    let mut seen: Vec<&str> = Vec::new();
    tokens.iter().filter_map(move |token| {
        if token.kind == Kind::QuotedNewline {
            let detail = "Quoted strings may not be split over multiple lines. To produce a \
                multi-line string, either use the \\n escape to represent a newline character or \
                use the \"heredoc\" multi-line template syntax.";
            return Some((token, "Invalid multi-line string", detail.to_owned()));
        }
        if token.kind != Kind::Stray {
            return None;
        }
        let characters = &text[token.place.clone()];
        let repeated = seen.contains(&characters);
        seen.push(characters);
        // One word about a character is enough.
        (!repeated).then(|| {
            let (summary, detail) = describe(characters);
            (token, summary, detail)
        })
    })
}

fn describe(characters: &str) -> (&'static str, String) {
    let bitwise = |hint: &str| {
        ("Unsupported operator", format!("Bitwise operators are not supported.{hint}"))
    };
    let character = |detail: &str| ("Invalid character", detail.to_owned());
    match characters {
        "&" => bitwise(" Did you mean boolean AND (\"&&\")?"),
        "|" => bitwise(" Did you mean boolean OR (\"||\")?"),
        "~" => bitwise(" Did you mean boolean NOT (\"!\")?"),
        "^" => bitwise(""),
        "`" => character(
            "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" \
             syntax, like \"<<EOT\".",
        ),
        "'" => character("Single quotes are not valid. Use double quotes (\") to enclose strings."),
        ";" => character(
            "The \";\" character is not valid. Use newlines to separate arguments and blocks, and \
             commas to separate items in collection values.",
        ),
        "\u{201c}" | "\u{201d}" => character(
            "\"Curly quotes\" are not valid here. These can sometimes be inadvertently introduced \
             when sharing code via documents or discussion forums. It might help to replace the \
             character with a \"straight quote\".",
        ),
        _ => character("This character is not used within the language."),
    }
}
