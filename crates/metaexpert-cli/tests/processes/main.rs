//! Experts in the background and in the foreground, through the command: started, listed, killed, stopped, and what is known then.
//!
//! The expert is a shell script in the clothes of a project, so that nothing here depends on what an expert trades.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod exported;
mod halted;
mod home;
mod logs;

use std::fs;

use home::{Home, Said, send, until};
use rustix::process::Signal;
use serde_json::{Value, json};

#[test]
fn two_experts_run_at_once_and_one_that_is_killed_is_told_from_the_one_that_is_stopped() {
    let home = Home::new();
    for name in ["alpha", "beta"] {
        let log_dir = home.log_folder(name);
        let started = ["runs in the background", log_dir.to_str().unwrap(), &format!("metaexpert stop {name}")];
        home.detach(name, "wait").check(0, &started);
    }
    home.metaexpert(&["list"]).check(0, &["NAME", "alpha", "beta", "running", "paper", "bybit", "BTCUSDT", "fake-expert"]);
    let beta = home.status("beta");
    assert_eq!(
        (&beta["state"], &beta["restarts"], &beta["errors"], &beta["ended"]),
        (&json!("running"), &json!(0), &json!(0), &json!(null))
    );

    home.signal("alpha", "pid", Signal::KILL);
    home.wait_for_state("alpha", "killed");
    home.metaexpert(&["status", "alpha"]).check(1, &["killed", "was killed by SIGKILL"]);
    let listed: Value = serde_json::from_str(&home.metaexpert(&["list", "--format", "json"]).out).unwrap();
    let states: Vec<_> =
        listed.as_array().unwrap().iter().map(|row| (&row["name"], &row["state"], row["pid"].is_u64())).collect();
    assert_eq!(states, [(&json!("alpha"), &json!("killed"), false), (&json!("beta"), &json!("running"), true)]);
    let running = home.metaexpert(&["list", "--running"]);
    assert!(running.out.contains("beta") && !running.out.contains("alpha"), "{running:?}");

    home.metaexpert(&["logs", "beta"]).check(0, &["INFO  [fake BTCUSDT] started"]);
    home.metaexpert(&["logs", "beta", "--category", "output"]).check(0, &["act: wait"]);
    home.metaexpert(&["stop", "beta"]).check(0, &["`beta` ended with exit code 130 (interrupted), after it was told to stop"]);
    home.metaexpert(&["logs", "beta", "-n", "1"]).check(0, &["[fake BTCUSDT] stopping"]);
    home.metaexpert(&["stop", "beta"]).check(0, &["`beta` does not run: it ended with exit code 130"]);
    home.metaexpert(&["stop", "alpha"]).check(0, &["`alpha` does not run: it was killed by SIGKILL"]);
    home.metaexpert(&["list", "--running"]).check(0, &["no expert runs"]);
    assert_eq!(home.metaexpert(&["list", "--running", "--format", "json"]).out, "[]\n");
}

#[test]
fn an_expert_that_is_killed_is_started_again_where_that_is_wanted() {
    let home = Home::new();
    Said::of(home.run("again", &["--detach", "--restart-on-error"], &[]).output().unwrap()).check(0, &[]);
    let first = home.status("again")["pid"].clone();
    home.signal("again", "pid", Signal::KILL);
    until(
        || {
            let status = home.status("again");
            status["state"] == "running" && status["pid"] != first
        },
        || home.status("again").to_string(),
    );
    home.wait_until_it_listens("again");
    let status = home.status("again");
    assert_eq!((&status["restarts"], &status["max_restarts"]), (&json!(1), &json!(5)));
    home.metaexpert(&["logs", "again", "--category", "output"]).check(0, &["was killed by SIGKILL; it is started again in 1 s"]);
    home.metaexpert(&["stop", "again"]).check(0, &["exit code 130"]);
}

#[test]
fn an_expert_that_waits_for_its_restart_can_be_stopped() {
    let home = Home::new();
    let detach = ["--detach", "--restart-on-error", "--max-restarts", "50"];
    let said = Said::of(home.run("failing", &detach, &["--act", "fail"]).output().unwrap());
    said.check(0, &["warning: `failing` ended with exit code 1 (the run failed) and is about to be started again", "act: fail"]);
    home.wait_for_state("failing", "restarting");
    home.metaexpert(&["status", "failing"]).check(0, &["restarting"]);
    home.metaexpert(&["stop", "failing"])
        .check(0, &["`failing` ended with exit code 1 (the run failed), after it was told to stop"]);
    assert_eq!(home.state("failing"), "failed");
    assert!(home.status("failing")["errors"].as_u64().unwrap() >= 1);
}

#[test]
fn what_is_wrong_with_the_configuration_is_said_and_nothing_is_started() {
    let home = Home::new();
    for how in [&["--detach"][..], &[]] {
        let said = Said::of(home.run("wrong", how, &["--leverage", "1000"]).output().unwrap());
        said.check(3, &["--leverage: 1000 is too much"]);
        home.metaexpert(&["list"]).check(0, &["no expert was started yet"]);
    }
    assert!(!home.log_folder("wrong").exists());
}

#[test]
fn what_goes_wrong_at_once_is_told_where_it_was_started() {
    let home = Home::new();
    home.detach("failing", "fail").check(1, &["error: `failing` ended with exit code 1", "right after its start", "act: fail"]);
    assert_eq!(home.state("failing"), "failed");
    home.detach("short", "end").check(0, &["`short` ended with exit code 0, right after its start"]);
    assert_eq!(home.state("short"), "ended");
}

#[test]
fn of_two_that_want_one_name_at_the_same_time_exactly_one_has_it() {
    let home = Home::new();
    home.detach("first", "end").check(0, &[]); // builds it, so that the two meet
    let both = [(); 2].map(|()| home.run("same", &["--detach"], &[]).spawn().unwrap());
    let mut said = both.map(|one| Said::of(one.wait_with_output().unwrap()));
    said.sort_by_key(|said| said.code);
    said[0].check(0, &["`same` runs in the background"]);
    said[1].check(1, &["error: `same` ", "metaexpert stop same", "--name"]);
    home.detach("same", "wait").check(1, &["`same` runs (process "]);
    home.metaexpert(&["stop", "same"]).check(0, &["exit code 130"]);
    home.detach("same", "end").check(0, &[]);
}

#[test]
fn an_expert_that_does_not_stop_is_said_to_run_and_killed_only_by_force() {
    let home = Home::new();
    home.detach("stubborn", "stubborn").check(0, &[]);
    home.metaexpert(&["stop", "stubborn", "--timeout", "0"]).check(1, &["`stubborn` still runs", "--force"]);
    assert_eq!(home.state("stubborn"), "running");
    let said = home.metaexpert(&["stop", "stubborn", "--timeout", "0", "--force"]);
    said.check(0, &["has not ended within 0 s and is killed", "was killed by SIGKILL, after it was told to stop"]);
    assert_eq!(home.state("stubborn"), "killed");
}

#[test]
fn an_expert_outlives_its_supervisor_and_can_still_be_stopped() {
    let home = Home::new();
    home.detach("orphan", "wait").check(0, &[]);
    home.signal("orphan", "supervisor_pid", Signal::KILL);
    until(|| home.status("orphan")["supervisor_pid"].is_null(), || home.status("orphan").to_string());
    home.metaexpert(&["status", "orphan"]).check(0, &["running", "watched by", "nothing"]);
    home.detach("orphan", "wait").check(1, &["`orphan` runs (process ", "without a supervisor", "--name"]);
    home.metaexpert(&["supervise", "orphan"]).check(1, &["without a supervisor"]);
    home.metaexpert(&["stop", "orphan"]).check(0, &["`orphan` ended, nobody saw how, after it was told to stop"]);
    home.metaexpert(&["logs", "orphan"]).check(0, &["stopping"]);
    assert_eq!(home.state("orphan"), "ended");
}

#[test]
fn an_expert_that_vanished_with_its_supervisor_is_lost_and_its_name_is_free() {
    let home = Home::new();
    home.detach("lost", "wait").check(0, &[]);
    let pid = u32::try_from(home.status("lost")["pid"].as_u64().unwrap()).unwrap();
    home.signal("lost", "supervisor_pid", Signal::KILL);
    send(pid, Signal::KILL);
    home.wait_for_state("lost", "lost");
    home.metaexpert(&["status", "lost"]).check(1, &["lost", "vanished without a word"]);
    home.metaexpert(&["stop", "lost"]).check(0, &["does not run: it vanished"]);
    home.detach("lost", "end").check(0, &[]);
}

#[test]
fn a_process_that_was_given_an_old_number_is_neither_taken_for_the_expert_nor_signalled() {
    let home = Home::new();
    home.detach("old", "end").check(0, &[]);
    // As after a restart of the machine: both numbers belong to others now, here to this test.
    let mut run: Value = serde_json::from_str(&fs::read_to_string(home.run_file("old")).unwrap()).unwrap();
    let recycled = json!({"pid": std::process::id(), "start": run["supervisor"]["start"]});
    run["supervisor"] = recycled.clone();
    run["phase"] = json!({"running": {"expert": recycled, "since": run["started"]}});
    fs::write(home.run_file("old"), run.to_string()).unwrap();
    assert_eq!(home.state("old"), "lost");
    home.metaexpert(&["stop", "old", "--force"]).check(0, &["does not run"]);
}

#[test]
fn an_expert_in_the_foreground_is_known_too_and_hands_its_exit_code_on() {
    let home = Home::new();
    let failed = Said::of(home.run("here", &[], &["--act", "fail"]).output().unwrap());
    failed.check(1, &["act: fail"]);
    let here = home.run("here", &[], &["--act", "wait"]).spawn().unwrap();
    home.wait_until_it_listens("here");
    home.detach("here", "wait").check(1, &["`here` runs (process "]);
    home.metaexpert(&["logs", "here", "--category", "output"]).check(4, &["went to the terminal"]);
    home.metaexpert(&["stop", "here"]).check(0, &["exit code 130"]);
    Said::of(here.wait_with_output().unwrap()).check(130, &["act: wait"]);

    let killed = home.run("here", &[], &["--act", "wait"]).spawn().unwrap();
    home.wait_until_it_listens("here");
    home.signal("here", "pid", Signal::KILL);
    Said::of(killed.wait_with_output().unwrap()).check(137, &[]);
    Said::of(home.run("here", &[], &["--help"]).output().unwrap()).check(0, &["what the expert can do"]);
}

#[test]
fn a_run_file_that_makes_no_sense_is_named_and_the_others_are_shown() {
    let home = Home::new();
    home.detach("good", "end").check(0, &[]);
    fs::create_dir_all(home.run_file("bad").parent().unwrap()).unwrap();
    for (text, why) in [("{", "is broken"), (r#"{"version": 99}"#, "has version 99")] {
        fs::write(home.run_file("bad"), text).unwrap();
        let path = home.run_file("bad");
        let parts = [why, path.to_str().unwrap(), "delete it if no such expert runs any more"];
        for arguments in [&["list"][..], &["status"]] {
            home.metaexpert(arguments).check(4, &[&parts[..], &["good"]].concat());
        }
        for arguments in [&["status", "bad"][..], &["stop", "bad"], &["logs", "bad"]] {
            home.metaexpert(arguments).check(4, &parts);
        }
        home.detach("bad", "wait").check(4, &parts);
    }
}

#[test]
fn a_name_that_nobody_has_is_an_error_with_the_nearest() {
    let home = Home::new();
    home.detach("alpha", "end").check(0, &[]);
    for command in ["status", "stop", "logs"] {
        home.metaexpert(&[command, "alpah"])
            .check(3, &["no expert is known as `alpah`", "did you mean `alpha`?", "metaexpert list"]);
    }
    home.detach("../alpha", "end").check(3, &["`../alpha` cannot be the name of an expert"]);
    home.metaexpert(&["supervise", "beta"]).check(1, &["`beta` was never started"]);
}
