//! How deep a text is nested, before anything is built of it.
//!
//! The parser, and all that walks its tree and ours, is recursive. What is counted here is the
//! depth that the tree would have: brackets around a place, and operators and steps chained to
//! it, each of which makes the tree one level deeper.

use super::tokens::{Kind, Token};

/// More than configurations have, and little enough for a stack of 2 MiB in a debug build.
pub(super) const MAX_DEPTH: usize = 200;

/// More brackets around each other than this, and the parser is given only what is certainly
/// well-formed: what is not takes it a time that doubles with each bracket.
const MANY_BRACKETS: usize = 8;

/// A bracket, template or block that is open.
struct Frame {
    kind: Opened,
    /// Levels that operators and steps add to the item that is being read.
    chained: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    /// A file, block or object, where a line end ends an item.
    Lines,
    /// A bracket in which line ends mean nothing.
    Bracket,
    /// A bracket that is a step from what stands before it.
    Index,
    /// A quoted string or heredoc.
    Template,
}

/// The first token that lies too deep.
pub(super) fn too_deep<'t>(text: &str, tokens: &'t [Token]) -> Option<&'t Token> {
    let mut frames = vec![Frame { kind: Opened::Lines, chained: 0 }];
    let mut depth = 1;
    for (at, token) in tokens.iter().enumerate() {
        let frame = frames.last_mut()?;
        match token.kind {
            Kind::Newline if frame.kind == Opened::Lines => {
                depth -= std::mem::take(&mut frame.chained);
            }
            Kind::COMMA => depth -= std::mem::take(&mut frame.chained),
            kind if is_link(kind) => {
                frame.chained += 1;
                depth += 1;
            }
            Kind::Directive => {
                // The keyword tells whether a part of the template opens or closes.
                let keyword = tokens.get(at + 1).map_or("", |next| &text[next.place.clone()]);
                match keyword {
                    "if" | "for" => {
                        frame.chained += 1;
                        depth += 1;
                    }
                    "endif" | "endfor" if frame.chained > 0 => {
                        frame.chained -= 1;
                        depth -= 1;
                    }
                    _ => {}
                }
                frames.push(Frame { kind: Opened::Bracket, chained: 0 });
                depth += 1;
            }
            kind if kind.opens() => {
                frames.push(Frame { kind: opened(text, tokens, at), chained: 0 });
                depth += 1;
            }
            kind if kind.opener().is_some() && frames.len() > 1 => {
                if let Some(closed) = frames.pop() {
                    depth -= closed.chained + 1;
                    if let (Opened::Index, Some(around)) = (closed.kind, frames.last_mut()) {
                        around.chained += 1;
                        depth += 1;
                    }
                }
            }
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(token);
        }
    }
    None
}

/// Whether the parser may take long to see that a text is not well-formed.
pub(super) fn has_many_brackets(tokens: &[Token]) -> bool {
    let mut open: usize = 0;
    tokens.iter().any(|token| {
        if token.kind.opens() {
            open += 1;
        } else if token.kind.opener().is_some() {
            open = open.saturating_sub(1);
        }
        open > MANY_BRACKETS
    })
}

/// Whether a token makes a longer chain of what stands beside it.
fn is_link(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Symbol(
            "." | "?"
                | "!"
                | "-"
                | "+"
                | "*"
                | "/"
                | "%"
                | "=="
                | "!="
                | "<"
                | ">"
                | "<="
                | ">="
                | "&&"
                | "||"
        )
    )
}

fn opened(text: &str, tokens: &[Token], at: usize) -> Opened {
    match tokens[at].kind {
        Kind::OpenQuote | Kind::OpenHeredoc => Opened::Template,
        Kind::OPEN_BRACE => {
            let mut inside = tokens[at + 1..].iter().filter(|token| token.kind != Kind::Newline);
            match inside.next() {
                Some(next) if &text[next.place.clone()] == "for" => Opened::Bracket,
                _ => Opened::Lines,
            }
        }
        Kind::OPEN_BRACKET => match at.checked_sub(1).map(|before| tokens[before].kind) {
            Some(Kind::Name | Kind::Number | Kind::STAR) => Opened::Index,
            Some(kind) if kind.opener().is_some() => Opened::Index,
            _ => Opened::Bracket,
        },
        _ => Opened::Bracket,
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::{MAX_DEPTH, too_deep};

    fn is_too_deep(text: &str) -> bool {
        too_deep(text, &scan(text)).is_some()
    }

    #[test]
    fn what_stands_side_by_side_is_not_deep() {
        let many = 10 * MAX_DEPTH;
        for text in [
            "a = 1 + 1\n".repeat(many),
            format!("a = [{}]", "[1 + 1], -1, ".repeat(many)),
            format!("a = \"{}\"", "${b.c}".repeat(many)),
            format!("a = \"{}\"", "%{if b}x%{endif}".repeat(many)),
            format!("a = {{\n{}}}", "b = c[0].d\n".repeat(many)),
            format!("a = f(\n{}\n)", "b[0],\n".repeat(many)),
            "a {\n b = \"x\"\n}\n".repeat(many),
        ] {
            assert!(!is_too_deep(&text), "{}", &text[..40]);
        }
    }

    #[test]
    fn chains_run_on_over_lines_within_brackets() {
        for text in [
            format!("a = ({}1)", "1 +\n".repeat(MAX_DEPTH)),
            format!("a = {{ for b in c : b => {}1 }}", "1 +\n".repeat(MAX_DEPTH)),
            format!("a = [b{}]", "\n.c".repeat(MAX_DEPTH)),
            format!("a = b{}", "[0]".repeat(MAX_DEPTH)),
        ] {
            assert!(is_too_deep(&text), "{}", &text[..40]);
        }
    }
}
