//! Borrowing and paying back, how much of it may be, and what was.

use metaexpert_core::{Currency, Money};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    lending::written,
    orders::{opened, wallet},
};
use crate::{
    binance::{
        door::{ApiError, Call, Json},
        spot::words::eight,
    },
    clearing::margin::{By, Flow, FlowKind, InterestRecord, LoanRecord},
    listing::{Class, MarketId},
    order::Refusal,
    wallet::Wallet,
};

/// One of the two kinds of wallet with loans, so that both are asked in one place.
macro_rules! either {
    ($wallets:expr, $wallet:expr, $name:ident => $ask:expr) => {
        match $wallet {
            Wallet::Isolated(market) => $wallets.isolated(market).map(|$name| $ask),
            Wallet::Cross | Wallet::Spot | Wallet::Linear | Wallet::Inverse | Wallet::Options => {
                let $name = $wallets.cross();
                Some($ask)
            }
        }
    };
}

/// The wallet that `isolatedSymbol` names; cross where it names none.
fn of_symbol(call: &Call<'_>, name: &str) -> Result<Wallet, ApiError> {
    let Some(symbol) = call.params.text(name) else { return Ok(Wallet::Cross) };
    let market = call.world.markets().find(Class::Spot, symbol).ok_or_else(ApiError::invalid_symbol)?;
    opened(call, market)
}

fn asset(call: &Call<'_>) -> Result<Currency, ApiError> {
    let coin = Currency::new(call.params.required("asset")?);
    if super::pairs::coins(call).contains(&coin) {
        return Ok(coin);
    }
    Err(ApiError::new(-3027, "Not a valid margin asset."))
}

/// `POST /sapi/v1/margin/borrow-repay`.
pub(super) fn borrow_or_repay(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let coin = asset(call)?;
    let wallet = wallet(call)?;
    let amount = call.params.decimal("amount")?.ok_or_else(|| ApiError::mandatory("amount"))?;
    if amount <= Decimal::ZERO {
        return Err(ApiError::invalid("amount"));
    }
    let borrows = match call.params.required("type")? {
        "BORROW" => true,
        "REPAY" => false,
        _ => return Err(ApiError::invalid("type")),
    };
    let money = Money::new(amount, coin);
    let done = call.world.settle(call.account, |wallets, prices, now| match (wallet, borrows) {
        (Wallet::Isolated(market), true) => {
            wallets.isolated_mut(market).ok_or(Refusal::UnknownMarket)?.borrow(&money, now, prices)
        }
        (Wallet::Isolated(market), false) => {
            wallets.isolated_mut(market).ok_or(Refusal::UnknownMarket)?.repay(&money, now, prices)
        }
        (_, true) => wallets.cross_mut().borrow(&money, now, prices),
        (_, false) => wallets.cross_mut().repay(&money, now, prices),
    });
    match done {
        Ok((id, _)) => Ok(Json::of(&json!({ "tranId": id }))),
        Err(Refusal::Funds) => Err(ApiError::new(-3041, "Balance is not enough")),
        Err(Refusal::Margin) => Err(ApiError::of(&Refusal::Loan, call.product)),
        Err(refusal) => Err(ApiError::of(&refusal, call.product)),
    }
}

/// `GET /sapi/v1/margin/maxBorrowable`.
pub(super) fn max_borrowable(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (coin, wallet) = (asset(call)?, of_symbol(call, "isolatedSymbol")?);
    let (wallets, prices) = (&call.world.account(call.account).wallets, call.world.markets());
    let most = either!(wallets, wallet, it => (it.max_borrowable(&coin, prices), it.borrow_limit(&coin, prices)));
    let (amount, limit) = most.unwrap_or_default();
    Ok(Json::of(&json!({ "amount": eight(amount), "borrowLimit": written(limit) })))
}

/// `GET /sapi/v1/margin/maxTransferable`.
pub(super) fn max_transferable(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (coin, wallet) = (asset(call)?, of_symbol(call, "isolatedSymbol")?);
    let (wallets, prices) = (&call.world.account(call.account).wallets, call.world.markets());
    let amount = either!(wallets, wallet, it => it.max_transferable(&coin, prices)).unwrap_or_default();
    Ok(Json::of(&json!({ "amount": eight(amount) })))
}

/// Rows of a history with how many there are, newest first, a page of them.
#[derive(Serialize)]
struct Rows {
    rows: Vec<Value>,
    total: usize,
}

/// Reads `current` and `size`, and cuts the page that they name.
///
/// # Errors
/// -1100, -1130.
pub(super) fn paged(call: &Call<'_>, mut rows: Vec<Value>) -> Result<Json, ApiError> {
    const SIZE: i64 = 10;
    const MOST: i64 = 100;
    rows.reverse();
    let total = rows.len();
    let number = |name: &str, default| call.params.integer(name).map(|number| number.unwrap_or(default).max(1));
    let (current, size) = (number("current", 1)?, number("size", SIZE)?.min(MOST));
    let size = usize::try_from(size).unwrap_or(10);
    let skipped = usize::try_from(current - 1).unwrap_or(0).saturating_mul(size);
    let rows = rows.into_iter().skip(skipped).take(size).collect();
    Ok(Json::of(&Rows { rows, total }))
}

/// A row, with the pair that it is of where it is of one.
fn with_pair(call: &Call<'_>, mut row: Value, wallet: Wallet) -> Value {
    if let (Wallet::Isolated(market), Some(fields)) = (wallet, row.as_object_mut()) {
        fields.insert("isolatedSymbol".into(), symbol(call, market));
    }
    row
}

fn symbol(call: &Call<'_>, market: MarketId) -> Value {
    call.world.markets().get(market).listing().symbol.clone().into()
}

/// Whether a row is of the coin and the time that are asked for.
struct Filter {
    coin: Option<Currency>,
    since: Option<metaexpert_core::UnixNanos>,
    until: Option<metaexpert_core::UnixNanos>,
}

impl Filter {
    fn read(call: &Call<'_>) -> Result<Self, ApiError> {
        let coin = call.params.text("asset").map(Currency::new);
        Ok(Self { coin, since: call.params.time("startTime")?, until: call.params.time("endTime")? })
    }

    fn has(&self, coin: &Currency, time: metaexpert_core::UnixNanos) -> bool {
        let is_in_time = self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time <= until);
        is_in_time && self.coin.as_ref().is_none_or(|known| known == coin)
    }
}

/// `GET /sapi/v1/margin/borrow-repay`.
pub(super) fn records(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let is_borrow = match call.params.required("type")? {
        "BORROW" => true,
        "REPAY" => false,
        _ => return Err(ApiError::invalid("type")),
    };
    let (wallet, filter) = (of_symbol(call, "isolatedSymbol")?, Filter::read(call)?);
    let id = call.params.integer("txId")?;
    let wallets = &call.world.account(call.account).wallets;
    let known = either!(wallets, wallet, it => it.loans().to_vec()).unwrap_or_default();
    let wanted = known.iter().filter(|record| {
        record.is_borrow == is_borrow
            && id.is_none_or(|id| i64::try_from(record.id) == Ok(id))
            && filter.has(&record.currency, record.time)
    });
    let rows = wanted.map(|record| with_pair(call, loan_row(call, record), wallet)).collect();
    paged(call, rows)
}

fn loan_row(call: &Call<'_>, record: &LoanRecord) -> Value {
    let by = match record.by {
        By::Hand => "MANUAL",
        By::Order(_) | By::Liquidation => "AUTO",
    };
    json!({
        "type": by, "amount": eight(record.amount()), "asset": record.currency, "interest": eight(record.interest),
        "principal": eight(record.principal), "status": "CONFIRMED", "timestamp": call.stamp(record.time), "txId": record.id,
    })
}

/// `GET /sapi/v1/margin/interestHistory`.
pub(super) fn interest(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (wallet, filter) = (of_symbol(call, "isolatedSymbol")?, Filter::read(call)?);
    let wallets = &call.world.account(call.account).wallets;
    let known = either!(wallets, wallet, it => it.interest().to_vec()).unwrap_or_default();
    let wanted = known.iter().filter(|record| filter.has(&record.owed, record.time));
    let rows = wanted.map(|record| with_pair(call, interest_row(call, record, wallet), wallet)).collect();
    paged(call, rows)
}

fn interest_row(call: &Call<'_>, record: &InterestRecord, wallet: Wallet) -> Value {
    let is_converted = record.currency != record.owed;
    let kind = match (record.is_first, is_converted) {
        (true, false) => "ON_BORROW",
        (true, true) => "ON_BORROW_CONVERTED",
        (false, false) => "PERIODIC",
        (false, true) => "PERIODIC_CONVERTED",
    };
    let mut row = json!({
        "txId": record.id, "interestAccuredTime": call.stamp(record.time), "asset": record.currency,
        "principal": eight(record.principal), "interest": eight(record.interest), "interestRate": eight(record.daily_rate),
        "type": kind,
    });
    if let (Wallet::Cross, Some(fields)) = (wallet, row.as_object_mut()) {
        fields.insert("rawAsset".into(), record.owed.as_str().into());
    }
    row
}

/// `GET /sapi/v1/margin/capital-flow`.
pub(super) fn flows(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (wallet, filter) = (of_symbol(call, "symbol")?, Filter::read(call)?);
    let kind = call.params.text("type");
    let from = call.params.integer("fromId")?.map(|id| u64::try_from(id).unwrap_or_default());
    let limit = call.params.limit(500, 1000)?;
    let wallets = &call.world.account(call.account).wallets;
    let known = either!(wallets, wallet, it => it.flows().to_vec()).unwrap_or_default();
    let wanted = known.iter().filter(|flow| {
        filter.has(&flow.currency, flow.time)
            && kind.is_none_or(|kind| kind == flow_word(flow.kind))
            && from.is_none_or(|from| flow.id > from)
    });
    let mut rows: Vec<Value> = wanted.map(|flow| flow_row(call, flow, wallet)).collect();
    if from.is_some() {
        rows.truncate(limit);
    } else {
        rows = rows.split_off(rows.len().saturating_sub(limit));
    }
    Ok(Json::of(&rows))
}

fn flow_row(call: &Call<'_>, flow: &Flow, wallet: Wallet) -> Value {
    let mut row = Map::new();
    row.insert("id".into(), flow.id.into());
    row.insert("tranId".into(), flow.belongs_to.into());
    row.insert("timestamp".into(), call.stamp(flow.time).into());
    row.insert("asset".into(), flow.currency.as_str().into());
    if let Wallet::Isolated(market) = wallet {
        row.insert("symbol".into(), symbol(call, market));
    }
    row.insert("type".into(), flow_word(flow.kind).into());
    row.insert("amount".into(), written(flow.amount).into());
    row.into()
}

/// The words of `type` ("Query Cross Isolated Margin Capital Flow").
const fn flow_word(kind: FlowKind) -> &'static str {
    match kind {
        FlowKind::Transfer => "TRANSFER",
        FlowKind::Borrow => "BORROW",
        FlowKind::Repay => "REPAY",
        FlowKind::BuyIncome => "BUY_INCOME",
        FlowKind::BuyExpense => "BUY_EXPENSE",
        FlowKind::SellIncome => "SELL_INCOME",
        FlowKind::SellExpense => "SELL_EXPENSE",
        FlowKind::Commission => "TRADING_COMMISSION",
        FlowKind::LiquidationBuy => "BUY_LIQUIDATION",
        FlowKind::LiquidationSell => "SELL_LIQUIDATION",
        FlowKind::LiquidationRepay => "REPAY_LIQUIDATION",
        FlowKind::Other => "OTHER_LIQUIDATION",
    }
}

/// `GET /sapi/v1/margin/transfer`: what came into margin, and what went out of it.
pub(super) fn transfers(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (wallet, filter) = (of_symbol(call, "isolatedSymbol")?, Filter::read(call)?);
    let only_in = match call.params.text("type") {
        None => None,
        Some("ROLL_IN") => Some(true),
        Some("ROLL_OUT") => Some(false),
        Some(_) => return Err(ApiError::invalid("type")),
    };
    let transfers = call.world.account(call.account).wallets.transfers();
    let rows = transfers.iter().filter_map(|transfer| {
        let comes_in = transfer.to == Some(wallet);
        let concerns = comes_in || transfer.from == Some(wallet);
        let wanted =
            concerns && only_in.is_none_or(|only_in| only_in == comes_in) && filter.has(&transfer.money.currency, transfer.time);
        wanted.then(|| {
            json!({
                "amount": eight(transfer.money.amount), "asset": transfer.money.currency, "status": "CONFIRMED",
                "timestamp": call.stamp(transfer.time), "txId": transfer.id,
                "type": if comes_in { "ROLL_IN" } else { "ROLL_OUT" },
                "transFrom": place(transfer.from), "transTo": place(transfer.to),
            })
        })
    });
    let rows = rows.collect();
    paged(call, rows)
}

const fn place(wallet: Option<Wallet>) -> &'static str {
    match wallet {
        None | Some(Wallet::Spot) => "SPOT",
        Some(Wallet::Cross) => "CROSS_MARGIN",
        Some(Wallet::Isolated(_)) => "ISOLATED_MARGIN",
        Some(Wallet::Linear) => "FUTURES",
        Some(Wallet::Inverse) => "COIN_FUTURES",
        Some(Wallet::Options) => "OPTION",
    }
}
