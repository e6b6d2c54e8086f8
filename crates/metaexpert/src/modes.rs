//! The one place that asks for the trade mode.

use metaexpert_core::{
    config::{Config, Resolved, TradeMode},
    expert::{ExpertEntry, InputValues},
};

use crate::{
    exit::{Console, Exit},
    logs::Logs,
    secrets::Secrets,
};

/// The venue of what trades on made-up and recorded prices, as its journal names it.
pub(crate) const SIMULATED: &str = "simulated";

/// The venue that names an expert's journal and the file of its limits: `binance usdm`, `simulated`. A backtest has neither, and an
/// exchange that this program cannot talk to is none.
pub(crate) fn venue(config: &Config) -> Option<String> {
    match config.trade_mode {
        TradeMode::Backtest => None,
        TradeMode::Paper if config.data.is_some() => Some(SIMULATED.to_owned()),
        #[cfg(feature = "live")]
        TradeMode::Paper | TradeMode::Live => crate::live::venue_of(config),
        #[cfg(not(feature = "live"))]
        TradeMode::Paper | TradeMode::Live => None,
    }
}

/// An expert with all that it has been told.
#[derive(Debug)]
#[cfg_attr(not(feature = "backtest"), expect(dead_code, reason = "only a report shows inputs"))]
pub(crate) struct Start<'a> {
    pub(crate) entry: &'a ExpertEntry,
    pub(crate) resolved: Resolved,
    pub(crate) inputs: InputValues,
    pub(crate) shown_inputs: Vec<(String, String)>,
}

/// Runs experts: backtests one after the other, everything that goes by the clock at the same time. An expert that fails does not
/// keep the others from running.
pub(crate) fn start(starts: Vec<Start<'_>>, secrets: &Secrets, console: &mut Console<'_>) -> Exit {
    let mut logs = Logs::default();
    let mut modes = Modes::default();
    for start in starts {
        match start.resolved.config.trade_mode {
            TradeMode::Backtest => modes.backtest.push(start),
            TradeMode::Paper if start.resolved.config.data.is_some() => modes.paper.push(start),
            TradeMode::Paper => modes.live_prices.push(start),
            TradeMode::Live => modes.live.push(start),
        }
    }
    let missing = modes.missing(console);
    let tested = modes.backtest(&mut logs, console);
    let traded = modes.paper(&mut logs, console);
    let connected = modes.connected(secrets, &mut logs, console);
    missing.or_worse(tested).or_worse(traded).or_worse(connected)
}

/// The experts of each mode.
#[derive(Debug, Default)]
struct Modes<'a> {
    backtest: Vec<Start<'a>>,
    paper: Vec<Start<'a>>,
    /// On paper, on the prices of an exchange.
    live_prices: Vec<Start<'a>>,
    live: Vec<Start<'a>>,
}

impl Modes<'_> {
    /// A mode that this program was built without; `this_version` has refused them all.
    fn missing(&self, console: &mut Console<'_>) -> Exit {
        let mut missing = Vec::new();
        if cfg!(not(feature = "backtest")) && !self.backtest.is_empty() {
            missing.push("backtest");
        }
        if cfg!(not(feature = "paper")) && !self.paper.is_empty() {
            missing.push("paper");
        }
        if cfg!(not(feature = "live")) && !self.live_prices.is_empty() {
            missing.push("paper on live prices");
        }
        if cfg!(not(feature = "live")) && !self.live.is_empty() {
            missing.push("live");
        }
        for mode in &missing {
            console.error(format_args!("this program was built without the trade mode `{mode}`"));
        }
        if missing.is_empty() { Exit::Good } else { Exit::RunFailed }
    }

    #[cfg(feature = "backtest")]
    fn backtest(&mut self, logs: &mut Logs, console: &mut Console<'_>) -> Exit {
        let several = self.backtest.len() > 1;
        let mut worst = Exit::Good;
        for start in std::mem::take(&mut self.backtest) {
            let name = start.entry.name();
            if let Err(error) = crate::backtest::backtest(start, several, logs, console) {
                console.failed(several.then_some(name), &error);
                worst = worst.or_worse(error.exit());
            }
        }
        worst
    }

    #[cfg(not(feature = "backtest"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    const fn backtest(&self, _logs: &mut Logs, _console: &mut Console<'_>) -> Exit {
        Exit::Good
    }

    #[cfg(feature = "paper")]
    fn paper(&mut self, logs: &mut Logs, console: &mut Console<'_>) -> Exit {
        if self.paper.is_empty() { Exit::Good } else { crate::paper::paper(std::mem::take(&mut self.paper), logs, console) }
    }

    #[cfg(not(feature = "paper"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    const fn paper(&self, _logs: &mut Logs, _console: &mut Console<'_>) -> Exit {
        Exit::Good
    }

    /// What hears an exchange. All experts of a program trade in one mode, and on one exchange.
    #[cfg(feature = "live")]
    fn connected(&mut self, secrets: &Secrets, logs: &mut Logs, console: &mut Console<'_>) -> Exit {
        let mut worst = Exit::Good;
        for starts in [std::mem::take(&mut self.live_prices), std::mem::take(&mut self.live)] {
            if !starts.is_empty() {
                worst = worst.or_worse(crate::live::live(starts, secrets, logs, console));
            }
        }
        worst
    }

    #[cfg(not(feature = "live"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    const fn connected(&self, _secrets: &Secrets, _logs: &mut Logs, _console: &mut Console<'_>) -> Exit {
        Exit::Good
    }
}
