//! What the pools hold, and what the headers of an answer say is spent.

use std::time::Duration;

use http::HeaderMap;
use metaexpert_connect::{Pool, http::PoolLimit, report::Service};

use crate::{
    Product,
    pools::{FUNDING, ORDERS, SAPI_IP, SAPI_UID, STATISTICS, WEIGHT},
};

const MINUTE: Duration = Duration::from_mins(1);
const TEN_SECONDS: Duration = Duration::from_secs(10);
const FIVE_MINUTES: Duration = Duration::from_mins(5);
const DAY: Duration = Duration::from_hours(24);

const fn pool(pool: Pool, limit: u32, window: Duration) -> PoolLimit {
    PoolLimit { pool, limit, window }
}

/// Spot and margin, which share host, address and account (`GET /api/v3/exchangeInfo`, `rateLimits`, 2026-03).
///
/// The limit of raw requests, 300,000 in 5 minutes (Spot API, change log 2026-03-27), is not kept: it is 1,000 a second, which
/// nothing that waits for weight or orders comes near.
///
/// `/sapi` grants its limits to each call by itself (Wallet, "General Info", "Limits"); one pool for all of them is stricter, and
/// far from being used up.
const SPOT: &[PoolLimit] = &[
    pool(WEIGHT, 6_000, MINUTE),
    pool(ORDERS, 100, TEN_SECONDS),
    pool(ORDERS, 200_000, DAY),
    pool(SAPI_IP, 12_000, MINUTE),
    pool(SAPI_UID, 180_000, MINUTE),
];

/// USD-M and COIN-M (`GET /fapi/v1/exchangeInfo`, `rateLimits`). Since 2026-06-30 both draw from one pool (notice "COIN-M / USD-M
/// Architecture Integration"), so that an answer's headers count what the other product's client has spent.
///
/// Funding and statistics are counted apart, by address and in five minutes (see [`pools`](crate::pools)).
const FUTURES: &[PoolLimit] = &[
    pool(WEIGHT, 2_400, MINUTE),
    pool(ORDERS, 300, TEN_SECONDS),
    pool(ORDERS, 1_200, MINUTE),
    pool(FUNDING, 500, FIVE_MINUTES),
    pool(STATISTICS, 1_000, FIVE_MINUTES),
];

/// Options. Of weight a minute, older documentation grants 400 and the example of `GET /eapi/v1/exchangeInfo` shows 2,400: the
/// smaller one holds until an answer says more. Orders as in that example (2026-01).
const OPTIONS: &[PoolLimit] = &[pool(WEIGHT, 400, MINUTE), pool(ORDERS, 300, TEN_SECONDS), pool(ORDERS, 1_200, MINUTE)];

/// What the pools of a product hold.
pub(super) const fn pools(product: Product) -> &'static [PoolLimit] {
    match product {
        Product::Spot | Product::Margin => SPOT,
        Product::UsdM | Product::CoinM => FUTURES,
        Product::Options => OPTIONS,
    }
}

/// What a pool holds, as the exchange tells it in `exchangeInfo` and in the order limits of an account; `None` of limits that are
/// not kept here. For [`Client::set_limits`](metaexpert_connect::http::Client::set_limits).
///
/// ```
/// use metaexpert_binance::{dialect::limit_of, pools::WEIGHT};
/// use metaexpert_connect::report::Service;
/// let told = Service::RateLimit { kind: "REQUEST_WEIGHT".into(), seconds: 60, limit: 2_400, used: None };
/// let limit = limit_of(&told).unwrap();
/// assert_eq!((limit.pool, limit.limit, limit.window.as_secs()), (WEIGHT, 2_400, 60));
/// ```
pub fn limit_of(service: &Service) -> Option<PoolLimit> {
    let Service::RateLimit { kind, seconds, limit, .. } = service else { return None };
    let pool = match kind.as_str() {
        "REQUEST_WEIGHT" => WEIGHT,
        "ORDERS" => ORDERS,
        _ => return None,
    };
    Some(PoolLimit { pool, limit: u32::try_from(*limit).unwrap_or(u32::MAX), window: Duration::from_secs(*seconds) })
}

/// Headers by what they begin with; an interval follows (`X-MBX-USED-WEIGHT-1M`; Spot API, "Limits"; Margin, "General Info").
const COUNTS: [(&str, Pool); 4] = [
    ("x-mbx-used-weight-", WEIGHT),
    ("x-mbx-order-count-", ORDERS),
    ("x-sapi-used-ip-weight-", SAPI_IP),
    ("x-sapi-used-uid-weight-", SAPI_UID),
];

/// Tells what each header counts.
pub(super) fn spent(headers: &HeaderMap, tell: &mut dyn FnMut(Pool, Duration, u32)) {
    for (name, value) in headers {
        let of = COUNTS.iter().find_map(|(prefix, pool)| Some((*pool, name.as_str().strip_prefix(prefix)?)));
        if let Some((pool, interval)) = of
            && let Some(window) = interval_of(interval)
            && let Some(count) = value.to_str().ok().and_then(|count| count.trim().parse().ok())
        {
            tell(pool, window, count);
        }
    }
}

/// `10s`, `1m`, `1d`: a number and the letter of a unit (Spot API, "General Info on Limits").
fn interval_of(text: &str) -> Option<Duration> {
    let (at, letter) = text.char_indices().next_back()?;
    let seconds = match letter.to_ascii_lowercase() {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = text.get(..at)?.parse().ok()?;
    number.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn headers_say_what_is_spent_of_which_pool_in_how_long() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-mbx-used-weight", "17"),
            ("x-mbx-used-weight-1m", "16"),
            ("x-mbx-order-count-10s", "3"),
            ("x-mbx-order-count-1d", "401"),
            ("x-sapi-used-ip-weight-1m", "20"),
            ("x-sapi-used-uid-weight-1m", "6"),
            ("x-mbx-order-count-2w", "9"),
            ("x-mbx-order-count-1m", "many"),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let mut told = Vec::new();
        spent(&headers, &mut |pool, window, count| told.push((pool.0, window.as_secs(), count)));
        told.sort_unstable();
        assert_eq!(
            told,
            [("orders", 10, 3), ("orders", 86_400, 401), ("sapi_ip", 60, 20), ("sapi_uid", 60, 6), ("weight", 60, 16)]
        );
    }

    #[test]
    fn raw_requests_and_other_news_set_no_limit() {
        let raw = Service::RateLimit { kind: "RAW_REQUESTS".into(), seconds: 300, limit: 300_000, used: None };
        assert_eq!(limit_of(&raw), None);
        assert_eq!(limit_of(&Service::Done), None);
    }

    #[test]
    fn no_product_has_a_pool_of_one_window_twice() {
        for product in Product::ALL {
            let mut seen: Vec<_> = pools(product).iter().map(|limit| (limit.pool.0, limit.window)).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), pools(product).len(), "{product}");
        }
    }
}
