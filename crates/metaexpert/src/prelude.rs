//! All that an expert's file usually needs: `use metaexpert::prelude::*;`.

pub use std::process::ExitCode;

pub use metaexpert_core::{
    Account, Bar, Book, Cancellation, ClientOrderId, Config, Context, Currency, Distance, Error, Funding, Instrument, Level,
    Liquidity, Money, Order, OrderKind, OrderStatus, Outcome, Pass, Percent, Position, PositionSide, Price, PublicTrade,
    Quantity, Reason, Rejection, Request, Result, SelfTrade, Side, Summary, Symbol, Tick, TimeInForce, Timeframe, Trade, TradeId,
    TriggerBy, UnixNanos,
    config::{ContractType, FillModel, LimitFill, MarginMode, MarketType, OnBreach, PositionMode, SizeType, TradeMode},
    context::Ticket,
    expert::{DeinitReason, Inputs, Saved},
    risk::Refusal,
};
pub use metaexpert_log::{critical, debug, error, info, trade, warning};
pub use metaexpert_macros::{
    Inputs, on_account, on_backtest, on_backtest_deinit, on_backtest_init, on_backtest_pass, on_bar, on_book, on_deinit,
    on_error, on_funding, on_init, on_order, on_position, on_public_trade, on_tick, on_timer, on_trade, on_transaction,
};
pub use rust_decimal::{Decimal, dec};

pub use crate::{
    MetaExpert,
    indicators::{Adx, Atr, Bollinger, Ema, Macd, ParabolicSar, Rsi, Sma, Stochastic, Trend},
};
