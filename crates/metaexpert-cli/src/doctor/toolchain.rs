//! What builds an expert: `cargo`, a `rustc` that is new enough, and a linker that works.

use semver::Version;

use super::{Surroundings, finding::Finding};
use crate::program::{self, Silence};

/// The oldest Rust that builds MetaExpert.
const LEAST: &str = env!("CARGO_PKG_RUST_VERSION");

const INSTALL: &str = "install Rust: https://rustup.rs";

pub(super) fn cargo(surroundings: &Surroundings) -> Finding {
    tool("cargo", surroundings)
}

pub(super) fn rustc(surroundings: &Surroundings) -> Finding {
    tool("rustc", surroundings)
}

/// Compiles and links the smallest of programs: the only sure way to know that a linker, and what it needs, is there.
pub(super) fn linker(surroundings: &Surroundings) -> Finding {
    let Ok(folder) = tempfile::tempdir() else {
        return Finding::skipped("no temporary file can be made");
    };
    let program = folder.path().join("program").display().to_string();
    let arguments = ["--crate-name", "program", "-o", &program, "-"];
    let linked = program::ask_with("rustc", &arguments, "fn main() {}", &surroundings.project, surroundings.left());
    match linked {
        Ok(_) => Finding::ok("a program was compiled and linked"),
        Err(Silence::NotFound) => Finding::skipped("there is no rustc"),
        Err(Silence::TooSlow) => too_slow("rustc"),
        Err(Silence::Failed(why)) => Finding::failed(
            format!("a program could not be linked: {why}"),
            "install a C compiler with its linker: `apt install build-essential`, `dnf install gcc`, `xcode-select --install`",
        ),
    }
}

/// In the folder of the project, for it may choose a toolchain of its own.
fn tool(name: &str, surroundings: &Surroundings) -> Finding {
    match program::ask(name, &["--version"], &surroundings.project, surroundings.left()) {
        Ok(answer) => judge(name, &answer),
        Err(Silence::NotFound) => Finding::failed("it is not on the PATH", INSTALL),
        Err(Silence::TooSlow) => too_slow(name),
        Err(Silence::Failed(why)) => Finding::failed(format!("it does not work: {why}"), INSTALL),
    }
}

fn too_slow(name: &str) -> Finding {
    let advice = format!("see what `{name} --version` does, or give it more time with `--timeout`");
    Finding::warning(format!("{name} has not answered in time"), advice)
}

/// `rustc 1.95.0 (59807616e 2026-04-14)` against the oldest that will do.
fn judge(name: &str, answer: &str) -> Finding {
    let version = answer.split_whitespace().nth(1).and_then(|word| Version::parse(word).ok());
    let least = Version::parse(&format!("{LEAST}.0")).ok();
    let (Some(version), Some(least)) = (version, least) else {
        let said = answer.lines().next().unwrap_or_default();
        return Finding::warning(format!("`{name} --version` says `{said}`"), format!("see that it is {LEAST} or newer"));
    };
    // A nightly or beta of the same number may lack what was finished last.
    if (version.major, version.minor) < (least.major, least.minor) || version < least {
        return Finding::failed(format!("{version} is older than {LEAST}"), "update it: `rustup update stable`");
    }
    Finding::ok(version.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    #[test]
    fn a_rust_that_is_too_old_has_failed_and_a_newer_one_is_good() {
        let cases = [
            ("rustc 1.95.0 (59807616e 2026-04-14)", Status::Ok, "1.95.0"),
            ("rustc 1.101.2 (abc 2026-12-01)\n", Status::Ok, "1.101.2"),
            ("rustc 2.0.0", Status::Ok, "2.0.0"),
            ("rustc 1.97.0-nightly (abc 2026-05-01)", Status::Ok, "1.97.0-nightly"),
            ("rustc 1.94.1 (abc 2026-02-01)", Status::Failed, "1.94.1 is older than 1.95"),
            ("rustc 1.95.0-beta.3 (abc 2026-03-01)", Status::Failed, "1.95.0-beta.3 is older than 1.95"),
            ("something else", Status::Warning, "`rustc --version` says `something else`"),
            ("", Status::Warning, "`rustc --version` says ``"),
        ];
        for (answer, status, found) in cases {
            let finding = judge("rustc", answer);
            assert_eq!((finding.status, finding.found.as_str()), (status, found), "{answer}");
        }
    }
}
