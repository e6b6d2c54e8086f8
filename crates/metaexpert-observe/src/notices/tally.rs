//! What a day of an expert came to, going by what its journal was told.

use std::{collections::BTreeMap, fmt::Write};

use metaexpert_core::{Currency, Money, UnixNanos};
use rust_decimal::Decimal;

/// Sums since the day began.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) trades: u64,
    pub(super) errors: u64,
    pub(super) refusals: u64,
    fees: BTreeMap<String, Decimal>,
    funding: BTreeMap<String, Decimal>,
    /// By currency: what it was when it was first heard of on that day, and what it is.
    balances: BTreeMap<String, (Decimal, Decimal)>,
}

impl Tally {
    pub(super) fn fee(&mut self, fee: &Money) {
        add(&mut self.fees, fee);
    }

    pub(super) fn funding(&mut self, amount: &Money) {
        add(&mut self.funding, amount);
    }

    pub(super) fn balance(&mut self, balance: &Money) {
        self.balances.entry(balance.currency.to_string()).or_insert((balance.amount, balance.amount)).1 = balance.amount;
    }

    /// Another day begins with the balances that this one ends with.
    pub(super) fn begin_anew(&mut self) -> Self {
        let balances = self.balances.iter().map(|(currency, (_, now))| (currency.clone(), (*now, *now))).collect();
        std::mem::replace(self, Self { balances, ..Self::default() })
    }

    /// In one sentence.
    pub(super) fn text(&self, since: UnixNanos) -> String {
        let mut text = format!("since {since}: {}", counted(self.trades, "trade"));
        for (what, sums) in [("fees", &self.fees), ("funding", &self.funding)] {
            for (currency, sum) in sums.iter().filter(|(_, sum)| !sum.is_zero()) {
                let _ = write!(text, ", {what} {} {currency}", sum.normalize());
            }
        }
        for (currency, (before, now)) in &self.balances {
            let _ = write!(text, ", balance {} {currency} ({:+})", now.normalize(), (now - before).normalize());
        }
        for (count, what) in [(self.errors, "error"), (self.refusals, "refused order")] {
            if count > 0 {
                let _ = write!(text, ", {}", counted(count, what));
            }
        }
        text
    }
}

fn add(sums: &mut BTreeMap<String, Decimal>, money: &Money) {
    // By name, so that a day is told in the same order each time.
    let sum = sums.entry(name(&money.currency)).or_default();
    *sum = sum.saturating_add(money.amount);
}

fn name(currency: &Currency) -> String {
    currency.to_string()
}

fn counted(count: u64, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}
