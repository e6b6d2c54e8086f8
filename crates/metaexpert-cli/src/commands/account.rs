//! `metaexpert account`: what an account owns and holds, and which of its orders stand.

use metaexpert_binance::{
    Product,
    account::{PositionsOf, balances, cross_account, options_account, positions, spot_account},
    orders::{Desk, FuturesProduct, open, open_algo},
};
use metaexpert_connect::{
    Report,
    report::{BalanceReport, LegReport, OrderReport, PositionReport},
};
use metaexpert_core::config::MarginMode;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    asking::{Asked, Key},
    command_line::{AccountArgs, Format},
    console::Console,
    exit::{CommandError, Exit},
    listing::{Row, json, listing, or_dash},
    user_defaults,
};

pub(crate) fn run(args: &AccountArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let format = user_defaults::format(args.ask.format.format)?;
    let asked = Asked::new(&args.ask, Key::Needed)?;
    let holds = Holds::of(&asked)?;
    console.say(match format {
        Format::Json => json(&holds),
        Format::Table => holds.tables(),
    });
    Ok(Exit::Good)
}

/// What an account holds. Assets and positions of nothing are left out.
#[derive(Debug, Serialize)]
struct Holds {
    balances: Vec<Balance>,
    positions: Vec<Position>,
    orders: Vec<Order>,
}

impl Holds {
    fn of(asked: &Asked) -> Result<Self, CommandError> {
        let (client, product) = (&asked.client, asked.product);
        let balances = asked.wait_for(async {
            Ok(match product {
                Product::Spot => spot_account(client).await?.2,
                Product::Margin => cross_account(client).await?.1,
                Product::UsdM | Product::CoinM => balances(client, product).await?,
                Product::Options => options_account(client).await?.1,
            })
        })?;
        let positions = match product {
            Product::Spot | Product::Margin => Vec::new(),
            Product::UsdM | Product::CoinM | Product::Options => asked.wait_for(positions(client, product, PositionsOf::All))?,
        };
        let orders = asked.wait_for(open(client, desk(product), None))?;
        let waiting = match futures(product) {
            Some(product) => asked.wait_for(open_algo(client, product, None))?,
            None => Vec::new(),
        };
        Ok(Self {
            balances: balances.into_iter().filter(is_something).map(Balance).collect(),
            positions: positions.into_iter().filter(|position| !position.quantity.is_zero()).map(Position).collect(),
            orders: orders.into_iter().chain(waiting).filter_map(order).map(Order).collect(),
        })
    }

    fn tables(&self) -> String {
        let balances = listing(&self.balances, Format::Table);
        let positions = listing(&self.positions, Format::Table);
        let orders = listing(&self.orders, Format::Table);
        format!("Balances\n{balances}\nPositions\n{positions}\nOpen orders\n{orders}")
    }
}

const fn futures(product: Product) -> Option<FuturesProduct> {
    match product {
        Product::UsdM => Some(FuturesProduct::UsdM),
        Product::CoinM => Some(FuturesProduct::CoinM),
        Product::Spot | Product::Margin | Product::Options => None,
    }
}

const fn desk(product: Product) -> Desk {
    match product {
        Product::Spot => Desk::Spot,
        Product::Margin => Desk::Margin(MarginMode::Cross),
        Product::UsdM => Desk::Futures(FuturesProduct::UsdM),
        Product::CoinM => Desk::Futures(FuturesProduct::CoinM),
        Product::Options => Desk::Options,
    }
}

fn order(report: Report<'_>) -> Option<OrderReport> {
    match report {
        Report::Order(order) => Some(*order),
        _ => None,
    }
}

fn is_something(balance: &BalanceReport) -> bool {
    let amounts = [balance.total, balance.free, balance.locked, balance.borrowed, balance.interest];
    amounts.into_iter().flatten().any(|amount| !amount.is_zero())
}

fn number(value: Option<Decimal>) -> String {
    or_dash(value.map(|value| value.normalize()))
}

/// A word as it is in JSON.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    or_dash(value.as_ref().and_then(|value| value.as_str()))
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Balance(BalanceReport);

impl Row for Balance {
    const HEADINGS: &'static [&'static str] = &["asset", "total", "free", "locked", "borrowed"];

    fn cells(&self) -> Vec<String> {
        let BalanceReport { asset, total, free, locked, borrowed, .. } = &self.0;
        std::iter::once(asset.clone()).chain([*total, *free, *locked, *borrowed].map(number)).collect()
    }
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Position(PositionReport);

impl Row for Position {
    const HEADINGS: &'static [&'static str] =
        &["symbol", "leg", "quantity", "entry", "mark", "liquidation", "unrealised", "margin"];

    fn cells(&self) -> Vec<String> {
        let position = &self.0;
        let leg = match position.leg {
            LegReport::Net => "net".to_owned(),
            LegReport::Leg(leg) => leg.to_string(),
        };
        vec![
            position.symbol.clone(),
            leg,
            position.quantity.normalize().to_string(),
            number(position.entry_price),
            number(position.mark_price),
            number(position.liquidation_price),
            number(position.unrealised),
            or_dash(position.isolated.map(|isolated| if isolated { "isolated" } else { "cross" })),
        ]
    }
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Order(OrderReport);

impl Row for Order {
    const HEADINGS: &'static [&'static str] =
        &["symbol", "side", "type", "state", "quantity", "filled", "price", "trigger", "client id"];

    fn cells(&self) -> Vec<String> {
        let order = &self.0;
        vec![
            order.symbol.clone(),
            or_dash(order.side),
            word(&order.order_type),
            word(&order.state),
            number(order.quantity),
            number(order.filled),
            number(order.price),
            number(order.conditional.as_ref().and_then(|conditional| conditional.trigger)),
            or_dash(order.client_id.as_ref()),
        ]
    }
}
