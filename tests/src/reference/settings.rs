//! The flags of a run, read into what the rules need.
use super::account::Side;
use super::decimal::{Exact, exact, percent};
use super::refused::ReferenceError;
use super::time::timeframe;
use num_traits::{One, Signed, Zero};

/// Which prices of a bar the orders see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FillModel {
    Ohlc,
    Open,
}

/// How far the walk must go for a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LimitFill {
    Touch,
    Through,
}

/// How an entry is sized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SizeType {
    FixedBase,
    FixedQuote,
    PercentEquity,
    RiskBased,
}

/// Everything that the rules ask of a run's flags. Percent keys are held as factors: 2 % is 1/50.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(super) symbol: String,
    pub(super) timeframe: i64,
    pub(super) fast: usize,
    pub(super) slow: usize,
    pub(super) allow_short: bool,
    pub(super) warmup_bars: usize,
    pub(super) initial_capital: Exact,
    pub(super) size_type: SizeType,
    pub(super) size_value: Exact,
    pub(super) leverage: Exact,
    pub(super) liquidates: bool,
    pub(super) maintenance_margin: Exact,
    pub(super) stop_loss: Option<Exact>,
    pub(super) take_profit: Option<Exact>,
    pub(super) trailing_stop: Option<Exact>,
    pub(super) trailing_activation: Option<Exact>,
    pub(super) breakeven: Option<Exact>,
    pub(super) slippage: Exact,
    pub(super) fill_model: FillModel,
    pub(super) limit_fill: LimitFill,
    pub(super) taker_fee: Exact,
    pub(super) maker_fee: Exact,
    pub(super) tick_size: Exact,
    pub(super) lot_size: Exact,
    pub(super) min_notional: Exact,
}

impl Settings {
    /// Reads flags without their dashes, each with its value. Flags that have a default by the design may be
    /// missing; the instrument and the fees may not, because their defaults are tables of the project.
    ///
    /// # Errors
    /// [`ReferenceError::Setting`] for an unknown flag, a value that is none, or a broken rule.
    pub fn from_flags<K: AsRef<str>, V: AsRef<str>>(flags: &[(K, V)]) -> Result<Self, ReferenceError> {
        let flags = Flags(flags.iter().map(|(key, value)| (key.as_ref(), value.as_ref())).collect());
        flags.known()?;
        let futures = flags.one_of("market-type", "futures", &[("futures", true), ("spot", false)])?;
        flags.one_of("position-mode", "hedge", &[("hedge", ()), ("oneway", ())])?;
        flags.one_of("contract-size", "1", &[("1", ())])?;
        let leverage = flags.positive("leverage", Some("1"))?;
        let settings = Self {
            symbol: flags.text("symbol", None)?.to_owned(),
            timeframe: timeframe(flags.text("timeframe", Some("1h"))?)
                .ok_or_else(|| flags.refuse("timeframe", "a length of time"))?,
            fast: flags.count("fast", "12")?,
            slow: flags.count("slow", "26")?,
            allow_short: flags.one_of("allow-short", "false", &[("true", true), ("false", false)])?,
            warmup_bars: flags.count("warmup-bars", "0")?,
            initial_capital: flags.positive("initial-capital", Some("10000"))?,
            size_type: flags.one_of("size-type", "", &SIZE_TYPES)?,
            size_value: flags.positive("size-value", None)?,
            liquidates: futures,
            maintenance_margin: percent(&flags.not_negative("maintenance-margin-pct", Some("0"))?),
            stop_loss: flags.protection("stop-loss-pct")?,
            take_profit: flags.protection("take-profit-pct")?,
            trailing_stop: flags.protection("trailing-stop-pct")?,
            trailing_activation: flags.protection("trailing-activation-pct")?,
            breakeven: flags.protection("breakeven-pct")?,
            slippage: percent(&flags.not_negative("slippage-pct", Some("0"))?),
            fill_model: flags.one_of("fill-model", "ohlc", &[("ohlc", FillModel::Ohlc), ("open", FillModel::Open)])?,
            limit_fill: flags.one_of("limit-fill", "touch", &[("touch", LimitFill::Touch), ("through", LimitFill::Through)])?,
            taker_fee: percent(&flags.not_negative("taker-fee-pct", None)?),
            maker_fee: percent(&flags.number("maker-fee-pct", None)?),
            tick_size: flags.positive("tick-size", None)?,
            lot_size: flags.positive("lot-size", None)?,
            min_notional: flags.not_negative("min-notional", Some("0"))?,
            leverage,
        };
        flags.together(&settings, futures)?;
        Ok(settings)
    }

    /// What a market order pays or gets when the price is `seen`: slippage and tick against the trader.
    pub(super) fn entry_price(&self, side: Side, seen: &Exact) -> Exact {
        let seen = side.turned(seen);
        side.turned(&super::decimal::up_to(&(&seen + seen.abs() * &self.slippage), &self.tick_size))
    }

    /// The same for leaving a position of this side.
    pub(super) fn exit_price(&self, side: Side, seen: &Exact) -> Exact {
        let seen = side.turned(seen);
        side.turned(&super::decimal::down_to(&(&seen - seen.abs() * &self.slippage), &self.tick_size))
    }
}

const SIZE_TYPES: [(&str, SizeType); 4] = [
    ("fixed_base", SizeType::FixedBase),
    ("fixed_quote", SizeType::FixedQuote),
    ("percent_equity", SizeType::PercentEquity),
    ("risk_based", SizeType::RiskBased),
];

const KNOWN: &str = "trade-mode data symbol timeframe fast slow allow-short size-type size-value stop-loss-pct \
    take-profit-pct trailing-stop-pct trailing-activation-pct breakeven-pct slippage-pct fill-model limit-fill \
    leverage position-mode market-type warmup-bars taker-fee-pct maker-fee-pct tick-size lot-size min-notional \
    contract-size maintenance-margin-pct initial-capital report";

/// Key and value, as given.
struct Flags<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Flags<'a> {
    fn given(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    fn refuse(&self, key: &str, rule: &'static str) -> ReferenceError {
        ReferenceError::Setting { key: key.to_owned(), value: self.given(key).unwrap_or("is missing").to_owned(), rule }
    }

    fn known(&self) -> Result<(), ReferenceError> {
        match self.0.iter().find(|(key, _)| !KNOWN.split_whitespace().any(|known| known == *key)) {
            Some((key, _)) => Err(self.refuse(key, "no such flag here")),
            None => Ok(()),
        }
    }

    fn text(&self, key: &str, default: Option<&'a str>) -> Result<&'a str, ReferenceError> {
        self.given(key).or(default).ok_or_else(|| self.refuse(key, "must be given"))
    }

    fn one_of<T: Copy>(&self, key: &str, default: &'a str, choices: &[(&str, T)]) -> Result<T, ReferenceError> {
        let text = self.text(key, Some(default))?;
        let found = choices.iter().find(|(name, _)| *name == text);
        found.map(|(_, choice)| *choice).ok_or_else(|| self.refuse(key, "not one of the choices"))
    }

    fn count(&self, key: &str, default: &'a str) -> Result<usize, ReferenceError> {
        self.text(key, Some(default))?.parse().map_err(|_| self.refuse(key, "a whole number"))
    }

    fn number(&self, key: &str, default: Option<&'a str>) -> Result<Exact, ReferenceError> {
        exact(self.text(key, default)?).map_err(|_| self.refuse(key, "a decimal number"))
    }

    fn not_negative(&self, key: &str, default: Option<&'a str>) -> Result<Exact, ReferenceError> {
        let value = self.number(key, default)?;
        if value.is_negative() { Err(self.refuse(key, "not below zero")) } else { Ok(value) }
    }

    fn positive(&self, key: &str, default: Option<&'a str>) -> Result<Exact, ReferenceError> {
        let value = self.number(key, default)?;
        if value.is_positive() { Ok(value) } else { Err(self.refuse(key, "above zero")) }
    }

    /// A protection key: a percent above zero, or off because it is not there.
    fn protection(&self, key: &str) -> Result<Option<Exact>, ReferenceError> {
        self.given(key).map(|_| Ok(percent(&self.positive(key, None)?))).transpose()
    }

    /// The rules that hold between flags.
    fn together(&self, settings: &Settings, futures: bool) -> Result<(), ReferenceError> {
        if settings.fast.is_zero() || settings.fast >= settings.slow {
            return Err(self.refuse("fast", "below slow"));
        }
        if !futures && !settings.leverage.is_one() {
            return Err(self.refuse("leverage", "spot borrows nothing"));
        }
        if !futures && settings.allow_short {
            return Err(self.refuse("allow-short", "spot has no short side"));
        }
        if settings.size_type == SizeType::RiskBased && settings.stop_loss.is_none() {
            return Err(self.refuse("stop-loss-pct", "needed by risk_based"));
        }
        if settings.trailing_activation.is_some() && settings.trailing_stop.is_none() {
            return Err(self.refuse("trailing-stop-pct", "needed by trailing_activation_pct"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTRUMENT: &str =
        "symbol=X tick-size=0.1 lot-size=0.001 taker-fee-pct=0.05 maker-fee-pct=0.02 size-type=fixed_base size-value=1";

    fn refused_key(more: &str) -> Option<String> {
        let text = format!("{INSTRUMENT} {more}");
        let mut flags: Vec<(&str, &str)> = text.split_whitespace().filter_map(|flag| flag.split_once('=')).collect();
        flags.reverse(); // the later flag of a key wins
        match Settings::from_flags(&flags) {
            Err(ReferenceError::Setting { key, .. }) => Some(key),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        }
    }

    #[test]
    fn what_the_rules_call_a_configuration_error_is_refused() {
        for (flags, key) in [
            ("market-type=spot leverage=2", "leverage"),
            ("market-type=spot allow-short=true", "allow-short"),
            ("size-type=risk_based", "stop-loss-pct"),
            ("trailing-activation-pct=1", "trailing-stop-pct"),
            ("stop-loss-pct=0", "stop-loss-pct"),
            ("breakeven-pct=0", "breakeven-pct"),
            ("fast=26", "fast"),
            ("fill-model=close", "fill-model"),
            ("timeframe=7x", "timeframe"),
            ("stoploss=1", "stoploss"),
        ] {
            assert_eq!(refused_key(flags).as_deref(), Some(key), "{flags}");
        }
        assert_eq!(refused_key("market-type=spot trailing-stop-pct=1 trailing-activation-pct=1"), None);
    }
}
