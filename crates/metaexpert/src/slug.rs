//! An expert's name as the name of a folder.

/// A name that is good for a folder: letters and digits, all else as hyphens.
pub(crate) fn slug(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_after_the_expert() {
        assert_eq!(slug("EMA crossover (v2)"), "ema-crossover-v2");
    }
}
