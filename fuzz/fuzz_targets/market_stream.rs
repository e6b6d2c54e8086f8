//! [`metaexpert_fuzz_targets::market_stream`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metaexpert_fuzz_targets::market_stream::run(data));
