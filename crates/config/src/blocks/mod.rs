//! Blocks of the language, from their syntax to the model.

mod check;
mod condition;
mod declarations;
mod import;
mod lifecycle;
mod locals;
mod module_call;
mod output;
mod overrides;
mod provider;
mod refactoring;
mod required_providers;
mod resource;
mod terraform;
mod variable;

use hcl_edit::structure::Body;
use meridian_lang::{FileId, ResourceMode, Span};

use crate::content::{Content, Nested};
use crate::json;
use crate::model::{Module, Name};
use crate::reader::Reader;

use declarations::Declaration;

/// A parsed file.
pub(crate) struct File {
    pub(crate) id: FileId,
    pub(crate) body: FileBody,
    /// Whether its blocks are laid over those of the other files.
    pub(crate) is_override: bool,
}

/// What a file holds, in either syntax.
pub(crate) enum FileBody {
    Native(Body),
    Json(json::Body),
}

/// Top-level blocks of the language.
pub(crate) const BLOCK_TYPES: [&str; 13] = [
    "terraform",
    "provider",
    "variable",
    "locals",
    "output",
    "module",
    "resource",
    "data",
    "moved",
    "removed",
    "import",
    "check",
    "ephemeral",
];

/// Reads all blocks of the files of one folder into `module`.
pub(crate) fn read(reader: &mut Reader<'_>, files: &[File], module: &mut Module) {
    let (declarations, rest) = declarations::gather(reader, files);
    for content in rest {
        content.reject_rest(&[], &BLOCK_TYPES, reader);
    }
    declarations::report_duplicates(reader, &declarations);
    let mut single = terraform::Single::default();
    for declaration in &declarations {
        read_block(reader, declaration, module, &mut single);
    }
    terraform::check_single(reader, &single);
    check::report_duplicates(reader, module);
    locals::read(reader, files, module);
}

fn read_block(
    reader: &mut Reader<'_>,
    declaration: &Declaration<'_>,
    module: &mut Module,
    single: &mut terraform::Single,
) {
    let name = declaration.block.name();
    match name {
        "terraform" => terraform::read(reader, declaration, module, single),
        "provider" => module.providers.extend(provider::read(reader, declaration)),
        "variable" => module.variables.extend(variable::read(reader, declaration)),
        "output" => module.outputs.extend(output::read(reader, declaration)),
        "resource" => {
            module.resources.extend(resource::read(reader, declaration, ResourceMode::Managed));
        }
        "data" => module.resources.extend(resource::read(reader, declaration, ResourceMode::Data)),
        "ephemeral" => {
            module.resources.extend(resource::read(reader, declaration, ResourceMode::Ephemeral));
        }
        "module" => module.calls.extend(module_call::read(reader, declaration)),
        "moved" => module.moved.extend(refactoring::moved(reader, declaration)),
        "removed" => module.removed.extend(refactoring::removed(reader, declaration)),
        "import" => module.imports.extend(import::read(reader, declaration)),
        "check" => check::read(reader, declaration, module),
        // `locals` blocks are merged entry by entry, after all others.
        _ => {}
    }
}

/// Takes out blocks whose types may come to mean something one day, with an error for each.
fn reject_reserved(reader: &mut Reader<'_>, content: &mut Content<'_>, names: &[&str], kind: &str) {
    for name in names {
        for nested in content.take_blocks(name) {
            let detail = format!(
                "The block type name {name:?} is reserved for use by Terraform in a future version."
            );
            let span = nested.name_span(reader);
            let summary = format!("Reserved block type name in {kind} block");
            reader.error(span, summary, detail);
        }
    }
}

/// What a file holds at its top level.
fn top_level<'a>(reader: &Reader<'_>, file: &'a File) -> Content<'a> {
    match &file.body {
        FileBody::Native(body) => {
            let end = reader.sources.text(file.id).len();
            Content::of_body(file.id, body, Span::new(file.id, 0, end))
        }
        FileBody::Json(body) => Content::of_json(file.id, body),
    }
}

/// Blocks of one type in the top level of a body.
fn blocks_named<'a>(
    reader: &Reader<'_>,
    file: &'a File,
    name: &'static str,
) -> impl Iterator<Item = Nested<'a>> + use<'a> {
    top_level(reader, file).blocks.into_iter().filter(move |block| block.name() == name)
}

/// Whether references can use a text as a name.
pub(crate) fn is_name(text: &str) -> bool {
    hcl_edit::Ident::try_new(text).is_ok()
}

/// Whether a name is one that references can use; reports it as a `kind` name if not.
fn check_name(reader: &mut Reader<'_>, name: &Name, kind: &str) -> bool {
    check_identifier(reader, name, &format!("Invalid {kind} name"))
}

/// Whether a name is one that references can use; reports it under `summary` if not.
fn check_identifier(reader: &mut Reader<'_>, name: &Name, summary: &str) -> bool {
    let valid = is_name(&name.text);
    if !valid {
        reader.error(name.span, summary, BAD_NAME);
    }
    valid
}

const BAD_NAME: &str = "A name must start with a letter or underscore and may contain only \
    letters, digits, underscores, and dashes.";
