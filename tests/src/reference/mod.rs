//! The strategy tester's rules, read a second time: bars and flags in, trades and numbers out.
//!
//! Written from the rules alone (the strategy tester's rules of the design, and the description of the
//! example `binance-ema`), without a look at the engine. All money is an exact rational number; only the
//! moving averages are `f64`, because the rule says so. It is slow and plain on purpose.
//!
//! # Readings
//!
//! Where the rules leave a choice, this is what was chosen. Each line is a place where two careful readers
//! may differ, so a difference between this program and the engine starts here.
//!
//! Data and time:
//! 1. The 15 significant digits are those of the `f64` that the text parses to (`{:.14e}`); money uses that
//!    decimal, the moving averages use the `f64` itself.
//! 2. A bar's closing time is its opening time plus the length of the data's bars, also before a gap. Longer bars
//!    begin at multiples of their length since 1970; one that misses some of the data's bars is handed over
//!    all the same, one that the data's end cuts off is not. `warmup_bars` counts what is handed over; equity and
//!    the walk know the data's bars only.
//!
//! Signals:
//! 3. The sign of fast - slow is followed from the first bar on; only acting on a change waits for bar
//!    number `slow`. From "no sign yet" to a sign is not a cross.
//! 4. `warmup_bars = n` refuses what is sent at the closes of bars 1 to n. The bars count for the indicators
//!    and for "bar number `slow`".
//! 5. A close is sent only where there is a position of that side.
//!
//! Orders:
//! 6. The expected price of the margin check is the fill formula applied to the close, tick rounding included.
//! 7. "Free once the closes sent before it are done" is the balance after the close at *its* expected price
//!    (slippage, tick, taker fee); at the fill it is the balance as it then is. Unrealised profit is not free.
//! 8. An order is sized before the gate sees it. The order of refusals is lot (the formula rounds to nothing),
//!    warm-up, minimum notional, margin; an order is counted under the first.
//! 9. The minimum notional holds `quantity * expected price` at the decision; closes are exempt. At the fill it is
//!    asked again only of a quantity that was cut there.
//! 10. `percent_equity` is cut to `free / (price * (1 / leverage + taker fee))`, rounded down to the lot.
//!     Nothing left at the decision is `margin`; nothing left at the fill is `funds`.
//! 11. Orders of the last bar pass the gate (they count in `orders`) and then count as `end_of_data`.
//! 12. A waiting close whose position was liquidated at that open is no trade; it is counted as `nothing_to_close`.
//!
//! Inside a bar:
//! 13. At an open a position meets, in this order: liquidation (before waiting market orders), market orders,
//!     then stops as they stood before this open, then the take-profit; only then the open counts as a price
//!     of the walk for trailing and breakeven.
//! 14. A stop that was moved by the point where a segment starts, and lies at or beyond it, fills at that
//!     point. The bar's close starts no segment; under `fill_model = open` there are no segments at all.
//! 15. "A better open" for a limit is an open strictly beyond its price, also under `limit_fill = through`;
//!     `through` asks one tick more of everything else. The fill is the open as it is, not rounded.
//! 16. The forced close at the end fills at the last close as it is, not rounded.
//! 17. Where the liquidation level equals a stop, the stop is met first. The level itself is not rounded.
//! 18. Market orders, stops and liquidations are taker; take-profits maker.
//!
//! Numbers, as the guide "What the numbers mean" has them; where it is silent:
//! 19. Equity sees only what is left at the close of a bar whose orders filled at its open.
//! 20. The days of the returns are those from the first line's to the last line's.
mod account;
mod bars;
mod decimal;
mod guard;
mod handed_bars;
mod refused;
mod report;
mod returns;
mod settings;
mod sizing;
mod strategy;
mod summary;
mod tester;
mod time;

#[cfg(test)]
mod worked_examples;

pub use account::{EquityLine, ExitReason, Liquidity, RoundTrip, Side, Trade};
pub use bars::{Bar, read_csv};
pub use decimal::{Exact, exact, plain, price, rounded};
pub use refused::{ReferenceError, Rejection};
pub use report::{equity_csv, round_trips_csv, trades_csv};
pub use settings::Settings;
pub use summary::{Results, Summary};
pub use tester::{Outcome, Tester, run};
pub use time::{parse_time, rfc3339};
