//! Wrong ways to call `new`, `init`, `run` and `backtest`. Each says what is wrong with what, and what would be right; none of them
//! writes a file or says a word on standard output.
#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

const USAGE: i32 = 2;
const CONFIGURATION: i32 = 3;
const DATA: i32 = 4;
const FAILED: i32 = 1;

/// An empty folder, its own home as well, so that nobody's defaults count.
fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn metaexpert(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metaexpert"));
    command.args(args).current_dir(home);
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(variable, home);
    }
    // Cargo itself is found by its real home.
    for (variable, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        if let (None, Some(home)) = (std::env::var_os(variable), std::env::home_dir()) {
            command.env(variable, home.join(folder));
        }
    }
    command
}

#[track_caller]
fn check(home: &Path, args: &str, code: i32, said: &[&str]) {
    let args: Vec<_> = args.split_whitespace().collect();
    check_output(metaexpert(home, &args).output().unwrap(), code, said);
}

#[track_caller]
fn check_output(output: Output, code: i32, said: &[&str]) {
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((output.status.code(), out.as_str()), (Some(code), ""), "{err}");
    assert!(err.starts_with("error: "), "{err}");
    for words in said {
        assert!(err.contains(words), "`{words}` is not in\n{err}");
    }
}

/// What a folder holds, by name.
fn held(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_command_or_a_value_that_is_none_names_the_nearest_that_is() {
    let home = home();
    for (args, said) in [
        ("backtets my-bot", ["'backtets'", "'backtest'"]),
        ("new my-bot --exchange binanc", ["'binanc'", "'binance'"]),
        ("new my-bot --strategy emma", ["'emma'", "'ema'"]),
        ("new my-bot --market-type perpetual", ["'perpetual'", "spot, margin, futures, options"]),
        ("new my-bot --exchagne okx", ["'--exchagne'", "'--exchange'"]),
        ("new", ["<NAME>", "Usage: metaexpert new"]),
        ("run --max-restarts 3", ["--restart-on-error", "Usage: metaexpert run"]),
        ("backtest --fast 9", ["'--fast'", "-- --fast"]),
    ] {
        check(home.path(), args, USAGE, &said);
    }
    assert!(held(home.path()).is_empty());
}

#[test]
fn a_name_that_cannot_be_names_the_rule_and_the_nearest_that_can() {
    let home = home();
    for (name, said) in [
        (
            "My Bot!",
            "name `My Bot!`: has ` `, and may have letters from a to z, digits, `-` and `_` only; the nearest is `my-bot`",
        ),
        ("3commas", "name `3commas`: does not begin with a letter; the nearest is `expert-3commas`"),
        ("loop", "name `loop`: is a keyword of Rust; the nearest is `loop-expert`"),
        ("test", "name `test`: is a crate that is part of Rust; the nearest is `test-expert`"),
        ("metaexpert", "name `metaexpert`: is what the project depends on; the nearest is `metaexpert-expert`"),
    ] {
        let output = metaexpert(home.path(), &["new", name]).output().unwrap();
        check_output(output, CONFIGURATION, &[said]);
    }
    assert!(held(home.path()).is_empty());
}

#[test]
fn a_market_that_is_not_part_of_this_version_is_refused() {
    let home = home();
    for market in ["margin", "options"] {
        let said = format!("flag --market-type: `{market}` is not part of this version; `spot` and `futures` are");
        check(home.path(), &format!("new my-bot --market-type {market}"), CONFIGURATION, &[&said]);
    }
    assert!(held(home.path()).is_empty());
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let home = home();
    let folder = home.path().join("my-bot");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    check(
        home.path(),
        "new my-bot",
        CONFIGURATION,
        &["folder `my-bot` is not empty", "with --force the project is added to what is there"],
    );
    fs::write(folder.join("Cargo.toml"), "mine").unwrap();
    check(home.path(), "new my-bot", CONFIGURATION, &["--force would write over `Cargo.toml`\n"]);
    check(
        home.path(),
        "init my-bot",
        CONFIGURATION,
        &["folder `my-bot` has `Cargo.toml` already", "--force would write over them"],
    );
    assert_eq!(held(&folder), ["Cargo.toml", "notes.txt"]);
    assert_eq!(fs::read_to_string(folder.join("Cargo.toml")).unwrap(), "mine");
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let home = home();
    check(home.path(), "init my-bot", CONFIGURATION, &["`my-bot`: there is no such folder", "`metaexpert new NAME` makes one"]);
    check(home.path(), "new my-bot --path bots", CONFIGURATION, &["flag --path: `bots`: there is no such folder"]);
    fs::write(home.path().join("bots"), "").unwrap();
    check(home.path(), "new my-bot --path bots", CONFIGURATION, &["flag --path: `bots`: is not a folder"]);
    fs::write(home.path().join("my-bot"), "").unwrap();
    check(home.path(), "new my-bot", CONFIGURATION, &["`my-bot` is there already and is not a folder"]);
    check(home.path(), "init my-bot", CONFIGURATION, &["`my-bot`: is not a folder"]);
    assert_eq!(held(home.path()), ["bots", "my-bot"]);
}

#[test]
fn a_folder_whose_name_is_none_asks_for_one() {
    let home = home();
    let folder = home.path().join("Мой бот");
    fs::create_dir(&folder).unwrap();
    check(
        &folder,
        "init",
        CONFIGURATION,
        &["name `Мой бот`: has `М`", "the nearest is `my-expert`", "from the folder; give another with --name"],
    );
    assert!(held(&folder).is_empty());
}

#[test]
fn a_checkout_that_is_none_is_refused() {
    let home = home();
    check(
        home.path(),
        "new my-bot --local .",
        CONFIGURATION,
        &["flag --local: `.` is not a checkout of MetaExpert: there is no `crates/metaexpert/Cargo.toml` in it"],
    );
    let inside = env!("CARGO_MANIFEST_DIR");
    let root = Path::new(inside).ancestors().nth(2).unwrap();
    let output = metaexpert(home.path(), &["new", "my-bot", "--local", inside]).output().unwrap();
    check_output(output, CONFIGURATION, &[&format!("the checkout is `{}`", root.display())]);
    assert!(held(home.path()).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_into_says_which_file_could_not_be_written() {
    check(
        home().path(),
        "new my-bot --path /proc",
        FAILED,
        &["cannot write `/proc/my-bot/.env.example`: ", "nothing was written before it"],
    );
}

#[test]
fn what_cannot_be_run_is_named() {
    let home = home();
    for command in ["run", "backtest"] {
        let check = |args: &str, said: &[&str]| check(home.path(), &format!("{command} {args}"), CONFIGURATION, said);
        check("", &["`.`: there is no Cargo.toml in this folder", "`metaexpert new NAME`"]);
        check("my-bot", &["`my-bot`: there is no such folder\n"]);
        fs::create_dir_all(home.path().join("crab-bot")).unwrap();
        check("crab-bot", &["`crab-bot`: there is no Cargo.toml in this folder"]);
        fs::write(home.path().join("crab-bot/Cargo.toml"), "").unwrap();
        check("crab-bto", &["`crab-bto`: there is no such folder; did you mean `crab-bot`?"]);
        fs::remove_dir_all(home.path().join("crab-bot")).unwrap();
    }
    fs::write(home.path().join("notes.txt"), "").unwrap();
    #[cfg(unix)]
    check(home.path(), "run notes.txt", CONFIGURATION, &["`notes.txt`: is neither a folder nor a program"]);
}

#[test]
fn a_manifest_that_cargo_cannot_read_is_answered_in_cargos_words() {
    let home = home();
    fs::write(home.path().join("Cargo.toml"), "[package\n").unwrap();
    check(home.path(), "backtest", DATA, &["error: cargo cannot read the project:\n", "Cargo.toml:1:"]);
}

/// A package with these programs, each of which only has to be there.
fn package(folder: &Path, bins: &[&str]) {
    let manifest = "[package]\nname = \"two\"\nedition = \"2024\"\n[workspace]\n";
    fs::create_dir_all(folder.join("src/bin")).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    for bin in bins {
        fs::write(folder.join(format!("src/bin/{bin}.rs")), "fn main() {}\n").unwrap();
    }
}

#[test]
fn several_programs_have_one_named_and_a_wrong_name_the_nearest() {
    let home = home();
    package(home.path(), &["fast", "slow"]);
    check(home.path(), "backtest", CONFIGURATION, &["package `two` has several programs", "name one: --bin fast, --bin slow"]);
    check(home.path(), "run --bin fats", CONFIGURATION, &["flag --bin: there is no program `fats`; did you mean `fast`?"]);
}

#[test]
fn a_workspace_has_the_folder_of_one_program_named() {
    let home = home();
    fs::write(home.path().join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"a\", \"b\"]\n").unwrap();
    for member in ["a", "b"] {
        package(&home.path().join(member), &[member]);
        let manifest = format!("[package]\nname = \"{member}\"\nedition = \"2024\"\n");
        fs::write(home.path().join(member).join("Cargo.toml"), manifest).unwrap();
    }
    check(
        home.path(),
        "run",
        CONFIGURATION,
        &["is a workspace with several programs; name the folder of one:\n  a (a)\n  b (b)\n"],
    );
}

#[test]
fn a_package_without_a_program_says_what_one_is() {
    let home = home();
    package(home.path(), &[]);
    fs::write(home.path().join("src/lib.rs"), "").unwrap();
    check(home.path(), "run", CONFIGURATION, &["there is no program in `two`", "a program is `src/main.rs`"]);
}

#[test]
fn without_cargo_it_says_where_rust_comes_from() {
    let home = home();
    package(home.path(), &["fast"]);
    let mut command = metaexpert(home.path(), &["run"]);
    let output = command.env_remove("CARGO").env("PATH", home.path()).output().unwrap();
    check_output(output, FAILED, &["cannot find `cargo`", "https://rustup.rs"]);
}
