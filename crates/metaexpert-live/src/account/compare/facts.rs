//! What the exchange says of the account, asked question by question.
//!
//! The one decision: an order is asked for by its name only where it is not among those that stand. All of it, or nothing: a
//! comparison with half of the facts would heal what is whole.

use std::ops::Range;

use metaexpert_connect::{
    Exchange, Failure,
    exchange::{Listed, Sent},
    report::{BalanceReport, Entry, FillReport, LegReport, OrderReport, PositionReport},
};
use metaexpert_core::{ClientOrderId, PositionSide, UnixNanos, order::read_client_name};
use rust_decimal::Decimal;
use tokio::time::Instant;

/// What is to be asked.
#[derive(Debug)]
pub(in crate::account) struct Plan {
    pub names: Vec<String>,
    /// Orders that stand, or of which nobody knows.
    pub orders: Vec<Sent>,
    /// From when on executions are asked for.
    pub fills: Vec<(String, UnixNanos)>,
    pub entries: Range<UnixNanos>,
    pub has_positions: bool,
    pub now: UnixNanos,
}

/// What was answered.
#[derive(Debug)]
pub(in crate::account) struct Facts {
    pub names: Vec<String>,
    pub open: Vec<OrderReport>,
    pub found: Vec<(ClientOrderId, Instant, Option<OrderReport>)>,
    pub fills: Vec<FillReport>,
    pub positions: Vec<PositionReport>,
    pub balances: Vec<BalanceReport>,
    pub entries: Vec<Entry>,
    pub has_positions: bool,
    /// When the first question was asked, by the exchange's time.
    pub now: UnixNanos,
}

impl Facts {
    /// Whether the exchange has anything of a leg, whoever opened it; where it keeps no positions, in the coins themselves.
    pub(super) fn has(&self, listed: &Listed, leg: PositionSide) -> bool {
        let is_of_leg = |net: Decimal| if leg == PositionSide::Long { net > Decimal::ZERO } else { net < Decimal::ZERO };
        if !self.has_positions {
            return is_of_leg(owned(&self.balances, listed.instrument.base.as_str()));
        }
        self.positions.iter().filter(|report| report.symbol == listed.name).any(|report| match report.leg {
            LegReport::Net => is_of_leg(report.quantity),
            LegReport::Leg(of) => of == leg && !report.quantity.is_zero(),
        })
    }
}

/// How much of an asset is the account's, less what is owed; negative where more is owed than there is.
pub(super) fn owned(balances: &[BalanceReport], asset: &str) -> Decimal {
    let of = |report: &BalanceReport| report.total.unwrap_or_default() - report.borrowed.unwrap_or_default();
    balances.iter().filter(|report| report.asset == asset).map(of).sum()
}

/// Asks everything.
pub(in crate::account) async fn gather(exchange: &dyn Exchange, plan: Plan) -> Result<Facts, Failure> {
    let open = exchange.open_orders(&plan.names).await?;
    let stands = |id: ClientOrderId| open.iter().any(|report| report.client_id.as_deref().and_then(read_client_name) == Some(id));
    let mut found = Vec::new();
    for sent in plan.orders.iter().filter(|sent| !stands(sent.id)) {
        let asked = Instant::now();
        found.push((sent.id, asked, exchange.find_order(sent).await?));
    }
    let mut fills = Vec::new();
    for (name, since) in &plan.fills {
        fills.extend(exchange.fills(name, *since).await?);
    }
    fills.sort_by_key(|fill| fill.time);
    let positions = if plan.has_positions { exchange.positions(&plan.names).await? } else { Vec::new() };
    let balances = exchange.balances().await?;
    let entries = exchange.entries(plan.entries).await?;
    Ok(Facts {
        names: plan.names,
        open,
        found,
        fills,
        positions,
        balances,
        entries,
        has_positions: plan.has_positions,
        now: plan.now,
    })
}
