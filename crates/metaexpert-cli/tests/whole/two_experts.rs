//! Two experts in the background at the same time, on the made-up market, one of them killed in between.

use serde_json::Value;

use crate::sandbox::Sandbox;

/// A simulated hour each second: bars come while a test watches.
const FLAGS: &str = "--trade-mode paper --data synthetic --timeframe 1m --speed 120 --log-level debug";

fn rows(user: &Sandbox) -> Vec<Value> {
    let listed = user.metaexpert("", "list --format json").well();
    serde_json::from_str(&listed.stdout).unwrap_or_else(|error| panic!("{error}: {}", listed.stdout))
}

fn row(user: &Sandbox, name: &str) -> Value {
    let rows = rows(user);
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}")).clone()
}

#[test]
fn two_run_at_once_one_is_killed_and_the_other_goes_on() {
    let user = Sandbox::new();
    for (name, strategy) in [("alpha", "ema"), ("beta", "rsi")] {
        user.metaexpert("", &format!("new {name} --strategy {strategy}")).well();
        user.metaexpert(name, &format!("run --detach -- {FLAGS}")).well();
    }
    assert_eq!(rows(&user).len(), 2);
    assert!(rows(&user).iter().all(|row| row["state"] == "running"), "{:?}", rows(&user));

    for name in ["alpha", "beta"] {
        user.metaexpert("", &format!("status {name}")).well();
        user.wait_for("the first lines of a log", || {
            let shown = user.metaexpert("", &format!("logs {name} --lines 20"));
            (shown.code == Some(0) && shown.stdout.contains(name)).then_some(())
        });
    }

    let pid = row(&user, "alpha")["pid"].as_u64().unwrap();
    user.run("", "kill", &format!("-9 {pid}"), &[]).well();
    // Between its end and the supervisor's word for it, it is `ending`.
    let is_over = |row: &Value| row["state"] != "running" && row["state"] != "ending";
    let killed = user.wait_for("the end of the killed one", || Some(row(&user, "alpha")).filter(is_over));
    assert_eq!(killed["state"], "killed", "{killed}");
    assert_eq!(row(&user, "beta")["state"], "running");
    let table = user.metaexpert("", "list").well().stdout;
    assert!(table.contains("alpha") && table.contains("killed") && table.contains("running"), "{table}");

    let stopped = user.metaexpert("", "stop beta").well();
    assert!((stopped.stdout + &stopped.stderr).contains("beta"));
    assert_eq!(row(&user, "beta")["state"], "ended");
    let log = user.metaexpert("", "logs beta --lines 200").well().stdout;
    assert!(log.contains("user_stop"), "{log}");
    assert!(user.metaexpert("", "list --running --format json").well().stdout.trim() == "[]");

    // The name of a killed one is free again.
    user.metaexpert("alpha", &format!("run --detach -- {FLAGS}")).well();
    assert_eq!(row(&user, "alpha")["state"], "running");
    user.metaexpert("", "stop alpha").well();
}
