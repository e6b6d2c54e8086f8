//! Where a resting order stands among the orders at its price.
//!
//! A recorded book says how much waits at a price, never whose it is. So the place in the queue is modelled: an order joins
//! behind all that is displayed, trades at its price consume what is ahead of it, and once nothing is ahead they consume the
//! order itself. That much is certain. What is not is whether a cancellation took place ahead or behind, and that is the one
//! decision a [`QueueModel`] makes:
//!
//! - [`RiskAverse`]: behind, always. Only trades move an order forward. It fills last, so a result under it is the most careful.
//! - [`Probability`]: ahead with a probability that grows with how much stands ahead. It fills earlier.
//!
//! # A worked example
//!
//! 10 are displayed at 100 when we join with an order of 2. Then 6 join behind us, 4 trade, 3 are cancelled, and 7 trade.
//!
//! | event | displayed | ahead, risk-averse | ahead, probability (power 1) |
//! |---|---|---|---|
//! | we join | 10 | 10 | 10 |
//! | 6 join | 16 | 10 | 10 |
//! | 4 trade | 12 | 6 | 6 |
//! | 3 are cancelled | 9 | 6 | 6 - 3 * 6/12 = 4.5 |
//! | 7 trade | 2 | 0, and 1 of us trades | 0, and 2 of us trade (2.5 reached us) |
//!
//! ```
//! use metaexpert_matching::queue::{Probability, QueueModel, RiskAverse};
//! fn reached(model: &impl QueueModel) -> f64 {
//!     let mut position = model.joined(10.0);
//!     model.changed(&mut position, 10.0, 16.0);
//!     model.traded(&mut position, 4.0);
//!     model.changed(&mut position, 16.0, 12.0); // the trade, as the book tells it
//!     model.changed(&mut position, 12.0, 9.0); // the cancellation
//!     model.traded(&mut position, 7.0);
//!     model.executable(&mut position)
//! }
//! assert_eq!(reached(&RiskAverse), 1.0);
//! assert_eq!(reached(&Probability::power(1.0)?), 2.5);
//! # Ok::<(), metaexpert_matching::queue::BadExponent>(())
//! ```
//!
//! What a model does not do: it knows no prices. A market that trades *through* an order's price fills the order whatever
//! stood ahead, and that is the venue's to see. Nor does it know our order's size: what [`executable`](QueueModel::executable)
//! says may be more than is left of us.

mod probability; // cancellations ahead, by chance
mod text; // how users write it

use std::fmt::Debug;

pub use probability::{BadExponent, Probability};
pub use text::{BadQueue, Queue};

/// Follows one resting order through the queue at its price. Quantities are those of the book, in its unit.
pub trait QueueModel {
    /// What is remembered of one order. Made by [`joined`](Self::joined), kept beside the order.
    type Position: Copy + Debug;

    /// The order has joined the queue; `ahead` was displayed at its price then.
    fn joined(&self, ahead: f64) -> Self::Position;

    /// `quantity` traded at the order's price.
    fn traded(&self, position: &mut Self::Position, quantity: f64);

    /// What is displayed at the order's price went from `before` to `after`, our own order not counted. Trades that were told
    /// of by [`traded`](Self::traded) are in this difference too; the model does not count them twice.
    /// The trade must be told first: a book that runs ahead of its trades makes them look like cancellations, and
    /// [`Probability`] hopes too much then.
    fn changed(&self, position: &mut Self::Position, before: f64, after: f64);

    /// How much has traded since all that was ahead was gone: what our order gets. The next call begins at zero again.
    fn executable(&self, position: &mut Self::Position) -> f64;
}

/// Cancellations happen behind us: only trades move an order forward. But no more can be ahead than the price displays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RiskAverse;

/// Where one order stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Place {
    ahead: f64,
    reached: f64,
    /// Traded, but not yet seen in the book's quantity.
    unseen: f64,
}

impl Place {
    /// How much must still trade, or go, before it is our turn.
    pub const fn ahead(self) -> f64 {
        self.ahead
    }

    const fn behind(ahead: f64) -> Self {
        Self { ahead: ahead.max(0.0), reached: 0.0, unseen: 0.0 }
    }

    /// Trades eat from the front, whatever the model.
    fn trade(&mut self, quantity: f64) {
        let quantity = quantity.max(0.0);
        let eaten = quantity.min(self.ahead);
        self.ahead -= eaten;
        self.reached += quantity - eaten;
        self.unseen += quantity;
    }

    const fn take_reached(&mut self) -> f64 {
        std::mem::replace(&mut self.reached, 0.0)
    }
}

impl QueueModel for RiskAverse {
    type Position = Place;

    #[inline]
    fn joined(&self, ahead: f64) -> Place {
        Place::behind(ahead)
    }

    #[inline]
    fn traded(&self, position: &mut Place, quantity: f64) {
        position.trade(quantity);
    }

    #[inline]
    fn changed(&self, position: &mut Place, _: f64, after: f64) {
        position.ahead = position.ahead.min(after.max(0.0));
    }

    #[inline]
    fn executable(&self, position: &mut Place) -> f64 {
        position.take_reached()
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole numbers and their halves are exact")]
mod tests;
