//! The layers put on top of each other, and the rules that concern several keys.

use rust_decimal::Decimal;

use super::{BadValue, Config, KeyValue, Layer, MarketType, Origin, Origins, SizeType};
use crate::{
    error::ConfigError,
    instrument::{InstrumentRules, Symbol},
    money::Percent,
    rounding::quotient_to_lot,
};

/// The effective configuration, and where each value came from.
///
/// ```
/// use metaexpert_core::config::{Layer, Origin, Resolved};
/// # fn main() -> Result<(), metaexpert_core::config::BadValue> {
/// let (mut code, mut flags) = (Layer::default(), Layer::default());
/// code.leverage(5_u32)?;
/// code.timeframe("4h")?;
/// flags.leverage("10")?;
/// let resolved = Resolved::default().overlay(code, Origin::Code).overlay(flags, Origin::Flag);
/// assert_eq!((resolved.config.leverage, resolved.origins.leverage), (10, Origin::Flag));
/// assert_eq!(resolved.origins.timeframe, Origin::Code);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resolved {
    /// The values.
    pub config: Config,
    /// Their layers.
    pub origins: Origins,
}

impl Resolved {
    /// The same with a stronger layer on top.
    #[must_use]
    pub fn overlay(mut self, layer: Layer, origin: Origin) -> Self {
        self.config.overlay(layer, origin, &mut self.origins);
        self
    }

    /// How a key was written where its effective value stands: `flag --leverage`.
    pub fn place_of(&self, key: &str) -> String {
        self.origins.of(key).unwrap_or(Origin::Default).place_of(key)
    }

    /// Asks the rules that concern several keys, and lists every one that is broken.
    pub fn check(&self) -> Vec<ConfigError> {
        RULES.iter().filter_map(|rule| rule(self)).collect()
    }

    /// Asks the rules that need the instrument: a fixed size must not round to nothing, and a position must not be liquidated
    /// where it is opened.
    ///
    /// # Errors
    /// Names the key, the rule, and the nearest value that would do.
    pub fn check_instrument(&self, rules: &InstrumentRules) -> Result<(), ConfigError> {
        if let (Some(SizeType::FixedBase), Some(size)) = (self.config.size_type, self.config.size_value)
            && quotient_to_lot(size, rules.contract_size, rules.lot_size).is_zero()
        {
            let bad = self.refuse("size_value", &size, "rounds to nothing on the lot");
            return Err(bad.or_nearest(Some((rules.lot_size * rules.contract_size).to_text())));
        }
        let margin = Percent::new(Decimal::ONE_HUNDRED / Decimal::from(self.config.leverage));
        let maintenance = rules.maintenance_margin;
        if self.config.market_type != MarketType::Spot && maintenance >= margin {
            let rule = format!("leaves a margin of {margin} %, and the maintenance margin is {maintenance} %");
            let nearest = (Decimal::ONE_HUNDRED / maintenance.get()).ceil() - Decimal::ONE;
            return Err(self.refuse("leverage", &self.config.leverage, rule).or_nearest(Some(nearest.to_text())));
        }
        Ok(())
    }

    fn refuse(&self, key: &str, value: &impl KeyValue, rule: impl Into<String>) -> ConfigError {
        BadValue::new(value.to_text(), rule).at(self.place_of(key))
    }
}

/// A log file is named by a plain name: where it stands is one question, asked of `log_dir`.
fn plain_name(of: &Resolved, key: &str, name: &str) -> Option<ConfigError> {
    let is_path = name.contains(['/', '\\', '\0']) || matches!(name, "." | "..");
    let last = name.rsplit(['/', '\\']).next().filter(|last| !last.contains('\0') && !matches!(*last, "" | "." | ".."));
    let bad = || of.refuse(key, &name.to_owned(), "is not the plain name of a file; its folder is `log_dir`");
    is_path.then(|| bad().or_nearest(last.filter(|last| *last != name)))
}

/// Two logs in one file would overwrite each other's backups. Some file systems take capitals for small letters.
fn same_file(of: &Resolved) -> Option<ConfigError> {
    let Config { log_file, log_trade_file, log_error_file, .. } = &of.config;
    let (file, trades, errors) = (("log_file", log_file), ("log_trade_file", log_trade_file), ("log_error_file", log_error_file));
    let pairs = [(file, trades), (file, errors), (trades, errors)];
    // `expert.log.1` is what a backup of `expert.log` is called.
    let is_backup = |of: &str, name: &str| name.strip_prefix(of).is_some_and(|rest| rest.starts_with('.'));
    let meet = |one: &str, other: &str| one == other || is_backup(one, other) || is_backup(other, one);
    let (one, other) = pairs.into_iter().find(|(one, other)| meet(&one.1.to_lowercase(), &other.1.to_lowercase()))?;
    // The one that was set is to blame, not the default that it happens to meet.
    let is_default = of.origins.of(other.0) == Some(Origin::Default);
    let (one, other) = if is_default { (other, one) } else { (one, other) };
    let whose = if one.1.eq_ignore_ascii_case(other.1) { "the file" } else { "among the backups" };
    let rule = format!("is {whose} of `{}` too ({}); give each its own name", one.0, of.place_of(one.0));
    Some(of.refuse(other.0, other.1, rule))
}

/// What stands in braces is put in for them; a folder that is really called `{symbol}` is a mistake.
fn expert_only_in_braces(of: &Resolved) -> Option<ConfigError> {
    let text = &of.config.log_dir;
    let bad = || of.refuse("log_dir", text, "has something else in braces than `{expert}`").or_nearest(Some("logs/{expert}"));
    text.replace("{expert}", "").contains(['{', '}']).then(bad)
}

/// The rules that concern several keys, each a function that says what is wrong.
const RULES: &[fn(&Resolved) -> Option<ConfigError>] = &[
    |of| {
        let symbol = of.config.symbol.clone().filter(|symbol| Symbol::new(symbol).is_none())?;
        Some(of.refuse("symbol", &symbol, "is not a symbol such as `BTCUSDT` or `BTC/USDT`: letters and digits only"))
    },
    |of| {
        let is_too_high = of.config.market_type == MarketType::Spot && of.config.leverage > 1;
        let rule = || format!("borrows, and there is nothing to borrow on `spot` ({})", of.place_of("market_type"));
        is_too_high.then(|| of.refuse("leverage", &of.config.leverage, rule()).or_nearest(Some("1")))
    },
    |of| match (of.config.size_type, of.config.size_value) {
        (Some(size_type), None) => Some(of.refuse("size_type", &size_type, "needs `size_value`, which is not set")),
        (None, Some(value)) => Some(of.refuse("size_value", &value, "needs `size_type`, which is not set: a number is no size")),
        (Some(_), Some(_)) | (None, None) => None,
    },
    |of| {
        let size_type = of.config.size_type.filter(|kind| matches!(kind, SizeType::PercentEquity | SizeType::RiskBased))?;
        let value = of.config.size_value.filter(|value| *value > Decimal::ONE_HUNDRED)?;
        let place = of.place_of("size_type");
        let rule = format!("is percent of equity for `{size_type}` ({place}), and not above 0 and at most 100");
        Some(of.refuse("size_value", &value, rule).or_nearest(Some("100")))
    },
    |of| {
        let is_without_stop = of.config.size_type == Some(SizeType::RiskBased) && of.config.stop_loss_pct.is_none();
        let rule = "needs `stop_loss_pct`: what is at risk is the way to the stop";
        is_without_stop.then(|| of.refuse("size_type", &SizeType::RiskBased, rule))
    },
    |of| {
        let activation = of.config.trailing_activation_pct.filter(|_| of.config.trailing_stop_pct.is_none())?;
        Some(of.refuse("trailing_activation_pct", &activation, "needs `trailing_stop_pct`: there is nothing to activate"))
    },
    |of| {
        let (start, end) = (of.config.backtest_start?, of.config.backtest_end?);
        let place = of.place_of("backtest_start");
        let rule = format!("is not after the start, `{start}` ({place}); the end is not part of the backtest");
        (end <= start).then(|| of.refuse("backtest_end", &end, rule))
    },
    |of| plain_name(of, "log_file", &of.config.log_file),
    |of| plain_name(of, "log_trade_file", &of.config.log_trade_file),
    |of| plain_name(of, "log_error_file", &of.config.log_error_file),
    same_file,
    expert_only_in_braces,
];
