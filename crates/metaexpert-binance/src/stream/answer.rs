//! Answers to requests on a market connection: taken, or refused.
//!
//! The one decision: a request that is refused for its form is a fault of this side. The codes of these answers are small numbers
//! (0 to 3) that have nothing to do with the table of error codes.

use std::borrow::Cow;

use metaexpert_connect::{
    Meaning, Report,
    report::{Refused, Service},
};
use serde::Deserialize;
use serde::de::{Error, IgnoredAny};

use super::Event;
use crate::errors;

/// Spot API, "Live Subscribing/Unsubscribing to streams" and its "Error Messages"; futures wrap the error.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    id: Option<Number<'a>>,
    /// `null` for a subscription, a list of topics or a flag for a question.
    #[serde(default, deserialize_with = "there")]
    result: bool,
    #[serde(borrow, default)]
    error: Option<ErrorWire<'a>>,
    #[serde(default)]
    code: Option<i64>,
    #[serde(borrow, default)]
    msg: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct ErrorWire<'a> {
    code: i64,
    #[serde(borrow)]
    msg: Cow<'a, str>,
}

/// Our number of a request comes back as it was sent: a number, or text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number<'a> {
    Number(u64),
    Text(#[serde(borrow)] Cow<'a, str>),
}

/// What an answer says.
pub(super) struct Answer<'a> {
    pub id: Option<String>,
    /// Why it was refused; `None` where it was not.
    pub refusal: Option<(i64, Cow<'a, str>)>,
}

impl<'a> Answer<'a> {
    /// Reads it.
    pub(super) fn of(json: &'a [u8]) -> serde_json::Result<Self> {
        let wire: Wire<'a> = serde_json::from_slice(json)?;
        let id = wire.id.map(|id| match id {
            Number::Number(number) => number.to_string(),
            Number::Text(text) => text.into_owned(),
        });
        let refusal = match (wire.error, wire.code, wire.msg) {
            (Some(error), ..) => Some((error.code, error.msg)),
            (None, Some(code), msg) => Some((code, msg.unwrap_or_default())),
            (None, None, _) if wire.result => None,
            (None, None, _) => return Err(Error::custom("an answer that holds neither a result nor an error")),
        };
        Ok(Self { id, refusal })
    }
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let Answer { id, refusal } = Answer::of(event.json)?;
    tell(Report::Service(match refusal {
        None => Service::Acknowledged { id },
        Some((code, message)) => {
            let meaning = if code < 0 { errors::meaning_of(event.product, code, &message) } else { Meaning::BadRequest };
            Service::Refused(Refused { id, code, message: message.into_owned(), meaning })
        }
    }));
    Ok(())
}

/// Whether a field is there, whatever it holds.
fn there<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|IgnoredAny| true)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_subscription_is_acknowledged() {
        check(Product::Spot, "subscribed", &expect![[r#"{"report":"service","service":"acknowledged","id":"417"}"#]]);
    }

    #[test]
    fn a_question_is_answered() {
        check(Product::Spot, "subscriptions", &expect![[r#"{"report":"service","service":"acknowledged","id":"list-4"}"#]]);
    }

    #[test]
    fn a_request_is_refused_by_spot() {
        check(
            Product::Spot,
            "refused_by_spot",
            &expect![[
                r#"{"report":"service","service":"refused","id":"418","code":2,"message":"Invalid request: unknown variant `SUBSCRIB`","meaning":"bad_request"}"#
            ]],
        );
    }

    #[test]
    fn a_request_is_refused_by_futures() {
        check(
            Product::Spot,
            "refused_by_futures",
            &expect![[
                r#"{"report":"service","service":"refused","id":null,"code":3,"message":"Invalid JSON: expected value at line 1 column 2","meaning":"bad_request"}"#
            ]],
        );
    }
}
