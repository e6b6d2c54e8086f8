//! A webhook: each message as JSON, posted to an address that somebody gave.

use std::time::Duration;

use metaexpert_log::register_secret;
use serde::Serialize;

use super::{
    BadChannel, Channel, Judgement, Notice, Post,
    channel::{address, by_status},
};

/// Shorter ones hold no secret, and to mask them would blot out words.
const SECRET_PATH_MIN: usize = 16;

/// Posts to one address.
pub struct Webhook {
    url: String,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").finish_non_exhaustive()
    }
}

/// What is posted.
#[derive(Serialize)]
struct Body<'a> {
    kind: &'a str,
    expert: &'a str,
    text: &'a str,
    time: String,
}

impl Webhook {
    /// One at this address, which is masked in every log from here on.
    ///
    /// # Errors
    /// Where it is none.
    pub fn new(url: &str) -> Result<Self, BadChannel> {
        let url = address("METAEXPERT_WEBHOOK_URL", url)?;
        register_secret(url.as_str());
        let (path, query) = (url.path(), url.query().unwrap_or_default());
        for secret in [path, query] {
            if secret.len() >= SECRET_PATH_MIN {
                register_secret(secret);
            }
        }
        Ok(Self { url: url.into() })
    }
}

impl Channel for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn post(&self, notice: &Notice) -> Post {
        let body = Body { kind: notice.kind.as_str(), expert: &notice.expert, text: &notice.text, time: notice.time.to_string() };
        // Texts are always JSON.
        Post { url: self.url.clone(), json: serde_json::to_string(&body).unwrap_or_default() }
    }

    fn judge(&self, status: u16, retry_after: Option<Duration>, _: &[u8]) -> Judgement {
        by_status(status, retry_after, "")
    }
}
