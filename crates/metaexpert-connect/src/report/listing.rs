//! What can be traded, with the rules that the exchange sets, and what it costs.

use metaexpert_core::{Bracket, InstrumentKind, Percent, UnixNanos};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::Word;

/// Something that can be traded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listing {
    /// As the exchange spells it.
    pub symbol: String,
    /// As this project spells it; `None` where the exchange's name follows none of its own rules.
    pub unified: Option<metaexpert_core::Symbol>,
    /// Whether it trades.
    pub status: Word<ListingStatus>,
    /// What kind of contract it is; `None` for kinds that this project does not know.
    #[serde(serialize_with = "kind")]
    pub kind: Option<InstrumentKind>,
    /// What is bought and sold.
    pub base: String,
    /// What it is priced in.
    pub quote: String,
    /// What margin, profit and fees are paid in.
    pub settlement: String,
    /// Base currency in one contract (of an inverse one: quote currency); 1 where quantities are in base currency.
    pub contract_size: Decimal,
    /// Whether it can be traded on margin (spot).
    pub margin: bool,
    /// When trading began or begins.
    pub listed: Option<UnixNanos>,
    /// The exchange's filters, each checked on this side before sending.
    pub filters: Vec<Filter>,
    /// Order types that it takes, as the exchange names them.
    pub order_types: Vec<String>,
    /// What an account must be allowed: one of each inner list. Empty where the exchange does not say.
    pub permissions: Vec<Vec<String>>,
    /// Maintenance margin of the smallest position, in percent of its value.
    pub maintenance_margin: Option<Percent>,
    /// What a liquidation costs, in percent of the value.
    pub liquidation_fee: Option<Percent>,
}

/// Whether something trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingStatus {
    /// It trades.
    Trading,
    /// Orders can be cancelled and not placed.
    CancelOnly,
    /// Positions can only be closed.
    CloseOnly,
    /// It will trade.
    Pending,
    /// It does not trade for now.
    Halted,
    /// It is being or has been settled.
    Settled,
    /// It is gone.
    Closed,
}

/// One rule that an order must meet. `None` is no limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "filter", content = "value", rename_all = "snake_case")]
pub enum Filter {
    /// Price: between these and on this step from `min`.
    Price {
        /// Lowest.
        min: Option<Decimal>,
        /// Highest.
        max: Option<Decimal>,
        /// Step.
        tick: Option<Decimal>,
    },
    /// Price against a reference (average or mark price), as factors of it, by the side of the order.
    PricePercent {
        /// Lowest factor of a buy.
        bid_down: Decimal,
        /// Highest factor of a buy.
        bid_up: Decimal,
        /// Lowest factor of a sell.
        ask_down: Decimal,
        /// Highest factor of a sell.
        ask_up: Decimal,
        /// Minutes of the average; 0 is the last price, `None` the mark price.
        minutes: Option<u32>,
    },
    /// Quantity: between these and on this step from `min`.
    Lot {
        /// Smallest.
        min: Option<Decimal>,
        /// Largest.
        max: Option<Decimal>,
        /// Step.
        step: Option<Decimal>,
        /// Whether it is for market orders only.
        market: bool,
    },
    /// Value of an order, in quote currency.
    Notional {
        /// Smallest.
        min: Option<Decimal>,
        /// Largest.
        max: Option<Decimal>,
        /// Whether the smallest is asked of market orders too.
        min_for_market: bool,
        /// Whether the largest is asked of market orders too.
        max_for_market: bool,
        /// Minutes of the average that market orders are valued at; 0 is the last price.
        minutes: u32,
    },
    /// How many parts an iceberg order may have.
    IcebergParts(u32),
    /// How many orders may be open.
    OpenOrders(u32),
    /// How many conditional orders may be open.
    ConditionalOrders(u32),
    /// How many iceberg orders may be open.
    IcebergOrders(u32),
    /// How many order lists may be open.
    OrderLists(u32),
    /// How often an order may be amended.
    Amends(u32),
    /// Largest position, in base currency.
    Position(Decimal),
    /// Largest amount of one asset in an order.
    Asset {
        /// Of which.
        asset: String,
        /// How much.
        max: Decimal,
    },
    /// Distance of a trailing stop, in hundredths of a percent.
    TrailingDelta {
        /// Smallest above the price.
        min_above: u32,
        /// Largest above the price.
        max_above: u32,
        /// Smallest below the price.
        min_below: u32,
        /// Largest below the price.
        max_below: u32,
    },
    /// Prices at which orders are executed at all, as factors of the reference price, by the side of the order. An order beyond
    /// them is taken and does not trade there.
    ExecutionRange {
        /// Lowest factor of a buy.
        bid_down: Option<Decimal>,
        /// Highest factor of a buy.
        bid_up: Option<Decimal>,
        /// Lowest factor of a sell.
        ask_down: Option<Decimal>,
        /// Highest factor of a sell.
        ask_up: Option<Decimal>,
    },
    /// One that this side does not know, by its name.
    Other(String),
}

/// What an exchange says of something that can be traded, when it changes: less than a [`Listing`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListingUpdate {
    /// As the exchange spells it.
    pub symbol: String,
    /// When it said so.
    pub time: Option<UnixNanos>,
    /// Whether it trades.
    pub status: Word<ListingStatus>,
    /// When trading began or begins.
    pub listed: Option<UnixNanos>,
    /// When it is delivered or expires; `None` for what never is.
    pub delivery: Option<UnixNanos>,
}

/// Leverage and maintenance margin by value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BracketReport {
    /// Of what.
    pub symbol: String,
    /// Lowest value first.
    #[serde(serialize_with = "brackets")]
    pub brackets: Vec<Bracket>,
}

/// What trading costs, in percent of an order's value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeeReport {
    /// Of what; `None` for all.
    pub symbol: Option<String>,
    /// For orders that rest; negative where they are paid for.
    pub maker: Percent,
    /// For orders that take.
    pub taker: Percent,
}

#[expect(clippy::ref_option, reason = "serde hands over the field itself")]
fn kind<S: Serializer>(kind: &Option<InstrumentKind>, serializer: S) -> Result<S::Ok, S::Error> {
    match kind {
        None => serializer.serialize_none(),
        Some(InstrumentKind::Spot) => serializer.serialize_str("spot"),
        Some(InstrumentKind::Perpetual(payoff)) => serializer.collect_str(&format_args!("perpetual {payoff}")),
        Some(InstrumentKind::Dated { payoff, delivery }) => serializer.collect_str(&format_args!("dated {payoff} {delivery}")),
        Some(InstrumentKind::Option(terms)) => {
            serializer.collect_str(&format_args!("{} {} {}", terms.right, terms.strike, terms.expiry))
        }
    }
}

fn brackets<S: Serializer>(brackets: &[Bracket], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Row {
        up_to: Decimal,
        max_leverage: u32,
        maintenance_margin_pct: Percent,
        deduction: Decimal,
    }
    serializer.collect_seq(brackets.iter().map(|bracket| Row {
        up_to: bracket.up_to,
        max_leverage: bracket.max_leverage,
        maintenance_margin_pct: bracket.maintenance_margin,
        deduction: bracket.deduction,
    }))
}
