//! Experts that are kept from opening anything: by a file, by a limit, by a person; and what ends that.

use std::fs;

use rustix::process::Signal;
use serde_json::json;

use crate::home::{Home, Said, until};

/// What a paper run leaves behind that was halted by its drawdown.
const HALTED: &str = r#"{"version": "1", "equity": "800", "peak": "1000", "day_start": "900", "day_end": "2024-03-05T00:00:00Z",
    "halt": {"breach": {"rule": "max_drawdown_pct", "peak": "1000", "equity": "800"}, "until": null}}"#;
const REASON: &str =
    "new entries are refused until a person resumes: max_drawdown_pct is reached: equity 800 after a peak of 1000";

#[test]
fn an_expert_closes_everything_before_it_ends_where_that_is_wanted() {
    let home = Home::new();
    home.detach("flat", "wait").check(0, &[]);
    home.metaexpert(&["stop", "flat", "--flatten"]).check(0, &["`flat` ended with exit code 0, after it was told to stop"]);
    home.metaexpert(&["logs", "flat", "-n", "1"]).check(0, &["closes everything, and ends"]);
    assert_eq!(home.state("flat"), "ended");
}

#[test]
fn an_expert_without_a_supervisor_closes_everything_too() {
    let home = Home::new();
    home.detach("orphan", "wait").check(0, &[]);
    home.signal("orphan", "supervisor_pid", Signal::KILL);
    until(|| home.status("orphan")["supervisor_pid"].is_null(), || home.status("orphan").to_string());
    home.metaexpert(&["stop", "orphan", "--flatten"]).check(0, &["`orphan` ended, nobody saw how"]);
    home.metaexpert(&["logs", "orphan", "-n", "1"]).check(0, &["closes everything, and ends"]);
}

#[test]
fn a_supervisor_hands_on_that_everything_is_to_be_closed_and_the_expert_goes_on() {
    let home = Home::new();
    home.detach("halting", "wait").check(0, &[]);
    home.signal("halting", "supervisor_pid", Signal::USR1);
    let logged = || home.metaexpert(&["logs", "halting", "-n", "1"]).out;
    until(|| logged().contains("closes everything, and halts"), logged);
    assert_eq!(home.state("halting"), "running");
    home.metaexpert(&["stop", "halting"]).check(0, &["exit code 130"]);
}

#[test]
fn an_expert_that_does_not_end_in_time_says_how_to_end_it_with_what_is_open() {
    let home = Home::new();
    home.detach("busy", "stubborn").check(0, &[]);
    home.metaexpert(&["stop", "busy", "--timeout", "0"]).check(1, &["`metaexpert stop busy --force` kills it"]);
    let said = home.metaexpert(&["stop", "busy", "--timeout", "0", "--flatten"]);
    said.check(1, &["`busy` still runs", "`metaexpert stop busy` ends it with what is still open"]);
}

#[test]
fn what_keeps_an_expert_from_opening_anything_is_in_its_status() {
    let home = Home::new();
    home.detach("kept", "wait").check(0, &[]);
    assert_eq!(home.status("kept")["halted"], json!([]));
    let (kill, risk) = (home.log_folder("kept").join("KILL"), home.log_folder("kept").join("fake/risk-paper-simulated.json"));
    fs::create_dir_all(risk.parent().unwrap()).unwrap();
    fs::write(&risk, HALTED).unwrap();
    fs::write(&kill, "").unwrap();
    let file = format!("new entries are refused: the file `{}` is there", kill.display());
    assert_eq!(home.status("kept")["halted"], json!([file, REASON]));
    home.metaexpert(&["status", "kept"]).check(0, &["halted", &format!("{file}; {REASON}")]);
    home.metaexpert(&["status"]).check(0, &["HALTED", "yes"]);
    fs::write(&risk, HALTED.replace("1000", "many")).unwrap();
    home.metaexpert(&["status", "kept"]).check(0, &["risk-paper-simulated.json` is broken", "mend it, or delete it"]);
}

#[test]
fn a_person_resumes_with_the_next_start() {
    let home = Home::new();
    home.metaexpert(&["resume", "nobody"]).check(3, &["no expert is known as `nobody`"]);
    home.detach("kept", "wait").check(0, &[]);
    let (kill, risk) = (home.log_folder("kept").join("KILL"), home.log_folder("kept").join("fake/risk-paper-simulated.json"));
    fs::create_dir_all(risk.parent().unwrap()).unwrap();
    fs::write(&risk, HALTED).unwrap();
    home.metaexpert(&["resume", "kept"]).check(1, &["error: `kept` runs (process ", "`metaexpert stop kept`, then"]);
    home.metaexpert(&["stop", "kept"]).check(0, &[]);
    assert_eq!(home.status("kept")["halted"], json!([REASON]));
    fs::write(&kill, "").unwrap();
    home.metaexpert(&["resume", "kept"]).check(
        0,
        &["fake may open positions again with its next start; it was halted: max_drawdown_pct is reached", "KILL` is there"],
    );
    fs::remove_file(&kill).unwrap();
    assert_eq!(home.status("kept")["halted"], json!([]));
    let kept = fs::read_to_string(&risk).unwrap();
    assert!(kept.contains(r#""peak": "800""#) && kept.contains(r#""day_start": "800""#), "{kept}");
    home.metaexpert(&["resume", "kept"]).check(0, &["`kept` is not halted"]);
    fs::write(&risk, "{}").unwrap();
    home.metaexpert(&["resume", "kept"]).check(4, &["risk-paper-simulated.json` is broken: missing field `version`"]);
}

#[test]
fn what_a_configuration_is_warned_of_is_said_once() {
    let home = Home::new();
    let warnings = |said: &Said| said.err.matches("warning: nothing is honoured").count();
    let here = Said::of(home.run("here", &[], &["--act", "end"]).output().unwrap());
    assert_eq!((here.code, warnings(&here)), (Some(0), 1), "{here:?}");
    // Its own words are in its output, and nobody would see them.
    let there = home.detach("there", "wait");
    assert_eq!((there.code, warnings(&there)), (Some(0), 1), "{there:?}");
}
