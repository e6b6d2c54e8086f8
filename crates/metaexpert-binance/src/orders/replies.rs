//! What Binance answers about orders, as reports.
//!
//! The one decision: a reply is read by its shape and not by its call: an acknowledgement, an order, an order with its executions
//! and a refusal within a batch may all come where an order is asked for, and are told apart by the fields that they have.

mod algo; // the algo service of futures
mod changes; // amendments and replacements on spot
mod futures; // USD-M and COIN-M
mod lists; // linked orders of spot and margin
mod options; // European options
mod plain; // replies that say little: done, a test that passed, a list of amendments
mod spot; // spot and margin   <- read first

use std::fmt;

use metaexpert_connect::{
    Malformed, Report, read_json,
    report::{Refused, Service},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

pub(super) use algo::{algo, algo_cancelled, algos};
pub(super) use changes::{amended, replaced};
pub(super) use futures::{future, futures, futures_batch};
pub(super) use lists::{list, lists};
pub(super) use options::{exercises, option, options, options_batch};
pub(super) use plain::{countdown, done, futures_amendments, futures_test, spot_amendments, spot_test};
pub(super) use spot::{cancelled, cancelled_all, order, orders};

use crate::{Product, errors};

/// What a reader gives.
pub(super) type Read = Result<Vec<Report<'static>>, Malformed>;

/// A refusal within a reply: `{"code": -2011, "msg": "Unknown order sent."}`.
#[derive(Deserialize)]
struct RefusalWire {
    #[serde(default, deserialize_with = "metaexpert_connect::number::optional_decimal")]
    code: Option<Decimal>,
    #[serde(default)]
    msg: Option<String>,
}

impl RefusalWire {
    /// The refusal, if it is one: good replies bear 200 or 0.
    fn refused(self, product: Product) -> Option<Refused> {
        let code = self.code.filter(Decimal::is_sign_negative).and_then(|code| i64::try_from(code).ok())?;
        let message = self.msg.unwrap_or_default();
        Some(Refused { id: None, code, meaning: errors::meaning_of(product, code, &message), message })
    }
}

/// The refusal that a reply is, if it is one.
fn refusal(product: Product, payload: &[u8]) -> Option<Refused> {
    serde_json::from_slice::<RefusalWire>(payload).ok()?.refused(product)
}

/// The items of a list, each untouched.
fn items<'a>(what: &str, payload: &'a [u8]) -> Result<Vec<&'a RawValue>, Malformed> {
    read_json(what, payload)
}

/// Orders and refusals of a batch, in the order of the request. An item that is both is told as both.
fn batch(product: Product, payload: &[u8], read: fn(Product, &[u8]) -> Read) -> Read {
    let mut reports = Vec::new();
    for item in items("batch of orders", payload)? {
        let item = item.get().as_bytes();
        let refused = refusal(product, item);
        match (read(product, item), refused) {
            (Ok(order), refused) => {
                reports.extend(order);
                reports.extend(refused.map(|refused| Report::Service(Service::Refused(refused))));
            }
            (Err(_), Some(refused)) => reports.push(Report::Service(Service::Refused(refused))),
            (Err(malformed), None) => return Err(malformed),
        }
    }
    Ok(reports)
}

/// A number of the exchange's, which margin writes as a string now and then.
fn number_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Visitor;
    impl de::Visitor<'_> for Visitor {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number of the exchange's")
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
            let is_number = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
            if is_number { Ok(text.to_owned()) } else { Err(E::invalid_value(de::Unexpected::Str(text), &self)) }
        }
    }
    deserializer.deserialize_any(Visitor)
}

/// A name; `None` for an empty one.
fn named(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| name.to_owned())
}

/// A price or an amount; `None` for zero, which Binance writes where there is none.
fn some(number: Option<Decimal>) -> Option<Decimal> {
    number.filter(|number| !number.is_zero())
}

/// Whether something was executed; without an execution an average price says nothing.
fn average(price: Option<Decimal>, filled: Option<Decimal>) -> Option<Decimal> {
    some(price).filter(|_| filled.is_none_or(|filled| !filled.is_zero()))
}
