//! What is asked of an account, and arranged in it, before an expert trades on it.

use metaexpert_connect::{
    Exchange, Failure,
    exchange::{Listed, Terms},
    report::{BalanceReport, FeeReport},
};
use metaexpert_core::{Currency, Money, Percent, config::Config};
use metaexpert_live::account::warnings;
use metaexpert_store::Kept;
use rust_decimal::Decimal;

use super::{
    expert::{Filled, Ready},
    failed,
};
use crate::exit::{Console, RunError};

/// What trading costs, in percent of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fee {
    pub(super) maker: Percent,
    pub(super) taker: Percent,
}

impl Fee {
    /// What the account pays is what its orders cost at the exchange, whatever the configuration says. On paper that goes first.
    pub(super) fn in_force(self, filled: Filled, config: &Config) -> Self {
        match filled {
            Filled::Exchange => self,
            Filled::Quotes | Filled::Bars => {
                Self { maker: config.maker_fee_pct.unwrap_or(self.maker), taker: config.taker_fee_pct.unwrap_or(self.taker) }
            }
        }
    }
}

/// Says what a careful person would want to know of the key.
///
/// # Errors
/// Where the exchange does not take it, or it may not trade.
pub(super) async fn check_key(exchange: &dyn Exchange, console: &mut Console<'_>) -> Result<(), RunError> {
    let permissions = exchange.permissions().await.map_err(|failure| failed("the key", &failure))?;
    for warning in warnings(permissions) {
        console.warn(warning);
    }
    if permissions.trade == Some(false) {
        return Err(RunError::Exchange("the key may not trade here; allow it at the exchange, or use another one".to_owned()));
    }
    Ok(())
}

/// What the account pays for trading an instrument; `None` where nobody can be asked.
///
/// # Errors
/// Where the exchange was asked and did not say.
pub(super) async fn fee(exchange: &dyn Exchange, listed: &Listed) -> Result<Fee, RunError> {
    let FeeReport { maker, taker, .. } = exchange.fee(&listed.name).await.map_err(|failure| failed("the fee", &failure))?;
    Ok(Fee { maker, taker })
}

/// What the account has of a currency, without what open positions would gain, and less what it owes.
///
/// # Errors
/// Where the exchange does not say.
pub(super) async fn balance(exchange: &dyn Exchange, currency: &Currency) -> Result<Money, RunError> {
    let balances = exchange.balances().await.map_err(|failure| failed("the balances", &failure))?;
    Ok(Money::new(own(&balances, currency.as_str()), currency.clone()))
}

/// What is owed is no capital, though it can be traded with.
fn own(balances: &[BalanceReport], asset: &str) -> Decimal {
    let has = |balance: &BalanceReport| {
        let total = balance.total.or_else(|| Some(balance.free? + balance.locked.unwrap_or_default()))?;
        Some(total - balance.borrowed.unwrap_or_default() - balance.interest.unwrap_or_default())
    };
    balances.iter().filter(|balance| balance.asset == asset).filter_map(has).sum()
}

/// What an expert that manages all of an account begins with: what the account has; where an earlier run has put all of it into what is
/// open, what that run had last. `None` where there is nothing to trade with.
pub(super) fn capital(has: &Money, kept: &Kept) -> Option<Decimal> {
    let in_journal = || {
        let equity = kept.risk.as_ref().map(|risk| risk.equity);
        let balances = kept.balances.iter().filter(|money| money.currency == has.currency).map(|money| money.amount);
        equity.into_iter().chain(balances).find(|amount| *amount > Decimal::ZERO)
    };
    // Nothing but a place to begin from: balances, drawdown and the day's loss go on from the journal.
    let least = || Some(Config::default().initial_capital);
    match has.amount {
        amount if amount > Decimal::ZERO => Some(amount),
        _ if kept.has_open() => in_journal().or_else(least),
        _ => None,
    }
}

/// Sets modes, leverage and margin of what experts trade, and says what that has changed.
///
/// # Errors
/// Where the exchange refuses.
pub(super) async fn arrange(exchange: &dyn Exchange, experts: &[Ready<'_>], console: &mut Console<'_>) -> Result<(), RunError> {
    if !exchange.profile().has_positions {
        return Ok(());
    }
    for expert in experts {
        let config = &expert.config;
        let terms = Terms {
            position_mode: config.position_mode,
            margin_mode: config.margin_mode,
            leverage: config.leverage,
            names: expert.listed.iter().map(|(_, listed)| listed.name.clone()).collect(),
        };
        let refused = |failure: Failure| failed("the account cannot be arranged as the configuration says", &failure);
        for changed in exchange.arrange(&terms).await.map_err(refused)? {
            console.note(changed);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use metaexpert_core::{PositionSide, Symbol, UnixNanos, portfolio::Leg, risk::RiskState};
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn orders_at_the_exchange_cost_what_the_account_pays_and_paper_orders_what_the_configuration_says() {
        let fee = |maker, taker| Fee { maker: Percent::new(maker), taker: Percent::new(taker) };
        let config = Config { taker_fee_pct: Some(Percent::new(dec!(0))), ..Config::default() };
        let asked = fee(dec!(0.02), dec!(0.05));
        assert_eq!(asked.in_force(Filled::Exchange, &config), asked);
        assert_eq!(asked.in_force(Filled::Quotes, &config), fee(dec!(0.02), dec!(0)));
        assert_eq!(asked.in_force(Filled::Bars, &config), fee(dec!(0.02), dec!(0)));
    }

    fn usdt(amount: Decimal) -> Money {
        Money::new(amount, Currency::new("USDT"))
    }

    #[test]
    fn what_is_owed_is_no_capital() {
        let report = |asset: &str, total, free, borrowed, interest| BalanceReport {
            asset: asset.to_owned(),
            symbol: None,
            total,
            free,
            locked: Some(dec!(10)),
            borrowed,
            interest,
            unrealised: None,
            change: None,
            time: None,
        };
        let balances = [
            report("USDT", Some(dec!(1_000)), None, Some(dec!(900)), Some(dec!(0.5))),
            report("BTC", Some(dec!(3)), None, None, None),
            report("ETH", None, Some(dec!(5)), None, None),
            report("BNB", None, None, Some(dec!(1)), None),
        ];
        let of = |asset| own(&balances, asset);
        assert_eq!([of("USDT"), of("BTC"), of("ETH"), of("BNB")], [dec!(99.5), dec!(3), dec!(15), dec!(0)]);
    }

    #[test]
    fn an_account_whose_money_is_in_what_is_open_goes_on_and_one_without_any_does_not_begin() {
        let leg = Leg { quantity: dec!(2), cost: dec!(200), leverage: 1, opened: UnixNanos::default(), entries: 1 };
        let open = Kept { legs: vec![(Symbol::new("BTCUSDT").unwrap(), PositionSide::Long, leg)], ..Kept::default() };
        let (equity, zero) = (dec!(700), UnixNanos::default());
        let risk = RiskState { equity, peak: equity, day_start: equity, day_end: zero, halt: None };
        let known = Kept { risk: Some(risk), balances: vec![usdt(dec!(-3))], ..open.clone() };
        let with_balance = Kept { balances: vec![usdt(dec!(40))], ..open.clone() };
        for (has, kept, expected) in [
            (dec!(50), &Kept::default(), Some(dec!(50))),
            (dec!(50), &known, Some(dec!(50))),
            (dec!(0), &Kept::default(), None),
            (dec!(-1), &known, Some(dec!(700))),
            (dec!(0), &with_balance, Some(dec!(40))),
            (dec!(0), &open, Some(dec!(10_000))),
        ] {
            assert_eq!(capital(&usdt(has), kept), expected, "{has} {kept:?}");
        }
    }
}
