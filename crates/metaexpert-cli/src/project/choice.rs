//! One program out of those that a folder's packages have.

use std::{
    fs,
    path::{Path, PathBuf},
};

use metaexpert_core::config::nearest;

use crate::exit::CommandError;

/// A package that can be built, with its programs.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) folder: PathBuf,
    pub(super) bins: Vec<String>,
    /// The program that `cargo run` takes, where the package says so.
    pub(super) default_bin: Option<String>,
}

/// The program to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) bin: String,
    /// That of its package.
    pub(super) folder: PathBuf,
}

/// The program that is meant by a folder and perhaps a name: one of the package in that folder, or, where that has none, of the
/// workspace whose root it is.
pub(super) fn choose(packages: &[Package], folder: &Path, bin: Option<&str>) -> Result<Target, CommandError> {
    let here = packages.iter().find(|package| is_same(&package.folder, folder) && !package.bins.is_empty());
    let among = here.map_or(packages, std::slice::from_ref);
    let all = || among.iter().flat_map(|package| package.bins.iter().map(move |bin| (package, bin.as_str())));
    let target = |package: &Package, bin: &str| Target { bin: bin.to_owned(), folder: package.folder.clone() };
    if let Some(wanted) = bin {
        let found = all().find(|(_, bin)| *bin == wanted);
        let found = found.ok_or_else(|| CommandError::Configuration(unknown(wanted, all().map(|(_, bin)| bin))))?;
        return Ok(target(found.0, found.1));
    }
    let mut every = all();
    match (every.next(), every.next(), here) {
        (None, ..) => Err(CommandError::Configuration(without_a_program(among, folder))),
        (Some((package, bin)), None, _) => Ok(target(package, bin)),
        (Some(_), Some(_), Some(package)) => match &package.default_bin {
            Some(bin) => Ok(target(package, bin)),
            None => Err(CommandError::Configuration(several(package))),
        },
        (Some(_), Some(_), None) => Err(CommandError::Configuration(a_workspace(among, folder))),
    }
}

/// Whether two paths lead to the same folder, links followed.
fn is_same(left: &Path, right: &Path) -> bool {
    left == right || fs::canonicalize(left).is_ok_and(|left| fs::canonicalize(right).is_ok_and(|right| left == right))
}

fn unknown<'a>(wanted: &str, bins: impl Iterator<Item = &'a str> + Clone) -> String {
    let hint = match nearest(wanted, bins.clone()) {
        Some(bin) => format!("did you mean `{bin}`?"),
        None => match bins.map(|bin| format!("`{bin}`")).collect::<Vec<_>>() {
            bins if bins.is_empty() => "there is none at all".to_owned(),
            bins => format!("there is {}", bins.join(", ")),
        },
    };
    format!("flag --bin: there is no program `{wanted}`; {hint}")
}

fn without_a_program(packages: &[Package], folder: &Path) -> String {
    let names: Vec<_> = packages.iter().map(|package| format!("`{}`", package.name)).collect();
    let what = match names.as_slice() {
        [] => "no package".to_owned(),
        names => format!("no program in {}", names.join(", ")),
    };
    format!("`{}`: there is {what}\na program is `src/main.rs`, or a file in `src/bin`", folder.display())
}

fn several(package: &Package) -> String {
    let bins: Vec<_> = package.bins.iter().map(|bin| format!("--bin {bin}")).collect();
    format!("package `{}` has several programs\nname one: {}", package.name, bins.join(", "))
}

fn a_workspace(packages: &[Package], folder: &Path) -> String {
    let with_programs = packages.iter().filter(|package| !package.bins.is_empty());
    let lines = with_programs.map(|package| {
        let path = package.folder.strip_prefix(folder).unwrap_or(&package.folder);
        format!("\n{} ({})", path.display(), package.bins.join(", "))
    });
    let text = format!("`{}` is a workspace with several programs; name the folder of one:", folder.display());
    text + &lines.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, bins: &[&str]) -> Package {
        let folder = Path::new("/experts").join(name);
        Package { name: name.to_owned(), folder, bins: bins.iter().map(|bin| (*bin).to_owned()).collect(), default_bin: None }
    }

    fn chosen(packages: &[Package], folder: &str, bin: Option<&str>) -> Result<(String, PathBuf), String> {
        let target = choose(packages, Path::new(folder), bin).map_err(|error| error.to_string())?;
        Ok((target.bin, target.folder))
    }

    #[test]
    fn a_package_with_one_program_needs_no_name() {
        let packages = [package("ema", &["ema"]), package("rsi", &["rsi"])];
        assert_eq!(chosen(&packages, "/experts/rsi", None), Ok(("rsi".to_owned(), "/experts/rsi".into())));
        assert_eq!(chosen(&packages[..1], "/experts", None), Ok(("ema".to_owned(), "/experts/ema".into())));
    }

    #[test]
    fn a_package_with_several_programs_has_them_named() {
        let mut package = package("two", &["slow", "fast"]);
        let one = |package: &Package, bin| chosen(std::slice::from_ref(package), "/experts/two", bin);
        assert_eq!(one(&package, None), Err("package `two` has several programs\nname one: --bin slow, --bin fast".to_owned()));
        assert_eq!(one(&package, Some("fast")).unwrap().0, "fast");
        assert_eq!(one(&package, Some("fats")), Err("flag --bin: there is no program `fats`; did you mean `fast`?".to_owned()));
        assert_eq!(one(&package, Some("x")), Err("flag --bin: there is no program `x`; there is `slow`, `fast`".to_owned()));
        package.default_bin = Some("slow".to_owned());
        assert_eq!(one(&package, None).unwrap().0, "slow");
    }

    #[test]
    fn a_workspace_names_the_folders_that_have_programs() {
        let packages = [package("ema", &["ema"]), package("lib", &[]), package("two", &["slow", "fast"])];
        assert_eq!(
            chosen(&packages, "/experts", None),
            Err("`/experts` is a workspace with several programs; name the folder of one:\nema (ema)\ntwo (slow, fast)"
                .to_owned())
        );
        assert_eq!(chosen(&packages, "/experts", Some("fast")), Ok(("fast".to_owned(), "/experts/two".into())));
    }

    #[test]
    fn a_package_without_a_program_says_what_one_is() {
        let error = chosen(&[package("lib", &[])], "/experts/lib", None).unwrap_err();
        assert!(error.starts_with("`/experts/lib`: there is no program in `lib`\na program is `src/main.rs`"), "{error}");
        assert!(chosen(&[], "/experts", Some("x")).unwrap_err().ends_with("there is none at all"));
    }
}
