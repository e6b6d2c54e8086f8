//! [`metaexpert_fuzz_targets::account_stream`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metaexpert_fuzz_targets::account_stream::run(data));
