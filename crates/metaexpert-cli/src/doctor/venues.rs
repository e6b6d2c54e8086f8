//! The exchanges, as far as the doctor has to know them: where they are, how they are asked for the time, what they know a
//! trader by.

use serde_json::Value;

use crate::command_line::Exchange;

/// One exchange.
pub(super) struct Venue {
    pub(super) exchange: Exchange,
    pub(super) name: &'static str,
    /// Where its REST interface is.
    pub(super) host: &'static str,
    /// The question for the time, which takes no credentials.
    pub(super) time_path: &'static str,
    /// The answer: milliseconds since 1970.
    pub(super) time_in: fn(&Value) -> Option<i64>,
    /// The variables that hold its credentials. Live trading needs all of them.
    pub(super) credentials: &'static [&'static str],
}

pub(super) static VENUES: &[Venue] = &[
    // Binance Spot REST API, "Check server time"; read 2026-07.
    Venue {
        exchange: Exchange::Binance,
        name: "binance",
        host: "https://api.binance.com",
        time_path: "/api/v3/time",
        time_in: |answer| answer.get("serverTime")?.as_i64(),
        credentials: &["BINANCE_API_KEY", "BINANCE_API_SECRET"],
    },
    // Bybit v5, Market > Get Bybit Server Time; read 2026-07. `time` is when the answer was made.
    Venue {
        exchange: Exchange::Bybit,
        name: "bybit",
        host: "https://api.bybit.com",
        time_path: "/v5/market/time",
        time_in: |answer| answer.get("time").filter(|_| answer.get("retCode") == Some(&0.into()))?.as_i64(),
        credentials: &["BYBIT_API_KEY", "BYBIT_API_SECRET"],
    },
    // OKX v5, Public Data > Get system time; read 2026-07.
    Venue {
        exchange: Exchange::Okx,
        name: "okx",
        host: "https://www.okx.com",
        time_path: "/api/v5/public/time",
        time_in: |answer| answer.pointer("/data/0/ts")?.as_str()?.parse().ok(),
        credentials: &["OKX_API_KEY", "OKX_API_SECRET", "OKX_API_PASSPHRASE"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What the exchanges' own documentation shows as answers.
    const ANSWERS: &[(&str, &str, i64)] = &[
        ("binance", r#"{"serverTime": 1499827319559}"#, 1_499_827_319_559),
        (
            "bybit",
            r#"{"retCode": 0, "retMsg": "OK", "result": {"timeSecond": "1688639403", "timeNano": "1688639403423213947"},
                "retExtInfo": {}, "time": 1688639403423}"#,
            1_688_639_403_423,
        ),
        ("okx", r#"{"code": "0", "msg": "", "data": [{"ts": "1597026383085"}]}"#, 1_597_026_383_085),
    ];

    #[test]
    fn each_exchange_is_read_as_its_documentation_answers_and_not_as_another_does() {
        for venue in VENUES {
            for (name, answer, time) in ANSWERS {
                let expected = (*name == venue.name).then_some(*time);
                assert_eq!((venue.time_in)(&serde_json::from_str(answer).unwrap()), expected, "{} of {name}", venue.name);
            }
        }
    }

    #[test]
    fn an_answer_that_is_an_error_has_no_time() {
        let errors = [
            ("binance", r#"{"code": -1003, "msg": "Too many requests."}"#),
            ("bybit", r#"{"retCode": 10006, "retMsg": "Too many visits!", "result": {}, "time": 1688639403423}"#),
            ("okx", r#"{"code": "50011", "msg": "Too Many Requests", "data": []}"#),
        ];
        for (name, answer) in errors {
            let venue = VENUES.iter().find(|venue| venue.name == name).unwrap();
            assert_eq!((venue.time_in)(&serde_json::from_str(answer).unwrap()), None, "{name}");
        }
    }
}
