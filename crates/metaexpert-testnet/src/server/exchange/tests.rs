//! An exchange that says back what it is told, and everything that can go wrong with it.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use metaexpert_core::UnixNanos;

use super::*;
use crate::{
    audit::{Delivery, SocketState},
    faults::from_flag,
    news::News,
    protocol::{Failure, KeySecret, Message, Reply, Request, SocketId, Topic},
    server::{Fate, Line},
};

/// When these exchanges begin: 2026-01-05, a Monday.
pub(crate) const START: UnixNanos = UnixNanos::from_nanos(1_767_571_200_000_000_000);

/// A protocol that says back what it is told.
#[derive(Debug, Default)]
struct Echo {
    sockets: BTreeSet<SocketId>,
    calls: u64,
}

impl Echo {
    fn reply(status: u16, body: String) -> Reply {
        let status = StatusCode::from_u16(status).unwrap();
        Reply { status, headers: HeaderMap::new(), body: Bytes::from(body), account: None }
    }
}

impl Protocol for Echo {
    fn name(&self) -> &'static str {
        "echo"
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.example.com", "stream.example.com"]
    }

    fn call(&mut self, _world: &mut World, request: &Request, at: Moment) -> Reply {
        self.calls += 1;
        let body = String::from_utf8_lossy(&request.body);
        let said = format!("{} {}{} {} {body}", request.method, request.host, request.path, request.query);
        Self::reply(200, format!(r#"{{"call":{},"clock":{},"said":"{said}"}}"#, self.calls, at.clock.as_nanos()))
    }

    fn connect(
        &mut self,
        _world: &mut World,
        socket: SocketId,
        request: &Request,
        _at: Moment,
        out: &mut Outbox,
    ) -> Result<(), Box<Reply>> {
        if request.path == "/refused" {
            return Err(Box::new(Self::reply(400, r#"{"code":-1}"#.to_owned())));
        }
        self.sockets.insert(socket);
        out.text(socket, Topic::Control, "welcome");
        Ok(())
    }

    fn receive(&mut self, _world: &mut World, socket: SocketId, text: &str, _at: Moment, out: &mut Outbox) {
        self.calls += 1;
        match text {
            "bye" => out.push(socket, Message::Close(4000, "as asked".into())),
            "news" => self.sockets.iter().for_each(|one| out.text(*one, Topic::Account, "news of an account")),
            _ => out.text(socket, Topic::Answer, format!("you said {text}")),
        }
    }

    fn pong(&mut self, _socket: SocketId, _at: Moment) {
        self.calls += 100;
    }

    fn disconnect(&mut self, socket: SocketId) {
        self.sockets.remove(&socket);
    }

    fn tell(&mut self, _world: &World, news: &[News], _at: Moment, out: &mut Outbox) {
        for news in news {
            if let News::Step(_, number) = news {
                self.sockets.iter().for_each(|socket| out.text(*socket, Topic::Market, format!("step {number}")));
            }
        }
    }

    fn tick(&mut self, _world: &mut World, _at: Moment, _out: &mut Outbox) {}

    fn fail(&self, _request: &Request, failure: Failure, _at: Moment) -> Reply {
        let (status, code) = match failure {
            Failure::TooManyRequests(_) => (429, -1003),
            Failure::Banned(_) => (418, -1003),
            Failure::TooManyOrders => (429, -1015),
            Failure::Internal(status) => (status, -1000),
            Failure::Disconnected => (500, -1001),
            Failure::UnexpectedAnswer => (500, -1006),
            Failure::Timeout => (408, -1007),
            Failure::Timestamp => (400, -1021),
            Failure::Maintenance => (503, -1016),
        };
        Self::reply(status, format!(r#"{{"code":{code}}}"#))
    }

    fn fail_on_socket(&self, _socket: SocketId, text: &str, failure: Failure, _at: Moment) -> Option<String> {
        (text != "news").then(|| format!("{failure:?} for {text}"))
    }

    fn check_key(&self, _key: &str, _secret: &KeySecret) -> Result<(), String> {
        Ok(())
    }

    fn add_key(&mut self, _account: AccountId, _key: &str, _secret: &KeySecret) -> Result<(), String> {
        Ok(())
    }

    fn announce_restart(&mut self, _at: Moment, out: &mut Outbox) {
        self.sockets.iter().for_each(|socket| out.text(*socket, Topic::Control, "about to end"));
    }

    fn expire_keys(&mut self, _account: Option<AccountId>, _at: Moment, out: &mut Outbox) {
        self.sockets.iter().for_each(|socket| out.text(*socket, Topic::Account, "the key is stale"));
    }

    fn restart(&mut self) {
        self.calls = 0;
    }
}

/// Makes an exchange that says back what it is told.
pub(crate) fn echo() -> Maker {
    Box::new(|start| {
        let key = IssuedKey { account: "trader".into(), key: "THE-KEY".into(), secret: KeySecret::Hmac("s".into()) };
        Ok(Made { world: empty_world(start), protocol: Box::new(Echo::default()), keys: vec![key] })
    })
}

fn empty_world(start: UnixNanos) -> World {
    let markets = crate::market::Markets::new(Vec::new(), &crate::market::PriceSources::default(), start, 1).unwrap();
    World::new(crate::world::WorldSetup { markets, start, accounts: Vec::new() })
}

fn exchange(faults: &[&str]) -> Exchange {
    let mut exchange = Exchange::new(echo(), Clock::new(crate::clock::Time::Manual), START, 1.0, 7).unwrap();
    for fault in faults {
        exchange.add_fault(from_flag(fault).unwrap());
    }
    exchange
}

fn request(path: &str) -> Request {
    Request {
        host: "api.example.com".into(),
        method: Method::GET,
        path: path.into(),
        query: "symbol=BTCUSDT&signature=abc".into(),
        headers: [(http::HeaderName::from_static("x-key"), http::HeaderValue::from_static("THE-KEY"))].into_iter().collect(),
        body: Bytes::new(),
        peer: IpAddr::from([127, 0, 0, 1]),
    }
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What a socket has been sent and nobody has taken.
fn sent(line: &mut Line) -> Vec<String> {
    std::iter::from_fn(|| line.messages.try_recv().ok())
        .map(|message| match message {
            Message::Text(_, text) => text.as_str().to_owned(),
            Message::Ping(_) => "ping".to_owned(),
            Message::Close(code, reason) => format!("close {code} {reason}"),
        })
        .collect()
}

fn socket(exchange: &mut Exchange) -> Line {
    let mut line = exchange.connect(&request("/ws")).unwrap();
    let _ = sent(&mut line);
    line
}

fn say(exchange: &mut Exchange, line: &mut Line, texts: &[&str]) -> Vec<String> {
    for text in texts {
        exchange.receive(line.id, text);
    }
    sent(line)
}

fn body(answer: &Answer) -> String {
    String::from_utf8(answer.reply.body.to_vec()).unwrap()
}

#[test]
fn a_request_is_answered_and_put_down_without_its_signature() {
    let mut exchange = exchange(&[]);
    let answer = exchange.call(&request("/api/v3/time"));
    assert_eq!((answer.reply.status.as_u16(), answer.delivery), (200, Delivery::Whole));
    let seen = exchange.audit().requests().next().unwrap();
    assert_eq!(seen.number, answer.number);
    assert_eq!(seen.request.query, "symbol=BTCUSDT&signature=***");
    assert_eq!(seen.request.account.as_deref(), Some("trader"), "the key says whose it is");
    assert!(seen.request.is_handled && !seen.request.answer.contains("abc"));
}

#[test]
fn time_by_hand_is_all_the_time_there_is() {
    let mut exchange = exchange(&[]);
    let mut line = socket(&mut exchange);
    exchange.set_speed(60.0);
    assert!(exchange.advance(ms(1_050)));
    assert_eq!(sent(&mut line).len(), 10, "a step every 100 ms");
    let now = exchange.now();
    assert_eq!(now.clock.nanos_since(START), 1_050_000_000);
    assert_eq!(now.market.nanos_since(START), 63_000_000_000);
    assert_eq!(exchange.world().now(), now.market);
}

#[test]
fn a_failure_before_the_request_keeps_it_from_being_handled() {
    for (fault, status, code) in [
        ("429 seconds=3", 429, -1003),
        ("418", 418, -1003),
        ("-1003", 429, -1003),
        ("too-many-orders", 429, -1015),
        ("500", 500, -1000),
        ("503", 503, -1000),
        ("504", 504, -1000),
        ("-1001", 500, -1001),
        ("-1006", 500, -1006),
        ("-1007", 408, -1007),
        ("-1021", 400, -1021),
        ("maintenance", 503, -1016),
    ] {
        let mut exchange = exchange(&[fault]);
        let answer = exchange.call(&request("/api/v3/order"));
        assert_eq!(answer.reply.status.as_u16(), status, "{fault}");
        let seen = exchange.audit().requests().next().unwrap().request;
        assert_eq!((seen.is_handled, seen.code, seen.faults.as_slice()), (false, Some(code), [1].as_slice()), "{fault}");
        exchange.clear_faults();
        assert!(body(&exchange.call(&request("/"))).contains(r#""call":1,"#), "the one before was not handled");
    }
}

#[test]
fn a_failure_after_the_request_loses_only_the_acknowledgement() {
    for fault in ["503 on=answer", "-1006 on=answer", "-1007 on=answer"] {
        let mut exchange = exchange(&[fault]);
        let answer = exchange.call(&request("/api/v3/order"));
        assert!(answer.reply.status.as_u16() >= 400, "{fault}");
        assert!(exchange.audit().requests().next().unwrap().request.is_handled, "{fault}");
        exchange.clear_faults();
        assert!(body(&exchange.call(&request("/"))).contains(r#""call":2,"#), "the one before was handled");
        assert_eq!(exchange.audit().faults().count(), 1);
    }
}

#[test]
fn an_answer_may_be_late_cut_halved_or_never_come() {
    for (fault, delivery, is_handled) in [
        ("cut", Delivery::Cut, true),
        ("cut on=request", Delivery::Cut, false),
        ("drop over=rest", Delivery::Never, true),
        ("drop on=request", Delivery::Never, false),
        ("half-open on=answer", Delivery::Never, true),
        ("truncate", Delivery::Half, true),
    ] {
        let mut exchange = exchange(&[fault]);
        let answer = exchange.call(&request("/api/v3/order"));
        let seen = exchange.audit().requests().next().unwrap().request;
        assert_eq!((answer.delivery, seen.delivery, seen.is_handled), (delivery, delivery, is_handled), "{fault}");
    }
    let mut exchange = exchange(&["latency delay=200ms", "latency delay=100ms on=request"]);
    let passage = exchange.arrive(&request("/"), crate::faults::Over::Rest);
    assert_eq!(passage.due, ms(100));
    exchange.advance(ms(100));
    assert_eq!(exchange.answer(&request("/"), passage).due, ms(300));
}

#[test]
fn messages_may_be_dropped_doubled_reordered_or_halved() {
    for (fault, got) in [
        ("drop every=2 topic=answer", vec!["you said a", "you said c"]),
        ("duplicate every=2 topic=answer", vec!["you said a", "you said b", "you said b", "you said c"]),
        ("reorder after=1 times=1 topic=answer", vec!["you said a", "you said c", "you said b"]),
        ("truncate on=message after=1 times=1 topic=answer", vec!["you said a", "you s", "you said c"]),
        ("truncate after=1 times=1", vec!["you said a", "you s", "you said c"]),
        ("drop topic=market", vec!["you said a", "you said b", "you said c"]),
        ("drop on=request every=2", vec!["you said a", "you said c"]),
        ("-1007", vec!["Timeout for a", "Timeout for b", "Timeout for c"]),
        ("-1007 on=answer every=3", vec!["you said a", "you said b", "Timeout for c"]),
    ] {
        let mut exchange = exchange(&[]);
        let mut line = socket(&mut exchange);
        exchange.add_fault(from_flag(fault).unwrap());
        assert_eq!(say(&mut exchange, &mut line, &["a", "b", "c"]), got, "{fault}");
    }
}

#[test]
fn a_lost_acknowledgement_over_a_socket_was_handled() {
    let mut exchange = exchange(&["-1006 on=answer"]);
    let mut line = socket(&mut exchange);
    assert_eq!(say(&mut exchange, &mut line, &["a"]), ["UnexpectedAnswer for a"]);
    exchange.clear_faults();
    assert!(body(&exchange.call(&request("/"))).contains(r#""call":2,"#));
}

#[test]
fn a_late_message_holds_up_those_behind_it() {
    let mut exchange = exchange(&["latency delay=250ms on=message times=1 topic=answer"]);
    let mut line = socket(&mut exchange);
    assert_eq!(say(&mut exchange, &mut line, &["a", "b"]), [""; 0]);
    exchange.advance(ms(220));
    assert_eq!(sent(&mut line), [""; 0], "the steps at 100 and 200 ms wait, too");
    exchange.advance(ms(100));
    assert_eq!(sent(&mut line), ["you said a", "you said b", "step 1", "step 2", "step 3"]);
}

#[test]
fn a_late_request_is_handled_when_it_arrives_and_in_its_turn() {
    let mut exchange = exchange(&[]);
    let mut line = socket(&mut exchange);
    exchange.add_fault(from_flag("latency delay=50ms on=request over=ws times=1").unwrap());
    assert_eq!(say(&mut exchange, &mut line, &["a", "b"]), [""; 0]);
    exchange.advance(ms(60));
    assert_eq!(sent(&mut line), ["you said a", "you said b"]);
}

#[test]
fn what_accounts_are_told_may_be_late_or_doubled_alone() {
    let mut exchange = exchange(&["duplicate topic=account"]);
    let mut line = socket(&mut exchange);
    assert_eq!(say(&mut exchange, &mut line, &["news", "a"]), ["news of an account", "news of an account", "you said a"]);
}

#[test]
fn a_half_open_socket_is_silent_both_ways_and_stays() {
    let mut exchange = exchange(&["half-open after=1 topic=answer"]);
    let mut line = socket(&mut exchange);
    assert_eq!(say(&mut exchange, &mut line, &["a", "b", "c"]), ["you said a"]);
    assert_eq!(*line.fate.borrow(), Fate::HalfOpen);
    exchange.advance(ms(300));
    assert_eq!(sent(&mut line), [""; 0]);
    assert_eq!(exchange.audit().frames().count(), 2, "what is sent into the dead connection does not arrive");
    let states: Vec<_> = exchange.audit().sockets().map(|socket| socket.state.clone()).collect();
    assert_eq!(states, [SocketState::Open, SocketState::HalfOpen]);
}

#[test]
fn a_socket_may_be_cut_before_or_after_its_request_was_handled() {
    for (fault, calls) in [("cut on=request over=ws contains=b", 1), ("cut over=ws contains=b", 2)] {
        let mut exchange = exchange(&[]);
        let mut line = socket(&mut exchange);
        exchange.add_fault(from_flag(fault).unwrap());
        assert_eq!(say(&mut exchange, &mut line, &["a", "b", "c"]), ["you said a"], "{fault}");
        assert_eq!(*line.fate.borrow(), Fate::Cut);
        assert!(body(&exchange.call(&request("/"))).contains(&format!(r#""call":{},"#, calls + 1)), "{fault}");
    }
}

#[test]
fn an_opening_may_be_refused_by_the_protocol_and_by_faults() {
    let mut open = exchange(&[]);
    assert_eq!(open.connect(&request("/refused")).unwrap_err().reply.status.as_u16(), 400);
    let mut busy = exchange(&["429 over=ws"]);
    assert_eq!(busy.connect(&request("/ws")).unwrap_err().reply.status.as_u16(), 429);
    let mut cut = exchange(&["cut on=request over=ws"]);
    assert_eq!(cut.connect(&request("/ws")).unwrap_err().delivery, Delivery::Cut);
}

#[test]
fn maintenance_closes_sockets_and_refuses_everything_until_it_is_over() {
    let mut exchange = exchange(&["maintenance from=200ms until=500ms"]);
    let mut line = socket(&mut exchange);
    exchange.advance(ms(250));
    assert_eq!(sent(&mut line), ["step 1", "step 2", "close 1001 maintenance"]);
    assert_eq!(exchange.call(&request("/")).reply.status.as_u16(), 503);
    assert!(exchange.connect(&request("/ws")).is_err());
    exchange.advance(ms(300));
    assert_eq!(exchange.call(&request("/")).reply.status.as_u16(), 200);
}

#[test]
fn a_skewed_clock_is_off_while_it_lasts_and_the_markets_are_not() {
    let mut exchange = exchange(&["clock-skew skew=-1500ms from=1s until=2s"]);
    let off = |exchange: &mut Exchange| {
        let now = exchange.now();
        now.market.nanos_since(now.clock)
    };
    assert_eq!(off(&mut exchange), 0);
    exchange.advance(ms(1_000));
    assert_eq!(off(&mut exchange), 1_500_000_000);
    exchange.advance(ms(1_000));
    assert_eq!(off(&mut exchange), 0);
}

#[test]
fn a_restart_cuts_sockets_and_forgets_what_it_is_told_to_forget() {
    for (fault, time) in [("restart from=1s", START), ("restart state=lost from=1s", START.saturating_add_nanos(1_000_000_000))] {
        let mut exchange = exchange(&[fault]);
        let line = socket(&mut exchange);
        let _ = exchange.call(&request("/"));
        exchange.advance(ms(1_000));
        assert_eq!(*line.fate.borrow(), Fate::Cut, "{fault}");
        assert!(body(&exchange.call(&request("/"))).contains(r#""call":1,"#), "what was counted is gone");
        assert!(exchange.world().now() >= time);
        exchange.advance(ms(5_000));
        assert_eq!(exchange.audit().faults().count(), 1, "once");
    }
}

#[test]
fn listen_keys_go_stale_after_so_many_requests() {
    let mut exchange = exchange(&["stale-listen-keys after=1"]);
    let mut line = socket(&mut exchange);
    let _ = exchange.call(&request("/"));
    assert_eq!(sent(&mut line), [""; 0]);
    let _ = exchange.call(&request("/"));
    assert_eq!(sent(&mut line), ["the key is stale"]);
}

#[test]
fn who_does_not_take_what_is_sent_is_cut_off() {
    let mut exchange = exchange(&[]);
    let line = socket(&mut exchange);
    for _ in 0..40_000 {
        exchange.receive(line.id, "a");
    }
    assert_eq!(*line.fate.borrow(), Fate::Cut);
    let gone = exchange.audit().sockets().last().unwrap().state.clone();
    assert!(matches!(&gone, SocketState::Gone { why, .. } if why.starts_with("too slow")), "{gone:?}");
}

#[test]
fn a_close_that_the_protocol_sends_comes_after_what_was_sent_before() {
    let mut exchange = exchange(&[]);
    let mut line = socket(&mut exchange);
    assert_eq!(say(&mut exchange, &mut line, &["a", "bye", "b"]), ["you said a", "close 4000 as asked"]);
    assert!(line.messages.is_closed());
}

#[test]
fn the_same_seed_and_the_same_requests_are_the_same_day() {
    let day = || {
        let mut exchange =
            exchange(&["drop p=0.3 topic=answer", "latency delay=10ms jitter=90ms on=message", "503 p=0.2 over=rest"]);
        let mut line = socket(&mut exchange);
        for number in 0..50 {
            exchange.receive(line.id, &number.to_string());
            let _ = exchange.call(&request("/"));
            exchange.advance(ms(37));
        }
        (sent(&mut line), serde_json::to_string(&exchange.audit().lines().collect::<Vec<_>>()).unwrap())
    };
    assert_eq!(day(), day());
}
