//! What is in a plan file, sealed as meridian would seal it: whoever has the key can write that.

#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;
use meridian_config::parse;
use meridian_engine::load_plan;
use meridian_lang::{Marks, Value};
use meridian_state::{Sealer, encode};
use tempfile::NamedTempFile;

fuzz_target!(|text: &str| {
    let sealer = Sealer::from_bytes([7; 32]);
    let content = encode(&Value::string(text).mark(Marks::SENSITIVE), &sealer, "plan");
    let file = serde_json::json!({
        "meridian_plan": 4,
        "digest": "",
        "key": sealer.full_record(),
        "content": content,
    });
    let mut saved = NamedTempFile::new().expect("a temporary file");
    saved.write_all(file.to_string().as_bytes()).expect("it can be written");
    if let Ok((inputs, _)) = load_plan(saved.path(), &sealer) {
        let _ = parse(&inputs.folder, inputs.sources);
    }
});
