//! All that is said of a configuration before it runs, gathered from those who know.

use metaexpert_core::{ConfigError, config::Resolved};

use crate::{
    credentials::{self, Credentials},
    exchanges, honoured, this_version,
};

/// What is wrong with a configuration, and what is only worth knowing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Complaints {
    /// Nothing runs while there is one.
    pub(crate) refusals: Vec<ConfigError>,
    /// What is set for nothing, a line each.
    pub(crate) warnings: Vec<String>,
}

/// Asks everybody: this version, the trade mode, the exchange, the rules between keys, the credentials.
pub(crate) fn complaints(resolved: &Resolved, credentials: &Credentials) -> Complaints {
    let refusals = [
        exchanges::refusals(resolved),
        this_version::refusals(resolved),
        resolved.check(),
        credentials::refusals(resolved, credentials),
    ];
    let remarks = resolved.remarks().iter().map(ToString::to_string).collect();
    let warnings = [honoured::warnings(resolved), remarks, credentials::warnings(resolved, credentials)];
    Complaints { refusals: refusals.concat(), warnings: warnings.concat() }
}
