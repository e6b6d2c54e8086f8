//! Which lines are shown: those of records that are bad enough and not somebody else's.

use super::Head;
use crate::command_line::Level;

/// What is shown of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sieve {
    pub(crate) least: Option<Level>,
    /// The experts whose records are wanted.
    pub(crate) own: Vec<String>,
    /// Other experts that write to the same file. A record of nobody in either list is shown: it may concern all.
    pub(crate) others: Vec<String>,
}

impl Sieve {
    /// Whether everything is shown, so that nobody needs to look at a line.
    pub(crate) fn lets_everything_pass(&self) -> bool {
        self.least.is_none() && self.others.is_empty()
    }

    /// Whether a record is shown, judged by its first line.
    pub(crate) fn lets_pass(&self, head: &Head<'_>) -> bool {
        self.least.is_none_or(|least| head.level >= least) && !self.is_of_another(head)
    }

    /// Names may begin with other names, and in text a symbol follows: the longest that fits is the one.
    fn is_of_another(&self, head: &Head<'_>) -> bool {
        let longest = |names: &[String]| names.iter().filter(|name| head.may_be_of(name)).map(String::len).max();
        longest(&self.others) > longest(&self.own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_shown(sieve: &Sieve, level: &str, owner: &str) -> bool {
        sieve.lets_pass(&Head::of(&format!("2026-03-02T09:26:02.894546Z {level} [{owner}] said")).unwrap())
    }

    #[test]
    fn levels_below_the_least_are_not_shown() {
        let sieve = Sieve { least: Some(Level::Trade), ..Sieve::default() };
        let shown = ["DEBUG", "INFO", "TRADE", "WARNING", "ERROR", "CRITICAL"].map(|level| is_shown(&sieve, level, "ema"));
        assert_eq!(shown, [false, false, true, true, true, true]);
    }

    #[test]
    fn of_experts_that_share_a_file_only_the_wanted_one_is_shown() {
        let sieve = Sieve { least: None, own: vec!["ema".into()], others: vec!["ema fast".into(), "rsi".into(), "ema".into()] };
        for (owner, shown) in [
            ("ema", true),
            ("ema BTCUSDT", true),
            ("ema fast", false),
            ("ema fast BTCUSDT", false),
            ("rsi", false),
            ("the-program", true),
        ] {
            assert_eq!(is_shown(&sieve, "INFO", owner), shown, "{owner}");
        }
    }
}
