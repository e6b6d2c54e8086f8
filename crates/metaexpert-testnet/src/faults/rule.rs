//! One rule: what goes wrong, how likely, when, with whom; and how often it has.

use std::time::Duration;

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng as _, SeedableRng as _},
};

use super::{Kind, Over, Passing, Since, Stage};
use crate::protocol::Topic;

/// What goes wrong, how likely, when, and with whom.
#[derive(Debug, Clone)]
pub struct Rule {
    id: u64,
    kind: Kind,
    stage: Option<Stage>,
    probability: f64,
    schedule: Schedule,
    scope: Scope,
    began: Since,
    luck: Xoshiro256PlusPlus,
    seen: u64,
    struck: u64,
    is_told: bool,
}

/// When a rule holds. Times are counted from when the rule was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Schedule {
    /// So many that it concerns pass unharmed first.
    pub after: u64,
    /// Then it strikes the last of each so many.
    pub every: Option<u64>,
    /// It strikes so often, and then no more.
    pub at_most: Option<u64>,
    /// Not before.
    pub from: Duration,
    /// And not from here on.
    pub until: Option<Duration>,
    /// By which time.
    pub by: Timeline,
}

/// By which time a schedule is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timeline {
    /// The exchange's clock.
    #[default]
    Clock,
    /// The time of the markets, which may pass faster.
    Market,
}

/// With whom: all that is named must fit, and what is not named always does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// For which host.
    pub host: Option<String>,
    /// Which paths; `*` stands for any part.
    pub path: Option<String>,
    /// Which verb.
    pub method: Option<String>,
    /// Over what.
    pub over: Option<Over>,
    /// Of messages: which.
    pub topic: Option<Topic>,
    /// Whose.
    pub account: Option<String>,
    /// Those that name this symbol, in whichever case.
    pub symbol: Option<String>,
    /// Those that say this.
    pub contains: Option<String>,
}

impl Rule {
    /// A rule. `stage` must be one of the kind's.
    pub fn new(kind: Kind, stage: Option<Stage>, probability: f64, schedule: Schedule, scope: Scope) -> Self {
        let luck = Xoshiro256PlusPlus::seed_from_u64(0);
        let began = Since::default();
        Self { id: 0, kind, stage, probability, schedule, scope, began, luck, seen: 0, struck: 0, is_told: false }
    }

    /// Its number.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// What goes wrong.
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Where it strikes; `None` for what does not strike what passes by.
    pub const fn stage(&self) -> Option<Stage> {
        self.stage
    }

    /// How likely, from 0 to 1.
    pub const fn probability(&self) -> f64 {
        self.probability
    }

    /// When.
    pub const fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// With whom.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// How often it has struck.
    pub const fn struck(&self) -> u64 {
        self.struck
    }

    /// From now on it holds.
    pub(super) fn begin(&mut self, id: u64, seed: u64, now: Since) {
        self.id = id;
        self.began = now;
        self.luck = Xoshiro256PlusPlus::seed_from_u64(seed ^ id.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    }

    /// Whether its time is now.
    pub(super) fn lasts(&self, now: Since) -> bool {
        let (now, began) = match self.schedule.by {
            Timeline::Clock => (now.clock, self.began.clock),
            Timeline::Market => (now.market, self.began.market),
        };
        let since = now.saturating_sub(began);
        since >= self.schedule.from && self.schedule.until.is_none_or(|until| since < until)
    }

    /// Whether it strikes what passes by, which is counted.
    pub(super) fn strikes(&mut self, passing: &Passing<'_>) -> bool {
        if self.kind.event().is_some() && !self.counts_requests() {
            return false;
        }
        self.lasts(passing.now) && self.scope.fits(passing) && self.takes_its_turn()
    }

    /// Whether it happens now, of itself.
    pub(super) fn strikes_by_itself(&mut self, now: Since) -> bool {
        self.lasts(now) && self.takes_its_turn()
    }

    /// Whether what happens of itself waits for a number of requests rather than for a time.
    pub(super) const fn counts_requests(&self) -> bool {
        self.schedule.after > 0 || self.schedule.every.is_some()
    }

    /// Whether it lasts, and nobody has been told yet: the sockets of maintenance are closed once.
    pub(super) fn is_to_be_told(&mut self, now: Since) -> bool {
        let is_news = !self.is_told && self.lasts(now);
        self.is_told |= is_news;
        self.struck += u64::from(is_news);
        is_news
    }

    /// A number from 0 to 1, of its own.
    pub(super) fn luck(&mut self) -> f64 {
        // The 53 bits that a double has exactly.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let number = (self.luck.next_u64() >> 11) as f64;
        number / 9_007_199_254_740_992.0
    }

    fn takes_its_turn(&mut self) -> bool {
        if self.schedule.at_most.is_some_and(|most| self.struck >= most) {
            return false;
        }
        self.seen += 1;
        let Some(turn) = self.seen.checked_sub(self.schedule.after).filter(|turn| *turn > 0) else { return false };
        if self.schedule.every.is_some_and(|every| !turn.is_multiple_of(every)) {
            return false;
        }
        let strikes = self.probability >= 1.0 || self.luck() < self.probability;
        self.struck += u64::from(strikes);
        strikes
    }
}

impl Scope {
    /// Whether it concerns what passes by.
    pub fn fits(&self, passing: &Passing<'_>) -> bool {
        self.over.is_none_or(|over| over == passing.over)
            && self.topic.is_none_or(|topic| Some(topic) == passing.topic)
            && self.fits_socket(passing.host, passing.path, passing.account)
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(passing.method))
            && self.symbol.as_ref().is_none_or(|symbol| says(&passing.texts, symbol))
            && self.contains.as_ref().is_none_or(|part| passing.texts.iter().any(|text| text.contains(part.as_str())))
    }

    /// Whether it concerns a connection, whatever goes over it.
    pub fn fits_socket(&self, host: &str, path: &str, account: Option<&str>) -> bool {
        self.host.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(host))
            && self.path.as_ref().is_none_or(|pattern| is_like(pattern, path))
            && self.account.as_ref().is_none_or(|wanted| Some(wanted.as_str()) == account)
    }
}

/// Whether one of the texts has the word, in whichever case.
fn says(texts: &[&str], word: &str) -> bool {
    let word = word.as_bytes();
    texts.iter().any(|text| text.as_bytes().windows(word.len().max(1)).any(|part| part.eq_ignore_ascii_case(word)))
}

/// Whether a text is like a pattern in which `*` stands for any part.
fn is_like(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_part_of_a_path() {
        for (pattern, text, is) in [
            ("/api/v3/order", "/api/v3/order", true),
            ("/api/v3/order", "/api/v3/order/test", false),
            ("/api/v3/order*", "/api/v3/order/test", true),
            ("*/order", "/fapi/v1/order", true),
            ("*/order", "/fapi/v1/orders", false),
            ("/api/*/o*r", "/api/v3/order", true),
            ("/api/*/o*r", "/api/v3/depth", false),
            ("*", "", true),
        ] {
            assert_eq!(is_like(pattern, text), is, "{pattern} {text}");
        }
    }
}
