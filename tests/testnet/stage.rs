//! A testnet and clients of it.
//!
//! The one decision: time passes by hand, for both sides: the adapter's own clock reads the same time, so that nothing here depends
//! on how fast the machine is. Each test has a testnet and a thread of its own.

use std::{cell::Cell, collections::BTreeSet, time::Duration};

use metaexpert_binance::{Environment, Hosts, Product, dialect, market};
use metaexpert_connect::{
    Report,
    http::{Budget, Client},
    report::{BalanceReport, FillReport, OrderReport},
    signing::{Credentials, Signer},
};
use metaexpert_core::UnixNanos;
use metaexpert_testnet::{
    audit::OrderLife,
    clock::Time,
    testnet::{Builder, Running, Testnet},
};
use rust_decimal::{Decimal, RoundingStrategy, prelude::FromPrimitive as _};
use slog::{Discard, Logger, o};

/// When the testnet begins: 2026-01-05, a Monday, 00:00 UTC.
pub(crate) const MONDAY: UnixNanos = UnixNanos::from_nanos(1_767_571_200_000_000_000);

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(MONDAY.as_nanos()) };
}

/// The time of the adapter's side.
pub(crate) fn now() -> UnixNanos {
    UnixNanos::from_nanos(NOW.get())
}

/// A testnet with one rich account.
pub(crate) struct Stage {
    pub(crate) testnet: Running,
    pub(crate) credentials: Credentials,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        NOW.set(MONDAY.as_nanos());
        let builder = Testnet::builder().time(Time::Manual).start_at(MONDAY).limits(1_000);
        let testnet = change(builder).start().await.unwrap();
        let key = testnet.keys().into_iter().next().unwrap();
        let secret = key.secret().unwrap_or("given").to_owned();
        let credentials = credentials(&key.key, &secret);
        Self { testnet, credentials }
    }

    /// One base address for everything.
    pub(crate) fn environment(&self) -> Environment {
        Environment::Custom { rest: self.testnet.url().to_owned(), stream: None }
    }

    pub(crate) fn hosts(&self, product: Product) -> Hosts {
        Hosts::of(product, &self.environment())
    }

    pub(crate) fn client(&self, product: Product) -> Client {
        Self::client_of(product, &self.environment(), self.credentials.clone())
    }

    pub(crate) fn client_of(product: Product, environment: &Environment, credentials: Credentials) -> Client {
        let log = Logger::root(Discard, o!());
        Client::new(dialect::setup(product, environment, Some(credentials), Budget::new(None, 1), log, now, 1)).unwrap()
    }

    /// Lets time pass on both sides.
    pub(crate) fn advance(&self, by: Duration) {
        NOW.set(NOW.get() + i64::try_from(by.as_nanos()).unwrap());
        assert!(self.testnet.advance(by));
    }

    /// Every order, as the audit has it.
    pub(crate) fn lives(&self) -> Vec<OrderLife> {
        self.testnet.handle().with(|exchange| exchange.audit().orders())
    }

    /// The order of this number.
    pub(crate) fn life(&self, venue_id: &str) -> OrderLife {
        let number: u64 = venue_id.parse().unwrap();
        self.lives().into_iter().find(|life| life.last.order == number).expect("the audit knows the order")
    }

    /// Checks that each of these calls (`GET /api/v3/time`) was made, carried out and answered well. The other direction is
    /// checked in `coverage`.
    pub(crate) fn assert_called(&self, calls: &[&str]) {
        let made: BTreeSet<String> = self.testnet.handle().with(|exchange| {
            let good = exchange.audit().requests().filter(|seen| seen.request.is_handled && seen.request.status == 200);
            good.map(|seen| format!("{} {}", seen.request.method, seen.request.path)).collect()
        });
        let missing: Vec<_> = calls.iter().filter(|call| !made.contains(**call)).collect();
        assert!(missing.is_empty(), "not called, or not answered well: {missing:?}");
    }

    /// The best prices of a symbol.
    pub(crate) async fn quote(&self, product: Product, symbol: &str) -> (Decimal, Decimal) {
        let client = self.client(product);
        let book = market::depth::depth(&client, product, symbol, 10).await.unwrap();
        (book.bids[0].price, book.asks[0].price)
    }
}

pub(crate) fn credentials(key: &str, secret: &str) -> Credentials {
    Credentials { key: key.to_owned(), signer: Signer::from_secret(secret).unwrap().into(), passphrase: None }
}

/// The only order of an answer.
#[track_caller]
pub(crate) fn order(reports: &[Report<'_>]) -> OrderReport {
    let orders = orders(reports);
    assert_eq!(orders.len(), 1, "{reports:#?}");
    orders[0].clone()
}

pub(crate) fn orders(reports: &[Report<'_>]) -> Vec<OrderReport> {
    let order = |report: &Report<'_>| match report {
        Report::Order(order) => Some((**order).clone()),
        _ => None,
    };
    reports.iter().filter_map(order).collect()
}

pub(crate) fn fills(reports: &[Report<'_>]) -> Vec<FillReport> {
    let fill = |report: &Report<'_>| match report {
        Report::Fill(fill) => Some((**fill).clone()),
        _ => None,
    };
    reports.iter().filter_map(fill).collect()
}

/// What an execution is, whoever tells of it: number, price, quantity, fee and its coin.
pub(crate) type Deal = (String, Decimal, Decimal, Decimal, String);

pub(crate) fn deals(fills: &[FillReport]) -> Vec<Deal> {
    let deal = |fill: &FillReport| {
        let fee = fill.fee.unwrap_or_default().normalize();
        let coin = fill.fee_asset.clone().unwrap_or_default();
        (fill.trade_id.clone(), fill.price.normalize(), fill.quantity.normalize(), fee, coin)
    };
    fills.iter().map(deal).collect()
}

/// The same from the audit.
pub(crate) fn deals_of(life: &OrderLife) -> Vec<Deal> {
    let deal = |done: &metaexpert_testnet::audit::Execution| {
        let (price, quantity) = (done.price.normalize(), done.quantity.normalize());
        (done.trade.to_string(), price, quantity, done.fee.normalize(), done.fee_currency.clone())
    };
    life.executions.iter().map(deal).collect()
}

/// What an account has of a coin; nothing where it is not named.
pub(crate) fn balance(balances: &[BalanceReport], asset: &str) -> BalanceReport {
    balances.iter().find(|balance| balance.asset == asset).cloned().unwrap_or_else(|| BalanceReport {
        asset: asset.to_owned(),
        symbol: None,
        total: None,
        free: None,
        locked: None,
        borrowed: None,
        interest: None,
        unrealised: None,
        change: None,
        time: None,
    })
}

/// Whole multiples of a step, down.
pub(crate) fn down(value: Decimal, step: Decimal) -> Decimal {
    ((value / step).round_dp_with_strategy(0, RoundingStrategy::ToNegativeInfinity) * step).normalize()
}

/// A number of a market report, which is a float, as it was written.
pub(crate) fn exact(number: f64) -> Decimal {
    Decimal::from_f64(number).unwrap().normalize()
}
