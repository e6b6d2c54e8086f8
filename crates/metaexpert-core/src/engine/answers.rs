//! What an expert sends, and what the venue answers: the way of an order.
//!
//! Answers are heard in rounds. What a handler sends while an answer is being heard is answered in the next round, so that a
//! handler that sends an order for every order is an error after many rounds, and not a stack overflow.

use rust_decimal::Decimal;

use super::{Engine, Stopped};
use crate::{
    Amendment, Cancellation, Charge, ClientOrderId, Error, Funding, OrderStatus, Outcome, Position, Quantity, Rejection, Request,
    Trade,
    broker::{Answer, Broker},
    clock::Clock,
    context::Command,
    expert::HandlerEvent,
    feed::Feed,
    journal::{Journal, Record},
    log::About,
};

/// Rounds of answers that one event may set off before the engine takes it for an endless loop between a handler and the
/// venue: a handler of `on_order` that sends an order for each order, for example.
const ROUNDS_MAX: usize = 1_000;

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// Sends what the gate has passed and tells of what it has refused.
    pub(super) fn flush(&mut self) -> Result<(), Stopped> {
        for command in self.context.desk.outbox.drain(..) {
            match command {
                Command::Place(order) => {
                    let order = order.journal(&mut self.journal)?;
                    self.context.desk.log.order_submitted(order.get());
                    self.broker.submit(order, &mut self.answers)?;
                }
                Command::Amend(amendment) => {
                    let amendment = amendment.journal(&mut self.journal)?;
                    self.broker.amend(amendment, &mut self.answers)?;
                }
                Command::Cancel(order) => self.broker.cancel(order, &mut self.answers)?,
            }
        }
        for refusal in std::mem::take(&mut self.context.desk.refused) {
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
            round.clear();
            self.spare = round;
        }
        Ok(())
    }

    fn hear(&mut self, answer: &Answer) -> Result<(), Stopped> {
        match answer {
            Answer::Accepted(id) => self.hear_standing(*id, OrderStatus::Accepted, Some(&Outcome::Accepted)),
            Answer::Rejected(id, rejection) => self.hear_rejection(*id, *rejection),
            Answer::Trade { trade, remaining } => self.hear_trade(trade, *remaining),
            Answer::Triggered(id) => self.hear_standing(*id, OrderStatus::Triggered, None),
            Answer::Amended(id, quantity) => self.hear_amended(*id, *quantity),
            Answer::AmendRejected(amendment, rejection) => self.hear_amend_rejected(amendment, *rejection),
            Answer::Cancelled(id, cancellation) => self.hear_cancelled(*id, *cancellation),
            Answer::CancelRejected(id, rejection) => self.hear_cancel_rejected(*id, *rejection),
            Answer::Funding(funding) => self.hear_funding(funding),
            Answer::Charged(charge) => self.hear_charged(charge),
        }
    }

    /// An order has come to a state that it stays in for a while.
    fn hear_standing(&mut self, id: ClientOrderId, status: OrderStatus, outcome: Option<&Outcome>) -> Result<(), Stopped> {
        self.context.desk.stands(id, status, self.context.now());
        self.log_order(id, status);
        self.tell_of_order(id, outcome)
    }

    fn hear_rejection(&mut self, order: ClientOrderId, rejection: Rejection) -> Result<(), Stopped> {
        self.journal.record(Record::Rejected(order, rejection))?;
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
        if let Some(working) = self.context.desk.working(id) {
            self.context.desk.log.order_amended(&working.order);
        }
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
        self.journal.record(Record::Cancelled(id, cancellation))?;
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
        self.journal.record(Record::Charged(charge))?;
        self.context.desk.charge(charge);
        self.tell_of_account()
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
        let applied = self.context.desk.apply(trade).map_err(Error::Inconsistent)?;
        self.journal.record(Record::Trade(trade))?;
        let status = if remaining.is_zero() { OrderStatus::Filled } else { OrderStatus::PartiallyFilled };
        if let Some(id) = trade.order {
            self.context.desk.stands(id, status, self.context.now());
        }
        self.log_trade(trade, status, applied.realized);
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
        self.tell_of_account()
    }

    fn hear_funding(&mut self, funding: &Funding) -> Result<(), Stopped> {
        self.context.set_now(self.clock.at(funding.time));
        self.context.desk.portfolio.settle_money(&funding.amount);
        self.journal.record(Record::Funding(funding))?;
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
        desk.log.position(trade, realized, leg, desk.instruments.get(trade.instrument));
    }

    /// Writes down that the venue has not changed or cancelled an order.
    fn log_refused_request(&self, request: &'static str, id: ClientOrderId, rejection: Rejection) {
        let desk = &self.context.desk;
        desk.log.request_rejected(request, id, desk.working(id).map(|working| working.order.instrument), rejection);
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
