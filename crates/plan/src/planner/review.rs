//! What providers say of all that is planned together.

use meridian_lang::Diagnostic;
use meridian_resource::{Notice, Provider, Reviewed};

use super::Planner;
use crate::{Mode, ResourceChange};

impl Planner<'_> {
    /// Lets each provider look at the changes of its types, and notes what it has to say.
    pub(super) fn review(&mut self, changes: &mut [ResourceChange]) {
        if self.inputs.mode == Mode::Destroy {
            return;
        }
        for provider in self.inputs.registry.providers().to_vec() {
            let positions = positions(&*provider, changes);
            let reviewed: Vec<Reviewed<'_>> =
                positions.iter().map(|position| reviewed(&changes[*position])).collect();
            for Notice { subject, problem } in provider.review(&reviewed) {
                let Some(change) = positions.get(subject).and_then(|it| changes.get_mut(*it))
                else {
                    continue;
                };
                let detail = problem.detail.clone();
                let mut warning = Diagnostic::warning(problem.summary.clone(), detail)
                    .about(change.address.to_string());
                if let Some(block) = self.declared.get(&change.address.resource.config()) {
                    warning = warning.at(block.span);
                }
                warning.help = problem.help.clone();
                self.diagnostics.push(warning);
                change.notices.push(problem);
            }
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

fn reviewed(change: &ResourceChange) -> Reviewed<'_> {
    Reviewed {
        address: &change.address,
        region: &change.region,
        before: change.before.as_ref(),
        after: change.after.as_ref(),
        references: &change.dependencies,
        is_news: change.stale,
    }
}
