//! What happens to accounts, told to who listens.
//!
//! The one decision: an event is written once, by the product's own file, and only where somebody listens; to whom it goes and in what
//! it is wrapped is none of its business.

mod futures; // ORDER_TRADE_UPDATE, ACCOUNT_UPDATE, ALGO_UPDATE, ..
mod margin; // what margin calls and debts are told as
mod options; // options' own shapes
mod spot; // executionReport, outboundAccountPosition, ..; margin has the same
mod words; // types, states and reasons in Binance's words

use std::collections::BTreeMap;

use metaexpert_core::{Currency, UnixNanos};
use rust_decimal::Decimal;

use super::{board::Board, keys::Seat, listeners::Listeners};
use crate::{
    listing::MarketId,
    news::{AccountNews, Balance, PositionNow},
    order::AccountId,
    protocol::Outbox,
    wallet::Wallet,
};

/// What of accounts is remembered, since some events tell the whole and news only what has changed.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// Executions are counted on spot (`I`).
    reports: u64,
    positions: BTreeMap<(AccountId, MarketId), PositionNow>,
    /// Of each coin that cross margin owes: what was borrowed, and interest.
    debts: BTreeMap<(AccountId, Currency), (Decimal, Decimal)>,
}

/// An event: its name, and itself.
type Event = (&'static str, String);

/// What an event is told with.
struct Teller<'a> {
    board: &'a dyn Board,
    account: AccountId,
    now: UnixNanos,
}

impl Accounts {
    /// Tells what has happened to an account.
    pub(super) fn tell(
        &mut self,
        account: AccountId,
        news: &AccountNews,
        (board, now): (&dyn Board, UnixNanos),
        listeners: &Listeners,
        out: &mut Outbox,
    ) {
        let before = self.debt_before(account, news);
        self.remember(account, news);
        let teller = Teller { board, account, now };
        let wallet = wallet(news, board);
        let seat = Seat::of(wallet);
        let mut say = |seat: Seat, events: Vec<Event>| {
            for (name, event) in events {
                listeners.tell(account, seat, name, &event, out);
            }
        };
        match wallet {
            Wallet::Spot | Wallet::Cross | Wallet::Isolated(_) => {
                // Counted whether or not somebody listens: numbers do not tell who did.
                self.reports += u64::from(matches!(news, AccountNews::Order { .. }));
                if listeners.has(account, seat) {
                    say(seat, spot::events(&teller, news, self.reports));
                }
                // "Margin websocket only support Cross Margin Accounts" ("Risk Data Stream").
                if wallet == Wallet::Cross && listeners.has(account, Seat::Risk) {
                    say(Seat::Risk, margin::events(&teller, news, before, self.owed(account, board)));
                }
            }
            Wallet::Linear | Wallet::Inverse if listeners.has(account, seat) => say(seat, futures::events(&teller, news)),
            Wallet::Options if listeners.has(account, seat) => {
                let positions: Vec<&PositionNow> = self
                    .positions
                    .range((account, MarketId(0))..=(account, MarketId(u16::MAX)))
                    .map(|(_, position)| position)
                    .filter(|position| board.listing(position.market).class == wallet.class())
                    .collect();
                say(seat, options::events(&teller, news, &positions));
            }
            Wallet::Linear | Wallet::Inverse | Wallet::Options => {}
        }
    }

    fn remember(&mut self, account: AccountId, news: &AccountNews) {
        match news {
            AccountNews::Wallet { positions, .. } => {
                for position in positions {
                    self.positions.insert((account, position.market), position.clone());
                }
            }
            AccountNews::Debt { wallet: Wallet::Cross, currency, borrowed, interest, .. } => {
                self.debts.insert((account, currency.clone()), (*borrowed, *interest));
            }
            AccountNews::Order { .. }
            | AccountNews::Algo(_)
            | AccountNews::List(_)
            | AccountNews::Leverage { .. }
            | AccountNews::MarginCall { .. }
            | AccountNews::Debt { .. } => {}
        }
    }

    /// What an account owed of the coin that news of a debt is of.
    fn debt_before(&self, account: AccountId, news: &AccountNews) -> (Decimal, Decimal) {
        let AccountNews::Debt { currency, .. } = news else { return Default::default() };
        self.debts.get(&(account, currency.clone())).copied().unwrap_or_default()
    }

    /// What an account owes, in USDT.
    fn owed(&self, account: AccountId, board: &dyn Board) -> Decimal {
        let theirs = self.debts.iter().filter(|((owner, _), _)| *owner == account);
        theirs
            .map(|((_, coin), (borrowed, interest))| {
                (*borrowed + *interest) * board.rate(coin, &super::board::dollars()).unwrap_or_default()
            })
            .sum()
    }
}

fn wallet(news: &AccountNews, board: &dyn Board) -> Wallet {
    match news {
        AccountNews::Order { order, .. } => order.request.wallet,
        AccountNews::Algo(algo) => algo.request.wallet,
        AccountNews::List(list) => list.wallet,
        AccountNews::Wallet { wallet, .. } | AccountNews::MarginCall { wallet, .. } | AccountNews::Debt { wallet, .. } => *wallet,
        AccountNews::Leverage { market, .. } => match board.listing(*market).class {
            crate::listing::Class::Spot => Wallet::Spot,
            crate::listing::Class::Linear => Wallet::Linear,
            crate::listing::Class::Inverse => Wallet::Inverse,
            crate::listing::Class::Options => Wallet::Options,
        },
    }
}

/// How much of a coin there was more or less than before; nothing where it was only set aside.
fn moved(balances: &[Balance]) -> impl Iterator<Item = &Balance> {
    balances.iter().filter(|balance| !balance.change.is_zero())
}
