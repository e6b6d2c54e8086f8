//! Statistics of a set of round trips.

use std::cmp::Ordering;

use metaexpert_core::SideSummary;
use rust_decimal::Decimal;

use super::ratio;
use crate::RoundTrip;

/// Sums over round trips in the order of their exits. Winners have a profit after costs, losers a loss; what came out even
/// is neither, and ends a row of either.
#[derive(Default)]
struct Tally {
    trips: u64,
    wins: u64,
    losses: u64,
    profit: Decimal,
    loss: Decimal,
    fees: Decimal,
    funding: Decimal,
    wins_in_a_row: u64,
    losses_in_a_row: u64,
    longest_wins: u64,
    longest_losses: u64,
    held_nanos: i128,
}

/// What these round trips came to.
pub(super) fn of<'a>(trips: impl Iterator<Item = &'a RoundTrip>) -> SideSummary {
    let mut tally = Tally::default();
    for trip in trips {
        tally.add(trip);
    }
    let (trips, wins, losses) = (Decimal::from(tally.trips), Decimal::from(tally.wins), Decimal::from(tally.losses));
    let net_profit = tally.profit + tally.loss;
    let (average_win, average_loss) = (tally.profit.checked_div(wins), tally.loss.checked_div(losses));
    SideSummary {
        round_trips: tally.trips,
        win_rate_pct: ratio(wins * Decimal::ONE_HUNDRED, trips),
        net_profit,
        gross_profit: tally.profit,
        gross_loss: tally.loss,
        fees: tally.fees,
        funding: tally.funding,
        profit_factor: ratio(tally.profit, -tally.loss),
        expectancy: net_profit.checked_div(trips),
        payoff_ratio: average_win.zip(average_loss).and_then(|(win, loss)| ratio(win, -loss)),
        average_win,
        average_loss,
        max_consecutive_wins: tally.longest_wins,
        max_consecutive_losses: tally.longest_losses,
        average_holding_time: tally.average_holding_time(),
    }
}

impl Tally {
    fn add(&mut self, trip: &RoundTrip) {
        self.trips += 1;
        self.fees += trip.fees;
        self.funding += trip.funding;
        self.held_nanos += i128::from(trip.exit_time.nanos_since(trip.entry_time));
        match trip.net_pnl.cmp(&Decimal::ZERO) {
            Ordering::Greater => {
                self.wins += 1;
                self.profit += trip.net_pnl;
                (self.wins_in_a_row, self.losses_in_a_row) = (self.wins_in_a_row + 1, 0);
                self.longest_wins = self.longest_wins.max(self.wins_in_a_row);
            }
            Ordering::Less => {
                self.losses += 1;
                self.loss += trip.net_pnl;
                (self.wins_in_a_row, self.losses_in_a_row) = (0, self.losses_in_a_row + 1);
                self.longest_losses = self.longest_losses.max(self.losses_in_a_row);
            }
            Ordering::Equal => (self.wins_in_a_row, self.losses_in_a_row) = (0, 0),
        }
    }

    /// Seconds.
    #[expect(clippy::cast_precision_loss, reason = "an average in seconds; nanoseconds of centuries have 19 digits")]
    fn average_holding_time(&self) -> Option<f64> {
        (self.trips > 0).then(|| self.held_nanos as f64 / self.trips as f64 / 1e9)
    }
}
