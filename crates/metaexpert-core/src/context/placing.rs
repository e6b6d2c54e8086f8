//! From a wish to an order that the risk gate has passed.
//!
//! wish -> kind and prices -> expected price -> the account after the orders sent before -> size -> gate -> outbox

use rust_decimal::Decimal;

use super::{
    desk::{Command, Desk},
    open_orders::Working,
    wish::{Level, OwnProtection, Size, Wish, on_tick},
};
use crate::{
    ClientOrderId, ConfigError, Effect, Error, Fitting, InstrumentId, Link, NewOrder, Offset, OrderKind, Percent, PositionSide,
    Price, Protection, Quantity, Reason, Result, Side, Symbol, TimeInForce, UnixNanos,
    config::{MarketType, SizeType},
    portfolio::Portfolio,
    risk::{Refusal, View},
    rounding::quotient_to_lot,
    sizing::{SizeBasis, sized},
};

/// What an order is before it has an effect and a size.
#[derive(Debug, Clone, Copy)]
struct Plan {
    instrument: InstrumentId,
    kind: OrderKind,
    /// What it is decided at, and what it is expected to pay or get.
    price: Price,
    expected: Price,
    link: Option<Link>,
    now: UnixNanos,
}

impl Desk {
    /// Sends what an expert asks for; linked to others, where there is a link.
    pub(super) fn send(
        &mut self,
        wish: &Wish,
        at_hand: InstrumentId,
        now: UnixNanos,
        link: Option<Link>,
    ) -> Result<ClientOrderId> {
        let instrument = self.instrument_of(wish, at_hand)?;
        let of = self.instruments.get(instrument);
        let invalid = |broken| Wish::invalid(&of.symbol, broken);
        wish.check(self.config.market_type, now).map_err(invalid)?;
        let last = self.last_price(instrument)?;
        let kind = wish.kind(of, last).map_err(invalid)?;
        let expected = self.expected_price(instrument, wish.side, kind)?;
        let price = Self::decided_at(kind, last).unwrap_or(expected);
        let plan = Plan { instrument, kind, price, expected, link, now };
        match wish.closes() {
            None => self.enter(wish, plan),
            Some((leg, effect)) => self.reduce(wish, plan, leg, effect),
        }
    }

    /// Sends two orders of which one cancels the other, or neither.
    pub(super) fn send_linked(
        &mut self,
        wishes: [&Wish; 2],
        at_hand: InstrumentId,
        now: UnixNanos,
    ) -> Result<[ClientOrderId; 2]> {
        let [first, second] = wishes;
        let instruments = [self.instrument_of(first, at_hand)?, self.instrument_of(second, at_hand)?];
        let symbol = |place: InstrumentId| self.instruments.get(place).symbol.clone();
        let rule = match instruments {
            [one, other] if one != other => {
                Some(format!("links `{}` with `{}`: both must be of one symbol", symbol(one), symbol(other)))
            }
            _ => wishes.iter().find(|wish| wish.is_market()).map(|_| {
                "links two orders that wait, and a `market` order trades at once; name its kind, as in `.limit(..)`".to_owned()
            }),
        };
        if let (Some(rule), [one, _]) = (rule, instruments) {
            return Err(Error::InvalidOrder { symbol: symbol(one), field: "oco", rule });
        }
        // The number of the first order is a name that no other link has.
        let link = Some(Link(self.links + self.sequence + 1));
        let [instrument, _] = instruments;
        let first = self.send(first, at_hand, now, link)?;
        // Only one of them can trade: the second is judged as if the first were not there.
        self.orders.without(first);
        match self.send(second, at_hand, now, link) {
            Ok(second) => {
                self.orders.with(first, self.instruments.get(instrument));
                Ok([first, second])
            }
            Err(error) => {
                self.take_back(first);
                Err(error)
            }
        }
    }

    fn instrument_of(&self, wish: &Wish, at_hand: InstrumentId) -> Result<InstrumentId> {
        let Some(text) = &wish.symbol else { return Ok(at_hand) };
        Symbol::new(text)
            .and_then(|symbol| self.instruments.find(&symbol))
            .ok_or_else(|| Error::MarketData(format!("symbol `{text}`: this run has no data of it")))
    }

    /// Sends an order that is to open something.
    fn enter(&mut self, wish: &Wish, plan: Plan) -> Result<ClientOrderId> {
        let protection = self.protection_of(wish, plan)?;
        let (quantity, fitting) = self.quantity(wish, plan, &protection)?;
        let order = self.order(wish, plan, self.effect_of_entry(wish.side), quantity, fitting, protection, Reason::Signal);
        let account = self.account_after_orders();
        if self.config.market_type == MarketType::Spot && wish.side == Side::Sell {
            self.check_held(&order, &account)?;
        }
        self.approve(order, plan.expected, account)
    }

    /// On spot only what is held can be sold, and what resting sells have locked is sold already.
    fn check_held(&self, order: &NewOrder, account: &Portfolio) -> Result<()> {
        let held = account.leg(order.instrument, PositionSide::Long).map_or(Decimal::ZERO, |leg| leg.quantity);
        let locked = self.locked(order.instrument, Side::Sell);
        if order.quantity.get() > held {
            let rule = format!("has no short positions: a sell of {} exceeds what is held ({held})", order.quantity);
            return Err(ConfigError {
                key: "market_type".to_owned(),
                value: Some(MarketType::Spot.to_string()),
                rule,
                nearest: Some(MarketType::Futures.to_string()),
            }
            .into());
        }
        if order.quantity.get() > held - locked {
            let symbol = self.instruments.get(order.instrument).symbol.clone();
            let rule =
                format!("`{}` exceeds what can be sold: {held} is held, and resting sells keep {locked} of it", order.quantity);
            return Err(Error::InvalidOrder { symbol, field: "quantity", rule });
        }
        Ok(())
    }

    /// Sends an order that takes of one leg what it asks for, at most all of it.
    fn reduce(&mut self, wish: &Wish, plan: Plan, leg: PositionSide, effect: Effect) -> Result<ClientOrderId> {
        let account = self.account_after_orders();
        let left = self.left_to_close(plan.instrument, leg, &account);
        let field = if matches!(effect, Effect::CloseAll(_)) { "close_position" } else { "reduce_only" };
        if left.is_zero() {
            let symbol = self.instruments.get(plan.instrument).symbol.clone();
            return Err(Error::InvalidOrder { symbol, field, rule: format!("there is no {leg} position left to reduce") });
        }
        let most = if let Size::Quantity(quantity) = wish.size { quantity.min(left) } else { left };
        let quantity = self.on_lot(plan.instrument, most)?;
        let order = self.order(wish, plan, effect, quantity, Fitting::Exact, Protection::default(), Reason::Signal);
        self.approve(order, plan.expected, account)
    }

    /// Closes one leg by a market order; `None` where nothing is left to close, or less than a lot.
    pub(crate) fn close(
        &mut self,
        instrument: InstrumentId,
        leg: PositionSide,
        now: UnixNanos,
        reason: Reason,
    ) -> Result<Option<ClientOrderId>> {
        if !self.portfolio.is_open(instrument, leg) {
            return Ok(None);
        }
        let account = self.account_after_orders();
        let left = self.left_to_close(instrument, leg, &account);
        let Some(quantity) = self.instruments.get(instrument).quantity_on_lot(left) else { return Ok(None) };
        let (wish, kind) = (Wish::new(leg.closing_side()), OrderKind::Market);
        let expected = self.expected_price(instrument, wish.side, kind)?;
        let plan = Plan { instrument, kind, price: expected, expected, link: None, now };
        let order = self.order(&wish, plan, Effect::Close(leg), quantity, Fitting::Exact, Protection::default(), reason);
        self.approve(order, expected, account).map(Some)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is a part of the order, and none has a default that would not be a guess"
    )]
    const fn order(
        &mut self,
        wish: &Wish,
        plan: Plan,
        effect: Effect,
        quantity: Quantity,
        fitting: Fitting,
        protection: Protection,
        reason: Reason,
    ) -> NewOrder {
        NewOrder {
            id: self.next_id(),
            instrument: plan.instrument,
            side: wish.side,
            kind: plan.kind,
            time_in_force: match wish.time_in_force {
                Some(time_in_force) => time_in_force,
                None => TimeInForce::GoodTillCancelled,
            },
            effect,
            quantity,
            fitting,
            leverage: self.config.leverage,
            protection,
            self_trade: wish.self_trade,
            link: plan.link,
            time: plan.now,
            reason,
        }
    }

    /// Has the gate judge an order, and puts what it passes into the outbox.
    fn approve(&mut self, order: NewOrder, expected: Price, account: Portfolio) -> Result<ClientOrderId> {
        if let Some(refusal) = self.held_back(order.instrument) {
            return Err(self.refuse(order.instrument, Some(&order), refusal));
        }
        if self.ended || self.stopping && order.reason == Reason::Signal {
            let refusal = Refusal::Ended { symbol: self.instruments.get(order.instrument).symbol.clone() };
            return Err(self.refuse(order.instrument, Some(&order), refusal));
        }
        let split = self.split(&order, &account);
        let account = self.account_to_judge(&order, expected, split, account);
        let (id, instrument) = (order.id, order.instrument);
        let asked = (!self.log.is_silent()).then(|| order.clone());
        let view = View {
            now: order.time,
            instrument: self.instruments.get(instrument),
            expected: &account,
            closing: split.close,
            price: expected,
            volume: self.volumes.get(instrument.index()).copied().unwrap_or_default(),
            warmup: self.warmup,
        };
        match self.gate.check(order, &view) {
            Ok(approved) => {
                let working = Working::new(approved.get().clone(), expected, self.opens(approved.get()));
                self.orders.add(working, self.instruments.get(instrument));
                self.log.order_approved(approved.get(), expected);
                self.outbox.push(Command::Place(approved));
                Ok(id)
            }
            Err(refusal) => Err(self.refuse(instrument, asked.as_ref(), refusal)),
        }
    }

    /// Lets an order that has not left yet never have been.
    fn take_back(&mut self, id: ClientOrderId) {
        self.orders.remove(id, &self.instruments);
        self.outbox.retain(|command| !matches!(command, Command::Place(order) if order.get().id == id));
        self.log.order_withdrawn(id);
    }

    /// The protection of what an order opens: its own, and what of the configuration's it does not replace.
    fn protection_of(&self, wish: &Wish, plan: Plan) -> Result<Protection> {
        let OwnProtection { unprotected, stop_loss, take_profit, trailing_stop } = wish.protection;
        let mut protection = if unprotected { Protection::default() } else { self.protection };
        let of = self.instruments.get(plan.instrument);
        let offset = |field, level: Level, must_be_above: bool| {
            let at = match level {
                Level::Percent(percent) => return Ok(Offset::Percent(percent)),
                Level::Price(at) => on_tick(wish.side.opposite(), field, at, of),
            };
            let at = at.map_err(|broken| Wish::invalid(&of.symbol, broken))?;
            let fits = if must_be_above { at > plan.price } else { at < plan.price };
            let rule = || {
                let (where_to, entry) = (if must_be_above { "above" } else { "below" }, plan.price);
                format!(
                    "`{at}` is not {where_to} {entry}, where it has to stand when a {} is expected to be filled there",
                    wish.side
                )
            };
            if fits { Ok(Offset::Price(at)) } else { Err(Wish::invalid(&of.symbol, (field, rule()))) }
        };
        let buys = wish.side == Side::Buy;
        if let Some(level) = stop_loss {
            protection.stop_loss = Some(offset("stop_loss", level, !buys)?);
        }
        if let Some(level) = take_profit {
            protection.take_profit = Some(offset("take_profit", level, buys)?);
        }
        if trailing_stop.is_some() {
            protection.trailing_stop = trailing_stop;
        }
        Ok(protection)
    }

    fn quantity(&mut self, wish: &Wish, plan: Plan, protection: &Protection) -> Result<(Quantity, Fitting)> {
        let of = self.instruments.get(plan.instrument);
        let (kind, value) = match wish.size {
            Size::Quantity(quantity) => return Ok((self.on_lot(plan.instrument, quantity)?, Fitting::Exact)),
            Size::Spend(amount) => {
                let each = of.rules.size(plan.expected.get());
                let quantity = quotient_to_lot(amount, each, of.rules.lot_size);
                let unrounded = amount.checked_div(each).unwrap_or_default();
                let quantity = Quantity::new(quantity).ok_or_else(|| self.rounds_to_nothing(plan.instrument, unrounded))?;
                return Ok((quantity, Fitting::Spend(amount)));
            }
            Size::Computed(kind, value) => (kind, value),
            Size::Configured => {
                let Some(configured) = self.config.size_type.zip(self.config.size_value) else {
                    let rule = "is missing: set `size_type` and `size_value`, or give the order its `.quantity(..)`".to_owned();
                    return Err(Wish::invalid(&of.symbol, ("quantity", rule)));
                };
                configured
            }
        };
        let value = match self.gate.size_factor(plan.instrument, &of.symbol) {
            Ok(factor) => value * factor,
            Err(refusal) => return Err(self.refuse(plan.instrument, None, refusal)),
        };
        let basis = SizeBasis {
            equity: self.portfolio.equity(&self.instruments),
            price: plan.price,
            side: wish.side,
            leverage: self.config.leverage,
            stop_loss: protection.stop_loss.map(|offset| distance(offset, plan.price)),
            instrument: of,
        };
        let sized = sized(kind, value, &basis)?;
        let fitting = if kind == SizeType::PercentEquity { Fitting::CutToFunds } else { Fitting::Exact };
        match Quantity::new(sized.quantity) {
            Some(quantity) => Ok((quantity, fitting)),
            None => Err(self.rounds_to_nothing(plan.instrument, sized.unrounded)),
        }
    }

    /// `quantity` rounded down to the lot.
    pub(super) fn on_lot(&mut self, instrument: InstrumentId, quantity: Decimal) -> Result<Quantity> {
        let on_lot = self.instruments.get(instrument).quantity_on_lot(quantity);
        on_lot.ok_or_else(|| self.rounds_to_nothing(instrument, quantity))
    }

    fn rounds_to_nothing(&mut self, instrument: InstrumentId, quantity: Decimal) -> Error {
        let of = self.instruments.get(instrument);
        let refusal = Refusal::LotSize { symbol: of.symbol.clone(), quantity: quantity.normalize(), lot: of.rules.lot_size };
        self.refuse(instrument, None, refusal)
    }
}

/// How far from `price` a protective order stands, in percent of it.
fn distance(offset: Offset, price: Price) -> Percent {
    match offset {
        Offset::Percent(percent) => percent,
        Offset::Price(at) => Percent::new((price.get() - at.get()).abs() * Decimal::ONE_HUNDRED / price.get()),
    }
}
