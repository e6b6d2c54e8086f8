//! A desk: where one wallet's orders meet one market.
//!
//! The one decision: the matching is the project's own [`Venue`], as backtest and paper use it, and it is used for matching
//! alone. Its account is boundless, nothing costs anything, every order opens, so that money never decides what is executed. What
//! an execution does to money is `clearing`'s to say. A desk has one market, so that a price concerns what stands there and
//! nothing else.

use metaexpert_core::{
    Amendment, Book, Cancellation, ClientOrderId, Currency, Effect, Fitting, Instrument, InstrumentId, InstrumentKind,
    InstrumentRules, Instruments, LevelChange, Liquidity, Money, NewOrder, OrderKind, Percent, Price, Protection, PublicTrade,
    Quantity, Reason, Rejection, Request, SelfTrade, Side, Symbol, TimeInForce, Timeframe, UnixNanos,
    broker::{Answer, Broker, Market},
    config::{FillModel, LimitFill, MarginMode, PositionMode},
};
use metaexpert_matching::{AccountSetup, Fees, Venue, VenueSetup};
use rust_decimal::Decimal;

use crate::{
    listing::Listing,
    order::{AccountId, OrderId},
};

/// What a desk's account has: more than all its orders can come to, and few enough digits to count exactly.
const BOUNDLESS: Decimal = Decimal::from_parts(0xA764_0000, 0x0DE0_B6B3, 0, false, 0);

/// A wallet's orders in one market.
#[derive(Debug)]
pub(super) struct Desk {
    venue: Venue,
    instrument: InstrumentId,
    account: AccountId,
    /// How often the market's book had changed when it was last seen.
    seen: u64,
    answers: Vec<Answer>,
}

/// An order as it goes to the desk: nothing is left of it that waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    /// Which.
    pub order: OrderId,
    /// Which way.
    pub side: Side,
    /// The worst price; `None` takes any.
    pub limit: Option<Price>,
    /// How long it stands. Dates are the world's to watch.
    pub time_in_force: TimeInForce,
    /// How much.
    pub quantity: Quantity,
    /// What it may spend, where it is sized by value.
    pub budget: Option<Decimal>,
    /// What becomes of it where it meets one of its own account.
    pub self_trade: SelfTrade,
}

/// What became of an order at the desk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Heard {
    /// A part was executed.
    Executed {
        /// Of which order.
        order: OrderId,
        /// At which price.
        price: Decimal,
        /// How much.
        quantity: Decimal,
        /// Whether it had rested.
        is_maker: bool,
        /// Whether nothing of it is left at the desk.
        is_done: bool,
    },
    /// It is not at the desk any more.
    Gone(OrderId, Why),
}

/// Why an order is not at the desk any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It was asked for.
    Asked,
    /// It would have taken.
    WouldTake,
    /// Not all of it could be had at once.
    NotAllAtOnce,
    /// There was nobody, or nobody more, to trade with.
    NobodyThere,
    /// What it had to spend is spent.
    Spent,
    /// It would have traded with an order of the same account.
    SelfTrade,
}

impl Desk {
    /// A desk without orders; `None` where the market's name is none.
    pub(super) fn new(account: AccountId, listing: &Listing) -> Option<Self> {
        let mut instruments = Instruments::default();
        let currency = Currency::new("USDT");
        let rules = &listing.instrument.rules;
        let instrument = instruments.add(Instrument {
            symbol: Symbol::new("DESKUSDT")?,
            base: Currency::new("DESK"),
            quote: currency.clone(),
            settlement: currency.clone(),
            kind: InstrumentKind::LINEAR_PERPETUAL,
            rules: InstrumentRules {
                tick_size: rules.tick_size,
                lot_size: rules.lot_size,
                min_notional: Decimal::ZERO,
                contract_size: Decimal::ONE,
                maintenance_margin: Percent::new(Decimal::ZERO),
            },
            brackets: [].into(),
        });
        let account_setup = AccountSetup {
            instruments,
            capital: Money::new(BOUNDLESS, currency),
            wallets: Vec::new(),
            margin_mode: MarginMode::Cross,
            position_mode: PositionMode::Hedge,
            fees: Fees::flat(Decimal::ZERO, Decimal::ZERO),
            lending: None,
        };
        let setup = VenueSetup {
            account: account_setup,
            slippage: Decimal::ZERO,
            fill_model: FillModel::Book,
            limit_fill: LimitFill::Touch,
            timeframe: Timeframe::M1,
        };
        let venue = Venue::new(setup).ok()?;
        Some(Self { venue, instrument, account, seen: 0, answers: Vec::new() })
    }

    /// Whether nothing stands here.
    pub(super) fn is_idle(&self) -> bool {
        self.venue.standing() == 0
    }

    /// Takes an order, which meets the book as it is now. `changes` is how often the book has changed until now.
    pub(super) fn place(&mut self, ticket: Ticket, book: &Book, changes: u64, now: UnixNanos) -> Vec<Heard> {
        self.catch_up(book, changes, now);
        let order = NewOrder {
            id: self.name(ticket.order),
            instrument: self.instrument,
            side: ticket.side,
            kind: ticket.limit.map_or(OrderKind::Market, |price| OrderKind::Limit { price }),
            time_in_force: ticket.time_in_force,
            effect: Effect::Open(ticket.side.opened_leg()),
            quantity: ticket.quantity,
            fitting: ticket.budget.map_or(Fitting::Exact, Fitting::Spend),
            leverage: 1,
            protection: Protection::default(),
            self_trade: ticket.self_trade,
            link: None,
            time: now,
            reason: Reason::Signal,
        };
        self.venue.request(Request::Place(order), now, &mut self.answers);
        self.show(book, now);
        self.heard()
    }

    /// Takes an order back.
    pub(super) fn cancel(&mut self, order: OrderId, now: UnixNanos) -> Vec<Heard> {
        self.venue.request(Request::Cancel(self.name(order)), now, &mut self.answers);
        self.heard()
    }

    /// Changes an order; one that is larger or at another price goes behind all others, and may trade at once. What is heard, and
    /// whether it was changed.
    pub(super) fn amend(
        &mut self,
        order: OrderId,
        quantity: Quantity,
        price: Option<Price>,
        book: &Book,
        changes: u64,
        now: UnixNanos,
    ) -> (Vec<Heard>, bool) {
        self.catch_up(book, changes, now);
        let amendment = Amendment { id: self.name(order), quantity: Some(quantity), price, trigger: None };
        self.venue.request(Request::Amend(amendment), now, &mut self.answers);
        let is_refused = self.answers.iter().any(|answer| matches!(answer, Answer::AmendRejected(..)));
        self.show(book, now);
        (self.heard(), !is_refused)
    }

    /// The book has changed.
    pub(super) fn see(&mut self, book: &Book, changed: &[LevelChange], changes: u64) -> Vec<Heard> {
        self.seen = changes;
        for change in changed {
            self.venue.observe(Market::Book(self.instrument, book, change), &mut self.answers);
        }
        self.heard()
    }

    /// Somebody has traded.
    pub(super) fn hear_print(&mut self, print: &PublicTrade) -> Vec<Heard> {
        self.venue.observe(Market::PublicTrade(self.instrument, print), &mut self.answers);
        self.heard()
    }

    /// Where the book has changed unseen, what was taken of it before does not count any more.
    fn catch_up(&mut self, book: &Book, changes: u64, now: UnixNanos) {
        if self.seen != changes {
            self.seen = changes;
            self.venue.observe(Market::Book(self.instrument, book, &nowhere(now, true)), &mut self.answers);
        }
    }

    /// Shows the book as it is, so that what has just come is looked at.
    fn show(&mut self, book: &Book, now: UnixNanos) {
        self.venue.observe(Market::Book(self.instrument, book, &nowhere(now, false)), &mut self.answers);
    }

    const fn name(&self, order: OrderId) -> ClientOrderId {
        ClientOrderId { strategy: self.account.0 as u32, run: 0, sequence: order.0 }
    }

    fn heard(&mut self) -> Vec<Heard> {
        self.answers.drain(..).filter_map(|answer| heard(&answer)).collect()
    }
}

/// A change of a level where nobody is: the book is looked at, and no level of it is said to be new but all, where it `clears`.
const fn nowhere(time: UnixNanos, clears: bool) -> LevelChange {
    LevelChange { time, side: Side::Buy, ticks: 0, quantity: 0.0, clears, ends: true }
}

fn heard(answer: &Answer) -> Option<Heard> {
    match answer {
        Answer::Trade { trade, remaining } => Some(Heard::Executed {
            order: OrderId(trade.order?.sequence),
            price: trade.price.get(),
            quantity: trade.quantity.get(),
            is_maker: trade.liquidity == Liquidity::Maker,
            is_done: *remaining <= Decimal::ZERO,
        }),
        Answer::Rejected(id, why) => Some(Heard::Gone(
            OrderId(id.sequence),
            match why {
                Rejection::WouldTake => Why::WouldTake,
                Rejection::NotAllAtOnce => Why::NotAllAtOnce,
                // What is left of a budget buys no lot.
                Rejection::MinNotional => Why::Spent,
                _ => Why::NobodyThere,
            },
        )),
        Answer::Cancelled(id, why) => Some(Heard::Gone(
            OrderId(id.sequence),
            match why {
                Cancellation::Requested => Why::Asked,
                Cancellation::SelfTrade => Why::SelfTrade,
                _ => Why::NobodyThere,
            },
        )),
        Answer::Accepted(_)
        | Answer::Unknown(_)
        | Answer::Triggered(_)
        | Answer::Amended(..)
        | Answer::AmendRejected(..)
        | Answer::CancelRejected(..)
        | Answer::Funding(_)
        | Answer::Charged(_) => None,
    }
}
