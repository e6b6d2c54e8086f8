//! [`metaexpert_fuzz_targets::symbols`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metaexpert_fuzz_targets::symbols::run(data));
