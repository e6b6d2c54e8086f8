//! Limits, with a clock that stands where a test puts it.

use super::*;

const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// So many seconds into a minute.
fn at(seconds: i64) -> Moment {
    let time = UnixNanos::from_seconds(1_700_000_040 + seconds).unwrap();
    Moment { clock: time, market: time }
}

#[test]
fn a_minutes_weight_is_used_up_and_comes_back_with_the_next() {
    let mut limits = Limits::new(1);
    limits.spend(PEER, Product::Spot, 6_000, at(0)).unwrap();
    let error = limits.spend(PEER, Product::Spot, 1, at(1)).unwrap_err();
    assert_eq!((error.status, error.code), (StatusCode::TOO_MANY_REQUESTS, -1003));
    assert!(error.message.contains("current limit is 6000 request weight per 1 MINUTE."), "{}", error.message);
    assert_eq!(limits.retry_after(PEER, Product::Spot, error.status, at(1)), 59);
    limits.spend(PEER, Product::Spot, 1, at(60)).unwrap();
}

#[test]
fn each_api_counts_for_itself_and_both_futures_together() {
    let mut limits = Limits::new(1);
    limits.spend(PEER, Product::UsdM, 2_400, at(0)).unwrap();
    assert!(limits.spend(PEER, Product::CoinM, 1, at(0)).is_err());
    assert!(limits.spend(PEER, Product::Spot, 1, at(0)).is_ok());
    assert!(limits.spend(PEER, Product::Margin, 12_000, at(0)).is_ok());
}

#[test]
fn who_goes_on_is_banned_for_two_minutes_and_then_for_four() {
    let mut limits = Limits::new(1);
    let go_on = |limits: &mut Limits, seconds| {
        (0..=PATIENCE).map(|_| limits.spend(PEER, Product::Spot, 6_001, at(seconds)).unwrap_err()).last().unwrap()
    };
    let error = go_on(&mut limits, 0);
    assert_eq!(error.status, StatusCode::IM_A_TEAPOT);
    assert!(error.message.contains("IP banned until 1700000160000."), "{}", error.message);
    assert_eq!(limits.retry_after(PEER, Product::Spot, error.status, at(0)), 120);
    assert_eq!(limits.spend(PEER, Product::Spot, 1, at(119)).unwrap_err().status, StatusCode::IM_A_TEAPOT);
    assert!(limits.spend(PEER, Product::Spot, 1, at(120)).is_ok());
    assert_eq!(go_on(&mut limits, 121).status, StatusCode::IM_A_TEAPOT);
    assert_eq!(limits.retry_after(PEER, Product::Spot, StatusCode::IM_A_TEAPOT, at(121)), 240);
}

#[test]
fn an_account_may_place_a_hundred_orders_in_ten_seconds() {
    let mut limits = Limits::new(1);
    let account = AccountId(1);
    limits.may_order(account, Product::Spot, 100, at(0)).unwrap();
    limits.count_orders(account, Product::Spot, 100, at(0));
    let error = limits.may_order(account, Product::Spot, 1, at(9)).unwrap_err();
    let text = "Too many new orders; current limit is 100 orders per 10 SECOND.";
    assert_eq!((error.status, error.code, error.message.as_str()), (StatusCode::TOO_MANY_REQUESTS, -1015, text));
    assert!(limits.may_order(AccountId(2), Product::Spot, 1, at(9)).is_ok());
    assert!(limits.may_order(account, Product::Spot, 1, at(10)).is_ok());
    let counts: Vec<_> = limits.orders(account, Product::Spot, at(10)).iter().map(|limit| limit.count.unwrap()).collect();
    assert_eq!(counts, [0, 100]);
}

#[test]
fn answers_say_what_was_used() {
    let mut limits = Limits::new(1);
    limits.spend(PEER, Product::Spot, 20, at(0)).unwrap();
    limits.give_back(PEER, Product::Spot, 15, at(0));
    limits.count_orders(AccountId(1), Product::Spot, 2, at(0));
    let headers = limits.headers(PEER, Some(AccountId(1)), Product::Spot, at(0));
    let headers: Vec<_> = headers.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(headers, [("x-mbx-used-weight-1m", 5), ("x-mbx-order-count-10s", 2), ("x-mbx-order-count-1d", 2)]);
    limits.spend(PEER, Product::Margin, 10, at(0)).unwrap();
    let headers = limits.headers(PEER, None, Product::Margin, at(0));
    assert_eq!(headers, [("x-sapi-used-ip-weight-1m".to_owned(), 10)]);
}

#[test]
fn limits_can_be_made_wider() {
    let mut limits = Limits::new(10);
    assert!(limits.spend(PEER, Product::Spot, 60_000, at(0)).is_ok());
    assert!(limits.spend(PEER, Product::Spot, 1, at(0)).is_err());
}

#[test]
fn windows_that_are_over_are_forgotten() {
    let mut limits = Limits::new(1);
    for number in 0..10_000_u32 {
        let peer = IpAddr::V4(std::net::Ipv4Addr::from_bits(number));
        limits.spend(peer, Product::UsdM, 1, at(i64::from(number))).unwrap();
    }
    assert!(limits.used.len() <= REMEMBERED + 1, "{}", limits.used.len());
}
