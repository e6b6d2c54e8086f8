//! Pegged orders: a limit that is taken from the book when the order comes in (spot REST, "Pegged Orders Info").

use metaexpert_core::{Price, Side};

use super::request::Leg;
use crate::{
    binance::door::{ApiError, Call},
    listing::MarketId,
    order::Echo,
};

/// The deepest level that an order may be pegged to.
const DEEPEST: i64 = 100;

/// The price that an order is pegged to; `None` where it is not.
///
/// # Errors
/// -1210 and -1211 for the words, -1128 where one comes without the other, -2010 where there is no such level.
pub(super) fn price(
    call: &Call<'_>,
    leg: &Leg<'_>,
    side: Side,
    market: MarketId,
    is_maker: bool,
    echo: &mut Echo,
) -> Result<Option<Price>, ApiError> {
    let Some(word) = leg.text("pegPriceType") else { return Ok(None) };
    let of_book = match word {
        "PRIMARY_PEG" => side,
        "MARKET_PEG" if is_maker => return Err(refused("This price peg cannot be used with this order type.")),
        "MARKET_PEG" => side.opposite(),
        _ => return Err(ApiError::new(-1210, "Invalid pegPriceType.")),
    };
    let level = match (leg.text("pegOffsetType"), leg.integer("pegOffsetValue")?) {
        (None, None) => 0,
        (Some("PRICE_LEVEL"), Some(level)) if level <= DEEPEST => level,
        (Some("PRICE_LEVEL"), Some(_)) => return Err(ApiError::invalid(&leg.name("pegOffsetValue"))),
        (Some(_), Some(_)) => return Err(ApiError::new(-1211, "Invalid pegOffsetType.")),
        (Some(_), None) | (None, Some(_)) => return Err(ApiError::bad_combination()),
    };
    let depth = usize::try_from(level).unwrap_or(0);
    let levels = call.world.markets().get(market).levels(of_book, depth + 1);
    let price = levels.get(depth).and_then(|(price, _)| Price::new(*price));
    let price = price.ok_or_else(|| refused("Order book liquidity is too low for this pegged order."))?;
    echo.insert("pegPriceType", word.to_owned());
    if level > 0 {
        echo.insert("pegOffsetType", "PRICE_LEVEL".to_owned());
        echo.insert("pegOffsetValue", level.to_string());
    }
    Ok(Some(price))
}

fn refused(text: &str) -> ApiError {
    ApiError::new(-2010, text)
}
