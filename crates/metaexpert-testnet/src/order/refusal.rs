//! Why an exchange does not do what it was asked for.
//!
//! The one decision: a refusal is worded by no protocol. Each says it in its own codes and texts.

/// Why an exchange does not do what it was asked for, in no protocol's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The market is unknown, or does not trade any more.
    UnknownMarket,
    /// There is no such order that stands.
    UnknownOrder,
    /// There is no such list.
    UnknownList,
    /// The client has an open order of this name.
    DuplicateClientId,
    /// Not enough is free.
    Funds,
    /// Not enough is free for the margin.
    Margin,
    /// What it waits for has happened already.
    WouldTrigger,
    /// It was to rest only and would take.
    WouldTake,
    /// All of it was to trade at once and cannot.
    NotAllAtOnce,
    /// There is nobody to trade with.
    NoLiquidity,
    /// It would not only reduce the position.
    ReduceOnly,
    /// The account's position mode does not know such a leg.
    PositionMode,
    /// It breaks a rule of the market.
    Rule(BrokenRule),
    /// The leverage is higher than a position of this size may have.
    Leverage,
    /// It would change nothing, or what cannot be changed.
    NothingToChange,
    /// What is asked for cannot be while orders stand.
    OpenOrders,
    /// What is asked for cannot be while a position is open.
    OpenPosition,
    /// More would be borrowed than may be.
    Loan,
    /// More is to be paid back than is owed, or than is free.
    Repayment,
    /// It would have traded with an order of the same account.
    SelfTrade,
    /// It stood as long as it was to stand.
    TimeOver,
    /// The position it belongs to was taken over.
    Liquidated,
    /// The contract is over.
    ContractOver,
    /// Another order of its list was executed.
    Linked,
    /// There is no such leverage in this market.
    LeverageRange,
    /// The leverage of an isolated position cannot be made smaller.
    IsolatedLeverage,
    /// Isolated margin cannot be while all coins vouch together.
    MultiAssets,
    /// All coins cannot vouch together while a market has isolated margin.
    IsolatedMargin,
    /// It is for isolated positions only.
    NotIsolated,
    /// There is no position.
    NoPosition,
    /// The parts of a list do not fit together: which rule.
    ListShape(&'static str),
}

/// A rule of a market that an order breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenRule {
    /// Below the smallest price, above the largest, or off the tick.
    Price,
    /// Too far from the reference price.
    Band,
    /// Below the smallest quantity, above the largest, or off the lot.
    Lot,
    /// As `Lot`, for market orders.
    MarketLot,
    /// Worth too little or too much.
    Notional,
    /// Too many orders stand.
    OpenOrders,
    /// Too many conditional orders stand.
    ConditionalOrders,
    /// An iceberg of too many parts.
    IcebergParts,
    /// Too many lists stand.
    Lists,
    /// Amended too often.
    Amends,
    /// A trailing distance that is not allowed.
    Trailing,
}
