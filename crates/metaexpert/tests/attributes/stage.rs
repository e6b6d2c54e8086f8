//! Drives experts without an engine: the only lines here that know how one is called.

use std::{cell::RefCell, collections::BTreeMap};

use metaexpert::core::{
    Bar, Context, Currency, Instrument, InstrumentKind, InstrumentRules, Instruments, Percent, SideSummary, Summary, Symbol,
    UnixNanos,
    config::Config,
    context::Setup,
    expert::{ExpertEntry, Failure, HandlerEvent, InputValues, Program, experts},
    log::ExpertLog,
};
use rust_decimal::{Decimal, dec};

thread_local! {
    static NOTES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What handlers say that they saw.
pub(crate) fn note(text: impl Into<String>) {
    NOTES.with_borrow_mut(|notes| notes.push(text.into()));
}

/// The expert of a module of this binary.
#[track_caller]
pub(crate) fn entry(name: &str) -> ExpertEntry {
    let mut all = experts().unwrap();
    let place = all.iter().position(|entry| entry.name() == name).unwrap();
    all.swap_remove(place)
}

/// An expert at work.
pub(crate) struct Stage {
    pub program: Box<dyn Program>,
    pub context: Context,
}

impl Stage {
    /// The expert of a module, before its `on_init`.
    #[track_caller]
    pub(crate) fn set(name: &str, inputs: InputValues) -> Self {
        Self { program: entry(name).instantiate(inputs).unwrap(), context: context() }
    }

    /// The expert of a module, after its `on_init`.
    #[track_caller]
    pub(crate) fn begun(name: &str) -> Self {
        let mut stage = Self::set(name, InputValues::new());
        stage.call(HandlerEvent::Init(&Config::default())).unwrap();
        notes();
        stage
    }

    pub(crate) fn call(&mut self, event: HandlerEvent<'_>) -> Result<(), Failure> {
        self.program.call(event, &mut self.context)
    }

    /// Calls and returns what the handlers noted, with the failure last.
    pub(crate) fn notes_of(&mut self, event: HandlerEvent<'_>) -> Vec<String> {
        let failure = self.call(event).err();
        notes().into_iter().chain(failure.map(|failure| failure.to_string())).collect()
    }

    pub(crate) fn criterion(&mut self) -> Result<Option<f64>, Failure> {
        self.program.criterion(&summary(), &mut self.context)
    }
}

fn notes() -> Vec<String> {
    NOTES.take()
}

pub(crate) fn symbol() -> Symbol {
    Symbol::new("BTCUSDT").unwrap()
}

pub(crate) fn bar(close: f64) -> Bar {
    Bar { time: UnixNanos::from_seconds(0).unwrap(), open: close, high: close, low: close, close, volume: 1.0 }
}

/// The one instrument that there is.
pub(crate) fn instruments() -> Instruments {
    let mut instruments = Instruments::default();
    let usdt = Currency::new("USDT");
    instruments.add(Instrument {
        symbol: symbol(),
        base: Currency::new("BTC"),
        quote: usdt.clone(),
        settlement: usdt,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: Decimal::ZERO,
            contract_size: Decimal::ONE,
            maintenance_margin: Percent::ZERO,
        },
        brackets: std::sync::Arc::default(),
    });
    instruments
}

fn context() -> Context {
    let instruments = instruments();
    let main = instruments.find(&symbol()).unwrap();
    Context::detached(Setup {
        config: Config::default(),
        instruments,
        main,
        taker_fee: Decimal::ZERO,
        run: 1,
        log: ExpertLog::silent(),
    })
    .unwrap()
}

/// A run that made nothing and lost nothing.
pub(crate) fn summary() -> Summary {
    Summary {
        initial_capital: dec!(10_000),
        final_equity: dec!(10_000),
        net_profit: Decimal::ZERO,
        net_profit_pct: Some(0.0),
        fees: Decimal::ZERO,
        funding: Decimal::ZERO,
        charges: Decimal::ZERO,
        orders: 0,
        trades: 0,
        round_trips: 0,
        rejected: BTreeMap::default(),
        win_rate_pct: None,
        profit_factor: None,
        expectancy: None,
        payoff_ratio: None,
        max_drawdown: Decimal::ZERO,
        max_drawdown_pct: 0.0,
        max_drawdown_duration: 0,
        sharpe: None,
        sortino: None,
        calmar: None,
        cagr_pct: None,
        recovery_factor: None,
        sqn: None,
        exposure_pct: 0.0,
        max_consecutive_wins: 0,
        max_consecutive_losses: 0,
        average_holding_time: None,
        long: SideSummary::default(),
        short: SideSummary::default(),
    }
}
