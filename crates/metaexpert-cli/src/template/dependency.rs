//! Where a project has the crate `metaexpert` from: crates.io, or a checkout.
//!
//! The one decision: a command that was itself built from a checkout makes projects that depend on that checkout, for only there
//! is a `metaexpert` that fits it for certain. One that was installed from crates.io depends on the release of its own version.

use std::path::{Path, PathBuf, absolute};

use crate::exit::CommandError;

/// Where the crate is, seen from the root of a checkout.
const IN_A_CHECKOUT: &str = "crates/metaexpert";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dependency {
    /// On crates.io, in the version of this command.
    Released,
    /// The crate in this folder, whose path is absolute.
    Checkout(PathBuf),
}

impl Dependency {
    /// The crate in the checkout that was named, in the one that this command was built from, or on crates.io.
    pub(crate) fn find(local: Option<&Path>) -> Result<Self, CommandError> {
        match local {
            Some(folder) => Self::in_checkout(folder),
            None => Ok(built_from().map_or(Self::Released, Self::Checkout)),
        }
    }

    fn in_checkout(folder: &Path) -> Result<Self, CommandError> {
        let refused = |hint: String| {
            CommandError::Configuration(format!(
                "flag --local: `{}` is not a checkout of MetaExpert: there is no `{IN_A_CHECKOUT}/Cargo.toml` in it{hint}",
                folder.display()
            ))
        };
        let whole = absolute(folder).map_err(|error| refused(format!("\n{error}")))?;
        if has_the_crate(&whole) {
            let path = whole.join(IN_A_CHECKOUT);
            return match path.to_str() {
                Some(_) => Ok(Self::Checkout(path)),
                None => Err(refused("\nand its path is not UTF-8, which `Cargo.toml` has to be".to_owned())),
            };
        }
        let above = whole.ancestors().skip(1).find(|folder| has_the_crate(folder));
        Err(refused(above.map_or_else(String::new, |above| format!("\nthe checkout is `{}`", above.display()))))
    }
}

fn has_the_crate(folder: &Path) -> bool {
    folder.join(IN_A_CHECKOUT).join("Cargo.toml").is_file()
}

/// The crate beside the sources that this command was built from, if they are still there.
fn built_from() -> Option<PathBuf> {
    let sibling = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("metaexpert");
    sibling.join("Cargo.toml").is_file().then_some(sibling)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_from_a_checkout_depends_on_that_checkout() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        assert_eq!(Dependency::find(None).unwrap(), Dependency::Checkout(root.join(IN_A_CHECKOUT)));
        assert_eq!(Dependency::find(Some(root)).unwrap(), Dependency::Checkout(root.join(IN_A_CHECKOUT)));
    }

    #[test]
    fn a_folder_inside_a_checkout_is_told_where_the_checkout_is() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let error = Dependency::find(Some(&root.join("crates"))).unwrap_err().to_string();
        assert!(error.ends_with(&format!("\nthe checkout is `{}`", root.display())), "{error}");
    }
}
