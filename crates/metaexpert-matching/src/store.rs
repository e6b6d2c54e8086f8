//! The orders that stand, by name and by link, and when they are over; where their prices are is the ladders' matter.
//!
//! The one decision: an order is held in one place and everything else holds its [`Handle`], which carries the number of its
//! arrival: handles are in the order of arrival, and one of an order that is gone finds nothing, whoever has its place now.

use std::collections::BTreeSet;

use metaexpert_core::{ClientOrderId, Link, UnixNanos};
use rustc_hash::{FxHashMap, FxHashSet};
use slab::Slab;

use crate::life::{Standing, expires_at};

/// An order that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Handle {
    arrival: u64,
    place: usize,
}

impl Handle {
    pub(crate) const FIRST: Self = Self { arrival: 0, place: 0 };
    pub(crate) const LAST: Self = Self { arrival: u64::MAX, place: usize::MAX };

    /// One that no store has given.
    #[cfg(test)]
    pub(crate) const fn of(arrival: u64) -> Self {
        Self { arrival, place: 0 }
    }
}

/// All orders that stand.
#[derive(Debug)]
pub(crate) struct Store<P> {
    /// With the number of its arrival; nothing only while it is being changed.
    standing: Slab<(u64, Option<Standing<P>>)>,
    names: FxHashMap<ClientOrderId, Handle>,
    links: FxHashMap<Link, Vec<Handle>>,
    /// Links of which an order has traded; what is linked to it and comes later is refused.
    traded_links: FxHashSet<Link>,
    expiries: BTreeSet<(UnixNanos, Handle)>,
    /// The first of them, which every event asks for.
    next_expiry: UnixNanos,
    arrivals: u64,
}

impl<P> Default for Store<P> {
    fn default() -> Self {
        Self {
            standing: Slab::new(),
            names: FxHashMap::default(),
            links: FxHashMap::default(),
            traded_links: FxHashSet::default(),
            expiries: BTreeSet::new(),
            next_expiry: UnixNanos::MAX,
            arrivals: 0,
        }
    }
}

impl<P> Store<P> {
    /// Lets an order stand, behind all others.
    pub(crate) fn add(&mut self, standing: Standing<P>) -> Handle {
        self.arrivals += 1;
        self.add_at(self.arrivals, standing)
    }

    /// Lets what is left of an order stand where it stood among the others.
    pub(crate) fn add_again(&mut self, before: Handle, standing: Standing<P>) -> Handle {
        self.add_at(before.arrival, standing)
    }

    fn add_at(&mut self, arrival: u64, standing: Standing<P>) -> Handle {
        let order = &standing.live().order;
        let (id, link, expiry) = (order.id, order.link, expires_at(order));
        let handle = Handle { arrival, place: self.standing.insert((arrival, Some(standing))) };
        self.names.insert(id, handle);
        if let Some(link) = link {
            self.links.entry(link).or_default().push(handle);
        }
        if let Some(expiry) = expiry {
            self.expiries.insert((expiry, handle));
            self.next_expiry = self.next_expiry.min(expiry);
        }
        handle
    }

    /// Takes an order out; `None` if it is gone.
    pub(crate) fn take(&mut self, handle: Handle) -> Option<Standing<P>> {
        self.get(handle)?;
        let standing = self.standing.try_remove(handle.place)?.1?;
        let order = &standing.live().order;
        self.names.remove(&order.id);
        if let Some(link) = order.link
            && let Some(linked) = self.links.get_mut(&link)
        {
            linked.retain(|other| *other != handle);
            if linked.is_empty() {
                self.links.remove(&link);
            }
        }
        if let Some(expiry) = expires_at(order) {
            self.expiries.remove(&(expiry, handle));
            self.next_expiry = self.expiries.first().map_or(UnixNanos::MAX, |(time, _)| *time);
        }
        Some(standing)
    }

    pub(crate) fn get(&self, handle: Handle) -> Option<&Standing<P>> {
        self.standing.get(handle.place).filter(|(arrival, _)| *arrival == handle.arrival)?.1.as_ref()
    }

    pub(crate) fn get_mut(&mut self, handle: Handle) -> Option<&mut Standing<P>> {
        self.standing.get_mut(handle.place).filter(|(arrival, _)| *arrival == handle.arrival)?.1.as_mut()
    }

    /// Changes an order where it stands.
    pub(crate) fn change(&mut self, handle: Handle, change: impl FnOnce(Standing<P>) -> Standing<P>) {
        if self.get(handle).is_some()
            && let Some(standing) = self.standing.get_mut(handle.place).and_then(|(_, place)| place.take())
            && let Some((_, place)) = self.standing.get_mut(handle.place)
        {
            *place = Some(change(standing));
        }
    }

    pub(crate) fn find(&self, id: ClientOrderId) -> Option<Handle> {
        self.names.get(&id).copied()
    }

    /// Whether an order with this link has traded.
    pub(crate) fn has_traded(&self, link: Link) -> bool {
        self.traded_links.contains(&link)
    }

    /// An order with this link has traded: those that stand with the same link.
    pub(crate) fn traded(&mut self, link: Link) -> Vec<Handle> {
        self.traded_links.insert(link);
        self.links.remove(&link).unwrap_or_default()
    }

    /// When the next order is over.
    #[inline]
    pub(crate) const fn next_expiry(&self) -> UnixNanos {
        self.next_expiry
    }

    /// The first order that is over by now.
    pub(crate) fn expired(&self, now: UnixNanos) -> Option<Handle> {
        self.expiries.first().filter(|(time, _)| *time <= now).map(|(_, handle)| *handle)
    }

    /// All of them, in the order of their arrival.
    pub(crate) fn handles(&self) -> Vec<Handle> {
        let mut handles: Vec<Handle> =
            self.standing.iter().map(|(place, (arrival, _))| Handle { arrival: *arrival, place }).collect();
        handles.sort_unstable();
        handles
    }

    /// How many stand.
    pub(crate) fn len(&self) -> usize {
        self.standing.len()
    }
}
