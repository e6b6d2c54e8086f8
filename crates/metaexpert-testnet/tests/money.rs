//! Whatever two users do in all their wallets, no money appears and none is lost, and who follows the news knows what who asks is told.
//!
//! The one decision: every deed is drawn from a seed, wrong ones too, at a price that jumps, so that positions are taken over and loans
//! are called in; after each deed the books are compared. Nothing here looks at how a wallet reckons: what must be there follows
//! from executions and from what was paid in.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "an integration test")]

use std::collections::BTreeMap;

use metaexpert_core::{
    Currency, Distance, Money, OrderKind, Percent, PositionSide, Price, Quantity, Side, Symbol, TimeInForce, Trigger, TriggerBy,
    UnixNanos,
    rounding::{Round, to_step},
};
use metaexpert_testnet::{
    binance::{ListingSetup, listings},
    clearing::EntryKind,
    listing::{Class, MarketId},
    market::{Markets, Pace, PriceSource, PriceSources, Script},
    news::{AccountNews, News},
    order::{AccountId, Contingency, Loan, Named, Order, OrderRequest, OrderState, Origin, Refusal, SelfTradePrevention, Size},
    prices::Prices as _,
    wallet::Wallet,
    world::{Change, ListRequest, NewAccount, Tariff, World, WorldSetup},
};
use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};
use rust_decimal::{Decimal, dec};

/// 2026-01-08, a Thursday, 07:00 UTC: an hour before funding, a day and an hour before contracts end.
const START: i64 = 1_767_855_600_000_000_000;
const SECOND: i64 = 1_000_000_000;
const ACCOUNTS: [AccountId; 2] = [AccountId(0), AccountId(1)];

/// Two users, and chance.
struct Floor {
    world: World,
    chance: Xoshiro256PlusPlus,
    named: u64,
    deposited: BTreeMap<(AccountId, String), Decimal>,
    mirror: Mirror,
    done: Vec<String>,
}

/// What somebody knows who has asked once and listens since.
#[derive(Default)]
struct Mirror {
    coins: BTreeMap<(AccountId, Wallet, String), (Decimal, Decimal, Decimal)>,
    positions: BTreeMap<(AccountId, Wallet, MarketId, Option<PositionSide>), Decimal>,
    debts: BTreeMap<(AccountId, Wallet, String), (Decimal, Decimal)>,
    orders: BTreeMap<(AccountId, u64), (OrderState, Decimal, Decimal)>,
}

impl Floor {
    fn new(seed: u64) -> Self {
        let start = UnixNanos::from_nanos(START);
        let setup = ListingSetup {
            symbols: ["BTCUSDT", "ETHUSDT", "ETHBTC", "BNBUSDT", "BTCUSD_PERP", "BTC-OPTIONS"].map(str::to_owned).to_vec(),
            ..ListingSetup::default()
        };
        let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
        // Some hours between two prices, up and down by as much as a fifth.
        let (mut script, mut time) = (Script::still(dec!(80000)), 0);
        while time < 32 * 3600 * SECOND {
            time += i64::try_from(chance.next_u64() % 7200).unwrap() * SECOND;
            script = script.then(time, dec!(80000) + Decimal::from(chance.next_u64() % 32_000) - dec!(16000));
        }
        let sources = PriceSources::default()
            .with(Symbol::new("BTCUSDT").unwrap(), PriceSource::Script(script.linear()))
            .with_pace(Pace { changes: 0.05, prints: 0.05, levels: 20 })
            .with_history(3600 * SECOND);
        let markets = Markets::new(listings(&setup, start).unwrap(), &sources, start, seed).unwrap();
        let btcusdt = markets.find(Class::Spot, "BTCUSDT").unwrap();
        let funding: Vec<_> = [
            (Wallet::Spot, "USDT", dec!(200000)),
            (Wallet::Spot, "BTC", dec!(2)),
            (Wallet::Spot, "ETH", dec!(20)),
            (Wallet::Spot, "BNB", dec!(5)),
            (Wallet::Cross, "USDT", dec!(20000)),
            (Wallet::Cross, "BTC", dec!(0.2)),
            (Wallet::Isolated(btcusdt), "USDT", dec!(10000)),
            (Wallet::Linear, "USDT", dec!(20000)),
            (Wallet::Linear, "BNB", dec!(1)),
            (Wallet::Inverse, "BTC", dec!(0.2)),
            (Wallet::Options, "USDT", dec!(20000)),
        ]
        .into_iter()
        .map(|(wallet, coin, amount)| (wallet, Money::new(amount, Currency::new(coin))))
        .collect();
        let accounts = ["one", "two"].map(|name| NewAccount {
            name: name.to_owned(),
            funding: funding.clone(),
            tariff: Tariff::standard("BNB"),
        });
        let mut deposited = BTreeMap::new();
        for account in ACCOUNTS {
            for (_, money) in &funding {
                *deposited.entry((account, money.currency.to_string())).or_default() += money.amount;
            }
        }
        let world = World::new(WorldSetup { markets, start, accounts: accounts.into() });
        let mut floor = Self { world, chance, named: 0, deposited, mirror: Mirror::default(), done: Vec::new() };
        floor.mirror.ask(&floor.world);
        floor
    }

    fn below(&mut self, end: u64) -> u64 {
        self.chance.next_u64() % end
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let place = usize::try_from(self.below(of.len() as u64)).unwrap();
        of[place]
    }

    fn market(&self, class: Class, symbol: &str) -> MarketId {
        self.world.markets().find(class, symbol).unwrap()
    }

    /// A price near the last one, mostly on the tick.
    fn price(&mut self, market: MarketId) -> Option<Price> {
        let last = self.world.markets().last(market).unwrap_or(dec!(100));
        let tick = self.world.markets().get(market).listing().instrument.rules.tick_size;
        let away = Decimal::from(self.below(2000)) - dec!(1000);
        Price::new(to_step(last * (dec!(1) + away / dec!(40000)), tick, Round::Down))
    }

    fn amount(&mut self, wallet: Wallet, market: MarketId) -> Decimal {
        let lot = self.world.markets().get(market).listing().instrument.rules.lot_size;
        let last = self.world.markets().last(market).unwrap_or(dec!(1000)).max(dec!(0.01));
        let worth = Decimal::from(self.below(if wallet == Wallet::Spot { 60_000 } else { 150_000 }) + 10);
        let coins = match wallet {
            Wallet::Inverse => worth / dec!(1000),
            Wallet::Options => Decimal::from(self.below(200)) / dec!(100),
            _ => worth / last,
        };
        to_step(coins, lot, Round::Up)
    }

    fn request(&mut self, account: AccountId) -> OrderRequest {
        let btc = self.market(Class::Spot, "BTCUSDT");
        let wallet = self.one(&[
            Wallet::Spot,
            Wallet::Spot,
            Wallet::Cross,
            Wallet::Cross,
            Wallet::Isolated(btc),
            Wallet::Linear,
            Wallet::Linear,
            Wallet::Inverse,
            Wallet::Options,
        ]);
        let of_class: Vec<_> = self
            .world
            .markets()
            .iter()
            .filter(|(_, market)| market.listing().class == wallet.class())
            .map(|(id, _)| id)
            .collect();
        let market = if let Wallet::Isolated(market) = wallet { market } else { self.one(&of_class) };
        let side = self.one(&[Side::Buy, Side::Sell]);
        let (limit, trigger) = (self.price(market), self.price(market));
        let (Some(limit), Some(at)) = (limit, trigger) else { panic!("no price of {market:?}") };
        let trigger = Trigger { price: at, by: TriggerBy::Last };
        let percent = Distance::Percent(Percent::new(dec!(0.5)));
        let kind = match (self.below(10), wallet.class()) {
            (0..=2, _) => OrderKind::Market,
            (7, Class::Spot) => OrderKind::StopMarket { trigger },
            (8, Class::Spot) => OrderKind::StopLimit { trigger, price: limit },
            (9, Class::Spot) => OrderKind::TrailingStop { distance: percent, activation: None, by: TriggerBy::Last },
            _ => OrderKind::Limit { price: limit },
        };
        let time_in_force = match (self.below(8), kind) {
            (0, _) => TimeInForce::ImmediateOrCancel,
            (1, _) => TimeInForce::FillOrKill,
            (2, OrderKind::Limit { .. }) => TimeInForce::PostOnly,
            (3, OrderKind::Limit { .. }) => TimeInForce::GoodTillDate(self.world.now().saturating_add_nanos(600 * SECOND)),
            _ => TimeInForce::GoodTillCancelled,
        };
        let is_hedged = self.world.account(account).wallets.futures(wallet).is_hedged();
        let leg = match wallet {
            Wallet::Linear | Wallet::Inverse if is_hedged => Some(self.one(&[PositionSide::Long, PositionSide::Short])),
            _ => None,
        };
        let size = match (kind, wallet.class()) {
            (OrderKind::Market, Class::Spot) if self.below(3) == 0 => Size::Quote(Decimal::from(self.below(30_000) + 1)),
            _ => Size::Quantity(self.amount(wallet, market)),
        };
        let loan = match wallet {
            Wallet::Cross | Wallet::Isolated(_) => self.one(&[Loan::None, Loan::Borrow, Loan::Repay, Loan::BorrowAndRepay]),
            _ => Loan::None,
        };
        let self_trade = self.one(&[
            SelfTradePrevention::None,
            SelfTradePrevention::ExpireTaker,
            SelfTradePrevention::ExpireMaker,
            SelfTradePrevention::ExpireBoth,
            SelfTradePrevention::Decrement,
        ]);
        let self_trade = if wallet.class() == Class::Spot { self_trade } else { SelfTradePrevention::ExpireMaker };
        self.named += 1;
        OrderRequest {
            wallet,
            market,
            client_id: format!("order-{}", self.named),
            side,
            kind,
            time_in_force,
            size,
            iceberg: None,
            leg,
            reduce_only: leg.is_none() && wallet.class() != Class::Spot && self.below(4) == 0,
            self_trade,
            loan,
            echo: BTreeMap::new(),
        }
    }

    fn any_open(&mut self, account: AccountId) -> Option<Order> {
        let owner = self.world.account(account);
        let open: Vec<_> = owner.wallets.all().into_iter().flat_map(|wallet| owner.orders.open(wallet, None)).cloned().collect();
        if open.is_empty() {
            return None;
        }
        let place = usize::try_from(self.below(open.len() as u64)).unwrap();
        Some(open[place].clone())
    }

    /// One deed of somebody, or none and time passes.
    fn act(&mut self) {
        let account = self.one(&ACCOUNTS);
        let deed = self.below(40);
        let said = match deed {
            0..=15 => {
                let request = self.request(account);
                let text = format!("{account:?} {request:?}");
                let before = totals(&self.world, account);
                let placed = self.world.place(account, request);
                if placed.is_err() {
                    let after = totals(&self.world, account);
                    assert_eq!(before, after, "a refused order has moved money: {text}: {placed:?}");
                }
                format!("{text}: {:?}", placed.map(|placed| (placed.order.id, placed.order.state)))
            }
            16 | 17 => self.list(account),
            18 | 19 => {
                let mut request = self.request(account);
                let at = self.price(request.market).unwrap();
                let trigger = Trigger { price: at, by: self.one(&[TriggerBy::Last, TriggerBy::Mark]) };
                request.kind = self.one(&[
                    OrderKind::StopMarket { trigger },
                    OrderKind::TakeProfitMarket { trigger },
                    OrderKind::TakeProfitLimit { trigger, price: at },
                ]);
                if request.wallet.class() == Class::Spot || request.wallet == Wallet::Options {
                    return;
                }
                if self.below(4) == 0 {
                    request.size = Size::WholePosition;
                    request.reduce_only = false;
                }
                format!("{account:?} algo {:?}", self.world.place_algo(account, request).map(|algo| algo.id))
            }
            20..=22 => {
                let Some(order) = self.any_open(account) else { return };
                let (wallet, market) = (order.request.wallet, order.request.market);
                let cancelled = self.world.cancel(account, wallet, market, &Named::Id(order.id.0), None);
                assert!(cancelled.is_ok(), "an open order cannot be taken back: {order:?}");
                format!("{account:?} cancel {:?}", order.id)
            }
            23 | 24 => {
                let Some(order) = self.any_open(account) else { return };
                let (wallet, market) = (order.request.wallet, order.request.market);
                let quantity = Quantity::new(self.amount(wallet, market));
                let change = Change {
                    quantity,
                    price: if self.below(2) == 0 { self.price(market) } else { None },
                    client_id: None,
                    keeps_place: self.below(3) == 0,
                };
                let amended = self.world.amend(account, wallet, market, &Named::Id(order.id.0), &change);
                format!("{account:?} amend {:?} {change:?} {:?}", order.id, amended.map(|placed| placed.order.state))
            }
            25..=27 => self.transfer(account),
            28..=30 => self.loan(account),
            31 | 32 => self.setting(account),
            33 => {
                let cap =
                    if self.below(2) == 0 { None } else { Some(Decimal::new(i64::try_from(self.below(50)).unwrap() + 1, 2)) };
                self.world.set_fill_cap(cap);
                format!("cap {cap:?}")
            }
            _ => {
                let seconds = self.one(&[1, 10, 60, 600, 3600]);
                let by = i64::try_from(self.below(seconds) + 1).unwrap() * SECOND;
                self.world.advance(self.world.now().saturating_add_nanos(by));
                self.world.pace();
                format!("{} s pass", by / SECOND)
            }
        };
        self.done.push(said);
    }

    fn list(&mut self, account: AccountId) -> String {
        let mut request = self.request(account);
        while request.wallet.class() != Class::Spot {
            request = self.request(account);
        }
        let (price, trigger) = (self.price(request.market).unwrap(), self.price(request.market).unwrap());
        request.size = Size::Quantity(self.amount(request.wallet, request.market));
        request.time_in_force = TimeInForce::GoodTillCancelled;
        let named = |name: &str, request: &OrderRequest| format!("{name}-{}", request.client_id);
        let limit = OrderRequest { kind: OrderKind::Limit { price }, client_id: named("limit", &request), ..request.clone() };
        let trigger = Trigger { price: trigger, by: TriggerBy::Last };
        let stop =
            OrderRequest { kind: OrderKind::StopMarket { trigger }, client_id: named("stop", &request), ..request.clone() };
        let first = OrderRequest {
            kind: OrderKind::Limit { price: self.price(request.market).unwrap() },
            side: request.side.opposite(),
            client_id: named("first", &request),
            ..request.clone()
        };
        let for_what_came = self.below(2) == 0;
        let (contingency, orders) = match self.below(3) {
            0 => (Contingency::OneCancelsOther, vec![limit, stop]),
            1 => (Contingency::OneTriggersOther { for_what_came }, vec![first, limit]),
            _ => (Contingency::OneTriggersOther { for_what_came }, vec![first, limit, stop]),
        };
        let before = totals(&self.world, account);
        let list = ListRequest { client_id: named("list", &request), contingency, orders };
        let text = format!("{account:?} {list:?}");
        let placed = self.world.place_list(account, list);
        if placed.is_err() {
            assert_eq!(before, totals(&self.world, account), "a refused list has moved money: {text}: {placed:?}");
        }
        format!("{text}: {:?}", placed.map(|(list, _)| list.id))
    }

    fn transfer(&mut self, account: AccountId) -> String {
        let (btc, eth) = (self.market(Class::Spot, "BTCUSDT"), self.market(Class::Spot, "ETHUSDT"));
        let wallets = [
            None,
            Some(Wallet::Spot),
            Some(Wallet::Spot),
            Some(Wallet::Cross),
            Some(Wallet::Isolated(btc)),
            Some(Wallet::Isolated(eth)),
            Some(Wallet::Linear),
            Some(Wallet::Inverse),
            Some(Wallet::Options),
        ];
        let (from, to) = (self.one(&wallets), self.one(&wallets));
        let coin = self.one(&["USDT", "BTC", "ETH", "BNB"]);
        let most = if coin == "USDT" { 20_000 } else { 3 };
        let amount = Decimal::new(i64::try_from(self.below(most * 1000) + 1).unwrap(), 3);
        let money = Money::new(amount, Currency::new(coin));
        let before = totals(&self.world, account);
        let moved = self.world.transfer(account, from, to, &money);
        let text = format!("{account:?} transfer {from:?} {to:?} {money}: {moved:?}");
        let mut after = totals(&self.world, account);
        if moved.is_ok() {
            let outside = self.deposited.entry((account, coin.to_owned())).or_default();
            let there = after.entry(coin.to_owned()).or_default();
            if from.is_none() {
                *outside += amount;
                *there -= amount;
            }
            if to.is_none() {
                *outside -= amount;
                *there += amount;
            }
        }
        let is_there = |totals: BTreeMap<String, Decimal>| -> Vec<_> {
            totals.into_iter().filter(|(_, amount)| !amount.is_zero()).map(|(coin, amount)| (coin, amount.normalize())).collect()
        };
        assert_eq!(is_there(before), is_there(after), "{text}");
        text
    }

    fn loan(&mut self, account: AccountId) -> String {
        let btc = self.market(Class::Spot, "BTCUSDT");
        let isolated = self.below(2) == 0;
        let coin = self.one(&["USDT", "BTC", "ETH", "BNB"]);
        let share = Decimal::from(self.below(130)) / dec!(100);
        let repays = self.below(3) == 0;
        let done = self.world.settle(account, |wallets, markets, now| {
            let currency = Currency::new(coin);
            macro_rules! with {
                ($wallet:expr) => {{
                    let wallet = $wallet;
                    let most = if repays {
                        let asset = wallet.asset(&currency);
                        asset.borrowed + asset.interest
                    } else {
                        wallet.max_borrowable(&currency, markets)
                    };
                    let money = Money::new((most * share).round_dp(8), currency.clone());
                    let done = if repays { wallet.repay(&money, now, markets) } else { wallet.borrow(&money, now, markets) };
                    done.map(|(id, _)| (id, money))
                }};
            }
            if isolated { with!(wallets.isolated_mut(btc).ok_or(Refusal::UnknownMarket)?) } else { with!(wallets.cross_mut()) }
        });
        format!("{account:?} {} isolated {isolated}: {done:?}", if repays { "repays" } else { "borrows" })
    }

    fn setting(&mut self, account: AccountId) -> String {
        let wallet = self.one(&[Wallet::Linear, Wallet::Inverse]);
        let market = match wallet {
            Wallet::Linear => self.market(Class::Linear, "BTCUSDT"),
            _ => self.market(Class::Inverse, "BTCUSD_PERP"),
        };
        let (what, number, yes) = (self.below(7), self.below(125), self.below(2) == 0);
        let leg = self.one(&[None, Some(PositionSide::Long), Some(PositionSide::Short)]);
        let done = self.world.settle(account, |wallets, markets, now| {
            let futures = wallets.futures_mut(wallet);
            match what {
                0 => futures.set_leverage(market, u32::try_from(number).unwrap(), markets).map(|_| ()),
                1 => futures.set_margin_type(market, yes),
                2 => futures.set_position_mode(yes),
                3 => futures.set_multi_assets(yes, markets),
                4 => futures.set_fee_burn(yes),
                5 => {
                    wallets.spot_mut().pay_fees_in_coin(yes);
                    wallets.cross_mut().pay_fees_in_coin(yes);
                    wallets.cross_mut().pay_interest_in_coin(yes);
                    Ok(())
                }
                _ => {
                    let scale = if wallet == Wallet::Linear { dec!(10) } else { dec!(0.0001) };
                    let amount = Decimal::from(number) * scale * if yes { dec!(1) } else { dec!(-1) };
                    futures.move_margin(market, leg, amount, now, markets).map(|_| ())
                }
            }
        });
        format!("{account:?} {wallet:?} setting {what} {number} {yes} {leg:?}: {done:?}")
    }

    /// What is there and what was told agree; nothing is below zero; what cannot be did not happen.
    fn compare(&mut self) {
        let news = self.world.take_news();
        self.mirror.hear(&news, &self.done);
        let now = Mirror::of(&self.world);
        let last = |done: &[String]| done.iter().rev().take(4).rev().cloned().collect::<Vec<_>>().join("\n  ");
        for (key, there) in &now.coins {
            let (free, locked, _) = *there;
            assert!(free >= Decimal::ZERO && locked >= Decimal::ZERO, "{key:?} {there:?}\n  {}", last(&self.done));
            let told = self.mirror.coins.get(key).copied().unwrap_or_default();
            match key.1 {
                Wallet::Spot | Wallet::Cross | Wallet::Isolated(_) => {
                    assert_eq!((told.0, told.1), (free, locked), "{key:?}: told and there\n  {}", last(&self.done));
                }
                // What is free moves with prices; what the wallet has does not.
                Wallet::Linear | Wallet::Inverse | Wallet::Options => {
                    assert_eq!(told.2, there.2, "{key:?}: told and there\n  {}", last(&self.done));
                }
            }
        }
        assert_eq!(self.mirror.positions, now.positions, "told and there\n  {}", last(&self.done));
        assert_eq!(self.mirror.debts, now.debts, "told and there\n  {}", last(&self.done));
        for (key, there) in &now.orders {
            assert_eq!(self.mirror.orders.get(key), Some(there), "{key:?}: told and there\n  {}", last(&self.done));
        }
        for account in ACCOUNTS {
            let spot = self.world.account(account).wallets.get(Wallet::Spot).unwrap();
            let paid = spot.history().iter().find(|entry| entry.kind == EntryKind::Insurance);
            assert!(paid.is_none(), "somebody has paid for {account:?}: {paid:?}\n  {}", last(&self.done));
        }
    }

    /// In double entry: what is there is what was paid in, and what executions, fees, loans and interest did.
    fn add_up(&mut self) {
        for account in ACCOUNTS {
            let owner = self.world.account(account);
            for wallet in owner.wallets.all() {
                let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
                let mut add = |money: &Currency, amount: Decimal| *sums.entry(money.to_string()).or_default() += amount;
                let clearing = owner.wallets.get(wallet).unwrap();
                let is_coins = wallet.class() == Class::Spot;
                for execution in owner.orders.executions(wallet, None).into_iter().filter(|_| is_coins) {
                    let instrument = &self.world.markets().get(execution.market).listing().instrument;
                    let sign = if execution.side == Side::Buy { Decimal::ONE } else { -Decimal::ONE };
                    assert_eq!(execution.value, execution.price * execution.quantity);
                    add(&instrument.base, sign * execution.quantity);
                    add(&instrument.quote, -sign * execution.value);
                    add(&execution.fee.currency, -execution.fee.amount);
                }
                for entry in clearing.history() {
                    match entry.kind {
                        EntryKind::Commission | EntryKind::Interest if is_coins => {}
                        _ => add(&entry.amount.currency, entry.amount.amount),
                    }
                }
                let interest = match wallet {
                    Wallet::Cross => owner.wallets.cross().interest(),
                    Wallet::Isolated(market) => owner.wallets.isolated(market).unwrap().interest(),
                    _ => &[],
                };
                for paid in interest.iter().filter(|paid| paid.currency != paid.owed) {
                    add(&paid.currency, -paid.interest);
                }
                let written_off = |coin: &str| -> Decimal {
                    // What a lender is paid in a liquidation's place never was the account's.
                    let margin = matches!(wallet, Wallet::Cross | Wallet::Isolated(_));
                    let lines = clearing.history().iter().filter(|entry| margin && entry.kind == EntryKind::Insurance);
                    lines
                        .filter(|entry| entry.trade_id.is_none() && entry.amount.currency.as_str() == coin)
                        .map(|entry| entry.amount.amount)
                        .sum()
                };
                for balance in clearing.balances(self.world.markets()) {
                    let coin = balance.currency.to_string();
                    let should = sums.get(&coin).copied().unwrap_or_default() - written_off(&coin);
                    assert_eq!(balance.wallet.normalize(), should.normalize(), "{account:?} {wallet:?} {coin}");
                }
            }
            self.add_up_positions(account);
        }
    }

    /// Positions are the sum of their executions; profit is what was paid less what was got.
    fn add_up_positions(&self, account: AccountId) {
        let owner = self.world.account(account);
        for wallet in [Wallet::Linear, Wallet::Inverse] {
            let futures = owner.wallets.futures(wallet);
            let mut held: BTreeMap<MarketId, Decimal> = BTreeMap::new();
            let (mut realized, mut fees) = (Decimal::ZERO, BTreeMap::<String, Decimal>::new());
            for execution in owner.orders.executions(wallet, None) {
                let sign = if execution.side == Side::Buy { Decimal::ONE } else { -Decimal::ONE };
                *held.entry(execution.market).or_default() += sign * execution.quantity;
                realized += execution.realized;
                *fees.entry(execution.fee.currency.to_string()).or_default() += execution.fee.amount;
            }
            for (market, amount) in held {
                let legs = [None, Some(PositionSide::Long), Some(PositionSide::Short)];
                let there: Decimal = legs[usize::from(futures.is_hedged())..]
                    .iter()
                    .take(if futures.is_hedged() { 2 } else { 1 })
                    .map(|leg| futures.amount(market, *leg))
                    .sum();
                assert_eq!(there, amount, "{account:?} {wallet:?} {market:?}");
            }
            let clearing = owner.wallets.get(wallet).unwrap();
            let sum = |kinds: &[EntryKind]| -> Decimal {
                clearing.history().iter().filter(|entry| kinds.contains(&entry.kind)).map(|entry| entry.amount.amount).sum()
            };
            assert_eq!(
                sum(&[EntryKind::Realized, EntryKind::Delivery]).normalize(),
                realized.normalize(),
                "{account:?} {wallet:?}"
            );
            assert_eq!(-sum(&[EntryKind::Commission]).normalize(), fees.values().sum::<Decimal>().normalize());
        }
    }

    /// Takes everything back: nothing is set aside any more.
    fn leave(&mut self) {
        for account in ACCOUNTS {
            let markets: Vec<_> = self.world.markets().iter().map(|(id, market)| (id, market.listing().class)).collect();
            for wallet in self.world.account(account).wallets.all() {
                for (market, class) in &markets {
                    if *class == wallet.class() {
                        self.world.cancel_all(account, wallet, *market);
                        self.world.cancel_algos(account, wallet, *market);
                    }
                }
            }
            let owner = self.world.account(account);
            for wallet in owner.wallets.all() {
                assert!(owner.orders.open(wallet, None).is_empty());
                let balances = owner.wallets.get(wallet).unwrap().balances(self.world.markets());
                if wallet.class() == Class::Spot {
                    assert!(balances.iter().all(|balance| balance.locked.is_zero()), "{account:?} {wallet:?} {balances:?}");
                }
                if matches!(wallet, Wallet::Linear | Wallet::Inverse) {
                    let assets = owner.wallets.futures(wallet).assets(self.world.markets());
                    assert!(assets.iter().all(|asset| asset.order_initial.is_zero()), "{account:?} {assets:?}");
                }
            }
        }
    }
}

/// What an account has of each coin in all wallets, less what it owes.
fn totals(world: &World, account: AccountId) -> BTreeMap<String, Decimal> {
    let wallets = &world.account(account).wallets;
    let mut totals: BTreeMap<String, Decimal> = BTreeMap::new();
    for wallet in wallets.all() {
        for balance in wallets.get(wallet).unwrap().balances(world.markets()) {
            *totals.entry(balance.currency.to_string()).or_default() += balance.wallet;
        }
    }
    totals
}

impl Mirror {
    fn ask(&mut self, world: &World) {
        *self = Self::of(world);
    }

    fn of(world: &World) -> Self {
        let mut mirror = Self::default();
        for (account, owner) in world.accounts() {
            for wallet in owner.wallets.all() {
                for balance in owner.wallets.get(wallet).unwrap().balances(world.markets()) {
                    let amounts = (balance.free.normalize(), balance.locked.normalize(), balance.wallet.normalize());
                    mirror.coins.insert((account, wallet, balance.currency.to_string()), amounts);
                }
                let debts = match wallet {
                    Wallet::Cross => owner.wallets.cross().debts(),
                    Wallet::Isolated(market) => owner.wallets.isolated(market).unwrap().debts(),
                    _ => Vec::new(),
                };
                for (currency, owed, interest) in debts {
                    mirror
                        .debts
                        .insert((account, wallet, currency.to_string()), ((owed - interest).normalize(), interest.normalize()));
                }
                for (market, _) in world.markets().iter() {
                    for order in owner.orders.all(wallet, market) {
                        let state = (order.state, order.executed.normalize(), order.quantity.normalize());
                        mirror.orders.insert((account, order.id.0), state);
                    }
                }
            }
            for wallet in [Wallet::Linear, Wallet::Inverse] {
                for row in owner.wallets.futures(wallet).positions(world.markets()) {
                    mirror.hold(account, wallet, row.now.market, row.now.leg, row.now.amount);
                }
            }
            for row in owner.wallets.options().positions(world.markets()) {
                mirror.hold(account, Wallet::Options, row.market, None, row.amount);
            }
        }
        mirror
    }

    fn hold(&mut self, account: AccountId, wallet: Wallet, market: MarketId, leg: Option<PositionSide>, amount: Decimal) {
        let key = (account, wallet, market, leg);
        if amount.is_zero() {
            self.positions.remove(&key);
        } else {
            self.positions.insert(key, amount.normalize());
        }
    }

    fn hear(&mut self, news: &[News], done: &[String]) {
        for news in news {
            let News::Account(account, news) = news else { continue };
            match news.as_ref() {
                AccountNews::Order { order, change } => {
                    let state = (order.state, order.executed.normalize(), order.quantity.normalize());
                    let before = self.orders.insert((*account, order.id.0), state);
                    let is_over = before.is_some_and(|(state, ..)| !state.is_open());
                    assert!(!is_over, "told after its end: {order:?} {change:?} {:?}", done.last());
                    assert!(order.executed + order.prevented <= order.quantity, "{order:?} {:?}", done.last());
                    assert!(order.origin != Origin::Client || order.request.client_id.contains("order-"), "{order:?}");
                }
                AccountNews::Wallet { wallet, balances, positions, .. } => {
                    for balance in balances {
                        let amounts = (balance.free.normalize(), balance.locked.normalize(), balance.wallet.normalize());
                        self.coins.insert((*account, *wallet, balance.currency.to_string()), amounts);
                    }
                    for position in positions {
                        self.hold(*account, *wallet, position.market, position.leg, position.amount);
                    }
                }
                AccountNews::Debt { wallet, currency, borrowed, interest, .. } => {
                    let key = (*account, *wallet, currency.to_string());
                    if (*borrowed + *interest).is_zero() {
                        self.debts.remove(&key);
                    } else {
                        self.debts.insert(key, (borrowed.normalize(), interest.normalize()));
                    }
                }
                AccountNews::Algo(_) | AccountNews::List(_) | AccountNews::Leverage { .. } | AccountNews::MarginCall { .. } => {}
            }
        }
    }
}

fn rehearse(seed: u64, deeds: usize) {
    let mut floor = Floor::new(seed);
    for _ in 0..deeds {
        floor.act();
        floor.compare();
    }
    floor.add_up();
    floor.leave();
    floor.compare();
    floor.add_up();
}

#[test]
fn no_money_appears_or_is_lost_whatever_two_users_do() {
    // More by hand: `METAEXPERT_SEEDS=100`.
    let seeds: u64 = std::env::var("METAEXPERT_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(2);
    for seed in 1..=seeds {
        let done = std::panic::catch_unwind(|| rehearse(seed, 250));
        assert!(done.is_ok(), "seed {seed}");
    }
}
