//! `metaexpert markets`: what an exchange trades, with the rules that orders must meet.

use metaexpert_binance::market::{Which, exchange_info::exchange_info};
use metaexpert_connect::report::{Filter, Listing};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    asking::{Asked, Key},
    command_line::MarketsArgs,
    console::Console,
    exit::{CommandError, Exit},
    listing::{Row, listing, or_dash},
    user_defaults,
};

pub(crate) fn run(args: &MarketsArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let format = user_defaults::format(args.ask.format.format)?;
    let asked = Asked::new(&args.ask, Key::NotNeeded)?;
    let info = asked.wait_for(exchange_info(&asked.client, asked.product, Which::All))?;
    let wanted = args.filter.as_deref().unwrap_or_default().to_uppercase().replace('/', "");
    let listings: Vec<Market> =
        info.listings.into_iter().filter(|listing| listing.symbol.to_uppercase().contains(&wanted)).map(Market).collect();
    if listings.is_empty() {
        return Err(CommandError::Failed(format!("nothing that {} trades has `{wanted}` in its name", asked.product)));
    }
    console.say(listing(&listings, format));
    Ok(Exit::Good)
}

/// A listing; as JSON all of it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Market(Listing);

impl Row for Market {
    const HEADINGS: &'static [&'static str] =
        &["symbol", "exchange's", "status", "tick", "lot", "least", "least value", "size", "margin"];

    fn cells(&self) -> Vec<String> {
        let listing = &self.0;
        let (mut tick, mut lot, mut least, mut value) = (None, None, None, None);
        for filter in &listing.filters {
            match filter {
                Filter::Price { tick: step, .. } => tick = *step,
                Filter::Lot { step, min, market: false, .. } => (lot, least) = (*step, *min),
                Filter::Notional { min, .. } => value = *min,
                _ => {}
            }
        }
        let number = |value: Option<Decimal>| or_dash(value.map(|value| value.normalize()));
        let status = serde_json::to_value(&listing.status).ok().and_then(|status| status.as_str().map(str::to_owned));
        vec![
            or_dash(listing.unified.as_ref()),
            listing.symbol.clone(),
            or_dash(status),
            number(tick),
            number(lot),
            number(least),
            number(value),
            listing.contract_size.normalize().to_string(),
            listing.settlement.clone(),
        ]
    }
}
