//! `MetaExpert::new(..)`: the keys that a program sets in its code, and the door to run it.

use std::{io, process::ExitCode};

use metaexpert_core::{
    ConfigError, Percent, Timeframe, UnixNanos,
    config::{
        BadValue, BaseUrl, ByteSize, ContractType, DaySet, Durability, FillModel, HourSet, IntoValue, Layer, LimitFill,
        ListenAddress, LogLevel, MarginMode, MarketType, NoticeSet, OnBreach, OnStop, Origin, PositionMode, ProxyUrl, SizeType,
        TradeMode, TrendFilter, VolatilityFilter,
    },
    expert::experts,
    for_each_key,
};
use rust_decimal::Decimal;

use crate::{
    ending::prepare_to_end,
    exit::Console,
    run::{self, Call},
};

/// A program of experts: the configuration that its code sets, and the way to run it.
///
/// There is a method for each key. What is set here is the weakest layer above the defaults: `#[on_init(..)]` overrides it for
/// its own expert, `metaexpert.toml` (`leverage = 10`) overrides both, variables of the environment or of `.env`
/// (`METAEXPERT_LEVERAGE=10`) override that, and flags (`--leverage 10`) override all.
///
/// ```no_run
/// use metaexpert::prelude::*;
///
/// fn main() -> ExitCode {
///     MetaExpert::new("binance")
///         .market_type(MarketType::Futures)
///         .contract_type(ContractType::Linear)
///         .margin_mode(MarginMode::Isolated)
///         .run()
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a program does nothing until it is `run`"]
pub struct MetaExpert {
    pub(crate) layer: Layer,
    /// Values that their keys cannot have; said when the program runs, with all other errors.
    pub(crate) refused: Vec<ConfigError>,
}

impl MetaExpert {
    /// A program that trades on this exchange: `binance`, `bybit` or `okx`.
    pub fn new(exchange: &str) -> Self {
        Self { layer: Layer::default(), refused: Vec::new() }.exchange(exchange)
    }

    /// Runs every expert of the program as its arguments, the environment and `metaexpert.toml` say, and says how that ended
    /// ([exit codes](crate#exit-codes)).
    #[must_use = "`main` should return it"]
    pub fn run(self) -> ExitCode {
        prepare_to_end();
        let mut console = Console { out: &mut io::stdout(), err: &mut io::stderr() };
        run::run(&self, experts(), Call::of_this_process(), &mut console).into()
    }

    fn set(mut self, key: &str, set: impl FnOnce(&mut Layer) -> Result<(), BadValue>) -> Self {
        if let Err(bad) = set(&mut self.layer) {
            self.refused.push(bad.at(Origin::Code.place_of(key)));
        }
        self
    }
}

/// What a setter takes: a whole number as it is, and all else as whatever its key can be made of.
macro_rules! taken {
    (u32) => { u32 };
    (usize) => { usize };
    ($type:ident) => { impl IntoValue<$type> };
}

macro_rules! setters {
    ($($group:literal $place:ident { $(
        $(#[$doc:meta])+
        $name:ident: $type:ident $(= $default:expr)? $(, ($($range:tt)+))?;
    )+ })+) => {
        /// One method for each key; a value that its key cannot have is an error of [`run`](Self::run).
        impl MetaExpert {
            $($(
                $(#[$doc])+
                pub fn $name(self, value: taken!($type)) -> Self {
                    self.set(stringify!($name), |layer| layer.$name(value))
                }
            )+)+

            /// Sets each key from what a user would write; for the test that methods and flags agree.
            #[cfg(test)]
            const SETTERS: &[(&str, fn(Self, &str) -> Self)] =
                &[$($((stringify!($name), |program, text| program.$name(tests::taken::<tests::sample!($type)>(text))),)+)+];
        }
    };
}

for_each_key!(setters);

#[cfg(test)]
mod tests {
    use metaexpert_core::config::{KEYS, KeyValue};

    use super::*;

    /// The type that a test gives a setter.
    macro_rules! sample {
        ($type:ident) => {
            $type
        };
    }
    pub(super) use sample;

    pub(super) fn taken<T: KeyValue>(text: &str) -> T {
        T::parse(text).unwrap()
    }

    #[test]
    fn a_method_and_a_flag_make_the_same_of_a_value() {
        for (key, (name, setter)) in KEYS.iter().zip(MetaExpert::SETTERS) {
            assert_eq!(key.name, *name);
            let text = key.choices.last().map_or_else(|| sample_of(key.placeholder), |choice| (*choice).to_owned());
            let mut flag = Layer::default();
            flag.exchange("okx").unwrap();
            flag.set(name, &text).unwrap().unwrap();
            let built = setter(MetaExpert::new("okx"), &text);
            assert_eq!((built.layer, built.refused), (flag, Vec::new()), "{name}");
        }
    }

    fn sample_of(placeholder: &str) -> String {
        match placeholder {
            "TEXT" => "okx",
            "NUMBER" | "PERCENT" => "7",
            "HOURS" => "9-17",
            "DAYS" => "mon-fri",
            "TIME" => "2022-01-01",
            "SIZE" => "20 MiB",
            "URL" => "http://127.0.0.1:8080",
            "ADDRESS" => "127.0.0.1:9464",
            "NOTICES" => "error,halt",
            "true|false" => "true",
            other => panic!("{other}"),
        }
        .to_owned()
    }

    #[test]
    fn a_value_can_be_given_as_what_it_is_or_as_text() {
        let program = MetaExpert::new("binance")
            .market_type(MarketType::Spot)
            .timeframe("4h")
            .leverage(3)
            .stop_loss_pct(1.5)
            .take_profit_pct(Decimal::TWO)
            .slippage_pct(0)
            .trade_hours("9-17")
            .log_to_file(false)
            .log_max_file_size(1_048_576);
        assert!(program.refused.is_empty());
        let again = MetaExpert::new("binance")
            .market_type("spot")
            .timeframe(Timeframe::H4)
            .leverage(3)
            .stop_loss_pct("1.5")
            .take_profit_pct(2)
            .slippage_pct(Percent::ZERO)
            .trade_hours("9,10,11,12,13,14,15,16,17")
            .log_to_file("false")
            .log_max_file_size("1 MiB");
        assert_eq!(program.layer, again.layer);
    }

    #[test]
    fn a_value_that_its_key_cannot_have_names_the_method() {
        let program = MetaExpert::new("").leverage(500).stop_loss_pct(0).timeframe("1x");
        let refused: Vec<_> = program.refused.iter().map(ToString::to_string).collect();
        assert_eq!(refused.first().map(String::as_str), Some("builder .exchange(): `` is empty"));
        assert_eq!(
            refused.get(1).map(String::as_str),
            Some("builder .leverage(): `500` is not in 1 to 125; the nearest is `125`")
        );
        assert_eq!(
            refused.get(2).map(String::as_str),
            Some("builder .stop_loss_pct(): `0` is not above 0 and below 100; to turn it off, leave it out")
        );
        assert!(refused.get(3).is_some_and(|text| text.starts_with("builder .timeframe(): `1x` is not one of `1s`, ")));
    }
}
