//! A file of the JSON language: read and evaluated.

#![no_main]

mod reading;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| reading::read("main.tf.json", text));
