//! Where an expert's orders go that sends none.

use metaexpert_core::{
    Amendment, ClientOrderId, NewOrder, Result,
    broker::{Answer, Broker, Market},
    journal::{Journal, Journaled, Record},
};

/// A broker and a journal that orders vanish in.
#[derive(Debug)]
pub struct Nowhere;

impl Broker for Nowhere {
    fn submit(&mut self, _: Journaled<NewOrder>, _: &mut Vec<Answer>) -> Result<()> {
        Ok(())
    }

    fn amend(&mut self, _: Journaled<Amendment>, _: &mut Vec<Answer>) -> Result<()> {
        Ok(())
    }

    fn cancel(&mut self, _: ClientOrderId, _: &mut Vec<Answer>) -> Result<()> {
        Ok(())
    }

    fn observe(&mut self, _: Market<'_>, _: &mut Vec<Answer>) {}

    fn end(&mut self, _: &mut Vec<Answer>) {}
}

impl Journal for Nowhere {
    fn append(&mut self, _: &NewOrder) -> Result<()> {
        Ok(())
    }

    fn amend(&mut self, _: &Amendment) -> Result<()> {
        Ok(())
    }

    fn record(&mut self, _: Record<'_>) -> Result<()> {
        Ok(())
    }
}
