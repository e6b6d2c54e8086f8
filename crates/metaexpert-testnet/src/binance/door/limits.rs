//! Limits: what calls weigh, how many orders there may be, and who is banned.
//!
//! The one decision: windows are those of the clock, as Binance's are: what was used is forgotten when the minute ends, not a minute
//! after it was used. Addresses are limited by weight, accounts by orders (spot REST, "IP Limits", "Unfilled Order Count").

use std::{collections::BTreeMap, net::IpAddr};

use http::StatusCode;
use metaexpert_core::UnixNanos;
use serde::Serialize;

use super::{ApiError, Params, Product};
use crate::{order::AccountId, protocol::Moment};

/// What a call weighs.
#[derive(Debug, Clone, Copy)]
pub enum Weight {
    /// Always this much.
    Fixed(u32),
    /// By its parameters.
    By(fn(&Params) -> u32),
}

impl Weight {
    /// What a call with these parameters weighs.
    pub fn of(self, params: &Params) -> u32 {
        match self {
            Self::Fixed(weight) => weight,
            Self::By(weigh) => weigh(params),
        }
    }
}

/// A limit, as `exchangeInfo` and `rateLimit/order` show it, with what of it was used where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimit {
    /// `REQUEST_WEIGHT`, `RAW_REQUESTS` or `ORDERS`.
    pub rate_limit_type: &'static str,
    /// `SECOND`, `MINUTE` or `DAY`.
    pub interval: &'static str,
    /// How many of them.
    pub interval_num: u32,
    /// How much may be used in that time.
    pub limit: u32,
    /// How much was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

impl RateLimit {
    const fn of(rate_limit_type: &'static str, interval: &'static str, interval_num: u32, limit: u32) -> Self {
        Self { rate_limit_type, interval, interval_num, limit, count: None }
    }

    /// How long it counts, in nanoseconds.
    fn nanos(&self) -> i64 {
        let seconds: i64 = match self.interval {
            "SECOND" => 1,
            "MINUTE" => 60,
            _ => 86_400,
        };
        seconds * i64::from(self.interval_num) * 1_000_000_000
    }

    /// As headers have it: `1M`, `10S`.
    fn header(&self) -> String {
        format!("{}{}", self.interval_num, self.interval.get(..1).unwrap_or_default())
    }

    const fn is_of_orders(&self) -> bool {
        matches!(self.rate_limit_type.as_bytes(), b"ORDERS")
    }
}

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pool {
    Spot,
    Sapi,
    /// USD-M and COIN-M share one since 2026-06-30 ("COIN-M / USD-M Architecture Integration").
    Futures,
    Options,
}

const fn pool(product: Product) -> Pool {
    match product {
        Product::Spot => Pool::Spot,
        Product::Margin => Pool::Sapi,
        Product::UsdM | Product::CoinM => Pool::Futures,
        Product::Options => Pool::Options,
    }
}

/// The limits of each pool: spot `exchangeInfo` and change log of 2026-03-27; SAPI general info ("IP limits: 12,000 a minute") and
/// `GET /sapi/v1/margin/rateLimit/order`; `exchangeInfo` of USD-M and options.
const fn limits(pool: Pool) -> &'static [RateLimit] {
    match pool {
        Pool::Spot => SPOT,
        Pool::Sapi => SAPI,
        Pool::Futures | Pool::Options => FUTURES,
    }
}

const WEIGHT: &str = "REQUEST_WEIGHT";
const ORDERS: &str = "ORDERS";
const RAW: &str = "RAW_REQUESTS";

const SPOT: &[RateLimit] = &[
    RateLimit::of(WEIGHT, "MINUTE", 1, 6_000),
    RateLimit::of(ORDERS, "SECOND", 10, 100),
    RateLimit::of(ORDERS, "DAY", 1, 200_000),
    RateLimit::of(RAW, "MINUTE", 5, 300_000),
];

const SAPI: &[RateLimit] = &[
    RateLimit::of(WEIGHT, "MINUTE", 1, 12_000),
    RateLimit::of(ORDERS, "SECOND", 10, 10_000),
    RateLimit::of(ORDERS, "DAY", 1, 20_000),
];

const FUTURES: &[RateLimit] = &[
    RateLimit::of(WEIGHT, "MINUTE", 1, 2_400),
    RateLimit::of(ORDERS, "MINUTE", 1, 1_200),
    RateLimit::of(ORDERS, "SECOND", 10, 300),
];

/// After how many refusals within a window an address is banned. Binance says only "repeatedly".
const PATIENCE: u32 = 20;
/// The first ban and the longest (spot REST, "IP Limits": "from 2 minutes to 3 days").
const FIRST_BAN: i64 = 120 * 1_000_000_000;
const LONGEST_BAN: i64 = 3 * 86_400 * 1_000_000_000;
/// How many addresses and accounts are remembered before windows that are over are forgotten.
const REMEMBERED: usize = 4_096;

/// What has been used, and who is banned.
#[derive(Debug)]
pub struct Limits {
    scale: u32,
    used: BTreeMap<(Pool, usize, Who), Used>,
    bans: BTreeMap<(Pool, IpAddr), Ban>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Address(IpAddr),
    Account(AccountId),
}

#[derive(Debug, Clone, Copy, Default)]
struct Used {
    window: i64,
    amount: u32,
    refused: u32,
}

#[derive(Debug, Clone, Copy)]
struct Ban {
    until: UnixNanos,
    nanos: i64,
}

impl Limits {
    /// Limits so many times those that are documented; at least once.
    pub fn new(scale: u32) -> Self {
        Self { scale: scale.max(1), used: BTreeMap::new(), bans: BTreeMap::new() }
    }

    /// The limits of an API.
    pub fn table(&self, product: Product) -> Vec<RateLimit> {
        limits(pool(product)).iter().map(|limit| self.scaled(limit)).collect()
    }

    /// Lets an address use this much weight.
    ///
    /// # Errors
    /// -1003 with status 429 where the minute's weight is used up, with 418 where the address was banned.
    pub fn spend(&mut self, peer: IpAddr, product: Product, weight: u32, at: Moment) -> Result<(), ApiError> {
        let pool = pool(product);
        if let Some(ban) = self.bans.get(&(pool, peer)).filter(|ban| ban.until > at.clock) {
            return Err(banned(ban.until));
        }
        let who = Who::Address(peer);
        for (place, limit) in limits(pool).iter().enumerate().filter(|(_, limit)| !limit.is_of_orders()) {
            let limit = self.scaled(limit);
            let amount = if limit.rate_limit_type == RAW { 1 } else { weight };
            let used = self.used(pool, place, who, &limit, at);
            used.amount = used.amount.saturating_add(amount);
            if used.amount > limit.limit {
                used.refused += 1;
                let goes_on = used.refused > PATIENCE;
                return Err(if goes_on { self.ban(pool, peer, at) } else { too_much_weight(&limit) });
            }
        }
        Ok(())
    }

    /// Gives weight back: of calls that weigh nothing when they succeed (spot change log, 2026-03-27).
    pub fn give_back(&mut self, peer: IpAddr, product: Product, weight: u32, at: Moment) {
        let pool = pool(product);
        let places = limits(pool).iter().enumerate().filter(|(_, limit)| limit.rate_limit_type == WEIGHT);
        for (place, limit) in places {
            let used = self.used(pool, place, Who::Address(peer), limit, at);
            used.amount = used.amount.saturating_sub(weight);
        }
    }

    /// Whether an account may place so many orders more; they are counted by [`count_orders`](Self::count_orders).
    ///
    /// # Errors
    /// -1015 with status 429.
    pub fn may_order(&mut self, account: AccountId, product: Product, orders: u32, at: Moment) -> Result<(), ApiError> {
        let pool = pool(product);
        for (place, limit) in limits(pool).iter().enumerate().filter(|(_, limit)| limit.is_of_orders()) {
            let limit = self.scaled(limit);
            let used = self.used(pool, place, Who::Account(account), &limit, at);
            if used.amount.saturating_add(orders) > limit.limit {
                return Err(too_many_orders(&limit));
            }
        }
        Ok(())
    }

    /// Counts orders of an account.
    pub fn count_orders(&mut self, account: AccountId, product: Product, orders: u32, at: Moment) {
        let pool = pool(product);
        for (place, limit) in limits(pool).iter().enumerate().filter(|(_, limit)| limit.is_of_orders()) {
            let used = self.used(pool, place, Who::Account(account), limit, at);
            used.amount = used.amount.saturating_add(orders);
        }
    }

    /// What an account has used of the limits of orders.
    pub fn orders(&self, account: AccountId, product: Product, at: Moment) -> Vec<RateLimit> {
        self.counted(product, Who::Account(account), at).filter(RateLimit::is_of_orders).collect()
    }

    /// What an address has used of the limits of requests.
    pub fn requests(&self, peer: IpAddr, product: Product, at: Moment) -> Vec<RateLimit> {
        self.counted(product, Who::Address(peer), at).filter(|limit| !limit.is_of_orders()).collect()
    }

    /// The headers that an answer has: names and values.
    pub fn headers(&self, peer: IpAddr, account: Option<AccountId>, product: Product, at: Moment) -> Vec<(String, u32)> {
        let weights = self.requests(peer, product, at).into_iter().filter(|limit| limit.rate_limit_type == WEIGHT);
        let weight_name = if product == Product::Margin { "x-sapi-used-ip-weight" } else { "x-mbx-used-weight" };
        let mut headers: Vec<_> = weights.map(|limit| (weight_name, limit)).collect();
        if let Some(account) = account {
            headers.extend(self.orders(account, product, at).into_iter().map(|limit| ("x-mbx-order-count", limit)));
        }
        headers
            .into_iter()
            .map(|(name, limit)| (format!("{name}-{}", limit.header()).to_lowercase(), limit.count.unwrap_or(0)))
            .collect()
    }

    /// In how many seconds a refused address may come again.
    pub fn retry_after(&self, peer: IpAddr, product: Product, status: StatusCode, at: Moment) -> i64 {
        const SECOND: i64 = 1_000_000_000;
        const MINUTE: i64 = 60 * SECOND;
        let ban = self.bans.get(&(pool(product), peer)).map(|ban| ban.until.nanos_since(at.clock));
        let nanos = match ban {
            Some(nanos) if status == StatusCode::IM_A_TEAPOT => nanos,
            _ => MINUTE - at.clock.as_nanos().rem_euclid(MINUTE),
        };
        (nanos / SECOND).max(1)
    }

    /// Forgets all of it: the exchange was started anew.
    pub fn forget(&mut self) {
        *self = Self::new(self.scale);
    }

    fn scaled(&self, limit: &RateLimit) -> RateLimit {
        RateLimit { limit: limit.limit.saturating_mul(self.scale), ..*limit }
    }

    fn counted(&self, product: Product, who: Who, at: Moment) -> impl Iterator<Item = RateLimit> {
        let pool = pool(product);
        limits(pool).iter().enumerate().map(move |(place, limit)| {
            let window = at.clock.as_nanos().div_euclid(limit.nanos());
            let used = self.used.get(&(pool, place, who)).filter(|used| used.window == window);
            RateLimit { count: Some(used.map_or(0, |used| used.amount)), ..self.scaled(limit) }
        })
    }

    fn used(&mut self, pool: Pool, place: usize, who: Who, limit: &RateLimit, at: Moment) -> &mut Used {
        let window = at.clock.as_nanos().div_euclid(limit.nanos());
        if self.used.len() > REMEMBERED {
            let is_over = |(pool, place, _): &(Pool, usize, Who), used: &Used| {
                limits(*pool).get(*place).is_none_or(|limit| used.window != at.clock.as_nanos().div_euclid(limit.nanos()))
            };
            self.used.retain(|key, used| !is_over(key, used));
        }
        let used = self.used.entry((pool, place, who)).or_default();
        if used.window != window {
            *used = Used { window, ..Used::default() };
        }
        used
    }

    /// Bans an address, each time for twice as long as before.
    fn ban(&mut self, pool: Pool, peer: IpAddr, at: Moment) -> ApiError {
        let before = self.bans.get(&(pool, peer)).map(|ban| ban.nanos);
        let nanos = before.map_or(FIRST_BAN, |nanos| nanos.saturating_mul(2).min(LONGEST_BAN));
        let until = at.clock.saturating_add_nanos(nanos);
        self.bans.insert((pool, peer), Ban { until, nanos });
        banned(until)
    }
}

fn too_much_weight(limit: &RateLimit) -> ApiError {
    ApiError::new(
        -1003,
        format!(
            "Too much request weight used; current limit is {} request weight per {} {}. Please use WebSocket Streams for live \
             updates to avoid polling the API.",
            limit.limit, limit.interval_num, limit.interval
        ),
    )
    .with_status(StatusCode::TOO_MANY_REQUESTS)
}

/// The text of a ban (spot errors, -1003); the time is in milliseconds.
pub(in crate::binance) fn banned(until: UnixNanos) -> ApiError {
    let until = until.as_nanos().div_euclid(1_000_000);
    let text = format!(
        "Way too much request weight used; IP banned until {until}. Please use WebSocket Streams for live updates to avoid bans."
    );
    ApiError::new(-1003, text).with_status(StatusCode::IM_A_TEAPOT)
}

fn too_many_orders(limit: &RateLimit) -> ApiError {
    let text =
        format!("Too many new orders; current limit is {} orders per {} {}.", limit.limit, limit.interval_num, limit.interval);
    ApiError::new(-1015, text).with_status(StatusCode::TOO_MANY_REQUESTS)
}

#[cfg(test)]
mod tests;
