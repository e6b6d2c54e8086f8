//! `metaexpert version`.

use crate::User;

#[test]
fn the_version_is_that_of_the_workspace_and_says_what_it_builds_with() {
    let rows = User::new().runs(&["version", "--format", "json"]).json();
    let of = |part: &str| rows.as_array().unwrap().iter().find(|row| row["part"] == part).unwrap()["version"].clone();
    assert_eq!((of("metaexpert"), of("framework")), (env!("CARGO_PKG_VERSION").into(), env!("CARGO_PKG_VERSION").into()));
    assert_eq!(of("least rust"), env!("CARGO_PKG_RUST_VERSION"));
    assert!(of("rustc").as_str().unwrap().starts_with("1."), "{rows}");
}

#[test]
fn a_toolchain_that_is_not_there_is_said_not_to_be() {
    let user = User::new().with("PATH", "");
    let rows = user.runs(&["version", "--format", "json"]).json();
    let missing: Vec<_> =
        rows.as_array().unwrap().iter().filter(|row| row["version"].is_null()).map(|row| &row["part"]).collect();
    assert_eq!(missing, ["cargo", "rustc"]);
    let table = user.runs(&["version"]);
    assert!(table.code == 0 && table.out.contains("cargo       not found"), "{table:?}");
}
