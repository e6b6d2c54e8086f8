//! What an event is about besides its instrument: the fields that follow it through a log by themselves.
//!
//! A status is of an order and carries the order's id; an execution, and what it has made of a position, carries the
//! execution's id too. The ids are put into text when a record is written, not when the event is at hand.

use slog::{KV, Record, Result, Serializer, kv};

use crate::{ClientOrderId, Trade, TradeId};

/// The order and the execution that an event is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    order: Option<ClientOrderId>,
    trade: Option<TradeId>,
}

impl About {
    /// No order and no execution.
    pub(crate) const NOTHING: Self = Self { order: None, trade: None };

    /// Where an order stands, or the answer to a request.
    pub(crate) const fn order(order: ClientOrderId) -> Self {
        Self { order: Some(order), trade: None }
    }

    /// An execution, and the order that it belongs to, if it is not the venue's own.
    pub(crate) const fn trade(trade: &Trade) -> Self {
        Self { order: trade.order, trade: Some(trade.id) }
    }

    #[inline]
    pub(super) const fn is_nothing(&self) -> bool {
        self.order.is_none() && self.trade.is_none()
    }
}

impl KV for About {
    fn serialize(&self, record: &Record<'_>, to: &mut dyn Serializer) -> Result {
        // Fields are handed over last first, as slog does it.
        if let Some(trade) = &self.trade {
            kv!("trade_id" => %trade).serialize(record, to)?;
        }
        self.order.map_or(Ok(()), |order| kv!("order_id" => %order).serialize(record, to))
    }
}
