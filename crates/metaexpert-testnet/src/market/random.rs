//! Chance that can be repeated: every market and every path has a source of its own, seeded by the testnet's seed and its name.
//!
//! The one decision: as in `metaexpert-data`'s made-up market, a published generator and `libm`, so that a seed gives the same market
//! on every machine.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};

/// A seeded source of chance.
#[derive(Debug, Clone)]
pub(super) struct Random(Xoshiro256PlusPlus);

impl Random {
    /// The source of something with a name.
    pub(super) fn new(seed: u64, name: &str) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed_of(seed, name)))
    }

    /// Above 0, at most 1.
    pub(super) fn unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
        let whole = ((self.0.next_u64() >> 11) + 1) as f64;
        whole / 9_007_199_254_740_992.0
    }

    /// Whether something happens that has this chance.
    pub(super) fn chance(&mut self, chance: f64) -> bool {
        self.unit() <= chance
    }

    /// A normal number of variance one, nearly: the sum of twelve even ones less six, which never strays beyond six.
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// A whole number below `end`, small ones likelier: half of them in the first eighth.
    pub(super) fn low(&mut self, end: i64) -> i64 {
        let unit = 1.0 - self.unit();
        super::grid::whole(super::grid::float(end) * unit * unit * unit).clamp(0, end.saturating_sub(1).max(0))
    }
}

/// The seed of something with a name (FNV-1a over the name, begun with the testnet's seed).
pub(super) fn seed_of(seed: u64, name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
