//! What is said of a project that was made.

use std::{env, path::Path};

use super::{Choice, Dependency};
use crate::console::Console;

/// Says what was made, and what can be done with it.
pub(crate) fn tell_of(choice: &Choice, folder: &Path, console: &mut Console) {
    if let Dependency::Checkout(path) = &choice.dependency {
        console.tell(format_args!("`{}` depends on the checkout in `{}`", choice.name, path.display()));
    }
    console.say_line(format_args!("made the expert `{}` in `{}`; go on with", choice.name, folder.display()));
    if !is_here(folder) {
        console.say_line(format_args!("  cd {}", quoted(&folder.display().to_string())));
    }
    for (command, what) in NEXT {
        console.say_line(format_args!("  {command:<22}{what}"));
    }
}

const NEXT: &[(&str, &str)] = &[
    ("cargo test", "its tests, one of them a whole backtest"),
    ("metaexpert backtest", "a report in `reports/`, on a made-up market"),
    ("metaexpert run", "paper trading, until Ctrl-C"),
];

fn is_here(folder: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    env::current_dir().is_ok_and(|here| whole(folder).is_some() && whole(folder) == whole(&here))
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/\\._-:~+".contains(c);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_a_shell_would_take_apart_is_quoted() {
        assert_eq!(quoted("../my-bot"), "../my-bot");
        assert_eq!(quoted("a b/my-bot"), "'a b/my-bot'");
        assert_eq!(quoted("it's/my-bot"), r"'it'\''s/my-bot'");
    }
}
