//! One entry of the ledger: who holds, for what cause, and whether it is kept.

use std::fmt;

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use super::CurrencyId;

/// An enum whose variants have names and places.
macro_rules! placed {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in logs and reports.
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

placed! {
    /// Who holds money.
    Holder {
        /// We, to use.
        Free = "free",
        /// We, set aside for a resting order.
        Locked = "locked",
        /// We, set aside as the margin of a position.
        Margin = "margin",
        /// Those who trade coins with us.
        Market = "market",
        /// Those who hold the other side of our contracts.
        Contracts = "contracts",
        /// The exchange, for executions.
        Fees = "fees",
        /// Those who pay and receive funding.
        Funding = "funding",
        /// The exchange, for loans.
        Interest = "interest",
        /// Those who lend; below zero by what we owe.
        Lender = "lender",
        /// The exchange's insurance.
        Insurance = "insurance",
        /// Whatever is outside the account.
        Outside = "outside",
    }
}

placed! {
    /// What a balance changed for.
    Cause {
        /// Money came in or went out.
        Transfer = "transfer",
        /// Coins were bought or sold.
        Exchange = "exchange",
        /// A contract realised a profit or a loss.
        Profit = "profit",
        /// An execution was charged, or earned a rebate.
        Fee = "fee",
        /// Funding was settled.
        Funding = "funding",
        /// Something was borrowed.
        Borrow = "borrow",
        /// A loan was paid back.
        Repay = "repay",
        /// A loan was charged.
        Interest = "interest",
        /// A resting order sets aside what it may need.
        Reserve = "reserve",
        /// What a resting order had set aside is free again.
        Release = "release",
        /// A position needs another margin.
        Margin = "margin",
        /// A liquidation left a debt, or the exchange took what it left.
        Insurance = "insurance",
    }
}

impl Holder {
    pub(super) const COUNT: usize = Self::ALL.len();

    /// Whether what it holds belongs to the account.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Free | Self::Locked | Self::Margin)
    }

    #[expect(clippy::indexing_slicing, reason = "there is a place for every holder")]
    pub(super) const fn at(self, balances: &[Decimal; Self::COUNT]) -> &Decimal {
        &balances[self as usize]
    }

    #[expect(clippy::indexing_slicing, reason = "there is a place for every holder")]
    pub(super) const fn of(self, balances: &mut [Decimal; Self::COUNT]) -> &mut Decimal {
        &mut balances[self as usize]
    }
}

/// One movement of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When it was booked.
    pub time: UnixNanos,
    /// What for.
    pub cause: Cause,
    /// Of what.
    pub currency: CurrencyId,
    /// Who had it.
    pub from: Holder,
    /// Who has it.
    pub to: Holder,
    /// How much, above zero.
    pub amount: Decimal,
}

/// What becomes of entries when the balances have changed.
pub trait Keep: fmt::Debug {
    /// Takes note of an entry, which is not made where nobody asks for it.
    fn keep(&mut self, entry: impl FnOnce() -> Entry);
}

/// Entries are not kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Keep for Nothing {
    #[inline]
    fn keep(&mut self, _: impl FnOnce() -> Entry) {}
}

/// All entries are kept, in order.
#[derive(Debug, Clone, Default)]
pub struct Everything(pub Vec<Entry>);

impl Keep for Everything {
    fn keep(&mut self, entry: impl FnOnce() -> Entry) {
        self.0.push(entry());
    }
}
