//! [`metaexpert_fuzz_targets::numbers`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metaexpert_fuzz_targets::numbers::run(data));
