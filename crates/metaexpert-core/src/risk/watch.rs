//! What the gate keeps of the markets, so that a rule has its number when an order comes.
//!
//! The one decision: nothing is kept that no rule asks for. Without such a rule a bar costs one question.
//!
//! Volatility and trend are those of the last closed bar of the expert's own timeframe, of the order's symbol: an expert that
//! trades other symbols, or that looks at ticks only, is judged by the same bars. They are not the histories that handlers look
//! back on, which depend on what handlers ask for.

mod breaker; // a move of so much in so many minutes
mod trend; // where the price stands, or which way it moves
mod volatility; // the true range, and its rank in its past

pub(super) use breaker::Breaker;
pub(super) use trend::{Trend, TrendAt};
pub(super) use volatility::Volatility;

use crate::{Bar, ConfigError, InstrumentId, Tick, Timeframe, UnixNanos, config::Config, engine::BarBuilder};

/// Bars that a measure still waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing {
    /// How many have closed.
    pub seen: usize,
    /// How many it needs.
    pub needed: usize,
}

/// The best prices of a market.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Quote {
    /// The data has said nothing of them.
    Unknown,
    /// Nobody buys, or nobody sells.
    OneSided,
    /// Both.
    Of { bid: f64, ask: f64 },
}

/// Closed bars that the filters of a configuration take before they let anything pass.
pub fn bars_needed(config: &Config) -> usize {
    volatility::bars_needed(config).max(trend::bars_needed(config))
}

/// What is kept of one market.
#[derive(Debug)]
pub(super) struct Watched {
    /// Makes the expert's own bars of the data's, where those are shorter.
    builder: Option<BarBuilder>,
    pub volatility: Option<Volatility>,
    pub trend: Option<Trend>,
    pub breaker: Option<Breaker>,
    pub quote: Quote,
}

impl Watched {
    /// One more bar of the expert's own timeframe.
    fn close_bar(&mut self, bar: &Bar) {
        if let Some(volatility) = &mut self.volatility {
            volatility.next(bar);
        }
        if let Some(trend) = &mut self.trend {
            trend.next(bar);
        }
    }
}

/// What is kept of all markets.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    markets: Vec<Watched>,
    is_asked: bool,
}

impl Watch {
    /// Begins to watch so many instruments, of which the data has bars of the length `feed`.
    ///
    /// # Errors
    /// A length in bars that no average can have.
    pub(super) fn new(config: &Config, feed: Timeframe, instruments: usize) -> Result<Self, ConfigError> {
        let (volatility, trend) = (Volatility::of(config)?, Trend::of(config)?);
        let breaker = Breaker::of(config);
        let has_own_bars = volatility.is_some() || trend.is_some();
        let is_asked = has_own_bars || breaker.is_some() || config.max_spread_pct.is_some();
        if !is_asked {
            return Ok(Self::default());
        }
        let watched = || Watched {
            builder: (has_own_bars && config.timeframe != feed).then(|| BarBuilder::new(config.timeframe, feed)),
            volatility: volatility.clone(),
            trend: trend.clone(),
            breaker: breaker.clone(),
            quote: Quote::Unknown,
        };
        Ok(Self { markets: std::iter::repeat_with(watched).take(instruments).collect(), is_asked })
    }

    /// Whether a rule asks for anything that is kept here.
    #[inline]
    pub(super) const fn is_asked(&self) -> bool {
        self.is_asked
    }

    /// What is kept of an instrument's market; `None` where nothing is.
    pub(super) fn of(&self, instrument: InstrumentId) -> Option<&Watched> {
        self.markets.get(instrument.index())
    }

    /// Own bars whose last shorter ones never came: a gap has ended them.
    pub(crate) fn end_bars_by(&mut self, time: UnixNanos) {
        for market in &mut self.markets {
            if let Some(bar) = market.builder.as_mut().and_then(|builder| builder.ended_by(time)) {
                market.close_bar(&bar);
            }
        }
    }

    /// A bar of the data has closed.
    pub(crate) fn see_bar(&mut self, instrument: InstrumentId, bar: &Bar, close: UnixNanos) {
        let Some(market) = self.markets.get_mut(instrument.index()) else { return };
        if let Some(breaker) = &mut market.breaker {
            breaker.see(close, bar.low, bar.high, bar.close);
        }
        match market.builder.as_mut() {
            None => market.close_bar(bar),
            Some(builder) => {
                if let Some(built) = builder.add(bar) {
                    market.close_bar(&built);
                }
            }
        }
    }

    /// Somebody traded, or the best prices have changed.
    pub(crate) fn see_price(&mut self, instrument: InstrumentId, time: UnixNanos, price: f64) {
        let market = self.markets.get_mut(instrument.index());
        if let Some(breaker) = market.and_then(|market| market.breaker.as_mut()) {
            breaker.see(time, price, price, price);
        }
    }

    /// The best prices and the last one.
    pub(crate) fn see_tick(&mut self, instrument: InstrumentId, tick: &Tick, price: f64) {
        self.see_quote(instrument, Some(tick.bid), Some(tick.ask));
        self.see_price(instrument, tick.time, price);
    }

    /// The best prices; `None` where nobody buys or sells.
    pub(crate) fn see_quote(&mut self, instrument: InstrumentId, bid: Option<f64>, ask: Option<f64>) {
        let Some(market) = self.markets.get_mut(instrument.index()) else { return };
        let there = |price: Option<f64>| price.filter(|price| *price > 0.0);
        market.quote = match (there(bid), there(ask)) {
            (Some(bid), Some(ask)) => Quote::Of { bid, ask },
            _ => Quote::OneSided,
        };
    }
}
