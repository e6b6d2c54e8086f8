//! The numbers over a whole run.
use std::collections::BTreeMap;

use super::account::{Account, EquityLine, RoundTrip, Side};
use super::decimal::Exact;
use super::refused::Rejection;
use super::returns;
use super::settings::Settings;
use num_traits::{Signed, ToPrimitive, Zero};

/// The summary as far as the rules define it. `None` where a quotient has nothing to divide by.
#[derive(Debug)]
pub struct Summary {
    /// `initial_capital`.
    pub initial_capital: Exact,
    /// After the forced close.
    pub final_equity: Exact,
    /// All executions' fees.
    pub fees: Exact,
    /// What the expert sent and the gate passed.
    pub orders: usize,
    /// Executions.
    pub trades: usize,
    /// Refusals by rule; a rule that refused nothing is not in it.
    pub rejected: BTreeMap<Rejection, usize>,
    /// Largest fall of equity from its running peak, in money.
    pub max_drawdown: Exact,
    /// Largest fall in percent of the peak.
    pub max_drawdown_pct: Exact,
    /// Longest time below a peak, in nanoseconds.
    pub max_drawdown_duration: i64,
    /// From the first bar's opening to the last bar's closing, in nanoseconds.
    pub whole_time: i64,
    /// Of the daily returns.
    pub sharpe: Option<f64>,
    /// Of the daily returns.
    pub sortino: Option<f64>,
    /// Growth a year.
    pub cagr_pct: Option<f64>,
    /// Of the net profits.
    pub sqn: Option<f64>,
    /// Over all round trips.
    pub all: Results,
    /// Over the long ones.
    pub long: Results,
    /// Over the short ones.
    pub short: Results,
}

/// Numbers over a set of round trips.
#[derive(Debug)]
pub struct Results {
    /// How many.
    pub round_trips: usize,
    /// Those with a net above zero.
    pub wins: usize,
    /// Those with a net below zero.
    pub losses: usize,
    /// Sum of the fees.
    pub fees: Exact,
    /// Sum of the net profits.
    pub net_profit: Exact,
    /// Sum of the winners' nets.
    pub won: Exact,
    /// Sum of the losers' nets, as a positive number.
    pub lost: Exact,
    /// Longest run of winners.
    pub max_consecutive_wins: usize,
    /// Longest run of losers.
    pub max_consecutive_losses: usize,
    /// Sum of exit time - entry time, in nanoseconds.
    pub held: i64,
}

impl Summary {
    /// `start` is the first bar's opening.
    pub(super) fn of(
        settings: &Settings,
        account: &Account,
        equity: &[EquityLine],
        orders: usize,
        rejected: BTreeMap<Rejection, usize>,
        start: i64,
    ) -> Self {
        let trips = &account.round_trips;
        let capital = &settings.initial_capital;
        let falls = Falls::of(capital, start, equity);
        let whole_time = equity.last().map_or(0, |line| line.time - start);
        let (sharpe, sortino) = returns::sharpe_and_sortino(capital, equity);
        let nets: Vec<Exact> = trips.iter().map(|trip| trip.net_pnl.clone()).collect();
        Self {
            initial_capital: capital.clone(),
            final_equity: account.balance.clone(),
            fees: account.fees.clone(),
            orders,
            trades: account.trades.len(),
            rejected,
            max_drawdown: falls.money,
            max_drawdown_pct: falls.percent,
            max_drawdown_duration: falls.duration,
            whole_time,
            sharpe,
            sortino,
            cagr_pct: returns::cagr_pct(capital, &account.balance, whole_time),
            sqn: returns::sqn(&nets),
            all: Results::of(trips.iter()),
            long: Results::of(trips.iter().filter(|trip| trip.side == Side::Long)),
            short: Results::of(trips.iter().filter(|trip| trip.side == Side::Short)),
        }
    }

    /// `final_equity - initial_capital`.
    pub fn net_profit(&self) -> Exact {
        &self.final_equity - &self.initial_capital
    }

    /// Net profit in percent of the capital.
    pub fn net_profit_pct(&self) -> Exact {
        self.net_profit() * whole(100) / &self.initial_capital
    }

    /// Net profit over the largest fall.
    pub fn recovery_factor(&self) -> Option<Exact> {
        ratio(&self.net_profit(), &self.max_drawdown)
    }

    /// Time with a position in percent of the whole.
    pub fn exposure_pct(&self) -> Option<Exact> {
        ratio(&Exact::from_integer((i128::from(self.all.held) * 100).into()), &Exact::from_integer(self.whole_time.into()))
    }

    /// Growth a year over the largest fall, both in percent.
    pub fn calmar(&self) -> Option<f64> {
        let fall = self.max_drawdown_pct.to_f64().filter(|fall| *fall > 0.0)?;
        self.cagr_pct.map(|growth| growth / fall)
    }
}

/// Falls of equity from its running peak.
#[derive(Debug)]
struct Falls {
    money: Exact,
    percent: Exact,
    duration: i64,
}

impl Falls {
    /// The first peak is the initial capital, and stands at `start`.
    fn of(initial_capital: &Exact, start: i64, equity: &[EquityLine]) -> Self {
        let mut falls = Self { money: Exact::zero(), percent: Exact::zero(), duration: 0 };
        let (mut peak, mut peak_time, mut fallen) = (initial_capital.clone(), start, false);
        for line in equity {
            if line.equity < peak {
                fallen = true;
                falls.duration = falls.duration.max(line.time - peak_time);
            } else {
                if fallen {
                    falls.duration = falls.duration.max(line.time - peak_time);
                }
                (peak, peak_time, fallen) = (line.equity.clone(), line.time, false);
            }
            falls.money = falls.money.max(&peak - &line.equity);
            falls.percent = falls.percent.max(line.drawdown_pct.clone());
        }
        falls
    }
}

impl Results {
    fn of<'a>(trips: impl Iterator<Item = &'a RoundTrip>) -> Self {
        let zero = Exact::zero;
        let mut results = Self {
            round_trips: 0,
            wins: 0,
            losses: 0,
            fees: zero(),
            net_profit: zero(),
            won: zero(),
            lost: zero(),
            max_consecutive_wins: 0,
            max_consecutive_losses: 0,
            held: 0,
        };
        let (mut wins_in_a_row, mut losses_in_a_row) = (0, 0);
        for trip in trips {
            let net = &trip.net_pnl;
            results.round_trips += 1;
            results.held += trip.exit_time - trip.entry_time;
            results.net_profit += net;
            results.fees += &trip.fees;
            if net.is_positive() {
                results.wins += 1;
                results.won += net;
                (wins_in_a_row, losses_in_a_row) = (wins_in_a_row + 1, 0);
            } else if net.is_negative() {
                results.losses += 1;
                results.lost -= net;
                (wins_in_a_row, losses_in_a_row) = (0, losses_in_a_row + 1);
            } else {
                (wins_in_a_row, losses_in_a_row) = (0, 0);
            }
            results.max_consecutive_wins = results.max_consecutive_wins.max(wins_in_a_row);
            results.max_consecutive_losses = results.max_consecutive_losses.max(losses_in_a_row);
        }
        results
    }

    /// Winners in percent of all.
    pub fn win_rate_pct(&self) -> Option<Exact> {
        ratio(&Exact::from_integer((self.wins * 100).into()), &whole(self.round_trips))
    }

    /// What was won for each unit lost.
    pub fn profit_factor(&self) -> Option<Exact> {
        ratio(&self.won, &self.lost)
    }

    /// Mean of exit time - entry time, in seconds.
    pub fn average_holding_time(&self) -> Option<Exact> {
        ratio(&Exact::new(self.held.into(), 1_000_000_000.into()), &whole(self.round_trips))
    }

    /// Mean winner.
    pub fn average_win(&self) -> Option<Exact> {
        ratio(&self.won, &whole(self.wins))
    }

    /// Mean loser, as a negative number.
    pub fn average_loss(&self) -> Option<Exact> {
        ratio(&-&self.lost, &whole(self.losses))
    }

    /// Mean net profit of a round trip.
    pub fn expectancy(&self) -> Option<Exact> {
        ratio(&self.net_profit, &whole(self.round_trips))
    }

    /// Mean winner over mean loser.
    pub fn payoff_ratio(&self) -> Option<Exact> {
        ratio(&self.average_win()?, &-self.average_loss()?)
    }
}

fn whole(count: usize) -> Exact {
    Exact::from_integer(count.into())
}

fn ratio(over: &Exact, under: &Exact) -> Option<Exact> {
    (!under.is_zero()).then(|| over / under)
}
