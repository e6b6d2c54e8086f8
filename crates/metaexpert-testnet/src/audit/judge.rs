//! Questions to the audit, for tests that judge what a client really did.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Audit, Execution, FaultLine, FrameLine, OrderLine, RequestLine, SocketLine, What};

/// A request, with the number of its line.
#[derive(Debug, Clone, Copy)]
pub struct RequestSeen<'a> {
    /// The number of its line.
    pub number: u64,
    /// The request, and what was answered.
    pub request: &'a RequestLine,
}

/// An order from its first line to its last.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLife {
    /// Its latest line.
    pub last: OrderLine,
    /// What happened to it, in order.
    pub changes: Vec<&'static str>,
    /// Its executions, in order.
    pub executions: Vec<Execution>,
}

impl OrderLife {
    /// How much was executed, by its executions.
    pub fn executed(&self) -> Decimal {
        self.executions.iter().map(|execution| execution.quantity).sum()
    }
}

impl Audit {
    /// Every request over HTTP, oldest first.
    pub fn requests(&self) -> impl Iterator<Item = RequestSeen<'_>> {
        self.lines().filter_map(|line| match &line.what {
            What::Request(request) => Some(RequestSeen { number: line.number, request }),
            _ => None,
        })
    }

    /// Every order, in the order in which they were accepted.
    pub fn orders(&self) -> Vec<OrderLife> {
        let mut lives: BTreeMap<u64, OrderLife> = BTreeMap::new();
        for line in self.lines() {
            let What::Order(order) = &line.what else { continue };
            let life = lives.entry(order.order).or_insert_with(|| OrderLife {
                last: order.clone(),
                changes: Vec::new(),
                executions: Vec::new(),
            });
            life.changes.push(order.change);
            life.executions.extend(order.execution.clone());
            life.last = order.clone();
        }
        lives.into_values().collect()
    }

    /// How many orders with this name of the client's were accepted: more than one is an order sent twice.
    pub fn accepted(&self, client_id: &str) -> usize {
        self.orders().iter().filter(|life| life.last.client_id == client_id && life.changes.first() == Some(&"new")).count()
    }

    /// Every text that came in over sockets, oldest first.
    pub fn frames(&self) -> impl Iterator<Item = &FrameLine> {
        self.lines().filter_map(|line| match &line.what {
            What::FrameIn(frame) => Some(frame),
            _ => None,
        })
    }

    /// What became of sockets, oldest first.
    pub fn sockets(&self) -> impl Iterator<Item = &SocketLine> {
        self.lines().filter_map(|line| match &line.what {
            What::Socket(socket) => Some(socket),
            _ => None,
        })
    }

    /// Every time that a fault has struck, oldest first.
    pub fn faults(&self) -> impl Iterator<Item = &FaultLine> {
        self.lines().filter_map(|line| match &line.what {
            What::Fault(fault) => Some(fault),
            _ => None,
        })
    }
}
