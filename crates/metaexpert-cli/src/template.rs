//! The project that `metaexpert new` and `metaexpert init` write.
//!
//! The one decision: the template is a project that builds as it stands in this repository, so it cannot rot. What depends on the
//! user's choice is found in it by exact anchors, and an anchor that is not there is an error, never a file that is half right.
//! Nothing here asks a question or touches a file that is already there, unless it was told to.

mod choice; // what can be chosen
mod dependency; // where the project has the crate `metaexpert` from
mod embedded; // the table of files
mod manifest; // `Cargo.toml`, out of the workspace
mod name; // what an expert can be called
mod sources; // anchors in all other files
mod telling; // what is said of it in the end
mod writing; // onto the disk, all or nothing

pub(crate) use self::{
    choice::{Choice, Market, chosen},
    dependency::Dependency,
    embedded::ProjectFile,
    name::ExpertName,
    telling::tell_of,
    writing::{Plan, listed},
};

use crate::exit::CommandError;

/// The files of the project that was chosen, as they are to be written.
pub(crate) fn project(choice: &Choice) -> Result<Vec<ProjectFile>, CommandError> {
    let files: Result<Vec<_>, TemplateError> = embedded::files(choice.strategy)
        .map(|file| {
            let text = match file.path {
                embedded::MANIFEST => manifest::rewritten(&file.text, choice),
                _ => sources::rewritten(file.path, &file.text, choice),
            };
            text.map(|text| ProjectFile { text, ..file })
        })
        .collect();
    files.map_err(|error| CommandError::Failed(format!("the template of this command is broken: {error}")))
}

/// What is wrong with the template itself. No input can lead here, and a test shows it for all choices.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("{file}: `{anchor}` is not there")]
    NoAnchor { file: &'static str, anchor: String },
    #[error("Cargo.toml: {0}")]
    Manifest(String),
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::ValueEnum;

    use super::*;
    use crate::command_line::{Exchange, Strategy};

    fn every_choice() -> impl Iterator<Item = Choice> {
        let checkout = || Dependency::Checkout(Path::new("/a checkout/crates/metaexpert").to_owned());
        let markets = [Market::Spot, Market::Futures];
        Exchange::value_variants().iter().flat_map(move |exchange| {
            Strategy::value_variants().iter().flat_map(move |strategy| {
                markets.into_iter().flat_map(move |market| {
                    [Dependency::Released, checkout()].map(|dependency| Choice {
                        name: ExpertName::new("crab-bot").unwrap(),
                        exchange: *exchange,
                        strategy: *strategy,
                        market,
                        dependency,
                    })
                })
            })
        })
    }

    #[test]
    fn every_choice_makes_a_project_of_its_own_name() {
        for choice in every_choice() {
            let files = project(&choice).unwrap();
            assert!(files.iter().any(|file| file.path == "src/signal.rs"));
            for file in files {
                assert!(!file.text.contains("my-expert") && !file.text.contains("my_expert"), "{}", file.path);
                assert!(file.text.ends_with('\n'), "{}", file.path);
            }
        }
    }

    #[test]
    fn only_futures_have_a_contract_and_a_margin() {
        for choice in every_choice() {
            let files = project(&choice).unwrap();
            let main = &files.iter().find(|file| file.path == "src/main.rs").unwrap().text;
            let code: String = main.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            assert!(code.contains(&format!("MetaExpert::new(\"{}\")", choice.exchange_name())));
            let is_futures = choice.market == Market::Futures;
            assert_eq!(code.contains(".market_type(MarketType::Spot)"), !is_futures);
            assert!(code.contains("mod signal;") && !code.contains("strategies/"));
            assert_eq!(code.contains(".contract_type(") || code.contains(".margin_mode("), is_futures);
        }
    }

    #[test]
    fn every_choice_makes_a_manifest_that_stands_alone() {
        for choice in every_choice() {
            let files = project(&choice).unwrap();
            let manifest = &files.iter().find(|file| file.path == "Cargo.toml").unwrap().text;
            let manifest: toml_edit::DocumentMut = manifest.parse().unwrap();
            assert_eq!(manifest["package"]["name"].as_str(), Some("crab-bot"));
            assert!(manifest["workspace"].as_table().unwrap().is_empty());
            assert!(!manifest.to_string().replace("[workspace]", "").contains("workspace = "));
        }
    }
}
