//! What a message is of: a market, at a moment, told in some unit of time.

use metaexpert_core::UnixNanos;

use super::{
    name,
    wire::{Digits, Object, Unit},
};
use crate::listing::{Class, Listing};

/// What a message is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of<'a> {
    /// The market.
    pub listing: &'a Listing,
    /// In what times are told.
    pub unit: Unit,
    /// When it is sent.
    pub now: UnixNanos,
}

impl Of<'_> {
    /// An object without fields.
    pub(super) fn object(&self) -> Object {
        Object::new(self.unit)
    }

    /// An event of that name, now.
    pub(super) fn event(&self, name: &str) -> Object {
        Object::event(self.unit, name, self.now)
    }

    /// The market's symbol.
    pub(super) fn symbol(&self) -> &str {
        &self.listing.symbol
    }

    /// How long numbers are.
    pub(super) fn digits(&self) -> Digits {
        Digits::of(self.listing)
    }

    /// Adds what messages of futures have had since 2026-06-30 ("CM-UM integration"): the pair, and which kind it is.
    pub(super) fn tail(&self, object: Object) -> Object {
        match self.listing.class {
            Class::Spot | Class::Options => object,
            Class::Linear => object.text("ps", &name::pair(self.listing)).number("st", 1),
            Class::Inverse => object.text("ps", &name::pair(self.listing)).number("st", 2),
        }
    }
}
