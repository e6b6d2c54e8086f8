//! The lives of all orders, the members they belong to, and what follows from what is heard.
//!
//! The one decision: everything that is heard is attributed first (whose order is it, or is it nobody's here), then put to that order's
//! life, and only what the life says is told. Nothing here waits.

use std::{collections::HashMap, sync::Arc};

use metaexpert_connect::{
    Exchange, Failure, Report,
    exchange::{Listed, Profile, Sent, StreamNews},
    report::{FillReport, OrderReport, OrderState},
};
use metaexpert_core::{
    Amendment, Cancellation, ClientOrderId, NewOrder, OrderKind, Price, Rejection, UnixNanos, broker::Answer, engine::Standing,
    feed::Event, order::client_name,
};
use metaexpert_observe::measures;
use rust_decimal::Decimal;
use slog::Logger;
use tokio::time::Instant;

use super::{
    AccountSettings,
    booking::Known,
    compare::Comparison,
    life::{Deed, Life, Nature, Out, Tell},
    listener::Word,
    meaning::is_unreachable,
    orders::{Held, Orders, Ticket},
    overtaking::Overtaking,
    pauses::Pauses,
    records::Records,
    requests::{Done, Requests},
    seat::Seat,
};
use crate::points;

/// The desk, without its sockets and its clock.
#[derive(Debug)]
pub(super) struct Desk {
    pub exchange: Arc<dyn Exchange>,
    pub profile: Profile,
    pub seats: Vec<Seat>,
    pub orders: Orders,
    pub requests: Requests,
    pub records: Records,
    pub pauses: Pauses,
    pub comparison: Comparison,
    pub overtaking: Overtaking,
    pub settings: AccountSettings,
    /// The price of the last execution of somebody else's, by instrument: what a position that vanishes was closed at, most likely.
    pub foreign_prices: HashMap<String, Decimal>,
    /// When it began, by the exchange's clock.
    pub begun: UnixNanos,
    nature: Nature,
    /// Requests for orders that have no answer yet.
    sending: u64,
    has_connected: bool,
}

impl Desk {
    pub(super) fn new(
        exchange: Arc<dyn Exchange>,
        seated: Vec<(Seat, Vec<Standing>)>,
        settings: AccountSettings,
        log: Logger,
        now: Instant,
    ) -> Self {
        let profile = exchange.profile().clone();
        let nature = Nature { window: profile.window, amends: profile.amends, ask_again: settings.ask_again };
        let mut desk = Self {
            comparison: Comparison::new(settings.compare_every, settings.is_hedge, now),
            requests: Requests::new(Arc::clone(&exchange)),
            begun: exchange.clock().now(),
            exchange,
            profile,
            seats: Vec::with_capacity(seated.len()),
            orders: Orders::default(),
            overtaking: Overtaking::default(),
            records: Records::new(log),
            pauses: Pauses::at_start(),
            settings,
            foreign_prices: HashMap::new(),
            nature,
            sending: 0,
            has_connected: false,
        };
        for (member, (seat, standing)) in seated.into_iter().enumerate() {
            for standing in standing {
                if let Some(listed) = seat.listed(standing.order.instrument) {
                    let sent = desk.named(&seat, listed, &standing.order, None);
                    desk.orders.add(Life::resume(&standing, sent, nature, now), member);
                }
            }
            desk.seats.push(seat);
        }
        desk
    }

    /// What the exchange is told of an order beside the order itself.
    fn named(&self, seat: &Seat, listed: &Listed, order: &NewOrder, worst_price: Option<Price>) -> Sent {
        let new_name = || client_name(order.id, seat.comment_of(self.profile.comment).as_deref());
        Sent {
            id: order.id,
            client_name: seat.names.get(&order.id).cloned().unwrap_or_else(new_name),
            name: listed.name.clone(),
            is_conditional: order.kind.is_conditional(),
            worst_price: worst_price.filter(|_| order.kind == OrderKind::Market),
        }
    }

    /// An expert's order was handed over. Whether the exchange takes such orders at all is looked at before it is sent.
    pub(super) fn place(&mut self, member: usize, order: NewOrder, worst_price: Option<Price>, decided: Instant, now: Instant) {
        let Some(seat) = self.seats.get_mut(member) else { return };
        let (id, instrument) = (order.id, order.instrument);
        let refused = match seat.listed(instrument) {
            None => Some((Rejection::NotSent, String::from("the expert does not trade this instrument"))),
            Some(listed) => self.exchange.check(listed, &order).err().map(|rule| (Rejection::Refused, rule)),
        };
        if let Some((rejection, rule)) = refused {
            self.records.invalid(&seat.expert, id, &rule);
            seat.tell(vec![Event::Answer(Answer::Rejected(id, rejection))]);
            return;
        }
        let Some(seat) = self.seats.get(member) else { return };
        let Some(listed) = seat.listed(instrument) else { return };
        let sent = self.named(seat, listed, &order, worst_price);
        let mut out = Out::default();
        let life = Life::begin(order, sent, self.nature, now, &mut out);
        self.orders.add(life, member);
        self.follow(id, out, Some(decided));
    }

    /// An expert wants an order back.
    pub(super) fn cancel(&mut self, member: usize, id: ClientOrderId, now: Instant) {
        if !self.with(id, |life, out| life.cancel(now, out)) {
            self.tell(member, vec![Answer::CancelRejected(id, Rejection::UnknownOrder)]);
        }
    }

    /// An expert wants an order changed.
    pub(super) fn amend(&mut self, member: usize, amendment: Amendment, now: Instant) {
        if !self.with(amendment.id, |life, out| life.amend(amendment, now, out)) {
            self.tell(member, vec![Answer::AmendRejected(amendment, Rejection::UnknownOrder)]);
        }
    }

    /// The stream of the account has told something.
    pub(super) fn hear(&mut self, word: Word, now: Instant) {
        match word {
            Word::Order(report) => {
                self.hear_order(&report, now);
            }
            Word::Fill(fill) => {
                self.hear_fill(*fill, now);
            }
            Word::Submitted(submitted) => {
                self.orders.of_submitted(&submitted);
            }
            Word::MarginCall(call) => {
                let symbols: Vec<&str> = call.positions.iter().map(|position| position.symbol.as_str()).collect();
                self.records.margin_call(&symbols.join(", "));
            }
        }
    }

    /// The account's stream itself.
    pub(super) fn hear_news(&mut self, news: StreamNews, now: Instant) {
        match news {
            StreamNews::Connected => {
                if self.has_connected {
                    measures::reconnected(self.profile.exchange, "account");
                }
                self.comparison.want(if self.has_connected { "reconnect" } else { "start" }, now);
                self.has_connected = true;
                (self.pauses.is_deaf, self.pauses.reconciling) = (false, true);
            }
            StreamNews::Lost(why) => {
                self.records.lost(&why);
                self.pauses.is_deaf = true;
            }
            StreamNews::NotConnected(..) => self.pauses.is_deaf = true,
            StreamNews::Refused(why) => {
                self.records.refused(&why);
                self.pauses.is_deaf = true;
            }
            // What was dropped may have been an order's: whatever it was, it is found by comparing.
            StreamNews::Dropped(_) => self.comparison.want("reconnect", now),
            StreamNews::Strange(what) => {
                self.records.strange(&what);
                self.comparison.want("reconnect", now);
            }
        }
    }

    /// An engine has heard of a trade that cannot be: entries wait until the account was compared.
    pub(super) fn hear_dispute(&mut self, now: Instant) {
        self.pauses.reconciling = true;
        self.comparison.want("dispute", now);
    }

    /// A request was answered.
    pub(super) fn hear_done(&mut self, done: Done, now: Instant) {
        match done {
            Done::Placed { id, answer } => {
                self.sending = self.sending.saturating_sub(1);
                let answer = self.hear_answer("place", id, answer, now);
                self.with(id, |life, out| life.sent(answer.as_ref().map(|_| ()), now, out));
            }
            Done::Cancelled { id, answer } => {
                let answer = self.hear_answer("cancel", id, answer, now);
                self.with(id, |life, out| life.cancel_answered(answer.as_ref().map(|_| ()), now, out));
            }
            Done::Amended { id, answer } => {
                let answer = self.hear_answer("amend", id, answer, now);
                self.with(id, |life, out| life.amend_answered(answer.as_ref().map(|quantity| *quantity), now, out));
            }
            Done::Found { id, asked, answer } => {
                self.reach(answer.as_ref().err());
                match answer {
                    Ok(found) => {
                        if let Some(report) = &found {
                            self.orders.of_report(report);
                        }
                        self.with(id, |life, out| life.found(found.as_deref(), asked, now, out));
                    }
                    Err(_) => {
                        self.with(id, |life, _| life.not_answered(now));
                    }
                }
            }
            Done::Fetched { id, answer } => {
                self.reach(answer.as_ref().err());
                match answer {
                    Ok(fills) => {
                        for fill in fills {
                            self.hear_fill(fill, now);
                        }
                        self.with(id, |life, out| life.fetched(now, out));
                    }
                    Err(_) => {
                        self.with(id, |life, _| life.not_fetched(now));
                    }
                }
            }
            Done::Swept { answer } => self.hear_swept(answer.as_ref().err()),
            Done::Compared(facts) => self.hear_compared(facts, now),
        }
    }

    /// Hears the reports of an answer, the order before its executions; gives what it says is wanted of the order now.
    fn hear_answer(
        &mut self,
        request: &'static str,
        id: ClientOrderId,
        answer: Result<Vec<Report<'static>>, Failure>,
        now: Instant,
    ) -> Result<Option<Decimal>, Failure> {
        self.reach(answer.as_ref().err());
        let reports = answer.inspect_err(|failure| {
            if let Some(seat) = self.orders.ticket(id).and_then(|ticket| self.seats.get(ticket.member)) {
                self.records.request_failed(&seat.expert, request, id, failure);
            }
        })?;
        let mut quantity = None;
        let mut words: Vec<Word> = reports.into_iter().filter_map(Word::of).collect();
        words.sort_by_key(|word| matches!(word, Word::Fill(_)));
        for word in words {
            if let Word::Order(report) = &word {
                quantity = report.quantity.or(quantity);
            }
            self.hear(word, now);
        }
        Ok(quantity)
    }

    /// Whether requests get through.
    pub(super) fn reach(&mut self, failure: Option<&Failure>) {
        match failure {
            Some(failure) if is_unreachable(failure) => self.pauses.is_mute = true,
            // It answered, if not with what was wanted.
            None | Some(Failure::Refused { .. }) => self.pauses.is_mute = false,
            Some(_) => {}
        }
    }

    /// An order's state. `false` where the order is not known here.
    pub(super) fn hear_order(&mut self, report: &OrderReport, now: Instant) -> bool {
        let Some(id) = self.orders.of_report(report) else { return false };
        if self.orders.is_over(id).is_none() {
            // Whoever else sends under a number of ours is noticed by the first order, not by the first execution.
            self.sender_of(id, &report.symbol, report.created, now);
            return false;
        }
        self.with(id, |life, out| life.report(report, now, out))
    }

    /// Orders that want attention.
    pub(super) fn wake(&mut self, now: Instant) {
        for id in self.orders.due_by(now) {
            self.with(id, |life, out| life.wake(now, out));
        }
        self.compare_if_due(now);
    }

    /// When somebody wants attention next.
    pub(super) fn next_due(&self) -> Option<Instant> {
        [self.orders.next_due(), self.comparison.due()].into_iter().flatten().min()
    }

    /// Whether no order waits for the answer to its request, or to leave once more.
    pub(super) fn is_settled(&self) -> bool {
        self.sending == 0 && !self.orders.iter().any(|held| held.life.is_waiting())
    }

    /// Tells a member that it was told all that is known of its orders, if it was; whether it is over with that.
    pub(super) fn tell_last_word(&mut self, member: usize) -> bool {
        let is_under_way = |held: &Held| held.member == member && !held.life.is_at_rest();
        if self.orders.iter().any(is_under_way) {
            return false;
        }
        if let Some(seat) = self.seats.get_mut(member) {
            seat.tell(vec![Event::LastWord]);
        }
        true
    }

    /// Tells members when entries are refused, and when they are no longer.
    pub(super) fn tell_pauses(&mut self) {
        let now = self.exchange.clock().now();
        let changes = self.pauses.changes(now);
        for seat in self.seats.iter_mut().filter(|_| !changes.is_empty()) {
            seat.tell(changes.clone());
        }
    }

    /// Puts something to an order's life, and lets it have its consequences; `false` where no such order lives.
    pub(super) fn with(&mut self, id: ClientOrderId, put: impl FnOnce(&mut Life, &mut Out)) -> bool {
        let Some(held) = self.orders.get_mut(id) else { return false };
        let mut out = Out::default();
        put(&mut held.life, &mut out);
        let has_ended = held.life.is_ended();
        self.follow(id, out, None);
        if has_ended {
            self.orders.ended(id);
        }
        true
    }

    /// Tells and does what follows.
    fn follow(&mut self, id: ClientOrderId, out: Out, decided: Option<Instant>) {
        for tell in out.tells {
            self.follow_tell(id, tell);
        }
        for deed in out.deeds {
            self.follow_deed(id, deed, decided);
        }
        self.orders.look_again(id);
    }

    pub(super) fn follow_tell(&mut self, id: ClientOrderId, tell: Tell) {
        let Some(ticket @ Ticket { member, reason, .. }) = self.orders.ticket(id) else { return };
        let Some(seat) = self.seats.get_mut(member) else { return };
        points::hit(points::BEFORE_TELLING);
        self.comparison.differs(&self.records, &seat.expert, id, &tell);
        let answers = match tell {
            Tell::Accepted => vec![Answer::Accepted(id)],
            Tell::Rejected(rejection) => vec![Answer::Rejected(id, rejection)],
            Tell::Unknown => vec![Answer::Unknown(id)],
            Tell::Triggered => vec![Answer::Triggered(id)],
            Tell::Amended(quantity) => vec![Answer::Amended(id, quantity)],
            Tell::AmendRejected(amendment, rejection) => vec![Answer::AmendRejected(amendment, rejection)],
            Tell::Cancelled(cancellation) => vec![Answer::Cancelled(id, cancellation)],
            Tell::CancelRejected(rejection) => vec![Answer::CancelRejected(id, rejection)],
            Tell::Fill(fill, remaining) => {
                // Where an account has one position in an instrument the exchange names no leg.
                let fill = FillReport { position_side: fill.position_side.or(ticket.closed_leg()), ..*fill };
                let mut answers = seat.book(&fill, Some((id, reason)), reason, remaining, Known::Nothing);
                let told: Decimal = answers.iter().map(|answer| quantity_of(answer, id)).sum();
                if told < fill.quantity {
                    self.records.closed_of_others(&seat.expert, id, &fill, told);
                }
                if told.is_zero() && remaining.is_zero() {
                    answers.push(Answer::Cancelled(id, Cancellation::NothingToClose));
                }
                answers
            }
        };
        self.tell(member, answers);
    }

    pub(super) fn tell(&mut self, member: usize, answers: Vec<Answer>) {
        let Some(seat) = self.seats.get_mut(member) else { return };
        let is_execution = answers.iter().any(|answer| matches!(answer, Answer::Trade { .. }));
        if is_execution {
            points::hit(points::BEFORE_EXECUTION);
            self.comparison.traded();
        }
        seat.tell(answers.into_iter().map(Event::Answer).collect());
        if is_execution {
            points::hit(points::AFTER_EXECUTION);
        }
    }

    fn follow_deed(&mut self, id: ClientOrderId, deed: Deed, decided: Option<Instant>) {
        let Some(held) = self.orders.get(id) else { return };
        let (order, sent) = (&held.life.order, held.life.sent.clone());
        let Some(listed) = self.seats.get(held.member).and_then(|seat| seat.listed(order.instrument)) else { return };
        match deed {
            Deed::Send => {
                self.sending += 1;
                self.requests.place(listed.clone(), order.clone(), sent, decided);
            }
            Deed::Cancel => self.requests.cancel(sent),
            Deed::Amend(change) => self.requests.amend(listed.clone(), order.clone(), sent, change),
            Deed::Ask => self.requests.find(sent),
            Deed::Fetch => {
                let since = self.comparison.fills_since(&sent.name, order.time, !held.life.is_fetched_in_vain());
                self.requests.fetch(sent, since);
            }
        }
    }
}

fn quantity_of(answer: &Answer, id: ClientOrderId) -> Decimal {
    match answer {
        Answer::Trade { trade, .. } if trade.order == Some(id) => trade.quantity.get(),
        _ => Decimal::ZERO,
    }
}

/// Whether a report says that its order stands or waits.
pub(super) fn is_open(report: &OrderReport) -> bool {
    !matches!(
        report.state.known(),
        Some(
            OrderState::Filled | OrderState::Cancelled | OrderState::Rejected | OrderState::Expired | OrderState::ExpiredInMatch
        )
    )
}
