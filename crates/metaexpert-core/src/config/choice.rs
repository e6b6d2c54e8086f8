//! Keys whose value is one of a few words.

use super::{
    nearest::nearest,
    value::{BadValue, KeyValue, same},
};
use crate::named::named;

/// An enum that users write as one of a few words.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident = $first_text:literal, $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        named! {
            $(#[$doc])*
            $name { $(#[$first_doc])* $first = $first_text, $($(#[$variant_doc])* $variant = $text),+ }
        }

        impl $name {
            /// Every choice.
            pub const ALL: &'static [Self] = &[Self::$first, $(Self::$variant),+];
            /// What is said of a word that is none of them; a constant, since compile-time errors cannot be put together.
            pub(super) const REFUSAL: &'static str = concat!("is not one of `", $first_text, "`" $(, ", `", $text, "`")+);

            /// The choice that users write as `text`; usable in constants.
            pub const fn parse(text: &str) -> Option<Self> {
                let mut rest = Self::ALL;
                while let [first, tail @ ..] = rest {
                    if same(first.as_str(), text) {
                        return Some(*first);
                    }
                    rest = tail;
                }
                None
            }
        }

        impl KeyValue for $name {
            const PLACEHOLDER: &'static str = "CHOICE";
            const CHOICES: &'static [&'static str] = &[$first_text, $($text),+];

            fn parse(text: &str) -> Result<Self, BadValue> {
                Self::parse(text.trim())
                    .ok_or_else(|| BadValue::new(text, Self::REFUSAL).or_nearest(nearest(text, Self::CHOICES.iter().copied())))
            }

            fn to_text(&self) -> String {
                self.as_str().to_owned()
            }
        }
    };
}

choice! {
    /// Kind of market.
    MarketType {
        /// The coin itself changes hands.
        Spot = "spot",
        /// The coin itself, partly with borrowed money.
        Margin = "margin",
        /// Futures and perpetual contracts.
        Futures = "futures",
        /// Options.
        Options = "options",
    }
}

choice! {
    /// What a derivatives contract pays in.
    ContractType {
        /// In the quote currency (USDT).
        Linear = "linear",
        /// In the coin.
        Inverse = "inverse",
    }
}

choice! {
    /// What answers for a position's losses.
    MarginMode {
        /// Its own margin.
        Isolated = "isolated",
        /// The whole account.
        Cross = "cross",
    }
}

choice! {
    /// How many legs a symbol has.
    PositionMode {
        /// A long and a short leg, each on its own.
        Hedge = "hedge",
        /// One position, long or short.
        Oneway = "oneway",
    }
}

choice! {
    /// How the size of an order is worked out.
    SizeType {
        /// `size_value` is the quantity, in base currency.
        FixedBase = "fixed_base",
        /// `size_value` is the order's value, in quote currency.
        FixedQuote = "fixed_quote",
        /// `size_value` is the margin, in percent of equity; the order is worth `leverage` times that.
        PercentEquity = "percent_equity",
        /// `size_value` is what the stop-loss may cost, in percent of equity.
        RiskBased = "risk_based",
    }
}

choice! {
    /// What happens when `max_drawdown_pct` or `daily_loss_limit` is breached. Either way no entry passes any more.
    OnBreach {
        /// What the expert holds is closed.
        Close = "close",
        /// Positions stay, with their protection.
        HaltOnly = "halt_only",
    }
}

choice! {
    /// What the expert trades against.
    TradeMode {
        /// Live prices, simulated orders.
        Paper = "paper",
        /// Live prices, real orders.
        Live = "live",
        /// Recorded prices, simulated orders.
        Backtest = "backtest",
    }
}

choice! {
    /// What a simulation sees of a bar.
    FillModel {
        /// The way from the open over both extremes to the close.
        Ohlc = "ohlc",
        /// The open only.
        Open = "open",
        /// Recorded quotes and public trades.
        Ticks = "ticks",
        /// The recorded order book, and public trades.
        Book = "book",
    }
}

choice! {
    /// How much a record of the log matters, the least first.
    LogLevel {
        /// For whoever looks for a mistake.
        Debug = "debug",
        /// What goes on.
        Info = "info",
        /// Orders, executions, positions.
        Trade = "trade",
        /// What may become a problem.
        Warning = "warning",
        /// What failed.
        Error = "error",
        /// What endangers trading.
        Critical = "critical",
    }
}

choice! {
    /// Which volatility allows entries.
    VolatilityFilter {
        /// An average true range that is neither too small nor too large, in percent of the price.
        AtrBand = "atr_band",
        /// An average true range that is neither too small nor too large for what it has been.
        AtrPercentile = "atr_percentile",
    }
}

choice! {
    /// What says where the trend goes.
    TrendFilter {
        /// On which side of its exponential moving average the price is.
        Ema = "ema",
        /// On which side of its simple moving average the price is.
        Sma = "sma",
        /// Which directional movement is the stronger, and whether it is strong enough.
        Adx = "adx",
    }
}

choice! {
    /// What fills a resting limit order in a simulation.
    LimitFill {
        /// A price at the limit.
        Touch = "touch",
        /// A price one tick beyond the limit.
        Through = "through",
    }
}

choice! {
    /// What becomes of orders and positions when a run is stopped.
    OnStop {
        /// Both stay as they are.
        Keep = "keep",
        /// The expert's own orders are cancelled; positions stay, with what protects them.
        Cancel = "cancel",
        /// Orders are cancelled and positions closed.
        Flatten = "flatten",
    }
}

choice! {
    /// What an order in the journal survives before it leaves.
    Durability {
        /// The end of the process, whatever ended it.
        Process = "process",
        /// The end of the machine's power.
        Power = "power",
    }
}

choice! {
    /// What a person can be told of while an expert runs.
    NoticeKind {
        /// Something went wrong.
        Error = "error",
        /// Entries are refused until a person resumes, or another day begins.
        Halt = "halt",
        /// An order was executed.
        Trade = "trade",
        /// What a day has brought.
        Daily = "daily",
    }
}

impl KeyValue for bool {
    const PLACEHOLDER: &'static str = "true|false";

    fn parse(text: &str) -> Result<Self, BadValue> {
        match text.trim() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(BadValue::new(text, "is neither `true` nor `false`").or_nearest(truth(other))),
        }
    }

    fn to_text(&self) -> String {
        self.to_string()
    }
}

/// What other programs' words for true and false are here.
fn truth(word: &str) -> Option<&'static str> {
    match word.to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some("true"),
        "false" | "no" | "off" | "0" => Some("false"),
        _ => None,
    }
}
