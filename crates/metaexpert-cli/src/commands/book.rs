//! `metaexpert book`: an order book as the exchange has it now.

use std::fmt::Write as _;

use metaexpert_binance::market::depth::depth;
use metaexpert_connect::report::{DepthReport, LevelReport};

use crate::{
    asking::{Asked, Key},
    command_line::{BookArgs, Format},
    console::Console,
    exit::{CommandError, Exit},
    listing::json,
    user_defaults,
};

pub(crate) fn run(args: &BookArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let format = user_defaults::format(args.ask.format.format)?;
    let asked = Asked::new(&args.ask, Key::NotNeeded)?;
    let symbol = asked.native(&args.symbol)?;
    let mut book = asked.wait_for(depth(&asked.client, asked.product, &symbol, args.depth))?;
    book.bids.truncate(args.depth.into());
    book.asks.truncate(args.depth.into());
    console.say(match format {
        Format::Table => table(&book),
        Format::Json => json(&book),
    });
    Ok(Exit::Good)
}

/// Sellers above, buyers below, the best of both next to each other.
fn table(book: &DepthReport<'_>) -> String {
    let price = |level: &LevelReport| level.price.normalize().to_string();
    let width = book.asks.iter().chain(&book.bids).map(|level| price(level).len()).max().unwrap_or_default();
    let mut text = String::new();
    let mut line = |side: &str, level: &LevelReport| {
        let _ = writeln!(text, "{side}  {:>width$}  {}", price(level), level.quantity);
    };
    book.asks.iter().rev().for_each(|level| line("ask", level));
    book.bids.iter().for_each(|level| line("bid", level));
    text
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn the_best_prices_stand_next_to_each_other() {
        let level = |price, quantity| LevelReport { price, quantity };
        let book = DepthReport {
            symbol: None,
            time: None,
            is_snapshot: true,
            first: None,
            last: 1,
            previous: None,
            bids: vec![level(dec!(99.5), 1.0), level(dec!(99.0), 2.5)],
            asks: vec![level(dec!(100.10), 3.0), level(dec!(100.20), 4.0)],
        };
        assert_eq!(table(&book), "ask  100.2  4\nask  100.1  3\nbid   99.5  1\nbid     99  2.5\n");
    }
}
