//! On which blocks objects depend, directly or through others, as Terraform's states list them.

use std::collections::{BTreeMap, BTreeSet};

/// What each block depends on directly.
#[derive(Debug, Default)]
pub(super) struct Dependencies(BTreeMap<String, BTreeSet<String>>);

impl Dependencies {
    /// Notes that a block depends on others.
    pub(super) fn add(&mut self, block: String, on: impl IntoIterator<Item = String>) {
        self.0.entry(block).or_default().extend(on);
    }

    /// These blocks and all that they depend on, without the block whose dependencies they are.
    pub(super) fn all(
        &self,
        block: &str,
        direct: impl IntoIterator<Item = String>,
    ) -> BTreeSet<String> {
        let mut found: BTreeSet<String> = direct.into_iter().collect();
        let mut waiting: Vec<String> = found.iter().cloned().collect();
        while let Some(block) = waiting.pop() {
            for dependency in self.0.get(&block).into_iter().flatten() {
                if found.insert(dependency.clone()) {
                    waiting.push(dependency.clone());
                }
            }
        }
        found.remove(block);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_depended_on_is_followed() {
        let mut dependencies = Dependencies::default();
        let text = |it: &str| it.to_owned();
        dependencies.add(text("a"), [text("b")]);
        dependencies.add(text("b"), [text("c"), text("a")]);
        dependencies.add(text("c"), []);
        let all = BTreeSet::from([text("b"), text("c")]);
        assert_eq!(dependencies.all("a", [text("b")]), all);
        assert_eq!(dependencies.all("a", []), BTreeSet::new());
    }
}
