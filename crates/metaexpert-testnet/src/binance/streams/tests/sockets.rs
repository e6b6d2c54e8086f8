//! Subscriptions, envelopes, limits, listen keys.

use super::floor::{ALICE, Hall, LINEAR, SOCKET, SPOT, listening, moment, ms, print};
use crate::{
    binance::streams::keys::Seat,
    news::{AccountNews, MarketNews, News},
    order::AccountId,
    protocol::{Outbox, SocketId},
};

const STREAM: &str = "stream.binance.com";
const FSTREAM: &str = "fstream.binance.com";

fn trade(market: crate::listing::MarketId) -> News {
    News::Market(market, MarketNews::Print(print(1)))
}

fn leverage() -> News {
    News::Account(ALICE, Box::new(AccountNews::Leverage { time: ms(0), market: LINEAR, leverage: 7 }))
}

#[test]
fn a_socket_hears_what_it_subscribes_to_until_it_unsubscribes() {
    let mut hall = listening(STREAM, "/ws/0");
    assert_eq!(hall.say(SOCKET, r#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#), [r#"{"result":null,"id":1}"#]);
    hall.tell(&[trade(SPOT)]);
    assert_eq!(hall.sent(SOCKET).len(), 1);
    assert_eq!(hall.say(SOCKET, r#"{"method":"LIST_SUBSCRIPTIONS","id":2}"#), [r#"{"result":["btcusdt@trade"],"id":2}"#]);
    assert_eq!(
        hall.say(SOCKET, r#"{"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":"z"}"#),
        [r#"{"result":null,"id":"z"}"#]
    );
    hall.tell(&[trade(SPOT)]);
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new());
    assert_eq!(hall.say(SOCKET, r#"{"method":"LIST_SUBSCRIPTIONS","id":3}"#), [r#"{"result":[],"id":3}"#]);
}

#[test]
fn combined_streams_come_in_envelopes_and_a_socket_may_change_its_mind() {
    let mut hall = Hall::new();
    hall.connect(SOCKET, STREAM, "/stream", "streams=btcusdt@trade/ethusdt@trade");
    hall.tell(&[trade(SPOT)]);
    let [sent] = hall.sent(SOCKET).try_into().unwrap();
    assert!(sent.starts_with(r#"{"stream":"btcusdt@trade","data":{"e":"trade""#), "{sent}");
    assert_eq!(hall.say(SOCKET, r#"{"method":"GET_PROPERTY","params":["combined"],"id":1}"#), [r#"{"result":true,"id":1}"#]);
    hall.say(SOCKET, r#"{"method":"SET_PROPERTY","params":["combined",false],"id":2}"#);
    hall.tell(&[trade(SPOT)]);
    let [sent] = hall.sent(SOCKET).try_into().unwrap();
    assert!(sent.starts_with(r#"{"e":"trade""#), "{sent}");
}

#[test]
fn an_unknown_symbol_is_taken_and_stays_silent() {
    let mut hall = listening(STREAM, "/ws");
    for name in ["dogeusdt@trade", "BTCUSDT@trade", "btcusdt@nothing", "btcusd_perp@trade", "nonsense"] {
        let text = format!(r#"{{"method":"SUBSCRIBE","params":["{name}"],"id":1}}"#);
        assert_eq!(hall.say(SOCKET, &text), [r#"{"result":null,"id":1}"#], "{name}");
        hall.now += 1_000;
    }
    hall.tell(&[trade(SPOT)]);
    hall.step(600);
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new());
}

#[test]
fn each_path_of_linear_futures_carries_its_own_streams_only() {
    for (path, hears) in [("/public/ws", true), ("/market/ws", false), ("/private/ws", false), ("/ws", true)] {
        let mut hall = listening(FSTREAM, &format!("{path}/btcusdt@trade"));
        hall.tell(&[trade(LINEAR)]);
        assert_eq!(!hall.sent(SOCKET).is_empty(), hears, "trades at {path}");
    }
    for (path, hears) in [("/public/ws", false), ("/market/ws", true), ("/private/ws", false), ("/ws", false)] {
        let mut hall = listening(FSTREAM, &format!("{path}/btcusdt@markPrice@1s"));
        hall.step(10);
        assert_eq!(!hall.sent(SOCKET).is_empty(), hears, "mark prices at {path}");
    }
}

#[test]
fn a_base_url_without_a_host_finds_the_product_by_the_symbol() {
    for (name, market) in [
        ("btcusdt@trade", SPOT),
        ("btcusd_perp@trade", super::floor::INVERSE),
        ("btc-261225-90000-c@optionTrade", super::floor::OPTION),
    ] {
        let mut hall = listening("", &format!("/ws/{name}"));
        hall.tell(&[trade(market)]);
        assert_eq!(hall.sent(SOCKET).len(), 1, "{name}");
    }
}

#[test]
fn one_text_goes_to_all_who_listen_and_who_leaves_hears_no_more() {
    let mut hall = Hall::new();
    let other = SocketId(2);
    hall.connect(SOCKET, STREAM, "/ws/btcusdt@trade", "");
    hall.connect(other, STREAM, "/ws/btcusdt@trade", "");
    hall.tell(&[trade(SPOT)]);
    assert_eq!(hall.out.take().into_iter().map(|(socket, _)| socket).collect::<Vec<_>>(), [SOCKET, other]);
    hall.streams.disconnect(SOCKET);
    hall.tell(&[trade(SPOT)]);
    assert_eq!(hall.out.take().into_iter().map(|(socket, _)| socket).collect::<Vec<_>>(), [other]);
}

#[test]
fn who_speaks_too_fast_or_asks_for_too_much_is_cut_off() {
    let mut hall = listening(STREAM, "/ws");
    for _ in 0..5 {
        assert_eq!(hall.say(SOCKET, r#"{"method":"LIST_SUBSCRIPTIONS","id":1}"#).len(), 1);
    }
    assert_eq!(hall.say(SOCKET, r#"{"method":"LIST_SUBSCRIPTIONS","id":1}"#), ["closed: 1008 Too many requests"]);
    let mut hall = listening(STREAM, "/ws");
    let names: Vec<String> = (0..1_025).map(|number| format!(r#""coin{number}@trade""#)).collect();
    let text = format!(r#"{{"method":"SUBSCRIBE","params":[{}],"id":1}}"#, names.join(","));
    assert_eq!(hall.say(SOCKET, &text), [r#"{"result":null,"id":1}"#, "closed: 1008 Too many streams"]);
}

#[test]
fn a_listen_key_is_heard_on_its_own_host_and_path() {
    let mut hall = Hall::new();
    let key = hall.streams.keys.open(ALICE, Seat::UsdM, ms(0));
    for (number, (host, path, query, hears)) in [
        (FSTREAM, "/private/ws", format!("listenKey={key}"), true),
        (FSTREAM, "/private/ws", format!("listenKey={key}&events=ACCOUNT_CONFIG_UPDATE"), true),
        (FSTREAM, "/private/ws", format!("listenKey={key}&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE"), false),
        (FSTREAM, &*format!("/private/ws/{key}"), String::new(), true),
        (FSTREAM, &*format!("/ws/{key}"), String::new(), false),
        ("dstream.binance.com", &*format!("/ws/{key}"), String::new(), false),
        ("", &*format!("/ws/{key}"), String::new(), true),
    ]
    .into_iter()
    .enumerate()
    {
        let socket = SocketId(u64::try_from(number).unwrap());
        hall.connect(socket, host, path, &query);
        hall.tell(&[leverage()]);
        let event = r#"{"e":"ACCOUNT_CONFIG_UPDATE","E":1795132800000,"T":1795132800000,"ac":{"s":"BTCUSDT","l":7}}"#;
        let expected = if hears { vec![event.to_owned()] } else { Vec::new() };
        assert_eq!(hall.sent(socket), expected, "{host}{path}?{query}");
        hall.streams.disconnect(socket);
    }
}

#[test]
fn a_key_that_is_over_says_so_and_falls_silent() {
    let mut hall = Hall::new();
    let key = hall.streams.keys.open(ALICE, Seat::UsdM, ms(0));
    hall.connect(SOCKET, FSTREAM, "/private/stream", &format!("listenKey={key}"));
    hall.streams.pass_time(moment(3_599_999), &mut Outbox::default());
    hall.tell(&[leverage()]);
    let [sent] = hall.sent(SOCKET).try_into().unwrap();
    assert!(sent.starts_with(&format!(r#"{{"stream":"{key}","data":{{"e":"ACCOUNT_CONFIG_UPDATE""#)), "{sent}");
    hall.streams.pong(SOCKET, moment(3_599_999));
    hall.streams.pass_time(moment(3_600_000), &mut hall.out);
    let expired = format!(r#"{{"stream":"{key}","data":{{"e":"listenKeyExpired","E":1795136400000,"listenKey":"{key}"}}}}"#);
    assert_eq!(hall.sent(SOCKET), [expired]);
    hall.tell(&[leverage()]);
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new());
}

#[test]
fn keys_can_be_made_stale_and_outlive_a_restart() {
    let mut hall = Hall::new();
    let key = hall.streams.keys.open(ALICE, Seat::UsdM, ms(0));
    hall.streams.restart();
    hall.connect(SOCKET, FSTREAM, "/private/ws", &format!("listenKey={key}"));
    hall.tell(&[leverage()]);
    assert_eq!(hall.sent(SOCKET).len(), 1);
    hall.streams.expire_keys(Some(AccountId(9)), moment(0), &mut hall.out);
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new(), "another account's");
    hall.streams.expire_keys(None, moment(0), &mut hall.out);
    assert_eq!(hall.sent(SOCKET), [format!(r#"{{"e":"listenKeyExpired","E":1795132800000,"listenKey":"{key}"}}"#)]);
}

#[test]
fn a_shutdown_is_announced_to_everybody() {
    let mut hall = Hall::new();
    hall.connect(SOCKET, STREAM, "/ws", "");
    hall.connect(SocketId(2), STREAM, "/stream", "");
    hall.streams.announce_shutdown(moment(0), &mut hall.out);
    let event = r#"{"e":"serverShutdown","E":1795132800000}"#;
    let sent: Vec<String> = hall.out.take().into_iter().map(|(_, message)| format!("{message:?}")).collect();
    assert!(sent[0].contains(&event.replace('"', "\\\"")), "{sent:?}");
    assert!(sent[1].contains(&format!(r#"{{"stream":"!serverShutdown","data":{event}}}"#).replace('"', "\\\"")), "{sent:?}");
}
