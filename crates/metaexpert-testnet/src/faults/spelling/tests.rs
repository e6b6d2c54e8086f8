//! Rules are read as they are written, and what is wrong is named.

use std::time::Duration;

use super::*;

fn flag(text: &str) -> Rule {
    from_flag(text).unwrap()
}

#[test]
fn a_flag_names_the_fault_and_then_its_keys() {
    let rule = flag("429 path=/api/v3/order p=0.1 seconds=7 times=3 from=10s until=1m by=market");
    assert_eq!(*rule.kind(), Kind::Fail(Failure::TooManyRequests(7)));
    assert_eq!(rule.stage(), Some(Stage::Request));
    assert!((rule.probability() - 0.1).abs() < f64::EPSILON);
    assert_eq!(rule.scope().path.as_deref(), Some("/api/v3/order"));
    assert_eq!(
        *rule.schedule(),
        Schedule {
            at_most: Some(3),
            from: Duration::from_secs(10),
            until: Some(Duration::from_mins(1)),
            by: Timeline::Market,
            ..Schedule::default()
        }
    );
}

#[test]
fn every_fault_can_be_spelled_and_is_called_what_it_was_spelled() {
    for kind in KINDS {
        let needs = match *kind {
            "latency" => " delay=1ms",
            "partial-fills" => " quantity=1",
            "clock-skew" => " skew=1s",
            _ => "",
        };
        let rule = flag(&format!("{kind}{needs}"));
        let called = if *kind == "-1003" { "429" } else { kind };
        assert_eq!(rule.kind().as_str(), called);
    }
}

#[test]
fn a_fault_strikes_where_it_usually_would_unless_it_is_told() {
    for (text, stage) in [
        ("drop", Some(Stage::Message)),
        ("drop over=rest", Some(Stage::Answer)),
        ("drop over=rest on=request", Some(Stage::Request)),
        ("cut", Some(Stage::Answer)),
        ("-1007 on=answer", Some(Stage::Answer)),
        ("-1007", Some(Stage::Request)),
        ("clock-skew skew=-1500ms", None),
    ] {
        assert_eq!(flag(text).stage(), stage, "{text}");
    }
    assert_eq!(*flag("clock-skew skew=-1500ms").kind(), Kind::ClockSkew(-1_500_000_000));
}

#[test]
fn what_is_wrong_is_said_with_key_value_and_rule() {
    for (text, wrong) in [
        ("", "--fault ``: names no fault"),
        ("latncy delay=1s", "--fault `latncy delay=1s`: `latncy`: no such fault; did you mean `latency`?"),
        ("429 pth=/x", "--fault `429 pth=/x`: `pth`: no such key of a fault; did you mean `path`?"),
        ("429 p=2", "--fault `429 p=2`: `p = 2`: must be a probability, from 0 to 1"),
        ("429 p=NaN", "--fault `429 p=NaN`: `p = NaN`: must be a probability, from 0 to 1"),
        ("429 p", "--fault `429 p`: `p` is not of the form `key=value`"),
        ("429 p=1 p=1", "--fault `429 p=1 p=1`: `p` is there twice"),
        ("429 delay=1s", "--fault `429 delay=1s`: `delay`: means nothing to `429`"),
        ("429 on=answer", "--fault `429 on=answer`: `on = answer`: must be `request`"),
        ("clock-skew skew=1s p=0.5", "--fault `clock-skew skew=1s p=0.5`: `p`: means nothing to `clock-skew`"),
        ("latency", "--fault `latency`: `latency` needs `delay`, such as `delay=250ms`"),
        (
            "latency delay=5",
            "--fault `latency delay=5`: `delay = 5`: must be a time with its unit, such as `250ms`, `10s`, `5m` or `1h`",
        ),
        ("503 on=message", "--fault `503 on=message`: `on = message`: must be `request` or `answer`"),
        ("drop over=tcp", "--fault `drop over=tcp`: `over = tcp`: must be `rest` or `ws`"),
        ("drop every=0", "--fault `drop every=0`: `every = 0`: must be a whole number, 1 or more"),
        ("partial-fills quantity=0", "--fault `partial-fills quantity=0`: `quantity = 0`: must be a quantity above 0"),
    ] {
        assert_eq!(from_flag(text).unwrap_err().to_string(), wrong);
    }
}

#[test]
fn a_file_has_the_same_rules_in_toml_and_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let toml = folder.path().join("faults.toml");
    std::fs::write(&toml, "[[fault]]\nkind = 429\np = 0.5\n\n[[fault]]\nkind = 'cut'\non = 'request'\nevery = 3\n").unwrap();
    let json = folder.path().join("faults.json");
    std::fs::write(&json, r#"{"faults": [{"kind": "429", "p": 0.5}, {"kind": "cut", "on": "request", "every": 3}]}"#).unwrap();
    let told = |path| -> Vec<_> {
        let rules: Vec<Rule> = from_file(path).unwrap();
        rules.iter().map(|rule| (rule.kind().clone(), rule.stage(), rule.probability().to_bits(), *rule.schedule())).collect()
    };
    assert_eq!(told(&toml), told(&json));
    assert_eq!(told(&toml).len(), 2);

    assert_eq!(from_json(r#"{"kind": "drop"}"#, "body").unwrap().len(), 1);
    assert_eq!(
        from_json(r#"[{"kind": "drop"}, {"kind": "dorp"}]"#, "body").unwrap_err().to_string(),
        "body: fault 2: `dorp`: no such fault; did you mean `drop`?"
    );
    std::fs::write(&toml, "[[faults]]\nkind = 429\n").unwrap();
    let wrong = from_file(&toml).unwrap_err().to_string();
    assert!(wrong.contains("unknown field `faults`, expected `fault`"), "{wrong}");
    let wrong = from_file(&folder.path().join("none.toml")).unwrap_err().to_string();
    assert!(wrong.contains("none.toml: cannot be read"), "{wrong}");
}
