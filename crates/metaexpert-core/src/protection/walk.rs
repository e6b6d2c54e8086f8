//! The prices that a bar is taken to have met, in order, where nothing finer is known.

use rust_decimal::Decimal;

use crate::{Bar, rounding::decimal_of};

/// Open, the extreme nearer to the open (low on a tie), the other extreme, close. `None` where a price is no decimal, which readers of
/// data refuse.
#[inline]
pub fn walk(bar: &Bar) -> Option<[Decimal; 4]> {
    let open = decimal_of(bar.open)?;
    let (high, low, close) = (decimal_of(bar.high)?, decimal_of(bar.low)?, decimal_of(bar.close)?);
    Some(if high - open < open - low { [open, high, low, close] } else { [open, low, high, close] })
}
