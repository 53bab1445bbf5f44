//! Which blocks there are, which of them override others, and which stand there twice.

use std::collections::HashMap;

use meridian_lang::Span;

use super::{BLOCK_TYPES, File, overrides, top_level};
use crate::content::{Content, Nested};
use crate::reader::Reader;
use crate::term::Term;

/// A top-level block with the blocks of override files that are laid over it.
pub(super) struct Declaration<'a> {
    pub(super) block: Nested<'a>,
    overrides: Vec<Nested<'a>>,
    /// Whether the block itself stands in an override file.
    pub(super) is_override: bool,
}

impl<'a> Declaration<'a> {
    /// What the block holds, overrides included.
    pub(super) fn content(&self, reader: &Reader<'_>) -> Content<'a> {
        let mut content = Content::of(self.block, reader);
        for over in &self.overrides {
            content.override_with(Content::of(*over, reader));
        }
        content
    }

    /// What makes the block the same as another; nothing for blocks that may be repeated.
    fn identity(&self) -> Option<Identity> {
        identity(self.block)
    }
}

/// Type, labels and, for providers, the alias.
type Identity = (String, Vec<String>, Option<String>);

fn identity(nested: Nested<'_>) -> Option<Identity> {
    let labels: Vec<String> = nested.label_texts().into_iter().map(str::to_owned).collect();
    let needed = match nested.name() {
        "resource" | "data" | "ephemeral" => 2,
        "variable" | "output" | "provider" | "module" | "check" => 1,
        _ => return None,
    };
    let alias = (nested.name() == "provider")
        .then(|| nested.argument("alias"))
        .flatten()
        .and_then(Term::as_str)
        .map(str::to_owned);
    (labels.len() == needed).then(|| (nested.name().to_owned(), labels, alias))
}

/// The blocks of all files, overrides put where they belong; and what no file may hold.
/// `locals` blocks are left out, since they are merged entry by entry.
pub(super) fn gather<'a>(
    reader: &mut Reader<'_>,
    files: &'a [File],
) -> (Vec<Declaration<'a>>, Vec<Content<'a>>) {
    let mut declarations: Vec<Declaration<'a>> = Vec::new();
    // The first block of each identity, which is the one that overrides are laid over.
    let mut known_at: HashMap<Identity, usize> = HashMap::new();
    let mut rest = Vec::new();
    for file in files {
        let mut content = top_level(reader, file);
        let known = |block: &Nested<'_>| BLOCK_TYPES.contains(&block.name());
        let (blocks, unknown) = std::mem::take(&mut content.blocks).into_iter().partition(known);
        content.blocks = unknown;
        rest.push(content);
        let blocks: Vec<Nested<'a>> = blocks;
        for block in blocks {
            if block.name() == "locals" {
                continue;
            }
            let identity = identity(block);
            if file.is_override {
                if overrides::is_refused(reader, block) {
                    continue;
                }
                overrides::check(reader, block);
                if let Some(at) = identity.as_ref().and_then(|identity| known_at.get(identity)) {
                    declarations[*at].overrides.push(block);
                    continue;
                }
                if overrides::report_missing_base(reader, block) {
                    continue;
                }
            }
            if let Some(identity) = identity {
                known_at.entry(identity).or_insert(declarations.len());
            }
            declarations.push(Declaration {
                block,
                overrides: Vec::new(),
                is_override: file.is_override,
            });
        }
    }
    (declarations, rest)
}

/// Reports blocks that stand there twice.
pub(super) fn report_duplicates(reader: &mut Reader<'_>, declarations: &[Declaration<'_>]) {
    let mut seen: HashMap<Identity, Span> = HashMap::new();
    for declaration in declarations {
        let Some(identity) = declaration.identity() else {
            continue;
        };
        let header = declaration.block.header(reader);
        match seen.get(&identity) {
            Some(first) => {
                let (summary, detail) = duplicate(&identity, &reader.place(*first));
                reader.error(header, summary, detail);
            }
            None => {
                seen.insert(identity, header);
            }
        }
    }
}

fn duplicate((kind, labels, alias): &Identity, first: &str) -> (String, String) {
    let name = labels.last().map_or("", String::as_str);
    match kind.as_str() {
        "resource" | "data" | "ephemeral" => {
            let of = &labels[0];
            let what = match kind.as_str() {
                "data" => "data resource",
                "ephemeral" => "ephemeral resource",
                _ => "resource",
            };
            (
                format!("Duplicate {kind} {of:?} configuration"),
                format!(
                    "A {of} {what} named {name:?} was already declared at {first}. Resource names \
                     must be unique per type in each module."
                ),
            )
        }
        "module" => (
            "Duplicate module call".into(),
            format!(
                "A module call named {name:?} was already defined at {first}. Module calls must \
                 have unique names within a module."
            ),
        ),
        "check" => (
            format!("Duplicate check {name:?} configuration"),
            format!(
                "A check block named {name:?} was already declared at {first}. Check blocks must \
                 be unique within each module."
            ),
        ),
        "variable" => (
            "Duplicate variable declaration".into(),
            format!(
                "A variable named {name:?} was already declared at {first}. Variable names must \
                 be unique within a module."
            ),
        ),
        "output" => (
            "Duplicate output definition".into(),
            format!(
                "An output named {name:?} was already defined at {first}. Output names must be \
                 unique within a module."
            ),
        ),
        _ => (
            "Duplicate provider configuration".into(),
            match alias {
                Some(alias) => format!(
                    "A provider configuration for {name:?} with alias {alias:?} was already given \
                     at {first}. Each configuration for the same provider must have a distinct \
                     alias."
                ),
                None => format!(
                    "A default (non-aliased) provider configuration for {name:?} was already \
                     given at {first}. If multiple configurations are required, set the \"alias\" \
                     argument for alternative configurations."
                ),
            },
        ),
    }
}
