//! Reports of markets as events of the engine: the exchange's spelling becomes an [`InstrumentId`], and what the engine wants in
//! one piece is put together.
//!
//! The one decision: this is the only place where a market's report meets the engine's vocabulary, so that a live market and a
//! recorded one tell the engine the same. Order books go through their own synchronisation first, and accounts their own way:
//! both need to remember far more than a name.

use metaexpert_core::{Bar, InstrumentBar, InstrumentId, PublicTrade, Tick, UnixNanos, feed::Event};

use crate::report::{BarReport, Quote, Report};

/// Turns reports of markets into events.
///
/// ```
/// use metaexpert_connect::{EngineEvents, Report, report::Quote};
/// use metaexpert_core::{UnixNanos, feed::Event};
/// # use metaexpert_core::*;
/// # let mut instruments = Instruments::default();
/// # let quote = Currency::new("USDT");
/// # let rules = InstrumentRules { tick_size: rust_decimal::dec!(0.1), lot_size: rust_decimal::dec!(0.001),
/// #     min_notional: rust_decimal::dec!(5), contract_size: rust_decimal::dec!(1), maintenance_margin: Percent::ZERO };
/// # let instrument = Instrument { symbol: Symbol::new("BTCUSDT").unwrap(), base: Currency::new("BTC"), settlement: quote.clone(),
/// #     quote, kind: InstrumentKind::Spot, rules, brackets: std::sync::Arc::default() };
/// let id = instruments.add(instrument);
/// let mut events = EngineEvents::new([("BTCUSDT", id)]);
/// let quote = Quote {
///     symbol: Some("BTCUSDT".into()), time: None, update: Some(7),
///     bid: 99.5, bid_quantity: 1.0, ask: 99.6, ask_quantity: 2.0,
/// };
/// let now = UnixNanos::from_seconds(1_700_000_000).unwrap();
/// let event = events.event_of(&Report::Quote(quote), now);
/// assert!(matches!(event, Some(Event::Tick(of, tick)) if of == id && tick.ask == 99.6 && tick.time == now));
/// ```
#[derive(Debug)]
pub struct EngineEvents {
    /// By name, so that one is found without hashing.
    names: Vec<(Box<str>, InstrumentId)>,
    /// The last price of each, in the order of the names.
    last: Vec<Option<f64>>,
}

impl EngineEvents {
    /// For these instruments, named as the exchange names them.
    pub fn new<'a>(names: impl IntoIterator<Item = (&'a str, InstrumentId)>) -> Self {
        let mut names: Vec<(Box<str>, InstrumentId)> = names.into_iter().map(|(name, id)| (name.into(), id)).collect();
        names.sort_unstable();
        names.dedup_by(|a, b| a.0 == b.0);
        let last = vec![None; names.len()];
        Self { names, last }
    }

    /// The instrument of a name.
    pub fn instrument(&self, name: &str) -> Option<InstrumentId> {
        let place = self.place(name)?;
        self.names.get(place).map(|(_, id)| *id)
    }

    /// The event of a report; `received` is when it came, for reports that bear no time. `None` where the engine has no use for
    /// it: another instrument, a bar that is not closed, a side without a quote, a report that is not of a market.
    pub fn event_of(&mut self, report: &Report<'_>, received: UnixNanos) -> Option<Event> {
        match report {
            Report::Quote(quote) => {
                let place = self.place(quote.symbol.as_deref()?)?;
                self.tick(place, quote, received)
            }
            Report::PublicTrade(trade) => {
                let place = self.place(trade.symbol.as_deref()?)?;
                *self.last.get_mut(place)? = Some(trade.price);
                let buyer_is_taker = trade.buyer_is_taker?;
                let trade = PublicTrade { time: trade.time, price: trade.price, quantity: trade.quantity, buyer_is_taker };
                Some(Event::PublicTrade(self.id(place)?, trade))
            }
            Report::Bar(bar) => closed(bar).and_then(|closed| {
                let instrument = self.instrument(bar.symbol.as_deref()?)?;
                Some(Event::Bar { bar: InstrumentBar { instrument, bar: closed }, more: false })
            }),
            Report::Mark(mark) => {
                let instrument = self.instrument(mark.symbol.as_deref()?)?;
                Some(Event::Mark(instrument, mark.time.unwrap_or(received), mark.mark))
            }
            Report::Index(index) => {
                let instrument = self.instrument(index.symbol.as_deref()?)?;
                Some(Event::Index(instrument, index.time.unwrap_or(received), index.price))
            }
            _ => None,
        }
    }

    /// A quote of both sides, with the last price.
    fn tick(&self, place: usize, quote: &Quote<'_>, received: UnixNanos) -> Option<Event> {
        let is_whole = quote.bid > 0.0 && quote.ask > 0.0;
        let id = self.id(place)?;
        let tick = Tick {
            time: quote.time.unwrap_or(received),
            bid: quote.bid,
            bid_quantity: quote.bid_quantity,
            ask: quote.ask,
            ask_quantity: quote.ask_quantity,
            last: self.last.get(place).copied().flatten(),
        };
        is_whole.then_some(Event::Tick(id, tick))
    }

    fn id(&self, place: usize) -> Option<InstrumentId> {
        self.names.get(place).map(|(_, id)| *id)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names.binary_search_by(|(known, _)| known.as_ref().cmp(name)).ok()
    }
}

/// A bar by the exchange's own closed flag: what is not said to be closed is not.
fn closed(bar: &BarReport<'_>) -> Option<Bar> {
    (bar.is_closed == Some(true)).then_some(Bar {
        time: bar.open_time,
        open: bar.open,
        high: bar.high,
        low: bar.low,
        close: bar.close,
        volume: bar.volume,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use metaexpert_core::{Currency, Instrument, InstrumentKind, InstrumentRules, Instruments, Percent, Symbol, Timeframe};
    use rust_decimal::dec;

    use super::*;
    use crate::report::{MarkReport, PublicTradeReport};

    fn two() -> (EngineEvents, [InstrumentId; 2]) {
        let mut instruments = Instruments::default();
        let ids = ["BTCUSDT", "ETHUSDT"].map(|symbol| {
            let quote = Currency::new("USDT");
            let rules = InstrumentRules {
                tick_size: dec!(0.1),
                lot_size: dec!(0.001),
                min_notional: dec!(5),
                contract_size: dec!(1),
                maintenance_margin: Percent::ZERO,
            };
            instruments.add(Instrument {
                symbol: Symbol::new(symbol).unwrap(),
                base: Currency::new("X"),
                settlement: quote.clone(),
                quote,
                kind: InstrumentKind::LINEAR_PERPETUAL,
                rules,
                brackets: Arc::default(),
            })
        });
        (EngineEvents::new([("ETH-USDT-SWAP", ids[1]), ("BTC-USDT-SWAP", ids[0])]), ids)
    }

    const NOW: UnixNanos = UnixNanos::from_nanos(1_700_000_000_000_000_000);

    fn trade(symbol: &str, price: f64) -> Report<'_> {
        let (symbol, time) = (Some(symbol.into()), NOW);
        Report::PublicTrade(PublicTradeReport {
            symbol,
            id: 1,
            trades: None,
            time,
            price,
            quantity: 2.0,
            buyer_is_taker: Some(true),
        })
    }

    fn quote(symbol: &str, bid: f64) -> Report<'_> {
        let quote = Quote {
            symbol: Some(symbol.into()),
            time: None,
            update: None,
            bid,
            bid_quantity: 1.0,
            ask: 101.0,
            ask_quantity: 1.0,
        };
        Report::Quote(quote)
    }

    #[test]
    fn a_quote_carries_the_last_price_of_its_own_instrument() {
        let (mut events, [btc, eth]) = two();
        events.event_of(&trade("BTC-USDT-SWAP", 100.5), NOW);
        let last = |event| match event {
            Some(Event::Tick(id, tick)) => (id, tick.last),
            other => panic!("{other:?}"),
        };
        assert_eq!(last(events.event_of(&quote("BTC-USDT-SWAP", 100.0), NOW)), (btc, Some(100.5)));
        assert_eq!(last(events.event_of(&quote("ETH-USDT-SWAP", 100.0), NOW)), (eth, None));
    }

    #[test]
    fn what_the_engine_cannot_use_is_no_event() {
        let (mut events, _) = two();
        assert_eq!(events.event_of(&trade("XRP-USDT-SWAP", 1.0), NOW), None, "another instrument");
        assert_eq!(events.event_of(&quote("BTC-USDT-SWAP", 0.0), NOW), None, "nobody bids");
    }

    #[test]
    fn only_the_exchange_closes_a_bar() {
        let (mut events, [btc, _]) = two();
        let bar = |is_closed| {
            Report::Bar(BarReport {
                symbol: Some("BTC-USDT-SWAP".into()),
                timeframe: Some(Timeframe::M1),
                open_time: NOW,
                close_time: None,
                open: 1.0,
                high: 3.0,
                low: 0.5,
                close: 2.0,
                volume: 9.0,
                turnover: None,
                trades: None,
                is_closed,
            })
        };
        assert_eq!(events.event_of(&bar(Some(false)), NOW), None);
        assert_eq!(events.event_of(&bar(None), NOW), None);
        let event = events.event_of(&bar(Some(true)), NOW);
        assert!(
            matches!(event, Some(Event::Bar { bar, more: false }) if bar.instrument == btc && bar.bar.time == NOW),
            "{event:?}"
        );
    }

    #[test]
    fn a_mark_without_a_time_is_of_when_it_came() {
        let (mut events, [btc, _]) = two();
        let mark = MarkReport {
            symbol: Some("BTC-USDT-SWAP".into()),
            time: None,
            mark: dec!(99.5),
            index: None,
            funding_rate: None,
            next_funding: None,
            implied_volatility: None,
        };
        assert_eq!(events.event_of(&Report::Mark(mark), NOW), Some(Event::Mark(btc, NOW, dec!(99.5))));
    }
}
