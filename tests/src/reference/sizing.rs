//! How much an entry asks for, and whether it can be paid.
use super::account::{Account, Side};
use super::decimal::{Exact, down_to};
use super::refused::Rejection;
use super::settings::{Settings, SizeType};
use num_traits::{One, Signed, Zero};

/// The quantity that the size formula gives at `close`, rounded down to the lot.
pub(super) fn asked(settings: &Settings, account: &Account, close: &Exact) -> Result<Exact, Rejection> {
    let quantity = down_to(&formula(settings, &account.equity_at(close), close), &settings.lot_size);
    if quantity.is_positive() { Ok(quantity) } else { Err(Rejection::LotSize) }
}

/// What passes of it at the decision.
///
/// `free` is what the expected fill may use: the balance once the closes sent before it are done.
pub(super) fn at_decision(
    settings: &Settings,
    side: Side,
    quantity: &Exact,
    close: &Exact,
    free: &Exact,
) -> Result<Exact, Rejection> {
    let expected = settings.entry_price(side, close);
    let quantity = cut(settings, quantity, &expected, free);
    if !quantity.is_positive() {
        return Err(Rejection::Margin);
    }
    if &quantity * &expected < settings.min_notional {
        return Err(Rejection::MinNotional);
    }
    if cost(settings, &quantity, &expected) > *free { Err(Rejection::Margin) } else { Ok(quantity) }
}

/// What is left of it when it fills at `price`.
pub(super) fn at_fill(settings: &Settings, quantity: &Exact, price: &Exact, free: &Exact) -> Result<Exact, Rejection> {
    let left = cut(settings, quantity, price, free);
    if !left.is_positive() || cost(settings, &left, price) > *free {
        return Err(Rejection::Funds);
    }
    if left < *quantity && &left * price < settings.min_notional { Err(Rejection::MinNotional) } else { Ok(left) }
}

/// `percent_equity` never asks for more than can be paid.
fn cut(settings: &Settings, quantity: &Exact, price: &Exact, free: &Exact) -> Exact {
    let payable = || down_to(&(free / (price * cost_per_notional(settings))), &settings.lot_size);
    match settings.size_type {
        SizeType::PercentEquity => payable().min(quantity.clone()),
        SizeType::FixedBase | SizeType::FixedQuote | SizeType::RiskBased => quantity.clone(),
    }
}

/// The formulas, unrounded; the entry price in them is the deciding close.
fn formula(settings: &Settings, equity: &Exact, close: &Exact) -> Exact {
    let value = &settings.size_value;
    let hundred = Exact::from_integer(100.into());
    match settings.size_type {
        SizeType::FixedBase => value.clone(),
        SizeType::FixedQuote => value / close,
        SizeType::PercentEquity => equity * value / hundred * &settings.leverage / close,
        SizeType::RiskBased => match &settings.stop_loss {
            Some(stop_loss) => equity * value / hundred / (close * stop_loss),
            None => Exact::zero(),
        },
    }
}

/// `notional / leverage + taker fee`.
fn cost(settings: &Settings, quantity: &Exact, price: &Exact) -> Exact {
    quantity * price * cost_per_notional(settings)
}

fn cost_per_notional(settings: &Settings) -> Exact {
    Exact::one() / &settings.leverage + &settings.taker_fee
}
