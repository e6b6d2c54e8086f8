//! All experts of a program on one exchange: made ready one after the other, run at the same time.
//!
//! The one decision: this thread hears the exchange while experts run. What an expert waits for, it waits for on its own thread.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, thread, time::Duration};

use metaexpert_connect::exchange::Listed;
use metaexpert_core::{
    Error, InstrumentId, Money, UnixNanos,
    config::{Config, MarketType, PositionMode},
    expert::named_after,
};
use metaexpert_live::{
    AccountDesk, AccountSettings, Inlet, LiveBroker, LiveFeed, MarketDesk, MarketSettings, Member, Outlet, Watcher,
    account::{Balances, check_members},
    queue,
};
use metaexpert_log::{error, slog::Logger};
use metaexpert_observe::{Need, measures::Meters};
use tokio::{runtime::Runtime, sync::mpsc};

use super::{
    account::{arrange, balance, check_key, fee},
    catch, claims,
    exchange::{Connected, connect},
    expert::{Chosen, Filled, Ready, check_leverage},
    failed,
    feed::Watched,
    run::Wired,
    summary::LiveSummary,
    wanted::wanted,
    watched::{Lookers, Observed},
    wishes::{self, Reached},
};
use crate::{
    exit::{Console, Exit, RunError},
    logs::Logs,
    modes::Start,
    paper::{STACK, STOP, wall_clock},
    secrets::Secrets,
};

/// Events that wait for an expert before quotes take the place of older ones.
const ROOM: usize = 16_384;
/// How long bars that close at the same time wait for one another.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a cancel or a question to the exchange goes unanswered before it is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// How long notices that still wait are sent for at the end.
const LAST_NOTICES: Duration = Duration::from_secs(5);

/// Makes experts ready and runs them. None begins where one cannot: they share an account.
pub(super) fn trade(
    runtime: &Runtime,
    starts: Vec<Start<'_>>,
    secrets: &Secrets,
    logs: &mut Logs,
    console: &mut Console<'_>,
) -> Exit {
    let chosen = starts.into_iter().map(|start| Chosen::new(start, logs)).collect::<Result<Vec<_>, _>>();
    let (chosen, mut lookers) = match chosen.and_then(|chosen| looked_at(chosen, secrets, runtime)) {
        Ok(begun) => begun,
        Err(error) => {
            console.error(&error);
            return error.exit();
        }
    };
    let known: Vec<_> = chosen.iter().map(Known::of).collect();
    let ran = runtime.block_on(ask_and_open(chosen, secrets, console)).and_then(|(connected, experts)| {
        thread::scope(|scope| runtime.block_on(run_all(scope, &connected, experts, &mut lookers, console)))
    });
    let exit = ran.unwrap_or_else(|error| {
        console.error(&error);
        let _within = runtime.enter();
        for expert in &known {
            expert.did_not_begin(&error, &mut lookers);
        }
        error.exit()
    });
    runtime.block_on(lookers.end(LAST_NOTICES));
    exit
}

/// Before anything is asked of an exchange: who cannot be looked at as it should be changes nothing there.
fn looked_at<'a>(chosen: Vec<Chosen<'a>>, secrets: &Secrets, runtime: &Runtime) -> Result<(Vec<Chosen<'a>>, Lookers), RunError> {
    let Some(first) = chosen.first() else { return Err(RunError::Failed("there is no expert to run".to_owned())) };
    let lookers = Lookers::begin(&first.resolved, secrets, &first.log, runtime.handle())?;
    Ok((chosen, lookers))
}

/// As much of an expert as is needed to say that it does not trade.
struct Known {
    expert: String,
    config: Config,
    log: Logger,
}

impl Known {
    fn of(chosen: &Chosen<'_>) -> Self {
        Self { expert: chosen.expert.clone(), config: chosen.resolved.config.clone(), log: chosen.log.clone() }
    }

    /// Whoever reads its log later, and whoever is told of errors, should know why.
    fn did_not_begin(&self, why: &RunError, lookers: &mut Lookers) {
        error!(self.log, "the run did not begin"; "msgid" => "run.failed", "error" => #why);
        if let Some(watcher) = lookers.watcher(&self.expert, &self.config) {
            watcher.failed(&why.to_string());
        }
    }
}

/// Everything that is asked, arranged and opened before the first event.
async fn ask_and_open<'a>(
    chosen: Vec<Chosen<'a>>,
    secrets: &Secrets,
    console: &mut Console<'_>,
) -> Result<(Connected, Vec<Ready<'a>>), RunError> {
    let Some(first) = chosen.first() else { return Err(RunError::Failed("there is no expert to run".to_owned())) };
    let mut connected = connect(&first.resolved, secrets, &first.log)?;
    let is_live = first.filled == Filled::Exchange;
    let exchange = Arc::clone(&connected.exchange);
    if is_live {
        console.note(catch::announcement(exchange.profile(), &connected.key, &chosen));
        catch::check(exchange.profile(), &first.resolved)?;
        check_key(&*exchange, console).await?;
    }
    let mut ready = Vec::new();
    for chosen in chosen {
        let listed = exchange.listed(&chosen.symbols).await.map_err(|failure| failed(&chosen.expert, &failure))?;
        let Some(main) = listed.first() else { continue };
        // On paper without a key nobody can be asked.
        let fee = if connected.key.is_empty() { None } else { Some(fee(&*exchange, main).await?) };
        let capital = if is_live { Some(balance(&*exchange, &main.instrument.settlement).await?) } else { None };
        ready.push(Ready::new(chosen, &connected, listed, fee, capital.as_ref(), console)?);
    }
    if is_live {
        check_leverage(&ready)?;
        connected.claims = claims::take(claims::folder_of_user().as_deref(), &connected, &ready, console)?;
        arrange(&*exchange, &ready, console).await?;
    }
    Ok((connected, ready))
}

/// The queue of one expert, and what stands at its ends.
struct Line {
    inlet: Inlet,
    outlet: Outlet,
    balances: Balances,
}

/// Runs experts at the same time. What came of each is said when it has ended.
async fn run_all<'scope, 'env>(
    scope: &'scope thread::Scope<'scope, 'env>,
    connected: &Connected,
    experts: Vec<Ready<'env>>,
    lookers: &mut Lookers,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let several = experts.len() > 1;
    // The engine's time never goes back: begun by a clock that is ahead, it would stay ahead of every order and execution.
    let start = connected.now();
    let Some(first) = experts.first() else { return Ok(Exit::Good) };
    let (log, config) = (first.chosen.log.clone(), first.config.clone());
    let lines: Vec<Line> = experts.iter().map(Line::of).collect();

    let mut brokers: Vec<Option<LiveBroker>> = experts.iter().map(|_| None).collect();
    let mut account = None;
    if experts.iter().any(|expert| expert.chosen.filled == Filled::Exchange) {
        let members: Vec<_> = experts.iter().zip(&lines).map(|(expert, line)| member(expert, line, start)).collect();
        check_members(&members).map_err(|clash| RunError::Failed(clash.to_string()))?;
        // Options are told as one position of each contract, whatever the mode.
        let is_hedge = config.market_type == MarketType::Futures && config.position_mode == PositionMode::Hedge;
        let settings = AccountSettings { compare_every: seconds(config.compare_every), ask_again: ASK_AGAIN, is_hedge };
        let (desk, links) = AccountDesk::start(Arc::clone(&connected.exchange), members, settings, log.clone());
        let made = experts.iter().zip(links).map(|(expert, link)| Some(LiveBroker::new(link, expert.config.max_slippage_pct)));
        brokers = made.collect();
        account = Some(desk);
    }
    let watchers = experts.iter().zip(&lines).map(|(expert, line)| watcher(expert, line)).collect();
    let settings = MarketSettings { max_data_age: seconds(config.max_data_age), patience: PATIENCE };
    let markets = MarketDesk::start(Arc::clone(&connected.exchange), watchers, settings, log.clone());
    let markets = markets.map_err(|failure| failed("the markets cannot be heard", &failure))?;

    console.note(how_to_stop(&experts, lookers));
    let reached = experts.iter().zip(&lines).map(|(expert, line)| Reached::of(expert, line.inlet.clone())).collect();
    let wishes = tokio::spawn(wishes::tell(&STOP, reached));

    let (tell, mut hear) = mpsc::unbounded_channel();
    let mut exit = Exit::Good;
    let mut fail = |name: &str, error: &RunError, console: &mut Console<'_>| {
        console.failed(several.then_some(name), error);
        exit = exit.or_worse(error.exit());
    };
    let exchange = connected.exchange.profile().exchange;
    for ((expert, line), broker) in experts.into_iter().zip(lines).zip(brokers) {
        let name = expert.chosen.start.entry.name();
        let wired = wire(&expert, line, broker, lookers, exchange, start)?;
        let tell = tell.clone();
        let log = expert.chosen.log.clone();
        let run = move || {
            let ran = expert.run(wired);
            let ran = ran.inspect_err(|error| error!(log, "the run has failed"; "msgid" => "run.failed", "error" => #error));
            // The other end is there until this one has been heard.
            let _ = tell.send((name, ran));
        };
        if let Err(error) = thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn_scoped(scope, run) {
            fail(name, &RunError::Failed(format!("cannot start a thread: {error}")), console);
        }
    }
    drop(tell);
    // A thread that panicked outside of a handler has dropped its end, and is not waited for.
    while let Some((name, ran)) = hear.recv().await {
        let ran: Result<LiveSummary, Error> = ran;
        match ran {
            Ok(summary) => {
                console.say(&summary);
                if let Some(stopped) = summary.into_failure() {
                    fail(name, &RunError::stopped(name, stopped), console);
                }
            }
            Err(error) => fail(name, &error.into(), console),
        }
    }
    wishes.abort();
    drop(markets);
    if let Some(desk) = account {
        desk.stop(seconds(config.shutdown_timeout)).await;
    }
    Ok(exit)
}

impl Line {
    fn of(expert: &Ready<'_>) -> Self {
        let (inlet, outlet) = queue(&expert.chosen.expert, ROOM);
        let balances = Balances::default();
        for money in &expert.left.balances {
            balances.set(money);
        }
        if expert.takes_balance
            && expert.left.balances.is_empty()
            && let Some((_, main)) = expert.listed.first()
        {
            balances.set(&Money::new(expert.config.initial_capital, main.instrument.settlement.clone()));
        }
        Self { inlet, outlet, balances }
    }
}

impl Reached {
    fn of(expert: &Ready<'_>, inlet: Inlet) -> Self {
        let file: PathBuf = named_after(&expert.config.kill_switch_file, &expert.chosen.expert).into();
        Self { inlet, kill_switch_file: file, shutdown_timeout: seconds(expert.config.shutdown_timeout) }
    }
}

fn member(expert: &Ready<'_>, line: &Line, start: UnixNanos) -> Member {
    let find = |symbol| expert.instruments.find(symbol);
    Member {
        expert: expert.chosen.expert.clone(),
        strategy: expert.config.strategy_id,
        run: expert.kept.run,
        runs: expert.kept.runs.clone(),
        comment: expert.config.comment.clone(),
        inlet: line.inlet.clone(),
        instruments: expert.listed.clone(),
        standing: expert.left.orders.clone(),
        names: expert.kept.names.clone(),
        legs: expert.left.legs.iter().map(|(id, side, leg)| (*id, *side, leg.quantity)).collect(),
        known_trades: expert.kept.trades.iter().filter_map(|(symbol, trade)| Some((find(symbol)?, *trade))).collect(),
        since: expert.kept.last_trade.or(expert.kept.begun).unwrap_or(start),
        takes_balance: expert.takes_balance,
        balances: line.balances.clone(),
        booked: expert.booked.clone(),
    }
}

fn watcher(expert: &Ready<'_>, line: &Line) -> Watcher {
    let Chosen { wants, filled, .. } = &expert.chosen;
    Watcher {
        expert: expert.chosen.expert.clone(),
        inlet: line.inlet.clone(),
        wanted: wanted(&expert.config, wants, *filled, &expert.instruments, &expert.listed),
        timeframe: Some(expert.timeframe),
        history: expert.history,
    }
}

fn wire(
    expert: &Ready<'_>,
    line: Line,
    broker: Option<LiveBroker>,
    lookers: &mut Lookers,
    exchange: &'static str,
    start: UnixNanos,
) -> Result<Wired, RunError> {
    let name = expert.chosen.expert.clone();
    let needs: &[Need] =
        if broker.is_some() { &[Need::Compared, Need::Market, Need::Journal] } else { &[Need::Market, Need::Journal] };
    let pulse = Arc::new(lookers.health.expert(&name, needs));
    lookers.health.met(&name, Need::Journal);
    let troubles = expert.store.troubles();
    lookers.health.ask(&name, move || troubles().map(|said| format!("the journal cannot be written: {said}")));
    let feed = LiveFeed::new(line.outlet, &expert.chosen.wants.timers, start, exchange, wall_clock).with_bars(expert.timeframe);
    let main: InstrumentId = expert.main()?;
    let watcher = lookers.watcher(&name, &expert.config);
    let mut observed = Observed {
        meters: Meters::of(&name),
        watcher: watcher.clone(),
        held: BTreeMap::new(),
        instruments: expert.instruments.clone(),
        balances: line.balances,
    };
    let earlier = expert.risk.1.as_ref();
    observed.begin(&expert.left.legs, earlier.map_or(expert.config.initial_capital, |earlier| earlier.equity));
    let feed = Watched {
        feed,
        instruments: expert.instruments.clone(),
        health: lookers.health.clone(),
        pulse: Arc::clone(&pulse),
        expert: name,
    };
    Ok(Wired { feed, broker, observed, watcher, pulse, main, start })
}

fn how_to_stop(experts: &[Ready<'_>], lookers: &Lookers) -> String {
    let line = |expert: &Ready<'_>| {
        let symbols: Vec<_> = expert.listed.iter().map(|(_, listed): &(_, Listed)| listed.symbol.to_string()).collect();
        let how = if expert.chosen.filled == Filled::Exchange { "live" } else { "on paper" };
        format!("{} trades {} {} {how}", expert.chosen.expert, symbols.join(" "), expert.config.timeframe)
    };
    let lines: Vec<_> = experts.iter().map(line).collect();
    let process = std::process::id();
    let watched = lookers.line().map(|line| format!("\n{line}")).unwrap_or_default();
    format!("{}\nto stop in good order: Ctrl-C, or `kill {process}`; a second time ends it at once{watched}", lines.join(", "))
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}
