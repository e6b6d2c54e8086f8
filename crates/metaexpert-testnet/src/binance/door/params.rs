//! Parameters as they came: of the query, then of the body, in their order; read strictly.
//!
//! The one decision: parameters remember which of them were read, since Binance refuses what no part of a call has read (-1104), and
//! a call must be refused before it has done anything. What is needed everywhere (symbols, times, limits) is read here, so that
//! every call refuses a wrong one in the same words.

use std::cell::Cell;

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use super::ApiError;

pub(super) mod legal; // which characters parameters are made of

/// More decimal places than any of Binance's assets has (`baseAssetPrecision`, `quoteAssetPrecision` of exchangeInfo).
const MOST_DECIMALS: u32 = 8;

/// Times at or above this are microseconds: as milliseconds they would lie after the year 5138.
const MICROSECONDS_FROM: i64 = 100_000_000_000_000;

/// What every signed call has beside its own parameters, over REST and over sockets; nobody needs to read them.
const COMMON: [&str; 5] = ["timestamp", "recvWindow", "signature", "apiKey", "returnRateLimits"];

/// The parameters of a call.
#[derive(Debug, Clone, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
    /// A bit for each of the first 128 that was read.
    read: Cell<u128>,
    in_micros: bool,
}

impl PartialEq for Params {
    fn eq(&self, other: &Self) -> bool {
        self.pairs == other.pairs
    }
}

impl Eq for Params {}

impl Params {
    /// Parameters that have been decoded.
    pub const fn of(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, read: Cell::new(0), in_micros: false }
    }

    /// The same, where the answer's times are to be in microseconds (`X-MBX-TIME-UNIT`).
    #[must_use]
    pub const fn in_micros(mut self, yes: bool) -> Self {
        self.in_micros = yes;
        self
    }

    /// Whether the answer's times are to be in microseconds.
    pub const fn wants_micros(&self) -> bool {
        self.in_micros
    }

    /// A parameter as it came; `None` where it is absent or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let (place, (_, value)) = self.pairs.iter().enumerate().find(|(_, (known, _))| known == name)?;
        if place < 128 {
            self.read.set(self.read.get() | (1 << place));
        }
        (!value.is_empty()).then_some(value.as_str())
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// -1102 where it is not.
    pub fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name).ok_or_else(|| ApiError::mandatory(name))
    }

    /// A whole number.
    ///
    /// # Errors
    /// -1100 where it is something else.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        if !legal::is_integer(text) {
            return Err(ApiError::illegal(name, legal::INTEGER));
        }
        text.parse().map(Some).map_err(|_| ApiError::new(-1108, format!("Parameter '{name}' overflowed.")))
    }

    /// A decimal number, plain digits only.
    ///
    /// # Errors
    /// -1100 where it is something else, -1111 where it has too many digits.
    pub fn decimal(&self, name: &str) -> Result<Option<Decimal>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        if !legal::is_decimal(text) {
            return Err(ApiError::illegal(name, legal::DECIMAL));
        }
        let number: Decimal = text.parse().map_err(|_| ApiError::new(-1108, format!("Parameter '{name}' overflowed.")))?;
        if number.scale() > MOST_DECIMALS {
            return Err(ApiError::new(-1111, format!("Parameter '{name}' has too much precision.")));
        }
        Ok(Some(number))
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// -1100 where it is something else.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(ApiError::illegal(name, legal::FLAG)),
        }
    }

    /// A time, in milliseconds or microseconds.
    ///
    /// # Errors
    /// As [`integer`](Self::integer).
    pub fn time(&self, name: &str) -> Result<Option<UnixNanos>, ApiError> {
        Ok(self.integer(name)?.map(time_of))
    }

    /// The symbol, which must be there and be spelled as symbols are; whether it is listed is the call's question.
    ///
    /// # Errors
    /// -1102, -1100.
    pub fn symbol(&self) -> Result<&str, ApiError> {
        let symbol = self.required("symbol")?;
        if legal::is_symbol(symbol) { Ok(symbol) } else { Err(ApiError::illegal("symbol", legal::SYMBOL)) }
    }

    /// A client's name for an order or a list, of at most 36 characters.
    ///
    /// # Errors
    /// -1100 where it is spelled otherwise.
    pub fn client_id(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        if legal::is_client_id(text) { Ok(Some(text)) } else { Err(ApiError::illegal(name, legal::CLIENT_ID)) }
    }

    /// A list of texts, as JSON: `["BTCUSDT","BNBUSDT"]`.
    ///
    /// # Errors
    /// -1100 where it is no such list; -1151 where one stands in it twice.
    pub fn list(&self, name: &str) -> Result<Option<Vec<String>>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let items: Vec<String> = serde_json::from_str(text).map_err(|_| ApiError::illegal(name, legal::LIST))?;
        let repeated = items.iter().enumerate().any(|(place, item)| items.iter().take(place).any(|before| before == item));
        if repeated {
            return Err(ApiError::new(-1151, "Symbol is present multiple times in the list."));
        }
        Ok(Some(items))
    }

    /// How many rows are asked for: `default` where nothing is said, never more than `most`.
    ///
    /// # Errors
    /// As [`integer`](Self::integer); -1130 for zero.
    pub fn limit(&self, default: usize, most: usize) -> Result<usize, ApiError> {
        match self.integer("limit")? {
            None => Ok(default),
            Some(0) => Err(ApiError::invalid("limit")),
            Some(asked) => Ok(usize::try_from(asked).unwrap_or(most).min(most)),
        }
    }

    /// Whether every parameter was read; asked before a call does anything.
    ///
    /// # Errors
    /// -1104 where one was not.
    pub fn all_read(&self) -> Result<(), ApiError> {
        let read = self.read.get();
        let sent = self.pairs.len();
        let unread = (0..sent).zip(&self.pairs).filter(|(place, (name, _))| {
            let was_read = *place < 128 && read & (1 << place) != 0;
            !was_read && !COMMON.contains(&name.as_str())
        });
        match unread.count() {
            0 => Ok(()),
            unread => Err(ApiError::new(
                -1104,
                format!("Not all sent parameters were read; read '{}' parameter(s) but was sent '{sent}'.", sent - unread),
            )),
        }
    }

    /// Refuses any parameter: of calls that have none.
    ///
    /// # Errors
    /// -1101.
    pub fn none(&self) -> Result<(), ApiError> {
        let sent = self.pairs.iter().filter(|(name, _)| !COMMON.contains(&name.as_str())).count();
        if sent == 0 {
            return Ok(());
        }
        Err(ApiError::new(-1101, format!("Too many parameters; expected '0' and received '{sent}'.")))
    }

    /// Refuses empty ones.
    ///
    /// # Errors
    /// -1105 for the first that is.
    pub fn none_empty(&self) -> Result<(), ApiError> {
        match self.pairs.iter().find(|(_, value)| value.is_empty()) {
            None => Ok(()),
            Some((name, _)) => Err(ApiError::new(-1105, format!("Parameter '{name}' was empty."))),
        }
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The time that a number of milliseconds, or of microseconds, stands for.
pub(super) const fn time_of(number: i64) -> UnixNanos {
    let nanos = if number >= MICROSECONDS_FROM { 1_000 } else { 1_000_000 };
    UnixNanos::from_nanos(number.saturating_mul(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params::of(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    fn refused<T: std::fmt::Debug>(result: Result<T, ApiError>) -> (i32, String) {
        let error = result.unwrap_err();
        (error.code, error.message)
    }

    #[test]
    fn a_parameter_that_must_be_there_and_is_not_is_named() {
        let error = refused(params(&[("side", "BUY")]).required("symbol"));
        assert_eq!(error, (-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.".into()));
    }

    #[test]
    fn numbers_are_plain_digits() {
        for bad in ["1e3", "-1", "+1", "0x1", " 1", "1.", ".5", "1,5"] {
            let error = refused(params(&[("quantity", bad)]).decimal("quantity"));
            let text = "Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.";
            assert_eq!(error, (-1100, text.into()), "{bad}");
        }
        assert_eq!(params(&[("quantity", "0.01")]).decimal("quantity").unwrap(), Some(Decimal::new(1, 2)));
        assert_eq!(refused(params(&[("orderId", "12a")]).integer("orderId")).0, -1100);
    }

    #[test]
    fn a_number_of_nine_decimals_has_too_much_precision() {
        let error = refused(params(&[("price", "0.123456789")]).decimal("price"));
        assert_eq!(error, (-1111, "Parameter 'price' has too much precision.".into()));
        assert!(params(&[("price", "0.12345678")]).decimal("price").is_ok());
    }

    #[test]
    fn what_no_part_of_a_call_reads_is_refused() {
        let sent = params(&[("symbol", "BTCUSDT"), ("stopLoss", "{'triggerPrice': 45000}"), ("timestamp", "1")]);
        assert_eq!(sent.symbol().unwrap(), "BTCUSDT");
        let text = "Not all sent parameters were read; read '2' parameter(s) but was sent '3'.";
        assert_eq!(refused(sent.all_read()), (-1104, text.into()));
        assert!(sent.text("stopLoss").is_some());
        assert!(sent.all_read().is_ok());
    }

    #[test]
    fn a_call_without_parameters_takes_none() {
        let error = refused(params(&[("a", "1"), ("b", "2")]).none());
        assert_eq!(error, (-1101, "Too many parameters; expected '0' and received '2'.".into()));
    }

    #[test]
    fn an_empty_parameter_is_named() {
        assert_eq!(refused(params(&[("symbol", "")]).none_empty()), (-1105, "Parameter 'symbol' was empty.".into()));
    }

    #[test]
    fn a_symbol_has_no_small_letters_and_need_not_be_latin() {
        assert_eq!(refused(params(&[("symbol", "btcusdt")]).symbol()).0, -1100);
        assert_eq!(refused(params(&[("symbol", "BTC/USDT")]).symbol()).0, -1100);
        assert!(params(&[("symbol", "这是测试币456")]).symbol().is_ok());
    }

    #[test]
    fn a_list_says_each_symbol_once() {
        assert_eq!(params(&[("symbols", r#"["A","B"]"#)]).list("symbols").unwrap().unwrap(), ["A", "B"]);
        assert_eq!(refused(params(&[("symbols", r#"["A","A"]"#)]).list("symbols")).0, -1151);
        assert_eq!(refused(params(&[("symbols", "A,B")]).list("symbols")).0, -1100);
    }

    #[test]
    fn times_are_milliseconds_or_microseconds() {
        let sent = params(&[("startTime", "1700000000000"), ("endTime", "1700000000000001")]);
        assert_eq!(sent.time("startTime").unwrap().unwrap().as_nanos(), 1_700_000_000_000_000_000);
        assert_eq!(sent.time("endTime").unwrap().unwrap().as_nanos(), 1_700_000_000_000_001_000);
    }

    #[test]
    fn a_limit_is_cut_at_the_most_that_is_given() {
        assert_eq!(params(&[("limit", "6000")]).limit(100, 5000).unwrap(), 5000);
        assert_eq!(params(&[]).limit(100, 5000).unwrap(), 100);
        assert_eq!(refused(params(&[("limit", "0")]).limit(100, 5000)).0, -1130);
    }
}
