//! `optionSymbol`: an option is listed. What kind of option it is follows from its symbol, and its rules are asked for over REST.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::ListingUpdate};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{Event, contract_info};
use crate::words::read_listing_status;

/// European options, "New Symbol Info".
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(borrow, rename = "cs")]
    status: Cow<'a, str>,
    #[serde(rename = "ot", default, deserialize_with = "number::optional_millis")]
    listed: Option<UnixNanos>,
    #[serde(rename = "dt", default, deserialize_with = "number::optional_millis")]
    delivery: Option<UnixNanos>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::ListingUpdate(ListingUpdate {
        symbol: wire.symbol.into_owned(),
        time: wire.time,
        status: read_listing_status(&wire.status),
        listed: wire.listed,
        delivery: contract_info::delivery(wire.delivery),
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_status_that_nobody_knows_is_kept_as_it_was_written() {
        check(
            Product::Options,
            "options_symbol",
            &expect![[
                r#"{"report":"listing_update","symbol":"SOL-270326-200-P","time":"2026-09-21T14:14:20.908Z","status":"RESTING","listed":"2026-09-21T14:14:20Z","delivery":"2027-03-26T08:00:00Z"}"#
            ]],
        );
    }
}
