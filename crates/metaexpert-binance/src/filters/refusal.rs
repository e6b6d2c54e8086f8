//! Which rule was broken, by what, and what would do; and which rules could not be judged.

use std::fmt;

use rust_decimal::Decimal;

/// An order that Binance would refuse by one of its filters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{symbol}: {rule}: {field} {value} {breach}{}", nearest.map(|nearest| format!("; the nearest that would do is {nearest}")).unwrap_or_default())]
pub struct FilterRefusal {
    /// As the exchange spells it.
    pub symbol: String,
    /// The exchange's own name of the rule.
    pub rule: Rule,
    /// What of the order breaks it.
    pub field: Field,
    /// Its value.
    pub value: Decimal,
    /// How it breaks it.
    pub breach: Breach,
    /// The nearest value that meets all rules of this field; `None` where there is none.
    pub nearest: Option<Decimal>,
}

/// How a value breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// It is too small.
    #[error("is below {0}")]
    BelowMin(Decimal),
    /// It is too large.
    #[error("is above {0}")]
    AboveMax(Decimal),
    /// It is not above zero.
    #[error("is not above zero")]
    NotPositive,
    /// It lies between two steps.
    #[error("is not on a step of {step} from {from}")]
    OffStep {
        /// The step.
        step: Decimal,
        /// Where steps are counted from.
        from: Decimal,
    },
    /// The order is worth too little.
    #[error("makes {worth}, below {min}")]
    WorthBelow {
        /// What it is worth.
        worth: Decimal,
        /// The least.
        min: Decimal,
    },
    /// The order is worth too much.
    #[error("makes {worth}, above {max}")]
    WorthAbove {
        /// What it is worth.
        worth: Decimal,
        /// The most.
        max: Decimal,
    },
}

/// What was checked: everything, but for what could not be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Rules that were passed without being judged.
    pub unchecked: Vec<Unchecked>,
}

impl Checked {
    pub(super) fn pass(&mut self, rule: Rule, unknown: Unknown) {
        let unchecked = Unchecked { rule, unknown };
        if !self.unchecked.contains(&unchecked) {
            self.unchecked.push(unchecked);
        }
    }
}

/// A rule that was passed since what it is measured against is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unchecked {
    /// The rule.
    pub rule: Rule,
    /// What is not known.
    pub unknown: Unknown,
}

impl fmt::Display for Unchecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was not checked: {} is not known", self.rule, self.unknown)
    }
}

/// What may not be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The reference, average or last price.
    #[error("the reference price")]
    ReferencePrice,
    /// The mark price.
    #[error("the mark price")]
    MarkPrice,
    /// The price at which a conditional order will trade.
    #[error("the price at which it will trade")]
    TradePrice,
    /// How many orders are open.
    #[error("the number of open orders")]
    OpenOrders,
    /// What is owned.
    #[error("the position")]
    Position,
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the names say it")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

named! {
    /// A filter by Binance's own name.
    Rule {
        PriceFilter = "PRICE_FILTER",
        PercentPrice = "PERCENT_PRICE",
        PercentPriceBySide = "PERCENT_PRICE_BY_SIDE",
        LotSize = "LOT_SIZE",
        MarketLotSize = "MARKET_LOT_SIZE",
        MinNotional = "MIN_NOTIONAL",
        Notional = "NOTIONAL",
        IcebergParts = "ICEBERG_PARTS",
        MaxNumOrders = "MAX_NUM_ORDERS",
        MaxNumAlgoOrders = "MAX_NUM_ALGO_ORDERS",
        MaxNumIcebergOrders = "MAX_NUM_ICEBERG_ORDERS",
        MaxNumOrderLists = "MAX_NUM_ORDER_LISTS",
        MaxNumOrderAmends = "MAX_NUM_ORDER_AMENDS",
        MaxPosition = "MAX_POSITION",
        MaxAsset = "MAX_ASSET",
        TrailingDelta = "TRAILING_DELTA",
    }
}

named! {
    /// What of an order a rule is about.
    Field {
        Price = "price",
        StopPrice = "stop price",
        Quantity = "quantity",
        IcebergQuantity = "iceberg quantity",
        QuoteQuantity = "quote quantity",
        TrailingDelta = "trailing delta",
        Count = "count",
    }
}
