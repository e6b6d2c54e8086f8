//! Bad days, by rules: what goes wrong, how likely, when, and with whom.
//!
//! The one decision: a fault never looks into a protocol. It strikes what passes by (a request before it is handled, its answer
//! after that, a message on a socket) or it is a state that lasts (a skewed clock, maintenance). What an exchange says when it fails
//! is the protocol's to word. Every rule has luck of its own, from the seed and its number, so that one more rule leaves the others
//! as they were.

mod effect; // what those that struck at once come to
mod kind; // what can go wrong
mod passing; // what passes by
mod rule; // one rule: luck, schedule, scope
pub(crate) mod spelling; // rules as users write them: flags, TOML, JSON

pub use effect::Effect;
pub use kind::{Kind, Stage};
pub use passing::{Over, Passing, Since};
pub use rule::{Rule, Schedule, Scope, Timeline};
pub use spelling::{FaultError, from_file, from_flag, from_json};

/// All rules that hold.
#[derive(Debug)]
pub struct Faults {
    seed: u64,
    next: u64,
    rules: Vec<Rule>,
}

/// Something that happens by itself, once its rule's time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Every listen key in scope is stale.
    StaleListenKeys,
    /// The exchange is started anew.
    Restart {
        /// Whether accounts, orders and markets are as they were.
        keeps_state: bool,
    },
}

impl Faults {
    /// No rules yet. Their luck will come from this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, next: 1, rules: Vec::new() }
    }

    /// Lets a rule hold from now on. Returns its number.
    pub fn add(&mut self, mut rule: Rule, now: Since) -> u64 {
        let id = self.next;
        self.next += 1;
        rule.begin(id, self.seed, now);
        self.rules.push(rule);
        id
    }

    /// Ends a rule; `false` where none of this number holds.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id() != id);
        self.rules.len() < before
    }

    /// Ends all rules. Returns how many there were.
    pub fn clear(&mut self) -> usize {
        std::mem::take(&mut self.rules).len()
    }

    /// The rules that hold, with how often each has struck.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// How often a rule has struck; `None` where none of this number holds.
    pub fn struck(&self, id: u64) -> Option<u64> {
        self.rules.iter().find(|rule| rule.id() == id).map(Rule::struck)
    }

    /// What befalls something that passes by.
    pub fn befall(&mut self, passing: &Passing<'_>) -> Effect {
        let mut effect = Effect::default();
        for rule in &mut self.rules {
            if rule.kind().passes(rule.stage(), passing) && rule.strikes(passing) {
                let luck = rule.kind().jitter().map_or(0.0, |_| rule.luck());
                effect.add(rule.id(), rule.kind(), luck);
            }
        }
        effect
    }

    /// How far the exchange's clock is off, in nanoseconds.
    pub fn skew(&self, now: Since) -> i64 {
        self.rules.iter().filter(|rule| rule.lasts(now)).filter_map(|rule| rule.kind().skew()).fold(0, i64::saturating_add)
    }

    /// How much may be executed at once, while partial fills are asked for.
    pub fn fill_cap(&self, now: Since) -> Option<rust_decimal::Decimal> {
        self.rules.iter().filter(|rule| rule.lasts(now)).filter_map(|rule| rule.kind().fill_cap()).min()
    }

    /// Maintenance that has begun and not been told of: the scope of its sockets, which are closed.
    pub fn maintenance(&mut self, now: Since) -> Option<(u64, Scope)> {
        let mut maintenance = self.rules.iter_mut().filter(|rule| *rule.kind() == Kind::Maintenance);
        maintenance.find_map(|rule| rule.is_to_be_told(now).then(|| (rule.id(), rule.scope().clone())))
    }

    /// What happens by itself now, with the rule's number and scope.
    pub fn due(&mut self, now: Since) -> Vec<(u64, Event, Scope)> {
        let due = |rule: &mut Rule| {
            let event = rule.kind().event()?;
            (!rule.counts_requests() && rule.strikes_by_itself(now)).then(|| (rule.id(), event, rule.scope().clone()))
        };
        self.rules.iter_mut().filter_map(due).collect()
    }
}

#[cfg(test)]
mod tests;
