//! The values of credentials, on their way from where they stand to who signs with them.
//!
//! The one decision: they are read when an exchange is about to be talked to, by nobody else and for nothing else. Everything that is
//! shown of credentials, [`credentials`](crate::credentials) knows from their names.

use std::{ffi::OsString, fmt, path::Path};

use crate::{credentials, sources::secrets_in_file};

/// The values, by the names of their variables.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// Those of the environment, and below them those of `.env`.
    pub(crate) fn read(directory: &Path, variables: &[(OsString, OsString)]) -> Self {
        let of_environment = variables.iter().filter_map(|(name, value)| {
            let (name, value) = (name.to_str()?, value.to_str()?);
            credentials::concerns(name).then(|| (name.to_owned(), value.to_owned()))
        });
        let all = of_environment.chain(secrets_in_file(directory));
        Self(all.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The value of a variable; of one that stands in two places, the environment's.
    #[cfg_attr(not(feature = "live"), expect(dead_code, reason = "only exchanges are told secrets"))]
    pub(crate) fn get(&self, variable: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == variable).map(|(_, value)| value.as_str())
    }
}

/// Names only.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_counts_more_than_the_file_and_neither_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), "BINANCE_API_KEY=of-file\nBINANCE_API_SECRET=of-file\nOTHER=x\n").unwrap();
        let secrets = Secrets::read(folder.path(), &[("BINANCE_API_KEY".into(), "of-shell".into())]);
        assert_eq!(secrets.get("BINANCE_API_KEY"), Some("of-shell"));
        assert_eq!(secrets.get("BINANCE_API_SECRET"), Some("of-file"));
        assert_eq!(secrets.get("OTHER"), None);
        let shown = format!("{secrets:?}");
        assert!(shown.contains("BINANCE_API_KEY") && !shown.contains("of-"), "{shown}");
    }
}
