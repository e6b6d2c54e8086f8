//! News of accounts as lines of the audit.

use super::{AlgoLine, CoinLine, Execution, OrderLine, WalletLine, What};
use crate::{
    listing::MarketId,
    news::{AccountNews, Cause, OrderChange},
    order::{Algo, AlgoState, Order, OrderState, Origin},
};

/// What is put down of an account's news; `None` for what follows from other lines. `symbol` names markets.
pub(crate) fn what_of(account: &str, news: &AccountNews, symbol: impl Fn(MarketId) -> String) -> Option<What> {
    match news {
        AccountNews::Order { order, change } => Some(What::Order(order_line(account, order, change, &symbol))),
        AccountNews::Algo(algo) => Some(What::Algo(algo_line(account, algo, &symbol))),
        AccountNews::Wallet { wallet, cause, balances, positions, .. } => {
            let coin = |balance: &crate::news::Balance| CoinLine {
                currency: balance.currency.to_string(),
                free: balance.free,
                locked: balance.locked,
                change: balance.change,
            };
            Some(What::Wallet(WalletLine {
                account: account.to_owned(),
                wallet: wallet.as_str(),
                cause: cause_name(*cause),
                balances: balances.iter().map(coin).collect(),
                positions: positions.iter().map(|position| (symbol(position.market), position.amount)).collect(),
            }))
        }
        AccountNews::List(_) | AccountNews::Leverage { .. } | AccountNews::MarginCall { .. } | AccountNews::Debt { .. } => None,
    }
}

fn order_line(account: &str, order: &Order, change: &OrderChange, symbol: &impl Fn(MarketId) -> String) -> OrderLine {
    let execution = match change {
        OrderChange::Trade(execution) => Some(Execution {
            trade: execution.trade_id,
            price: execution.price,
            quantity: execution.quantity,
            fee: execution.fee.amount,
            fee_currency: execution.fee.currency.to_string(),
            realized: execution.realized,
            is_maker: execution.is_maker,
        }),
        _ => None,
    };
    OrderLine {
        account: account.to_owned(),
        order: order.id.0,
        client_id: order.request.client_id.clone(),
        wallet: order.request.wallet.as_str(),
        symbol: symbol(order.request.market),
        side: order.request.side.as_str(),
        order_kind: order.request.kind.as_str(),
        price: order.request.kind.limit_price().map(metaexpert_core::Price::get),
        quantity: order.quantity,
        change: change_name(change),
        state: state_name(order.state),
        executed: order.executed,
        origin: origin_name(order.origin),
        ended_by: order.ended_by.as_ref().map(|why| format!("{why:?}")),
        execution,
    }
}

fn algo_line(account: &str, algo: &Algo, symbol: &impl Fn(MarketId) -> String) -> AlgoLine {
    AlgoLine {
        account: account.to_owned(),
        algo: algo.id.0,
        client_id: algo.request.client_id.clone(),
        wallet: algo.request.wallet.as_str(),
        symbol: symbol(algo.request.market),
        state: algo_state_name(algo.state),
        order: algo.order.map(|order| order.0),
    }
}

const fn change_name(change: &OrderChange) -> &'static str {
    match change {
        OrderChange::New => "new",
        OrderChange::Triggered => "triggered",
        OrderChange::Trade(_) => "trade",
        OrderChange::Cancelled(_) => "cancelled",
        OrderChange::Replaced(_) => "replaced",
        OrderChange::Amended => "amended",
        OrderChange::Expired => "expired",
        OrderChange::Prevented(_) => "prevented",
        OrderChange::Rejected => "rejected",
    }
}

const fn state_name(state: OrderState) -> &'static str {
    match state {
        OrderState::Pending => "pending",
        OrderState::Waiting => "waiting",
        OrderState::Working => "working",
        OrderState::PartiallyFilled => "partially-filled",
        OrderState::Filled => "filled",
        OrderState::Cancelled => "cancelled",
        OrderState::Expired => "expired",
        OrderState::ExpiredInMatch => "expired-in-match",
        OrderState::Rejected => "rejected",
    }
}

const fn algo_state_name(state: AlgoState) -> &'static str {
    match state {
        AlgoState::Waiting => "waiting",
        AlgoState::Triggering => "triggering",
        AlgoState::Triggered => "triggered",
        AlgoState::Finished => "finished",
        AlgoState::Cancelled => "cancelled",
        AlgoState::Rejected => "rejected",
        AlgoState::Expired => "expired",
    }
}

const fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Client => "client",
        Origin::Algo(_) => "algo",
        Origin::Liquidation => "liquidation",
        Origin::Delivery => "delivery",
    }
}

const fn cause_name(cause: Cause) -> &'static str {
    match cause {
        Cause::Order => "order",
        Cause::Deposit => "deposit",
        Cause::Withdrawal => "withdrawal",
        Cause::Transfer => "transfer",
        Cause::Funding => "funding",
        Cause::Margin => "margin",
        Cause::Loan => "loan",
        Cause::Interest => "interest",
        Cause::Delivery => "delivery",
        Cause::Liquidation => "liquidation",
        Cause::Insurance => "insurance",
        Cause::MarginMode => "margin-mode",
        Cause::MarginCall => "margin-call",
    }
}
