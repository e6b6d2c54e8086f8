//! What a contract is besides its trades: mark and index, funding, the price it ends at, and how much of it is open.
//!
//! The one decision: all of it is looked at once a second of market time, whatever else happens, as exchanges publish it.

mod funding; // rates, and when they are due
mod option; // what an option is worth

use metaexpert_core::{InstrumentKind, Payoff, Price, UnixNanos, rounding::float_of};
use metaexpert_matching::settlement::{AveragingRule, SettlementAverage};
use rust_decimal::Decimal;

pub(super) use self::funding::Settled;
use self::{funding::Funding, option::Smile};
use super::{
    Series,
    basis::Basis,
    grid::float,
    random::Random,
    samples::{Samples, shown},
};
use crate::{listing::Listing, news::Marks};

/// How a contract that ends is averaged: futures over the last hour, a price a second (Binance, "Delivery of futures contracts").
const DELIVERY: AveragingRule = AveragingRule { window_seconds: 3_600, every_seconds: 1, decimals: 8 };
/// What is open at the start, in coins of a coin worth this much: the turnover of a few hours.
const OPEN_VALUE: f64 = 400_000_000.0;

/// A contract.
#[derive(Debug)]
pub(super) struct Contract {
    kind: InstrumentKind,
    basis: Basis,
    random: Random,
    smile: Option<Smile>,
    funding: Option<Funding>,
    average: Option<SettlementAverage>,
    marks: Option<Marks>,
    open: f64,
    looked: UnixNanos,
    mark: Samples,
    index: Samples,
    premium: Samples,
}

/// What a look has found due.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Due {
    /// Funding: rate and mark.
    pub(super) funding: Option<(Decimal, Decimal)>,
    /// The contract ends at this price.
    pub(super) ends: Option<Decimal>,
}

impl Contract {
    /// The contract of a listing, if it is one. Its basis stands still where its path is exact.
    pub(super) fn new(listing: &Listing, seed: u64, is_still: bool, begin: UnixNanos, funding_hours: u32) -> Option<Self> {
        let kind = listing.instrument.kind;
        let name = format!("{} {}", listing.class.as_str(), listing.symbol);
        let mut random = Random::new(seed, &format!("{name} contract"));
        let rule = match kind {
            InstrumentKind::Spot => return None,
            InstrumentKind::Option(_) => AveragingRule::BINANCE_OPTIONS,
            InstrumentKind::Perpetual(_) | InstrumentKind::Dated { .. } => DELIVERY,
        };
        let open = OPEN_VALUE * (0.5 + random.unit()) / if kind.expiry().is_some() { 20.0 } else { 1.0 };
        Some(Self {
            kind,
            basis: Basis::new(Random::new(seed, &format!("{name} basis")), is_still),
            smile: kind.option().map(|terms| Smile::new(terms, &mut random)),
            random,
            funding: matches!(kind, InstrumentKind::Perpetual(_)).then(|| Funding::new(begin, funding_hours)),
            average: kind.expiry().map(|expiry| SettlementAverage::new(rule, expiry)),
            marks: None,
            open,
            looked: begin,
            mark: Samples::default(),
            index: Samples::default(),
            premium: Samples::default(),
        })
    }

    /// What the contract trades at, where its underlying has this price.
    pub(super) fn price(&self, underlying: f64, time: UnixNanos) -> f64 {
        match &self.smile {
            Some(smile) => smile.value(underlying, time),
            None => underlying * (1.0 + self.basis.now(self.seconds_left(time))),
        }
    }

    /// The underlying's price, of a market that follows its own price to the tick.
    pub(super) fn underlying_of(&self, price: f64, time: UnixNanos) -> f64 {
        price / (1.0 + self.basis.now(self.seconds_left(time)))
    }

    fn seconds_left(&self, time: UnixNanos) -> Option<f64> {
        let expiry = self.kind.expiry()?;
        Some(float(expiry.nanos_since(time)) / 1e9)
    }

    fn mark_of(&self, underlying: f64, time: UnixNanos) -> f64 {
        match &self.smile {
            Some(smile) => smile.value(underlying, time),
            None => underlying * (1.0 + self.basis.damped(self.seconds_left(time))),
        }
    }

    /// Looks at the contract: its underlying has this price, and its market trades at that.
    pub(super) fn look(&mut self, time: UnixNanos, underlying: f64, trades_at: f64) -> Due {
        let passed = float(time.nanos_since(self.looked)) / 1e9;
        self.looked = time;
        self.basis.pass(passed);
        self.open *= 1.0 + 2e-4 * self.random.normal() * passed.min(60.0).sqrt();
        if let Some(smile) = &mut self.smile {
            smile.pass(passed, &mut self.random);
        }
        let mark = self.mark_of(underlying, time);
        let premium = if self.smile.is_some() { 0.0 } else { trades_at / underlying - 1.0 };
        self.see(time, underlying, mark, premium);
        let mut due = Due::default();
        if let Some(funding) = &mut self.funding {
            due.funding = funding.look(time, premium, shown(mark));
        }
        let settlement = self.settlement(time, underlying);
        self.marks = Some(Marks {
            time,
            mark: shown(mark),
            index: shown(underlying),
            settlement,
            funding_rate: self.funding.as_ref().map(Funding::rate),
            next_funding: self.funding.as_ref().map(Funding::next),
        });
        if self.kind.expiry().is_some_and(|expiry| time >= expiry) {
            due.ends = Some(settlement);
        }
        due
    }

    fn settlement(&mut self, time: UnixNanos, underlying: f64) -> Decimal {
        let index = shown(underlying);
        let average = self.average.as_mut().zip(Price::new(index)).and_then(|(average, price)| {
            average.observe(time, price);
            average.price_at(time)
        });
        average.map_or(index, Price::get)
    }

    fn see(&mut self, time: UnixNanos, index: f64, mark: f64, premium: f64) {
        self.index.see(time, index);
        self.mark.see(time, mark);
        self.premium.see(time, premium);
    }

    /// A minute of the past, by the turns of its underlying. Returns the turns of the contract's own price.
    pub(super) fn past(&mut self, time: UnixNanos, underlying: [f64; 4]) -> [f64; 4] {
        let prices = underlying.map(|price| self.price(price, time));
        let [open, .., close] = underlying;
        let passed = float(time.nanos_since(self.looked)) / 1e9;
        self.looked = time;
        self.basis.pass(passed);
        let marks = underlying.map(|price| self.mark_of(price, time));
        let premium = if self.smile.is_some() { 0.0 } else { self.price(close, time) / close - 1.0 };
        let bar = |turns: [f64; 4]| {
            let (high, low) = turns.iter().fold((f64::MIN, f64::MAX), |(high, low), turn| (high.max(*turn), low.min(*turn)));
            [turns[0], high, low, turns[3]]
        };
        self.index.add(time, bar(underlying), 60);
        self.mark.add(time, bar(marks), 60);
        self.premium.add(time, [premium; 4], 60);
        if let Some(funding) = &mut self.funding {
            funding.look(time, premium, shown(self.basis.damped(None).mul_add(open, open)));
        }
        prices
    }

    /// How the touch stands around the price, as a fraction of it, where that is more than a tick.
    pub(super) const fn spread(&self) -> f64 {
        if self.smile.is_some() { 0.02 } else { 0.0 }
    }

    pub(super) const fn is_option(&self) -> bool {
        self.smile.is_some()
    }

    pub(super) const fn marks(&self) -> Option<Marks> {
        self.marks
    }

    pub(super) fn funding(&self) -> &[Settled] {
        self.funding.as_ref().map_or(&[], Funding::settled)
    }

    pub(super) fn volatility(&self) -> Option<f64> {
        let marks = self.marks?;
        Some(self.smile.as_ref()?.volatility(float_of(marks.index), marks.time))
    }

    /// What is open, in units of orders that have this contract size.
    pub(super) fn open_interest(&self, contract_size: f64, lot: Decimal) -> Decimal {
        let index = self.marks.map_or(1.0, |marks| float_of(marks.index));
        let is_inverse = matches!(self.kind, InstrumentKind::Perpetual(Payoff::Inverse))
            || matches!(self.kind, InstrumentKind::Dated { payoff: Payoff::Inverse, .. });
        let contracts = self.open / contract_size / if is_inverse { 1.0 } else { index };
        metaexpert_core::rounding::to_step(shown(contracts), lot, metaexpert_core::rounding::Round::Down)
    }

    /// The bars of what is reckoned; trades have theirs elsewhere.
    pub(super) const fn samples(&self, series: Series) -> Option<&Samples> {
        match series {
            Series::Last => None,
            Series::Mark => Some(&self.mark),
            Series::Index => Some(&self.index),
            Series::Premium => Some(&self.premium),
        }
    }
}
