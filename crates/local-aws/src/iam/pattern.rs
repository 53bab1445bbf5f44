//! Patterns as policies write them: `*`, `?` and policy variables (IAM user
//! guide, "IAM policy elements: Variables and tags").

use crate::iam::context::Context;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Exactly(char),
    AnyOne,
    Any,
}

/// A text in which `*` stands for any characters and `?` for any one.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Vec<Piece>);

const ARN_PARTS: usize = 6;

impl Pattern {
    /// A pattern without variables.
    pub fn new(text: &str) -> Self {
        Self(text.chars().map(wild).collect())
    }

    /// A pattern whose variables stand for values of the context, if there is
    /// one; none if a variable has no value.
    pub fn wild(text: &str, variables: Option<&Context>) -> Option<Self> {
        fill(text, variables, wild).map(Self)
    }

    /// The same for a text in which `*` and `?` are just characters.
    pub fn literal(text: &str, variables: Option<&Context>) -> Option<Self> {
        fill(text, variables, Piece::Exactly).map(Self)
    }

    /// Whether the pattern covers a text.
    pub fn covers(&self, text: &str) -> bool {
        covers(&self.0, text, false)
    }

    /// Whether the pattern covers a text, whatever the case of ASCII letters.
    pub fn covers_ignoring_case(&self, text: &str) -> bool {
        covers(&self.0, text, true)
    }

    /// Whether the pattern covers an ARN. A `*` stays within its part of the
    /// ARN, and parts that the pattern leaves out may be anything.
    pub fn covers_arn(&self, arn: &str) -> bool {
        let parts: Vec<&[Piece]> =
            self.0.splitn(ARN_PARTS, |piece| *piece == Piece::Exactly(':')).collect();
        let names: Vec<&str> = arn.splitn(ARN_PARTS, ':').collect();
        if parts.len() == 1 || names.len() < ARN_PARTS {
            return self.covers(arn);
        }
        names
            .iter()
            .enumerate()
            .all(|(index, name)| parts.get(index).is_none_or(|part| covers(part, name, false)))
    }
}

fn fill(
    text: &str,
    variables: Option<&Context>,
    piece: impl Fn(char) -> Piece,
) -> Option<Vec<Piece>> {
    let Some(context) = variables else {
        return Some(text.chars().map(piece).collect());
    };
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, variable)) = rest.split_once("${") {
        let (name, after) = variable.split_once('}')?;
        pieces.extend(before.chars().map(&piece));
        let value = match name {
            "*" | "?" | "$" => name,
            name => context.single(name)?,
        };
        pieces.extend(value.chars().map(Piece::Exactly));
        rest = after;
    }
    pieces.extend(rest.chars().map(&piece));
    Some(pieces)
}

fn wild(character: char) -> Piece {
    match character {
        '*' => Piece::Any,
        '?' => Piece::AnyOne,
        character => Piece::Exactly(character),
    }
}

/// Goes back to the last `*` only, so that no pattern takes long.
fn covers(pieces: &[Piece], text: &str, ignore_case: bool) -> bool {
    let text: Vec<char> = text.chars().collect();
    let is_covered = |piece: &Piece, character: char| match piece {
        Piece::Exactly(wanted) if ignore_case => wanted.eq_ignore_ascii_case(&character),
        Piece::Exactly(wanted) => *wanted == character,
        Piece::AnyOne => true,
        Piece::Any => false,
    };
    let (mut at_piece, mut at_text) = (0, 0);
    let mut last_any = None;
    while at_text < text.len() {
        match (pieces.get(at_piece), last_any) {
            (Some(Piece::Any), _) => {
                last_any = Some((at_piece, at_text));
                at_piece += 1;
            }
            (Some(piece), _) if is_covered(piece, text[at_text]) => {
                at_piece += 1;
                at_text += 1;
            }
            (_, Some((any, from))) => {
                last_any = Some((any, from + 1));
                at_piece = any + 1;
                at_text = from + 1;
            }
            (_, None) => return false,
        }
    }
    pieces[at_piece..].iter().all(|piece| *piece == Piece::Any)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The meaning of a pattern, as slow as it is plain.
    fn is_covered(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => {
                is_covered(rest, text) || (!text.is_empty() && is_covered(pattern, &text[1..]))
            }
            (['?', rest @ ..], [_, tail @ ..]) => is_covered(rest, tail),
            ([first, rest @ ..], [head, tail @ ..]) => first == head && is_covered(rest, tail),
            ([_, ..], []) | ([], [_, ..]) => false,
        }
    }

    proptest! {
        #[test]
        fn a_pattern_means_what_it_plainly_means(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            let expected = is_covered(&chars(&pattern), &chars(&text));
            prop_assert_eq!(Pattern::new(&pattern).covers(&text), expected);
        }
    }

    #[test]
    fn patterns_cover_texts() {
        let table = [
            ("*", "", true),
            ("*", "anything:at/all", true),
            ("kms:*", "kms:Encrypt", true),
            ("kms:*", "s3:Get", false),
            ("kms:?ecrypt", "kms:Decrypt", true),
            ("kms:?ecrypt", "kms:ReDecrypt", false),
            ("a*b*c", "aXbbYc", true),
            ("a*b*c", "aXbbY", false),
            ("*ab", "aab", true),
            ("", "", true),
            ("", "x", false),
            ("kms:Encrypt", "kms:encrypt", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(Pattern::new(pattern).covers(text), expected, "{pattern} {text}");
        }
        for pattern in ["KMS:enc*", "kms:encrypt", "kms:?NCRYPT", "*"] {
            assert!(Pattern::new(pattern).covers_ignoring_case("kms:Encrypt"), "{pattern}");
        }
        // A naive search would not end within the age of the universe.
        assert!(!Pattern::new(&"*a".repeat(40)).covers(&"a".repeat(39)));
    }

    #[test]
    fn a_star_stays_within_its_part_of_an_arn() {
        let arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1";
        let table = [
            ("*", true),
            ("arn:aws:kms:*:123456789012:key/*", true),
            ("arn:aws:kms:*:*:key/mrk-?", true),
            ("arn:aws:kms:*:key/mrk-1", false),
            ("arn:aws:kms", true),
            ("arn:aws:s3", false),
            ("arn:*:kms:eu-*:123456789012:*", true),
            ("arn:aws:kms:eu-west-1:123456789012:alias/*", false),
        ];
        for (pattern, expected) in table {
            assert_eq!(Pattern::new(pattern).covers_arn(arn), expected, "{pattern}");
        }
        // What is on no resource is allowed on all of them, or not at all.
        assert!(!Pattern::new("arn:aws:kms:*:*:key/*").covers_arn("*"));
        assert!(Pattern::new("*").covers_arn("*"));
    }

    #[test]
    fn variables_are_filled_in_as_they_are() {
        let mut context = Context::default();
        context.set("aws:username", "a*");
        let fill = |text: &str| Pattern::wild(text, Some(&context));
        let pattern = fill("home/${aws:UserName}/*").unwrap();
        assert!(pattern.covers("home/a*/x"));
        assert!(!pattern.covers("home/ab/x"), "a star in a value is a star");
        assert!(fill("${*}").unwrap().covers("*"));
        assert!(!fill("${*}").unwrap().covers("x"));
        assert!(fill("${aws:PrincipalTag/team}").is_none());
        assert!(fill("${aws:username").is_none());
        assert!(Pattern::wild("${*}", None).unwrap().covers("${anything}"));
        let literal = Pattern::literal("*${aws:username}", Some(&context)).unwrap();
        assert!(literal.covers("*a*") && !literal.covers("xa*"));
    }
}
