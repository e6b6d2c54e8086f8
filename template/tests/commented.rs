//! What is commented out in metaexpert.toml, .env.example and `#[on_init(..)]` holds once it is
//! not. A project is not given this file.

use std::{env, fs, path::Path, process::Command};

use serde_json::Value;

const FILE: &str = include_str!("../metaexpert.toml");
const CODE: &str = include_str!("../src/main.rs");
const VARIABLES: &str = include_str!("../.env.example");

/// The key of a line `key = value`.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(" = ")?;
    key.chars()
        .all(|c| c.is_ascii_lowercase() || c == '_')
        .then_some(key)
}

/// metaexpert.toml with every key that it or the attribute has in a comment.
fn whole_file() -> String {
    let setting = |line: &&str| key_of(line).is_some();
    let uncommented = |line| {
        Some(line)
            .and_then(|line: &'static str| line.strip_prefix("# "))
            .filter(setting)
    };
    let file: Vec<_> = FILE
        .lines()
        .map(|line| uncommented(line).unwrap_or(line))
        .collect();
    let is_new = |line: &&str| file.iter().all(|other| key_of(other) != key_of(line));
    let code = CODE
        .lines()
        .filter_map(|line| line.trim().strip_prefix("// ")?.split(',').next());
    let mut lines: Vec<_> = code.filter(setting).filter(is_new).collect();
    lines.extend(&file);
    lines.join("\n")
}

#[test]
fn what_is_commented_out_holds_once_it_is_not() {
    let file = whole_file();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("whole.toml");
    fs::write(&path, &file).unwrap();

    let mut expert = Command::new(env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"))));
    expert
        .args([
            "--trade-mode",
            "backtest",
            "--print-config",
            "json",
            "--config",
        ])
        .arg(path);
    expert.env_clear().current_dir(env!("CARGO_TARGET_TMPDIR"));
    let variables = VARIABLES
        .lines()
        .filter_map(|line| line.strip_prefix("# METAEXPERT_")?.split_once('='));
    // One without a value is a secret, to be filled in, and none of the keys.
    let variables: Vec<_> = variables.filter(|(_, value)| !value.is_empty()).collect();
    expert.envs(
        variables
            .iter()
            .map(|(name, value)| (format!("METAEXPERT_{name}"), value)),
    );
    let output = expert.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    let is_from = |value: &Value, layer: &str| value["layer"] == layer;
    let count = |layer| {
        let values = ["keys", "inputs"].map(|kind| shown["experts"][0][kind].as_array().unwrap());
        values
            .into_iter()
            .flatten()
            .filter(|value| is_from(value, layer))
            .count()
    };
    assert_eq!(count("environment"), variables.len());
    // A flag goes before the file, and so do the variables.
    let of_variables: Vec<_> = variables
        .iter()
        .map(|(name, _)| name.replace("INPUT_", "").to_lowercase())
        .collect();
    let keys = file
        .lines()
        .filter_map(key_of)
        .filter(|key| *key != "trade_mode");
    let keys = keys.filter(|key| of_variables.iter().all(|other| other != key));
    assert_eq!(count("file"), keys.count());
}
