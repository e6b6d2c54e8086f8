//! Drives the targets by a seed: the corpus first, then mutations of it. Any compiler will do; there is no coverage.
//!
//! `cargo run --release -p metaexpert-fuzz-targets [-- TARGET [SEED [RUNS]]]`
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program, and says what it did")]

mod mutation; // inputs from inputs

use std::{
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    process::ExitCode,
    time::Instant,
};

use metaexpert_fuzz_targets::{TARGETS, Target};

use self::mutation::Mutator;

/// Runs of each target: about half a minute in all on two cores of 2024.
const RUNS: u64 = 800_000;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let only = words.next();
    let [seed, runs] = [1, RUNS].map(|usual| words.next().and_then(|word| word.parse().ok()).unwrap_or(usual));
    let chosen: Vec<_> = TARGETS.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        eprintln!("no such target; there are: {}", TARGETS.map(|(name, _)| name).join(", "));
        return ExitCode::FAILURE;
    }
    for (name, target) in chosen {
        match drive(name, *target, seed, runs) {
            Ok(told) => println!("{name}: {told}"),
            Err(why) => {
                eprintln!("{name}: {why}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn drive(name: &str, target: Target, seed: u64, runs: u64) -> Result<String, String> {
    let begun = Instant::now();
    let corpus = corpus(name).map_err(|why| format!("its corpus cannot be read: {why}"))?;
    let mut mutator = Mutator::new(seed);
    let mutations = (0..runs).map(|_| mutator.input(&corpus));
    for input in corpus.clone().into_iter().chain(mutations) {
        // The panic itself has been printed.
        catch_unwind(AssertUnwindSafe(|| target(&input))).map_err(|_| format!("panics on b\"{}\"", input.escape_ascii()))?;
    }
    Ok(format!("{} files, {runs} mutations by seed {seed}, {:.1?}", corpus.len(), begun.elapsed()))
}

/// The files of a target, in the order of their names: the same seed gives the same inputs everywhere.
fn corpus(name: &str) -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(name);
    let mut files = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    files.iter().map(fs::read).collect()
}
