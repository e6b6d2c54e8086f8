//! Limits: what calls weigh, how many orders there may be, and who is banned.

use super::Params;

/// What a call weighs.
#[derive(Debug, Clone, Copy)]
pub enum Weight {
    /// Always this much.
    Fixed(u32),
    /// By its parameters.
    By(fn(&Params) -> u32),
}
