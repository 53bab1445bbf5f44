//! Versions and constraints on them, as `required_version` and `version` arguments write them.

use std::cmp::Ordering;

/// A version: `1.11.4`, `2.0.0-beta1+build`. Build metadata plays no part.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    /// At least three numbers.
    segments: Vec<u64>,
    /// How many numbers were written.
    written: usize,
    /// What follows the numbers after a dash; empty for a release.
    prerelease: String,
}

impl Version {
    /// A release of three numbers.
    pub(crate) fn release(major: u64, minor: u64, patch: u64) -> Version {
        Version { segments: vec![major, minor, patch], written: 3, prerelease: String::new() }
    }

    /// Reads a version; a `v` before it is allowed.
    pub(crate) fn parse(text: &str) -> Option<Version> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, build) = text.split_once('+').map_or((text, None), |(a, b)| (a, Some(b)));
        if build.is_some_and(|build| !is_suffix(build)) {
            return None;
        }
        let digits = |c: char| c.is_ascii_digit() || c == '.';
        let (numbers, behind) = text.split_at(text.find(|c| !digits(c)).unwrap_or(text.len()));
        let prerelease = behind.strip_prefix('-').unwrap_or(behind);
        if !behind.is_empty() && !is_suffix(prerelease) {
            return None;
        }
        let mut segments =
            numbers.split('.').map(|number| number.parse().ok()).collect::<Option<Vec<u64>>>()?;
        let written = segments.len();
        segments.resize(written.max(3), 0);
        Some(Version { segments, written, prerelease: prerelease.to_owned() })
    }

    /// Whether it comes before a release.
    pub(crate) fn is_prerelease(&self) -> bool {
        !self.prerelease.is_empty()
    }
}

/// Whether this is a list of words between dots.
fn is_suffix(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '~';
    text.split('.').all(|word| !word.is_empty() && word.chars().all(inner))
}

impl PartialEq for Version {
    fn eq(&self, other: &Version) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        let length = self.segments.len().max(other.segments.len());
        let padded = |version: &Version| {
            let mut segments = version.segments.clone();
            segments.resize(length, 0);
            segments
        };
        padded(self).cmp(&padded(other)).then_with(|| {
            match (self.is_prerelease(), other.is_prerelease()) {
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                _ => prerelease_order(&self.prerelease, &other.prerelease),
            }
        })
    }
}

/// Numbers come before words, and fewer words before more.
fn prerelease_order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// How a version is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    /// `~>`: only the last of the numbers that are written may grow.
    Pessimistic,
}

/// A list of conditions that must all hold: `>= 1.2, < 2.0`.
#[derive(Clone, Debug)]
pub(crate) struct Constraints(Vec<(Operator, Version)>);

impl Constraints {
    /// Reads a list of conditions between commas.
    pub(crate) fn parse(text: &str) -> Option<Constraints> {
        text.split(',').map(condition).collect::<Option<_>>().map(Constraints)
    }

    /// Whether a version is allowed.
    pub(crate) fn allow(&self, version: &Version) -> bool {
        self.0.iter().all(|(operator, bound)| allows(*operator, bound, version))
    }

    /// Whether any of the versions that are named comes before a release.
    pub(crate) fn name_prerelease(&self) -> bool {
        self.0.iter().any(|(_, version)| version.is_prerelease())
    }
}

/// The conditions of several lists, each once, as Terraform writes them down: by version, all three
/// numbers of it. None if there are none, or not all can be read.
pub fn canonical_constraints<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lists = texts.into_iter().map(Constraints::parse).collect::<Option<Vec<_>>>()?;
    let mut all: Vec<(Operator, Version)> = lists.into_iter().flat_map(|list| list.0).collect();
    all.sort_by(|(_, a), (_, b)| a.cmp(b));
    let mut written: Vec<String> = all.iter().map(|(it, bound)| canonical(*it, bound)).collect();
    written.dedup();
    (!written.is_empty()).then(|| written.join(", "))
}

fn canonical(operator: Operator, bound: &Version) -> String {
    let sign = match operator {
        Operator::Equal => "",
        Operator::NotEqual => "!= ",
        Operator::Greater => "> ",
        Operator::Less => "< ",
        Operator::GreaterOrEqual => ">= ",
        Operator::LessOrEqual => "<= ",
        Operator::Pessimistic => "~> ",
    };
    // How many numbers are written means something here only.
    let open = operator == Operator::Pessimistic && bound.written < 3;
    let shown = if open { 2 } else { bound.segments.len() };
    let numbers: Vec<String> = bound.segments.iter().take(shown).map(u64::to_string).collect();
    let prerelease = match bound.is_prerelease() {
        true => format!("-{}", bound.prerelease),
        false => String::new(),
    };
    format!("{sign}{}{prerelease}", numbers.join("."))
}

fn condition(text: &str) -> Option<(Operator, Version)> {
    let text = text.trim();
    let length = text.find(|c| !"=!<>~".contains(c)).unwrap_or(text.len());
    let operator = match &text[..length] {
        "" | "=" => Operator::Equal,
        "!=" => Operator::NotEqual,
        ">" => Operator::Greater,
        "<" => Operator::Less,
        ">=" => Operator::GreaterOrEqual,
        "<=" => Operator::LessOrEqual,
        "~>" => Operator::Pessimistic,
        _ => return None,
    };
    Some((operator, Version::parse(text[length..].trim_start())?))
}

fn allows(operator: Operator, bound: &Version, version: &Version) -> bool {
    // A prerelease is meant only by those who name one of the same numbers.
    let meant =
        !version.is_prerelease() || bound.is_prerelease() && bound.segments == version.segments;
    match operator {
        Operator::Equal => version == bound,
        Operator::NotEqual => version != bound,
        Operator::Greater => meant && version > bound,
        Operator::Less => meant && version < bound,
        Operator::GreaterOrEqual => meant && version >= bound,
        Operator::LessOrEqual => meant && version <= bound,
        Operator::Pessimistic => {
            let kept = bound.written.saturating_sub(1);
            meant
                && bound.is_prerelease() == version.is_prerelease()
                && version >= bound
                && version.segments.get(..kept) == bound.segments.get(..kept)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_allow_what_terraform_allows() {
        let cases = [
            ("1.11.4", true),
            ("v1.11.4", true),
            ("1.11.4.0", true),
            ("= 1.11.4", true),
            ("1", false),
            ("!= 1.11.4", false),
            ("!= 1.11.5", true),
            (">= 2.0", false),
            (">1.11", true),
            ("  >=1.0 ,  <  2  ", true),
            ("<= 1.11.3", false),
            ("~> 1", true),
            ("~> 1.0", true),
            ("~> 1.11.0", true),
            ("~> 1.10.0", false),
            ("~> 1.12", false),
            ("~> 0.13", false),
            ("~> 1.0, < 1.5", false),
        ];
        for (text, allowed) in cases {
            let constraints = Constraints::parse(text).expect(text);
            assert_eq!(constraints.allow(&Version::release(1, 11, 4)), allowed, "{text}");
        }
    }

    /// What Terraform 1.11.4 writes into its lock file.
    #[test]
    fn constraints_are_written_in_one_way() {
        let cases = [
            ("~> 5", "~> 5.0"),
            ("~>5.1.2", "~> 5.1.2"),
            (">= 5", ">= 5.0.0"),
            (">= 4.33.0, < 6", ">= 4.33.0, < 6.0.0"),
            ("= 5.100", "5.100.0"),
            ("!= 5.1.0, >= 5.0", ">= 5.0.0, != 5.1.0"),
            ("< 6.0.0, >= 5.20, >= 5.20", ">= 5.20.0, < 6.0.0"),
            (">= 5.0.0-beta1", ">= 5.0.0-beta1"),
        ];
        for (text, canonical) in cases {
            assert_eq!(canonical_constraints([text]).as_deref(), Some(canonical), "{text}");
        }
        assert_eq!(canonical_constraints([]), None);
        assert_eq!(canonical_constraints(["latest"]), None);
        assert_eq!(canonical_constraints(["< 6", "> 5"]).as_deref(), Some("> 5.0.0, < 6.0.0"));
    }

    #[test]
    fn what_is_no_constraint_is_refused() {
        for text in ["", "abc", "1.x", ">= 1.0,", "=> 1.0", "1..2", "1.0-", ">= 1.0 < 2.0", "1.0+"]
        {
            assert!(Constraints::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn prereleases_come_before_their_release() {
        let version = |text| Version::parse(text).expect(text);
        assert!(version("1.0.0-alpha.2") < version("1.0.0-alpha.10"));
        assert!(version("1.0.0-1") < version("1.0.0-alpha"));
        assert!(version("1.0.0-rc1") < version("1.0.0"));
        assert!(Constraints::parse(">= 1.0-beta1").expect("a constraint").name_prerelease());
    }
}
