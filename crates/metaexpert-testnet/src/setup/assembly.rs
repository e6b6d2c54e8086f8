//! World and protocol, made of what was asked for.

use metaexpert_core::{Money, UnixNanos};

use super::{AccountSpec, ExchangeName, IssuedKey, SetupError, keys::issued};
use crate::{
    account::Tariff,
    binance::{Binance, BinanceSetup, ListingSetup, listings},
    listing::Class,
    market::{Markets, PriceSources},
    order::AccountId,
    protocol::Protocol,
    server::{Made, Maker},
    wallet::Wallet,
    world::{NewAccount, World, WorldSetup},
};

/// What an exchange is made of.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// Which exchange.
    pub exchange: ExchangeName,
    /// Who is there from the beginning.
    pub accounts: Vec<AccountSpec>,
    /// What is listed; all that the exchange's table has where it is empty.
    pub symbols: Vec<String>,
    /// Where prices come from.
    pub prices: PriceSources,
    /// How many times wider than documented the exchange's limits of requests are.
    pub limits: u32,
    /// Of prices, keys and faults.
    pub seed: u64,
}

impl Blueprint {
    /// What makes the exchange, now and after every restart without its state.
    pub fn maker(self) -> Maker {
        Box::new(move |start| self.make(start))
    }

    fn make(&self, start: UnixNanos) -> Result<Made, SetupError> {
        let ExchangeName::Binance = self.exchange;
        let wrong_prices = |error| SetupError::Prices(format!("--data: {error}"));
        // Strikes of options are chosen around what the coin costs.
        let bitcoin = self.prices.price_at_start("BTC", start, self.seed).map_err(wrong_prices)?;
        let listed = ListingSetup { symbols: self.symbols.clone(), bitcoin };
        let listings = listings(&listed, start).map_err(|error| SetupError::Prices(format!("--symbols: {error}")))?;
        let markets = Markets::new(listings, &self.prices, start, self.seed).map_err(wrong_prices)?;
        let mut world = World::new(WorldSetup { markets, start, accounts: Vec::new() });
        let setup = BinanceSetup { limits: self.limits, ..BinanceSetup::default() };
        let protocol = Binance::new(setup).map_err(|error| SetupError::Prices(error.to_string()))?;
        let mut protocol: Box<dyn Protocol> = Box::new(protocol);
        let mut keys = Vec::new();
        for account in &self.accounts {
            keys.extend(open_account(&mut world, protocol.as_mut(), account, self.seed)?);
        }
        Ok(Made { world, protocol, keys })
    }
}

/// Opens an account, with what it begins with and its keys.
pub(crate) fn open_account(
    world: &mut World,
    protocol: &mut dyn Protocol,
    spec: &AccountSpec,
    seed: u64,
) -> Result<Vec<IssuedKey>, SetupError> {
    if world.accounts().any(|(_, account)| account.name == spec.name) {
        return Err(SetupError::value("account", &spec.name, "is there already"));
    }
    let place = || format!("account `{}`", spec.name);
    let known = |(name, money): &(String, Money)| {
        let wallet = find_wallet(world, name, &place())?;
        if let Wallet::Isolated(market) = wallet {
            let pair = &world.markets().get(market).listing().instrument;
            if money.currency != pair.base && money.currency != pair.quote {
                let rule = format!("`{name}` holds {} and {} alone", pair.base, pair.quote);
                return Err(SetupError::value(place(), money.to_string(), rule));
            }
        }
        Ok((wallet, money.clone()))
    };
    // Who is rich has as much of what the exchange lists, and no more than that.
    let funding = spec.money().iter().map(known).collect::<Result<Vec<_>, _>>()?;
    // An account whose keys cannot be had is not opened.
    let keys = issued(spec, seed);
    let wrong = |key: &IssuedKey, why: String| SetupError::value(place(), &key.key, why);
    for key in &keys {
        protocol.check_key(&key.key, &key.secret).map_err(|why| wrong(key, why))?;
    }
    let account = world.add_account(NewAccount { name: spec.name.clone(), funding, tariff: tariff(spec) });
    for key in &keys {
        protocol.add_key(account, &key.key, &key.secret).map_err(|why| wrong(key, why))?;
    }
    Ok(keys)
}

/// Pays in from outside, so that it is told.
pub(crate) fn deposit(world: &mut World, account: AccountId, wallet: &str, money: &Money) -> Result<(), SetupError> {
    let wallet = find_wallet(world, wallet, "wallet")?;
    let refused = |refusal| SetupError::value("deposit", money.to_string(), format!("is refused: {refusal:?}"));
    if let Wallet::Isolated(market) = wallet {
        let open = |wallets: &mut crate::account::Wallets, markets: &Markets, _: UnixNanos| {
            wallets.open_isolated(market, markets);
            Ok(())
        };
        world.settle(account, open).map_err(refused)?;
    }
    world.transfer(account, None, Some(wallet), money).map(|_| ()).map_err(refused)
}

/// The wallet of a name.
pub(crate) fn find_wallet(world: &World, name: &str, place: &str) -> Result<Wallet, SetupError> {
    super::accounts::wallet_name(name, place)?;
    Ok(match name {
        "spot" => Wallet::Spot,
        "cross" => Wallet::Cross,
        "linear" => Wallet::Linear,
        "inverse" => Wallet::Inverse,
        "options" => Wallet::Options,
        pair => {
            let symbol = pair.strip_prefix("isolated:").unwrap_or(pair);
            let market = world.markets().find(Class::Spot, symbol);
            Wallet::Isolated(market.ok_or_else(|| SetupError::value(place, pair, "no such pair is listed"))?)
        }
    })
}

fn tariff(spec: &AccountSpec) -> Tariff {
    let mut tariff = Tariff::standard("BNB");
    for (class, fees) in &spec.fees {
        match class.as_str() {
            "spot" => (tariff.spot.maker, tariff.spot.taker) = (fees.maker, fees.taker),
            "linear" => (tariff.linear.maker, tariff.linear.taker) = (fees.maker, fees.taker),
            _ => (tariff.inverse.maker, tariff.inverse.taker) = (fees.maker, fees.taker),
        }
    }
    tariff
}
