//! Names and values from outside, in Markdown that they cannot break out of.

/// How many letters of a name are shown.
const LONGEST_NAME: usize = 80;
/// How many letters of a value are shown.
const LONGEST_VALUE: usize = 400;

/// A name or value as a code span, where nothing of it means anything: no mention, link, heading
/// or table cell. Long ones lose their middle.
pub(super) fn code(text: &str) -> String {
    span(&shortened(&visible(text), LONGEST_NAME))
}

/// A value as a code span, which may be longer than a name.
pub(super) fn value_code(text: &str) -> String {
    span(&shortened(&visible(text), LONGEST_VALUE))
}

fn span(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A table ends its cells at any pipe that has no backslash, even one in a code span.
    let text = text.replace('|', "\\|");
    match text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() {
        true => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

/// The same in the middle of HTML, where Markdown is not read.
pub(super) fn html_code(text: &str) -> String {
    let text = shortened(&visible(text), LONGEST_NAME);
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<code>{text}</code>")
}

/// The text with whatever is not seen, or turns the direction of writing, spelled out.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            c if c.is_control() || is_directional(c) => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// Characters that change how others are laid out, or that have no width.
fn is_directional(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

fn shortened(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let half = (most - 1) / 2;
    let start: String = letters[..half].iter().collect();
    let end: String = letters[letters.len() - half..].iter().collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// The cells of the only table of a text, as a reader of Markdown sees them.
    fn cells(markdown: &str) -> Vec<String> {
        let mut cells = Vec::new();
        let mut inside = false;
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::TableCell) => {
                    inside = true;
                    cells.push(String::new());
                }
                Event::End(TagEnd::TableCell) => inside = false,
                Event::Code(text) if inside => {
                    cells.last_mut().expect("a cell").push_str(&text);
                }
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow)
                | Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow) => {}
                other => panic!("{other:?} in {markdown}"),
            }
        }
        cells
    }

    proptest! {
        #[test]
        fn no_name_changes_the_table_that_it_stands_in(
            a in "[`|<>!@#\\-\\\\*_ \\n\r\u{202e}a-z&\\[\\]()]{1,30}",
            b in any::<String>(),
        ) {
            let markdown = format!("| {} | {} |\n|---|---|\n", code(&a), code(&b));
            let cells = cells(&markdown);
            prop_assert_eq!(cells.len(), 2);
            let plain = shortened(&visible(&a), LONGEST_NAME);
            prop_assert_eq!(cells[0].trim(), plain.trim());
        }

        #[test]
        fn no_name_ends_the_html_that_it_stands_in(text in any::<String>()) {
            let html = html_code(&text);
            prop_assert_eq!(html.matches('<').count(), 2);
            prop_assert!(!html.contains('\n'));
        }
    }

    #[test]
    fn long_names_lose_their_middle() {
        let name = format!("{}{}", "a".repeat(60), "b".repeat(60));
        assert_eq!(code(&name), format!("`{}…{}`", "a".repeat(39), "b".repeat(39)));
    }

    #[test]
    fn what_turns_the_text_around_is_spelled_out() {
        assert_eq!(code("a\u{202e}b\n"), "`a\\u{202e}b⏎`");
    }
}
