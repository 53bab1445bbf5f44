//! What people should know beside what is done: what providers see in all that is planned together,
//! and the warnings that follow from it.

use std::cmp::Reverse;

use meridian_lang::{Diagnostic, Severity};
use meridian_resource::{Gravity, Notice, Provider, Reviewed};

use super::Planner;
use crate::decode::locate;
use crate::{Mode, ResourceChange};

impl Planner<'_> {
    /// Lets each provider look at the changes of its types, and notes what it has to say.
    pub(super) fn review(&self, changes: &mut [ResourceChange]) {
        if self.inputs.mode == Mode::Destroy {
            return;
        }
        for provider in self.inputs.registry.providers() {
            let positions = positions(&**provider, changes);
            let reviewed: Vec<Reviewed<'_>> =
                positions.iter().map(|position| self.reviewed(&changes[*position])).collect();
            for (subject, notice) in provider.review(&reviewed) {
                let change = positions.get(subject).and_then(|it| changes.get_mut(*it));
                change.into_iter().for_each(|change| change.notices.push(notice.clone()));
            }
        }
    }

    /// Warns of whatever is more than a remark, and puts the gravest first.
    pub(super) fn warn(&mut self, changes: &mut [ResourceChange]) {
        for change in changes {
            change.notices.sort_by_key(|notice| Reverse(notice.gravity));
            let grave = change.notices.iter().filter(|it| it.gravity > Gravity::Remark);
            let warnings: Vec<Diagnostic> = grave.map(|it| self.warning(change, it)).collect();
            warnings.into_iter().for_each(|warning| self.diagnostics.push(warning));
        }
    }

    fn warning(&self, change: &ResourceChange, notice: &Notice) -> Diagnostic {
        let address = change.address.to_string();
        let told = match self.declared.get(&change.address.resource.config()) {
            Some(resource) => {
                locate(notice.problem.clone(), &resource.body, resource.span, &address)
            }
            None => {
                let detail = notice.problem.detail.clone();
                let warning = Diagnostic::warning("", detail).about(address);
                Diagnostic { help: notice.problem.help.clone(), ..warning }
            }
        };
        Diagnostic { severity: Severity::Warning, summary: notice.line(), ..told }
    }

    fn reviewed<'c>(&'c self, change: &'c ResourceChange) -> Reviewed<'c> {
        Reviewed {
            address: &change.address,
            region: &change.region,
            before: change.before.as_ref(),
            after: change.after.as_ref(),
            sets: self.sets.get(&change.address).map_or(&[], Vec::as_slice),
            references: &change.dependencies,
            is_news: change.stale,
        }
    }
}

/// Where the changes of a provider's types are. What an earlier replacement left behind is not
/// looked at: it goes.
fn positions(provider: &dyn Provider, changes: &[ResourceChange]) -> Vec<usize> {
    let is_of = |name: &str| provider.resource_types().iter().any(|kind| kind.name() == name);
    let is_looked_at = |change: &ResourceChange| {
        change.deposed.is_none() && is_of(&change.address.resource.type_name)
    };
    let all = changes.iter().enumerate();
    all.filter(|(_, change)| is_looked_at(change)).map(|(position, _)| position).collect()
}
