//! What override files may not hold.

use crate::content::{Content, Nested};
use crate::reader::Reader;

/// Whether there is nothing that a block of an override file could override, which is reported.
pub(super) fn report_missing_base(reader: &mut Reader<'_>, block: Nested<'_>) -> bool {
    let labels = block.label_texts();
    let (summary, detail) = match (block.name(), &labels[..]) {
        ("resource", [of, name]) => (
            "Missing resource to override",
            format!(
                "There is no {of} resource named {name:?}. An override file can only override a \
                 resource block defined in a primary configuration file."
            ),
        ),
        ("data", [of, name]) => (
            "Missing data resource to override",
            format!(
                "There is no {of} data resource named {name:?}. An override file can only \
                 override a data block defined in a primary configuration file."
            ),
        ),
        ("ephemeral", [of, name]) => (
            "Missing ephemeral resource to override",
            format!(
                "There is no {of} ephemeral resource named {name:?}. An override file can only \
                 override an ephemeral block defined in a primary configuration file."
            ),
        ),
        ("module", [name]) => (
            "Missing module call to override",
            format!(
                "There is no module call named {name:?}. An override file can only override a \
                 module call that was defined in a primary configuration file."
            ),
        ),
        ("variable", [name]) => (
            "Missing base variable declaration to override",
            format!(
                "There is no variable named {name:?}. An override file can only override a \
                 variable that was already declared in a primary configuration file."
            ),
        ),
        ("output", [name]) => (
            "Missing base output definition to override",
            format!(
                "There is no output named {name:?}. An override file can only override an output \
                 that was already defined in a primary configuration file."
            ),
        ),
        ("provider", [name]) => match block.argument("alias").and_then(|alias| alias.as_str()) {
            Some(alias) => (
                "Missing base provider configuration for override",
                format!(
                    "There is no {name} provider configuration with the alias {alias:?}. An \
                     override file can only override an aliased provider configuration that was \
                     already defined in a primary configuration file."
                ),
            ),
            // The default configuration of a provider is there even if nobody wrote it.
            None => return false,
        },
        _ => return false,
    };
    reader.error(block.header(reader), summary, detail);
    true
}

/// Whether blocks of this type cannot stand in override files at all, which is reported.
pub(super) fn is_refused(reader: &mut Reader<'_>, block: Nested<'_>) -> bool {
    let (summary, detail) = match block.name() {
        "moved" => (
            "Cannot override 'moved' blocks",
            "Records of moved objects can appear only in normal files, not in override files.",
        ),
        "removed" => (
            "Cannot override 'removed' blocks",
            "Records of removed objects can appear only in normal files, not in override files.",
        ),
        "import" => (
            "Cannot override 'import' blocks",
            "Import blocks can appear only in normal files, not in override files.",
        ),
        "check" => ("Can't override check blocks", "Override files cannot override check blocks."),
        _ => return false,
    };
    reader.error(block.header(reader), summary, detail);
    true
}

/// Reports parts of a block of an override file that cannot be laid over others.
pub(super) fn check(reader: &mut Reader<'_>, block: Nested<'_>) {
    let content = Content::of(block, reader);
    if matches!(block.name(), "resource" | "data" | "ephemeral" | "module" | "output")
        && let Some(argument) = content.arguments.iter().find(|it| it.name() == "depends_on")
        && let Some(first) = argument.value().elements().unwrap_or_default().first()
    {
        reader.error(
            reader.span(argument.file, first),
            "Unsupported override",
            "The depends_on argument may not be overridden.",
        );
    }
    match block.name() {
        "variable" => refuse_conditions(reader, &content, &["validation"]),
        "output" => refuse_conditions(reader, &content, &["precondition"]),
        "resource" | "data" | "ephemeral" => {
            let mut first: Option<Nested<'_>> = None;
            for lifecycle in content.blocks.iter().filter(|it| it.name() == "lifecycle") {
                if let Some(first) = first {
                    let place = reader.place(first.header(reader));
                    let detail = format!("This resource already has a lifecycle block at {place}.");
                    reader.error(lifecycle.header(reader), "Duplicate lifecycle block", detail);
                }
                first = first.or(Some(*lifecycle));
                let content = Content::of(*lifecycle, reader);
                refuse_conditions(reader, &content, &["precondition", "postcondition"]);
            }
        }
        _ => {}
    }
}

fn refuse_conditions(reader: &mut Reader<'_>, content: &Content<'_>, kinds: &[&str]) {
    for block in content.blocks.iter().filter(|block| kinds.contains(&block.name())) {
        let kind = block.name();
        reader.error(
            block.name_span(reader),
            format!("Can't override {kind} blocks"),
            format!("Override files cannot override {kind:?} blocks."),
        );
    }
}
