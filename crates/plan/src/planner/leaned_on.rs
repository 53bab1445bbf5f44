//! Provider blocks that lean on data sources, resources or ephemeral resources: what they lean on
//! is planned before anything else.

use std::collections::{BTreeMap, HashSet};

use meridian_graph::{Graph, Node};
use meridian_lang::Diagnostics;
use meridian_resource::ProviderKey;

use super::Planner;
use crate::inputs::{Inputs, Question};
use crate::places::{ProviderConfigurations, Waiting, configure};
use crate::selection::{Selection, reachable_from};
use crate::{Mode, Options};

/// What came of looking at what provider blocks lean on.
#[derive(Debug)]
pub enum Settled {
    /// The provider configurations, more of them known than before if more can be learnt.
    Done(ProviderConfigurations),
    /// Questions that must be answered first.
    Asks(Vec<Question>),
}

/// The nodes that provider blocks lean on, directly or not.
pub fn leaned_on(graph: &Graph, waiting: &BTreeMap<ProviderKey, Waiting>) -> HashSet<Node> {
    let blocks = waiting.values().map(|waiting| Node::Provider(waiting.address.clone()));
    blocks.flat_map(|block| reachable_from(graph, &block)).collect()
}

/// Plans what provider blocks lean on, as far as the providers of that are known (they have a place
/// in `inputs`), and evaluates all provider blocks again. Ephemeral resources are opened for it.
///
/// # Errors
/// What is wrong with what they lean on, or with the blocks.
pub fn settle(
    inputs: Inputs<'_>,
    waiting: &BTreeMap<ProviderKey, Waiting>,
    also: impl IntoIterator<Item = ProviderKey>,
) -> Result<Settled, Diagnostics> {
    let nodes = leaned_on(inputs.graph, waiting);
    let without_refresh = inputs.options.without_refresh;
    let options = Options { without_refresh, ..Options::default() };
    let mut planner = Planner::new(Inputs { mode: Mode::Normal, options, ..inputs });
    planner.selection = Selection::of_nodes(nodes);
    planner.opens = true;
    planner.walk();
    if !planner.questions.is_empty() {
        return Ok(Settled::Asks(planner.questions));
    }
    planner.diagnostics.extend(planner.values.take_diagnostics());
    // Warnings come again with the plan.
    planner.diagnostics.check()?;
    let Inputs { config, registry, .. } = planner.inputs;
    configure(config, registry, &planner.values, also).map(Settled::Done)
}
