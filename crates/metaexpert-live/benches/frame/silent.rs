//! An exchange whose streams the benchmark plays, and that answers nothing.

use std::{future, ops::Range, sync::Arc, time::Duration};

use metaexpert_connect::{
    Exchange, Failure, Report, SequenceRule, Word,
    exchange::{Asked, Listed, Listener, Listening, MarketTopic, Permissions, Profile, Sent, Terms},
    http::Clock,
    report::{BalanceReport, DepthReport, Entry, FeeReport, FillReport, Listing, ListingStatus, OrderReport, PositionReport},
};
use metaexpert_core::{
    Amendment, Bar, Currency, Instrument, InstrumentKind, InstrumentRules, Instruments, NewOrder, Percent, Symbol, Timeframe,
    UnixNanos,
};
use metaexpert_live::Wanted;
use parking_lot::Mutex;
use rust_decimal::dec;

/// Whoever listens is handed to the benchmark.
pub(crate) struct Silent {
    profile: Profile,
    clock: Clock,
    ear: Mutex<Option<Box<dyn Listener>>>,
}

impl std::fmt::Debug for Silent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Silent")
    }
}

impl Silent {
    pub(crate) fn new(now: fn() -> UnixNanos) -> Self {
        let profile = Profile {
            exchange: "binance",
            product: "usdm",
            host: "nowhere".into(),
            is_real: false,
            has_positions: true,
            amends: true,
            has_stops: true,
            has_both_exits: true,
            window: Duration::from_secs(5),
            comment: 10,
        };
        Self { profile, clock: Clock::new(now), ear: Mutex::new(None) }
    }

    /// Who listens.
    pub(crate) fn ear(&self) -> Box<dyn Listener> {
        self.ear.lock().take().unwrap()
    }
}

pub(crate) fn instrument() -> Instrument {
    let quote = Currency::new("USDT");
    Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        base: Currency::new("BTC"),
        settlement: quote.clone(),
        quote,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(5),
            contract_size: dec!(1),
            maintenance_margin: Percent::ZERO,
        },
        brackets: Arc::default(),
    }
}

/// An expert that wants quotes.
pub(crate) fn quotes() -> Wanted {
    let instrument = instrument();
    let listing = Listing {
        symbol: "BTCUSDT".into(),
        unified: Some(instrument.symbol.clone()),
        status: Word::Known(ListingStatus::Trading),
        kind: Some(instrument.kind),
        base: "BTC".into(),
        quote: "USDT".into(),
        settlement: "USDT".into(),
        contract_size: dec!(1),
        margin: false,
        listed: None,
        filters: Vec::new(),
        order_types: Vec::new(),
        permissions: Vec::new(),
        maintenance_margin: None,
        liquidation_fee: None,
    };
    let number = Instruments::default().add(instrument.clone());
    let listed = Listed { symbol: instrument.symbol.clone(), name: "BTCUSDT".into(), instrument, listing };
    Wanted { instrument: number, listed, bars: false, quotes: true, public_trades: false, book: false, marks: false }
}

fn unasked<'a, T: Send + 'a>() -> Asked<'a, T> {
    Box::pin(future::pending())
}

impl Exchange for Silent {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn listed<'a>(&'a self, _: &'a [Symbol]) -> Asked<'a, Vec<Listed>> {
        unasked()
    }

    fn bars<'a>(&'a self, _: &'a str, _: Timeframe, _: Range<UnixNanos>) -> Asked<'a, Vec<Bar>> {
        unasked()
    }

    fn depth<'a>(&'a self, _: &'a str) -> Asked<'a, DepthReport<'static>> {
        unasked()
    }

    fn sequence_rule(&self) -> &'static SequenceRule {
        metaexpert_binance::book_rules::book_rule(metaexpert_binance::Product::UsdM)
    }

    fn listen_markets(&self, _: &[MarketTopic], listener: Box<dyn Listener>) -> Result<Listening, Failure> {
        *self.ear.lock() = Some(listener);
        Ok(Listening::new(tokio::spawn(future::pending())))
    }

    fn listen_account(&self, _: Box<dyn Listener>) -> Result<Listening, Failure> {
        Err(Failure::NotSent { endpoint: "listen_account", why: "no credentials".into() })
    }

    fn permissions(&self) -> Asked<'_, Permissions> {
        unasked()
    }

    fn arrange<'a>(&'a self, _: &'a Terms) -> Asked<'a, Vec<String>> {
        unasked()
    }

    fn fee<'a>(&'a self, _: &'a str) -> Asked<'a, FeeReport> {
        unasked()
    }

    fn balances(&self) -> Asked<'_, Vec<BalanceReport>> {
        unasked()
    }

    fn positions<'a>(&'a self, _: &'a [String]) -> Asked<'a, Vec<PositionReport>> {
        unasked()
    }

    fn open_orders<'a>(&'a self, _: &'a [String]) -> Asked<'a, Vec<OrderReport>> {
        unasked()
    }

    fn find_order<'a>(&'a self, _: &'a Sent) -> Asked<'a, Option<OrderReport>> {
        unasked()
    }

    fn fills<'a>(&'a self, _: &'a str, _: UnixNanos) -> Asked<'a, Vec<FillReport>> {
        unasked()
    }

    fn entries(&self, _: Range<UnixNanos>) -> Asked<'_, Vec<Entry>> {
        unasked()
    }

    fn check(&self, _: &Listed, _: &NewOrder) -> Result<(), String> {
        Ok(())
    }

    fn place<'a>(&'a self, _: &'a Listed, _: &'a NewOrder, _: &'a Sent) -> Asked<'a, Vec<Report<'static>>> {
        unasked()
    }

    fn amend<'a>(&'a self, _: &'a Listed, _: &'a NewOrder, _: &'a Sent, _: &'a Amendment) -> Asked<'a, Vec<Report<'static>>> {
        unasked()
    }

    fn cancel<'a>(&'a self, _: &'a Sent) -> Asked<'a, Vec<Report<'static>>> {
        unasked()
    }
}
