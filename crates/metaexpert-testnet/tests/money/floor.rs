//! Two users with money in every wallet, at prices that jump; and chance, which chooses what they ask for.

use super::*;

/// Two users, and chance.
pub(super) struct Floor {
    pub(super) world: World,
    pub(super) chance: Xoshiro256PlusPlus,
    pub(super) named: u64,
    pub(super) deposited: BTreeMap<(AccountId, String), Decimal>,
    pub(super) mirror: Mirror,
    pub(super) done: Vec<String>,
}

impl Floor {
    pub(super) fn new(seed: u64) -> Self {
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

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.chance.next_u64() % end
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let place = usize::try_from(self.below(of.len() as u64)).unwrap();
        of[place]
    }

    pub(super) fn market(&self, class: Class, symbol: &str) -> MarketId {
        self.world.markets().find(class, symbol).unwrap()
    }

    /// A price near the last one, mostly on the tick.
    pub(super) fn price(&mut self, market: MarketId) -> Option<Price> {
        let last = self.world.markets().last(market).unwrap_or(dec!(100));
        let tick = self.world.markets().get(market).listing().instrument.rules.tick_size;
        let away = Decimal::from(self.below(2000)) - dec!(1000);
        Price::new(to_step(last * (dec!(1) + away / dec!(40000)), tick, Round::Down))
    }

    pub(super) fn amount(&mut self, wallet: Wallet, market: MarketId) -> Decimal {
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

    pub(super) fn request(&mut self, account: AccountId) -> OrderRequest {
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

    pub(super) fn any_open(&mut self, account: AccountId) -> Option<Order> {
        let owner = self.world.account(account);
        let open: Vec<_> = owner.wallets.all().into_iter().flat_map(|wallet| owner.orders.open(wallet, None)).cloned().collect();
        if open.is_empty() {
            return None;
        }
        let place = usize::try_from(self.below(open.len() as u64)).unwrap();
        Some(open[place].clone())
    }
}
