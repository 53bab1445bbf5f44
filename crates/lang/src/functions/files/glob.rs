//! Finding files by patterns: `*`, `?`, `[a-z]`, `{a,b}` within a name, `**` for any folders.

use std::collections::BTreeSet;

use crate::{FileKind, Scope};

use super::path;

/// How many names are looked at before a search is given up.
const GREATEST_SEARCH: usize = 1_000_000;
/// How many folders may lie in one another; links can make a ring of them.
const GREATEST_DEPTH: usize = 64;
/// How many ways a name may be tried against a pattern.
const GREATEST_EFFORT: usize = 10_000;

const BAD_PATTERN: &str = "syntax error in pattern";

/// The regular files that a cleaned pattern names.
pub(super) fn files(pattern: &str, scope: &dyn Scope) -> Result<BTreeSet<String>, String> {
    let (root, rest) = match pattern.strip_prefix('/') {
        Some(rest) => ("/", rest),
        None => ("", pattern),
    };
    let components: Vec<Vec<char>> =
        rest.split('/').map(|component| component.chars().collect()).collect();
    for component in &components {
        check(component)?;
    }
    let mut search = Search { scope, found: BTreeSet::new(), looked_at: 0 };
    search.walk(root, &components, 0)?;
    Ok(search.found)
}

struct Search<'a> {
    scope: &'a dyn Scope,
    found: BTreeSet<String>,
    looked_at: usize,
}

impl Search<'_> {
    fn walk(&mut self, here: &str, pattern: &[Vec<char>], depth: usize) -> Result<(), String> {
        let Some((component, rest)) = pattern.split_first() else {
            if matches!(self.scope.file_kind(here), Ok(Some(FileKind::File))) {
                self.found.insert(path::clean(here));
            }
            return Ok(());
        };
        if depth > GREATEST_DEPTH {
            return Err("folders are nested too deeply".to_owned());
        }
        if component[..] == ['*', '*'] {
            let any_file = [vec!['*']];
            self.walk(here, if rest.is_empty() { &any_file } else { rest }, depth + 1)?;
            for (name, kind) in self.list(here)? {
                if kind == FileKind::Folder {
                    self.walk(&inside(here, &name), pattern, depth + 1)?;
                }
            }
            return Ok(());
        }
        if !component.iter().any(|letter| matches!(letter, '*' | '?' | '[' | '{' | '\\')) {
            let name: String = component.iter().collect();
            return self.walk(&inside(here, &name), rest, depth + 1);
        }
        for (name, kind) in self.list(here)? {
            let letters: Vec<char> = name.chars().collect();
            if matches(component, &letters, &mut 0)?
                && (kind == FileKind::Folder || rest.is_empty())
            {
                self.walk(&inside(here, &name), rest, depth + 1)?;
            }
        }
        Ok(())
    }

    /// What is in a folder; nothing if it is none.
    fn list(&mut self, folder: &str) -> Result<Vec<(String, FileKind)>, String> {
        let folder = if folder.is_empty() { "." } else { folder };
        let entries = self.scope.list_folder(folder).unwrap_or_default();
        self.looked_at += entries.len();
        if self.looked_at > GREATEST_SEARCH {
            return Err("there are too many files to look at".to_owned());
        }
        Ok(entries)
    }
}

fn inside(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        "/" => format!("/{name}"),
        folder => format!("{folder}/{name}"),
    }
}

/// Whether a component of a pattern is well-formed.
fn check(pattern: &[char]) -> Result<(), String> {
    let mut rest = pattern;
    let mut braces = 0_usize;
    while let Some((letter, after)) = rest.split_first() {
        rest = match letter {
            '\\' => after.get(1..).ok_or(BAD_PATTERN)?,
            '[' => class(after, '\0').ok_or(BAD_PATTERN)?.1,
            '{' => {
                braces += 1;
                after
            }
            '}' => {
                braces = braces.checked_sub(1).ok_or(BAD_PATTERN)?;
                after
            }
            _ => after,
        };
    }
    if braces == 0 { Ok(()) } else { Err(BAD_PATTERN.to_owned()) }
}

/// Whether a name fits a component of a pattern.
fn matches(pattern: &[char], name: &[char], effort: &mut usize) -> Result<bool, String> {
    *effort += 1;
    if *effort > GREATEST_EFFORT {
        return Err("the pattern takes too long to match".to_owned());
    }
    let Some((letter, rest)) = pattern.split_first() else {
        return Ok(name.is_empty());
    };
    match letter {
        '*' => {
            for taken in 0..=name.len() {
                if matches(rest, &name[taken..], effort)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        '{' => {
            let (alternatives, rest) = alternatives(rest).ok_or(BAD_PATTERN)?;
            for alternative in alternatives {
                let whole: Vec<char> = alternative.iter().chain(rest).copied().collect();
                if matches(&whole, name, effort)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        _ => {
            let Some((first, others)) = name.split_first() else {
                return Ok(false);
            };
            let (fits, rest) = match letter {
                '?' => (true, rest),
                '[' => class(rest, *first).ok_or(BAD_PATTERN)?,
                '\\' => match rest.split_first() {
                    Some((escaped, rest)) => (escaped == first, rest),
                    None => return Err(BAD_PATTERN.to_owned()),
                },
                letter => (letter == first, rest),
            };
            if fits { matches(rest, others, effort) } else { Ok(false) }
        }
    }
}

/// Whether a letter is of the class that begins behind `[`, and what follows the class.
fn class(pattern: &[char], letter: char) -> Option<(bool, &[char])> {
    let (negated, mut rest) = match pattern.split_first()? {
        ('^', rest) => (true, rest),
        _ => (false, pattern),
    };
    let mut found = false;
    let mut empty = true;
    loop {
        if !empty && let Some((']', after)) = rest.split_first() {
            return Some((found != negated, after));
        }
        let low = class_letter(&mut rest)?;
        let high = match rest.split_first()? {
            ('-', after) => {
                rest = after;
                class_letter(&mut rest)?
            }
            _ => low,
        };
        found |= (low..=high).contains(&letter);
        empty = false;
    }
}

fn class_letter(rest: &mut &[char]) -> Option<char> {
    let (letter, after) = rest.split_first()?;
    *rest = after;
    match letter {
        '-' | ']' => None,
        '\\' => {
            let (escaped, after) = rest.split_first()?;
            *rest = after;
            Some(*escaped)
        }
        letter => Some(*letter),
    }
}

/// The alternatives behind `{`, and what follows the closing brace.
fn alternatives(pattern: &[char]) -> Option<(Vec<&[char]>, &[char])> {
    let mut found = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    let mut at = 0;
    while let Some(letter) = pattern.get(at) {
        match letter {
            '\\' => at += 1,
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(&pattern[start..at]);
                return Some((found, &pattern[at + 1..]));
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&pattern[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}
