//! Laws that hold whatever happens to an account.

use metaexpert_core::portfolio::Portfolio;
use proptest::prelude::*;

use super::*;
use PositionSide::{Long, Short};

/// Something that happens to an account.
#[derive(Debug, Clone)]
enum Event {
    Trade { long: bool, opens: bool, price: i64, quantity: i64, leverage: u32 },
    Fund { rate: i64, mark: i64 },
    Transfer { amount: i64 },
    Hours { count: i64 },
    Rest { price: i64, quantity: i64 },
    Gone,
    Margin { long: bool, amount: i64 },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (any::<bool>(), any::<bool>(), 5_000_i64..20_000, 1_i64..2_000, 1_u32..6)
            .prop_map(|(long, opens, price, quantity, leverage)| Event::Trade { long, opens, price, quantity, leverage }),
        1 => (-50_i64..50, 5_000_i64..20_000).prop_map(|(rate, mark)| Event::Fund { rate, mark }),
        1 => (-5_000_i64..5_000).prop_map(|amount| Event::Transfer { amount }),
        1 => (0_i64..30).prop_map(|count| Event::Hours { count }),
        1 => (5_000_i64..20_000, 1_i64..2_000).prop_map(|(price, quantity)| Event::Rest { price, quantity }),
        1 => Just(Event::Gone),
        1 => (any::<bool>(), -2_000_i64..2_000).prop_map(|(long, amount)| Event::Margin { long, amount }),
    ]
}

/// An account in one instrument, and the engine's own view of it, fed with what the account tells.
struct Pair {
    account: Audited,
    engine: Portfolio,
    hour: i64,
    orders: u64,
}

impl Pair {
    fn new(kind: InstrumentKind, lends: bool, mode: MarginMode) -> Self {
        let quote = if kind.is_inverse() { "USD" } else { "USDT" };
        let traded = instrument("BTC", quote, kind);
        let capital = Money::new(dec!(10_000), traded.settlement.clone());
        let fees = Fees::flat(dec!(-0.0001), dec!(0.0004));
        let setup = AccountSetup { fees, lending: lends.then(|| lending(dec!(1.1))), ..setup([traded], capital.clone(), mode) };
        let engine = Portfolio::of(&setup.instruments, &capital, mode, &[]).unwrap();
        Self { account: audited(setup), engine, hour: 0, orders: 0 }
    }

    fn symbol(&self) -> String {
        self.account.instruments().iter().next().unwrap().1.symbol.to_string()
    }

    /// Lets something happen, if a venue would let it.
    fn happen(&mut self, event: &Event) {
        let symbol = self.symbol();
        let id = self.account.id(&symbol);
        let now = at(self.hour, 0);
        match *event {
            Event::Trade { long, opens, price, quantity, leverage } => {
                self.trade(long, opens, Decimal::from(price), Decimal::new(quantity, 3), leverage);
            }
            Event::Fund { rate, mark } => {
                for side in PositionSide::BOTH {
                    if let Some(funding) = self.account.fund(id, side, Decimal::new(rate, 5), Decimal::from(mark), now) {
                        self.engine.settle_money(&funding.amount);
                    }
                }
            }
            Event::Transfer { amount } => {
                let money = Money::new(Decimal::from(amount), self.account.instruments().get(id).settlement.clone());
                if let Ok(charge) = self.account.transfer(now, &money) {
                    self.engine.settle_money(&charge.amount);
                }
            }
            Event::Hours { count } => {
                self.hour += count;
                self.account.accrue(at(self.hour, 0));
            }
            Event::Rest { price, quantity } => {
                self.orders += 1;
                let quantity = Decimal::new(quantity, 3);
                let order = resting(&self.account, self.orders, &symbol, Side::Buy, Effect::Open(Long), quantity, 2);
                let _ = self.account.reserve(&order, quantity, Price::new(Decimal::from(price)).unwrap());
            }
            Event::Gone => {
                let order = resting(&self.account, self.orders, &symbol, Side::Buy, Effect::Open(Long), dec!(1), 2);
                self.account.release(order.id, dec!(0.4), now);
            }
            Event::Margin { long, amount } => {
                let leg = if long { Long } else { Short };
                let _ = self.account.move_margin(now, id, leg, Decimal::from(amount));
            }
        }
        for charge in self.account.told() {
            self.engine.settle_money(&charge.amount);
        }
    }

    /// Opens what can be paid for; closes what is held, at a price at which it is not lost.
    fn trade(&mut self, long: bool, opens: bool, price: Decimal, quantity: Decimal, leverage: u32) {
        let symbol = self.symbol();
        let (id, leg) = (self.account.id(&symbol), if long { Long } else { Short });
        let price = Price::new(price).unwrap();
        let spot = self.account.instruments().get(id).kind == InstrumentKind::Spot;
        let (quantity, leverage) = if opens {
            let held = self.account.leg(id, leg).map(|leg| leg.leverage);
            let leverage = held.unwrap_or(if spot && self.account.margin_level().is_none() && !long { 2 } else { leverage });
            let quantity = quantity.min(self.account.affordable(id, price, leverage));
            (self.account.split(id, leg.opening_side(), Effect::Open(leg), quantity).open, leverage)
        } else {
            let Some(held) = self.account.leg(id, leg) else { return };
            (quantity.min(held.quantity), held.leverage)
        };
        if quantity <= Decimal::ZERO {
            return;
        }
        let side = if opens { leg.opening_side() } else { leg.closing_side() };
        let mut trade = Trade { time: at(self.hour, 0), ..self.account.trade(&symbol, side, leg, quantity, price.get()) };
        if !opens && self.is_lost(id, leg, price.get()) {
            trade.reason = Reason::Liquidation;
            trade.quantity = Quantity::new(self.account.leg(id, leg).unwrap().quantity).unwrap();
            trade.fee.amount = Decimal::ZERO;
        }
        self.account.mark(&symbol, metaexpert_core::rounding::float_of(price.get()));
        self.account.deal(&trade, leverage);
        let instrument = self.account.instruments().get(id).clone();
        self.engine.apply(&trade, &instrument, leverage).unwrap();
    }

    fn is_lost(&self, id: InstrumentId, leg: PositionSide, price: Decimal) -> bool {
        self.account.liquidation(id, leg).is_some_and(|levels| match leg {
            Long => price <= levels.level,
            Short => price >= levels.level,
        })
    }

    fn settlement(&self) -> String {
        self.account.instruments().iter().next().unwrap().1.settlement.to_string()
    }
}

/// Divisions leave a little behind, at the nineteenth decimal.
const DUST: Decimal = dec!(0.000000000001);

fn kinds() -> impl Strategy<Value = (InstrumentKind, bool)> {
    prop::sample::select(vec![
        (InstrumentKind::LINEAR_PERPETUAL, false),
        (INVERSE, false),
        (InstrumentKind::Spot, false),
        (InstrumentKind::Spot, true),
    ])
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_engine_and_the_venue_agree(
        (kind, lends) in kinds(),
        cross in any::<bool>(),
        events in prop::collection::vec(event(), 1..40),
    ) {
        let mode = if cross { MarginMode::Cross } else { MarginMode::Isolated };
        let mut pair = Pair::new(kind, lends, mode);
        for event in &events {
            pair.happen(event);
            prop_assert_eq!(pair.account.balance(), pair.engine.balance(), "{:?}", event);
            let id = pair.account.id(&pair.symbol());
            for leg in PositionSide::BOTH {
                prop_assert_eq!(pair.account.leg(id, leg), pair.engine.leg(id, leg));
            }
        }
    }

    #[test]
    fn every_entry_is_in_the_balances_and_nothing_is_made_of_nothing(
        (kind, lends) in kinds(),
        cross in any::<bool>(),
        events in prop::collection::vec(event(), 1..40),
    ) {
        let mode = if cross { MarginMode::Cross } else { MarginMode::Isolated };
        let mut pair = Pair::new(kind, lends, mode);
        for event in &events {
            pair.happen(event);
        }
        let ledger = pair.account.ledger();
        for (id, currency) in ledger.currencies() {
            for &holder in Holder::ALL {
                let entries = ledger.kept().0.iter().filter(|entry| entry.currency == id);
                let sum: Decimal = entries.map(|entry| {
                    if entry.to == holder { entry.amount } else if entry.from == holder { -entry.amount } else { Decimal::ZERO }
                }).sum();
                prop_assert_eq!(ledger.balance(holder, id), sum, "{} {}", currency, holder);
            }
            prop_assert_eq!(Holder::ALL.iter().map(|&holder| ledger.balance(holder, id)).sum::<Decimal>(), Decimal::ZERO);
            prop_assert_eq!(ledger.total(id), ledger.free(id) + ledger.locked(id));
            prop_assert!(ledger.balance(Holder::Locked, id) >= Decimal::ZERO);
            prop_assert!(ledger.owed(id) >= -DUST, "{} is owed {}", currency, ledger.owed(id));
        }
        if kind != InstrumentKind::Spot {
            let id = ledger.find(&Currency::new(&pair.settlement())).unwrap();
            let difference = ledger.total(id) - pair.account.balance();
            prop_assert!(difference.abs() < DUST, "the wallet is off by {}", difference);
        }
    }

    #[test]
    fn the_wallets_of_coins_follow_from_the_fills(lends in any::<bool>(), cross in any::<bool>(), events in prop::collection::vec(event(), 1..40)) {
        let mode = if cross { MarginMode::Cross } else { MarginMode::Isolated };
        let mut pair = Pair::new(InstrumentKind::Spot, lends, mode);
        for event in &events {
            pair.happen(event);
        }
        let (account, id) = (&pair.account, pair.account.id("BTCUSDT"));
        let leg = |side| account.leg(id, side).map_or((Decimal::ZERO, Decimal::ZERO), |leg| (leg.quantity, leg.cost));
        let ((bought, paid), (sold, got)) = (leg(Long), leg(Short));
        let net = |code: &str| {
            let currency = account.ledger().find(&Currency::new(code)).unwrap();
            account.ledger().total(currency) - account.ledger().owed(currency)
        };
        prop_assert_eq!(net("BTC"), bought - sold);
        prop_assert!((net("USDT") - (account.balance() - paid + got)).abs() < DUST);
    }

    #[test]
    fn without_borrowing_no_wallet_is_below_zero(spot in any::<bool>(), events in prop::collection::vec(event(), 1..40)) {
        let kind = if spot { InstrumentKind::Spot } else { InstrumentKind::LINEAR_PERPETUAL };
        let mut pair = Pair::new(kind, false, MarginMode::Isolated);
        for event in &events {
            // Funding of more than there is, is owed until the liquidation that follows.
            if matches!(event, Event::Fund { .. }) {
                continue;
            }
            pair.happen(event);
            let ledger = pair.account.ledger();
            for (id, currency) in ledger.currencies() {
                prop_assert!(ledger.free(id) >= -DUST, "{} {}: {}", event_name(event), currency, ledger.free(id));
            }
        }
    }

    #[test]
    fn a_liquidation_costs_no_more_than_the_margin(
        long in any::<bool>(), inverse in any::<bool>(), leverage in 1_u32..100,
        entry in 1_000_i64..100_000, quantity in 1_i64..100, added in 0_i64..50, jump in 1_i64..400,
    ) {
        let mut pair = Pair::new(if inverse { INVERSE } else { InstrumentKind::LINEAR_PERPETUAL }, false, MarginMode::Isolated);
        let (symbol, leg) = (pair.symbol(), if long { Long } else { Short });
        let id = pair.account.id(&symbol);
        pair.account.open(&symbol, leg, Decimal::new(quantity, 3), Decimal::from(entry), leverage);
        pair.account.move_margin(at(0, 0), id, leg, Decimal::new(added, 4)).unwrap();
        let before = (pair.account.balance(), pair.account.margin_of(id, leg));
        let crash = Decimal::from(entry) * Decimal::from(jump) / dec!(100);
        let trade = pair.account.trade(&symbol, leg.closing_side(), leg, Decimal::new(quantity, 3), crash);
        pair.account.deal(&Trade { reason: Reason::Liquidation, ..trade }, leverage);
        prop_assert!(before.0 - pair.account.balance() <= before.1 + DUST);
        prop_assert!(pair.account.free(&pair.settlement()) >= Decimal::ZERO);
    }

    #[test]
    fn at_its_level_a_position_has_what_it_needs_and_not_more(
        long in any::<bool>(), inverse in any::<bool>(), leverage in 2_u32..20, entry in 10_000_i64..60_000, quantity in 100_i64..5_000,
    ) {
        let rows = if inverse {
            [(dec!(1), 20, dec!(1), dec!(0)), (dec!(5), 10, dec!(2), dec!(0.01)), (dec!(1_000_000), 5, dec!(5), dec!(0.16))]
        } else {
            [(dec!(10_000), 20, dec!(1), dec!(0)), (dec!(50_000), 10, dec!(2), dec!(100)), (dec!(100_000_000), 5, dec!(5), dec!(1_600))]
        };
        let kind = if inverse { INVERSE } else { InstrumentKind::LINEAR_PERPETUAL };
        let traded = with_brackets(instrument("BTC", if inverse { "USD" } else { "USDT" }, kind), &rows);
        let capital = Money::new(dec!(1_000_000), traded.settlement.clone());
        let mut account = audited(setup([traded.clone()], capital, MarginMode::Isolated));
        let (symbol, side) = (traded.symbol.to_string(), if long { Long } else { Short });
        account.open(&symbol, side, Decimal::new(quantity, 3), Decimal::from(entry), leverage);
        let id = account.id(&symbol);
        if let Some(levels) = account.liquidation(id, side) {
            let leg = account.leg(id, side).unwrap();
            let left = account.margin_of(id, side) + leg.unrealized(side, levels.level, &traded);
            let needed = crate::account::levels::maintenance(&traded, traded.value(levels.level, leg.quantity));
            prop_assert!((left - needed).abs() < dec!(0.000000000000001), "{} left, {} needed", left, needed);
        }
    }

    #[test]
    fn linear_and_inverse_gains_are_those_of_the_closed_formulas(
        long in any::<bool>(), entry in 1_000_i64..100_000, exit in 1_000_i64..100_000, contracts in 1_i64..10_000,
    ) {
        let (side, sign) = if long { (Long, dec!(1)) } else { (Short, dec!(-1)) };
        let (entry, exit, contracts) = (Decimal::from(entry), Decimal::from(exit), Decimal::from(contracts));
        for (kind, expect) in [
            (InstrumentKind::LINEAR_PERPETUAL, sign * contracts * (exit - entry)),
            (INVERSE, sign * contracts * dec!(100) * (Decimal::ONE / entry - Decimal::ONE / exit)),
        ] {
            let mut pair = Pair::new(kind, false, MarginMode::Isolated);
            let symbol = pair.symbol();
            let fee = |trade: Trade| Trade { fee: Money::new(Decimal::ZERO, trade.fee.currency.clone()), ..trade };
            let trade = fee(pair.account.trade(&symbol, side.opening_side(), side, contracts, entry));
            pair.account.deal(&trade, 10);
            let trade = fee(pair.account.trade(&symbol, side.closing_side(), side, contracts, exit));
            pair.account.deal(&trade, 10);
            prop_assert!((pair.account.balance() - dec!(10_000) - expect).abs() < dec!(0.00000000000001));
        }
    }

    #[test]
    fn hedge_legs_do_not_know_of_each_other(events in prop::collection::vec(event(), 1..40)) {
        let run = |only: Option<PositionSide>| {
            let mut account = audited(setup([instrument("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL)], usdt(dec!(1_000_000)), MarginMode::Isolated));
            for event in &events {
                let Event::Trade { long, opens, price, quantity, leverage } = *event else { continue };
                let leg = if long { Long } else { Short };
                let held = account.leg(account.id("BTCUSDT"), leg).map_or(Decimal::ZERO, |leg| leg.quantity);
                let (price, quantity) = (Decimal::from(price), Decimal::new(quantity, 3));
                if only.is_some_and(|only| only != leg) || !opens && quantity > held {
                    continue;
                }
                let side = if opens { leg.opening_side() } else { leg.closing_side() };
                let trade = account.trade("BTCUSDT", side, leg, quantity, price);
                account.deal(&trade, leverage);
            }
            account
        };
        let (both, long, short) = (run(None), run(Some(Long)), run(Some(Short)));
        let id = both.id("BTCUSDT");
        for (side, alone) in [(Long, &long), (Short, &short)] {
            prop_assert_eq!(both.leg(id, side), alone.leg(id, side));
            prop_assert_eq!(both.liquidation(id, side), alone.liquidation(id, side));
            prop_assert_eq!(both.margin_of(id, side), alone.margin_of(id, side));
        }
    }

    #[test]
    fn borrowing_and_repaying_leaves_nothing_but_interest(amount in 1_i64..2_000_000, hours in 0_i64..100, parts in 1_i64..5) {
        let mut pair = Pair::new(InstrumentKind::Spot, true, MarginMode::Cross);
        let money = usdt(Decimal::new(amount, 2));
        pair.account.borrow(at(0, 30), &money).unwrap();
        pair.account.accrue(at(hours, 45));
        let interest = money.amount * dec!(0.00001) * Decimal::from(hours + 1);
        prop_assert_eq!(pair.account.held_by(Holder::Interest, "USDT"), interest.normalize());
        let mut left = money.amount;
        for _ in 0..parts {
            left -= pair.account.repay(at(hours, 50), &usdt(money.amount / Decimal::from(parts)));
        }
        left -= pair.account.repay(at(hours, 50), &money);
        prop_assert_eq!((left, pair.account.margin_level()), (Decimal::ZERO, None));
        prop_assert_eq!((pair.account.free("USDT"), pair.account.balance()), (dec!(10_000) - interest, dec!(10_000) - interest));
    }
}

fn event_name(event: &Event) -> String {
    format!("{event:?}")
}
