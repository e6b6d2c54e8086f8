//! The name that somebody probably meant.

/// The candidate most like `name`, if it is like it at all (Jaro-Winkler similarity above 0.7, as clap's suggestions).
///
/// ```
/// use metaexpert_core::config::nearest;
/// assert_eq!(nearest("timfarme", ["timeframe", "leverage"]), Some("timeframe"));
/// assert_eq!(nearest("xyz", ["timeframe", "leverage"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&name, &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}
