//! A value as the state keeps it: read, and what is read is written and reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use meridian_state::{Sealer, decode, encode};

fuzz_target!(|text: &[u8]| {
    let Ok(json) = serde_json::from_slice(text) else { return };
    let sealer = Sealer::from_bytes([7; 32]);
    let Ok(value) = decode(&json, &sealer, "fuzz") else { return };
    let again = decode(&encode(&value, &sealer, "fuzz"), &sealer, "fuzz");
    assert_eq!(again.ok().as_ref(), Some(&value), "written and read");
});
