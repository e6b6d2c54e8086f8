//! What the account's stream tells, on its way to the desk.
//!
//! The one decision: what the desk goes by is made its own and handed over at once; everything else is dropped where it was read.

use metaexpert_connect::{
    Report,
    exchange::{Listener, StreamNews},
    report::{FillReport, MarginCall, OrderReport, SubmitReport},
};
use metaexpert_core::UnixNanos;
use tokio::sync::mpsc::UnboundedSender;

use super::task::Message;

/// A report that the desk goes by.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    Order(Box<OrderReport>),
    Fill(Box<FillReport>),
    Submitted(SubmitReport),
    MarginCall(MarginCall),
}

impl Word {
    /// Of a report, if the desk goes by it.
    pub(super) fn of(report: Report<'_>) -> Option<Self> {
        match report {
            Report::Order(order) => Some(Self::Order(order)),
            Report::Fill(fill) => Some(Self::Fill(fill)),
            Report::Submitted(submitted) => Some(Self::Submitted(submitted)),
            Report::MarginCall(call) => Some(Self::MarginCall(call)),
            _ => None,
        }
    }
}

/// Hands an account's stream to its desk.
#[derive(Debug)]
pub(super) struct Hears(pub(super) UnboundedSender<Message>);

impl Listener for Hears {
    fn report(&mut self, report: Report<'_>, _received: UnixNanos) {
        if let Some(word) = Word::of(report) {
            // A desk that is gone hears nothing; the stream ends with it.
            let _ = self.0.send(Message::Heard(word));
        }
    }

    fn news(&mut self, news: StreamNews) {
        let _ = self.0.send(Message::News(news));
    }
}
