//! The expansion warns of nothing, whatever the user denies. (What is denied by crate only is in `main.rs`.)
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_copy_implementations,
    missing_debug_implementations,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_results,
    unused_lifetimes,
    unused_import_braces,
    unused_extern_crates,
    single_use_lifetimes,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    macro_use_extern_crate,
    nonstandard_style,
    rust_2018_idioms,
    trivial_casts,
    trivial_numeric_casts,
    variant_size_differences
)]

/// One expert.
pub mod one {
    use metaexpert::prelude::*;

    /// Knobs.
    #[derive(Inputs, Debug, Clone, Copy)]
    pub struct Params {
        /// Length.
        #[input(default = 12, min = 5)]
        pub length: usize,
        /// Factor.
        #[input(default = 2, max = 3)]
        pub factor: f64,
    }

    /// State.
    #[derive(Debug, Clone, Copy)]
    pub struct State;

    /// Starts.
    #[on_init(symbol = "BTCUSDT", leverage = 2)]
    pub fn init(_params: &Params) -> Result<State> {
        Ok(State)
    }

    /// Follows.
    #[on_bar(timeframe = "4h")]
    pub fn bar(_ctx: &mut Context, _state: &mut State, _bar: &Bar) -> Result<()> {
        Ok(())
    }

    /// Ticks.
    #[on_timer(interval = 0.5)]
    pub fn timer() {}
}
