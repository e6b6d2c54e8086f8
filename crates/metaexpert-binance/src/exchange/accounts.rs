//! How an account is heard, and the socket that its orders go over.
//!
//! The one decision: spot tells of an account over the WebSocket API, and so one connection carries both; futures tell over a stream of
//! their own, and have a second connection for orders. Whether that one is there is no business of the listener: orders go by HTTP then.

use std::{sync::Arc, time::Duration};

use metaexpert_connect::{
    Failure,
    credential::Keeper,
    exchange::{Listener, Listening},
    signing::Credentials,
    ws::{Backoff, Events, Session, SessionEvent, Settings, Topic},
};
use metaexpert_log::{info, warning};

use super::{
    BinanceExchange,
    hearing::{self, Hearing},
    setup::{Named, WINDOW},
};
use crate::{
    Product,
    orders::ws_api::SocketFirst,
    user::{AccountKey, UserStream, WayRow, way},
};

/// How often the exchange's clock is measured: a quartz drifts by some 0.1 s at worst in two hours, of which the last eight measurements
/// are.
const CLOCK_EVERY: Duration = Duration::from_mins(15);

/// What the account is heard by in failures.
const LISTEN: &str = "listen_account";

impl BinanceExchange {
    pub(super) fn hear_account(&self, listener: Box<dyn Listener>) -> Result<Listening, Failure> {
        let not_sent = |why: &str| Failure::NotSent { endpoint: LISTEN, why: why.to_owned() };
        let credentials = self.client.credentials().ok_or_else(|| not_sent("there is no key"))?.clone();
        let row = way(self.product, &credentials.signer).ok_or_else(|| not_sent("the product has no account events"))?;
        let (account, mut events, keeper) = self.account_session(row, credentials.clone());
        let orders = if row.way.is_api() { None } else { self.order_session(credentials) };
        // Margin's orders go by HTTP alone, and a socket of spot would not do for them.
        let caller = match &orders {
            Some((session, _)) => Some(session.caller()),
            None => (self.product == Product::Spot).then(|| account.caller()),
        };
        *self.socket.lock() = caller.and_then(|caller| SocketFirst::new(caller, self.client.clone(), WINDOW)).map(Arc::new);
        let mut hearing = Hearing::new(self.product, hearing::account, listener, vec![0]);
        let (client, log, of) = (self.client.clone(), self.log.clone(), Named(&self.profile).to_string());
        Ok(Listening::new(tokio::spawn(async move {
            // Held until this ends; then they say goodbye.
            let _sessions = (account, keeper);
            let (_orders, mut answers) = orders.unzip();
            let mut clock = std::pin::pin!(client.keep_clock(CLOCK_EVERY));
            loop {
                tokio::select! {
                    biased;
                    event = events.recv() => match event {
                        Some(event) => hearing.take(0, event),
                        None => return hearing.end(),
                    },
                    event = next(&mut answers) => match event {
                        SessionEvent::Connected { .. } => info!(log, "orders go over the socket"; "to" => &of),
                        SessionEvent::Lost { why } | SessionEvent::LoginRefused { why } => {
                            warning!(log, "orders go by HTTP until the socket is back"; "to" => &of, "why" => why);
                        }
                        // Answers find their own way to whoever asked.
                        _ => {}
                    },
                    () = &mut clock => return hearing.end(),
                }
            }
        })))
    }

    fn account_session(&self, row: &'static WayRow, credentials: Credentials) -> (Session, Events, Option<Keeper>) {
        let host = match &self.hosts.api {
            Some(api) if row.way.is_api() => api.clone(),
            Some(_) | None => self.hosts.stream.clone(),
        };
        let clock = self.client.clock().clone();
        let dialect = UserStream::new(row.way, host, Some(credentials), move || clock.now());
        let source = AccountKey::new(self.client.clone(), row, self.isolated.as_deref());
        let keeper = source.map(|source| Keeper::start("listen-key", source, Backoff::usual(), self.seed));
        let topics: Vec<Topic> = row.way.topics().into_iter().map(Topic::from).collect();
        let reader = keeper.as_ref().map(Keeper::reader);
        let name = format!("{}-account", self.product);
        let (session, events) = Session::start(&name, dialect, topics, reader, Settings::usual(), &self.network);
        (session, events, keeper)
    }

    /// The connection that orders of futures go over.
    fn order_session(&self, credentials: Credentials) -> Option<(Session, Events)> {
        let host = self.hosts.api.clone()?;
        let clock = self.client.clock().clone();
        let dialect = UserStream::api(host, credentials, move || clock.now());
        let name = format!("{}-orders", self.product);
        Some(Session::start(&name, dialect, Vec::new(), None, Settings::usual(), &self.network))
    }
}

/// The next event; never, where there is no session or it is over.
async fn next(events: &mut Option<Events>) -> SessionEvent {
    if let Some(events) = events
        && let Some(event) = events.recv().await
    {
        return event;
    }
    std::future::pending().await
}
