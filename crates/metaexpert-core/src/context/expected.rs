//! What orders are expected to come to: the price of one, and the account when those that were sent before are done.
//!
//! Market orders on their way are expected to be executed, each in turn. Of resting orders nobody knows; entries among them are
//! counted as if all of one side were executed at their own prices (a buy is not judged by resting sells, which exchanges do the
//! same way: of the two sides of a one-way position the larger one needs margin), and closes as if none were.

use rust_decimal::Decimal;

use super::{desk::Desk, open_orders::Resting};
use crate::{
    Effect, Error, Instrument, InstrumentId, Liquidity, Money, NewOrder, OrderKind, PositionSide, Price, Quantity, Result, Side,
    Trade, TradeId,
    config::{MarketType, PositionMode},
    portfolio::{Portfolio, Split},
    protection::Guards,
    rounding::Round,
};

impl Desk {
    /// What an entry does to positions. Only futures have a mode with two legs: spot and margin accounts hold coins, and options
    /// are one position an instrument at every exchange (Binance options "Position information", Bybit "positionIdx", OKX "net").
    pub(super) const fn effect_of_entry(&self, side: Side) -> Effect {
        if self.has_two_legs() { Effect::Open(side.opened_leg()) } else { Effect::Net }
    }

    /// Whether an order may open or increase a leg. On spot nothing is sold that is not held.
    pub(super) fn opens(&self, order: &NewOrder) -> bool {
        let is_sale = self.config.market_type == MarketType::Spot && order.side == Side::Sell;
        matches!(order.effect, Effect::Open(_) | Effect::Net) && !is_sale
    }

    const fn has_two_legs(&self) -> bool {
        matches!((self.config.market_type, self.config.position_mode), (MarketType::Futures, PositionMode::Hedge))
    }

    /// The last price.
    pub(super) fn last_price(&self, instrument: InstrumentId) -> Result<Decimal> {
        let symbol = &self.instruments.get(instrument).symbol;
        self.portfolio.exact_mark(instrument).ok_or_else(|| Error::MarketData(format!("{symbol}: there is no price yet")))
    }

    /// The price that an order is decided at: its own, or the last one.
    pub(super) fn decided_at(kind: OrderKind, last: Decimal) -> Option<Price> {
        kind.limit_price().or_else(|| kind.trigger().map(|trigger| trigger.price)).or_else(|| Price::new(last))
    }

    /// What an order is expected to pay or get: its limit, or the price that it takes at with slippage, rounded to the tick
    /// against us.
    pub(super) fn expected_price(&self, instrument: InstrumentId, side: Side, kind: OrderKind) -> Result<Price> {
        if let Some(limit) = kind.limit_price() {
            return Ok(limit);
        }
        let of = self.instruments.get(instrument);
        let taken = match kind.trigger() {
            Some(trigger) => trigger.price.get(),
            None => self.last_price(instrument)?,
        };
        let price = side.against(taken, self.config.slippage_pct.fraction());
        let round = match side {
            Side::Buy => Round::Up,
            Side::Sell => Round::Down,
        };
        // A price below one tick has no tick to go to; it is left as it is.
        of.price_on_tick(price, round).or_else(|| Price::new(price)).ok_or_else(|| {
            Error::MarketData(format!("{}: {taken} less slippage is below the tick {}", of.symbol, of.rules.tick_size))
        })
    }

    /// The account as it will be when the market orders on their way are done at their expected prices.
    pub(super) fn account_after_orders(&self) -> Portfolio {
        let mut account = self.portfolio.clone();
        for working in self.orders.on_their_way() {
            let order = &working.order;
            let split = account.split(order.instrument, order.side, order.effect, working.remaining());
            for (leg, quantity) in [(split.leg.opposite(), split.close), (split.leg, split.open)] {
                self.expect_trade(&mut account, order, leg, working.expected, quantity);
            }
        }
        account
    }

    /// How an order is taken apart into what it closes and what it opens, when those before it are done. Resting entries of the
    /// same side come first, as far as it rests itself.
    pub(super) fn split(&self, order: &NewOrder, account: &Portfolio) -> Split {
        let mut split = account.split(order.instrument, order.side, order.effect, order.quantity.get());
        if !matches!(order.effect, Effect::Open(_) | Effect::Net) {
            // It closes what there is when it trades; that it is for no more than that now has been seen to.
            return Split { close: order.quantity.get(), ..split };
        }
        if order.effect == Effect::Net && order.kind != OrderKind::Market {
            let held = account.leg(order.instrument, split.leg.opposite()).map_or(Decimal::ZERO, |leg| leg.quantity);
            let before = self.orders.resting_entries(order.instrument, order.side).quantity;
            let close = split.close.min((held - before).max(Decimal::ZERO));
            split.open += split.close - close;
            split.close = close;
        }
        split
    }

    /// The account that what an order opens is judged by: after what it closes itself, and with resting entries executed.
    pub(super) fn account_to_judge(&self, order: &NewOrder, expected: Price, split: Split, mut account: Portfolio) -> Portfolio {
        if !split.open.is_zero() {
            self.expect_trade(&mut account, order, split.leg.opposite(), expected, split.close);
            self.expect_resting(&mut account, order);
        }
        account
    }

    /// Lets resting entries open what they may: in the order's own instrument those of its side, elsewhere of the larger one.
    fn expect_resting(&self, account: &mut Portfolio, order: &NewOrder) {
        if !self.orders.has_resting_entries() {
            return;
        }
        for (id, of) in self.instruments.iter() {
            let [buys, sells] = [Side::Buy, Side::Sell].map(|side| (side, self.resting_opens(account, id, side)));
            let ours = if order.side == Side::Buy { buys } else { sells };
            let larger = if buys.1.value >= sells.1.value { buys } else { sells };
            match (self.has_two_legs(), id == order.instrument) {
                (true, _) => [buys, sells].into_iter().for_each(|(side, opens)| self.expect_opened(account, id, of, side, opens)),
                (false, true) => self.expect_opened(account, id, of, ours.0, ours.1),
                (false, false) => self.expect_opened(account, id, of, larger.0, larger.1),
            }
        }
    }

    /// What resting entries of one side open; where there is one position only, they close the opposite one first.
    fn resting_opens(&self, account: &Portfolio, id: InstrumentId, side: Side) -> Resting {
        let resting = self.orders.resting_entries(id, side);
        let opposite = account.leg(id, side.opened_leg().opposite()).filter(|_| !self.has_two_legs());
        let Some(held) = opposite.map(|leg| leg.quantity.min(resting.quantity)).filter(|held| !held.is_zero()) else {
            return resting;
        };
        let quantity = resting.quantity - held;
        Resting { quantity, value: resting.value * (quantity / resting.quantity), orders: resting.orders }
    }

    fn expect_opened(&self, account: &mut Portfolio, id: InstrumentId, of: &Instrument, side: Side, opens: Resting) {
        if !opens.quantity.is_zero() {
            let Resting { quantity, value, orders } = opens;
            account.expect_open(id, side.opened_leg(), of, quantity, value, self.config.leverage, orders);
            account.settle(-(value * self.taker_fee));
        }
    }

    /// Lets a part of an order happen to an account at its expected price, if there is any of it.
    fn expect_trade(&self, account: &mut Portfolio, order: &NewOrder, leg: PositionSide, price: Price, quantity: Decimal) {
        let Some(quantity) = Quantity::new(quantity) else { return };
        let of = self.instruments.get(order.instrument);
        let fee = Money::new(of.value(price.get(), quantity.get()) * self.taker_fee, of.settlement.clone());
        // A close is never for more than is held, by `split`.
        let _ = account.apply(&expected_trade(order, leg, price, quantity, fee, of.symbol.clone()), of, order.leverage);
    }

    /// How much of a leg an order may close: what is held, less what orders on their way close already; of coins also less what
    /// resting orders have locked.
    pub(super) fn left_to_close(&self, instrument: InstrumentId, leg: PositionSide, account: &Portfolio) -> Decimal {
        let quantity = |portfolio: &Portfolio| portfolio.leg(instrument, leg).map_or(Decimal::ZERO, |leg| leg.quantity);
        // Of what an order on its way may open, nothing can be closed yet.
        let left = quantity(account).min(quantity(&self.portfolio));
        let locked = if self.locks() { self.locked(instrument, leg.closing_side()) } else { Decimal::ZERO };
        let closing = self.guards.as_ref().map_or(Decimal::ZERO, |guards| guards.closing(instrument, leg));
        (left - locked - closing).max(Decimal::ZERO)
    }

    /// Whether orders that rest and only close keep what they close: coins do. A simulated margin account takes no more than there is of
    /// whichever comes first; an exchange's would borrow for the second.
    pub(super) fn locks(&self) -> bool {
        self.config.market_type == MarketType::Spot || self.guards.as_deref().is_some_and(Guards::locks)
    }

    /// What resting orders of one side that only close keep of a coin.
    pub(super) fn locked(&self, instrument: InstrumentId, side: Side) -> Decimal {
        self.orders.resting_closes(instrument, side).quantity
    }
}

fn expected_trade(
    order: &NewOrder,
    leg: PositionSide,
    price: Price,
    quantity: Quantity,
    fee: Money,
    symbol: crate::Symbol,
) -> Trade {
    Trade {
        // No venue has given it one, and it never leaves the desk; venues count from 1.
        id: TradeId::from(0),
        time: order.time,
        instrument: order.instrument,
        symbol,
        order: Some(order.id),
        side: order.side,
        position_side: leg,
        price,
        quantity,
        fee,
        liquidity: Liquidity::Taker,
        reason: order.reason,
    }
}
