//! The attributes of MetaExpert: annotated functions become an expert. The `metaexpert` crate's prelude has all of them.
//!
//! | attribute | called | event parameter |
//! |---|---|---|
//! | [`on_init`] | once, before anything else; returns the state | `&Config` |
//! | [`on_deinit`] | once, last | `DeinitReason` |
//! | [`on_tick`] | each best bid/ask or last-price change | `&Tick` |
//! | [`on_bar`] | each bar close | `&Bar` |
//! | [`on_book`] | each change of the order book | `&Book` |
//! | [`on_public_trade`] | each print on the market's tape | `&PublicTrade` |
//! | [`on_timer`] | every `interval` seconds of engine time | - |
//! | [`on_order`] | each status change of one of our orders | `&Order` |
//! | [`on_trade`] | each execution of one of our orders | `&Trade` |
//! | [`on_transaction`] | a request has its answer | `&Request`, `&Outcome` |
//! | [`on_position`] | a position opened, changed or closed | `&Position` |
//! | [`on_account`] | balance, equity or margin changed | `&Account` |
//! | [`on_funding`] | funding was paid or received | `&Funding` |
//! | [`on_error`] | something failed, and the expert goes on | `&Error` |
//! | [`on_backtest_init`], [`on_backtest_deinit`] | once around a whole backtest or optimisation | - |
//! | [`on_backtest`] | at the end of one run; returns the author's criterion | `&Summary` |
//! | [`on_backtest_pass`] | one pass of an optimisation has ended | `&Pass` |
//!
//! **A handler takes what it names.** A parameter is found by its type: the event, `&mut Context` or `&Context`, a reference
//! to any struct that derives [`Inputs`], `&mut State` or `&State`; in any order, any subset, each at most once. It returns
//! nothing or `Result<()>`, with any error that turns into MetaExpert's. Functions are plain: not `async`, not generic.
//!
//! **A module is an expert.** The handlers of a module belong to its `on_init`; so do those of child modules that say
//! `use super::*`. A module has at most one handler for each event, timeframe and symbol.
//!
//! **Values** of keys are constant expressions: `leverage = MAX / 2` is as good as `leverage = 10`.
//!
//! Inside, this is a small compiler (parse, model, check, expand) that knows neither the keys of an attribute nor
//! the types of a parameter. A key becomes the call of a `const` setter and a parameter a trait bound, each at the user's own
//! token, so rustc itself names the nearest key and points at the wrong type.

mod handler; // `#[on_bar] fn ..`, and its like     <- read first
mod inputs; // `#[derive(Inputs)]`
mod key; // what stands in the parentheses of both
mod span; // where generated code stands

use proc_macro::TokenStream;

/// Declares the attributes: the name that users write, the type of the event in the library, and what becomes of the answer.
macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident $ty:ident -> $answer:ident;)+) => {$(
        $(#[$doc])*
        #[proc_macro_attribute]
        pub fn $name(keys: TokenStream, function: TokenStream) -> TokenStream {
            let event =
                handler::Event { attribute: stringify!($name), ty: stringify!($ty), answer: handler::Answer::$answer };
            handler::attribute(event, keys.into(), &function.into()).into()
        }
    )+};
}

attributes! {
    /// Makes a module an expert, and its state.
    ///
    /// The function is called once, before anything else. It takes `&Config`, inputs and the context, and returns the state
    /// that the other handlers are given: `Result<State>`, a bare `State`, or nothing where they share none.
    ///
    /// | keys | |
    /// |---|---|
    /// | of the configuration | the strategy's own: `symbol`, `timeframe`, `leverage`, `stop_loss_pct`, ... Each is a method of [`OnInit`], with its unit and range. Environment and flags override them. |
    ///
    /// ```
    /// use metaexpert::prelude::*;
    ///
    /// struct Crossover {
    ///     fast: Ema,
    ///     slow: Ema,
    /// }
    ///
    /// #[on_init(symbol = "BTCUSDT", timeframe = "1h", leverage = 10, stop_loss_pct = 2.0)]
    /// fn init(config: &Config) -> Result<Crossover> {
    ///     if config.lookback_bars < 26 {
    ///         return Err("26 bars of history are needed".into());
    ///     }
    ///     Ok(Crossover { fast: Ema::new(12)?, slow: Ema::new(26)? })
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// [`OnInit`]: https://docs.rs/metaexpert-core/latest/metaexpert_core/config/struct.OnInit.html
    on_init OnInit -> State;

    /// Called once, last, with the reason: `DeinitReason` or `&DeinitReason`. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_deinit]
    /// fn deinit(reason: DeinitReason) {
    ///     println!("stopped: {reason}");
    /// }
    /// # fn main() {}
    /// ```
    on_deinit OnDeinit -> Nothing;

    /// Called at each change of the best bid, the best ask or the last price, with `&Tick`.
    ///
    /// | key | |
    /// |---|---|
    /// | `symbol` | of another symbol than the configured one |
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() -> f64 { 0.0 }
    /// #[on_tick(symbol = "ETHUSDT")]
    /// fn tick(widest: &mut f64, tick: &Tick) {
    ///     *widest = widest.max(tick.ask - tick.bid);
    /// }
    /// # fn main() {}
    /// ```
    on_tick OnTick -> Nothing;

    /// Called when a bar has closed, once a bar, with `&Bar`; never for an unfinished bar.
    ///
    /// | key | |
    /// |---|---|
    /// | `timeframe` | of another length than the configured one: `"4h"` |
    /// | `symbol` | of another symbol than the configured one |
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # struct State { rising: bool }
    /// # #[on_init] fn init() -> State { State { rising: false } }
    /// #[on_bar(timeframe = "4h")]
    /// fn trend(state: &mut State, bar: &Bar) {
    ///     state.rising = bar.close > bar.open;
    /// }
    ///
    /// #[on_bar]
    /// fn bar(state: &State, ctx: &mut Context) -> Result<()> {
    ///     if state.rising && ctx.is_flat() {
    ///         ctx.buy().send()?;
    ///     }
    ///     Ok(())
    /// }
    /// # fn main() {}
    /// ```
    on_bar OnBar -> Nothing;

    /// Called at each change of the maintained order book, with `&Book`.
    ///
    /// | key | |
    /// |---|---|
    /// | `depth` | so many levels a side, at least 1 |
    /// | `symbol` | of another symbol than the configured one |
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() -> f64 { 0.0 }
    /// #[on_book(depth = 5)]
    /// fn book(pressure: &mut f64, book: &Book) {
    ///     let bought: f64 = book.bids().take(5).map(|level| level.quantity).sum();
    ///     let sold: f64 = book.asks().take(5).map(|level| level.quantity).sum();
    ///     *pressure = bought - sold;
    /// }
    /// # fn main() {}
    /// ```
    on_book OnBook -> Nothing;

    /// Called at each print on the market's tape, with `&PublicTrade`; [`on_trade`] is for our own.
    ///
    /// | key | |
    /// |---|---|
    /// | `symbol` | of another symbol than the configured one |
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() -> f64 { 0.0 }
    /// #[on_public_trade]
    /// fn print(bought: &mut f64, trade: &PublicTrade) {
    ///     *bought += if trade.buyer_is_taker { trade.quantity } else { -trade.quantity };
    /// }
    /// # fn main() {}
    /// ```
    on_public_trade OnPublicTrade -> Nothing;

    /// Called every so many seconds of engine time, which is simulated time in a backtest. No event parameter.
    ///
    /// | key | |
    /// |---|---|
    /// | `interval` | seconds between two calls, above 0, fractions allowed; needed |
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_timer(interval = 60)]
    /// fn every_minute(ctx: &Context) {
    ///     println!("{} equity {}", ctx.now(), ctx.equity());
    /// }
    /// # fn main() {}
    /// ```
    on_timer OnTimer -> Nothing;

    /// Called at each status change of one of our orders, with `&Order`. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_order]
    /// fn order(order: &Order) {
    ///     println!("{} is {}", order.id, order.status);
    /// }
    /// # fn main() {}
    /// ```
    on_order OnOrder -> Nothing;

    /// Called at each execution of one of our orders, full or partial, with `&Trade`. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_trade]
    /// fn trade(trade: &Trade, ctx: &Context) {
    ///     println!("{} {} {} at {}", ctx.now(), trade.side, trade.quantity, trade.price);
    /// }
    /// # fn main() {}
    /// ```
    on_trade OnTrade -> Nothing;

    /// Called when a request to the exchange has its answer, with `&Request` and `&Outcome`, or one of them. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_transaction]
    /// fn transaction(request: &Request, outcome: &Outcome) {
    ///     println!("{request:?}: {outcome:?}");
    /// }
    /// # fn main() {}
    /// ```
    on_transaction OnTransaction -> Nothing;

    /// Called when a position opened, changed or closed, with `&Position`. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_position]
    /// fn position(position: &Position) {
    ///     println!("{} {} {}", position.symbol, position.side, position.quantity);
    /// }
    /// # fn main() {}
    /// ```
    on_position OnPosition -> Nothing;

    /// Called when balance, equity or margin changed, with `&Account`. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_account]
    /// fn account(account: &Account) {
    ///     println!("{} free of {}", account.free, account.equity);
    /// }
    /// # fn main() {}
    /// ```
    on_account OnAccount -> Nothing;

    /// Called when funding was paid or received, with `&Funding`. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_funding]
    /// fn funding(funding: &Funding) {
    ///     println!("{} at a rate of {}", funding.amount, funding.rate);
    /// }
    /// # fn main() {}
    /// ```
    on_funding OnFunding -> Nothing;

    /// Called when something failed that the expert survives (a handler's `Err`, a refused order, the network), with
    /// `&Error`. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_error]
    /// fn error(error: &Error, ctx: &mut Context) {
    ///     if !error.is_retryable() {
    ///         ctx.stop();
    ///     }
    /// }
    /// # fn main() {}
    /// ```
    on_error OnError -> Nothing;

    /// Called once before a whole backtest or optimisation. There is no state yet; it takes inputs and the context. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_backtest_init]
    /// fn before() {
    ///     println!("here we go");
    /// }
    /// # fn main() {}
    /// ```
    on_backtest_init OnBacktestInit -> Nothing;

    /// Called once after a whole backtest or optimisation. The states are gone; it takes inputs and the context. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_backtest_deinit]
    /// fn after() {
    ///     println!("that was it");
    /// }
    /// # fn main() {}
    /// ```
    on_backtest_deinit OnBacktestDeinit -> Nothing;

    /// Called at the end of one backtest run, with `&Summary`; returns what the run is worth to the author, `f64` or
    /// `Result<f64>`. The optimiser looks for the highest. No keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_backtest]
    /// fn criterion(summary: &Summary) -> f64 {
    ///     if summary.round_trips < 30 { f64::NEG_INFINITY } else { summary.sharpe.unwrap_or_default() }
    /// }
    /// # fn main() {}
    /// ```
    on_backtest OnBacktest -> Criterion;

    /// Called when one pass of an optimisation has ended, with `&Pass`. Its state is gone; it takes inputs and the context. No
    /// keys.
    ///
    /// ```
    /// # use metaexpert::prelude::*;
    /// # #[on_init] fn init() {}
    /// #[on_backtest_pass]
    /// fn pass(pass: &Pass) {
    ///     println!("{}: {:?}", pass.number, pass.criterion);
    /// }
    /// # fn main() {}
    /// ```
    on_backtest_pass OnBacktestPass -> Nothing;
}

/// The author's own knobs: each field is a flag, an environment variable and a dimension for the optimiser, with its
/// documentation as help. Gives the struct `Default` as well.
///
/// | key | |
/// |---|---|
/// | `default` | the value where none is given; needed |
/// | `min`, `max` | bounds, inclusive |
/// | `step` | the distance between the values that the optimiser tries |
/// | `choices` | all values there are: `["long", "short"]` |
///
/// Fields are whole numbers, `f64`, `bool`, `Decimal`, `String`, `Timeframe`, or a type of one's own that implements
/// `InputValue`. Values are expressions of the field's type; an `f64` may be written `2`, a `Decimal` `0.1`, a `String` `"long"`.
/// A default out of bounds does not compile where both are literals, and is refused at the start where they are not.
///
/// ```
/// use metaexpert::prelude::*;
///
/// #[derive(Inputs)]
/// struct Params {
///     /// Fast EMA length in bars.
///     #[input(default = 12, min = 5, max = 50, step = 1)]
///     fast: usize,
///     /// Which way to trade.
///     #[input(default = "both", choices = ["long", "short", "both"])]
///     side: String,
/// }
///
/// #[on_init(symbol = "BTCUSDT")]
/// fn init(params: &Params) -> Result<Ema> {
///     Ok(Ema::new(params.fast)?)
/// }
///
/// assert_eq!(Params::default().fast, 12);
/// ```
#[proc_macro_derive(Inputs, attributes(input))]
pub fn inputs(item: TokenStream) -> TokenStream {
    inputs::derive(item.into()).into()
}
