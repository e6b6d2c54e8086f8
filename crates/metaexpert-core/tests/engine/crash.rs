//! The power goes after any entry of the journal, and the next run goes on from what was written: no order is sent twice, and each
//! execution counts once, for the account and for the strategy alike.
//!
//! The exchange lives on: it executes what it has received, half and half. The run that comes after is told, as an account's desk would
//! tell it, what the journal does not know.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use metaexpert_core::{
    NewOrder, OrderStatus, Rejection, Result, Trade,
    broker::Answer,
    engine::{Resumed, Standing},
    expert::HandlerEvent,
    feed::{Event, Feed},
};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use crate::{
    night::{Entry, Left, Night, Shared, Silent, at, minute, trade},
    trial::{Trial, bar},
};

/// How many bars the night has.
const BARS: i64 = 12;

/// The exchange: what it has received, what it has executed, and how far the night is.
#[derive(Default)]
struct World {
    received: Shared<Vec<NewOrder>>,
    done: usize,
    trades: Vec<(Trade, Decimal)>,
    minute: i64,
    told: VecDeque<Event>,
}

impl World {
    /// Executes what it has received, in two halves, and tells of it.
    fn execute(&mut self) {
        let orders: Vec<NewOrder> = self.received.borrow()[self.done..].to_vec();
        self.done += orders.len();
        for order in orders {
            self.told.push_back(Event::Answer(Answer::Accepted(order.id)));
            let half = order.quantity.get() / dec!(2);
            for remaining in [half, dec!(0)] {
                let number = u64::try_from(self.trades.len()).unwrap() + 1;
                let trade = trade(number, Some(order.id), order.side, half, self.minute);
                self.trades.push((trade.clone(), remaining));
                self.told.push_back(Event::Answer(Answer::Trade { trade, remaining }));
            }
        }
    }

    fn bar(minute: i64) -> Event {
        let (_, [main, _]) = Trial::instruments();
        bar(main, minute, 100.0, 100.0, false)
    }

    /// What a run is told at its beginning: history, then what its journal does not know.
    fn begin(&mut self, kept: &Resumed, known: &[Trade]) {
        self.execute();
        self.told.clear();
        self.told.extend((0..self.minute).map(Self::bar));
        self.told.push_back(Event::Present);
        for (trade, remaining) in self.trades.iter().filter(|(trade, _)| known.iter().all(|known| known.id != trade.id)) {
            self.told.push_back(Event::Answer(Answer::Trade { trade: trade.clone(), remaining: *remaining }));
        }
        let received = self.received.borrow();
        for standing in &kept.orders {
            if received.iter().all(|order| order.id != standing.order.id) {
                self.told.push_back(Event::Answer(Answer::Rejected(standing.order.id, Rejection::NotSent)));
            }
        }
    }

    fn position(&self) -> Decimal {
        let signed = |trade: &Trade| if trade.opens() { trade.quantity.get() } else { -trade.quantity.get() };
        self.trades.iter().map(|(trade, _)| signed(trade)).sum()
    }
}

struct OfWorld(Shared<World>);

impl Feed for OfWorld {
    fn next(&mut self) -> Result<Option<Event>> {
        let mut world = self.0.borrow_mut();
        if world.told.is_empty() {
            world.execute();
            if world.minute == BARS && world.told.is_empty() {
                return Ok(None);
            }
            if world.minute < BARS {
                let bar = World::bar(world.minute);
                world.told.push_back(bar);
                world.minute += 1;
            }
        }
        Ok(world.told.pop_front())
    }

    fn begins_with_history(&self) -> bool {
        true
    }
}

/// What the disk holds: everything up to the last order and the last that was settled.
fn durable(entries: &[Entry]) -> &[Entry] {
    let last = entries.iter().rposition(|entry| matches!(entry, Entry::Append(_) | Entry::Settle));
    &entries[..last.map_or(0, |last| last + 1)]
}

/// What the next run goes on from, as a store reads it.
fn kept(entries: &[Entry]) -> (Resumed, Vec<Trade>) {
    let (mut kept, mut known) = (Resumed::default(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Append(order) => kept.orders.push(Standing {
                order: order.clone(),
                filled: dec!(0),
                status: OrderStatus::Submitted,
                since: order.time,
            }),
            Entry::Over(id) => kept.orders.retain(|standing| standing.order.id != *id),
            Entry::Trade(trade) => {
                for standing in kept.orders.iter_mut().filter(|standing| Some(standing.order.id) == trade.order) {
                    standing.filled += trade.quantity.get();
                    standing.status = OrderStatus::PartiallyFilled;
                }
                known.push(trade.clone());
            }
            Entry::Leg(instrument, side, leg) => {
                kept.legs.retain(|held| (held.0, held.1) != (*instrument, *side));
                kept.legs.extend(leg.clone().map(|leg| (*instrument, *side, leg)));
            }
            Entry::Balance(money) => kept.balances = vec![money.clone()],
            Entry::State(state) => kept.state = Some(state.clone()),
            Entry::Accepted(_) | Entry::Unknown(_) | Entry::Error(_) | Entry::Guard(_) | Entry::Other | Entry::Settle => {}
        }
    }
    (kept, known)
}

/// One run, until the power goes or the night is over.
fn run(world: &Shared<World>, number: u32, journal: &mut Vec<Entry>, room: usize) -> Left {
    let (resumed, known) = kept(journal);
    world.borrow_mut().begin(&resumed, &known);
    let broker = Silent { has_last_word: false, sent: Shared::default(), orders: Rc::clone(&world.borrow().received) };
    let night = Night { run: number, resumed: Some(resumed), has_history: true, ..Night::new() };
    let ran = night.run_with(OfWorld(Rc::clone(world)), broker, room, |event, context, _| {
        match event {
            // In at every third bar; out with the second half of it.
            HandlerEvent::Bar { .. } if minute(context.now()) % 3 == 1 && context.is_flat() => drop(context.buy().send()?),
            HandlerEvent::Trade(trade) if trade.opens() && holds_one(context) => drop(context.close_long()?),
            _ => {}
        }
        Ok(())
    });
    journal.extend(durable(&ran.entries).iter().cloned());
    ran
}

fn holds_one(context: &metaexpert_core::Context) -> bool {
    context.position(metaexpert_core::PositionSide::Long).is_some_and(|position| position.quantity == dec!(1))
}

/// A night in which the power goes after each of these many entries of a run.
fn check(cuts: &[usize]) {
    let world: Shared<World> = Rc::new(RefCell::new(World::default()));
    let mut journal = Vec::new();
    let mut cuts = cuts.iter();
    let mut number = 0;
    let last = loop {
        number += 1;
        let ran = run(&world, number, &mut journal, cuts.next().copied().unwrap_or(usize::MAX));
        if ran.ended.is_ok() {
            break ran;
        }
    };
    let world = world.borrow();
    let ids: Vec<_> = world.received.borrow().iter().map(|order| order.id).collect();
    for (place, id) in ids.iter().enumerate() {
        assert!(!ids[..place].contains(id), "{id} was sent twice");
    }
    let executed: Vec<_> = world.trades.iter().map(|(trade, _)| trade.id.to_string()).collect();
    let (kept, known) = kept(&journal);
    let written: Vec<_> = known.iter().map(|trade| trade.id.to_string()).collect();
    assert_eq!(written, executed, "what the journal has of the exchange's executions");
    assert_eq!(last.known.trades, executed, "what the strategy has of them");
    assert_eq!(last.known.bars, (1..=BARS).collect::<Vec<_>>(), "which bars the strategy has");
    let held = kept.legs.first().map_or(dec!(0), |(_, _, leg)| leg.quantity);
    assert_eq!(held, world.position());
    assert!(kept.orders.is_empty(), "{:?}", kept.orders);
    assert!(world.position() <= dec!(1), "an entry was doubled");
}

#[test]
fn without_a_crash_every_third_bar_is_traded() {
    let world: Shared<World> = Rc::new(RefCell::new(World::default()));
    let ran = run(&world, 1, &mut Vec::new(), usize::MAX);
    assert!(ran.ended.is_ok());
    assert_eq!(world.borrow().received.borrow().len(), 8);
    assert_eq!(at(BARS), at(world.borrow().minute));
}

#[test]
fn the_power_may_go_after_any_entry() {
    let world: Shared<World> = Rc::new(RefCell::new(World::default()));
    let entries = run(&world, 1, &mut Vec::new(), usize::MAX).entries.len();
    assert!(entries > 60, "{entries}");
    for cut in 0..entries {
        check(&[cut]);
    }
}

proptest! {
    #[test]
    fn the_power_may_go_again_and_again(cuts in proptest::collection::vec(0..40_usize, 0..8)) {
        check(&cuts);
    }
}
