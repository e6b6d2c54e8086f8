//! What rustc says of wrong experts: one wrong thing a file, named for it. The expected messages follow rustc's wording, so
//! they are those of the toolchain that `.ci/run` uses; `TRYBUILD=overwrite` writes them anew, and a person reads them.

#[test]
fn each_mistake_is_one_message_at_its_token() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}
