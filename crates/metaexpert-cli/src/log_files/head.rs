//! The first line of a record: when, how bad, whose.

use std::borrow::Cow;

use serde::Deserialize;

use crate::command_line::Level;

/// What a record says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    /// RFC 3339.
    pub(crate) time: Cow<'a, str>,
    pub(crate) level: Level,
    /// The expert, in text followed by the symbol if there is one; the program where it is no expert's.
    owner: Cow<'a, str>,
}

impl<'a> Head<'a> {
    /// That of a line of text or JSON; none where the line is neither.
    pub(crate) fn of(line: &'a str) -> Option<Self> {
        if line.starts_with('{') { Self::of_json(line) } else { Self::of_text(line) }
    }

    /// `2026-01-02T03:04:05.123456Z INFO  [ema BTCUSDT] message key=value`
    fn of_text(line: &'a str) -> Option<Self> {
        let (time, rest) = line.split_once(' ')?;
        let is_time = time.len() > 20 && time.ends_with('Z') && time.as_bytes().get(10) == Some(&b'T');
        let (level, rest) = rest.split_once(' ')?;
        let (owner, _) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
        is_time.then_some(())?;
        Some(Self { time: time.into(), level: level_of(level)?, owner: owner.into() })
    }

    fn of_json(line: &'a str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Record<'a> {
            #[serde(borrow)]
            timestamp: Cow<'a, str>,
            #[serde(borrow)]
            level: Cow<'a, str>,
            #[serde(borrow)]
            appname: Option<Cow<'a, str>>,
            #[serde(borrow)]
            expert_name: Option<Cow<'a, str>>,
        }
        let record: Record<'a> = serde_json::from_str(line).ok()?;
        let owner = record.expert_name.or(record.appname).unwrap_or_default();
        Some(Self { time: record.timestamp, level: level_of(&record.level)?, owner })
    }

    /// Whether it can be a record of this expert: its name, or its name and a symbol.
    pub(crate) fn may_be_of(&self, expert: &str) -> bool {
        self.owner.strip_prefix(expert).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    }
}

fn level_of(name: &str) -> Option<Level> {
    match name {
        "DEBUG" => Some(Level::Debug),
        "INFO" => Some(Level::Info),
        "TRADE" => Some(Level::Trade),
        "WARNING" => Some(Level::Warning),
        "ERROR" => Some(Level::Error),
        "CRITICAL" => Some(Level::Critical),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_say_when_how_bad_and_whose() {
        for (line, time, level, owner) in [
            ("2026-03-02T09:26:02.894546Z INFO  [trend BTCUSDT] buying a=1", "2026-03-02T09:26:02.894546Z", Level::Info, "trend"),
            (
                "2026-03-02T09:26:02.894546Z CRITICAL [EMA crossover] a panic",
                "2026-03-02T09:26:02.894546Z",
                Level::Critical,
                "EMA crossover",
            ),
            (
                r#"{"timestamp":"2026-03-02T09:26:02.894606Z","severity":5,"appname":"ema","level":"TRADE","message":"a \"b\"","expert_name":"trend \"x\""}"#,
                "2026-03-02T09:26:02.894606Z",
                Level::Trade,
                "trend \"x\"",
            ),
            (
                r#"{"timestamp":"2026-03-02T09:26:02Z","appname":"ema","level":"ERROR"}"#,
                "2026-03-02T09:26:02Z",
                Level::Error,
                "ema",
            ),
        ] {
            let head = Head::of(line).unwrap();
            assert_eq!((head.time.as_ref(), head.level), (time, level), "{line}");
            assert!(head.may_be_of(owner), "{line}");
            assert!(!head.may_be_of("tre") && !head.may_be_of("other"), "{line}");
        }
    }

    #[test]
    fn what_is_no_record_has_no_head() {
        for line in [
            "",
            "hello world",
            "  at src/main.rs",
            "{}",
            "{\"level\":\"INFO\"}",
            "2026 INFO [x] y",
            "2026-03-02T09:26:02.894546Z LOUD [x] y",
        ] {
            assert_eq!(Head::of(line), None, "{line}");
        }
    }
}
