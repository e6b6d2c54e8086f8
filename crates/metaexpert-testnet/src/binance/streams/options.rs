//! What is sent of options beside books and bars: the day, mark prices with volatilities and greeks, open interest, indices.

use metaexpert_core::{OptionTerms, Right, UnixNanos};
use rust_decimal::{Decimal, dec, prelude::FromPrimitive as _, prelude::ToPrimitive as _};

use super::{board::Board, of::Of};
use crate::listing::MarketId;

const DAY: i64 = 86_400_000_000_000;

/// `24hrTicker` of an option.
pub(super) fn ticker(of: &Of<'_>, market: MarketId, board: &dyn Board) -> Option<String> {
    let day = board.statistics(market, DAY)?;
    let digits = of.digits();
    let [open, high, low, last] = day.prices;
    let percent = ((last - open) * Decimal::ONE_HUNDRED).checked_div(open).unwrap_or_default();
    let average = day.quote_volume.checked_div(day.volume).unwrap_or(last);
    let quantity = day.last.map_or(Decimal::ZERO, |print| print.quantity);
    let (first, last_id) = day.ids.unwrap_or_default();
    let body = of.event("24hrTicker").text("s", of.symbol()).fixed("p", last - open, digits.price).fixed("P", percent, 2);
    let body = body.fixed("w", average, digits.price).fixed("c", last, digits.price).fixed("Q", quantity, digits.quantity);
    let body = body.fixed("o", open, digits.price).fixed("h", high, digits.price).fixed("l", low, digits.price);
    let body = body.fixed("v", day.volume, digits.quantity).fixed("q", day.quote_volume, digits.price);
    let body = body.time("O", day.since).time("C", of.now).number("F", first).number("L", last_id).number("n", day.trades);
    Some(body.end())
}

/// One line of `optionMarkPrice`.
pub(super) fn mark(of: &Of<'_>, market: MarketId, board: &dyn Board) -> Option<String> {
    let marks = board.marks(market)?;
    let terms = of.listing.instrument.kind.option()?;
    let volatility = board.volatility(market)?;
    let digits = of.digits();
    let (bid, ask) = board.quote(market).map(|quote| (quote.bid, quote.ask)).unwrap_or_default();
    let greeks = Greeks::of(terms, marks.index, volatility, of.now);
    let settlement = if terms.expiry.nanos_since(of.now) <= HALF_HOUR { marks.settlement } else { Decimal::ZERO };
    let body = of.object().text("s", of.symbol()).fixed("mp", marks.mark, digits.price).time("E", of.now);
    let body = body.text("e", "markPrice").fixed("i", marks.index, 8).fixed("P", settlement, digits.price);
    let body = body.fixed("bo", bid.0, digits.price).fixed("ao", ask.0, digits.price);
    let body = body.fixed("bq", bid.1, digits.quantity).fixed("aq", ask.1, digits.quantity);
    // Makers quote around one volatility; a side without a quote has -1 ("Mark Price").
    let side = |price: Decimal| if price.is_zero() { dec!(-1.0) } else { decimal(volatility) };
    let body = body.fixed("b", side(bid.0), 8).fixed("a", side(ask.0), 8);
    let body = body.fixed("hl", marks.mark * dec!(1.2), digits.price).fixed("ll", marks.mark * dec!(0.8), digits.price);
    let body = body.fixed("vo", decimal(volatility), 8).text("rf", "0.0");
    let body = body.fixed("d", decimal(greeks.delta), 8).fixed("t", decimal(greeks.theta), 8);
    Some(body.fixed("g", decimal(greeks.gamma), 8).fixed("v", decimal(greeks.vega), 8).end())
}

/// One line of `optionOpenInterest`.
pub(super) fn interest(of: &Of<'_>, market: MarketId, board: &dyn Board) -> Option<String> {
    let open = board.open_interest(market);
    let value = open * board.marks(market)?.index;
    Some(of.event("openInterest").text("s", of.symbol()).short("o", open).short("h", value).end())
}

/// One line of `!index@arr`.
pub(super) fn index(of: &Of<'_>, market: MarketId, board: &dyn Board) -> Option<String> {
    let price = board.marks(market)?.index;
    Some(of.event("indexPrice").text("s", &super::name::pair(of.listing)).fixed("p", price, 8).end())
}

/// "Only useful in the 0.5 hour before the settlement starts" ("Mark Price", `P`).
const HALF_HOUR: i64 = 1_800_000_000_000;

/// How an option's price answers to what moves it (Black and Scholes, without interest).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Greeks {
    /// To the underlying's price.
    delta: f64,
    /// The change of that.
    gamma: f64,
    /// To a day that passes.
    theta: f64,
    /// To a hundredth of volatility.
    vega: f64,
}

impl Greeks {
    fn of(terms: OptionTerms, index: Decimal, volatility: f64, now: UnixNanos) -> Self {
        let none = Self { delta: 0.0, gamma: 0.0, theta: 0.0, vega: 0.0 };
        let (Some(spot), Some(strike)) = (index.to_f64(), terms.strike.get().to_f64()) else { return none };
        #[expect(clippy::cast_precision_loss, reason = "a time that is left is needed to the millisecond at most")]
        let years = terms.expiry.nanos_since(now) as f64 / (365.0 * DAY as f64);
        let spread = volatility * years.max(0.0).sqrt();
        if spread <= 0.0 || spot <= 0.0 || strike <= 0.0 {
            return none;
        }
        let d1 = (spot / strike).ln() / spread + spread / 2.0;
        let density = (-d1 * d1 / 2.0).exp() / std::f64::consts::TAU.sqrt();
        let delta = match terms.right {
            Right::Call => below(d1),
            Right::Put => below(d1) - 1.0,
        };
        let gamma = density / (spot * spread);
        let theta = -spot * density * volatility / (2.0 * years.sqrt()) / 365.0;
        Self { delta, gamma, theta, vega: spot * density * years.sqrt() / 100.0 }
    }
}

/// How likely a normal number is below this one: Abramowitz and Stegun, 26.2.17, good to 7.5e-8.
fn below(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let series = t * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let above = (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt() * series;
    if x >= 0.0 { 1.0 - above } else { above }
}

fn decimal(value: f64) -> Decimal {
    Decimal::from_f64(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use metaexpert_core::Price;

    use super::*;

    #[test]
    fn an_option_at_the_money_moves_half_as_much_as_its_underlying() {
        let now = UnixNanos::from_nanos(0);
        let strike = Price::new(dec!(100)).unwrap();
        let terms = |right| OptionTerms { right, strike, expiry: now.saturating_add_nanos(DAY * 365) };
        let call = Greeks::of(terms(Right::Call), dec!(100), 0.2, now);
        let put = Greeks::of(terms(Right::Put), dec!(100), 0.2, now);
        // From tables: N(0.1) = 0.539828, n(0.1) = 0.396953.
        assert!((call.delta - 0.539_828).abs() < 1e-6 && (call.delta - put.delta - 1.0).abs() < 1e-12);
        assert!((call.gamma - 0.396_953 / 20.0).abs() < 1e-6 && (call.vega - 0.396_953).abs() < 1e-6);
        assert!((call.theta + 0.396_953 * 10.0 / 365.0).abs() < 1e-6);
    }
}
