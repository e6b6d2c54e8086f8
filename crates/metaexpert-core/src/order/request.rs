//! What is asked of a venue, and what it answers.

use serde::{Deserialize, Serialize};

use super::{ClientOrderId, Effect, Fitting, Link, OrderKind, Protection, Reason, SelfTrade, Side, TimeInForce};
use crate::{
    instrument::InstrumentId,
    money::{Money, Price, Quantity},
    named::named,
    time::UnixNanos,
};

/// An order to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrder {
    /// Its name.
    pub id: ClientOrderId,
    /// What is traded.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// At which price, and what it waits for.
    pub kind: OrderKind,
    /// How long it stands.
    pub time_in_force: TimeInForce,
    /// What it does to positions.
    pub effect: Effect,
    /// How much, in base currency or contracts.
    pub quantity: Quantity,
    /// Whether less will do.
    pub fitting: Fitting,
    /// Leverage of what it opens, in times.
    pub leverage: u32,
    /// What guards what it opens.
    pub protection: Protection,
    /// What becomes of it where it would trade with an order of the same account.
    pub self_trade: SelfTrade,
    /// The orders that are cancelled when it trades, and that cancel it when they do.
    pub link: Option<Link>,
    /// When it was decided.
    pub time: UnixNanos,
    /// Why it is sent: a signal, or the risk gate.
    pub reason: Reason,
}

/// A change of an order that stands. What is `None` stays as it is.
///
/// A smaller quantity at the same price keeps the order's place in the queue; any other change sends it to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amendment {
    /// Of which order.
    pub id: ClientOrderId,
    /// The new whole quantity, what was executed included.
    pub quantity: Option<Quantity>,
    /// The new limit price.
    pub price: Option<Price>,
    /// The new trigger price.
    pub trigger: Option<Price>,
}

/// A request that was put to the venue: the first thing `#[on_transaction]` is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Place this order.
    Place(NewOrder),
    /// Change this order.
    Amend(Amendment),
    /// Cancel this order.
    Cancel(ClientOrderId),
}

/// The venue's answer to a [`Request`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Accepted,
    /// It was refused.
    Rejected(Rejection),
    /// No answer came; what became of it will be asked for.
    Unknown,
}

named! {
    /// Why a venue did not do what the risk gate had passed.
    ///
    /// What the exchanges answer in its place, by their lists of error codes (Binance USD-M "Error Codes", Bybit v5 "Error
    /// Codes", OKX v5 "Error Code", Trade Class; read 2026-11):
    ///
    /// | ours | Binance | Bybit | OKX |
    /// |---|---|---|---|
    /// | `funds` | -2019 | 110007 | 51131 |
    /// | `min_notional` | -4164 | 110094 | 51020 |
    /// | `nothing_to_close` | -2022 | 110017 | 51169 |
    /// | `would_take` | -5022 | | |
    /// | `not_all_at_once` | -5021 | | |
    /// | `would_trigger` | -2021 | 110092, 110093 | 51279, 51280 |
    /// | `unknown_order` | -2011, -2013 | 110001 | 51400, 51503, 51603 |
    /// | `bad_amendment` | | 110064 | 51506 |
    /// | `duplicate_id` | -4116 | 110072 | 51016 |
    /// | `price_filter` | -4014 | 110003 | 51006 |
    /// | `lot_filter` | -4023 | | 51121 |
    /// | `leverage` | -2027 | | |
    /// | `expired` | | | 51027 |
    /// | `position_mode` | -4061 | | 51000 |
    ///
    /// Where a cell is empty the exchange takes the order and cancels it at once, or these lists name no code for it.
    Rejection {
        /// Its margin and fee exceed what is free at the real price.
        Funds = "funds",
        /// What could be paid for is below the minimum notional.
        MinNotional = "min_notional",
        /// It was only to close something, and there is nothing left to close.
        NothingToClose = "nothing_to_close",
        /// The data ended before the next bar.
        EndOfData = "end_of_data",
        /// It was to rest only, and would have taken.
        WouldTake = "would_take",
        /// All of it was to trade at once, and not all of it can.
        NotAllAtOnce = "not_all_at_once",
        /// Its trigger has been reached already.
        WouldTrigger = "would_trigger",
        /// It was to stand until a time that is over.
        AlreadyExpired = "already_expired",
        /// The venue has no such order that stands.
        UnknownOrder = "unknown_order",
        /// The change would leave nothing of the order, or asks for what the order does not have.
        BadAmendment = "bad_amendment",
        /// The order's name is taken.
        DuplicateId = "duplicate_id",
        /// An order that is linked to it has traded.
        LinkedTraded = "linked_traded",
        /// The price is off the tick, or out of the exchange's band.
        PriceFilter = "price_filter",
        /// The quantity is off the lot, or out of the exchange's limits.
        LotFilter = "lot_filter",
        /// The leverage is more than the bracket of the position's value allows.
        Leverage = "leverage",
        /// The contract no longer trades.
        Expired = "expired",
        /// There is nobody to trade with.
        NoLiquidity = "no_liquidity",
        /// The account's position mode has no such leg.
        PositionMode = "position_mode",
        /// It did not reach the venue: there was no connection, or the program ended before it was sent.
        NotSent = "not_sent",
        /// The venue refused it for a reason of its own, which is in the log.
        Refused = "refused",
    }
}

named! {
    /// Why an order that stood was cancelled.
    Cancellation {
        /// It was asked for.
        Requested = "requested",
        /// What did not trade at once was not to rest.
        Immediate = "immediate",
        /// It was to stand until now.
        Expired = "expired",
        /// An order that is linked to it has traded.
        Linked = "linked",
        /// It would have traded with an order of the same account.
        SelfTrade = "self_trade",
        /// It was only to close something, and there is nothing left to close.
        NothingToClose = "nothing_to_close",
        /// The position it belongs to was liquidated.
        Liquidation = "liquidation",
        /// The contract expired.
        Delivery = "delivery",
        /// Its margin and fee exceed what is free.
        Funds = "funds",
        /// The data ended.
        EndOfData = "end_of_data",
    }
}

/// A change of the account that is no execution and no funding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// When it was booked.
    pub time: UnixNanos,
    /// How much came in; negative where it was paid.
    pub amount: Money,
    /// What for.
    pub cause: ChargeCause,
}

named! {
    /// What a [`Charge`] is for.
    ChargeCause {
        /// Interest on a loan.
        Interest = "interest",
        /// Money came into the account or left it.
        Transfer = "transfer",
        /// What a liquidation left was taken, or its debt was covered, by the exchange's insurance.
        Insurance = "insurance",
    }
}

impl Serialize for Charge {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.time.to_string(), self.amount.to_string(), self.cause).serialize(serializer)
    }
}
