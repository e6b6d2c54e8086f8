//! Bars from a formula in whole ticks, so that a program in another language gets the same ones to the last bit.

/// What the indicators look at of a bar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prices {
    pub(crate) high: f64,
    pub(crate) low: f64,
    pub(crate) close: f64,
}

/// A walk of about 0.1 % a bar around 10,000, with small gaps; down, sideways and up for 50 bars each.
///
/// `draw(n)` is `(s >> 16) % n` after `s = s * 1664525 + 1013904223` modulo 2^32, from `s = 1` on. In ticks of 0.1, with the
/// close before the first bar at 100,000:
///
/// ```text
/// open  = previous close + draw(21) - 10
/// close = open + draw(201) - 100 + 30 * (bar / 50 % 3 - 1)     bar counted from 0, whole division
/// high  = max(open, close) + draw(40)
/// low   = min(open, close) - draw(40)
/// ```
pub(crate) fn series(bars: i32) -> Vec<Prices> {
    let mut state = 1_u32;
    let mut draw = |below: i32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [high, low, ..] = state.to_be_bytes();
        i32::from(u16::from_be_bytes([high, low])) % below
    };
    let price = |ticks: i32| f64::from(ticks) / 10.0;
    let mut close = 100_000;
    (0..bars)
        .map(|bar| {
            let open = close + draw(21) - 10;
            close = open + draw(201) - 100 + 30 * (bar / 50 % 3 - 1);
            let high = open.max(close) + draw(40);
            let low = open.min(close) - draw(40);
            Prices { high: price(high), low: price(low), close: price(close) }
        })
        .collect()
}
