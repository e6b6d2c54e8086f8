//! The files of the template, as they stand in `template/` at the root of the repository.
//!
//! They come in through `crates/metaexpert-cli/template`, whose entries are links: cargo leaves a folder with a `Cargo.toml` out of
//! a published crate, and files whose names begin with a dot are easily lost, so these three have other names there.
//!
//! The template is a member of this workspace, and a project is the root of its own. So what only a root may say stands in
//! `root.toml`, and what only the template needs (tests of its own, the formatter's width) is not copied.

use std::borrow::Cow;

use crate::command_line::Strategy;

/// A file of a project, by its path in the project's folder (with `/`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProjectFile {
    pub(crate) path: &'static str,
    pub(crate) text: Cow<'static, str>,
}

macro_rules! embedded {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/template/", $file))
    };
}

/// The file that is taken out of this workspace.
pub(super) const MANIFEST: &str = "Cargo.toml";

/// What the root of a workspace says below that.
pub(super) const ROOT: &str = embedded!("root.toml");

/// Where the chosen strategy is put.
const SIGNAL: &str = "src/signal.rs";

const FILES: &[(&str, &str)] = &[
    (".env.example", embedded!("env.example")),
    (".gitignore", embedded!("gitignore")),
    (MANIFEST, embedded!("manifest.toml")),
    ("README.md", embedded!("README.md")),
    ("metaexpert.toml", embedded!("metaexpert.toml")),
    ("src/decision.rs", embedded!("src/decision.rs")),
    ("src/main.rs", embedded!("src/main.rs")),
    ("tests/backtest.rs", embedded!("tests/backtest.rs")),
];

fn signal(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Ema => embedded!("strategies/ema.rs"),
        Strategy::Rsi => embedded!("strategies/rsi.rs"),
        Strategy::Macd => embedded!("strategies/macd.rs"),
        Strategy::Blank => embedded!("strategies/blank.rs"),
    }
}

/// Every file of a project with this strategy, as it stands in the template.
pub(super) fn files(strategy: Strategy) -> impl Iterator<Item = ProjectFile> {
    let signal = (SIGNAL, signal(strategy));
    FILES.iter().copied().chain([signal]).map(|(path, text)| ProjectFile { path, text: Cow::Borrowed(text) })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use clap::ValueEnum;

    use super::*;

    /// Every file below a folder, with `/` between the parts of its path.
    fn files_below(folder: &Path, prefix: &str) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
        let files = entries.flat_map(|entry| {
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            match entry.file_type().unwrap().is_dir() {
                true if name == "target" => Vec::new(),
                true => files_below(&entry.path(), &format!("{name}/")),
                false => vec![name],
            }
        });
        files.collect()
    }

    #[test]
    fn the_table_has_every_file_of_the_template_and_no_other() {
        let template = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("template");
        let there: BTreeSet<_> = files_below(&template, "").into_iter().collect();
        let strategies = Strategy::value_variants().iter().map(|strategy| {
            let name = strategy.to_possible_value().unwrap().get_name().to_owned();
            (format!("strategies/{name}.rs"), signal(*strategy))
        });
        let table: Vec<_> = FILES.iter().map(|(path, text)| ((*path).to_owned(), *text)).chain(strategies).collect();
        for (path, text) in &table {
            assert_eq!(fs::read_to_string(template.join(path)).unwrap(), *text, "{path}");
        }
        let of_the_template = ["root.toml", "rustfmt.toml", "tests/commented.rs", "tests/strategies.rs"].map(str::to_owned);
        let table: BTreeSet<_> = table.into_iter().map(|(path, _)| path).chain(of_the_template).collect();
        assert_eq!(there, table);
    }
}
