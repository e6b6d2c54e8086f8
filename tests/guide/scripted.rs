//! The expert of the worked examples: it sends the orders that it is told to send, and decides nothing.
//!
//! `--orders "0 buy 1 stop_loss_pct 2; 3 close long"`: after the bar of that number has closed, this order. The one decision: an
//! order is a verb and words that follow it, and each word is one row of [`WORDS`], so that a new kind of order is a new row.

use metaexpert::{core::context::OrderBuilder, prelude::*};

/// What the example does.
#[derive(Inputs)]
struct Script {
    /// Bar and order, bar and order, parted by semicolons.
    #[input(default = "")]
    orders: String,
}

/// A word that an order may carry: its name, whether a number follows it, and what it does to the order.
struct Word {
    name: &'static str,
    takes_number: bool,
    add: for<'a> fn(OrderBuilder<'a>, Decimal) -> OrderBuilder<'a>,
}

const WORDS: &[Word] = &[
    Word { name: "stop_loss_pct", takes_number: true, add: |order, percent| order.stop_loss_pct(percent) },
    Word { name: "take_profit_pct", takes_number: true, add: |order, percent| order.take_profit_pct(percent) },
    Word { name: "trailing_stop_pct", takes_number: true, add: |order, percent| order.trailing_stop_pct(percent) },
    Word { name: "unprotected", takes_number: false, add: |order, _| order.unprotected() },
    Word { name: "reduce_only", takes_number: false, add: |order, _| order.reduce_only() },
];

/// The orders that are still to be sent, and how many bars have closed.
struct Scripted {
    orders: Vec<(usize, String)>,
    closed: usize,
}

#[on_init(symbol = "BTCUSDT", timeframe = "1h", lookback_bars = 1, size_type = "fixed_base", size_value = 1.0)]
fn init(script: &Script) -> Result<Scripted> {
    let orders = script.orders.split(';').map(str::trim).filter(|order| !order.is_empty());
    let orders = orders.map(|order| {
        let (bar, order) = order.split_once(' ').ok_or_else(|| refused(order, "is not a bar and an order"))?;
        let bar = bar.parse().map_err(|_| refused(bar, "is not the number of a bar"))?;
        Ok((bar, order.to_owned()))
    });
    Ok(Scripted { orders: orders.collect::<Result<_>>()?, closed: 0 })
}

#[on_bar]
fn bar(scripted: &mut Scripted, ctx: &mut Context) -> Result<()> {
    let now = scripted.closed;
    scripted.closed += 1;
    for (_, order) in scripted.orders.iter().filter(|(bar, _)| *bar == now) {
        // A refusal is part of the example, and counted in the report. A word that nobody knows is a mistake in it.
        if let Err(error) = send(order, ctx)
            && error.is_fatal()
        {
            return Err(error);
        }
    }
    Ok(())
}

fn send(order: &str, ctx: &mut Context) -> Result<()> {
    let mut words = order.split_whitespace().peekable();
    let builder = match (words.next(), words.peek().copied()) {
        (Some("buy"), _) => ctx.buy(),
        (Some("sell"), _) => ctx.sell(),
        (Some("close"), Some("long")) => return ctx.close_long().map(drop),
        (Some("close"), Some("short")) => return ctx.close_short().map(drop),
        (Some("close"), Some("all")) => return ctx.close_all().map(drop),
        _ => return Err(refused(order, "is not `buy ..`, `sell ..` or `close long|short|all`")),
    };
    let mut builder = match words.peek().and_then(|word| word.parse::<Decimal>().ok()) {
        Some(quantity) => {
            words.next();
            builder.quantity(quantity)
        }
        None => builder,
    };
    while let Some(name) = words.next() {
        let word = WORDS.iter().find(|word| word.name == name).ok_or_else(|| refused(name, &known()))?;
        let number = if word.takes_number { words.next().and_then(|number| number.parse().ok()) } else { Some(Decimal::ZERO) };
        let number = number.ok_or_else(|| refused(order, &format!("has no number after `{name}`")))?;
        builder = (word.add)(builder, number);
    }
    builder.send().map(drop)
}

fn known() -> String {
    let names: Vec<_> = WORDS.iter().map(|word| format!("`{}`", word.name)).collect();
    format!("is not a word of an order; those are {}", names.join(", "))
}

fn refused(value: &str, rule: &str) -> Error {
    Error::input("orders", value, rule.to_owned())
}

fn main() -> ExitCode {
    MetaExpert::new("binance").run()
}
