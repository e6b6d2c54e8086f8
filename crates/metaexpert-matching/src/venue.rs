//! The venue: waiting orders, open legs and an account, moved by bars.
//!
//! At a bar's open the waiting market orders fill first, in the order sent (only a liquidation comes before them); then the
//! open legs' stops and limits meet the open, then the walk.

use metaexpert_core::{
    Amendment, Bar, Cancellation, ClientOrderId, Fitting, Funding, FundingRate, InstrumentBar, InstrumentId, Instruments,
    Liquidity, Money, NewOrder, PositionSide, Price, Quantity, Reason, Rejection, Result, Timeframe, Trade, TradeId, UnixNanos,
    broker::{Answer, Broker, Market},
    config::{FillModel, LimitFill},
    journal::Journaled,
    portfolio::Portfolio,
    rounding::{decimal_of, float_of},
    sizing::{affordable, needed_times},
};
use rust_decimal::Decimal;

use crate::{
    costs::Costs,
    detail::Detail,
    funding::{FundingCalendar, FundingRates, funding_of},
    guard::{Exit, ExitOrder, Guard, Maintenance, Quiet},
    walk::Walk,
};

/// What a venue is told before the first bar.
#[derive(Debug, Clone)]
pub struct VenueSetup {
    /// What it trades.
    pub instruments: Instruments,
    /// What the account starts with, in settlement currency.
    pub initial_capital: Decimal,
    /// Fees and slippage.
    pub costs: Costs,
    /// Which prices of a bar it sees.
    pub fill_model: FillModel,
    /// What a limit needs to be filled.
    pub limit_fill: LimitFill,
    /// Whether positions are on margin and can be liquidated; false for spot.
    pub on_margin: bool,
    /// The length of the bars that move it.
    pub timeframe: Timeframe,
}

/// One instrument's open legs, and the prices between which nothing happens to them.
#[derive(Debug)]
struct Slot {
    long: Option<Guard>,
    short: Option<Guard>,
    quiet: Quiet,
    last: Option<Bar>,
    detail: Option<Detail>,
}

impl Slot {
    const EMPTY: Self = Self { long: None, short: None, quiet: Quiet::EVERYWHERE, last: None, detail: None };

    const fn guard(&mut self, side: PositionSide) -> &mut Option<Guard> {
        match side {
            PositionSide::Long => &mut self.long,
            PositionSide::Short => &mut self.short,
        }
    }

    /// Whether a bar does nothing to the legs but move the best prices that trailing stops follow.
    #[inline]
    fn lets_pass(&mut self, bar: &Bar, model: FillModel) -> bool {
        let (low, high) = match model {
            FillModel::Ohlc => (bar.low, bar.high),
            FillModel::Open => (bar.open, bar.open),
        };
        self.quiet.holds(low, high) || self.legs_let_pass(low, high)
    }

    fn legs_let_pass(&mut self, low: f64, high: f64) -> bool {
        let mut passes = true;
        for guard in [&mut self.long, &mut self.short].into_iter().flatten() {
            passes &= guard.lets_pass(low, high);
        }
        self.merge_quiet();
        passes
    }

    /// Before the legs are looked at exactly.
    fn wake(&mut self) {
        [&mut self.long, &mut self.short].into_iter().flatten().for_each(Guard::wake);
    }

    /// After the legs were looked at exactly.
    fn settle(&mut self) {
        [&mut self.long, &mut self.short].into_iter().flatten().for_each(Guard::settle);
        self.merge_quiet();
    }

    fn merge_quiet(&mut self) {
        let quiet = |guard: &Option<Guard>| guard.as_ref().map_or(Quiet::EVERYWHERE, Guard::quiet);
        self.quiet = quiet(&self.long).both(quiet(&self.short));
    }
}

/// A simulated exchange with one account.
#[derive(Debug)]
pub struct Venue {
    instruments: Instruments,
    costs: Costs,
    fill_model: FillModel,
    limit_fill: LimitFill,
    on_margin: bool,
    timeframe: Timeframe,
    account: Portfolio,
    slots: Vec<Slot>,
    /// Market orders that wait for the next open, in the order sent.
    waiting: Vec<NewOrder>,
    still_waiting: Vec<NewOrder>,
    funding: FundingCalendar,
    /// Executions until now, which are their ids.
    executions: u64,
}

impl Broker for Venue {
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()> {
        let order = order.into_inner();
        answers.push(Answer::Accepted(order.id));
        self.waiting.push(order);
        Ok(())
    }

    fn amend(&mut self, amendment: Journaled<Amendment>, answers: &mut Vec<Answer>) -> Result<()> {
        answers.push(Answer::AmendRejected(amendment.into_inner(), Rejection::UnknownOrder));
        Ok(())
    }

    fn cancel(&mut self, order: ClientOrderId, answers: &mut Vec<Answer>) -> Result<()> {
        let waiting = self.waiting.len();
        self.waiting.retain(|waiting| waiting.id != order);
        answers.push(if self.waiting.len() < waiting {
            Answer::Cancelled(order, Cancellation::Requested)
        } else {
            Answer::CancelRejected(order, Rejection::UnknownOrder)
        });
        Ok(())
    }

    #[inline]
    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>) {
        match market {
            Market::Bars(bars) => {
                let open = bars.first().map_or(UnixNanos::MIN, |first| first.bar.time);
                self.settle_funding(open, answers);
                if !self.waiting.is_empty() {
                    if self.on_margin {
                        self.liquidate_at_open(bars, answers);
                    }
                    self.fill_waiting(bars, answers);
                }
                for InstrumentBar { instrument, bar } in bars {
                    let Some(slot) = self.slots.get_mut(instrument.index()) else { continue };
                    slot.last = Some(*bar);
                    if !slot.lets_pass(bar, self.fill_model) {
                        self.walk(*instrument, bar, answers);
                    }
                }
                self.settle_funding(open.saturating_add_nanos(self.timeframe.nanos() - 1), answers);
            }
            // This venue is moved by bars; the other kinds belong to the models of ticks and books.
            Market::Tick(..)
            | Market::PublicTrade(..)
            | Market::Book(..)
            | Market::Mark(..)
            | Market::Index(..)
            | Market::Time(_) => {}
        }
    }

    fn end(&mut self, answers: &mut Vec<Answer>) {
        self.withdraw(answers);
        let open: Vec<(InstrumentId, PositionSide)> =
            self.instruments.iter().flat_map(|(id, _)| PositionSide::BOTH.map(|side| (id, side))).collect();
        for (id, side) in open {
            let last = self.slots.get(id.index()).and_then(|slot| slot.last);
            let Some((bar, close)) = last.and_then(|bar| Some((bar, Price::new(decimal_of(bar.close)?)?))) else { continue };
            let time = bar.time.saturating_add_nanos(self.timeframe.nanos());
            self.leave(id, side, time, close, Liquidity::Taker, Reason::EndOfData, answers);
        }
    }
}

impl Venue {
    /// A venue without orders and positions.
    pub fn new(setup: VenueSetup) -> Self {
        let VenueSetup { instruments, initial_capital, costs, fill_model, limit_fill, on_margin, timeframe } = setup;
        Self {
            account: Portfolio::new(initial_capital, instruments.len()),
            slots: instruments.iter().map(|_| Slot::EMPTY).collect(),
            waiting: Vec::new(),
            still_waiting: Vec::new(),
            funding: FundingCalendar::NONE,
            executions: 0,
            instruments,
            costs,
            fill_model,
            limit_fill,
            on_margin,
            timeframe,
        }
    }

    /// The venue with these rates of funding for an instrument.
    #[must_use]
    pub fn with_funding(mut self, instrument: InstrumentId, rates: FundingRates) -> Self {
        self.funding.add(instrument, rates);
        self
    }

    /// The venue with these shorter bars beneath an instrument's, to walk over where they add up to them.
    #[must_use]
    pub fn with_detail(mut self, instrument: InstrumentId, detail: Detail) -> Self {
        if let Some(slot) = self.slots.get_mut(instrument.index()) {
            slot.detail = Some(detail);
        }
        self
    }

    /// Lets go of what waits for a next open that will not come. What is open stays open.
    pub fn withdraw(&mut self, answers: &mut Vec<Answer>) {
        answers.extend(self.waiting.drain(..).map(|order| Answer::Rejected(order.id, Rejection::EndOfData)));
    }

    /// The account as the venue keeps it.
    pub const fn account(&self) -> &Portfolio {
        &self.account
    }

    /// A jump beyond its level takes a leg away before any order can reach the exchange, so that it does not
    /// cost more than the margin.
    fn liquidate_at_open(&mut self, bars: &[InstrumentBar], answers: &mut Vec<Answer>) {
        for InstrumentBar { instrument, bar } in bars {
            if let Some(open) = decimal_of(bar.open) {
                self.meet(*instrument, bar.time, open, |guard| guard.liquidated_by(open), answers);
            }
        }
    }

    /// Fills at the open what was sent before it; the rest waits on.
    fn fill_waiting(&mut self, bars: &[InstrumentBar], answers: &mut Vec<Answer>) {
        let mut waiting = std::mem::replace(&mut self.waiting, std::mem::take(&mut self.still_waiting));
        for order in waiting.drain(..) {
            let next = bars.iter().find(|next| next.instrument == order.instrument && order.time <= next.bar.time);
            match next.and_then(|next| Some((next.bar.time, decimal_of(next.bar.open)?))) {
                Some((time, open)) => self.fill(&order, time, open, answers),
                None => self.waiting.push(order),
            }
        }
        self.still_waiting = waiting;
    }

    /// Fills a market order at an open: first what it closes, then what it opens.
    fn fill(&mut self, order: &NewOrder, time: UnixNanos, open: Decimal, answers: &mut Vec<Answer>) {
        let mut split = self.account.split(order.instrument, order.side, order.effect, order.quantity.get());
        if !self.on_margin && split.leg == PositionSide::Short {
            // Spot has nothing to sell beyond what is held, whatever was held when the order was sent.
            split.open = Decimal::ZERO;
        }
        let Some(price) = self.costs.taken(open, order.side, self.instruments.get(order.instrument)) else { return };
        let mut left = order.quantity.get();
        if let Some(quantity) = Quantity::new(split.close) {
            left -= split.close;
            let remaining = if split.open.is_zero() { Decimal::ZERO } else { left };
            self.trade(order, split.leg.opposite(), time, price, quantity, remaining, answers);
        }
        if let Some(quantity) = Quantity::new(split.open) {
            match self.payable(order, price, quantity) {
                Ok(quantity) => self.trade(order, split.leg, time, price, quantity, Decimal::ZERO, answers),
                Err(rejection) => answers.push(Answer::Rejected(order.id, rejection)),
            }
        } else if split.close.is_zero() {
            answers.push(Answer::Rejected(order.id, Rejection::NothingToClose));
        }
    }

    /// How much of what an order opens can be paid for at the real price.
    fn payable(&self, order: &NewOrder, price: Price, quantity: Quantity) -> Result<Quantity, Rejection> {
        let instrument = self.instruments.get(order.instrument);
        let free = self.account.free_times(order.leverage);
        if needed_times(instrument.value(price.get(), quantity.get()), order.leverage, self.costs.taker) <= free {
            return Ok(quantity);
        }
        match order.fitting {
            Fitting::Exact | Fitting::Spend(_) => Err(Rejection::Funds),
            Fitting::CutToFunds => {
                let affordable = affordable(free, price, order.leverage, self.costs.taker, instrument);
                let cut = Quantity::new(affordable).ok_or(Rejection::Funds)?;
                let large_enough = instrument.notional(price, cut) >= instrument.rules.min_notional;
                if large_enough { Ok(cut) } else { Err(Rejection::MinNotional) }
            }
        }
    }

    /// Executes a part of an order and moves the guard of its leg.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call site each for opening and closing; a struct would only be taken apart again"
    )]
    fn trade(
        &mut self,
        order: &NewOrder,
        leg: PositionSide,
        time: UnixNanos,
        price: Price,
        quantity: Quantity,
        remaining: Decimal,
        answers: &mut Vec<Answer>,
    ) {
        let id = self.next_trade_id();
        let instrument = self.instruments.get(order.instrument);
        let trade = Trade {
            id,
            time,
            instrument: order.instrument,
            symbol: instrument.symbol.clone(),
            order: Some(order.id),
            side: order.side,
            position_side: leg,
            price,
            quantity,
            fee: self.costs.fee(price, quantity, Liquidity::Taker, instrument),
            liquidity: Liquidity::Taker,
            reason: order.reason,
        };
        self.book(trade, remaining, order.leverage, answers);
        self.guard(order, leg, price);
    }

    /// Puts the guard of a leg where the leg is now.
    fn guard(&mut self, order: &NewOrder, side: PositionSide, fill: Price) {
        let instrument = self.instruments.get(order.instrument);
        let Some(slot) = self.slots.get_mut(order.instrument.index()) else { return };
        let guard = slot.guard(side);
        match (self.account.leg(order.instrument, side), guard.as_mut()) {
            (None, _) => *guard = None,
            (Some(leg), Some(guard)) if side == order.side.opened_leg() => {
                guard.moved(leg.entry_price(instrument), fill.get(), order.protection);
            }
            // A part was closed: entry and levels stay.
            (Some(_), Some(_)) => {}
            (Some(_), None) => {
                let rate = instrument.rules.maintenance_margin.fraction();
                let maintenance = self.on_margin.then_some(Maintenance { leverage: order.leverage, rate });
                *guard = Some(Guard::new(side, fill.get(), order.protection, maintenance, self.limit_fill, instrument));
            }
        }
        slot.merge_quiet();
    }

    /// Settles the funding that is due at `time` or before, at its mark price or else at the last one.
    #[inline]
    fn settle_funding(&mut self, time: UnixNanos, answers: &mut Vec<Answer>) {
        if self.funding.is_due_by(time) {
            self.settle_due_funding(time, answers);
        }
    }

    #[inline(never)]
    fn settle_due_funding(&mut self, time: UnixNanos, answers: &mut Vec<Answer>) {
        while let Some((id, FundingRate { time, rate, mark })) = self.funding.take(time) {
            let last = self.slots.get(id.index()).and_then(|slot| decimal_of(slot.last?.close));
            let Some(mark) = mark.map(Price::get).or(last) else { continue };
            let instrument = self.instruments.get(id);
            for side in PositionSide::BOTH {
                let Some(leg) = self.account.leg(id, side) else { continue };
                let amount = funding_of(instrument, side, leg.quantity, mark, rate);
                self.account.settle(amount);
                answers.push(Answer::Funding(Funding {
                    time,
                    symbol: instrument.symbol.clone(),
                    position_side: Some(side),
                    rate: float_of(rate),
                    amount: Money::new(amount, instrument.settlement.clone()),
                }));
            }
        }
    }

    /// Lets the open legs of an instrument meet a bar, or the bars beneath it.
    fn walk(&mut self, id: InstrumentId, bar: &Bar, answers: &mut Vec<Answer>) {
        // Its bars are shared: this only counts who has them.
        let detail = self.slots.get(id.index()).and_then(|slot| slot.detail.clone());
        match detail.as_ref().and_then(|detail| detail.beneath(bar, self.timeframe)) {
            Some(beneath) => beneath.iter().for_each(|bar| self.walk_over(id, bar, answers)),
            None => self.walk_over(id, bar, answers),
        }
    }

    /// Lets the open legs of an instrument meet a bar's open and its walk.
    fn walk_over(&mut self, id: InstrumentId, bar: &Bar, answers: &mut Vec<Answer>) {
        let Some(walk) = Walk::of(bar, self.fill_model) else { return };
        self.slots.get_mut(id.index()).into_iter().for_each(Slot::wake);
        let at_open = |guard: &mut Guard| guard.at_open(walk.open);
        self.meet(id, bar.time, walk.open, at_open, answers);
        for (from, to) in walk.stretches() {
            self.meet(id, bar.time, from, |guard| guard.between(from, to), answers);
        }
        self.slots.get_mut(id.index()).into_iter().for_each(Slot::settle);
    }

    /// Lets both legs meet a part of the walk, and executes their exits in the order in which the walk comes to them.
    fn meet(
        &mut self,
        id: InstrumentId,
        time: UnixNanos,
        from: Decimal,
        mut exit_of: impl FnMut(&mut Guard) -> Option<Exit>,
        answers: &mut Vec<Answer>,
    ) {
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        let long = slot.long.as_mut().and_then(&mut exit_of).map(|exit| (PositionSide::Long, exit));
        let short = slot.short.as_mut().and_then(&mut exit_of).map(|exit| (PositionSide::Short, exit));
        let distance = |(_, exit): &(PositionSide, Exit)| (exit.at - from).abs();
        let exits = match (long, short) {
            (Some(long), Some(short)) if distance(&short) < distance(&long) => [Some(short), Some(long)],
            (long, short) => [long, short],
        };
        for (side, exit) in exits.into_iter().flatten() {
            self.execute(id, side, time, exit, answers);
        }
    }

    fn execute(&mut self, id: InstrumentId, side: PositionSide, time: UnixNanos, exit: Exit, answers: &mut Vec<Answer>) {
        let instrument = self.instruments.get(id);
        let (price, liquidity) = match exit.order {
            ExitOrder::Stop(price) => (self.costs.taken(price, side.closing_side(), instrument), Liquidity::Taker),
            ExitOrder::Limit(price) => (Price::new(price), Liquidity::Maker),
            ExitOrder::Liquidation(price) => (Price::new(price), Liquidity::Taker),
        };
        let Some(price) = price else { return };
        self.leave(id, side, time, price, liquidity, exit.reason, answers);
    }

    /// Closes a whole leg.
    #[expect(clippy::too_many_arguments, reason = "these are the fields of a trade; naming them twice would not help")]
    fn leave(
        &mut self,
        id: InstrumentId,
        side: PositionSide,
        time: UnixNanos,
        price: Price,
        liquidity: Liquidity,
        reason: Reason,
        answers: &mut Vec<Answer>,
    ) {
        let Some(leg) = self.account.leg(id, side) else { return };
        let (Some(quantity), leverage) = (Quantity::new(leg.quantity), leg.leverage) else { return };
        let trade_id = self.next_trade_id();
        let instrument = self.instruments.get(id);
        let trade = Trade {
            id: trade_id,
            time,
            instrument: id,
            symbol: instrument.symbol.clone(),
            order: None,
            side: side.closing_side(),
            position_side: side,
            price,
            quantity,
            fee: match reason {
                // The exchange takes the whole margin, and its fee out of that: a liquidation never makes a debt.
                Reason::Liquidation => Money::new(Decimal::ZERO, instrument.settlement.clone()),
                _ => self.costs.fee(price, quantity, liquidity, instrument),
            },
            liquidity,
            reason,
        };
        self.book(trade, Decimal::ZERO, leverage, answers);
        if let Some(slot) = self.slots.get_mut(id.index()) {
            *slot.guard(side) = None;
            slot.merge_quiet();
        }
    }

    fn next_trade_id(&mut self) -> TradeId {
        self.executions += 1;
        TradeId::from(self.executions)
    }

    /// Enters a trade in the account and tells of it.
    fn book(&mut self, trade: Trade, remaining: Decimal, leverage: u32, answers: &mut Vec<Answer>) {
        let instrument = self.instruments.get(trade.instrument);
        let applied = self.account.apply(&trade, instrument, leverage);
        debug_assert!(applied.is_ok(), "a trade never closes more than its leg: {applied:?}");
        answers.push(Answer::Trade { trade, remaining });
    }
}
