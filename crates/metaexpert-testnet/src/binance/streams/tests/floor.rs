//! A board with numbers of its own, and somebody who listens.

use metaexpert_core::{
    Currency, Instrument, InstrumentKind, InstrumentRules, OptionTerms, Payoff, Percent, Price, Right, Side, Symbol, UnixNanos,
};
use rust_decimal::{Decimal, dec};

use crate::{
    binance::streams::{Streams, board::Board},
    listing::{Class, Listing, MarketId, OrderLimits},
    market::{AggregateTrade, Kline, Series, Statistics},
    news::{Marks, News, Print, Quote},
    order::{AccountId, Order, OrderId},
    protocol::{Message, Moment, Outbox, SocketId},
    wallet::Wallet,
};

pub(super) const SPOT: MarketId = MarketId(0);
pub(super) const LINEAR: MarketId = MarketId(1);
pub(super) const QUARTER: MarketId = MarketId(2);
pub(super) const INVERSE: MarketId = MarketId(3);
pub(super) const OPTION: MarketId = MarketId(4);
pub(super) const ALICE: AccountId = AccountId(0);
pub(super) const SOCKET: SocketId = SocketId(1);

/// 2026-11-20 00:00 UTC, in milliseconds.
pub(super) const START: i64 = 1_795_132_800_000;

/// So many milliseconds after the start.
pub(super) fn ms(after: i64) -> UnixNanos {
    UnixNanos::from_millis(START + after).unwrap()
}

pub(super) fn moment(after: i64) -> Moment {
    Moment { clock: ms(after), market: ms(after) }
}

/// The board.
#[derive(Debug)]
pub(super) struct Floor {
    listings: Vec<Listing>,
    /// Aggregated trades of every market.
    pub aggregates: Vec<AggregateTrade>,
    /// Bars of every market, the last of which goes on.
    pub bars: Vec<Kline>,
    /// The number of every book.
    pub update_id: u64,
    /// Orders that are known.
    pub orders: Vec<Order>,
    /// What cross margin wallets hold.
    pub assets: Decimal,
}

impl Floor {
    pub(super) fn new() -> Self {
        let quarter = UnixNanos::parse("2026-12-25T08:00:00Z").unwrap();
        let strike = Price::new(dec!(90000)).unwrap();
        let dated = InstrumentKind::Dated { payoff: Payoff::Linear, delivery: quarter };
        let option = InstrumentKind::Option(OptionTerms { right: Right::Call, strike, expiry: quarter });
        let listings = vec![
            listing(Class::Spot, "BTCUSDT", "USDT", InstrumentKind::Spot, (dec!(0.01), dec!(0.00001))),
            listing(Class::Linear, "BTCUSDT", "USDT", InstrumentKind::LINEAR_PERPETUAL, (dec!(0.10), dec!(0.001))),
            listing(Class::Linear, "BTCUSDT_261225", "USDT", dated, (dec!(0.1), dec!(0.001))),
            listing(Class::Inverse, "BTCUSD_PERP", "USD", InstrumentKind::Perpetual(Payoff::Inverse), (dec!(0.1), dec!(1))),
            listing(Class::Options, "BTC-261225-90000-C", "USDT", option, (dec!(0.001), dec!(0.0001))),
        ];
        Self { listings, aggregates: Vec::new(), bars: Vec::new(), update_id: 100, orders: Vec::new(), assets: dec!(1100) }
    }
}

fn listing(class: Class, symbol: &str, quote: &str, kind: InstrumentKind, (tick, lot): (Decimal, Decimal)) -> Listing {
    let settlement = if kind.is_inverse() { "BTC" } else { quote };
    let contract_size = if kind.is_inverse() { dec!(100) } else { Decimal::ONE };
    Listing {
        symbol: symbol.to_owned(),
        class,
        instrument: Instrument {
            symbol: Symbol::new("BTCUSDT").unwrap(),
            base: Currency::new("BTC"),
            quote: Currency::new(quote),
            settlement: Currency::new(settlement),
            kind,
            rules: InstrumentRules {
                tick_size: tick,
                lot_size: lot,
                min_notional: Decimal::ZERO,
                contract_size,
                maintenance_margin: Percent::new(dec!(0.5)),
            },
            brackets: [].into(),
        },
        limits: OrderLimits {
            price: (dec!(0.1), dec!(1000000)),
            quantity: (lot, dec!(9000)),
            market_quantity: dec!(100),
            ..OrderLimits::ample()
        },
        listed: ms(0),
    }
}

/// A trade.
pub(super) fn print(id: u64) -> Print {
    Print { id, time: ms(40), price: dec!(80000.5), quantity: dec!(0.25), buyer_is_maker: true }
}

/// The best bid and ask.
pub(super) fn quote() -> Quote {
    Quote { update_id: 99, time: ms(41), bid: (dec!(80000), dec!(1.5)), ask: (dec!(80001), dec!(2)) }
}

/// A bar of a minute.
pub(super) fn bar(minute: i64, is_closed: bool) -> Kline {
    let open = ms(minute * 60_000);
    Kline {
        open_time: open,
        close_time: open.saturating_add_nanos(59_999_999_999),
        prices: [dec!(80000), dec!(80010), dec!(79990), dec!(80005)],
        volume: dec!(3),
        quote_volume: dec!(240000),
        trades: 4,
        taker_volume: dec!(1),
        taker_quote_volume: dec!(80000),
        ids: Some((10, 13)),
        is_closed,
    }
}

impl Board for Floor {
    fn find(&self, class: Class, symbol: &str) -> Option<MarketId> {
        self.markets().into_iter().find(|id| self.listing(*id).class == class && self.listing(*id).symbol == symbol)
    }

    fn markets(&self) -> Vec<MarketId> {
        vec![SPOT, LINEAR, QUARTER, INVERSE, OPTION]
    }

    fn listing(&self, market: MarketId) -> &Listing {
        &self.listings[market.index()]
    }

    fn levels(&self, _: MarketId, side: Side, at_most: usize) -> Vec<(Decimal, Decimal)> {
        let step = if side == Side::Buy { dec!(-1) } else { dec!(1) };
        (0..at_most.min(2)).map(|place| (dec!(80000) + step * Decimal::from(place + 1), dec!(1))).collect()
    }

    fn update_id(&self, _: MarketId) -> u64 {
        self.update_id
    }

    fn quote(&self, _: MarketId) -> Option<Quote> {
        Some(quote())
    }

    fn aggregates(&self, _: MarketId, from: Option<u64>, at_most: usize) -> Vec<AggregateTrade> {
        match from {
            Some(from) => self.aggregates.iter().filter(|trade| trade.id >= from).take(at_most).copied().collect(),
            None => self.aggregates.iter().rev().take(at_most).rev().copied().collect(),
        }
    }

    fn bar(&self, _: MarketId, _: Series, _: &str) -> Option<Kline> {
        self.bars.last().copied()
    }

    fn bars(&self, _: MarketId, _: Series, _: &str, (since, until): (UnixNanos, UnixNanos)) -> Vec<Kline> {
        self.bars.iter().filter(|bar| bar.open_time >= since && bar.open_time <= until).copied().collect()
    }

    fn statistics(&self, market: MarketId, nanos: i64) -> Option<Statistics> {
        // An inverse contract is of 100 dollars, and what was traded is told in coins.
        let (volume, quote_volume) = if market == INVERSE { (dec!(800), dec!(1)) } else { (dec!(2), dec!(160000)) };
        Some(Statistics {
            since: ms(1_000).saturating_add_nanos(-nanos),
            prices: [dec!(79000), dec!(81000), dec!(78000), dec!(80000.5)],
            previous_close: dec!(78990),
            volume,
            quote_volume,
            ids: Some((10, 19)),
            trades: 10,
            last: Some(print(19)),
        })
    }

    fn marks(&self, market: MarketId) -> Option<Marks> {
        let is_perpetual = market == LINEAR || market == INVERSE;
        (market != SPOT).then(|| Marks {
            time: ms(0),
            mark: dec!(80000.25),
            index: dec!(80000),
            settlement: dec!(80000.125),
            funding_rate: is_perpetual.then_some(dec!(0.0001)),
            next_funding: is_perpetual.then_some(ms(28_800_000)),
        })
    }

    fn open_interest(&self, _: MarketId) -> Decimal {
        dec!(12.5)
    }

    fn volatility(&self, _: MarketId) -> Option<f64> {
        Some(0.5)
    }

    fn rate(&self, from: &Currency, _: &Currency) -> Option<Decimal> {
        Some(if from.as_str() == "BTC" { dec!(80000) } else { Decimal::ONE })
    }

    fn order(&self, _: AccountId, _: Wallet, _: MarketId, order: OrderId) -> Option<&Order> {
        self.orders.iter().find(|known| known.id == order)
    }

    fn cross_balance(&self, _: AccountId, _: &Listing) -> Option<Decimal> {
        Some(dec!(500))
    }

    fn margin_assets(&self, _: AccountId) -> Decimal {
        self.assets
    }
}

/// Streams, and what they send.
#[derive(Debug)]
pub(super) struct Hall {
    pub floor: Floor,
    pub streams: Streams,
    pub out: Outbox,
    /// Milliseconds since the start.
    pub now: i64,
}

impl Hall {
    pub(super) fn new() -> Self {
        Self { floor: Floor::new(), streams: Streams::new(), out: Outbox::default(), now: 0 }
    }

    /// A socket comes to an address of streams.
    pub(super) fn connect(&mut self, socket: SocketId, host: &str, path: &str, query: &str) {
        self.streams.take(socket, (host, path, query), &self.floor, moment(self.now), &mut self.out).unwrap();
    }

    /// The client says something; what is sent then.
    pub(super) fn say(&mut self, socket: SocketId, text: &str) -> Vec<String> {
        self.streams.hear(socket, text, &self.floor, moment(self.now), &mut self.out);
        self.sent(socket)
    }

    /// Something happens.
    pub(super) fn tell(&mut self, news: &[News]) {
        self.streams.report(&self.floor, news, moment(self.now), &mut self.out);
    }

    /// The exchange's steps pass, to this one.
    pub(super) fn step(&mut self, number: u64) {
        self.tell(&[News::Step(ms(self.now), number)]);
    }

    /// The texts that a socket was sent; a close is told as its reason.
    pub(super) fn sent(&mut self, socket: SocketId) -> Vec<String> {
        let of_socket = |(to, message): (SocketId, Message)| match message {
            Message::Text(_, text) if to == socket => Some(text.as_str().to_owned()),
            Message::Close(code, reason) if to == socket => Some(format!("closed: {code} {reason}")),
            _ => None,
        };
        self.out.take().into_iter().filter_map(of_socket).collect()
    }
}

/// A hall where somebody listens to one stream.
pub(super) fn listening(host: &str, path: &str) -> Hall {
    let mut hall = Hall::new();
    hall.connect(SOCKET, host, path, "");
    hall.sent(SOCKET);
    hall
}
