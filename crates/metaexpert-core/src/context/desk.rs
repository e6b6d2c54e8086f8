//! The desk: an expert's account, the orders that are not done, and what is to be sent and told.
//!
//! What is asked of it stands beside it: orders in `placing`, changes and cancels in `changing`, what they are expected to come to
//! in `expected`.

use rust_decimal::Decimal;

use super::{
    Setup,
    open_orders::{OpenOrders, Working},
};
use crate::{
    Amendment, Charge, ClientOrderId, ConfigError, Error, InstrumentId, Instruments, Money, NewOrder, Offset, Order, OrderStatus,
    Position, PositionSide, Price, Protection, Reason, Result, Trade, UnixNanos,
    config::Config,
    engine::Standing,
    log::Loggers,
    portfolio::{Applied, Leg, Overclosed, Portfolio},
    protection::Guards,
    risk::{Refusal, RiskApproved, RiskGate},
};

/// What is to leave for the venue.
#[derive(Debug)]
pub(crate) enum Command {
    /// A new order.
    Place(RiskApproved<NewOrder>),
    /// A change of an order.
    Amend(RiskApproved<Amendment>),
    /// The end of an order.
    Cancel(ClientOrderId),
}

/// An expert's account, its orders on the way, and the gate that they pass.
#[derive(Debug)]
pub(crate) struct Desk {
    pub config: Config,
    pub instruments: Instruments,
    pub portfolio: Portfolio,
    pub gate: RiskGate,
    pub protection: Protection,
    /// Orders of which the venue may still execute something.
    pub orders: OpenOrders,
    /// Passed, not yet sent.
    pub outbox: Vec<Command>,
    /// Refused, not yet told.
    pub refused: Vec<Refusal>,
    /// Volume of each instrument's last bar.
    pub volumes: Vec<f64>,
    /// Bars of the warm-up that are still to come, the one at hand included.
    pub warmup: usize,
    /// Nothing can be executed any more.
    pub ended: bool,
    /// The expert is being stopped: its own orders leave no more.
    pub stopping: bool,
    /// What is told is history: nothing leaves.
    pub is_history: bool,
    /// What guards open legs, where the venue does not by itself.
    pub guards: Option<Box<Guards>>,
    pub log: Loggers,
    main_bars: usize,
    pub(super) taker_fee: Decimal,
    run: u32,
    pub(super) sequence: u64,
    /// The largest link of orders of earlier runs: those of this one come after it.
    pub(super) links: u64,
}

impl Desk {
    /// # Errors
    /// When something is settled in a currency of which nothing says what it is worth in the main instrument's.
    pub(crate) fn new(setup: Setup) -> Result<Self> {
        let Setup { config, instruments, main, taker_fee, run, log } = setup;
        let capital = Money::new(config.initial_capital, instruments.get(main).settlement.clone());
        let portfolio = Portfolio::of(&instruments, &capital, config.margin_mode, &[]).map_err(|unvalued| ConfigError {
            key: "symbol".to_owned(),
            value: None,
            rule: unvalued.to_string(),
            nearest: None,
        })?;
        Ok(Self {
            log: Loggers::new(log, &instruments, config.comment.clone()),
            portfolio,
            gate: RiskGate::new(config.clone(), taker_fee),
            protection: Protection {
                stop_loss: config.stop_loss_pct.map(Offset::Percent),
                take_profit: config.take_profit_pct.map(Offset::Percent),
                trailing_stop: config.trailing_stop_pct,
                trailing_activation: config.trailing_activation_pct,
                breakeven: config.breakeven_pct,
            },
            orders: OpenOrders::new(instruments.len()),
            outbox: Vec::new(),
            refused: Vec::new(),
            volumes: vec![0.0; instruments.len()],
            warmup: config.warmup_bars,
            ended: false,
            stopping: false,
            is_history: false,
            links: 0,
            guards: None,
            main_bars: 0,
            config,
            instruments,
            taker_fee,
            run,
            sequence: 0,
        })
    }

    /// Goes on from what an earlier run has left.
    pub(crate) fn resume(&mut self, balances: &[Money], legs: &[(InstrumentId, PositionSide, Leg)], orders: Vec<Standing>) {
        self.portfolio.resume(balances, legs, &self.instruments);
        for standing in orders {
            self.links = self.links.max(standing.order.link.map_or(0, |link| link.0));
            let (expected, opens) = (self.expected_without_a_price(&standing.order), self.opens(&standing.order));
            let of = self.instruments.get(standing.order.instrument);
            self.orders.add(Working::resumed(standing, expected, opens), of);
        }
    }

    /// What a resumed order is expected to pay or get before there is a price: its own limit or trigger, else what its leg was opened
    /// at, else the least there is.
    fn expected_without_a_price(&self, order: &NewOrder) -> Price {
        let of = self.instruments.get(order.instrument);
        let entered = || {
            let leg = PositionSide::BOTH.into_iter().find_map(|side| self.portfolio.leg(order.instrument, side))?;
            Price::new(leg.entry_price(of))
        };
        let own = order.kind.limit_price().or_else(|| order.kind.trigger().map(|trigger| trigger.price));
        own.or_else(entered).or_else(|| Price::new(of.rules.tick_size)).unwrap_or(Price::ZERO)
    }

    /// The present begins: orders leave from now on, and what earlier runs have sent is expected at today's prices.
    pub(crate) fn come_to_the_present(&mut self) {
        self.is_history = false;
        let mut orders = std::mem::replace(&mut self.orders, OpenOrders::new(0));
        orders.expect_anew(&self.instruments, |order| self.expected_price(order.instrument, order.side, order.kind).ok());
        self.orders = orders;
    }

    /// Why nothing leaves now, if nothing does.
    pub(super) fn held_back(&self, instrument: InstrumentId) -> Option<Refusal> {
        self.is_history.then(|| Refusal::History { symbol: self.instruments.get(instrument).symbol.clone() })
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
        let executed = |working: &mut Working| {
            working.filled += trade.quantity.get();
            working.order.leverage
        };
        let of_order = trade.order.and_then(|id| self.orders.update(id, &self.instruments, executed));
        let leverage = of_order.unwrap_or(self.config.leverage);
        let applied = self.portfolio.apply(trade, self.instruments.get(trade.instrument), leverage)?;
        // An order that leaves dust has closed the leg. A fee that was taken in coins is a trade of no order, and closes nothing.
        let leaves_dust = || trade.order.is_some() && !self.portfolio.is_open(trade.instrument, trade.position_side);
        self.gate.see_trade(trade, Applied { closed: applied.closed || leaves_dust(), ..applied });
        Ok(applied)
    }

    /// Lets of a trade that closes more than there is happen what can: what there is is closed, and the fee is paid.
    pub(crate) fn apply_as_far_as_possible(&mut self, trade: &Trade) -> Applied {
        let held = self.portfolio.leg(trade.instrument, trade.position_side).and_then(|leg| crate::Quantity::new(leg.quantity));
        let possible = held.map(|quantity| Trade { quantity, ..trade.clone() });
        let of = self.instruments.get(trade.instrument);
        if let Some(Ok(applied)) = possible.map(|possible| self.portfolio.apply(&possible, of, self.config.leverage)) {
            self.gate.see_trade(trade, applied);
            return applied;
        }
        self.portfolio.settle_money(&Money::new(-trade.fee.amount, trade.fee.currency.clone()));
        Applied { realized: Decimal::ZERO, closed: false }
    }

    /// Books what is no execution and no funding.
    pub(crate) fn charge(&mut self, charge: &Charge) {
        self.portfolio.settle_money(&charge.amount);
        self.log.charged(charge);
    }

    /// Takes note of where an order stands now.
    pub(crate) fn stands(&mut self, id: ClientOrderId, status: OrderStatus, now: UnixNanos) {
        self.orders.stands(id, status, now);
    }

    /// Lets go of an order that is done.
    pub(crate) fn done(&mut self, id: ClientOrderId) {
        self.orders.remove(id, &self.instruments);
    }

    /// An order on its way or at the venue.
    pub(crate) fn working(&self, order: ClientOrderId) -> Option<&Working> {
        self.orders.get(order)
    }

    /// The orders of an instrument that are on their way or at the venue, in the order sent.
    pub(super) fn orders_of(&self, instrument: InstrumentId) -> impl Iterator<Item = Order> {
        let of = move |working: &&Working| working.order.instrument == instrument;
        self.orders.iter().filter(of).map(|working| working.seen(&self.instruments))
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

    /// Closes every leg; the number of orders that took.
    pub(crate) fn close_everything(&mut self, now: UnixNanos, reason: Reason) -> Result<usize> {
        let ids: Vec<InstrumentId> = self.instruments.iter().map(|(id, _)| id).collect();
        let mut orders = 0;
        for id in ids {
            for side in PositionSide::BOTH {
                orders += usize::from(self.close(id, side, now, reason)?.is_some());
            }
        }
        Ok(orders)
    }

    /// Takes note of a refusal, to be told to `on_error`.
    pub(super) fn refuse(&mut self, instrument: InstrumentId, order: Option<&NewOrder>, refusal: Refusal) -> Error {
        self.log.order_refused(instrument, order, &refusal);
        self.refused.push(refusal.clone());
        Error::Risk(refusal)
    }

    pub(super) const fn next_id(&mut self) -> ClientOrderId {
        self.sequence += 1;
        ClientOrderId { strategy: self.config.strategy_id, run: self.run, sequence: self.sequence }
    }
}
