//! What a check found, and what is to be done about it.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Ok,
    /// It works, and will not always.
    Warning,
    /// Something will not work.
    Failed,
    /// There was nothing to look at, or no way to.
    Skipped,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// What a check says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) status: Status,
    pub(super) found: String,
    /// What to do.
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(found: impl Into<String>) -> Self {
        Self { status: Status::Ok, found: found.into(), advice: None }
    }

    pub(super) fn warning(found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status: Status::Warning, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn failed(found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status: Status::Failed, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self { status: Status::Skipped, found: why.into(), advice: None }
    }
}

/// What was found, of what.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) check: &'static str,
    pub(crate) exchange: Option<&'static str>,
    pub(crate) status: Status,
    pub(crate) found: String,
    pub(crate) advice: Option<String>,
}

impl Report {
    pub(super) fn new(check: &'static str, exchange: Option<&'static str>, finding: Finding) -> Self {
        let Finding { status, found, advice } = finding;
        Self { check, exchange, status, found, advice }
    }

    /// What was looked at, in words.
    pub(crate) fn name(&self) -> String {
        self.exchange.map_or_else(|| self.check.to_owned(), |exchange| format!("{} {exchange}", self.check))
    }
}
