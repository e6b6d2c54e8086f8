//! The expert of the worked examples: it sends the orders that it is told to send, and decides nothing.
//!
//! `--orders "0 buy 1 limit 99; 2 amend 1 price 98; 3 close long"`: after the bar of that number has closed, this order. The one
//! decision: an order is a verb and words that follow it, and each word is one arm of [`worded`], so that a new part of an order is
//! a new arm. Orders are numbered from 1 as they are sent.

use metaexpert::{
    core::{
        Distance, Percent, Price,
        context::{OrderBuilder, Ticket},
    },
    prelude::*,
};

/// When the bars of an example begin; as in `play.rs`.
const BEGIN: &str = "2024-01-01";

/// What the example does.
#[derive(Inputs)]
struct Script {
    /// Bar and order, bar and order, parted by semicolons.
    #[input(default = "")]
    orders: String,
}

/// The orders that are still to be sent, and how many bars have closed.
struct Scripted {
    orders: Vec<(usize, String)>,
    closed: usize,
    /// What was sent, in the order sent.
    sent: Vec<ClientOrderId>,
}

#[on_init(symbol = "BTCUSDT", timeframe = "1h", lookback_bars = 1, size_type = "fixed_base", size_value = 1.0)]
fn init(script: &Script) -> Result<Scripted> {
    let orders = script.orders.split(';').map(str::trim).filter(|order| !order.is_empty());
    let orders = orders.map(|order| {
        let (bar, order) = order.split_once(' ').ok_or_else(|| refused(order, "is not a bar and an order"))?;
        let bar = bar.parse().map_err(|_| refused(bar, "is not the number of a bar"))?;
        Ok((bar, order.to_owned()))
    });
    Ok(Scripted { orders: orders.collect::<Result<_>>()?, closed: 0, sent: Vec::new() })
}

#[on_bar]
fn bar(scripted: &mut Scripted, ctx: &mut Context) -> Result<()> {
    let now = scripted.closed;
    scripted.closed += 1;
    let Scripted { orders, sent, .. } = scripted;
    for (_, order) in orders.iter().filter(|(bar, _)| *bar == now) {
        // A refusal is part of the example, and counted in the report. A word that nobody knows is a mistake in it.
        if let Err(error) = send(order, ctx, sent)
            && error.is_fatal()
        {
            return Err(error);
        }
    }
    Ok(())
}

fn send(order: &str, ctx: &mut Context, sent: &mut Vec<ClientOrderId>) -> Result<()> {
    let mut words = Words { order, rest: order.split_whitespace().peekable() };
    match (words.rest.next(), words.rest.peek().copied()) {
        (Some("buy"), _) => sent.push(worded(ctx.buy(), &mut words)?.send()?),
        (Some("sell"), _) => sent.push(worded(ctx.sell(), &mut words)?.send()?),
        (Some("close"), Some("long")) => sent.extend(ctx.close_long()?),
        (Some("close"), Some("short")) => sent.extend(ctx.close_short()?),
        (Some("close"), Some("all")) => drop(ctx.close_all()?),
        (Some("oco"), _) => {
            let (first, second) = (ticket(&mut words)?, ticket(&mut words)?);
            sent.extend(ctx.oco(first, second)?);
        }
        (Some("cancel"), Some("all")) => drop(ctx.cancel_all()),
        (Some("cancel"), _) => ctx.cancel(words.sent(sent)?)?,
        (Some("amend"), _) => amend(ctx, &mut words, sent)?,
        _ => {
            let verbs = "is not `buy ..`, `sell ..`, `oco .. and ..`, `amend N ..`, `cancel N|all` or `close long|short|all`";
            return Err(refused(order, verbs));
        }
    }
    Ok(())
}

/// One of the two orders of `oco sell 1 limit 110 and sell 1 stop 90`.
fn ticket(words: &mut Words<'_>) -> Result<Ticket> {
    match words.rest.next() {
        Some("buy") => worded(Ticket::buy(), words),
        Some("sell") => worded(Ticket::sell(), words),
        _ => Err(refused(words.order, "has no `buy ..` or `sell ..` there")),
    }
}

fn amend(ctx: &mut Context, words: &mut Words<'_>, sent: &[ClientOrderId]) -> Result<()> {
    let mut change = ctx.amend(words.sent(sent)?);
    while let Some(word) = words.rest.next() {
        change = match word {
            "price" => change.price(words.number(word)?),
            "quantity" => change.quantity(words.number(word)?),
            "trigger" => change.trigger(words.number(word)?),
            _ => return Err(refused(word, "is not `price`, `quantity` or `trigger`")),
        };
    }
    change.send()
}

/// The words of an order that are still to be read.
struct Words<'a> {
    order: &'a str,
    rest: std::iter::Peekable<std::str::SplitWhitespace<'a>>,
}

impl Words<'_> {
    fn number(&mut self, after: &str) -> Result<Decimal> {
        let number = self.rest.next().and_then(|number| number.parse().ok());
        number.ok_or_else(|| refused(self.order, &format!("has no number after `{after}`")))
    }

    /// The order of a number.
    fn sent(&mut self, sent: &[ClientOrderId]) -> Result<ClientOrderId> {
        let number = self.rest.next().and_then(|number| number.parse::<usize>().ok());
        let order = number.and_then(|number| sent.get(number.checked_sub(1)?));
        order.copied().ok_or_else(|| refused(self.order, "names no order that was sent"))
    }
}

/// Adds the words of an order to it, up to its end or an `and`.
fn worded<To>(mut order: OrderBuilder<To>, words: &mut Words<'_>) -> Result<OrderBuilder<To>> {
    if let Some(quantity) = words.rest.peek().and_then(|word| word.parse::<Decimal>().ok()) {
        words.rest.next();
        order = order.quantity(quantity);
    }
    while let Some(word) = words.rest.next().filter(|word| *word != "and") {
        order = match word {
            "limit" => order.limit(words.number(word)?),
            "stop" => order.stop(words.number(word)?),
            "stop_limit" => order.stop_limit(words.number(word)?, words.number(word)?),
            "market_if_touched" => order.market_if_touched(words.number(word)?),
            "limit_if_touched" => order.limit_if_touched(words.number(word)?, words.number(word)?),
            "trailing_pct" => order.trailing(Distance::Percent(Percent::new(words.number(word)?))),
            "trailing" => order.trailing(Distance::Absolute(price(words.number(word)?)?)),
            "activation" => order.activation(words.number(word)?),
            "post_only" => order.post_only(),
            "ioc" => order.ioc(),
            "fok" => order.fok(),
            "good_till" => order.good_till(opening(words.number(word)?)?),
            "spend" => order.spend(words.number(word)?),
            "reduce_only" => order.reduce_only(),
            "close_position" => order.close_position(),
            "stop_loss" => order.stop_loss(words.number(word)?),
            "take_profit" => order.take_profit(words.number(word)?),
            "stop_loss_pct" => order.stop_loss_pct(words.number(word)?),
            "take_profit_pct" => order.take_profit_pct(words.number(word)?),
            "trailing_stop_pct" => order.trailing_stop_pct(words.number(word)?),
            "unprotected" => order.unprotected(),
            _ => return Err(refused(word, "is not a word of an order")),
        };
    }
    Ok(order)
}

/// When the hour of this number begins.
fn opening(number: Decimal) -> Result<UnixNanos> {
    let hours: Option<i64> = number.to_string().parse().ok();
    let opening =
        UnixNanos::parse(BEGIN).zip(hours).map(|(begin, hours)| begin.saturating_add_nanos(hours * Timeframe::H1.nanos()));
    opening.ok_or_else(|| refused(&number.to_string(), "is not the number of a bar"))
}

fn price(number: Decimal) -> Result<Price> {
    Price::new(number).ok_or_else(|| refused(&number.to_string(), "is not a price"))
}

fn refused(value: &str, rule: &str) -> Error {
    Error::input("orders", value, rule.to_owned())
}

fn main() -> ExitCode {
    MetaExpert::new("binance").run()
}
