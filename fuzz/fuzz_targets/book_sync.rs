//! [`metaexpert_fuzz_targets::book_sync`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metaexpert_fuzz_targets::book_sync::run(data));
