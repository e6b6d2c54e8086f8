//! The engine's way out: orders to the account's desk.
//!
//! The one decision: nothing is answered here. An order is handed over, and its fate comes through the queue. Only where there is no
//! desk any more is it answered at once: it was not sent.
//!
//! `max_slippage` bounds what market orders may lose that can open a position. One that closes has no bound: whoever wants out gets out.

use metaexpert_core::{
    Amendment, ClientOrderId, InstrumentBar, InstrumentId, NewOrder, OrderKind, Percent, Price, Rejection, Result, Side, Tick,
    broker::{Answer, Broker, Guards, Market, Offers},
    journal::Journaled,
    rounding::Round,
};

use crate::{
    account::{OrderLink, reduces},
    points,
};

/// Hands orders to the desk of an account.
#[derive(Debug)]
pub struct LiveBroker {
    link: OrderLink,
    max_slippage: Option<Percent>,
}

impl LiveBroker {
    /// For one expert. `max_slippage` is the most that a market order may lose on the last price.
    pub const fn new(link: OrderLink, max_slippage: Option<Percent>) -> Self {
        Self { link, max_slippage }
    }

    /// What stands behind the names of its orders at the exchange. A journal keeps the whole name: a later run may have another comment.
    pub fn comment(&self) -> Option<&str> {
        self.link.comment()
    }

    /// The worst price that a market order may take, on the tick that is not beyond it.
    fn worst_price(&self, order: &NewOrder) -> Option<Price> {
        let slippage = self.max_slippage.filter(|_| order.kind == OrderKind::Market && !reduces(order))?;
        let last = self.link.last_price(order.instrument)?;
        let round = match order.side {
            Side::Buy => Round::Down,
            Side::Sell => Round::Up,
        };
        let worst = order.side.against(last, slippage.fraction());
        self.link.listed(order.instrument)?.instrument.price_on_tick(worst, round)
    }

    fn see_tick(&self, instrument: InstrumentId, tick: &Tick) {
        let middle = || (tick.bid > 0.0 && tick.ask > 0.0).then(|| f64::midpoint(tick.bid, tick.ask));
        if let Some(price) = tick.last.or_else(middle) {
            self.link.see(instrument, price);
        }
    }
}

impl Broker for LiveBroker {
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()> {
        points::hit(points::HANDED_OVER);
        let order = order.into_inner();
        let (id, worst_price) = (order.id, self.worst_price(&order));
        if !self.link.place(order, worst_price) {
            answers.push(Answer::Rejected(id, Rejection::NotSent));
        }
        Ok(())
    }

    fn amend(&mut self, amendment: Journaled<Amendment>, answers: &mut Vec<Answer>) -> Result<()> {
        let amendment = amendment.into_inner();
        if !self.link.amend(amendment) {
            answers.push(Answer::AmendRejected(amendment, Rejection::NotSent));
        }
        Ok(())
    }

    fn cancel(&mut self, order: ClientOrderId, answers: &mut Vec<Answer>) -> Result<()> {
        if !self.link.cancel(order) {
            answers.push(Answer::CancelRejected(order, Rejection::NotSent));
        }
        Ok(())
    }

    fn guards(&self) -> Guards {
        Guards::Engine
    }

    fn offers(&self) -> Offers {
        self.link.offers()
    }

    fn compare(&mut self) {
        self.link.compare();
    }

    fn ask_last_word(&mut self) -> bool {
        self.link.ask_last_word()
    }

    fn observe(&mut self, market: Market<'_>, _answers: &mut Vec<Answer>) {
        match market {
            Market::Bars(bars) => {
                for InstrumentBar { instrument, bar } in bars {
                    self.link.see(*instrument, bar.close);
                }
            }
            Market::Tick(instrument, tick) => self.see_tick(instrument, tick),
            Market::PublicTrade(instrument, trade) => self.link.see(instrument, trade.price),
            Market::Book(..) | Market::Mark(..) | Market::Index(..) | Market::Time(_) => {}
        }
    }

    /// What stands at the exchange goes on standing: what becomes of it was decided before.
    fn end(&mut self, _answers: &mut Vec<Answer>) {}
}
