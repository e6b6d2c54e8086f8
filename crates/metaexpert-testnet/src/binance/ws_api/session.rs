//! What only sockets have: logins, and user streams that events come over.
//!
//! The one decision: a login is a key that was proved once; a request that names no key of its own is that key's. Subscriptions are
//! kept with all other listeners, so that an event is written once for whoever hears it.

use metaexpert_core::UnixNanos;

use super::frame::Request;
use crate::{
    binance::{
        door::{ApiError, Credentials, Door, Product},
        streams::{Object, Seat, Streams, Subscription, Unit, list},
    },
    order::AccountId,
    protocol::{Moment, Outbox, SocketId},
};

/// A key that was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Login {
    /// The key.
    pub key: String,
    /// Whose it is.
    pub account: AccountId,
    since: UnixNanos,
}

/// "A single session supports up to 1,000 active subscriptions simultaneously."
const SUBSCRIPTIONS_AT_MOST: usize = 1_000;

/// What requests of sessions weigh ("Authentication requests", "User Data Stream requests").
pub(super) const WEIGHT: u32 = 2;

/// A connection, as far as sessions know it.
#[derive(Debug)]
pub(super) struct Session<'a> {
    /// Which.
    pub socket: SocketId,
    /// Whose API it is.
    pub product: Product,
    /// Who has logged in.
    pub login: &'a mut Option<Login>,
    /// Since when it is connected.
    pub since: UnixNanos,
    /// Whether answers show limits where a request says nothing.
    pub shows_limits: bool,
    /// Whose keys they are.
    pub door: &'a Door,
    /// Who listens.
    pub streams: &'a mut Streams,
    /// When.
    pub at: Moment,
}

/// Whether a method is one that only sockets have.
pub(super) fn is_ours(product: Product, method: &str) -> bool {
    method.starts_with("session.") && (product == Product::Spot || method != "session.subscriptions")
        || product == Product::Spot && method.starts_with("userDataStream.")
}

impl Session<'_> {
    /// Does what is asked for; `None` where there is no such method.
    pub(super) fn run(&mut self, request: &Request, out: &mut Outbox) -> Option<Result<String, ApiError>> {
        Some(match request.method.as_str() {
            "session.logon" => self.log_on(request),
            "session.status" => Ok(self.status()),
            "session.logout" => Ok(self.log_out(out)),
            "session.subscriptions" => Ok(self.subscriptions()),
            "userDataStream.subscribe" => self.subscribe(),
            "userDataStream.subscribe.signature" => self.subscribe_signed(request),
            "userDataStream.subscribe.listenToken" => self.subscribe_by_token(request),
            "userDataStream.unsubscribe" => self.unsubscribe(request, out),
            _ => return None,
        })
    }

    fn log_on(&mut self, request: &Request) -> Result<String, ApiError> {
        let key = request.text("apiKey").ok_or_else(|| ApiError::mandatory("apiKey"))?;
        let account = check(self.door, request, key, self.at)?;
        if !self.door.may_log_in(key) {
            // "Note: Only Ed25519 keys are supported for this feature."
            return Err(ApiError::new(-4056, "Invalid api key type."));
        }
        *self.login = Some(Login { key: key.to_owned(), account, since: self.at.clock });
        Ok(self.status())
    }

    fn status(&self) -> String {
        let head = Object::new(Unit::Millis).text_or_null("apiKey", self.login.as_ref().map(|login| login.key.as_str()));
        let head = match self.login.as_ref() {
            Some(login) => head.time("authorizedSince", login.since),
            None => head.raw("authorizedSince", "null"),
        };
        let body =
            head.time("connectedSince", self.since).flag("returnRateLimits", self.shows_limits).time("serverTime", self.at.clock);
        match self.product {
            Product::Spot => body.flag("userDataStream", !self.streams.subscriptions(self.socket).is_empty()).end(),
            Product::Margin | Product::UsdM | Product::CoinM | Product::Options => body.end(),
        }
    }

    /// "`session.logout` will only close the subscription created with `userDataStream.subscribe`."
    fn log_out(&mut self, out: &mut Outbox) -> String {
        *self.login = None;
        self.streams.unsubscribe(self.socket, |subscription| subscription.is_of_login, self.at, out);
        self.status()
    }

    fn subscriptions(&self) -> String {
        let line = |subscription: &Subscription| Object::new(Unit::Millis).number("subscriptionId", subscription.id).end();
        let lines: Vec<String> = self.streams.subscriptions(self.socket).iter().map(line).collect();
        list(&lines)
    }

    fn subscribe(&mut self) -> Result<String, ApiError> {
        let unauthorized = || ApiError::new(-1002, "You are not authorized to execute this request.");
        let account = self.login.as_ref().ok_or_else(unauthorized)?.account;
        self.listen((account, Seat::Spot), true, None)
    }

    fn subscribe_signed(&mut self, request: &Request) -> Result<String, ApiError> {
        let key = request.text("apiKey").ok_or_else(|| ApiError::mandatory("apiKey"))?;
        let account = check(self.door, request, key, self.at)?;
        self.listen((account, Seat::Spot), false, None)
    }

    fn subscribe_by_token(&mut self, request: &Request) -> Result<String, ApiError> {
        let token = request.text("listenToken").ok_or_else(|| ApiError::mandatory("listenToken"))?;
        // "If the listenToken is invalid, an error with code -1209 will be returned."
        let pass = self.streams.pass(token, self.at).ok_or_else(|| ApiError::new(-1209, "Invalid listenToken."))?;
        self.listen((pass.account, pass.seat), false, Some(pass.until))
    }

    fn listen(&mut self, whose: (AccountId, Seat), is_of_login: bool, until: Option<UnixNanos>) -> Result<String, ApiError> {
        if self.streams.subscriptions(self.socket).len() >= SUBSCRIPTIONS_AT_MOST {
            return Err(ApiError::new(-2042, "Maximum subscription ID reached for this connection."));
        }
        let id = self.streams.subscribe(self.socket, whose, is_of_login, until);
        let id = id.ok_or_else(|| ApiError::new(-2035, "User Data Stream subscription already active."))?;
        let result = Object::new(Unit::Millis).number("subscriptionId", id);
        Ok(match until {
            Some(until) => result.time("expirationTime", until).end(),
            None => result.end(),
        })
    }

    fn unsubscribe(&mut self, request: &Request, out: &mut Outbox) -> Result<String, ApiError> {
        let named = request.text("subscriptionId").map(|id| id.parse::<u16>().map_err(|_| ApiError::invalid("subscriptionId")));
        let named = named.transpose()?;
        let is_meant = |subscription: &Subscription| named.is_none_or(|id| id == subscription.id);
        if !self.streams.subscriptions(self.socket).iter().any(is_meant) {
            return Err(ApiError::new(-2036, "User Data Stream subscription not active."));
        }
        self.streams.unsubscribe(self.socket, is_meant, self.at, out);
        Ok("{}".to_owned())
    }
}

/// Lets a signed request in, and says whose it is.
pub(super) fn check(door: &Door, request: &Request, key: &str, at: Moment) -> Result<AccountId, ApiError> {
    let credentials = Credentials {
        key,
        signed: &request.signed(),
        signature: request.text("signature"),
        timestamp: request.text("timestamp"),
        recv_window: request.text("recvWindow"),
    };
    door.check(credentials, at)
}
