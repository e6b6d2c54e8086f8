//! Who looks on while experts run: metrics, health, and people who want to be told.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use metaexpert_core::{
    ConfigError, InstrumentId, Instruments, NewOrder, PositionSide,
    config::{Config, Resolved},
    journal::Record,
    portfolio::Leg,
    rounding::float_of,
};
use metaexpert_live::account::Balances;
use metaexpert_log::slog::Logger;
use metaexpert_observe::{
    Health, Notices, Running, Settings, Telegram, Watcher, Webhook,
    measures::Meters,
    notices::{BadChannel, Channel},
    start, traces,
};
use rust_decimal::Decimal;
use tokio::{runtime::Handle, task::JoinHandle};

use super::traced::Traces;
use crate::{exit::RunError, journal::Follower, paper::wall_clock, secrets::Secrets};

/// How long an expert may take over one event before it is taken for stuck.
const PATIENCE: Duration = Duration::from_secs(30);

/// Those who look on.
pub(super) struct Lookers {
    pub(super) health: Health,
    running: Running,
    notices: Notices,
    /// What tells of the end of each day.
    days: Vec<JoinHandle<()>>,
    traces: Traces,
}

impl Lookers {
    /// Begins to look on. To be called before anything is measured.
    ///
    /// # Errors
    /// Where the address is taken, or somebody who is to be told cannot be.
    pub(super) fn begin(resolved: &Resolved, secrets: &Secrets, log: &Logger, runtime: &Handle) -> Result<Self, RunError> {
        let config = &resolved.config;
        let health = Health::new(PATIENCE);
        let address = config.metrics_address.map(metaexpert_core::config::ListenAddress::get);
        let settings = Settings { address, is_exposed: config.metrics_exposed, health: health.clone() };
        let running = start(settings, runtime)
            .map_err(|error| ConfigError::about(resolved.place_of("metrics_address"), error.to_string()))?;
        let notices = Notices::begin(channels(config, secrets)?, config.proxy.as_ref(), runtime, log);
        let notices = notices.map_err(|bad| RunError::Exchange(format!("notices cannot be sent: {bad}")))?;
        let traces = Traces::begin(resolved, log, runtime)?;
        Ok(Self { health, running, notices, days: Vec::new(), traces })
    }

    /// Where it is served, if it is.
    pub(super) fn line(&self) -> Option<String> {
        let address = self.running.address()?;
        Some(format!("metrics, health and readiness at http://{address}/metrics, /health, /ready"))
    }

    /// Who tells people of an expert; `None` where nobody is to be told.
    pub(super) fn watcher(&mut self, expert: &str, config: &Config) -> Option<Arc<Watcher>> {
        if self.notices.is_empty() {
            return None;
        }
        let notifier = Arc::new(self.notices.clone());
        let watcher = Arc::new(Watcher::new(expert, config.notify_on, notifier, wall_clock));
        self.days.push(watcher.keep_days(&Handle::current()));
        Some(watcher)
    }

    /// Sends what still waits, for no longer than this.
    pub(super) async fn end(self, longest: Duration) {
        self.days.iter().for_each(JoinHandle::abort);
        tokio::join!(self.notices.close(longest), self.traces.end(longest));
        self.running.stop().await;
    }
}

/// Ways to people, as far as the environment names any.
fn channels(config: &Config, secrets: &Secrets) -> Result<Vec<Box<dyn Channel>>, ConfigError> {
    let mut channels: Vec<Box<dyn Channel>> = Vec::new();
    if let Some(url) = secrets.get("METAEXPERT_WEBHOOK_URL") {
        let webhook = Webhook::new(url).map_err(|bad| no_channel("METAEXPERT_WEBHOOK_URL", &bad))?;
        channels.push(Box::new(webhook));
    }
    if let (Some(token), Some(chat)) = (secrets.get("TELEGRAM_BOT_TOKEN"), secrets.get("TELEGRAM_CHAT_ID")) {
        let base = config.telegram_base_url.as_ref().map(metaexpert_core::config::BaseUrl::as_str);
        let telegram = Telegram::new(base, token, chat).map_err(|bad| no_channel("TELEGRAM_BOT_TOKEN", &bad))?;
        channels.push(Box::new(telegram));
    }
    Ok(channels)
}

/// Names the variable once, also where what is bad about it names it too.
fn no_channel(variable: &'static str, bad: &BadChannel) -> ConfigError {
    let said = bad.to_string();
    match said.split_once(": ") {
        Some((place, rule)) if place.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') => {
            ConfigError::about(place, rule)
        }
        _ => ConfigError::about(variable, said),
    }
}

/// Measures what is written, and tells people of it.
#[derive(Debug)]
pub(super) struct Observed {
    pub(super) meters: Meters,
    pub(super) watcher: Option<Arc<Watcher>>,
    /// Long and short, of each instrument that was ever held.
    pub(super) held: BTreeMap<InstrumentId, (f64, f64)>,
    pub(super) instruments: Instruments,
    /// What the expert's account has, as the account's desk compares it.
    pub(super) balances: Balances,
}

impl Follower for Observed {
    fn decided(&mut self, order: &NewOrder) {
        traces::decided(order);
    }

    fn order(&mut self, order: &NewOrder) {
        self.meters.order("submitted");
        traces::journalled(order.id);
    }

    fn record(&mut self, record: &Record<'_>) {
        self.meters.record(record);
        traces::recorded(record);
        match *record {
            Record::Balance(money) => self.balances.set(money),
            Record::Leg(id, side, leg) => {
                self.hold(id, side, leg.map_or(0.0, |leg| float_of(leg.quantity)));
            }
            // Told whenever a limit could be nearer by something that counts, a thousandth of equity at the most.
            Record::Risk(state) => self.meters.equity(float_of(state.equity)),
            _ => {}
        }
        if let Some(watcher) = &self.watcher {
            watcher.record(record);
        }
    }
}

impl Observed {
    /// Measures what an earlier run has left, and what it begins with.
    pub(super) fn begin(&mut self, left: &[(InstrumentId, PositionSide, Leg)], equity: Decimal) {
        self.meters.equity(float_of(equity));
        for (id, side, leg) in left {
            self.hold(*id, *side, float_of(leg.quantity));
        }
    }

    /// Of a symbol that is held both ways at once the two are added up.
    fn hold(&mut self, id: InstrumentId, side: PositionSide, quantity: f64) {
        let held = self.held.entry(id).or_default();
        match side {
            PositionSide::Long => held.0 = quantity,
            PositionSide::Short => held.1 = quantity,
        }
        let net = held.0 - held.1;
        self.meters.position(self.instruments.get(id).symbol.as_str(), net);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_that_there_cannot_be_names_its_variable_once_and_shows_no_secret() {
        let of = |secrets: &[(&str, &str)]| {
            let secrets: Vec<_> = secrets.iter().map(|(name, value)| (name.into(), value.into())).collect();
            let nowhere = tempfile::tempdir().unwrap();
            channels(&Config::default(), &Secrets::read(nowhere.path(), &secrets))
                .map(|all| all.len())
                .map_err(|bad| bad.to_string())
        };
        assert_eq!(of(&[]), Ok(0));
        assert_eq!(
            of(&[
                ("TELEGRAM_BOT_TOKEN", "123456:ABC-DEF"),
                ("TELEGRAM_CHAT_ID", "42"),
                ("METAEXPERT_WEBHOOK_URL", "https://x/y")
            ]),
            Ok(2)
        );
        for (variable, secrets) in [
            ("METAEXPERT_WEBHOOK_URL", &[("METAEXPERT_WEBHOOK_URL", "hunter2")][..]),
            ("TELEGRAM_BOT_TOKEN", &[("TELEGRAM_BOT_TOKEN", "hunter2"), ("TELEGRAM_CHAT_ID", "42")]),
        ] {
            let said = of(secrets).unwrap_err();
            assert!(said.starts_with(variable) && said.matches(variable).count() == 1 && !said.contains("hunter2"), "{said}");
        }
    }
}
