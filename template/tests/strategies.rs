//! All strategies that a project can begin with: they compile, and their own tests are run. A
//! project is given one of them, and not this file.

#[path = "../src/decision.rs"]
mod decision;

#[path = "../strategies/blank.rs"]
mod blank;
#[path = "../strategies/ema.rs"]
mod ema;
#[path = "../strategies/macd.rs"]
mod macd;
#[path = "../strategies/rsi.rs"]
mod rsi;
