//! What sessions tell, told to a listener.
//!
//! The one decision: a listener hears of one connection, however many there are: it is connected when all of them have their topics, and
//! lost when the first one is. Otherwise one that comes back would make another forgotten that is still away. What happens before the
//! topics are there is told by nobody: whoever asks for it has to ask after that.

use bytes::Bytes;
use metaexpert_connect::{
    Malformed, Report,
    exchange::{Listener, StreamNews},
    ws::SessionEvent,
};
use metaexpert_core::UnixNanos;

use crate::{Product, stream, user};

/// Reads a frame, and tells what it says.
pub(super) type Read = fn(Product, &[u8], &mut dyn FnMut(Report<'_>)) -> Result<(), Malformed>;

/// Tells a listener what sessions tell.
pub(super) struct Hearing {
    product: Product,
    read: Read,
    listener: Box<dyn Listener>,
    /// Sessions that have not all of their topics.
    away: Vec<usize>,
}

impl Hearing {
    /// Of sessions with these numbers, none of which is connected.
    pub(super) fn new(product: Product, read: Read, listener: Box<dyn Listener>, sessions: Vec<usize>) -> Self {
        Self { product, read, listener, away: sessions }
    }

    /// Something that a session tells.
    pub(super) fn take(&mut self, session: usize, event: SessionEvent) {
        match event {
            SessionEvent::Frame { bytes, received, .. } => self.frame(&bytes, received),
            SessionEvent::Subscribed => {
                self.away.retain(|away| *away != session);
                if self.away.is_empty() {
                    self.listener.news(StreamNews::Connected);
                }
            }
            SessionEvent::Lost { why } => {
                if !self.away.contains(&session) {
                    self.away.push(session);
                }
                self.listener.news(StreamNews::Lost(why));
            }
            SessionEvent::NotConnected { attempt, why } => self.listener.news(StreamNews::NotConnected(attempt, why)),
            SessionEvent::Refused { topic, why } => self.listener.news(StreamNews::Refused(format!("{topic}: {why}"))),
            SessionEvent::LoginRefused { why } => self.listener.news(StreamNews::Refused(format!("login: {why}"))),
            SessionEvent::Dropped { count } => self.listener.news(StreamNews::Dropped(count)),
            // It is open, and hears nothing yet; or another connection took over, and nothing was missed.
            SessionEvent::Connected { .. } | SessionEvent::Rotated { .. } => {}
        }
    }

    /// Nothing is heard any more, and nobody connects again: what is not told is not taken for quiet.
    pub(super) fn end(&mut self) {
        self.listener.news(StreamNews::Lost("whatever listens has ended".into()));
    }

    fn frame(&mut self, bytes: &Bytes, received: UnixNanos) {
        let listener = &mut self.listener;
        let read = (self.read)(self.product, bytes, &mut |report| listener.report(report, received));
        if let Err(malformed) = read {
            self.listener.news(StreamNews::Strange(malformed.to_string()));
        }
    }
}

/// Reports of markets, told while the frame is read.
pub(super) fn market(product: Product, frame: &[u8], tell: &mut dyn FnMut(Report<'_>)) -> Result<(), Malformed> {
    stream::read_into(product, frame, &mut |report| tell(report))
}

/// Reports of an account. An execution that is told early is left out: its full report follows, with the fee, and who waits for that one
/// counts it once. An order is called by the name that it was placed with.
pub(super) fn account(product: Product, frame: &[u8], tell: &mut dyn FnMut(Report<'_>)) -> Result<(), Malformed> {
    for report in user::read(product, frame)? {
        if !matches!(&report, Report::Fill(fill) if fill.is_early) {
            tell(by_first_name(report));
        }
    }
    Ok(())
}

/// Where a report bears another name than the order's own (that of its cancel, on spot), it is given its own.
pub(super) fn by_first_name(report: Report<'_>) -> Report<'_> {
    match report {
        Report::Order(mut order) => {
            if let Some(first) = order.original_client_id.take() {
                order.client_id = Some(first);
            }
            Report::Order(order)
        }
        report => report,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parking_lot::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<String>>>);

    impl Listener for Heard {
        fn report(&mut self, report: Report<'_>, received: UnixNanos) {
            let said = serde_json::to_value(&report).unwrap();
            self.0.lock().push(format!("{} at {}", said["report"].as_str().unwrap(), received.as_nanos()));
        }

        fn news(&mut self, news: StreamNews) {
            self.0.lock().push(format!("{news:?}"));
        }
    }

    fn hearing(read: Read, product: Product, sessions: usize) -> (Hearing, Heard) {
        let heard = Heard::default();
        (Hearing::new(product, read, Box::new(heard.clone()), (0..sessions).collect()), heard)
    }

    fn frame(text: &str) -> SessionEvent {
        SessionEvent::Frame { bytes: Bytes::from(text.to_owned()), received: UnixNanos::from_nanos(7), connection: 1, mark: None }
    }

    #[test]
    fn it_is_connected_when_all_are_and_lost_when_one_is() {
        let (mut hearing, heard) = hearing(market, Product::UsdM, 2);
        let lost = || SessionEvent::Lost { why: "cut".into() };
        hearing.take(0, SessionEvent::Connected { epoch: 1 });
        hearing.take(0, SessionEvent::Subscribed);
        hearing.take(1, SessionEvent::Connected { epoch: 1 });
        assert!(heard.0.lock().is_empty(), "the other one has not its topics yet");
        hearing.take(1, SessionEvent::Subscribed);
        hearing.take(0, lost());
        hearing.take(1, lost());
        hearing.take(0, SessionEvent::Connected { epoch: 2 });
        hearing.take(0, SessionEvent::Subscribed);
        hearing.take(1, SessionEvent::Rotated { connection: 4 });
        hearing.take(1, SessionEvent::Connected { epoch: 2 });
        hearing.take(1, SessionEvent::Subscribed);
        assert_eq!(*heard.0.lock(), ["Connected", "Lost(\"cut\")", "Lost(\"cut\")", "Connected"]);
    }

    #[test]
    fn a_frame_is_told_with_the_time_it_came_and_a_strange_one_as_such() {
        let (mut hearing, heard) = hearing(market, Product::Spot, 1);
        let quote = r#"{"stream":"ethusdt@bookTicker","data":{"u":7,"s":"ETHUSDT","b":"1","B":"3","a":"2","A":"1"}}"#;
        hearing.take(0, frame(quote));
        hearing.take(0, frame("<html>"));
        let heard = heard.0.lock();
        assert_eq!(heard.first().map(String::as_str), Some("quote at 7"));
        assert!(heard.get(1).is_some_and(|news| news.starts_with("Strange(")), "{heard:?}");
    }

    #[test]
    fn an_execution_that_is_told_early_is_left_to_its_full_report() {
        let early = r#"{"e":"TRADE_LITE","E":1767240000001,"T":1767240000000,"s":"BTCUSDT","q":"1","p":"0","m":false,"c":"x",
            "S":"BUY","L":"60000","l":"1","t":5,"i":9}"#;
        assert_eq!(user::read(Product::UsdM, early.as_bytes()).unwrap().len(), 1);
        let (mut hearing, heard) = hearing(account, Product::UsdM, 1);
        hearing.take(0, frame(early));
        assert!(heard.0.lock().is_empty());
    }
}
