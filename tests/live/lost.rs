//! A journal that is lost: nothing is known of the runs before, and their names are not used again.
//!
//! The one decision: what those runs held is not asked for here, for nobody can know it any more; what they sent is.

use std::{collections::BTreeSet, fs, time::Duration};

use metaexpert_connect::report::OrderReport;
use metaexpert_store::history::Period;

use crate::{
    kill::end_of,
    night::{Leash, Night, kill, signal},
};

#[test]
fn without_its_journal_it_uses_no_name_again_and_leaves_no_entry_of_the_runs_before() {
    let night = Night::begin(20.0, |builder| builder);
    for _ in 0..3 {
        let mark = night.mark();
        let child = night.expert("").spawn().unwrap();
        night.until("it trades", |night| night.executed_since(mark) >= 3 && !entries(night).is_empty());
        kill(child);
        fs::remove_dir_all(night.path("state")).unwrap();
    }
    let mark = night.mark();
    let mut child = Leash(night.expert("").spawn().unwrap());
    night.until("it trades without a journal", |night| night.executed_since(mark) >= 3);
    night.freeze();
    night.until_quiet();
    signal(&child.0, "TERM");
    let status = end_of(&mut child.0, Duration::from_mins(1)).unwrap();
    assert!(status.success(), "it ended with {status}\n{}", night.complaints());
    night.assert_none_sent_twice();
    let known: BTreeSet<String> = night
        .journal()
        .orders(Period::default())
        .map(|line| line.unwrap().venue_name.split('-').next().unwrap_or_default().to_owned())
        .collect();
    let strays: Vec<String> = entries(&night).into_iter().filter(|name| !known.contains(name)).collect();
    assert_eq!(strays, Vec::<String>::new(), "entries that nobody knows");
}

/// Orders at the exchange that would open something, by their names without the comment.
fn entries(night: &Night) -> Vec<String> {
    let opens = |order: &OrderReport| order.side.zip(order.position_side).is_some_and(|(side, leg)| side == leg.opening_side());
    let name = |order: OrderReport| order.client_id.unwrap_or_default().split('-').next().unwrap_or_default().to_owned();
    night.open().into_iter().filter(opens).map(name).collect()
}
