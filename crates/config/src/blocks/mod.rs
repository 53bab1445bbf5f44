//! Blocks of the language, from their syntax to the model.

mod condition;
mod declarations;
mod lifecycle;
mod locals;
mod output;
mod overrides;
mod provider;
mod resource;
mod terraform;
mod variable;

use hcl_edit::structure::Body;
use meridian_lang::{FileId, Span};

use crate::content::{Content, Nested};
use crate::json;
use crate::model::{Config, Name};
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

/// Top-level blocks that Terraform knows and meridian does not, and what is said of each.
const UNSUPPORTED: [(&str, &str); 7] = [
    ("check", "Check"),
    ("data", "Data"),
    ("ephemeral", "Ephemeral"),
    ("import", "Import"),
    ("module", "Module"),
    ("moved", "Moved"),
    ("removed", "Removed"),
];

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

/// Reads all blocks of the files into `config`.
pub(crate) fn read(reader: &mut Reader<'_>, files: &[File], config: &mut Config) {
    let (declarations, rest) = declarations::gather(reader, files);
    for content in rest {
        content.reject_rest(&[], &BLOCK_TYPES, reader);
    }
    declarations::report_duplicates(reader, &declarations);
    let mut requirements = None;
    for declaration in &declarations {
        if declaration.block.name() == "terraform" {
            terraform::read(reader, declaration, &mut requirements, config);
        } else {
            read_block(reader, declaration, config);
        }
    }
    locals::read(reader, files, config);
}

fn read_block(reader: &mut Reader<'_>, declaration: &Declaration<'_>, config: &mut Config) {
    let name = declaration.block.name();
    match name {
        "provider" => config.providers.extend(provider::read(reader, declaration)),
        "variable" => config.variables.extend(variable::read(reader, declaration)),
        "output" => config.outputs.extend(output::read(reader, declaration)),
        "resource" => config.resources.extend(resource::read(reader, declaration)),
        _ => {
            if let Some((_, title)) = UNSUPPORTED.iter().find(|(known, _)| *known == name) {
                let header = declaration.block.header(reader);
                reader.error(
                    header,
                    format!("{title} blocks are not supported yet"),
                    format!(
                        "This version of meridian cannot act on {name:?} blocks, and leaving one \
                         out would change what the configuration means."
                    ),
                );
            }
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

/// Whether a name is one that references can use; reports it as a `kind` name if not.
fn check_name(reader: &mut Reader<'_>, name: &Name, kind: &str) -> bool {
    let valid = hcl_edit::Ident::try_new(&*name.text).is_ok();
    if !valid {
        reader.error(name.span, format!("Invalid {kind} name"), BAD_NAME);
    }
    valid
}

const BAD_NAME: &str = "A name must start with a letter or underscore and may contain only \
    letters, digits, underscores, and dashes.";
