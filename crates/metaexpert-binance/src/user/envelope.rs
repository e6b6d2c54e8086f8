//! What stands around an event: nothing, a subscription of the WebSocket API, or a combined stream.

use std::borrow::Cow;

use metaexpert_connect::{Malformed, read_json};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::words::Text;

/// A frame without what stands around it.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    /// Of the WebSocket API: which subscription it came by.
    pub(super) subscription: Option<u64>,
    /// What it holds.
    pub(super) content: Content<'a>,
}

#[derive(Debug)]
pub(super) enum Content<'a> {
    /// An event of an account.
    Event(Event<'a>),
    /// The reply to a request, or the acknowledgement of a subscription.
    Reply,
}

/// An event, not read yet.
#[derive(Debug)]
pub(super) struct Event<'a> {
    /// Its kind: `executionReport`.
    pub(super) kind: Cow<'a, str>,
    /// Whether it tells the time of its cause (`T`, `u`), beside the time of the message (`E`).
    pub(super) has_cause_time: bool,
    /// The event itself.
    pub(super) payload: &'a [u8],
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(default, rename = "subscriptionId")]
    subscription: Option<u64>,
    #[serde(borrow, default)]
    event: Option<&'a RawValue>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    e: Option<Text<'a>>,
    // Not read here: `u` is a time of balances, and a profit of an options account.
    #[serde(borrow, default, rename = "T")]
    transaction: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "u")]
    updated: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    status: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// Takes a frame out of what stands around it.
    ///
    /// # Errors
    /// When it is neither an event nor a reply.
    pub(super) fn open(frame: &'a [u8]) -> Result<Self, Malformed> {
        let outer: Wire<'a> = read_json("account event", frame)?;
        if let Some(inner) = outer.event.or(if outer.e.is_none() { outer.data } else { None }) {
            let payload = inner.get().as_bytes();
            let wire: Wire<'a> = read_json("account event", payload)?;
            return Ok(Self { subscription: outer.subscription, content: Content::Event(wire.event(payload)?) });
        }
        let content = if outer.e.is_none() && (outer.id.is_some() || outer.status.is_some()) {
            Content::Reply
        } else {
            Content::Event(outer.event(frame)?)
        };
        Ok(Self { subscription: None, content })
    }
}

impl<'a> Wire<'a> {
    fn event(self, payload: &'a [u8]) -> Result<Event<'a>, Malformed> {
        match self.e {
            Some(kind) => {
                let is_updated = self.updated.is_some() && &*kind == "outboundAccountPosition";
                let has_cause_time = self.transaction.is_some() || is_updated;
                Ok(Event { kind: kind.into_inner(), has_cause_time, payload })
            }
            None => Err(Malformed::new("account event", "it has no kind (`e`)", payload)),
        }
    }
}
