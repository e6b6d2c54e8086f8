//! The rules once more, from the guide alone: nothing is kept but what has happened, and every number is computed from the beginning.

use metaexpert_core::{
    Bar, PositionSide, Reason, Side, Tick, Timeframe, Trade, UnixNanos,
    config::{Config, TrendFilter, VolatilityFilter},
    feed::Event,
};
use rust_decimal::{Decimal, prelude::ToPrimitive};

const MINUTE: i64 = 60_000_000_000;

/// What a strategy wrote into its diary.
#[derive(Debug, Clone)]
pub(super) enum Happened {
    /// A bar has closed.
    Closed(UnixNanos),
    /// It wanted to enter.
    Wished { side: Side, quantity: Decimal, refused_by: Option<&'static str> },
    /// It has sent an order that closes this leg.
    Left(PositionSide),
    /// An execution.
    Traded(Trade),
}

/// The configuration, with floats where the rules are about floats.
pub(super) struct Limits<'a> {
    config: &'a Config,
    tf: i64,
}

impl<'a> Limits<'a> {
    pub(super) fn of(config: &'a Config) -> Self {
        Self { config, tf: config.timeframe.nanos() }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Held {
    quantity: Decimal,
    entries: u32,
}

pub(super) struct SecondReading<'a> {
    limits: &'a Limits<'a>,
    events: Vec<Event>,
    now: i64,
    /// Bars that have closed.
    bars: Vec<Bar>,
    ticks: Vec<Tick>,
    /// Both legs, of trades alone.
    held: [Held; 2],
    /// What has been sent since the last bar: (leg, quantity; negative where it closes).
    sent: Vec<(PositionSide, Decimal)>,
    /// When orders have passed.
    passed: Vec<i64>,
    /// When a leg was closed, or its close was sent.
    closed: Vec<i64>,
    stops: Vec<(PositionSide, i64)>,
}

/// Whether one number is clearly below another; `None` where they are too near for two ways of computing them to agree.
fn below(one: f64, other: f64) -> Option<bool> {
    if (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1e-6) { None } else { Some(one < other) }
}

/// What a rule says: it refuses, it passes, or it cannot be told.
type Verdict = Option<bool>;

impl<'a> SecondReading<'a> {
    pub(super) fn new(limits: &'a Limits<'a>, events: Vec<Event>) -> Self {
        Self {
            limits,
            events,
            now: 0,
            bars: Vec::new(),
            ticks: Vec::new(),
            held: [Held::default(); 2],
            sent: Vec::new(),
            passed: Vec::new(),
            closed: Vec::new(),
            stops: Vec::new(),
        }
    }

    /// Follows what has happened; an error where it should have gone another way.
    pub(super) fn read(&mut self, happened: &Happened) -> Result<(), String> {
        match happened {
            Happened::Closed(now) => self.close_bar(now.as_nanos()),
            Happened::Traded(trade) => self.trade(trade),
            Happened::Left(leg) => self.leave(*leg),
            Happened::Wished { side, quantity, refused_by } => return self.judge(*side, *quantity, *refused_by),
        }
        Ok(())
    }

    fn close_bar(&mut self, now: i64) {
        self.now = now;
        self.sent.clear();
        let mut events = std::mem::take(&mut self.events).into_iter();
        for event in events.by_ref() {
            match event {
                Event::Tick(_, tick) => self.ticks.push(tick),
                Event::Bar { bar, .. } => {
                    self.bars.push(bar.bar);
                    break;
                }
                other => unreachable!("{other:?} is not in these markets"),
            }
        }
        self.events = events.collect();
    }

    fn trade(&mut self, trade: &Trade) {
        let held = &mut self.held[place(trade.position_side)];
        if trade.opens() {
            held.quantity += trade.quantity.get();
            held.entries += 1;
            return;
        }
        held.quantity -= trade.quantity.get();
        if held.quantity.is_zero() {
            *held = Held::default();
            self.closed.push(trade.time.as_nanos());
        }
        let stop = (trade.position_side, trade.time.as_nanos());
        if trade.reason == Reason::StopLoss && self.stops.last() != Some(&stop) {
            self.stops.push(stop);
        }
    }

    fn leave(&mut self, leg: PositionSide) {
        let (held, expected) = (self.held[place(leg)].quantity, self.expected(leg).quantity);
        if held >= expected {
            self.closed.push(self.now);
        }
        self.sent.push((leg, -held.min(expected)));
        self.passed.push(self.now);
    }

    /// A leg as it will be when what has been sent is done.
    fn expected(&self, leg: PositionSide) -> Held {
        let mut held = self.held[place(leg)];
        for (_, quantity) in self.sent.iter().filter(|(of, _)| *of == leg) {
            held.quantity += quantity;
            held.entries += u32::from(*quantity > Decimal::ZERO);
            if held.quantity.is_zero() {
                held = Held::default();
            }
        }
        held
    }

    fn judge(&mut self, side: Side, quantity: Decimal, refused_by: Option<&'static str>) -> Result<(), String> {
        let leg = side.opened_leg();
        let rules: [(&str, Verdict); 13] = [
            ("stop_guard_count", Some(self.is_guarded())),
            ("circuit_breaker_pct", self.is_broken()),
            ("cooldown_bars", Some(self.rests())),
            ("trade_hours", Some(self.is_out_of_hours())),
            ("min_volume", Some(self.is_thin())),
            ("max_spread_pct", Some(self.is_wide())),
            ("volatility_filter", self.is_too_quiet_or_wild()),
            ("trend_filter", self.is_against_the_trend(leg)),
            ("max_orders_per_minute", Some(self.is_hasty())),
            ("max_open_positions", Some(self.has_too_many_legs(leg))),
            ("max_positions_per_symbol", Some(self.has_too_many_entries())),
            ("max_position_size_quote", Some(self.would_be_too_large(leg, quantity))),
            ("max_order_notional", Some(self.is_too_large(quantity))),
        ];
        // From the first that cannot be told on, each of the later ones may be the one that refused.
        let mut allowed = Vec::new();
        let mut is_decided = false;
        for (name, verdict) in rules {
            if verdict != Some(false) {
                allowed.push(Some(name));
            }
            if verdict == Some(true) {
                is_decided = true;
                break;
            }
        }
        if !is_decided {
            allowed.push(None);
        }
        if refused_by.is_none() {
            self.sent.push((leg, quantity));
            self.passed.push(self.now);
        }
        if allowed.contains(&refused_by) {
            return Ok(());
        }
        Err(format!("{side} {quantity} at minute {}: {refused_by:?}, and it should be one of {allowed:?}", self.now / MINUTE))
    }

    fn end_of_bars_after(&self, time: i64, bars: u32) -> i64 {
        time.div_euclid(self.limits.tf) * self.limits.tf + (i64::from(bars) + 1) * self.limits.tf
    }

    fn is_guarded(&self) -> bool {
        let config = self.limits.config;
        let (Some(count), Some(bars)) = (config.stop_guard_count, config.stop_guard_bars) else { return false };
        let of_bar = |time: i64| time.div_euclid(self.limits.tf);
        let times: Vec<_> = self.stops.iter().map(|(_, time)| *time).collect();
        times.windows(count as usize).any(|row| {
            let (first, last) = (row[0], row[row.len() - 1]);
            of_bar(last) - of_bar(first) < i64::from(bars) && self.now < self.end_of_bars_after(last, bars)
        })
    }

    /// Prices with their times since the last trip, which is looked for again each time.
    fn is_broken(&self) -> Verdict {
        let config = self.limits.config;
        let (Some(limit), Some(minutes)) = (config.circuit_breaker_pct, config.circuit_breaker_minutes) else {
            return Some(false);
        };
        let ratio = 1.0 + limit.get().to_f64().unwrap() / 100.0;
        let mut prices: Vec<(i64, f64, f64, f64)> = self
            .bars
            .iter()
            .map(|bar| (bar.time.as_nanos() + MINUTE, bar.low, bar.high, bar.close))
            .chain(self.ticks.iter().map(|tick| {
                let middle = f64::midpoint(tick.bid, tick.ask);
                (tick.time.as_nanos(), middle, middle, middle)
            }))
            .collect();
        // A tick at the moment of a close comes after it.
        prices.sort_by_key(|(time, ..)| *time);
        let (mut window, mut until): (Vec<(i64, f64, f64)>, i64) = (Vec::new(), i64::MIN);
        for (time, low, high, last) in prices {
            let minute = (time - 1).div_euclid(MINUTE);
            window.push((minute, low, high));
            window.retain(|(of, ..)| *of > minute - i64::from(minutes));
            let lowest = window.iter().map(|(_, low, _)| *low).fold(f64::INFINITY, f64::min);
            let highest = window.iter().map(|(_, _, high)| *high).fold(0.0, f64::max);
            if !below(highest, lowest * ratio)? {
                until = time + i64::from(minutes) * MINUTE;
                window = vec![(minute, last, last)];
            }
        }
        Some(self.now < until)
    }

    fn rests(&self) -> bool {
        let Some(bars) = self.limits.config.cooldown_bars else { return false };
        self.closed.last().is_some_and(|closed| self.now < self.end_of_bars_after(*closed, bars))
    }

    fn is_out_of_hours(&self) -> bool {
        let hour = u8::try_from(self.now.div_euclid(60 * MINUTE).rem_euclid(24)).unwrap();
        self.limits.config.trade_hours.is_some_and(|allowed| !allowed.contains(hour))
    }

    fn is_thin(&self) -> bool {
        let volume = self.bars.last().unwrap().volume;
        self.limits.config.min_volume.is_some_and(|minimum| volume < minimum.to_f64().unwrap())
    }

    fn is_wide(&self) -> bool {
        let (Some(limit), Some(tick)) = (self.limits.config.max_spread_pct, self.ticks.last()) else { return false };
        let [bid, ask] = [tick.bid, tick.ask].map(|price| Decimal::from_f64_retain(price).unwrap().round_dp(6));
        (ask - bid) * Decimal::from(200) > (ask + bid) * limit.get()
    }

    /// Bars of the expert's own timeframe that have closed: those of a minute, put together by the clock.
    fn own_bars(&self) -> Vec<Bar> {
        if self.limits.config.timeframe == Timeframe::M1 {
            return self.bars.clone();
        }
        let number = |bar: &Bar| bar.time.as_nanos().div_euclid(self.limits.tf);
        let groups = self.bars.chunk_by(|one, other| number(one) == number(other));
        let whole = groups.filter(|group| (number(&group[0]) + 1) * self.limits.tf <= self.now);
        let built = whole.map(|group| Bar {
            high: group.iter().map(|bar| bar.high).fold(0.0, f64::max),
            low: group.iter().map(|bar| bar.low).fold(f64::INFINITY, f64::min),
            close: group[group.len() - 1].close,
            ..group[0]
        });
        built.collect()
    }

    fn is_too_quiet_or_wild(&self) -> Verdict {
        let config = self.limits.config;
        let Some(filter) = config.volatility_filter else { return Some(false) };
        let bars = self.own_bars();
        let ranges: Vec<f64> = bars.windows(2).map(|pair| range_of(&pair[0], &pair[1])).collect();
        let average = wilder(&ranges, config.volatility_period);
        let percents: Vec<f64> =
            average.iter().zip(bars.iter().rev().take(average.len()).rev()).map(|(atr, bar)| atr / bar.close * 100.0).collect();
        let Some(last) = percents.last() else { return Some(true) };
        match filter {
            VolatilityFilter::AtrBand => below(*last, config.volatility_min_pct.unwrap().get().to_f64().unwrap()),
            VolatilityFilter::AtrPercentile => {
                let window = config.volatility_window;
                if percents.len() < window {
                    return Some(true);
                }
                let others = &percents[percents.len() - window..percents.len() - 1];
                let mut smaller = 0_u32;
                for other in others {
                    smaller += u32::from(below(*other, *last)?);
                }
                let rank = f64::from(smaller) / f64::from(u32::try_from(window - 1).unwrap()) * 100.0;
                below(config.volatility_max_rank.unwrap().get().to_f64().unwrap(), rank)
            }
        }
    }

    fn is_against_the_trend(&self, leg: PositionSide) -> Verdict {
        let config = self.limits.config;
        let (Some(filter), Some(period)) = (config.trend_filter, config.trend_period) else { return Some(false) };
        let bars = self.own_bars();
        let closes: Vec<f64> = bars.iter().map(|bar| bar.close).collect();
        let is_behind = |one: f64, other: f64| match leg {
            PositionSide::Long => below(one, other),
            PositionSide::Short => below(other, one),
        };
        match filter {
            TrendFilter::Ema | TrendFilter::Sma if closes.len() < period => Some(true),
            TrendFilter::Sma => {
                let sum: f64 = closes[closes.len() - period..].iter().sum();
                is_behind(*closes.last().unwrap(), sum / f64::from(u32::try_from(period).unwrap()))
            }
            TrendFilter::Ema => {
                let alpha = 2.0 / (f64::from(u32::try_from(period).unwrap()) + 1.0);
                let average = closes.iter().copied().reduce(|average, close| alpha * close + (1.0 - alpha) * average);
                is_behind(*closes.last().unwrap(), average.unwrap())
            }
            TrendFilter::Adx if bars.len() < 2 * period => Some(true),
            TrendFilter::Adx => {
                let (adx, plus, minus) = directional(&bars, period);
                let is_weak = below(adx, config.trend_min_adx.to_f64().unwrap())?;
                if is_weak { Some(true) } else { is_behind(plus, minus) }
            }
        }
    }

    fn is_hasty(&self) -> bool {
        let recent = self.passed.iter().filter(|time| self.now - **time < MINUTE).count();
        self.limits.config.max_orders_per_minute.is_some_and(|limit| recent >= limit as usize)
    }

    fn has_too_many_legs(&self, leg: PositionSide) -> bool {
        let open = PositionSide::BOTH.into_iter().filter(|leg| !self.expected(*leg).quantity.is_zero()).count();
        let is_new = self.expected(leg).quantity.is_zero();
        self.limits.config.max_open_positions.is_some_and(|limit| is_new && open >= limit as usize)
    }

    fn has_too_many_entries(&self) -> bool {
        let entries: u32 = PositionSide::BOTH.into_iter().map(|leg| self.expected(leg).entries).sum();
        self.limits.config.max_positions_per_symbol.is_some_and(|limit| entries >= limit)
    }

    fn price(&self) -> Decimal {
        Decimal::from_f64_retain(self.bars.last().unwrap().close).unwrap().round_dp(6)
    }

    fn would_be_too_large(&self, leg: PositionSide, quantity: Decimal) -> bool {
        let whole = self.expected(leg).quantity + quantity;
        self.limits.config.max_position_size_quote.is_some_and(|limit| whole * self.price() > limit)
    }

    fn is_too_large(&self, quantity: Decimal) -> bool {
        self.limits.config.max_order_notional.is_some_and(|limit| quantity * self.price() > limit)
    }
}

const fn place(leg: PositionSide) -> usize {
    match leg {
        PositionSide::Long => 0,
        PositionSide::Short => 1,
    }
}

fn range_of(before: &Bar, bar: &Bar) -> f64 {
    (bar.high - bar.low).max((bar.high - before.close).abs()).max((bar.low - before.close).abs())
}

/// Wilder's averages from the first that is one on: a mean, then its continuation.
fn wilder(values: &[f64], period: usize) -> Vec<f64> {
    if values.len() < period {
        return Vec::new();
    }
    let length = f64::from(u32::try_from(period).unwrap());
    let mut averages = vec![values[..period].iter().sum::<f64>() / length];
    for value in &values[period..] {
        averages.push((averages.last().unwrap() * (length - 1.0) + value) / length);
    }
    averages
}

/// ADX, +DI and -DI at the last bar.
fn directional(bars: &[Bar], period: usize) -> (f64, f64, f64) {
    let moves = |up: bool| -> Vec<f64> {
        let of = |pair: &[Bar]| {
            let (rise, fall) = (pair[1].high - pair[0].high, pair[0].low - pair[1].low);
            let (one, other) = if up { (rise, fall) } else { (fall, rise) };
            if one > other && one > 0.0 { one } else { 0.0 }
        };
        wilder(&bars.windows(2).map(of).collect::<Vec<_>>(), period)
    };
    let ranges = wilder(&bars.windows(2).map(|pair| range_of(&pair[0], &pair[1])).collect::<Vec<_>>(), period);
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole * 100.0 } else { 0.0 };
    let of_range = |moves: Vec<f64>| moves.into_iter().zip(&ranges).map(|(one, range)| share(one, *range)).collect::<Vec<_>>();
    let (plus, minus) = (of_range(moves(true)), of_range(moves(false)));
    let indices: Vec<f64> = plus.iter().zip(&minus).map(|(plus, minus)| share((plus - minus).abs(), plus + minus)).collect();
    (*wilder(&indices, period).last().unwrap(), *plus.last().unwrap(), *minus.last().unwrap())
}
