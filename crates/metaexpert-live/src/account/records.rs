//! What the desk writes into the log: one function for each kind of record, named by its `msgid`.
//!
//! The one decision: each difference between what was known here and what the exchange says has a line of its own, with both sides.

use metaexpert_connect::{Failure, report::FillReport};
use metaexpert_core::{ClientOrderId, PositionSide, Trade};
use rust_decimal::Decimal;
use slog::{Logger, error, info, warn};

/// The desk's log.
#[derive(Debug)]
pub(super) struct Records {
    log: Logger,
}

impl Records {
    pub(super) const fn new(log: Logger) -> Self {
        Self { log }
    }

    pub(super) fn lost(&self, why: &str) {
        warn!(self.log, "the account's stream is lost: {}; entries are refused until it is back", why; "msgid" => "account.lost");
    }

    pub(super) fn refused(&self, why: &str) {
        error!(self.log, "the exchange does not let the account be listened to: {}", why; "msgid" => "account.refused");
    }

    pub(super) fn strange(&self, what: &str) {
        warn!(self.log, "a message of the account could not be read: {}", what; "msgid" => "account.strange");
    }

    pub(super) fn margin_call(&self, symbols: &str) {
        warn!(self.log, "positions are close to being liquidated: {}", symbols; "msgid" => "account.margin_call");
    }

    pub(super) fn reconciled(&self, why: &'static str, differences: u64) {
        info!(self.log, "compared with the exchange ({}): {} differences", why, differences;
            "msgid" => "reconcile.done", "reason" => why, "differences" => differences);
    }

    pub(super) fn not_compared(&self, failure: &Failure) {
        warn!(self.log, "the account could not be compared with the exchange: {}", failure;
            "msgid" => "reconcile.failed", "error" => %failure);
    }

    /// A request about an order was refused.
    pub(super) fn request_failed(&self, expert: &str, request: &'static str, id: ClientOrderId, failure: &Failure) {
        if failure.may_have_happened() {
            warn!(self.log, "{} {}: {}; it is asked for", request, id, failure;
                "msgid" => "order.unanswered", "expert_name" => expert, "order_id" => %id, "error" => %failure);
        } else {
            error!(self.log, "{} {}: {}", request, id, failure;
                "msgid" => "order.failed", "expert_name" => expert, "order_id" => %id, "error" => %failure);
        }
    }

    /// An order breaks a rule of the exchange and was not sent.
    pub(super) fn invalid(&self, expert: &str, id: ClientOrderId, rule: &str) {
        error!(self.log, "order {} was not sent: {}", id, rule;
            "msgid" => "order.invalid", "expert_name" => expert, "order_id" => %id, "rule" => rule);
    }

    /// A comparison has found an order elsewhere than it was known to be.
    pub(super) fn order_differs(&self, expert: &str, id: ClientOrderId, told: &str) {
        warn!(self.log, "order {} was found {}", id, told;
            "msgid" => "reconcile.order", "expert_name" => expert, "order_id" => %id);
    }

    /// A comparison has found an execution that nobody had told of.
    pub(super) fn execution_missed(&self, expert: &str, fill: &FillReport) {
        warn!(self.log, "a missed execution was found: {} {} {} at {}", fill.symbol, fill.side, fill.quantity, fill.price;
            "msgid" => "reconcile.execution", "expert_name" => expert, "symbol" => &fill.symbol, "trade_id" => &fill.trade_id,
            "quantity" => %fill.quantity, "price" => %fill.price);
    }

    /// An order closed more than its expert holds.
    pub(super) fn closed_of_others(&self, expert: &str, id: ClientOrderId, fill: &FillReport, told: Decimal) {
        error!(self.log, "order {} has closed {} of {}, and the expert held {}: the rest was somebody else's",
            id, fill.quantity, fill.symbol, told;
            "msgid" => "reconcile.closed_of_others", "expert_name" => expert, "order_id" => %id, "symbol" => &fill.symbol,
            "quantity" => %fill.quantity);
    }

    /// An execution of an order whose end was told.
    pub(super) fn executed_late(&self, expert: &str, id: ClientOrderId, fill: &FillReport) {
        error!(self.log, "order {} was executed after its end was told: {} at {}", id, fill.quantity, fill.price;
            "msgid" => "reconcile.late_execution", "expert_name" => expert, "order_id" => %id, "symbol" => &fill.symbol,
            "trade_id" => &fill.trade_id);
    }

    /// An order of ours stands there that no expert knows.
    pub(super) fn stray(&self, expert: &str, name: &str, symbol: &str, is_cancelled: bool) {
        let what = if is_cancelled { "is cancelled" } else { "only reduces, and is left" };
        warn!(self.log, "order {} of {} stands at the exchange and is not known here: it {}", name, symbol, what;
            "msgid" => "reconcile.stray_order", "expert_name" => expert, "symbol" => symbol, "order_id" => name,
            "is_cancelled" => is_cancelled);
    }

    /// Another process trades under the number of an expert.
    pub(super) fn shared(&self, expert: &str, id: ClientOrderId, symbol: &str) {
        error!(self.log, "order {} in {} is of another run with strategy_id {} on this account, which is left alone: entries are refused; \
            stop one of the two, close what it has, and give it another `strategy_id`", id, symbol, id.strategy;
            "msgid" => "account.shared", "expert_name" => expert, "order_id" => %id, "symbol" => symbol,
            "strategy_id" => id.strategy);
    }

    pub(super) fn position_healed(&self, expert: &str, trade: &Trade, there: Decimal, here: Decimal) {
        warn!(self.log, "{}: the exchange has {}, the experts had {}: {} {} is taken off", trade.symbol, there, here,
            trade.position_side, trade.quantity;
            "msgid" => "reconcile.position", "expert_name" => expert, "symbol" => %trade.symbol, "trade_id" => %trade.id,
            "side" => trade.position_side.as_str(), "quantity" => %trade.quantity, "price" => %trade.price);
    }

    pub(super) fn foreign_position(&self, symbol: &str, side: PositionSide, there: Decimal, here: Decimal) {
        warn!(self.log, "{}: the exchange has {} {}, the experts {}: the rest is somebody else's and is left alone", symbol, there,
            side, here;
            "msgid" => "reconcile.foreign_position", "symbol" => symbol, "side" => side.as_str(), "quantity" => %(there - here));
    }

    pub(super) fn no_price(&self, symbol: &str) {
        error!(self.log, "{}: less is held than the experts know, and nothing says at what price it went", symbol;
            "msgid" => "reconcile.no_price", "symbol" => symbol);
    }

    pub(super) fn balance_healed(&self, expert: &str, asset: &str, there: Decimal, here: Decimal) {
        warn!(self.log, "the exchange has {} {}, the expert had {}: the difference is booked", there, asset, here;
            "msgid" => "reconcile.balance", "expert_name" => expert, "asset" => asset, "amount" => %(there - here));
    }
}
