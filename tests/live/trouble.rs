//! What may befall an expert beside its exchange: its disk, its journal, its network, its clock. Each with the outcome that the guide
//! on live trading promises.
//!
//! The one decision: nothing is simulated that can be had. The disk is a small one that is full, the journal is a file whose bytes were
//! changed, the network takes no byte. Only the clock is set by the program itself, since a machine has one for all that run on it.

use std::{
    env, fs,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output},
    thread,
    time::Duration,
};

use metaexpert_core::{Currency, Money};
use metaexpert_testnet::{audit::What, setup::AccountSpec};
use rust_decimal::dec;

use crate::{
    night::{Leash, Night},
    soak::dusk,
};

/// How much faster than the wall clock the markets go.
const SPEED: f64 = 30.0;

/// In records of entries that are refused, and of orders that were.
const UNREACHABLE: &str = "\"rule\":\"unreachable\"";

/// What the shell answers if it could not prepare the ground.
const UNPREPARED: i32 = 77;

/// Room for the journal, and for what it writes ahead.
const DISK: &str = "16m";

/// The expert's journal, in its folder.
const JOURNAL: &str = "state/restless/journal-live-binance-usdm.sqlite";

#[test]
fn a_full_disk_under_the_journal_refuses_orders_until_there_is_room() {
    let night = Night::begin(SPEED, |builder| builder);
    fs::create_dir(night.path("state")).unwrap();
    let Some(mut child) = on_a_small_disk(&night) else {
        eprintln!("skipped: this user may not mount a file system of his own");
        return;
    };
    let expert: u32 = fs::read_to_string(night.path("pid")).unwrap().trim().parse().unwrap();
    night.until("it trades", |night| night.executions() >= 3);

    let filler = PathBuf::from(format!("/proc/{expert}/root")).join(night.path("state/filler").strip_prefix("/").unwrap());
    fill(&filler);
    night.until("orders are refused", |night| night.logged("journal.full") > 0);
    let (refused, mark) = (night.logged("journal.full"), night.mark());
    night.until("orders are refused again", |night| night.logged("journal.full") >= refused + 20);
    assert_eq!(child.try_wait().unwrap(), None, "it has ended: {}", night.complaints());
    let sent = night.placed_since(mark);
    assert_eq!(sent, Vec::<String>::new(), "orders have left that the journal did not take");

    fs::remove_file(&filler).unwrap();
    night.until("orders leave again", |night| !night.placed_since(mark).is_empty());
    night.freeze();
    night.until_quiet();
    night.until("legs are covered", |night| night.uncovered().is_empty());
    send(expert, "TERM");
    assert!(child.wait().unwrap().success(), "{}", night.complaints());
    fs::remove_dir_all(night.path("state")).unwrap();
    fs::rename(night.path("kept"), night.path("state")).unwrap();
    eprintln!("after a full disk: {:?}", night.judge());
}

/// What is damaged, and how.
type Damage<'a> = (&'a str, &'a dyn Fn(&Path));

#[test]
fn a_damaged_journal_starts_nothing_and_says_what_to_do() {
    let night = Night::begin(SPEED, |builder| builder);
    trade_a_little(&night);
    let journal = night.path(JOURNAL);
    let whole = fs::read(&journal).unwrap();
    let page = whole.len() / 2 / 4_096 * 4_096;
    let damages: [Damage<'_>; 4] = [
        ("its header", &|path| overwrite(path, 0, &[7; 100])),
        ("its middle", &|path| overwrite(path, page, &[0xFF; 4_096])),
        ("its end", &|path| fs::File::options().write(true).open(path).unwrap().set_len(page as u64).unwrap()),
        ("all of it", &|path| fs::write(path, "bought 1 BTC at 60000\n".repeat(400)).unwrap()),
    ];
    for (what, damage) in damages {
        damage(&journal);
        let mark = night.mark();
        let said = refused_to_start(&night.expert(""), 4);
        assert!(said.contains("the journal is damaged") && said.contains("look at the exchange"), "{what}: {said}");
        assert_eq!(night.placed_since(mark), Vec::<String>::new(), "{what}");
        fs::write(&journal, &whole).unwrap();
    }
    trade_a_little(&night);
}

#[test]
fn a_journal_that_another_process_has_open_starts_nothing_and_the_other_goes_on() {
    let night = Night::begin(SPEED, |builder| builder);
    let child = Leash(night.expert("").spawn().unwrap());
    night.until("it trades", |night| night.executions() > 0);
    let said = refused_to_start(&night.expert(""), 4);
    let expected = format!("another process has this journal open (process {})", child.0.id());
    assert!(said.contains(&expected), "{said}");
    dusk(&night, child, "another process wanted its journal");
}

#[test]
fn the_journal_of_another_account_starts_nothing() {
    let night = Night::begin(SPEED, |builder| builder.account(AccountSpec::usual()).account(AccountSpec::rich("alice")));
    trade_a_little(&night);
    let alice = night.net.keys().into_iter().find(|key| key.account == "alice").unwrap();
    let mut command = night.expert("");
    command.env("BINANCE_API_KEY", &alice.key).env("BINANCE_API_SECRET", alice.secret().unwrap());
    let said = refused_to_start(&command, 4);
    assert!(said.contains("this journal belongs to another: its account is"), "{said}");
}

#[test]
fn while_the_network_is_gone_entries_wait_and_stops_at_the_exchange_stay() {
    let seconds = env::var("NETWORK_SECONDS").ok().map_or(30, |seconds| seconds.parse().unwrap());
    let night = Night::begin(SPEED, |builder| builder);
    let mut child = Leash(night.expert("").spawn().unwrap());
    night.until("it trades", |night| night.executions() >= 3);
    night.until("it has stops at the exchange", |night| !night.waiting_stops().is_empty());
    // A start says so, too: nothing was heard yet.
    let before = night.logged_with(UNREACHABLE);
    // What is on its way when the network goes may arrive; what is asked later does not, and nothing is heard of either.
    night.fault("half-open on=message");
    night.fault("half-open on=request over=rest");
    // A connection hangs from its next message on, and without prices there is nothing that the account's would tell by itself.
    night.net.handle().with(|exchange| exchange.fund("trader", "linear", &Money::new(dec!(1), Currency::new("USDT"))).unwrap());
    // Each connection is found to be silent by itself, and exits leave until that of the account is.
    night.until("it says so", |night| night.logged_with(UNREACHABLE) > before && night.logged("account.lost") > 0);
    let (mark, stops) = (night.mark(), night.waiting_stops());
    thread::sleep(Duration::from_secs(seconds));
    assert_eq!(child.0.try_wait().unwrap(), None, "it has ended: {}", night.complaints());
    assert_eq!(night.placed_since(mark), Vec::<String>::new());
    assert_eq!(night.cancelled(&stops), Vec::<String>::new());
    night.is_well();
    let found = dusk(&night, child, "the network was gone");
    eprintln!("after {seconds} s without a network, with {} orders waiting there: {found:?}", stops.len());
}

#[test]
fn a_clock_that_is_set_by_an_hour_repeats_no_name_and_loses_nothing() {
    let night = Night::begin(SPEED, |builder| builder);
    let set = |seconds: i64| fs::write(night.path("clock"), seconds.to_string()).unwrap();
    let start = || {
        let mut command = night.expert("");
        command.env("FAILPOINTS_CLOCK", night.path("clock"));
        Leash(command.spawn().unwrap())
    };
    // An hour ahead, and killed there.
    set(3_600);
    let child = start();
    night.until("it trades", |night| night.executions() >= 3);
    drop(child);
    // Right again; then set back an hour while it runs, and set right.
    set(0);
    let child = start();
    for (shift, when) in [(0, "at the right time"), (-3_600, "an hour back"), (0, "at the right time again")] {
        set(shift);
        let mark = night.mark();
        night.until(&format!("it trades {when}"), |night| night.executed_since(mark) >= 3);
    }
    let found = dusk(&night, child, "its clock was set");
    eprintln!("after its clock was set: {found:?}");
    assert_eq!(night.logged("market.stale"), 0, "markets were taken for silent");
}

/// A run that nothing happens to.
fn trade_a_little(night: &Night) {
    dusk(night, Leash(night.expert("").spawn().unwrap()), "a calm run");
}

/// Says what a program says that does not start, and ends with this code.
fn refused_to_start(command: &Command, code: i32) -> String {
    let mut again = Command::new(command.get_program());
    again.args(command.get_args()).env_clear();
    again.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let Output { status, stderr, .. } = again.current_dir(command.get_current_dir().unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(status.code(), Some(code), "{said}");
    said
}

/// The expert, with a disk of its own under its state; a copy of that is left as `kept`. `None` where no disk can be mounted.
fn on_a_small_disk(night: &Night) -> Option<Child> {
    let script = format!(
        "mount -t tmpfs -o size={DISK} tmpfs state || exit {UNPREPARED}; \"$@\" & echo $! >pid.new; mv pid.new pid; \
         wait $!; code=$?; cp -a state kept; exit $code"
    );
    let expert = night.expert("");
    let prefixes: [&[&str]; 2] = [&["unshare", "--user", "--map-root-user", "--mount"], &["unshare", "--mount"]];
    prefixes.iter().find_map(|prefix| {
        let mut command = Command::new(prefix[0]);
        command.args(&prefix[1..]).args(["sh", "-c", &script, "sh"]).arg(expert.get_program()).args(expert.get_args());
        command.env_clear().envs(expert.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PATH", env::var_os("PATH").unwrap()).current_dir(expert.get_current_dir().unwrap());
        let mut child = command.spawn().ok()?;
        while child.try_wait().unwrap().is_none() {
            if night.path("pid").exists() {
                return Some(child);
            }
            thread::sleep(Duration::from_millis(10));
        }
        None
    })
}

/// Takes all room that is left on a disk.
fn fill(filler: &Path) {
    let file = fs::File::create(filler).unwrap();
    let mut at = 0;
    while file.write_at(&[1; 4_096], at).is_ok_and(|written| written == 4_096) {
        at += 4_096;
    }
}

fn overwrite(path: &Path, at: usize, bytes: &[u8]) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.write_all_at(bytes, at as u64).unwrap();
}

fn send(process: u32, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap();
    assert!(sent.success());
}

impl Night {
    /// How many lines of the logs are of this kind.
    pub(crate) fn logged(&self, msgid: &str) -> usize {
        self.logged_with(&format!("\"msgid\":\"{msgid}\""))
    }

    fn logged_with(&self, text: &str) -> usize {
        let files = fs::read_dir(self.path("logs")).into_iter().flatten().flatten().map(|entry| entry.path());
        let texts = files.filter_map(|path| fs::read_to_string(path).ok());
        texts.map(|lines| lines.lines().filter(|line| line.contains(text)).count()).sum()
    }

    /// Orders of ours that the exchange took since then, by their names.
    pub(crate) fn placed_since(&self, mark: u64) -> Vec<String> {
        let name = |what: &What| match what {
            What::Order(order) if order.change == "new" && order.origin == "client" => Some(order.client_id.clone()),
            What::Algo(algo) if algo.state == "waiting" => Some(algo.client_id.clone()),
            _ => None,
        };
        self.net.handle().with(|exchange| exchange.audit().since(mark).filter_map(|line| name(&line.what)).collect())
    }

    /// Conditional orders that wait at the exchange, by its numbers.
    pub(crate) fn waiting_stops(&self) -> Vec<u64> {
        let mut waiting = Vec::new();
        self.net.handle().with(|exchange| {
            for line in exchange.audit().lines() {
                let What::Algo(algo) = &line.what else { continue };
                waiting.retain(|number| *number != algo.algo);
                if algo.state == "waiting" {
                    waiting.push(algo.algo);
                }
            }
        });
        waiting
    }

    /// Those of them that somebody has cancelled.
    fn cancelled(&self, stops: &[u64]) -> Vec<String> {
        let gone = |what: &What| match what {
            What::Algo(algo) if algo.state == "cancelled" && stops.contains(&algo.algo) => Some(algo.client_id.clone()),
            _ => None,
        };
        self.net.handle().with(|exchange| exchange.audit().lines().filter_map(|line| gone(&line.what)).collect())
    }
}
