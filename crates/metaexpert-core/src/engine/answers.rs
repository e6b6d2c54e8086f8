//! What an expert sends, and what the venue answers: the way of an order.
//!
//! Answers are heard in rounds. What a handler sends while an answer is being heard is answered in the next round, so that a
//! handler that sends an order for every order is an error after many rounds, and not a stack overflow.

use rust_decimal::Decimal;

use super::{Engine, Stopped};
use crate::{
    Amendment, Cancellation, Charge, ChargeCause, ClientOrderId, Currency, Error, Funding, Money, OrderStatus, Outcome, Position,
    Quantity, Rejection, Request, Trade,
    broker::{Answer, Broker, Guards},
    clock::Clock,
    context::Command,
    expert::HandlerEvent,
    feed::{Feed, Pause, PauseCause},
    journal::{Journal, Record},
    log::About,
    portfolio::{Applied, Overclosed},
};

/// Rounds of answers that one event may set off before the engine takes it for an endless loop between a handler and the
/// venue: a handler of `on_order` that sends an order for each order, for example.
const ROUNDS_MAX: usize = 1_000;

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// Sends what the gate has passed and tells of what it has refused. What the journal does not take stays here: its disk is full, and
    /// what is at the exchange already is all that protects what is held.
    pub(super) fn flush(&mut self) -> Result<(), Stopped> {
        let mut unwritten = None;
        for command in self.context.desk.outbox.drain(..) {
            match command {
                Command::Place(order) => {
                    let Some(order) = crate::protection::Guards::let_pass(self.context.desk.guards.as_deref_mut(), order) else {
                        continue;
                    };
                    let id = order.get().id;
                    let order = match order.journal(&mut self.journal) {
                        Ok(order) => order,
                        Err(error @ Error::NotJournaled(_)) => {
                            self.answers.push(Answer::Rejected(id, Rejection::NotSent));
                            unwritten = Some(error);
                            continue;
                        }
                        Err(error) => return Err(error.into()),
                    };
                    self.context.desk.log.order_submitted(order.get());
                    self.broker.submit(order, &mut self.answers)?;
                }
                Command::Amend(amendment) => {
                    let change = *amendment.get();
                    let guards = self.context.desk.guards.as_deref_mut();
                    if let Some(waiting) = guards.and_then(|guards| guards.held_back_mut(change.id)) {
                        // Neither the journal nor the venue has the order: it will leave as it is now.
                        waiting.change(&amendment);
                        self.answers.push(Answer::Amended(change.id, waiting.get().quantity));
                        continue;
                    }
                    let amendment = match amendment.journal(&mut self.journal) {
                        Ok(amendment) => amendment,
                        Err(error @ Error::NotJournaled(_)) => {
                            self.answers.push(Answer::AmendRejected(change, Rejection::NotSent));
                            unwritten = Some(error);
                            continue;
                        }
                        Err(error) => return Err(error.into()),
                    };
                    self.broker.amend(amendment, &mut self.answers)?;
                }
                Command::Cancel(order)
                    if self.context.desk.guards.as_deref_mut().is_some_and(|guards| guards.take_back(order)) =>
                {
                    self.answers.push(Answer::Cancelled(order, Cancellation::Requested));
                }
                Command::Cancel(order) => self.broker.cancel(order, &mut self.answers)?,
            }
        }
        // Taken before guards send anything: as long as a refusal waits, whatever they do comes back here.
        let refused = std::mem::take(&mut self.context.desk.refused);
        self.guard_held_back()?;
        if let Some(error) = unwritten {
            self.context.desk.log.not_journaled(&error);
            self.tell_of_error(&error)?;
        }
        for refusal in refused {
            self.tell_of_error(&Error::Risk(refusal))?;
        }
        if self.hearing { Ok(()) } else { self.hear_answers() }
    }

    /// Lets every answer of the venue have its consequences, those to the orders that it sets off included.
    pub(super) fn hear_answers(&mut self) -> Result<(), Stopped> {
        self.hearing = true;
        let heard = self.hear_rounds();
        self.hearing = false;
        heard
    }

    fn hear_rounds(&mut self) -> Result<(), Stopped> {
        let mut rounds = 0;
        while !self.answers.is_empty() {
            rounds += 1;
            if rounds > ROUNDS_MAX {
                let error = "handlers and venue keep answering each other: an order is sent for every order; the run is stopped";
                return Err(Error::Handler(error.into()).into());
            }
            // What is heard may bring new answers, which are the next round; both buffers are used again.
            let mut round = std::mem::replace(&mut self.answers, std::mem::take(&mut self.spare));
            // They are heard where they stand: a trade is large, and moving it twice would show in a benchmark.
            for answer in &round {
                self.hear(answer)?;
            }
            if self.is_guarding() {
                self.guard_all()?;
            }
            round.clear();
            self.spare = round;
        }
        Ok(())
    }

    fn hear(&mut self, answer: &Answer) -> Result<(), Stopped> {
        if self.is_guarding() && self.hear_of_guard(answer)? {
            return Ok(());
        }
        match answer {
            Answer::Accepted(id) => self.hear_accepted(*id),
            Answer::Unknown(id) => self.hear_unknown(*id),
            Answer::Rejected(id, rejection) => self.hear_rejection(*id, *rejection),
            Answer::Trade { trade, remaining } => self.hear_trade(trade, *remaining),
            Answer::Triggered(id) => self.hear_standing(*id, OrderStatus::Triggered, None),
            Answer::Amended(id, quantity) => self.hear_amended(*id, *quantity),
            Answer::AmendRejected(amendment, rejection) => self.hear_amend_rejected(amendment, *rejection),
            Answer::Cancelled(id, cancellation) => {
                let cancellation = self.why_gone(*id, *cancellation);
                self.hear_cancelled(*id, cancellation)
            }
            Answer::CancelRejected(id, rejection) => self.hear_cancel_rejected(*id, *rejection),
            Answer::Funding(funding) => self.hear_funding(funding),
            Answer::Charged(charge) => self.hear_charged(charge),
        }
    }

    /// The venue has an order. It may have told of an execution before, which says more.
    fn hear_accepted(&mut self, id: ClientOrderId) -> Result<(), Stopped> {
        let Some(status) = self.context.desk.working(id).map(|working| working.status) else {
            return self.hear_stray(id, "accepted");
        };
        match status {
            OrderStatus::Submitted | OrderStatus::Unknown => {
                self.note(Record::Accepted(id))?;
                self.hear_standing(id, OrderStatus::Accepted, Some(&Outcome::Accepted))
            }
            OrderStatus::PartiallyFilled | OrderStatus::Triggered => {
                self.note(Record::Accepted(id))?;
                self.tell_of_placing(id, &Outcome::Accepted)
            }
            OrderStatus::Accepted
            | OrderStatus::Rejected
            | OrderStatus::Filled
            | OrderStatus::Cancelled
            | OrderStatus::Expired => self.hear_stray(id, "accepted"),
        }
    }

    /// The venue says of an order what it has said before, or what nobody can make sense of any more.
    #[expect(clippy::unnecessary_wraps, reason = "heard as every other answer")]
    fn hear_stray(&self, id: ClientOrderId, said: &'static str) -> Result<(), Stopped> {
        self.context.desk.log.order_stray(id, said);
        Ok(())
    }

    /// Writes down what has happened now.
    pub(super) fn note(&mut self, record: Record<'_>) -> Result<(), Stopped> {
        Ok(self.journal.note(self.context.now(), record)?)
    }

    /// An order has come to a state that it stays in for a while.
    fn hear_standing(&mut self, id: ClientOrderId, status: OrderStatus, outcome: Option<&Outcome>) -> Result<(), Stopped> {
        if self.context.desk.working(id).is_none() {
            return self.hear_stray(id, status.as_str());
        }
        self.context.desk.stands(id, status, self.context.now());
        self.log_order(id, status);
        self.tell_of_order(id, outcome)
    }

    /// Nobody knows what became of an order.
    fn hear_unknown(&mut self, id: ClientOrderId) -> Result<(), Stopped> {
        // Whatever the venue has said of it is more than that nobody knows.
        if self.context.desk.working(id).is_none_or(|working| working.status != OrderStatus::Submitted) {
            return self.hear_stray(id, OrderStatus::Unknown.as_str());
        }
        self.note(Record::Unknown(id))?;
        self.hear_standing(id, OrderStatus::Unknown, Some(&Outcome::Unknown))
    }

    fn hear_rejection(&mut self, order: ClientOrderId, rejection: Rejection) -> Result<(), Stopped> {
        if self.context.desk.working(order).is_none() {
            return self.hear_stray(order, OrderStatus::Rejected.as_str());
        }
        self.note(Record::Rejected(order, rejection))?;
        self.note_unclosed(order);
        self.context.desk.stands(order, OrderStatus::Rejected, self.context.now());
        let working = self.context.desk.working(order);
        let instrument = working.map(|working| working.order.instrument);
        self.context.desk.log.order_rejected(order, working.map(|working| &working.order), rejection);
        if let Some(instrument) = instrument {
            self.context.focus_on(instrument);
        }
        self.tell_of_order(order, Some(&Outcome::Rejected(rejection)))?;
        self.context.desk.done(order);
        self.tell_of_error(&Error::Rejected { order, rejection })
    }

    /// The order stands as before, only for another quantity or at other prices.
    fn hear_amended(&mut self, id: ClientOrderId, quantity: Quantity) -> Result<(), Stopped> {
        let amendment = self.context.desk.amended(id, quantity);
        let Some(working) = self.context.desk.working(id) else { return self.hear_stray(id, "amended") };
        self.context.desk.log.order_amended(&working.order);
        self.journal.note(self.context.now(), Record::Amended(id, quantity, working.order.kind))?;
        if let Some(amendment) = amendment {
            self.tell_of_answer(id, &Request::Amend(amendment), &Outcome::Accepted)?;
        }
        self.tell_of_order(id, None)
    }

    fn hear_amend_rejected(&mut self, amendment: &Amendment, rejection: Rejection) -> Result<(), Stopped> {
        let (id, request) = (amendment.id, Request::Amend(*amendment));
        self.context.desk.not_amended(amendment);
        self.log_refused_request("amend", id, rejection);
        self.tell_of_answer(id, &request, &Outcome::Rejected(rejection))?;
        self.tell_of_error(&Error::RequestRejected { request: "amend", order: id, rejection })
    }

    fn hear_cancelled(&mut self, id: ClientOrderId, cancellation: Cancellation) -> Result<(), Stopped> {
        if self.context.desk.working(id).is_none() {
            return self.hear_stray(id, OrderStatus::Cancelled.as_str());
        }
        self.note(Record::Cancelled(id, cancellation))?;
        self.note_unclosed(id);
        let status = match cancellation {
            Cancellation::Expired | Cancellation::Immediate => OrderStatus::Expired,
            Cancellation::Requested
            | Cancellation::Linked
            | Cancellation::SelfTrade
            | Cancellation::NothingToClose
            | Cancellation::Liquidation
            | Cancellation::Delivery
            | Cancellation::Funds
            | Cancellation::EndOfData => OrderStatus::Cancelled,
        };
        self.context.desk.stands(id, status, self.context.now());
        if let Some(working) = self.context.desk.working(id) {
            self.context.desk.log.order_gone(&working.order, status, working.filled, cancellation);
        }
        if cancellation == Cancellation::Requested {
            self.tell_of_answer(id, &Request::Cancel(id), &Outcome::Accepted)?;
        }
        self.tell_of_order(id, None)?;
        self.context.desk.done(id);
        Ok(())
    }

    fn hear_cancel_rejected(&mut self, id: ClientOrderId, rejection: Rejection) -> Result<(), Stopped> {
        self.context.desk.not_cancelled(id, rejection);
        self.log_refused_request("cancel", id, rejection);
        self.tell_of_answer(id, &Request::Cancel(id), &Outcome::Rejected(rejection))?;
        self.tell_of_error(&Error::RequestRejected { request: "cancel", order: id, rejection })
    }

    /// What is booked in a currency that the account is not kept in changes no balance here.
    fn hear_charged(&mut self, charge: &Charge) -> Result<(), Stopped> {
        self.context.set_now(self.clock.at(charge.time));
        self.note(Record::Charged(charge))?;
        self.see_transfer(charge);
        self.context.desk.charge(charge);
        self.note_balance(&charge.amount.currency)?;
        self.tell_of_account()
    }

    /// What is paid in or taken out is neither gain nor loss.
    fn see_transfer(&mut self, charge: &Charge) {
        if charge.cause != ChargeCause::Transfer {
            return;
        }
        let desk = &self.context.desk;
        if let Some(rate) = desk.portfolio.rate(&charge.amount.currency) {
            self.monitor.transfer(charge.amount.amount * rate, desk.portfolio.equity(&desk.instruments));
        }
    }

    /// Writes down what the account has of a currency.
    fn note_balance(&mut self, currency: &Currency) -> Result<(), Stopped> {
        let money = Money::new(self.context.desk.portfolio.balance_in(currency), currency.clone());
        self.note(Record::Balance(&money))
    }

    /// Writes down an execution, and what it has made of its leg and of the account.
    fn note_trade(&mut self, trade: &Trade, remaining: Decimal) -> Result<(), Stopped> {
        self.note(Record::Trade(trade))?;
        let leg = self.context.desk.portfolio.leg(trade.instrument, trade.position_side);
        self.journal.note(self.context.now(), Record::Leg(trade.instrument, trade.position_side, leg))?;
        let settlement = self.context.desk.instruments.get(trade.instrument).settlement.clone();
        self.note_balance(&settlement)?;
        if trade.fee.currency != settlement {
            self.note_balance(&trade.fee.currency)?;
        }
        trade.order.filter(|_| remaining.is_zero()).map_or(Ok(()), |id| self.note(Record::Filled(id)))
    }

    /// An execution that cannot be, going by those before it. In a simulation that is a mistake of ours, and the end. An exchange's
    /// account is not ours alone: what can be is booked, entries wait until positions were compared, and the expert is told.
    fn hear_overclosed(&mut self, trade: &Trade, overclosed: Overclosed) -> Result<Applied, Stopped> {
        let error = Error::Inconsistent(overclosed);
        if self.broker.guards() == Guards::Venue {
            return Err(error.into());
        }
        let applied = self.context.desk.apply_as_far_as_possible(trade);
        self.context.desk.log.disputed(trade, &error);
        let (instrument, since) = (Some(trade.instrument), Some(self.context.now()));
        self.pause(&Pause { instrument, cause: PauseCause::Disputed, since });
        self.broker.compare();
        self.disputed.push(error);
        Ok(applied)
    }

    /// Hands the answer to a request about an order that stands to `on_transaction`.
    fn tell_of_answer(&mut self, id: ClientOrderId, request: &Request, outcome: &Outcome) -> Result<(), Stopped> {
        if !self.program.wants().transactions {
            return Ok(());
        }
        if let Some(working) = self.context.desk.working(id) {
            self.context.focus_on(working.order.instrument);
        }
        self.call_about(About::order(id), HandlerEvent::Transaction(request, outcome))
    }

    fn hear_trade(&mut self, trade: &Trade, remaining: Decimal) -> Result<(), Stopped> {
        self.context.set_now(self.clock.at(trade.time));
        let before =
            self.program.wants().positions.then(|| self.context.desk.position(trade.instrument, trade.position_side)).flatten();
        let applied = match self.context.desk.apply(trade) {
            Ok(applied) => applied,
            Err(overclosed) => self.hear_overclosed(trade, overclosed)?,
        };
        self.note_trade(trade, remaining)?;
        self.note_closed(trade);
        let status = if remaining.is_zero() { OrderStatus::Filled } else { OrderStatus::PartiallyFilled };
        if let Some(id) = trade.order {
            self.context.desk.stands(id, status, self.context.now());
        }
        self.log_trade(trade, status, applied.realized);
        let told = self.seen_by_handlers(trade);
        self.guard_trade(trade, remaining)?;
        self.call_off(trade);
        let trade = told.as_ref();
        self.context.focus_on(trade.instrument);
        if self.program.wants().trades {
            self.call_about(About::trade(trade), HandlerEvent::Trade(trade))?;
        }
        if let Some(id) = trade.order {
            self.tell_of_order(id, None)?;
            if remaining.is_zero() {
                self.context.desk.done(id);
            }
        }
        self.tell_of_position(trade, before)?;
        self.tell_of_account()?;
        while let Some(error) = self.disputed.pop() {
            self.tell_of_error(&error)?;
        }
        self.guard_after(trade)
    }

    fn hear_funding(&mut self, funding: &Funding) -> Result<(), Stopped> {
        self.context.set_now(self.clock.at(funding.time));
        self.context.desk.portfolio.settle_money(&funding.amount);
        self.note(Record::Funding(funding))?;
        self.note_balance(&funding.amount.currency)?;
        let instrument = self.context.desk.instruments.find(&funding.symbol);
        self.context.desk.log.funding(instrument, funding);
        if let Some(instrument) = instrument {
            self.context.focus_on(instrument);
        }
        if self.program.wants().fundings {
            self.call(HandlerEvent::Funding(funding))?;
        }
        self.tell_of_account()
    }

    /// Writes down where one of our orders stands.
    fn log_order(&self, id: ClientOrderId, status: OrderStatus) {
        let desk = &self.context.desk;
        if desk.log.is_silent() {
            return;
        }
        if let Some(working) = desk.working(id) {
            desk.log.order_stands(&working.order, status, working.filled);
        }
    }

    /// Writes down a trade, and what it has made of its order and of its leg.
    fn log_trade(&self, trade: &Trade, status: OrderStatus, realized: Decimal) {
        let desk = &self.context.desk;
        if desk.log.is_silent() {
            return;
        }
        desk.log.execution(trade);
        if let Some(id) = trade.order {
            self.log_order(id, status);
        }
        let leg = desk.portfolio.leg(trade.instrument, trade.position_side);
        let of = desk.instruments.get(trade.instrument);
        desk.log.position(trade, realized, leg, of);
        if let Some(dust) = leg.filter(|leg| !trade.opens() && leg.is_dust(of.rules.lot_size)) {
            desk.log.dust(trade, dust.quantity, of.rules.lot_size);
        }
    }

    /// Writes down that the venue has not changed or cancelled an order.
    fn log_refused_request(&self, request: &'static str, id: ClientOrderId, rejection: Rejection) {
        let desk = &self.context.desk;
        desk.log.request_rejected(request, id, desk.working(id).map(|working| working.order.instrument), rejection);
    }

    /// Hands the answer to the request that placed an order to `on_transaction`.
    fn tell_of_placing(&mut self, id: ClientOrderId, outcome: &Outcome) -> Result<(), Stopped> {
        let Some(working) = self.context.desk.working(id) else { return Ok(()) };
        let request = Request::Place(working.order.clone());
        self.tell_of_answer(id, &request, outcome)
    }

    /// Hands the state of one of our orders to `on_order`, and the answer to its request to `on_transaction`.
    fn tell_of_order(&mut self, id: ClientOrderId, outcome: Option<&Outcome>) -> Result<(), Stopped> {
        let (orders, transactions) = (self.program.wants().orders, self.program.wants().transactions);
        if !orders && !transactions {
            return Ok(());
        }
        let Some(working) = self.context.desk.working(id) else { return Ok(()) };
        let instrument = working.order.instrument;
        let request = Request::Place(working.order.clone());
        let order = working.seen(&self.context.desk.instruments);
        self.context.focus_on(instrument);
        if let Some(outcome) = outcome.filter(|_| transactions) {
            self.call_about(About::order(id), HandlerEvent::Transaction(&request, outcome))?;
        }
        if orders { self.call_about(About::order(id), HandlerEvent::Order(&order)) } else { Ok(()) }
    }

    /// Hands the leg that a trade changed to `on_position`; a closed one with a quantity of zero.
    fn tell_of_position(&mut self, trade: &Trade, before: Option<Position>) -> Result<(), Stopped> {
        if !self.program.wants().positions {
            return Ok(());
        }
        let now = self.context.desk.position(trade.instrument, trade.position_side);
        let closed = || before.map(|before| Position { quantity: Decimal::ZERO, entry_price: Decimal::ZERO, ..before });
        match now.or_else(closed) {
            Some(position) => self.call_about(About::trade(trade), HandlerEvent::Position(&position)),
            None => Ok(()),
        }
    }

    fn tell_of_account(&mut self) -> Result<(), Stopped> {
        if !self.program.wants().accounts {
            return Ok(());
        }
        let account = self.context.account();
        self.call(HandlerEvent::Account(&account))
    }
}
