//! `moved` and `removed` blocks.

use meridian_lang::{ResourceMode, Target};

use super::declarations::Declaration;
use super::resource::report_unsupported;
use crate::address::Address;
use crate::content::{Argument, Content, Nested};
use crate::model::{Moved, Removed};
use crate::reader::Reader;
use crate::static_reference::StaticReference;

pub(super) fn moved(reader: &mut Reader<'_>, declaration: &Declaration<'_>) -> Option<Moved> {
    declaration.block.exact_labels([], reader)?;
    let span = declaration.block.header(reader);
    let mut content = declaration.content(reader);
    let from = content.take_required("from", reader);
    let to = content.take_required("to", reader);
    content.reject_rest(&["from", "to"], &[], reader);
    let endpoint = |argument: Option<Argument<'_>>, reader: &mut Reader<'_>| {
        address(reader, argument?)?.target(reader)
    };
    let (from, to) = (endpoint(from, reader), endpoint(to, reader));
    let (from, to) = (from?, to?);
    let alike = matches!(
        (&from, &to),
        (Target::Module(_), Target::Module(_)) | (Target::Resource(_), Target::Resource(_))
    );
    if !alike {
        reader.error(
            span,
            "Invalid \"moved\" addresses",
            "The \"from\" and \"to\" addresses must either both refer to resources or both refer \
             to modules.",
        );
        return None;
    }
    Some(Moved { from, to, span })
}

fn address(reader: &mut Reader<'_>, argument: Argument<'_>) -> Option<Address> {
    let reference = StaticReference::read_unquoted(reader, argument.file, argument.value())?;
    Address::of(reader, &reference)
}

pub(super) fn removed(reader: &mut Reader<'_>, declaration: &Declaration<'_>) -> Option<Removed> {
    declaration.block.exact_labels([], reader)?;
    let span = declaration.block.header(reader);
    let mut content = declaration.content(reader);
    let from = content.take_required("from", reader);
    let lifecycles = content.take_blocks("lifecycle");
    let provisioners = content.take_blocks("provisioner");
    let connections = content.take_blocks("connection");
    content.reject_rest(&["from"], &["lifecycle", "provisioner", "connection"], reader);
    let destroy =
        lifecycles.into_iter().filter_map(|nested| destroys(reader, nested)).last().unwrap_or(true);
    let from = from?;
    let from_span = from.value_span(reader);
    let target = address(reader, from).and_then(|address| without_keys(reader, address));
    for nested in provisioners {
        provisioner(reader, nested, target.as_ref());
    }
    for nested in connections {
        report_unsupported(reader, nested);
    }
    Some(Removed { from: target?, from_span, destroy, span })
}

fn destroys(reader: &mut Reader<'_>, nested: Nested<'_>) -> Option<bool> {
    nested.exact_labels([], reader)?;
    let mut content = Content::of(nested, reader);
    let destroy = content.take("destroy");
    content.reject_rest(&["destroy"], &[], reader);
    let destroy = destroy?;
    reader.constant_bool(destroy.file, destroy.value())
}

fn provisioner(reader: &mut Reader<'_>, nested: Nested<'_>, target: Option<&Target>) {
    const SUMMARY: &str = "Invalid provisioner block";
    let mut content = Content::of(nested, reader);
    let when = content.take("when");
    let on_destroy = when.is_some_and(|when| when.value().keyword() == Some("destroy"));
    if matches!(target, Some(Target::Module(_))) {
        reader.error(
            nested.header(reader),
            SUMMARY,
            "Provisioners are valid only when a removed block targets a managed resource.",
        );
    } else if on_destroy {
        report_unsupported(reader, nested);
    } else {
        reader.error(
            nested.header(reader),
            SUMMARY,
            "Only destroy-time provisioners are valid in \"removed\" blocks. To declare a \
             destroy-time provisioner, use:\n    when = destroy",
        );
    }
}

/// The target of an address that must not name single instances.
fn without_keys(reader: &mut Reader<'_>, address: Address) -> Option<Target> {
    if let Some(span) = address.module_key() {
        reader.error(
            span,
            "Module instance keys not allowed",
            "Module address must be a module (e.g. \"module.foo\"), not a module instance (e.g. \
             \"module.foo[1]\").",
        );
        return None;
    }
    if let Some(span) = address.behind_resource() {
        reader.error(
            span,
            "Resource instance keys not allowed",
            "Resource address must be a resource (e.g. \"test_instance.foo\"), not a resource \
             instance (e.g. \"test_instance.foo[1]\").",
        );
        return None;
    }
    let refused = match address.mode() {
        Some(ResourceMode::Data) => Some((
            "Data source address not allowed",
            "Data sources are never destroyed, so they are not valid targets of removed blocks. \
             To remove the data source from state, remove the data source block from \
             configuration.",
        )),
        Some(ResourceMode::Ephemeral) => Some((
            "Ephemeral resource address not allowed",
            "Ephemeral resources are never destroyed, so they are not valid targets of removed \
             blocks. To remove the ephemeral resource from state, remove the ephemeral resource \
             block from configuration.",
        )),
        _ => None,
    };
    if let Some((summary, detail)) = refused {
        reader.error(address.span(), summary, detail);
        return None;
    }
    address.target(reader)
}
