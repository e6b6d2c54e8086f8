//! What the folders of an expert are called: those of its logs, of its reports, and of its state.
//!
//! Here, because two have to come to the same name: the expert, which writes there, and whoever looks there for what it has written.
//! Nothing is made or looked for.

/// What stands for the expert's name in a path.
const PLACEHOLDER: &str = "{expert}";

/// An expert's name as the name of a folder: its letters and digits in lower case, with a hyphen for all that stands between them.
/// It is empty for a name without either.
///
/// ```
/// use metaexpert_core::expert::folder_name;
/// assert_eq!(folder_name("EMA crossover (v2)"), "ema-crossover-v2");
/// ```
pub fn folder_name(expert: &str) -> String {
    let parts = expert.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// A path of a key such as `log_dir`: `{expert}` in it stands for the expert's [`folder_name`].
///
/// ```
/// use metaexpert_core::expert::named_after;
/// assert_eq!(named_after("logs/{expert}", "EMA crossover"), "logs/ema-crossover");
/// assert_eq!(named_after("logs", "EMA crossover"), "logs");
/// ```
pub fn named_after(path: &str, expert: &str) -> String {
    path.replace(PLACEHOLDER, &folder_name(expert))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_after_the_expert() {
        for (expert, folder) in
            [("EMA crossover (v2)", "ema-crossover-v2"), ("Тренд 1", "тренд-1"), ("../up", "up"), ("a_b", "a-b"), ("!", "")]
        {
            assert_eq!(folder_name(expert), folder, "{expert}");
        }
    }
}
