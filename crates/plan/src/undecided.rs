//! Changes of which nothing is decided yet.

use meridian_graph::InstanceAddress;
use meridian_resource::{Place, ProviderKey};

use crate::{Action, ResourceChange};

impl ResourceChange {
    /// A change of which nothing is decided yet but where it is and what is done.
    pub fn undecided(
        address: InstanceAddress,
        provider: ProviderKey,
        region: &str,
        action: Action,
    ) -> ResourceChange {
        ResourceChange {
            address,
            deposed: None,
            previous_address: None,
            importing: None,
            generated_config: None,
            provider,
            region: region.to_owned(),
            action,
            reason: None,
            before: None,
            after: None,
            replace_paths: Vec::new(),
            create_first: false,
            configured_create_first: false,
            calls: Vec::new(),
            dependencies: Vec::new(),
            prior_dependencies: Vec::new(),
            prior_provider: None,
            stale: false,
            notices: Vec::new(),
            former_region: None,
            deletion: None,
        }
    }
}

/// The same at a place.
pub(crate) fn undecided(address: InstanceAddress, place: &Place, action: Action) -> ResourceChange {
    ResourceChange::undecided(address, place.provider.clone(), &place.region, action)
}
