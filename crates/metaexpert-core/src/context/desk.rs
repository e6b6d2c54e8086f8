//! The desk: from a wish to an order that the risk gate has passed.
//!
//! wish -> effect on positions -> expected price -> the account after the orders sent before -> size -> gate -> outbox

use rust_decimal::Decimal;

use super::{Setup, order_builder::Size};
use crate::{
    ClientOrderId, ConfigError, Effect, Error, Fitting, InstrumentId, Instruments, Liquidity, Money, NewOrder, Offset, OrderKind,
    Percent, Position, PositionSide, Price, Protection, Quantity, Reason, Result, SelfTrade, Side, TimeInForce, Trade, TradeId,
    UnixNanos,
    config::{Config, MarketType, PositionMode, SizeType},
    log::Loggers,
    portfolio::{Applied, Overclosed, Portfolio},
    risk::{Refusal, RiskApproved, RiskGate, View},
    rounding::Round,
    sizing::{SizeBasis, sized},
};

/// An order that is on its way or waiting at the venue.
#[derive(Debug)]
pub(crate) struct Working {
    pub order: NewOrder,
    /// What it is expected to pay or get.
    pub expected: Price,
    /// How much of it was executed.
    pub filled: Decimal,
}

/// An expert's account, its orders on the way, and the gate that they pass.
#[derive(Debug)]
pub(crate) struct Desk {
    pub config: Config,
    pub instruments: Instruments,
    pub portfolio: Portfolio,
    pub gate: RiskGate,
    pub protection: Protection,
    /// Orders of which the venue may still execute something, in the order they were sent.
    pub working: Vec<Working>,
    /// Passed, not yet sent.
    pub outbox: Vec<RiskApproved<NewOrder>>,
    /// Refused, not yet told.
    pub refused: Vec<Refusal>,
    /// Volume of each instrument's last bar.
    pub volumes: Vec<f64>,
    /// Bars of the warm-up that are still to come, the one at hand included.
    pub warmup: usize,
    /// Nothing can be executed any more.
    pub ended: bool,
    pub log: Loggers,
    main_bars: usize,
    taker_fee: Decimal,
    run: u32,
    sequence: u64,
}

impl Desk {
    pub(crate) fn new(setup: Setup) -> Self {
        let Setup { config, instruments, main: _, taker_fee, run, log } = setup;
        Self {
            log: Loggers::new(log, &instruments, config.comment.clone()),
            portfolio: Portfolio::new(config.initial_capital, instruments.len()),
            gate: RiskGate::new(config.clone(), taker_fee),
            protection: Protection {
                stop_loss: config.stop_loss_pct.map(Offset::Percent),
                take_profit: config.take_profit_pct.map(Offset::Percent),
                trailing_stop: config.trailing_stop_pct,
                trailing_activation: config.trailing_activation_pct,
                breakeven: config.breakeven_pct,
            },
            working: Vec::new(),
            outbox: Vec::new(),
            refused: Vec::new(),
            volumes: vec![0.0; instruments.len()],
            warmup: config.warmup_bars,
            ended: false,
            main_bars: 0,
            config,
            instruments,
            taker_fee,
            run,
            sequence: 0,
        }
    }

    /// Whether a handler left something to send or to tell.
    #[inline]
    pub(crate) const fn has_output(&self) -> bool {
        !self.outbox.is_empty() || !self.refused.is_empty()
    }

    /// Takes note of a bar's close and volume.
    #[inline]
    pub(crate) fn see(&mut self, instrument: InstrumentId, close: f64, volume: f64) {
        self.portfolio.set_mark(instrument, close);
        if let Some(last) = self.volumes.get_mut(instrument.index()) {
            *last = volume;
        }
    }

    /// One more bar of the expert's main series is there.
    #[inline]
    pub(crate) fn count_bar(&mut self) {
        if self.warmup > 0 {
            self.main_bars += 1;
            self.warmup = (self.config.warmup_bars + 1).saturating_sub(self.main_bars);
        }
    }

    /// Lets a trade happen to the account and to the order it belongs to.
    pub(crate) fn apply(&mut self, trade: &Trade) -> Result<Applied, Overclosed> {
        let working = self.working.iter_mut().find(|working| Some(working.order.id) == trade.order);
        let leverage = working.as_ref().map_or(self.config.leverage, |working| working.order.leverage);
        if let Some(working) = working {
            working.filled += trade.quantity.get();
        }
        let applied = self.portfolio.apply(trade, self.instruments.get(trade.instrument), leverage)?;
        self.gate.see_trade(trade, applied);
        Ok(applied)
    }

    /// An order on its way.
    pub(crate) fn working(&self, order: ClientOrderId) -> Option<&Working> {
        self.working.iter().find(|working| working.order.id == order)
    }

    pub(crate) fn position(&self, instrument: InstrumentId, side: PositionSide) -> Option<Position> {
        let leg = self.portfolio.leg(instrument, side)?;
        let of = self.instruments.get(instrument);
        let unrealized = self.portfolio.exact_mark(instrument).map_or(Decimal::ZERO, |mark| leg.unrealized(side, mark, of));
        Some(Position {
            symbol: of.symbol.clone(),
            side,
            quantity: leg.quantity,
            entry_price: leg.entry_price(of),
            opened: leg.opened,
            unrealized_pnl: Money::new(unrealized, of.settlement.clone()),
        })
    }

    /// Sends an order that is to open something.
    pub(super) fn enter(
        &mut self,
        instrument: InstrumentId,
        side: Side,
        size: Size,
        protection: Protection,
        now: UnixNanos,
    ) -> Result<ClientOrderId> {
        let effect = match (self.config.market_type, self.config.position_mode) {
            (MarketType::Spot | MarketType::Margin, _) | (_, PositionMode::Oneway) => Effect::Net,
            (MarketType::Futures | MarketType::Options, PositionMode::Hedge) => Effect::Open(side.opened_leg()),
        };
        let expected = self.expected_price(instrument, side)?;
        let account = self.account_after_working();
        let (quantity, fitting) = self.quantity(instrument, size, &protection)?;
        let split = account.split(instrument, side, effect, quantity.get());
        if self.config.market_type == MarketType::Spot && side == Side::Sell && !split.open.is_zero() {
            return Err(ConfigError {
                key: "market_type".to_owned(),
                value: Some(MarketType::Spot.to_string()),
                rule: format!("has no short positions: a sell of {quantity} exceeds what is held ({})", split.close),
                nearest: Some(MarketType::Futures.to_string()),
            }
            .into());
        }
        let order = NewOrder {
            id: self.next_id(),
            instrument,
            side,
            kind: OrderKind::Market,
            time_in_force: TimeInForce::default(),
            self_trade: SelfTrade::ExpireMaker,
            link: None,
            effect,
            quantity,
            fitting,
            leverage: self.config.leverage,
            protection,
            time: now,
            reason: Reason::Signal,
        };
        self.approve(order, expected, account)
    }

    /// Closes of one leg what an order that only reduces asks for.
    pub(super) fn reduce(
        &mut self,
        instrument: InstrumentId,
        leg: PositionSide,
        size: Size,
        now: UnixNanos,
    ) -> Result<ClientOrderId> {
        let symbol = self.instruments.get(instrument).symbol.clone();
        let invalid = |rule: String| Error::InvalidOrder { symbol, field: "reduce_only", rule };
        let most = match size {
            Size::Configured => None,
            Size::Quantity(quantity) => Some(quantity),
            Size::Computed(..) => return Err(invalid("takes a quantity; sizes are for what an order opens".to_owned())),
        };
        let sent = self.close(instrument, leg, most, now, Reason::Signal)?;
        sent.ok_or_else(|| invalid(format!("there is no {leg} position left to reduce")))
    }

    /// Closes one leg by a market order, or as much of it as `most` says; `None` where nothing is left to close.
    pub(super) fn close(
        &mut self,
        instrument: InstrumentId,
        side: PositionSide,
        most: Option<Decimal>,
        now: UnixNanos,
        reason: Reason,
    ) -> Result<Option<ClientOrderId>> {
        if self.portfolio.leg(instrument, side).is_none() {
            return Ok(None);
        }
        let account = self.account_after_working();
        let Some(quantity) = account.leg(instrument, side).and_then(|leg| Quantity::new(leg.quantity)) else { return Ok(None) };
        // Of what an order on its way may open, nothing can be closed yet.
        let held = self.portfolio.leg(instrument, side).map_or(Decimal::ZERO, |leg| leg.quantity);
        let quantity = quantity.get().min(held).min(most.unwrap_or(held));
        let quantity = self
            .instruments
            .get(instrument)
            .quantity_on_lot(quantity)
            .ok_or_else(|| self.rounds_to_nothing(instrument, quantity))?;
        let expected = self.expected_price(instrument, side.closing_side())?;
        let order = NewOrder {
            id: self.next_id(),
            instrument,
            side: side.closing_side(),
            kind: OrderKind::Market,
            time_in_force: TimeInForce::default(),
            self_trade: SelfTrade::ExpireMaker,
            link: None,
            effect: Effect::Close(side),
            quantity,
            fitting: Fitting::Exact,
            leverage: self.config.leverage,
            protection: Protection::default(),
            time: now,
            reason,
        };
        self.approve(order, expected, account).map(Some)
    }

    /// Closes every leg; the number of orders that took.
    pub(crate) fn close_everything(&mut self, now: UnixNanos, reason: Reason) -> Result<usize> {
        let ids: Vec<InstrumentId> = self.instruments.iter().map(|(id, _)| id).collect();
        let mut orders = 0;
        for id in ids {
            for side in PositionSide::BOTH {
                orders += usize::from(self.close(id, side, None, now, reason)?.is_some());
            }
        }
        Ok(orders)
    }

    fn approve(&mut self, order: NewOrder, expected: Price, mut account: Portfolio) -> Result<ClientOrderId> {
        let of = self.instruments.get(order.instrument);
        if self.ended {
            let refusal = Refusal::Ended { symbol: of.symbol.clone() };
            return Err(self.refuse(order.instrument, Some(&order), refusal));
        }
        // What an order opens is judged by the account as it is when what it closes is closed.
        let split = account.split(order.instrument, order.side, order.effect, order.quantity.get());
        if !split.open.is_zero() {
            self.expect_trade(&mut account, &order, split.leg.opposite(), expected, split.close);
        }
        let view = View {
            now: order.time,
            instrument: self.instruments.get(order.instrument),
            expected: &account,
            closing: split.close,
            price: expected,
            volume: self.volumes.get(order.instrument.index()).copied().unwrap_or_default(),
            warmup: self.warmup,
        };
        let (id, instrument) = (order.id, order.instrument);
        let asked = (!self.log.is_silent()).then(|| order.clone());
        match self.gate.check(order, &view) {
            Ok(approved) => {
                self.working.push(Working { order: approved.get().clone(), expected, filled: Decimal::ZERO });
                self.log.order_approved(approved.get(), expected);
                self.outbox.push(approved);
                Ok(id)
            }
            Err(refusal) => Err(self.refuse(instrument, asked.as_ref(), refusal)),
        }
    }

    /// Takes note of a refusal, to be told to `on_error`.
    fn refuse(&mut self, instrument: InstrumentId, order: Option<&NewOrder>, refusal: Refusal) -> Error {
        self.log.order_refused(instrument, order, &refusal);
        self.refused.push(refusal.clone());
        Error::Risk(refusal)
    }

    fn quantity(&mut self, instrument: InstrumentId, size: Size, protection: &Protection) -> Result<(Quantity, Fitting)> {
        let of = self.instruments.get(instrument);
        let price = self.portfolio.exact_mark(instrument).and_then(Price::new).ok_or_else(|| no_price(of.symbol.as_str()))?;
        let (kind, value) = match size {
            Size::Quantity(quantity) => {
                let sized = of.quantity_on_lot(quantity).map(|quantity| (quantity, Fitting::Exact));
                return sized.ok_or_else(|| self.rounds_to_nothing(instrument, quantity));
            }
            Size::Computed(kind, value) => (kind, value),
            Size::Configured => match (self.config.size_type, self.config.size_value) {
                (Some(kind), Some(value)) => (kind, value),
                _ => {
                    return Err(Error::InvalidOrder {
                        symbol: of.symbol.clone(),
                        field: "quantity",
                        rule: "is missing: set `size_type` and `size_value`, or give the order its `.quantity(..)`".to_owned(),
                    });
                }
            },
        };
        let value = match self.gate.size_factor(instrument, &of.symbol) {
            Ok(factor) => value * factor,
            Err(refusal) => return Err(self.refuse(instrument, None, refusal)),
        };
        let basis = SizeBasis {
            equity: self.portfolio.equity(&self.instruments),
            price,
            leverage: self.config.leverage,
            stop_loss: protection.stop_loss.map(|offset| distance(offset, price)),
            rules: &of.rules,
        };
        let sized = sized(kind, value, &basis)?;
        let fitting = if kind == SizeType::PercentEquity { Fitting::CutToFunds } else { Fitting::Exact };
        match Quantity::new(sized.quantity) {
            Some(quantity) => Ok((quantity, fitting)),
            None => Err(self.rounds_to_nothing(instrument, sized.unrounded)),
        }
    }

    fn rounds_to_nothing(&mut self, instrument: InstrumentId, quantity: Decimal) -> Error {
        let of = self.instruments.get(instrument);
        let refusal = Refusal::LotSize { symbol: of.symbol.clone(), quantity: quantity.normalize(), lot: of.rules.lot_size };
        self.refuse(instrument, None, refusal)
    }

    /// The last price, with slippage and rounded to the tick against us.
    fn expected_price(&self, instrument: InstrumentId, side: Side) -> Result<Price> {
        let of = self.instruments.get(instrument);
        let mark = self.portfolio.exact_mark(instrument).ok_or_else(|| no_price(of.symbol.as_str()))?;
        let slippage = self.config.slippage_pct.fraction();
        let (price, round) = match side {
            Side::Buy => (mark * (Decimal::ONE + slippage), Round::Up),
            Side::Sell => (mark * (Decimal::ONE - slippage), Round::Down),
        };
        // A price below one tick has no tick to go to; it is left as it is.
        of.price_on_tick(price, round).or_else(|| Price::new(price)).ok_or_else(|| {
            Error::MarketData(format!("{}: {mark} less slippage is below the tick {}", of.symbol, of.rules.tick_size))
        })
    }

    /// The account as it will be when the orders on the way are done at their expected prices.
    fn account_after_working(&self) -> Portfolio {
        let mut account = self.portfolio.clone();
        for Working { order, expected, filled } in &self.working {
            let split = account.split(order.instrument, order.side, order.effect, order.quantity.get() - filled);
            for (leg, quantity) in [(split.leg.opposite(), split.close), (split.leg, split.open)] {
                self.expect_trade(&mut account, order, leg, *expected, quantity);
            }
        }
        account
    }

    /// Lets a part of an order happen to an account at its expected price, if there is any of it.
    fn expect_trade(&self, account: &mut Portfolio, order: &NewOrder, leg: PositionSide, price: Price, quantity: Decimal) {
        let Some(quantity) = Quantity::new(quantity) else { return };
        let of = self.instruments.get(order.instrument);
        let fee = Money::new(of.value(price.get(), quantity.get()) * self.taker_fee, of.settlement.clone());
        // A close is never for more than is held, by `split`.
        let _ = account.apply(&expected_trade(order, leg, price, quantity, fee, of.symbol.clone()), of, order.leverage);
    }

    const fn next_id(&mut self) -> ClientOrderId {
        self.sequence += 1;
        ClientOrderId { strategy: self.config.strategy_id, run: self.run, sequence: self.sequence }
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

/// How far from `price` a protective order stands, in percent of it.
fn distance(offset: Offset, price: Price) -> Percent {
    match offset {
        Offset::Percent(percent) => percent,
        Offset::Price(at) => Percent::new((price.get() - at.get()).abs() * Decimal::ONE_HUNDRED / price.get()),
    }
}

fn no_price(symbol: &str) -> Error {
    Error::MarketData(format!("{symbol}: there is no price yet"))
}
