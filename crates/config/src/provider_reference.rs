//! References to provider configurations: `aws`, `aws.west`.

use std::fmt;
use std::sync::Arc;

use meridian_lang::{FileId, Step};

use crate::model::ProviderReference;
use crate::reader::Reader;
use crate::static_reference::StaticReference;
use crate::term::Term;

/// What is said of a `provider` argument that is no reference.
pub(crate) const SELECTED: &str = "The provider argument requires a provider type name, \
    optionally followed by a period and then a configuration alias.";
/// The same of an entry of a module's `providers`.
pub(crate) const PASSED: &str = "The providers argument requires a provider type name, optionally \
    followed by a period and then a configuration alias.";

impl fmt::Display for ProviderReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.alias {
            Some(alias) => write!(f, "{}.{alias}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// Reads such a reference; `wanted` is said of what is none.
pub(crate) fn provider_reference(
    reader: &mut Reader<'_>,
    file: FileId,
    source: Term<'_>,
    wanted: &str,
) -> Option<ProviderReference> {
    const SUMMARY: &str = "Invalid provider configuration reference";
    let span = reader.span(file, &source);
    if !source.may_be_reference() {
        reader.error(span, SUMMARY, wanted);
        return None;
    }
    let reference = StaticReference::read(reader, file, source)?;
    let alias: Option<Arc<str>> = match &reference.steps[..] {
        [] => None,
        [(Step::Attribute(alias), _)] => Some(alias.clone()),
        [(_, step)] => {
            reader.error(
                *step,
                SUMMARY,
                "Provider name must either stand alone or be followed by a period and then a \
                 configuration alias.",
            );
            return None;
        }
        _ => {
            reader.error(span, SUMMARY, wanted);
            return None;
        }
    };
    Some(ProviderReference { name: reference.root.into(), alias, span: reference.span })
}
