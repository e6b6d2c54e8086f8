//! One expert, from what it was told to a run that is ready: its instruments, its journal, what an earlier run has left.

use metaexpert_connect::exchange::Listed;
use metaexpert_core::{
    ConfigError, InstrumentId, Instruments, Money, Percent, Symbol, Timeframe, UnixNanos,
    config::{Config, FillModel, Resolved, TradeMode},
    engine::Resumed,
    expert::Wants,
    log::ExpertLog,
    risk::RiskState,
};
use metaexpert_log::slog::Logger;
use metaexpert_store::{Kept, Store};

use super::{
    account::Fee,
    exchange::Connected,
    wanted::{base_timeframe, history},
};
use crate::{
    exit::{Console, RunError},
    journal::{Begun, Place},
    logs::{ExpertLogs, Logs},
    markets::{fees, symbols},
    modes::Start,
    paper::RiskFile,
};

/// Who fills orders, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filled {
    /// The exchange.
    Exchange,
    /// A simulated venue, by live quotes and prints.
    Quotes,
    /// A simulated venue, by live bars.
    Bars,
}

/// An expert whose symbols are known by name.
#[derive(Debug)]
pub(super) struct Chosen<'a> {
    pub(super) start: Start<'a>,
    pub(super) expert: String,
    pub(super) resolved: Resolved,
    pub(super) wants: Wants,
    /// Its own first.
    pub(super) symbols: Vec<Symbol>,
    pub(super) filled: Filled,
    /// For what happens before and after the run.
    pub(super) log: Logger,
    pub(super) engine_log: ExpertLog,
}

/// An expert that is ready to run.
#[derive(Debug)]
pub(super) struct Ready<'a> {
    pub(super) chosen: Chosen<'a>,
    pub(super) config: Config,
    pub(super) instruments: Instruments,
    /// Its own first.
    pub(super) listed: Vec<(InstrumentId, Listed)>,
    pub(super) maker: Percent,
    pub(super) taker: Percent,
    /// The bars that it is fed, and how many of them come first.
    pub(super) timeframe: Timeframe,
    pub(super) history: usize,
    pub(super) store: Store,
    pub(super) kept: Kept,
    /// Fundings and charges that the journal has since its newest execution.
    pub(super) booked: Vec<(UnixNanos, Money)>,
    pub(super) left: Resumed,
    pub(super) risk: (RiskFile, Option<RiskState>),
    /// Whether the account's balance is the expert's.
    pub(super) takes_balance: bool,
}

impl<'a> Chosen<'a> {
    /// What an expert trades, as far as its configuration says.
    ///
    /// # Errors
    /// Where it names no symbol, or its log cannot be had.
    pub(super) fn new(start: Start<'a>, logs: &mut Logs) -> Result<Self, RunError> {
        let resolved = start.resolved.clone();
        let expert = resolved.config.strategy_name.clone().unwrap_or_else(|| start.entry.name().to_owned());
        let ExpertLogs { program: log, simulation: engine_log } = logs.of_simulation(&resolved, &expert)?;
        let wants = start.entry.instantiate(start.inputs.clone())?.wants().clone();
        let symbols = symbols(&resolved, &wants)?;
        let filled = match (resolved.config.trade_mode, resolved.config.fill_model) {
            (TradeMode::Live, _) => Filled::Exchange,
            (_, FillModel::Ohlc | FillModel::Open) if resolved.is_set("fill_model") => Filled::Bars,
            (TradeMode::Paper | TradeMode::Backtest, _) => Filled::Quotes,
        };
        Ok(Self { start, expert, resolved, wants, symbols, filled, log, engine_log })
    }
}

impl<'a> Ready<'a> {
    /// Makes an expert ready. `listed` are its instruments in the order of its symbols; `fee` is what trading costs the account, and
    /// `capital` what it has of the settlement currency, where somebody has asked.
    ///
    /// # Errors
    /// Where the configuration does not fit the instruments, and where the journal cannot be had.
    pub(super) fn new(
        chosen: Chosen<'a>,
        connected: &Connected,
        found: Vec<Listed>,
        fee: Option<Fee>,
        capital: Option<&Money>,
        console: &mut Console<'_>,
    ) -> Result<Self, RunError> {
        let resolved = &chosen.resolved;
        let mut instruments = Instruments::default();
        let mut listed = Vec::new();
        for one in found {
            resolved.check_instrument(&one.instrument.rules)?;
            listed.push((instruments.add(one.instrument.clone()), one));
        }
        let takes_balance = chosen.filled == Filled::Exchange && !resolved.is_set("initial_capital");
        let mut config = resolved.config.clone();
        // Before the account is judged: what an earlier run has open is gone on with, whatever is left beside it.
        let (store, kept, booked) = open(&chosen, connected, &config, console)?;
        if let Some(has) = capital.filter(|_| takes_balance) {
            let (expert, currency) = (&chosen.expert, &has.currency);
            let nothing = || RunError::Exchange(format!("{expert}: the account has no {currency} to trade with"));
            config.initial_capital = super::account::capital(has, &kept).ok_or_else(nothing)?;
        }
        if chosen.filled == Filled::Quotes {
            config.fill_model = FillModel::Ticks;
        }
        let Fee { maker, taker } = match fee {
            Some(fee) => fee.in_force(chosen.filled, &config),
            None => fees(resolved).map(|fees| Fee { maker: fees.maker, taker: fees.taker })?,
        };
        let left = kept.resumed(&instruments).map_err(|error| RunError::Data(error.to_string()))?;
        let mut file = RiskFile::new(&config, &chosen.expert, &connected.venue(), chosen.log.clone());
        let earlier = file.read(connected.now(), config.initial_capital, &kept)?;
        if let Some(halt) = earlier.as_ref().and_then(|earlier| earlier.halt.as_ref()) {
            console.warn(file.warning(&chosen.expert, halt));
        }
        let timeframe = base_timeframe(&config, &chosen.wants);
        let history = history(&config, &chosen.wants, timeframe);
        Ok(Self {
            chosen,
            config,
            instruments,
            listed,
            maker,
            taker,
            timeframe,
            history,
            store,
            kept,
            booked,
            left,
            risk: (file, earlier),
            takes_balance,
        })
    }

    /// The expert's own instrument.
    ///
    /// # Errors
    /// Where it has none.
    pub(super) fn main(&self) -> Result<InstrumentId, ConfigError> {
        let none = || ConfigError::about(self.chosen.resolved.place_of("symbol"), "names nothing that can be traded");
        self.listed.first().map(|(id, _)| *id).ok_or_else(none)
    }
}

/// A journal, what it has of earlier runs, and what was booked since the newest execution.
type Opened = (Store, Kept, Vec<(UnixNanos, Money)>);

fn open(chosen: &Chosen<'_>, connected: &Connected, config: &Config, console: &mut Console<'_>) -> Result<Opened, RunError> {
    let profile = connected.exchange.profile();
    let is_live = chosen.filled == Filled::Exchange;
    let account = if is_live { format!("{}...@{}", connected.key, profile.host) } else { String::new() };
    let place = Place::new(config, &chosen.expert, &connected.venue(), account);
    let drawn = u32::try_from(super::exchange::chance() >> u32::BITS).unwrap_or(1);
    let Begun { store, kept, put_aside, renamed } = place.open(config, connected.now(), drawn.max(1))?;
    if let Some(aside) = put_aside {
        console.note(format_args!("{}: what earlier runs have left was put aside as {}", chosen.expert, aside.display()));
    }
    if let Some(before) = renamed {
        console.note(format_args!("{}: the journal of {before} goes on with {}", chosen.expert, place.account()));
    }
    let since = kept.last_trade.or(kept.begun).unwrap_or(UnixNanos::MIN);
    // The exchange is asked for what was booked since a while before that.
    let asked_from = since.saturating_add_nanos(-metaexpert_live::account::OVERLAP);
    let booked = if is_live { place.booked(asked_from)? } else { Vec::new() };
    Ok((store, kept, booked))
}

/// Experts of one account whose leverage of one instrument would be two things at once.
///
/// # Errors
/// For the first two of them.
pub(super) fn check_leverage(experts: &[Ready<'_>]) -> Result<(), ConfigError> {
    for (place, one) in experts.iter().enumerate() {
        for other in experts.iter().skip(place + 1).filter(|other| other.config.leverage != one.config.leverage) {
            let both = one.listed.iter().find(|(_, mine)| other.listed.iter().any(|(_, theirs)| theirs.name == mine.name));
            if let Some((_, listed)) = both {
                let rule = format!(
                    "is {} for `{}` and {} for `{}`, which both trade {}: an account has one leverage of a symbol",
                    one.config.leverage, one.chosen.expert, other.config.leverage, other.chosen.expert, listed.symbol
                );
                return Err(ConfigError::about(other.chosen.resolved.place_of("leverage"), rule));
            }
        }
    }
    Ok(())
}
