//! The attributes of MetaExpert. Use them through the `metaexpert` crate, whose prelude has them all.

mod handler;
mod inputs;
mod key;
mod span;

use proc_macro::TokenStream;

macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident $ty:ident -> $answer:ident;)+) => {$(
        $(#[$doc])*
        #[proc_macro_attribute]
        pub fn $name(keys: TokenStream, function: TokenStream) -> TokenStream {
            let event = handler::Event { attribute: stringify!($name), ty: stringify!($ty), answer: handler::Answer::$answer };
            handler::attribute(event, keys.into(), &function.into()).into()
        }
    )+};
}

attributes! {
    /// .
    on_init OnInit -> State;
    /// .
    on_deinit OnDeinit -> Nothing;
    /// .
    on_tick OnTick -> Nothing;
    /// .
    on_bar OnBar -> Nothing;
    /// .
    on_book OnBook -> Nothing;
    /// .
    on_public_trade OnPublicTrade -> Nothing;
    /// .
    on_timer OnTimer -> Nothing;
    /// .
    on_order OnOrder -> Nothing;
    /// .
    on_trade OnTrade -> Nothing;
    /// .
    on_transaction OnTransaction -> Nothing;
    /// .
    on_position OnPosition -> Nothing;
    /// .
    on_account OnAccount -> Nothing;
    /// .
    on_funding OnFunding -> Nothing;
    /// .
    on_error OnError -> Nothing;
    /// .
    on_backtest_init OnBacktestInit -> Nothing;
    /// .
    on_backtest_deinit OnBacktestDeinit -> Nothing;
    /// .
    on_backtest OnBacktest -> Criterion;
    /// .
    on_backtest_pass OnBacktestPass -> Nothing;
}

/// .
#[proc_macro_derive(Inputs, attributes(input))]
pub fn inputs(item: TokenStream) -> TokenStream {
    inputs::derive(item.into()).into()
}
