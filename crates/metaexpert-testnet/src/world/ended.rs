//! What happens to wallets without anybody asking: funding, contracts that end, debts that grow, positions that are taken over.
//!
//! The one decision: a position that is taken over is closed by an order in the account's name, which everybody sees like any other
//! (Binance: a client id that begins with `autoclose-`, and `forceOrder` on the streams). Positions of winners are left alone.

use metaexpert_core::{OrderKind, TimeInForce};
use rust_decimal::Decimal;

use super::{Seat, World};
use crate::{
    clearing::{Changed, TakeOver, futures::Delivered},
    listing::{Class, MarketId},
    news::{AccountNews, Cause, OrderChange},
    order::{
        AccountId, AlgoState, Echo, Execution, Loan, Order, OrderId, OrderRequest, OrderState, Origin, Refusal,
        SelfTradePrevention, Size,
    },
    wallet::Wallet,
};

impl World {
    /// Lets a wallet look at what prices and time have done to it.
    pub(super) fn follow(&mut self, account: AccountId, wallet: Wallet) {
        let now = self.now;
        let Some(owner) = self.accounts.get_mut(usize::from(account.0)) else { return };
        let Some(clearing) = owner.wallets.get_mut(wallet) else { return };
        let (happened, taken) = clearing.follow(now, &self.markets);
        for what in happened {
            if what.cause == Cause::MarginCall {
                let positions = what.changed.positions;
                self.tell(account, AccountNews::MarginCall { time: what.time, wallet, positions });
            } else {
                self.changed(account, wallet, what.cause, what.changed);
            }
        }
        if !taken.is_empty() {
            self.take_over(account, wallet, taken);
        }
    }

    /// Lets everybody who owes something look at it.
    pub(super) fn follow_debts(&mut self) {
        for (account, wallet) in self.exposures.in_debt() {
            self.follow(account, wallet);
        }
    }

    /// Takes positions over: first the orders that stand go, then what is left to close is closed.
    fn take_over(&mut self, account: AccountId, wallet: Wallet, taken: Vec<TakeOver>) {
        for position in &taken {
            let market = self.vouches_alone(account, wallet, position.market).then_some(position.market);
            let ids: Vec<_> = self.account(account).orders.open(wallet, market).into_iter().map(|order| order.id).collect();
            for id in ids {
                self.end(account, id, OrderState::Cancelled, OrderChange::Cancelled(None), Some(Refusal::Liquidated));
            }
        }
        for TakeOver { market, side, leg, quantity } in taken {
            if quantity <= Decimal::ZERO {
                continue;
            }
            let request = OrderRequest {
                wallet,
                market,
                client_id: format!("autoclose-{}", self.last_order + 1),
                side,
                kind: OrderKind::Market,
                time_in_force: TimeInForce::ImmediateOrCancel,
                size: Size::Quantity(quantity),
                iceberg: None,
                leg,
                reduce_only: false,
                self_trade: SelfTradePrevention::None,
                loan: Loan::None,
                echo: Echo::new(),
            };
            // It is never refused for want of money; where nobody is there to trade with, the next price tries again.
            let _ = self.take(account, request, Origin::Liquidation);
        }
    }

    /// Whether a market's position is taken over without the rest of its wallet.
    fn vouches_alone(&self, account: AccountId, wallet: Wallet, market: MarketId) -> bool {
        match wallet {
            Wallet::Linear | Wallet::Inverse => self.account(account).wallets.futures(wallet).is_isolated(market),
            Wallet::Options => true,
            Wallet::Spot | Wallet::Cross | Wallet::Isolated(_) => false,
        }
    }

    /// Funding is due.
    pub(super) fn fund(&mut self, market: MarketId, rate: Decimal, mark: Decimal) {
        let now = self.now;
        for (account, wallet) in self.exposures.in_market(market) {
            let Some(owner) = self.accounts.get_mut(usize::from(account.0)) else { continue };
            let funded = owner.wallets.futures_mut(wallet).fund(market, rate, mark, now, &self.markets);
            if let Some(happened) = funded {
                self.changed(account, wallet, happened.cause, happened.changed);
            }
        }
    }

    /// A contract ends: its orders are over, its positions are settled at `price`, for options that of the underlying.
    pub(super) fn end_contract(&mut self, market: MarketId, price: Decimal) {
        let wallet = match self.markets.get(market).listing().class {
            Class::Spot => return,
            Class::Linear => Wallet::Linear,
            Class::Inverse => Wallet::Inverse,
            Class::Options => Wallet::Options,
        };
        let accounts: Vec<_> = self.accounts().map(|(id, _)| id).collect();
        for account in accounts {
            self.end_orders_of(account, wallet, market);
            self.deliver(Seat { market, account, wallet }, price);
        }
    }

    fn end_orders_of(&mut self, account: AccountId, wallet: Wallet, market: MarketId) {
        let open = self.account(account).orders.open(wallet, Some(market));
        let ids: Vec<_> = open.into_iter().map(|order| order.id).collect();
        for id in ids {
            self.end(account, id, OrderState::Expired, OrderChange::Expired, Some(Refusal::ContractOver));
        }
        self.end_algos(account, wallet, Some(market), AlgoState::Expired, Some(&Refusal::ContractOver));
    }

    fn deliver(&mut self, seat: Seat, price: Decimal) {
        let Seat { market, account, wallet } = seat;
        let now = self.now;
        let Some(owner) = self.accounts.get_mut(usize::from(account.0)) else { return };
        let delivered = match wallet {
            Wallet::Options => owner.wallets.options_mut().deliver(market, price, now, &self.markets),
            Wallet::Spot | Wallet::Cross | Wallet::Isolated(_) | Wallet::Linear | Wallet::Inverse => {
                owner.wallets.futures_mut(wallet).deliver(market, price, now, &self.markets)
            }
        };
        for leg in delivered {
            let changed = self.write_delivery(seat, leg);
            self.changed(account, wallet, Cause::Delivery, changed);
        }
    }

    /// Writes the end of a leg down as an order that was filled.
    fn write_delivery(&mut self, seat: Seat, delivered: Delivered) -> Changed {
        let Delivered { side, leg, quantity, price, booked } = delivered;
        let id = self.next_order();
        let order = delivery(seat, id, side, leg, quantity, booked.value, self.now);
        let execution = Execution {
            // A delivery is no trade: the tape does not show it.
            trade_id: self.markets.get(seat.market).last().map_or(0, |last| last.id),
            account: seat.account,
            order: id,
            client_id: order.request.client_id.clone(),
            wallet: seat.wallet,
            market: seat.market,
            side,
            leg: booked.leg,
            price,
            quantity,
            value: booked.value,
            fee: booked.fee,
            realized: booked.realized,
            is_maker: false,
            time: self.now,
        };
        if let Some(owner) = self.accounts.get_mut(usize::from(seat.account.0)) {
            owner.orders.executed(execution.clone());
        }
        self.put(seat.account, order.clone());
        self.tell_order(seat.account, order, OrderChange::Trade(execution));
        booked.changed
    }
}

/// The order that the end of a contract is written down as.
fn delivery(
    seat: Seat,
    id: OrderId,
    side: metaexpert_core::Side,
    leg: Option<metaexpert_core::PositionSide>,
    quantity: Decimal,
    value: Decimal,
    now: metaexpert_core::UnixNanos,
) -> Order {
    Order {
        id,
        request: OrderRequest {
            wallet: seat.wallet,
            market: seat.market,
            client_id: format!("settlement_autoclose-{}", id.0),
            side,
            kind: OrderKind::Market,
            time_in_force: TimeInForce::GoodTillCancelled,
            size: Size::Quantity(quantity),
            iceberg: None,
            leg,
            reduce_only: false,
            self_trade: SelfTradePrevention::None,
            loan: Loan::None,
            echo: Echo::new(),
        },
        origin: Origin::Delivery,
        list: None,
        state: OrderState::Filled,
        quantity,
        executed: quantity,
        value,
        created: now,
        updated: now,
        working_since: Some(now),
        level: None,
        prevented: Decimal::ZERO,
        amends: 0,
        ended_by: Some(Refusal::ContractOver),
    }
}
