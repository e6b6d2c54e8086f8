//! What an earlier run has left, by the names of symbols: instruments are numbered anew by each run.

pub(crate) mod reading; // out of the tables

use metaexpert_core::{
    ClientOrderId, InstrumentId, Instruments, Money, NewOrder, OrderKind, OrderStatus, PositionSide, Quantity, Symbol, TradeId,
    UnixNanos,
    engine::{Resumed, Standing},
    journal::KeptState,
    portfolio::Leg,
    risk::RiskState,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// What an earlier run has left.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// The number of the run that begins now. Never one that an order of this journal bears.
    pub run: u32,
    /// The numbers of the runs before it, the first one first.
    pub runs: Vec<u32>,
    /// What the account had of each currency.
    pub balances: Vec<Money>,
    /// Legs that were open.
    pub legs: Vec<(Symbol, PositionSide, Leg)>,
    /// From where the exits of open legs follow, in the engine's own words.
    pub guards: Vec<(Symbol, PositionSide, String)>,
    /// Fundings and charges of the same days as [`trades`](Self::trades): when, and how much came in.
    pub booked: Vec<(UnixNanos, Money)>,
    /// Orders that stood, or of which nobody knew: the symbol, the order with its changes, how much of it was executed, where it stood
    /// and since when. The instrument in the order is of the run that sent it.
    pub orders: Vec<(Symbol, NewOrder, Decimal, OrderStatus, UnixNanos)>,
    /// The names that the exchange was given for those orders.
    pub names: Vec<(ClientOrderId, String)>,
    /// Executions of the three days before the newest one, at most 100,000, the newest first: they must not be counted again.
    pub trades: Vec<(Symbol, TradeId)>,
    /// When the newest of all executions was; `None` where there was none.
    pub last_trade: Option<UnixNanos>,
    /// When the journal was begun.
    pub begun: Option<UnixNanos>,
    /// The strategy's own state.
    pub state: Option<KeptState>,
    /// Drawdown, the day's loss, a halt.
    pub risk: Option<RiskState>,
}

impl Kept {
    /// Whether anything is open: a leg, or an order.
    pub const fn has_open(&self) -> bool {
        !self.legs.is_empty() || !self.orders.is_empty()
    }

    /// The same for a run over these instruments.
    ///
    /// # Errors
    /// [`StoreError::NotTraded`] where something is open in a symbol that the run does not trade.
    pub fn resumed(&self, instruments: &Instruments) -> Result<Resumed, StoreError> {
        let find = |symbol: &Symbol| -> Result<InstrumentId, StoreError> {
            instruments.find(symbol).ok_or_else(|| StoreError::NotTraded { symbol: symbol.clone() })
        };
        let legs = self.legs.iter().map(|(symbol, side, leg)| Ok((find(symbol)?, *side, leg.clone())));
        let guards = self.guards.iter().map(|(symbol, side, json)| Ok((find(symbol)?, *side, json.clone())));
        let orders = self.orders.iter().map(|(symbol, order, filled, status, since)| {
            let order = NewOrder { instrument: find(symbol)?, ..order.clone() };
            Ok(Standing { order, filled: *filled, status: *status, since: *since })
        });
        Ok(Resumed {
            balances: self.balances.clone(),
            legs: legs.collect::<Result<_, StoreError>>()?,
            guards: guards.collect::<Result<_, StoreError>>()?,
            orders: orders.collect::<Result<_, StoreError>>()?,
            state: self.state.clone(),
        })
    }
}

/// What an order has become by amendments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Changes {
    pub quantity: Quantity,
    pub kind: OrderKind,
}
