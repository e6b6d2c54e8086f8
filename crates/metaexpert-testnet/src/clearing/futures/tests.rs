//! Worked examples: every number of an expectation is reckoned by hand in the comment beside it.

mod losses; // levels, calls, take-overs, insurance
mod margins; // what orders and positions hold
mod properties; // what holds whatever happens
pub(in crate::clearing) mod quoted; // prices that a test names
mod setting; // leverage, margin type, modes, isolated margin
mod trading; // profit, fees, flips, legs, funding, delivery

use metaexpert_core::{Currency, Money, PositionSide, Side, UnixNanos};
use quoted::Quoted;
use rust_decimal::Decimal;

use super::{AssetRow, Futures, FuturesFees, Row};
use crate::{
    clearing::{Booked, Clearing, Fill, Need, Numbers},
    listing::{Class, MarketId},
    news::Cause,
    order::{Loan, OrderId, Refusal},
};

pub(super) const BTCUSDT: MarketId = MarketId(0);
pub(super) const ETHUSDT: MarketId = MarketId(1);
pub(super) const BTCUSD: MarketId = MarketId(2);
pub(super) const QUARTERLY: MarketId = MarketId(3);

/// A wallet, its market, and the numbers of its orders.
pub(super) struct Bench {
    pub futures: Futures,
    pub prices: Quoted,
    order: u64,
}

pub(super) fn bench(class: Class, coins: &[(&str, Decimal)]) -> Bench {
    let prices = Quoted::futures();
    let fees = if class == Class::Linear { FuturesFees::binance_linear() } else { FuturesFees::binance_inverse() };
    let mut futures = Futures::new(class, &prices, fees, Numbers::default());
    for (coin, amount) in coins {
        let money = Money::new(*amount, Currency::new(coin));
        futures.transfer(&money, at(0), Cause::Deposit, &prices).unwrap();
    }
    Bench { futures, prices, order: 0 }
}

pub(super) fn at(nanos: i64) -> UnixNanos {
    UnixNanos::from_nanos(nanos)
}

impl Bench {
    pub(super) fn need(&mut self, market: MarketId, side: Side, quantity: Decimal, price: Decimal) -> Need {
        self.order += 1;
        Need {
            order: OrderId(self.order),
            market,
            side,
            quantity,
            price,
            budget: None,
            leg: None,
            reduce_only: false,
            loan: Loan::None,
            time: at(0),
        }
    }

    /// An order comes in and stands.
    pub(super) fn order(&mut self, market: MarketId, side: Side, quantity: Decimal, price: Decimal) -> Result<OrderId, Refusal> {
        let need = self.need(market, side, quantity, price);
        self.futures.admit(&need, &self.prices)?;
        Ok(need.order)
    }

    /// An order comes in and takes at its price.
    pub(super) fn trade(&mut self, market: MarketId, side: Side, quantity: Decimal, price: Decimal) -> Booked {
        self.trade_leg(market, side, None, quantity, price)
    }

    pub(super) fn trade_leg(
        &mut self,
        market: MarketId,
        side: Side,
        leg: Option<PositionSide>,
        quantity: Decimal,
        price: Decimal,
    ) -> Booked {
        let need = Need { leg, ..self.need(market, side, quantity, price) };
        self.futures.admit(&need, &self.prices).unwrap();
        self.fill(&need, false)
    }

    /// The exchange closes a position at a price.
    pub(super) fn liquidate(&mut self, market: MarketId, side: Side, quantity: Decimal, price: Decimal) -> Booked {
        let need = self.need(market, side, quantity, price);
        self.fill(&need, true)
    }

    pub(super) fn fill(&mut self, need: &Need, is_liquidation: bool) -> Booked {
        let fill = Fill {
            trade_id: need.order.0,
            order: need.order,
            market: need.market,
            side: need.side,
            leg: need.leg,
            price: need.price,
            quantity: need.quantity,
            is_maker: false,
            loan: Loan::None,
            is_liquidation,
            time: at(1),
        };
        self.futures.execute(&fill, &self.prices)
    }

    /// An order that stands is taken back.
    pub(super) fn undo(&mut self, need: &Need) {
        self.futures.release(need.order, None);
    }

    pub(super) fn coin(&self, coin: &str) -> AssetRow {
        self.futures.asset(&Currency::new(coin), &self.prices)
    }

    pub(super) fn row(&self, market: MarketId) -> Row {
        self.futures.position(market, None, &self.prices).unwrap()
    }
}
