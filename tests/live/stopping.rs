//! The end that a person wants: by which signal, with what becomes of orders and positions, and what if the exchange says nothing.
//!
//! The one decision: what is left at the exchange is looked up there, and the journal is judged by a run that comes after.

use std::{
    ffi::OsStr,
    fs::File,
    os::unix::process::ExitStatusExt as _,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use metaexpert_testnet::audit::What;

use crate::{
    night::{Leash, Night, signal},
    soak::dusk,
};

/// How much faster than the wall clock the markets go.
const SPEED: f64 = 30.0;

/// What an interrupted program ends with.
const INTERRUPTED: i32 = 130;

#[test]
fn every_way_to_stop_leaves_at_the_exchange_what_it_says() {
    let night = Night::begin(SPEED, |builder| builder);
    for (how, name, code) in
        [("keep", "INT", INTERRUPTED), ("cancel", "TERM", 0), ("flatten", "INT", INTERRUPTED), ("flatten", "TERM", 0)]
    {
        let mut child = trading(&night, how, "");
        if how == "keep" {
            // Entries that stay open nothing while nobody is there. What is on its way is executed all the same.
            night.freeze();
        }
        signal(&child, name);
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(code), "{how} by {name}: {}", night.complaints());
        let (open, held) = (night.open_entries(), night.uncovered_or_held());
        match how {
            "keep" => {}
            "cancel" => assert_eq!(open, Vec::<String>::new(), "orders stay after {how}"),
            _ => assert_eq!((open, held), (Vec::new(), Vec::new()), "something stays after {how} by {name}"),
        }
        assert_eq!(night.uncovered(), Vec::<String>::new(), "after {how} by {name}");
        night.thaw();
        calm(&night, &format!("{how} by {name}"));
    }
}

#[test]
fn an_exchange_that_says_nothing_is_waited_for_no_longer_than_was_said() {
    let night = Night::begin(SPEED, |builder| builder);
    let mut child = trading(&night, "flatten", "--shutdown-timeout 3");
    night.fault("half-open on=message");
    night.fault("half-open on=request over=rest");
    let begun = Instant::now();
    signal(&child, "TERM");
    let status = child.wait().unwrap();
    let took = begun.elapsed();
    // Three seconds for orders, three for what is on its way, and some for a machine that is busy.
    assert!(took < Duration::from_secs(30), "it took {took:?}");
    assert_eq!(status.code(), Some(0), "{}", night.complaints());
    eprintln!("stopped within {took:?} at an exchange that says nothing");
    night.is_well();
    calm(&night, "an exchange that said nothing");
}

#[test]
fn a_second_signal_ends_it_at_once_and_the_next_run_knows_all() {
    let night = Night::begin(SPEED, |builder| builder);
    let mut child = trading(&night, "flatten", "--shutdown-timeout 60");
    night.fault("half-open on=message");
    night.fault("half-open on=request over=rest");
    signal(&child, "INT");
    night.until("it is stopping", |night| night.path("books.json").exists());
    signal(&child, "INT");
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(2), "it ended with {status}");
    night.is_well();
    calm(&night, "a second signal");
}

/// An expert that has traded, and does this when it is stopped.
fn trading(night: &Night, how: &str, more: &str) -> Child {
    let mark = night.mark();
    let plain = night.expert(more);
    // Whoever runs the tests in the background may have them ignore what Ctrl-C sends, and so would the expert.
    let mut command = Command::new("env");
    command
        .arg("--default-signal=INT")
        .arg(plain.get_program())
        .args(plain.get_args().map(|word| if word == "keep" { OsStr::new(how) } else { word }))
        .env_clear();
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let stderr = File::options().append(true).open(night.path("stderr.txt")).unwrap();
    command.current_dir(night.home.path()).stdout(Stdio::null()).stderr(stderr);
    let mut child = command.spawn().unwrap();
    night.until("it trades", |night| {
        assert_eq!(child.try_wait().unwrap(), None, "it has ended by itself: {}", night.complaints());
        night.executed_since(mark) >= 3
    });
    child
}

fn calm(night: &Night, after: &str) {
    let found = dusk(night, Leash(night.expert("").spawn().unwrap()), after);
    eprintln!("after {after}: {found:?}");
}

impl Night {
    /// Orders at the exchange that would open something.
    fn open_entries(&self) -> Vec<String> {
        let stays = |state: &str| matches!(state, "pending" | "waiting" | "working" | "partially-filled");
        self.net.handle().with(|exchange| {
            let lives = exchange.audit().orders();
            let open = lives.iter().filter(|life| life.last.origin == "client" && stays(life.last.state));
            open.map(|life| life.last.client_id.clone()).collect()
        })
    }

    /// What the account holds, and the numbers of conditional orders that wait.
    fn uncovered_or_held(&self) -> Vec<String> {
        let mut last = std::collections::BTreeMap::new();
        self.net.handle().with(|exchange| {
            for line in exchange.audit().lines() {
                if let What::Wallet(wallet) = &line.what {
                    last.extend(wallet.positions.clone());
                }
            }
        });
        let held = last.into_iter().filter(|(_, amount)| !amount.is_zero()).map(|(market, amount)| format!("{market} {amount}"));
        held.chain(self.waiting_stops().iter().map(ToString::to_string)).collect()
    }
}
