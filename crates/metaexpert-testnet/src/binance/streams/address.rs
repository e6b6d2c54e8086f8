//! Addresses of streams: which host and path carry what.
//!
//! The one decision: all that an address says is read into one value, so that nothing behind it asks for hosts or paths again. A base
//! URL without an original host (`ws://127.0.0.1:8900/ws`) is the address of every product at once.

use percent_encoding::percent_decode_str;

use super::{
    name::{Channel, Pace},
    wire::Unit,
};
use crate::listing::Class;

/// What an address says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Whose host it is.
    pub feed: Feed,
    /// Which of a host's paths it is.
    pub lane: Lane,
    /// Whether messages come in an envelope.
    pub is_combined: bool,
    /// In what times are told.
    pub unit: Unit,
    /// What it asks for: names of streams and listen keys.
    pub names: Vec<String>,
    /// Listen keys of the private path, each with the events that it is to carry; all where that is empty.
    pub keys: Vec<(String, Vec<String>)>,
}

/// A host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feed {
    /// `stream.binance.com`.
    Spot,
    /// `margin-stream.binance.com`.
    Margin,
    /// `fstream.binance.com`, which carries options too.
    UsdM,
    /// `dstream.binance.com`.
    CoinM,
    /// No host in particular.
    Any,
}

/// The paths of `fstream.binance.com` since 2026-04-23 ("Important WebSocket Change Notice").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Books and trades.
    Public,
    /// Everything else of markets.
    Market,
    /// Accounts.
    Private,
    /// No division.
    Whole,
}

impl Feed {
    /// The classes that it has streams of; a name is looked for in that order.
    pub(super) const fn classes(self) -> &'static [Class] {
        match self {
            Self::Spot => &[Class::Spot],
            Self::Margin => &[],
            Self::UsdM => &[Class::Linear, Class::Options],
            Self::CoinM => &[Class::Inverse],
            Self::Any => &Class::ALL,
        }
    }
}

impl Lane {
    /// Whether it carries a channel.
    pub(super) const fn carries(self, channel: Channel) -> bool {
        let is_public = matches!(
            channel,
            Channel::Best
                | Channel::Trade
                | Channel::Depth(Pace::Each | Pace::Ms100 | Pace::Ms250 | Pace::Ms500 | Pace::Second | Pace::Seconds3)
                | Channel::Partial(..)
                | Channel::OptionTicker
                | Channel::OptionTrade
        );
        match self {
            Self::Whole => true,
            Self::Public => is_public,
            Self::Market => !is_public,
            Self::Private => false,
        }
    }

    /// Whether it carries what happens to accounts.
    pub(super) const fn is_for_accounts(self) -> bool {
        matches!(self, Self::Whole | Self::Private)
    }
}

/// Reads an address; `None` where no streams are there.
pub(super) fn read(host: &str, path: &str, query: &str) -> Option<Address> {
    let mut feed = feed(host)?;
    let mut segments = path.split('/').filter(|segment| !segment.is_empty()).peekable();
    let lane = match segments.peek().copied() {
        Some("public") => Some(Lane::Public),
        Some("market") => Some(Lane::Market),
        Some("private") => Some(Lane::Private),
        _ => None,
    };
    if lane.is_some() {
        segments.next();
        feed = match feed {
            Feed::UsdM | Feed::Any => Feed::UsdM,
            Feed::Spot | Feed::Margin | Feed::CoinM => return None,
        };
    }
    // Who has not moved to the new paths gets what `/public` has, and nothing else.
    let lane = lane.unwrap_or(if feed == Feed::UsdM { Lane::Public } else { Lane::Whole });
    let is_combined = match segments.next()? {
        "ws" => false,
        "stream" => true,
        _ => return None,
    };
    let mut address = Address { feed, lane, is_combined, unit: Unit::Millis, names: Vec::new(), keys: Vec::new() };
    // Some clients number their connections in the path (`/ws/0`): a number is nobody's name.
    let named = segments.map(decoded).filter(|segment| !segment.bytes().all(|byte| byte.is_ascii_digit()));
    address.names.extend(named);
    address.ask(query);
    Some(address)
}

impl Address {
    fn ask(&mut self, query: &str) {
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decoded(value);
            let parts = value.split('/').filter(|part| !part.is_empty()).map(str::to_owned);
            match name {
                "streams" => self.names.extend(parts),
                "listenKey" => self.keys.push((value, Vec::new())),
                "events" => {
                    if let Some((_, events)) = self.keys.last_mut() {
                        events.extend(parts);
                    }
                }
                "timeUnit" if value.eq_ignore_ascii_case("microsecond") && self.feed == Feed::Spot => self.unit = Unit::Micros,
                _ => {}
            }
        }
    }
}

fn feed(host: &str) -> Option<Feed> {
    Some(match host {
        "" => Feed::Any,
        "stream.binance.com"
        | "data-stream.binance.vision"
        | "demo-stream.binance.com"
        | "stream.testnet.binance.vision"
        | "testnet.binance.vision" => Feed::Spot,
        "margin-stream.binance.com" => Feed::Margin,
        "fstream.binance.com" | "demo-fstream.binance.com" | "fstream.binancefuture.com" | "stream.binancefuture.com" => {
            Feed::UsdM
        }
        "dstream.binance.com" | "demo-dstream.binance.com" | "dstream.binancefuture.com" => Feed::CoinM,
        _ => return None,
    })
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(host: &str, path: &str, query: &str) -> (Feed, Lane, bool, Vec<String>) {
        let address = read(host, path, query).unwrap();
        (address.feed, address.lane, address.is_combined, address.names)
    }

    #[test]
    fn a_raw_address_names_its_streams_in_the_path_and_a_combined_one_in_the_query() {
        let both = vec!["btcusdt@trade".to_owned(), "ethusdt@depth".to_owned()];
        let spot = "stream.binance.com";
        assert_eq!(names(spot, "/ws/btcusdt@trade", ""), (Feed::Spot, Lane::Whole, false, both[..1].to_vec()));
        assert_eq!(names(spot, "/stream", "streams=btcusdt@trade/ethusdt@depth"), (Feed::Spot, Lane::Whole, true, both.clone()));
        assert_eq!(names(spot, "/stream", "streams=btcusdt%40trade%2Fethusdt@depth").3, both);
    }

    #[test]
    fn a_number_behind_the_path_is_only_the_client_s_counter() {
        for path in ["/ws", "/ws/", "/ws/0", "/ws/17"] {
            assert_eq!(names("stream.binance.com", path, "").3, Vec::<String>::new(), "{path}");
        }
    }

    #[test]
    fn the_old_path_of_linear_futures_carries_what_the_public_one_does() {
        assert_eq!(names("fstream.binance.com", "/ws", "").1, Lane::Public);
        assert_eq!(names("fstream.binance.com", "/market/ws/3", "").1, Lane::Market);
        assert_eq!(names("dstream.binance.com", "/ws", "").1, Lane::Whole);
        assert!(Lane::Public.carries(Channel::Trade) && !Lane::Public.carries(Channel::Ticker));
        assert!(Lane::Market.carries(Channel::Ticker) && !Lane::Market.carries(Channel::Depth(Pace::Ms100)));
        assert!(Lane::Private.is_for_accounts() && !Lane::Public.is_for_accounts());
    }

    #[test]
    fn the_private_path_names_keys_and_the_events_of_each() {
        let address =
            read("fstream.binance.com", "/private/ws", "listenKey=a&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE&listenKey=b")
                .unwrap();
        let events = vec!["ORDER_TRADE_UPDATE".to_owned(), "ACCOUNT_UPDATE".to_owned()];
        assert_eq!(address.keys, [("a".to_owned(), events), ("b".to_owned(), Vec::new())]);
    }

    #[test]
    fn an_address_of_something_else_has_no_streams() {
        for (host, path) in
            [("api.binance.com", "/ws"), ("stream.binance.com", "/api/v3/time"), ("dstream.binance.com", "/public/ws")]
        {
            assert_eq!(read(host, path, ""), None, "{host}{path}");
        }
    }
}
