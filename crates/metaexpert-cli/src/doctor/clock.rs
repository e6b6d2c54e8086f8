//! The time: an exchange refuses an order whose time is not near its own.

use std::{
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{
    Surroundings,
    finding::Finding,
    reach::{ServerTime, Way},
    venues::Venue,
};
use crate::program;

/// Binance refuses what is stamped more than a second ahead of its own time, and by default what is older than five (Binance Spot
/// REST API, "Timing security", read 2026-07); one second is a bound for either direction.
const TOO_FAR_MS: i64 = 1000;
/// A quarter of it: time to look after the clock before an order is refused.
const FAR_MS: i64 = 250;

/// The first goes with the building of the connection; of the others the quickest is nearest to the truth.
const ROUND_TRIPS: usize = 5;

const SET_IT: &str = "let the clock be set over the network: `timedatectl set-ntp true`, or chrony";

/// How far the clock here is from that of the exchange.
pub(super) fn offset(surroundings: &Surroundings, venue: &'static Venue) -> Finding {
    let Ok(way) = Way::to(surroundings, venue) else {
        return Finding::skipped("the exchange is not reached");
    };
    let times = (0..ROUND_TRIPS).map_while(|_| way.ask_time(surroundings).ok());
    let best = times.min_by_key(|time| time.round_trip);
    best.map_or_else(|| Finding::skipped("the exchange is not reached"), |time| judge(&Offset::of(&time), venue.name))
}

/// Whether the system sets its clock over the network, where it says so.
pub(super) fn synchronised(surroundings: &Surroundings) -> Finding {
    let arguments = ["show", "--property=NTPSynchronized", "--value"];
    let answer = program::ask("timedatectl", &arguments, Path::new("."), surroundings.left().min(Duration::from_secs(3)));
    match answer.as_deref().map(str::trim) {
        Ok("yes") => Finding::ok("set over the network"),
        Ok("no") => Finding::warning("not set over the network (yet)", SET_IT),
        _ => Finding::skipped("this system does not say whether it is set over the network"),
    }
}

/// How far the clock here is ahead, in milliseconds, and how sure that is.
struct Offset {
    ahead_ms: i64,
    give_or_take_ms: i64,
}

impl Offset {
    /// The answer is taken to have been made in the middle of the round trip; it was made somewhere in it.
    fn of(time: &ServerTime) -> Self {
        let half = time.round_trip / 2;
        Self {
            ahead_ms: ms_since_1970(time.sent + half).saturating_sub(time.server),
            give_or_take_ms: ms(half).saturating_add(1),
        }
    }

    /// What it is at the least.
    fn certain(&self) -> i64 {
        self.ahead_ms.saturating_abs().saturating_sub(self.give_or_take_ms)
    }
}

fn judge(offset: &Offset, exchange: &str) -> Finding {
    let direction = if offset.ahead_ms < 0 { "behind" } else { "ahead of" };
    let found = format!(
        "{} ms {direction} {exchange}, give or take {} ms (best of {ROUND_TRIPS})",
        offset.ahead_ms.saturating_abs(),
        offset.give_or_take_ms
    );
    match offset.certain() {
        certain if certain > TOO_FAR_MS => Finding::failed(format!("{found}; orders are refused beyond {TOO_FAR_MS} ms"), SET_IT),
        certain if certain > FAR_MS => Finding::warning(found, SET_IT),
        _ if offset.give_or_take_ms > FAR_MS => {
            Finding::warning(found, "the way to the exchange is slow; trade from a machine nearer to it")
        }
        _ => Finding::ok(found),
    }
}

fn ms_since_1970(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => ms(before.duration()).saturating_neg(),
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    #[test]
    fn a_clock_is_judged_by_what_is_certain_of_its_offset() {
        let cases = [
            (0, 10, Status::Ok),
            (250, 0, Status::Ok),
            (-251, 0, Status::Warning),
            (260, 10, Status::Ok),
            (1000, 0, Status::Warning),
            (1001, 0, Status::Failed),
            (-1020, 10, Status::Failed),
            (1005, 10, Status::Warning),
            (100, 400, Status::Warning),
            (i64::MIN, 1, Status::Failed),
        ];
        for (ahead_ms, give_or_take_ms, status) in cases {
            assert_eq!(judge(&Offset { ahead_ms, give_or_take_ms }, "x").status, status, "{ahead_ms} ±{give_or_take_ms}");
        }
    }

    #[test]
    fn the_answer_is_taken_from_the_middle_of_the_round_trip() {
        let sent = UNIX_EPOCH + Duration::from_secs(10);
        let offset = Offset::of(&ServerTime { server: 9_900, sent, round_trip: Duration::from_millis(40) });
        assert_eq!((offset.ahead_ms, offset.give_or_take_ms), (120, 21));
        let found = judge(&offset, "okx").found;
        assert_eq!(found, "120 ms ahead of okx, give or take 21 ms (best of 5)");
    }
}
