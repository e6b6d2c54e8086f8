//! Positions from flat to flat, one leg of one instrument at a time.
//!
//! The one decision: a round trip begins with the execution that opens an empty leg and ends with the one that empties it.
//! Entries in between are averaged, partial exits accumulate, and the profit comes from the cash flows, not from the
//! averages, so that it is exact.

use metaexpert_core::{Instrument, InstrumentId, PositionSide, Reason, Trade, UnixNanos};
use rust_decimal::Decimal;

use crate::{Run, Settled};

/// A position that was opened and closed again completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundTrip {
    /// When its first entry was executed.
    pub entry_time: UnixNanos,
    /// When its last exit was executed.
    pub exit_time: UnixNanos,
    /// In what.
    pub instrument: InstrumentId,
    /// Which leg.
    pub side: PositionSide,
    /// All that was entered, in the instrument's unit of quantity.
    pub quantity: Decimal,
    /// Average price of the entries, weighted by quantity.
    pub entry_price: Decimal,
    /// Average price of the exits, weighted by quantity.
    pub exit_price: Decimal,
    /// Profit before costs; negative for a loss.
    pub gross_pnl: Decimal,
    /// Fees of all its executions; negative where rebates prevail.
    pub fees: Decimal,
    /// Funding received while it was open; negative where it was paid.
    pub funding: Decimal,
    /// `gross_pnl - fees + funding`.
    pub net_pnl: Decimal,
    /// Why its last exit happened.
    pub exit_reason: Reason,
}

/// The round trips of a run, in the order of their exits. A position that is still open is not among them.
pub fn round_trips(run: &Run) -> Vec<RoundTrip> {
    let mut open: Vec<[Option<Open>; 2]> = vec![[None, None]; run.instruments.len()];
    let mut done = Vec::with_capacity(run.trades.len() / 2);
    let mut fundings = run.fundings.iter().peekable();
    for (executed, trade) in run.trades.iter().enumerate() {
        while let Some(settled) = fundings.next_if(|settled| settled.after <= executed) {
            settle(&mut open, settled);
        }
        let Some([long, short]) = open.get_mut(trade.instrument.index()) else { continue };
        let instrument = run.instruments.get(trade.instrument);
        let leg = match trade.position_side {
            PositionSide::Long => long,
            PositionSide::Short => short,
        };
        if trade.opens() {
            leg.get_or_insert_with(|| Open::new(trade.time)).enter(trade, instrument);
        } else if let Some(position) = leg {
            position.leave(trade, instrument);
            if position.left.quantity >= position.entered.quantity {
                done.extend(leg.take().map(|position| position.close(trade, instrument)));
            }
        }
    }
    done
}

/// Adds funding to the leg that it was for; where that is not known, to the one that is open.
fn settle(open: &mut [[Option<Open>; 2]], settled: &Settled) {
    let Some([long, short]) = open.get_mut(settled.instrument.index()) else { return };
    let guessed = if long.is_some() { PositionSide::Long } else { PositionSide::Short };
    let leg = match settled.funding.position_side.unwrap_or(guessed) {
        PositionSide::Long => long,
        PositionSide::Short => short,
    };
    if let Some(position) = leg {
        position.funding += settled.funding.amount.amount;
    }
}

/// A position that is not closed yet.
#[derive(Debug, Clone)]
struct Open {
    since: UnixNanos,
    entered: Flow,
    left: Flow,
    fees: Decimal,
    funding: Decimal,
}

/// What went in or out so far.
#[derive(Debug, Clone)]
struct Flow {
    quantity: Decimal,
    /// In settlement currency.
    value: Decimal,
    /// The price, as long as all executions had the same.
    price: Option<Decimal>,
}

impl Flow {
    const NONE: Self = Self { quantity: Decimal::ZERO, value: Decimal::ZERO, price: None };

    fn add(&mut self, trade: &Trade, instrument: &Instrument) {
        let (price, quantity) = (trade.price.get(), trade.quantity.get());
        self.price = (self.quantity.is_zero() || self.price == Some(price)).then_some(price);
        self.quantity += quantity;
        self.value += instrument.value(price, quantity);
    }

    fn average(&self, instrument: &Instrument) -> Decimal {
        let size = self.quantity * instrument.rules.contract_size;
        let average = || if instrument.kind.is_inverse() { size.checked_div(self.value) } else { self.value.checked_div(size) };
        self.price.or_else(average).unwrap_or_default()
    }
}

impl Open {
    const fn new(since: UnixNanos) -> Self {
        Self { since, entered: Flow::NONE, left: Flow::NONE, fees: Decimal::ZERO, funding: Decimal::ZERO }
    }

    fn enter(&mut self, trade: &Trade, instrument: &Instrument) {
        self.entered.add(trade, instrument);
        self.fees += trade.fee.amount;
    }

    fn leave(&mut self, trade: &Trade, instrument: &Instrument) {
        self.left.add(trade, instrument);
        self.fees += trade.fee.amount;
    }

    fn close(self, last: &Trade, instrument: &Instrument) -> RoundTrip {
        let gross_pnl = instrument.gain(last.position_side, self.entered.value, self.left.value);
        RoundTrip {
            entry_time: self.since,
            exit_time: last.time,
            instrument: last.instrument,
            side: last.position_side,
            quantity: self.entered.quantity,
            entry_price: self.entered.average(instrument),
            exit_price: self.left.average(instrument),
            gross_pnl,
            fees: self.fees,
            funding: self.funding,
            net_pnl: gross_pnl - self.fees + self.funding,
            exit_reason: last.reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::Timeframe;
    use rust_decimal::dec;

    use super::*;
    use crate::made;

    fn trips(script: &[(usize, &str)]) -> Vec<RoundTrip> {
        let mut run = made::run(&["BTCUSDT"]);
        run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0; 9]))];
        for (bar, words) in script {
            let time = run.open(*bar);
            run.trade(time, "BTCUSDT", words);
        }
        round_trips(&run)
    }

    #[test]
    fn entries_are_averaged_and_partial_exits_add_up() {
        let trips = trips(&[
            (0, "buy long 1 @ 100 fee 0.1"),
            (1, "buy long 2 @ 103 fee 0.2"),
            (2, "sell long 1 @ 110 fee 0.1 take_profit"),
            (3, "sell long 2 @ 95 fee 0.2 stop_loss"),
        ]);
        let [trip] = trips.as_slice() else { panic!("{trips:?}") };
        assert_eq!((trip.quantity, trip.entry_price, trip.exit_price), (dec!(3), dec!(102), dec!(100)));
        // 110 + 190 - 100 - 206
        assert_eq!((trip.gross_pnl, trip.fees, trip.net_pnl), (dec!(-6), dec!(0.6), dec!(-6.6)));
        assert_eq!(trip.exit_reason, Reason::StopLoss);
        assert_eq!(trip.exit_time.nanos_since(trip.entry_time), 3 * Timeframe::H6.nanos());
    }

    #[test]
    fn an_average_that_never_ends_does_not_blur_the_profit() {
        let trips = trips(&[(0, "buy long 1 @ 100 fee 0"), (0, "buy long 2 @ 100.1 fee 0"), (1, "sell long 3 @ 100.1 fee 0")]);
        assert_eq!(trips[0].gross_pnl, dec!(0.1));
        assert_eq!(trips[0].entry_price.round_dp(6), dec!(100.066667));
    }

    #[test]
    fn funding_belongs_to_the_leg_that_was_open_when_it_was_settled() {
        let mut run = made::run(&["BTCUSDT"]);
        run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0; 9]))];
        let at = |run: &Run, bar: usize| run.open(bar);
        let times = [0, 1, 2, 3, 4].map(|bar| at(&run, bar));
        run.fund(times[0], "BTCUSDT", Some(PositionSide::Long), dec!(99)); // nothing is open yet: of no trip
        run.trade(times[0], "BTCUSDT", "buy long 1 @ 100 fee 0.1").trade(times[0], "BTCUSDT", "sell short 1 @ 100 fee 0.1");
        run.fund(times[1], "BTCUSDT", Some(PositionSide::Long), dec!(-2)).fund(
            times[1],
            "BTCUSDT",
            Some(PositionSide::Short),
            dec!(3),
        );
        // At the time of an exit, before it.
        run.fund(times[2], "BTCUSDT", Some(PositionSide::Long), dec!(-1));
        run.trade(times[2], "BTCUSDT", "sell long 1 @ 100 fee 0.1");
        // An exchange that does not say whose it was.
        run.fund(times[3], "BTCUSDT", None, dec!(0.5));
        run.trade(times[4], "BTCUSDT", "buy short 1 @ 100 fee 0.1");
        let trips = round_trips(&run);
        assert_eq!(trips.iter().map(|trip| trip.funding).collect::<Vec<_>>(), [dec!(-3), dec!(3.5)]);
        assert_eq!(trips.iter().map(|trip| trip.net_pnl).collect::<Vec<_>>(), [dec!(-3.2), dec!(3.3)]);
    }

    #[test]
    fn a_flip_is_the_end_of_one_and_the_start_of_another() {
        let trips = trips(&[
            (0, "buy long 1 @ 100 fee 0"),
            (1, "sell long 1 @ 90 fee 0"),
            (1, "sell short 2 @ 90 fee 0"),
            (2, "buy short 2 @ 80 fee 0"),
        ]);
        assert_eq!(trips.iter().map(|trip| trip.gross_pnl).collect::<Vec<_>>(), [dec!(-10), dec!(20)]);
        assert_eq!(trips[0].exit_time, trips[1].entry_time);
    }

    #[test]
    fn legs_of_a_hedge_stand_side_by_side_in_the_order_of_their_exits() {
        let trips = trips(&[
            (0, "buy long 1 @ 100 fee 0"),
            (1, "sell short 1 @ 100 fee 0"),
            (2, "buy short 1 @ 99 fee 0"),
            (3, "sell long 1 @ 99 fee 0"),
        ]);
        assert_eq!(trips.iter().map(|trip| trip.side).collect::<Vec<_>>(), [PositionSide::Short, PositionSide::Long]);
    }

    #[test]
    fn what_is_still_open_is_no_round_trip() {
        assert_eq!(trips(&[(0, "buy long 2 @ 100 fee 0"), (1, "sell long 1 @ 100 fee 0")]), []);
    }

    #[test]
    fn an_inverse_contract_gains_coins() {
        let mut run = made::inverse_run("BTCUSDT", dec!(100));
        run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[50000.0, 40000.0, 62500.0]))];
        let times = [0, 1, 2].map(|bar| run.open(bar));
        run.trade(times[0], "BTCUSDT", "buy long 100 @ 50000 fee 0.0001");
        run.trade(times[1], "BTCUSDT", "buy long 100 @ 40000 fee 0");
        run.trade(times[2], "BTCUSDT", "sell long 200 @ 62500 fee 0");
        let trips = round_trips(&run);
        // 0.2 and 0.25 coins went in, 0.32 are left of them; 20,000 for 0.45 is the average.
        assert_eq!((trips[0].gross_pnl, trips[0].net_pnl), (dec!(0.13), dec!(0.1299)));
        assert_eq!(trips[0].entry_price.round_dp(2), dec!(44444.44));
        let curve = crate::EquityCurve::of(&run);
        assert_eq!((curve.final_equity, curve.max_drawdown), (dec!(1000.1299), dec!(0.0501)));
    }

    #[test]
    fn a_contract_is_worth_its_size() {
        let mut run = made::run(&["BTCUSDT"]);
        let mut instrument = run.instruments.get(run.id("BTCUSDT")).clone();
        instrument.rules.contract_size = dec!(0.01);
        run.instruments = metaexpert_core::Instruments::default();
        run.instruments.add(instrument);
        run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0; 3]))];
        let time = run.open(0);
        run.trade(time, "BTCUSDT", "buy long 5 @ 100 fee 0").trade(time, "BTCUSDT", "sell long 5 @ 110 fee 0");
        let trips = round_trips(&run);
        assert_eq!((trips[0].gross_pnl, trips[0].entry_price), (dec!(0.5), dec!(100)));
        assert_eq!(crate::EquityCurve::of(&run).final_equity, dec!(1000.5));
    }
}
