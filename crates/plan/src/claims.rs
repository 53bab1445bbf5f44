//! Two objects that set the same: each apply, one undoes what the other did.

use std::collections::BTreeMap;

use meridian_config::{IgnoreChanges, Resource};
use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostic, Diagnostics, Span, Step};
use meridian_resource::Claim;

/// Who sets what, by what is set.
#[derive(Debug, Default)]
pub(crate) struct Claims(BTreeMap<String, Vec<Claimant>>);

#[derive(Debug)]
struct Claimant {
    address: InstanceAddress,
    attribute: &'static str,
    place: Span,
}

impl Claims {
    /// Notes what an instance sets. What it ignores the changes of it leaves to others.
    pub(crate) fn note(
        &mut self,
        address: &InstanceAddress,
        resource: &Resource,
        claims: Vec<Claim>,
    ) {
        let ignored = &resource.lifecycle.ignore_changes;
        for Claim { attribute, on } in claims {
            if is_ignored(ignored, attribute) {
                continue;
            }
            let argument = resource.body.attribute(attribute);
            let place = argument.map_or(resource.span, |argument| argument.expr.span);
            let claimant = Claimant { address: address.clone(), attribute, place };
            self.0.entry(on).or_default().push(claimant);
        }
    }

    /// Warns of everything that is set twice. Terraform accepts it, and on a first apply it does
    /// what was meant; so it is no error.
    pub(crate) fn report(&mut self, diagnostics: &mut Diagnostics) {
        for (on, mut claimants) in std::mem::take(&mut self.0) {
            claimants.sort_by(|a, b| a.address.cmp(&b.address));
            let [first, .., last] = &claimants[..] else { continue };
            let names: Vec<String> =
                claimants.iter().map(|it| format!("{}.{}", it.address, it.attribute)).collect();
            let detail = format!(
                "{} all set {on}. Each apply of one undoes what the other did, so that plans \
                 never end.",
                names.join(" and ")
            );
            let help = format!(
                "leave {} out of {}, or put it into its lifecycle.ignore_changes",
                first.attribute, first.address
            );
            let warning = Diagnostic::warning("Two resources set the same", detail);
            diagnostics.push(warning.at(last.place).help(help));
        }
    }
}

fn is_ignored(ignored: &IgnoreChanges, attribute: &str) -> bool {
    match ignored {
        IgnoreChanges::None => false,
        IgnoreChanges::All => true,
        IgnoreChanges::Some(paths) => paths.iter().any(|(path, _)| {
            matches!(path.0.first(), Some(Step::Attribute(name)) if **name == *attribute)
        }),
    }
}
