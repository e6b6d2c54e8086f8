//! The guards of all legs, the orders that are theirs, and what they hold back of the expert's.

use std::collections::{BTreeMap, VecDeque};

use rust_decimal::Decimal;

use super::{
    kept,
    leg::{LegGuard, Market},
    levels::ExitLevels,
    protective::{Exit, State},
};
use crate::{
    Cancellation, ClientOrderId, Instrument, InstrumentId, Instruments, NewOrder, PositionSide, Protection, UnixNanos,
    broker::Offers, config::MarketType, engine::Standing, portfolio::Leg, risk::RiskApproved,
};

/// Which leg.
pub(crate) type LegId = (InstrumentId, PositionSide);

/// What the journal is told of a leg.
#[derive(Debug)]
pub(crate) enum News {
    /// From where its exits follow.
    Guarded(String),
    /// It is gone.
    Gone,
}

/// The guards of all legs.
#[derive(Debug)]
pub(crate) struct Guards {
    offers: Offers,
    /// Orders that rest keep what they trade. On margin a second one for the same coins is not refused: they are borrowed for it.
    locks: bool,
    legs: Vec<[LegGuard; 2]>,
    /// Whose order it is.
    owners: BTreeMap<ClientOrderId, LegId>,
    /// Orders of the expert that leave a leg whose coins orders here still keep; none of them is in the journal yet.
    held_back: Vec<RiskApproved<NewOrder>>,
    /// Instruments that something finer than bars has moved: bars say nothing new of those.
    finer: Vec<bool>,
    /// What an earlier run has left has not been compared with the venue's: which orders stand is not known.
    waits: bool,
    /// What is being compared.
    comparing: Vec<Option<InstrumentId>>,
    /// What the journal was told of each leg, and when.
    told: BTreeMap<LegId, (ExitLevels, UnixNanos)>,
    /// Orders of the expert that were cancelled here, and why.
    called_off: BTreeMap<ClientOrderId, Cancellation>,
    /// Orders that are done: a late word of one is not about an order of the expert's.
    done: VecDeque<ClientOrderId>,
}

/// How many orders that are done are known. A word that is later than as many orders is of an earlier day.
const DONE_MAX: usize = 1_000;
/// How often the journal is told of a better best price: a crash forgets no more of it.
const TELL_EVERY: i64 = 1_000_000_000;

impl Guards {
    pub(crate) fn new(instruments: &Instruments, market: MarketType, offers: Offers) -> Self {
        Self {
            offers,
            locks: matches!(market, MarketType::Spot | MarketType::Margin),
            legs: instruments.iter().map(|_| PositionSide::BOTH.map(LegGuard::new)).collect(),
            owners: BTreeMap::new(),
            held_back: Vec::new(),
            finer: vec![false; instruments.len()],
            waits: false,
            comparing: Vec::new(),
            told: BTreeMap::new(),
            called_off: BTreeMap::new(),
            done: VecDeque::new(),
        }
    }

    pub(crate) fn leg(&self, (instrument, side): LegId) -> Option<&LegGuard> {
        let [long, short] = self.legs.get(instrument.index())?;
        Some(match side {
            PositionSide::Long => long,
            PositionSide::Short => short,
        })
    }

    pub(crate) fn leg_mut(&mut self, (instrument, side): LegId) -> Option<&mut LegGuard> {
        let [long, short] = self.legs.get_mut(instrument.index())?;
        Some(match side {
            PositionSide::Long => long,
            PositionSide::Short => short,
        })
    }

    /// Legs that something is open of, or an order stands for or waits for.
    pub(crate) fn awake(&self, instruments: &Instruments) -> Vec<LegId> {
        let legs = instruments.iter().flat_map(|(id, _)| PositionSide::BOTH.map(|side| (id, side)));
        legs.filter(|leg| self.leg(*leg).is_some_and(|guard| !guard.is_idle()) || self.holds_back(*leg)).collect()
    }

    /// Whether anything is to be done for any leg of an instrument.
    pub(crate) fn is_idle(&self, instrument: InstrumentId) -> bool {
        self.legs.get(instrument.index()).is_none_or(|legs| legs.iter().all(LegGuard::is_idle))
    }

    /// Whose order it is; `None` where it is the expert's own, or the risk gate's.
    pub(crate) fn owner(&self, order: ClientOrderId) -> Option<LegId> {
        self.owners.get(&order).copied()
    }

    pub(crate) fn own(&mut self, order: ClientOrderId, leg: LegId) {
        self.owners.insert(order, leg);
    }

    /// Lets go of orders that no leg knows any more.
    pub(crate) fn disown(&mut self, order: ClientOrderId) {
        if self.owner(order).is_some_and(|leg| self.leg(leg).is_none_or(|guard| guard.order(order).is_none())) {
            self.owners.remove(&order);
            self.done.push_back(order);
            if self.done.len() > DONE_MAX {
                self.done.pop_front();
            }
        }
    }

    /// Whether an order was one of these.
    pub(crate) fn was(&self, order: ClientOrderId) -> bool {
        self.done.contains(&order)
    }

    /// Prices of something finer than bars are there.
    pub(crate) fn see_finer(&mut self, instrument: InstrumentId) {
        if let Some(finer) = self.finer.get_mut(instrument.index()) {
            *finer = true;
        }
    }

    pub(crate) fn has_finer(&self, instrument: InstrumentId) -> bool {
        self.finer.get(instrument.index()).is_some_and(|finer| *finer)
    }

    /// How much of a leg is being closed here.
    pub(crate) fn closing(&self, instrument: InstrumentId, side: PositionSide) -> Decimal {
        self.leg((instrument, side)).map_or(Decimal::ZERO, LegGuard::closing)
    }

    pub(crate) const fn offers(&self) -> Offers {
        self.offers
    }

    /// An order of the expert is to be cancelled, and not because it wants that.
    pub(crate) fn call_off(&mut self, order: ClientOrderId, why: Cancellation) {
        self.called_off.insert(order, why);
    }

    /// Those of them that are still to be asked for.
    pub(crate) fn those_called_off(&self, is_to_be_asked: impl Fn(ClientOrderId) -> bool) -> Vec<ClientOrderId> {
        self.called_off.keys().copied().filter(|id| is_to_be_asked(*id)).collect()
    }

    /// Why an order was cancelled that is gone now; `None` where that was not done here.
    pub(crate) fn was_called_off(&mut self, order: ClientOrderId) -> Option<Cancellation> {
        self.called_off.remove(&order)
    }

    /// What a leg's next step has to know of the venue.
    pub(crate) fn market(&self, leg: LegId, of: &Instrument, resting: Decimal, on_their_way: Decimal) -> Market {
        let waits = self.holds_back(leg);
        Market { offers: self.offers, locks: self.locks, waits, resting, on_their_way, lot: of.rules.lot_size }
    }

    /// Whether orders of the expert that leave a leg concern its guard.
    pub(crate) const fn locks(&self) -> bool {
        self.locks
    }

    /// Lets an order go, or keeps it until the coins are free that it trades.
    #[inline]
    pub(crate) fn let_pass(guards: Option<&mut Self>, order: RiskApproved<NewOrder>) -> Option<RiskApproved<NewOrder>> {
        match guards {
            None => Some(order),
            Some(guards) => guards.hold_back(order),
        }
    }

    fn hold_back(&mut self, order: RiskApproved<NewOrder>) -> Option<RiskApproved<NewOrder>> {
        let is_own = self.owner(order.get().id).is_some();
        let keeps = self.locks && !is_own && self.leg(left_by(order.get())).is_some_and(LegGuard::rests);
        if !keeps {
            return Some(order);
        }
        self.held_back.push(order);
        None
    }

    /// The instrument of the first order that is held back.
    pub(crate) fn first_held_back(&self) -> Option<InstrumentId> {
        self.held_back.first().map(|order| order.get().instrument)
    }

    /// Whether orders of the expert that leave a leg wait.
    fn holds_back(&self, leg: LegId) -> bool {
        self.held_back.iter().any(|order| left_by(order.get()) == leg)
    }

    /// Whether orders of the expert that leave a leg wait, and nothing here keeps its coins any more.
    pub(crate) fn may_let_go(&self, leg: LegId) -> bool {
        self.holds_back(leg) && !self.leg(leg).is_some_and(LegGuard::rests)
    }

    /// The orders of the expert that leave a leg and wait, in the order sent.
    pub(crate) fn let_go(&mut self, leg: LegId) -> Vec<RiskApproved<NewOrder>> {
        self.held_back.extract_if(.., |order| left_by(order.get()) == leg).collect()
    }

    /// An order that is held back.
    pub(crate) fn held_back_mut(&mut self, order: ClientOrderId) -> Option<&mut RiskApproved<NewOrder>> {
        self.held_back.iter_mut().find(|held| held.get().id == order)
    }

    /// Takes an order back that was held back.
    pub(crate) fn take_back(&mut self, order: ClientOrderId) -> bool {
        let before = self.held_back.len();
        self.held_back.retain(|held| held.get().id != order);
        self.held_back.len() < before
    }

    /// What the journal is to be told of a leg, where that is news.
    pub(crate) fn news(&mut self, leg: LegId, now: UnixNanos) -> Option<News> {
        let levels = self.leg(leg)?.levels();
        let told = self.told.get(&leg).map(|(told, _)| told);
        if levels == told {
            return None;
        }
        let levels = levels.cloned();
        let text = levels.as_ref().and_then(kept::written);
        match levels {
            Some(levels) => self.told.insert(leg, (levels, now)),
            None => self.told.remove(&leg),
        };
        Some(text.map_or(News::Gone, News::Guarded))
    }

    /// Whether the journal was told of a leg long enough ago to be told of a better best price.
    pub(crate) fn is_time_to_tell(&self, leg: LegId, now: UnixNanos) -> bool {
        self.told.get(&leg).is_none_or(|(_, at)| now.nanos_since(*at) >= TELL_EVERY)
    }
}

/// The leg that an order takes from, as far as anything of it is held.
const fn left_by(order: &NewOrder) -> LegId {
    (order.instrument, order.side.opened_leg().opposite())
}

/// After a restart.
impl Guards {
    /// Nothing is sent before what an earlier run has left was compared with the venue's.
    pub(crate) const fn wait(&mut self) {
        self.waits = true;
    }

    /// It is being compared, or has been. Where nobody compares, as with a simulated venue, there is nothing to wait for.
    pub(crate) fn comparing(&mut self, instrument: Option<InstrumentId>, begins: bool) {
        self.comparing.retain(|compared| *compared != instrument);
        if begins {
            self.comparing.push(instrument);
        }
        self.waits &= !self.comparing.is_empty();
    }

    /// The venue can be reached again.
    pub(crate) fn reachable(&mut self) {
        self.legs.iter_mut().flatten().for_each(LegGuard::reachable);
    }

    /// Whether nothing may be sent for an instrument yet.
    pub(crate) fn is_waiting(&self, instrument: InstrumentId) -> bool {
        self.waits && self.comparing.iter().any(|compared| compared.is_none_or(|compared| compared == instrument))
    }

    /// Whether anything was asked of the venue that it has not answered.
    pub(crate) fn is_owed(&self) -> bool {
        self.legs.iter().flatten().any(LegGuard::is_owed)
    }

    /// A leg that was open. `Err` says what is wrong with the text; its levels follow from its entry then, and from `protection`.
    pub(crate) fn resume(
        &mut self,
        id: LegId,
        leg: &Leg,
        text: Option<&str>,
        protection: Protection,
        of: &Instrument,
    ) -> Result<(), serde_json::Error> {
        let read = text.map(|text| kept::read(text, id.1, of)).transpose();
        let anew = || ExitLevels::new(id.1, leg.entry_price(of), protection, of);
        let (levels, outcome) = match read {
            Ok(levels) => (levels.unwrap_or_else(anew), Ok(())),
            Err(error) => (anew(), Err(error)),
        };
        if text.is_some() && outcome.is_ok() {
            self.told.insert(id, (levels.clone(), UnixNanos::MIN));
        }
        if let Some(guard) = self.leg_mut(id) {
            guard.resume(leg.quantity, levels);
        }
        outcome
    }

    /// An order that stood. Whether it is one of a guard.
    pub(crate) fn adopt(&mut self, standing: &Standing) -> bool {
        let Some(exit) = Exit::of(&standing.order) else { return false };
        let leg = (standing.order.instrument, standing.order.side.opened_leg().opposite());
        let state = State::from(standing.status);
        self.own(standing.order.id, leg);
        // The journal is told of a leg before an order leaves for it, so that what it says is never older. Many best prices come to one
        // stop, and an order may be of a leg that has grown since: what is known is not put right by a guess.
        let is_known = self.told.contains_key(&leg);
        if let Some(guard) = self.leg_mut(leg) {
            if !is_known {
                guard.learn_from(&standing.order);
            }
            guard.adopt(standing.order.clone(), exit, standing.filled, state);
        }
        true
    }
}

#[cfg(test)]
mod tests;
