//! The WebSocket API: the calls of REST over a socket, with logins and user streams.
//!
//! The one decision: a method is a row of the REST tables under another name; here it is only read, let in and answered. An answer goes
//! out when the call is done, so what the call has made happen is told after it.

mod frame; // requests and answers in frames
mod methods; // which method is which call
mod session; // logins and user streams

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, net::IpAddr};

use http::StatusCode;

use self::{
    frame::Request,
    session::{Login, Session},
};
use super::{
    door::{ApiError, Call, Door, Product, Route, Security, Table, Verb},
    rest,
    streams::{Allowance, Line, Object, Streams, Unit},
};
use crate::{
    order::AccountId,
    protocol::{Moment, Outbox, SocketId, Topic},
    world::World,
};

/// Sockets of the WebSocket API and who has logged in there.
#[derive(Debug)]
pub(super) struct Calls {
    table: Table,
    sockets: BTreeMap<SocketId, Socket>,
}

#[derive(Debug)]
struct Socket {
    line: Line,
    product: Product,
    peer: IpAddr,
    login: Option<Login>,
    shows_limits: bool,
    in_micros: bool,
}

/// The addresses ("General API Information" of each), with what a handshake weighs.
const ADDRESSES: [(&str, Product, u32); 3] =
    [("/ws-api/v3", Product::Spot, 2), ("/ws-fapi/v1", Product::UsdM, 5), ("/ws-dapi/v1", Product::CoinM, 5)];

impl Default for Calls {
    fn default() -> Self {
        Self::new()
    }
}

impl Calls {
    /// Without sockets.
    pub(super) fn new() -> Self {
        Self { table: rest::table(), sockets: BTreeMap::new() }
    }

    /// Takes a socket. The path says whose API it is; the host does not matter.
    ///
    /// # Errors
    /// 404 where no API is, -1003 where the address has used up its weight.
    #[expect(clippy::too_many_arguments, reason = "an address has three parts, and what happens needs the door and the time")]
    pub(super) fn connect(
        &mut self,
        socket: SocketId,
        host: &str,
        path: &str,
        query: &str,
        peer: IpAddr,
        door: &mut Door,
        at: Moment,
        _out: &mut Outbox,
    ) -> Result<(), ApiError> {
        let path = path.trim_end_matches('/');
        let Some((_, product, weight)) = ADDRESSES.into_iter().find(|(known, ..)| *known == path) else {
            return Err(ApiError::new(-1000, format!("no WebSocket API at {host}{path}")).with_status(StatusCode::NOT_FOUND));
        };
        door.limits.spend(peer, product, weight, at)?;
        let said = |name: &str| query.split('&').filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name);
        let allowance = if product == Product::Spot { Allowance::SPOT } else { Allowance::FUTURES };
        let shows_limits = said("returnRateLimits").is_none_or(|(_, value)| !value.eq_ignore_ascii_case("false"));
        let in_micros = said("timeUnit").is_some_and(|(_, value)| value.eq_ignore_ascii_case("microsecond"));
        let line = Line::new(allowance.for_calls(), at.clock);
        self.sockets.insert(socket, Socket { line, product, peer, login: None, shows_limits, in_micros });
        Ok(())
    }

    /// Whose API a socket speaks; that of streams, which know no statuses, does not matter.
    pub(super) fn product(&self, socket: SocketId) -> Product {
        self.sockets.get(&socket).map_or(Product::Spot, |socket| socket.product)
    }

    /// A request came.
    #[expect(clippy::too_many_arguments, reason = "a call needs the door, the streams, the world and the time")]
    pub(super) fn receive(
        &mut self,
        socket: SocketId,
        text: &str,
        door: &mut Door,
        streams: &mut Streams,
        world: &mut World,
        at: Moment,
        out: &mut Outbox,
    ) {
        let Some(known) = self.sockets.get_mut(&socket) else { return };
        let mut visit = Visit { socket, known, table: &self.table, door, streams, world, at, account: None };
        let (id, shows_limits, result) = match Request::read(text) {
            Ok(request) => {
                let said = request.text("returnRateLimits").map(|said| said == "true");
                let result = visit.run(&request, out);
                (request.id, said.unwrap_or(visit.known.shows_limits), result)
            }
            Err((id, error)) => (id, visit.known.shows_limits, Err(error)),
        };
        let result = result.map_err(|error| visit.with_retry(error));
        let limits = shows_limits.then(|| visit.limits());
        out.text(socket, Topic::Answer, frame::answer(&id, &result, limits.as_deref()));
    }

    /// Time has passed: pings, and connections that are over.
    pub(super) fn tick(&mut self, at: Moment, out: &mut Outbox) {
        self.sockets.retain(|id, socket| socket.line.tick(*id, at.clock, out));
    }

    /// A client has answered a ping.
    pub(super) fn pong(&mut self, socket: SocketId, at: Moment) {
        if let Some(socket) = self.sockets.get_mut(&socket) {
            socket.line.pong(at.clock);
        }
    }

    /// A socket is gone, and whatever it listened to.
    pub(super) fn disconnect(&mut self, socket: SocketId, streams: &mut Streams) {
        self.sockets.remove(&socket);
        streams.disconnect(socket);
    }

    /// Tells every socket that the server is about to go ("Server Shutdown").
    pub(super) fn announce_shutdown(&self, at: Moment, out: &mut Outbox) {
        let event = Object::event(Unit::Millis, "serverShutdown", at.clock).end();
        let text = Object::new(Unit::Millis).raw("event", &event).end();
        for socket in self.sockets.keys() {
            out.text(*socket, Topic::Control, text.clone());
        }
    }

    /// The exchange was started anew: sockets and logins are gone.
    pub(super) fn restart(&mut self) {
        self.sockets.clear();
    }
}

/// One request on its way through the door.
struct Visit<'a> {
    socket: SocketId,
    known: &'a mut Socket,
    table: &'a Table,
    door: &'a mut Door,
    streams: &'a mut Streams,
    world: &'a mut World,
    at: Moment,
    account: Option<AccountId>,
}

impl Visit<'_> {
    fn run(&mut self, request: &Request, out: &mut Outbox) -> Result<String, ApiError> {
        let product = self.known.product;
        let unknown = || ApiError::new(-1000, format!("unknown method `{}`", request.method));
        if session::is_ours(product, &request.method) {
            self.door.limits.spend(self.known.peer, product, session::WEIGHT, self.at)?;
            return self.session(request, out).ok_or_else(unknown)?;
        }
        let method = methods::find(product, &request.method).ok_or_else(unknown)?;
        let verb = match method.verb {
            Verb::Get => http::Method::GET,
            Verb::Post => http::Method::POST,
            Verb::Put => http::Method::PUT,
            Verb::Delete => http::Method::DELETE,
        };
        // The path alone finds the row: those of methods stand in one table only.
        let route = self.table.find("", &verb, method.path).ok_or_else(unknown)?;
        self.call(request, route)
    }

    fn session(&mut self, request: &Request, out: &mut Outbox) -> Option<Result<String, ApiError>> {
        let mut session = Session {
            socket: self.socket,
            product: self.known.product,
            login: &mut self.known.login,
            since: self.known.line.since,
            shows_limits: self.known.shows_limits,
            door: self.door,
            streams: self.streams,
            at: self.at,
        };
        session.run(request, out)
    }

    fn call(&mut self, request: &Request, route: &Route) -> Result<String, ApiError> {
        let (peer, at) = (self.known.peer, self.at);
        let params = request.call(self.known.in_micros);
        let weight = route.weight.of(&params);
        self.door.limits.spend(peer, route.product, weight, at)?;
        let key = self.key(request);
        let account = self.let_in(request, route, &key)?;
        let orders = (route.orders)(&params);
        if orders > 0 {
            self.door.limits.may_order(account, route.product, orders, at)?;
        }
        let (world, streams, door) = (&mut *self.world, &mut *self.streams, &*self.door);
        let mut call = Call { world, streams, door, product: route.product, params: &params, account, key: &key, at };
        let result = (route.handler)(&mut call);
        if result.is_ok() {
            self.door.limits.count_orders(account, route.product, orders, at);
            if rest::FREE_WHEN_DONE.contains(&(route.method, route.path)) {
                self.door.limits.give_back(peer, route.product, weight, at);
            }
        }
        result.map(|json| json.0)
    }

    /// The key of the request, or that of the login.
    fn key(&self, request: &Request) -> String {
        let login = self.known.login.as_ref().map(|login| login.key.as_str());
        request.text("apiKey").or(login).unwrap_or_default().to_owned()
    }

    fn let_in(&mut self, request: &Request, route: &Route, key: &str) -> Result<AccountId, ApiError> {
        let account = match route.security {
            Security::Open => return Ok(AccountId(0)),
            Security::Key => self.door.owner(key)?,
            // "You still have to specify the `timestamp` parameter for `SIGNED` requests."
            Security::Signed => match self.known.login.as_ref() {
                Some(login) if request.text("apiKey").is_none() && request.text("signature").is_none() => {
                    Door::timely(request.text("timestamp"), request.text("recvWindow"), self.at)?;
                    login.account
                }
                _ => session::check(self.door, request, key, self.at)?,
            },
        };
        self.account = Some(account);
        Ok(account)
    }

    /// "Rate-limited responses include a `retryAfter` field" (WebSocket API, "IP limits"): what is a header over HTTP.
    fn with_retry(&self, error: ApiError) -> ApiError {
        match error.status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::IM_A_TEAPOT => {
                let (peer, product) = (self.known.peer, self.known.product);
                let seconds = self.door.limits.retry_after(peer, product, error.status, self.at);
                error.with_retry(self.at.clock, seconds)
            }
            _ => error,
        }
    }

    /// What has been used of limits: of orders, where the request was an account's, and of weight.
    fn limits(&self) -> Vec<super::door::RateLimit> {
        let product = self.known.product;
        let orders = self.account.map(|account| self.door.limits.orders(account, product, self.at)).unwrap_or_default();
        let weights = self.door.limits.requests(self.known.peer, product, self.at);
        orders.into_iter().chain(weights.into_iter().filter(|limit| limit.rate_limit_type == "REQUEST_WEIGHT")).collect()
    }
}
