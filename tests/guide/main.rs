//! The worked examples of `docs/guides/backtesting.md`, run from the guide's own text.
//!
//! The guide says how a block is written, under "How to read the examples". `block` reads one, `play` runs it through a program
//! of its own (`scripted.rs`), and what came of it is written down in the words of the block and compared with what stands there.
//! `UPDATE_EXPECT=1 cargo test -p metaexpert-tests --test guide` writes what came of it into the guide instead: read the
//! difference before you believe it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends with a panic, and the lint's own exception does not reach a test's helpers"
)]

mod block; // an example as it is written
mod play; // and as it is run

use block::{Block, blocks};

/// Fewer than these, and blocks were lost.
const EXAMPLES_MIN: usize = 60;

fn guide() -> (std::path::PathBuf, String) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides/backtesting.md");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

#[test]
fn every_example_of_the_guide_comes_out_as_it_says() {
    let (path, text) = guide();
    let blocks = blocks(&text);
    assert!(blocks.len() >= EXAMPLES_MIN, "only {} examples were found in {}", blocks.len(), path.display());
    let wrong: Vec<(&Block, Vec<String>)> =
        blocks.iter().map(|block| (block, play::outcome(block))).filter(|(block, outcome)| block.outcome != *outcome).collect();
    if wrong.is_empty() {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, corrected(&text, &wrong)).unwrap();
        return;
    }
    let told: Vec<String> = wrong
        .iter()
        .map(|(block, outcome)| {
            let (said, came) = (block.outcome.join("\n  "), outcome.join("\n  "));
            format!("{}:{}: it says\n  {said}\nbut it came to\n  {came}", path.display(), block.line)
        })
        .collect();
    panic!("{}", told.join("\n\n"));
}

/// The guide with the outcomes that were.
fn corrected(text: &str, wrong: &[(&Block, Vec<String>)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (block, outcome) in wrong.iter().rev() {
        lines.splice(block.outcome_lines.clone(), outcome.iter().cloned());
    }
    lines.join("\n") + "\n"
}

#[test]
fn an_outcome_that_is_not_what_came_of_it_is_put_right_and_nothing_else() {
    let text = "before\n```example\nbars\n0 100 101 99 100 buy 1\n1 102 103 101 103\ntrades\nwrong\n```\nafter\n";
    let [block] = &blocks(text)[..] else { panic!() };
    let outcome = play::outcome(block);
    assert_ne!(outcome, block.outcome);
    let right = "1 buy long 1 @ 102 signal\nend sell long 1 @ 103 pnl 1 end_of_data\nequity 10001\n";
    assert_eq!(corrected(text, &[(block, outcome)]), text.replace("wrong\n", right));
}
