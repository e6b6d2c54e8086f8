//! `serverShutdown`: the server will close this connection soon (spot, since 2026).

use metaexpert_connect::{Report, number, report::Service};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::Event;

/// Spot API, "Server Shutdown".
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let Wire { time } = event.wire()?;
    tell(Report::Service(Service::ClosesSoon { time }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn the_server_says_that_it_will_close() {
        check(
            Product::Spot,
            "spot_shutdown",
            &expect![[r#"{"report":"service","service":"closes_soon","time":"2026-09-21T14:14:21.789Z"}"#]],
        );
    }
}
