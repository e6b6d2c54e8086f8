//! Calls of the WebSocket API that concern the connection and what it carries: logins, subscriptions, listen keys.
//!
//! The one decision: what a call needs is in its variant, so that none can be put together without it. Replies are read by
//! [`read`](super::read()); what they acknowledge is known by their number.

use metaexpert_connect::{
    Params,
    report::Credential,
    signing::{BadSecret, Credentials},
};
use metaexpert_core::UnixNanos;

use super::api::{logon_params, plain_params, request};

/// A call about the connection (Spot WebSocket API, "Authentication requests" and "User Data Stream requests"; margin, "Trade Data
/// Stream"; USD-M and COIN-M, "User Data Streams").
#[derive(Debug, Clone, Copy)]
pub enum SessionCall<'a> {
    /// Logs the connection on. Ed25519 keys only.
    Logon(&'a Credentials),
    /// Asks who is logged on.
    Status,
    /// Logs the connection off. It stays open.
    Logout,
    /// Asks which accounts the connection carries.
    Subscriptions,
    /// Carries the events of the account that is logged on.
    Subscribe,
    /// Carries the events of the account whose key signs.
    SubscribeSigned(&'a Credentials),
    /// Carries the events of the account that a token is for; again with a new one, it goes on without a gap.
    SubscribeToken(&'a Credential),
    /// Ends one subscription, or all.
    Unsubscribe(Option<u64>),
    /// Futures: gives the listen key.
    StartKey(&'a Credentials),
    /// Futures: another hour for it.
    KeepKey(&'a Credentials),
    /// Futures: ends it.
    StopKey(&'a Credentials),
}

impl SessionCall<'_> {
    /// Its name at the exchange.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Logon(_) => "session.logon",
            Self::Status => "session.status",
            Self::Logout => "session.logout",
            Self::Subscriptions => "session.subscriptions",
            Self::Subscribe => "userDataStream.subscribe",
            Self::SubscribeSigned(_) => "userDataStream.subscribe.signature",
            Self::SubscribeToken(_) => "userDataStream.subscribe.listenToken",
            Self::Unsubscribe(_) => "userDataStream.unsubscribe",
            Self::StartKey(_) => "userDataStream.start",
            Self::KeepKey(_) => "userDataStream.ping",
            Self::StopKey(_) => "userDataStream.stop",
        }
    }

    /// The call as a frame.
    ///
    /// # Errors
    /// When the signer cannot sign.
    pub fn frame(&self, id: &str, now: UnixNanos) -> Result<String, BadSecret> {
        let params = match self {
            Self::Logon(credentials) | Self::SubscribeSigned(credentials) => Some(logon_params(credentials, now)?),
            Self::StartKey(credentials) | Self::KeepKey(credentials) | Self::StopKey(credentials) => {
                Some(plain_params(&Params::new().with("apiKey", &credentials.key)))
            }
            Self::SubscribeToken(token) => Some(plain_params(&Params::new().with("listenToken", token.expose()))),
            Self::Unsubscribe(Some(number)) => Some(plain_params(&Params::new().with("subscriptionId", number))),
            Self::Unsubscribe(None) | Self::Status | Self::Logout | Self::Subscriptions | Self::Subscribe => None,
        };
        Ok(request(id, self.method(), params.as_deref()))
    }
}
