//! Requests and answers of the WebSocket API as they stand in frames.
//!
//! The one decision: numbers stay as the client wrote them. What is signed is made of them, and `1.0` is not `1`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::binance::{
    door::{ApiError, Params, RateLimit},
    streams::{Object, Unit, list},
};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// The name that its answer is to carry, as JSON.
    pub id: String,
    /// What is asked for, without a version in front that is the address's own.
    pub method: String,
    /// Parameters by name, which is the order in which they are signed.
    pub params: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    method: Option<String>,
    #[serde(borrow, default)]
    params: Option<BTreeMap<String, &'a RawValue>>,
}

impl Request {
    /// Reads a frame.
    ///
    /// # Errors
    /// The name of the request, as JSON, where it has one, and -1135 for what is no JSON, -1102 for what has no method.
    pub(super) fn read(text: &str) -> Result<Self, (String, ApiError)> {
        let none = || "null".to_owned();
        let frame: Frame<'_> = serde_json::from_str(text).map_err(|_| (none(), ApiError::new(-1135, "Invalid JSON Request")))?;
        let id = frame.id.map_or_else(none, |id| id.get().to_owned());
        if id.starts_with(['{', '[', 't', 'f']) {
            return Err((none(), ApiError::invalid("id")));
        }
        let Some(method) = frame.method else { return Err((id, ApiError::mandatory("method"))) };
        let method = method.strip_prefix("v3/").or_else(|| method.strip_prefix("v1/")).unwrap_or(&method).to_owned();
        let params = frame.params.unwrap_or_default().into_iter().map(|(name, value)| (name, plain(value.get()))).collect();
        Ok(Self { id, method, params })
    }

    /// What is signed: "all request parameters except `signature`, sorted by name" ("SIGNED request example").
    pub(super) fn signed(&self) -> String {
        let pairs = self.params.iter().filter(|(name, _)| *name != "signature");
        pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    /// A parameter.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }

    /// The parameters that the call itself has.
    pub(super) fn call(&self, in_micros: bool) -> Params {
        const OURS: [&str; 3] = ["apiKey", "signature", "returnRateLimits"];
        let pairs = self.params.iter().filter(|(name, _)| !OURS.contains(&name.as_str()));
        Params::of(pairs.map(|(name, value)| (name.clone(), value.clone())).collect()).in_micros(in_micros)
    }
}

/// A value as REST would have it: a text without its quotes, all else as it stands.
fn plain(json: &str) -> String {
    serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned())
}

/// An answer; with what of limits was used, where the client wants to see that.
pub(super) fn answer(id: &str, result: &Result<String, ApiError>, limits: Option<&[RateLimit]>) -> String {
    let head = Object::new(Unit::Millis).raw("id", id);
    let body = match result {
        Ok(json) => head.number("status", 200).raw("result", json),
        Err(error) => head.number("status", error.status.as_u16()).raw("error", &error.json()),
    };
    match limits {
        Some(limits) => {
            let lines: Vec<String> = limits.iter().map(limit).collect();
            body.raw("rateLimits", &list(&lines)).end()
        }
        None => body.end(),
    }
}

fn limit(limit: &RateLimit) -> String {
    Object::new(Unit::Millis)
        .text("rateLimitType", limit.rate_limit_type)
        .text("interval", limit.interval)
        .number("intervalNum", limit.interval_num)
        .number("limit", limit.limit)
        .number("count", limit.count.unwrap_or(0))
        .end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_sorted_and_as_it_was_written() {
        let text = r#"{"id":7,"method":"v3/order.place","params":{"symbol":"这是测试币456","price":0.10,"quantity":"1.0",
            "apiKey":"k","timestamp":1660801715431,"signature":"s","closed":true}}"#;
        let request = Request::read(text).unwrap();
        assert_eq!((request.id.as_str(), request.method.as_str()), ("7", "order.place"));
        assert_eq!(request.signed(), "apiKey=k&closed=true&price=0.10&quantity=1.0&symbol=这是测试币456&timestamp=1660801715431");
        let call = request.call(false);
        let names: Vec<&str> = call.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["closed", "price", "quantity", "symbol", "timestamp"]);
    }

    #[test]
    fn a_name_may_be_a_number_a_text_or_nothing() {
        for (id, read) in [("1", "1"), ("\"a-b\"", "\"a-b\""), ("null", "null"), ("-3", "-3")] {
            let text = format!(r#"{{"id":{id},"method":"ping"}}"#);
            assert_eq!(Request::read(&text).unwrap().id, read);
        }
        assert_eq!(Request::read(r#"{"id":[1],"method":"ping"}"#).unwrap_err().1.code, -1130);
    }

    #[test]
    fn a_frame_that_is_no_request_has_an_error_of_its_own() {
        assert_eq!(Request::read("{").unwrap_err(), ("null".into(), ApiError::new(-1135, "Invalid JSON Request")));
        let (id, error) = Request::read(r#"{"id":"x"}"#).unwrap_err();
        assert_eq!((id.as_str(), error.code), ("\"x\"", -1102));
    }

    #[test]
    fn an_answer_has_a_result_or_an_error_and_limits_where_they_are_wanted() {
        assert_eq!(answer("1", &Ok("{}".into()), None), r#"{"id":1,"status":200,"result":{}}"#);
        let error = Err(ApiError::new(-1121, "Invalid symbol."));
        assert_eq!(answer("\"a\"", &error, None), r#"{"id":"a","status":400,"error":{"code":-1121,"msg":"Invalid symbol."}}"#);
        let limits =
            [RateLimit { rate_limit_type: "REQUEST_WEIGHT", interval: "MINUTE", interval_num: 1, limit: 6_000, count: Some(4) }];
        let limit = r#"{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000,"count":4}"#;
        assert_eq!(
            answer("1", &Ok("{}".into()), Some(&limits)),
            format!(r#"{{"id":1,"status":200,"result":{{}},"rateLimits":[{limit}]}}"#)
        );
    }
}
