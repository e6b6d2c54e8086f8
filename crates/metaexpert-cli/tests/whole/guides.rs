//! The commands of the guides to paper and live trading, in their order, each guide in one shell: the example, and a fresh project of
//! the template, on a testnet.
//!
//! The one decision: nothing is left out and nothing is added. What a person would end by Ctrl-C is ended by Ctrl-C.

use std::{
    fs,
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use metaexpert_store::history::{History, Period};

use crate::sandbox::{Sandbox, checkout};
use crate::tutorial::blocks;

/// What a person types, as it goes on in this test: a run in the foreground has Ctrl-C after it has traded for a while, a run in the background
/// is looked at when it has traded.
const SHELL: &str = r#"set -euo pipefail
cargo() {
  command cargo build --quiet --release -p binance-ema --manifest-path "$CHECKOUT/Cargo.toml"
  local ended=0
  timeout --foreground -s INT 12 "$CARGO_TARGET_DIR/release/binance-ema" "${@:6}" || ended=$?
  # Interrupted, or at the end of its recording.
  [ "$ended" = 124 ] || [ "$ended" = 130 ] || [ "$ended" = 0 ]
}
metaexpert() {
  if [ "$1" = testnet ]; then exec "$METAEXPERT" "$@"; fi
  if [ "$1" = stop ]; then sleep 12; fi
  "$METAEXPERT" "$@"
}
"#;

#[test]
fn every_command_of_the_guide_to_paper_trading_works_in_its_order() {
    let user = follow("paper-trading.md");
    let work = user.work();
    let (project, example) = (work.join("my-bot/state"), work.join("state"));
    assert!(orders(&project, "journal-paper-simulated").iter().sum::<usize>() > 0, "the project trades on made-up bars");
    assert_eq!(orders(&project, "journal-paper-binance-usdm").len(), 1, "and on live prices");
    let kept = orders(&example, "journal-paper-simulated");
    assert!(
        kept.len() == 2 && kept.iter().sum::<usize>() > 0,
        "the example trades, and its first journal was put aside: {kept:?}"
    );
}

#[test]
fn every_command_of_the_guide_to_live_trading_works_in_its_order() {
    let user = follow("live-trading.md");
    let work = user.work();
    assert_eq!(orders(&work.join("my-bot/state"), "journal-live-binance-usdm").len(), 1, "the project runs live");
    assert_eq!(orders(&work.join("state"), "journal-live-binance-usdm").len(), 1, "the example runs live");
}

/// Types all that a guide says.
fn follow(guide: &str) -> Sandbox {
    let text = fs::read_to_string(checkout().join("docs/guides").join(guide)).unwrap();
    let commands = blocks(&text, "sh");
    assert!(commands.iter().filter(|line| line.starts_with("metaexpert ")).count() >= 8, "{commands:#?}");
    assert!(commands.iter().any(|line| line.starts_with("cargo run ")), "{commands:#?}");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script = format!("{SHELL}{}\n", commands.join("\n")).replace("8900", &port.to_string());

    let user = Sandbox::new();
    let mut bash = user.command("bash");
    bash.args(["-c", &script]).current_dir(user.work()).stdin(Stdio::null());
    bash.env("METAEXPERT", env!("CARGO_BIN_EXE_metaexpert")).env("CHECKOUT", checkout());
    let (out, errors) = (user.work().join("out.txt"), user.work().join("errors.txt"));
    // Files, not pipes: the testnet holds them as long as it runs.
    bash.stdout(fs::File::create(&out).unwrap()).stderr(fs::File::create(&errors).unwrap()).process_group(0);
    let mut child = bash.spawn().unwrap();
    let status = child.wait().unwrap();
    // What the guide has left in the background is of this group alone.
    let _ = Command::new("kill").args(["-s", "TERM", "--", &format!("-{}", child.id())]).status();
    let said = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    assert!(status.success(), "{guide}: {status}\n{}\n{}", said(&out), said(&errors));
    user
}

/// How many orders are in each journal of this kind, of the experts of a folder.
fn orders(state: &Path, kind: &str) -> Vec<usize> {
    let within = |folder: &Path| -> Vec<PathBuf> { fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect() };
    let files = within(state).into_iter().filter(|expert| expert.is_dir()).flat_map(|expert| within(&expert));
    let is_of = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.starts_with(kind) && file.extension().is_some_and(|extension| extension == "sqlite")
    };
    files.filter(is_of).map(|file| History::open(&file).unwrap().orders(Period::default()).count()).collect()
}
