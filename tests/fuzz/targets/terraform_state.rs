//! A state of Terraform, as far as taking it over: read, and its objects made ours.

#![no_main]

use libfuzzer_sys::fuzz_target;
use meridian_engine::take_over_state;
use meridian_resource::Registry;
use meridian_state::{Sealer, TerraformState};

fuzz_target!(|text: &[u8]| {
    let Ok(state) = TerraformState::read(text) else { return };
    let registry = Registry::new(meridian_helpers::providers());
    let sealer = Sealer::from_bytes([7; 32]);
    let _ = take_over_state(&state, &registry, &sealer, &|_| Some("eu-central-1".to_owned()));
});
