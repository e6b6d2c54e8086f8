//! A broker takes an order only from the journal, and the journal only what the risk gate has passed.

use metaexpert::core::{
    NewOrder, Result,
    broker::{Answer, Broker},
};

fn past_the_gate(broker: &mut impl Broker, order: NewOrder, answers: &mut Vec<Answer>) -> Result<()> {
    broker.submit(order, answers)
}

fn main() {}
