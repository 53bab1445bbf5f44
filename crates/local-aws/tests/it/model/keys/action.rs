//! What somebody does to keys.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::model::cloud::REGIONS;

/// A thing that somebody does to one of the sets of keys that there are.
#[derive(Clone, Debug)]
pub enum Deed {
    Replicate {
        to: usize,
        description: String,
    },
    Promote {
        to: usize,
    },
    Describe {
        description: String,
    },
    Tag {
        value: String,
    },
    Enable,
    Disable,
    Rotate {
        period: Option<u32>,
    },
    RotateOnDemand,
    Schedule {
        days: u64,
    },
    Cancel,
    Encrypt,
    /// Imports bytes that are known by a number, as new ones or as those from before.
    Import {
        material: usize,
        is_new: Option<bool>,
    },
    /// Deletes imported material: what waits for its rotation, or what works.
    DeleteMaterial {
        pending: bool,
    },
    Name {
        alias: usize,
    },
    Rename {
        alias: usize,
    },
    Grant {
        is_named: bool,
    },
}

/// Where a set has one of its keys, or just anywhere.
#[derive(Clone, Debug)]
pub enum Whereabouts {
    Key(Index),
    Region(usize),
}

/// A thing that somebody does.
#[derive(Clone, Debug)]
pub enum Action {
    Create {
        region: usize,
        multi_region: bool,
        external: bool,
    },
    /// An index chooses a set of those there are.
    Do {
        set: Index,
        region: Whereabouts,
        deed: Deed,
    },
    /// An index chooses a ciphertext of those there are.
    Decrypt {
        ciphertext: Index,
        region: usize,
    },
    DeleteAlias {
        region: usize,
        alias: usize,
    },
    PassMoment,
    PassDays(u64),
    Restart,
}

fn deed() -> impl Strategy<Value = Deed> {
    let region = || 0..REGIONS.len();
    let text = || "[a-c]{0,3}";
    let alias = || 0..2_usize;
    prop_oneof![
        6 => (region(), text()).prop_map(|(to, description)| Deed::Replicate { to, description }),
        6 => region().prop_map(|to| Deed::Promote { to }),
        1 => text().prop_map(|description| Deed::Describe { description }),
        1 => text().prop_map(|value| Deed::Tag { value }),
        3 => Just(Deed::Enable),
        1 => Just(Deed::Disable),
        4 => prop::option::of(90..2560_u32).prop_map(|period| Deed::Rotate { period }),
        2 => Just(Deed::RotateOnDemand),
        3 => (7..15_u64).prop_map(|days| Deed::Schedule { days }),
        1 => Just(Deed::Cancel),
        3 => Just(Deed::Encrypt),
        5 => (0..3_usize, prop::option::of(any::<bool>()))
            .prop_map(|(material, is_new)| Deed::Import { material, is_new }),
        1 => any::<bool>().prop_map(|pending| Deed::DeleteMaterial { pending }),
        2 => alias().prop_map(|alias| Deed::Name { alias }),
        1 => alias().prop_map(|alias| Deed::Rename { alias }),
        2 => any::<bool>().prop_map(|is_named| Deed::Grant { is_named }),
    ]
}

fn create() -> impl Strategy<Value = Action> {
    (0..REGIONS.len(), prop::bool::weighted(0.9), prop::bool::weighted(0.4)).prop_map(
        |(region, multi_region, external)| Action::Create { region, multi_region, external },
    )
}

fn action() -> impl Strategy<Value = Action> {
    let region = || 0..REGIONS.len();
    let whereabouts = prop_oneof![
        9 => any::<Index>().prop_map(Whereabouts::Key),
        1 => region().prop_map(Whereabouts::Region),
    ];
    prop_oneof![
        1 => create(),
        100 => (any::<Index>(), whereabouts, deed())
            .prop_map(|(set, region, deed)| Action::Do { set, region, deed }),
        12 => (any::<Index>(), region())
            .prop_map(|(ciphertext, region)| Action::Decrypt { ciphertext, region }),
        3 => (region(), 0..2_usize)
            .prop_map(|(region, alias)| Action::DeleteAlias { region, alias }),
        25 => Just(Action::PassMoment),
        10 => (1..40_u64).prop_map(Action::PassDays),
        2 => Just(Action::Restart),
    ]
}

/// What somebody does one after the other, beginning with a key.
pub fn actions() -> impl Strategy<Value = Vec<Action>> {
    (create(), prop::collection::vec(action(), 1..100)).prop_map(|(create, mut actions)| {
        actions.insert(0, create);
        actions
    })
}
