//! Market streams on a bad day: changes of a book that are missing, double, out of order or cut short.
//!
//! The one decision: a book is followed as an engine follows it, and in the end held level by level against what the exchange
//! itself says at the same update. That nothing was noticed is no proof of anything.

use std::{collections::BTreeMap, time::Duration};

use metaexpert_binance::{
    Product,
    book_rules::{book_rule, snapshot_levels},
    market,
    stream::{
        self,
        dialect::MarketDialect,
        topics::{self, Every, Topic},
    },
};
use metaexpert_connect::{
    BookSync, Report,
    book_sync::{Ask, Break, Remedy, Step},
    http::Client,
    report::DepthReport,
    ws::{Events, Session, SessionEvent, Settings},
};
use metaexpert_core::{Book, LevelChange, Side};
use rust_decimal::{Decimal, dec, prelude::ToPrimitive as _};

use super::play::{Play, SYMBOL, network, now};

/// The streams of a product's books, and the tick of the symbol.
const PRODUCTS: [(Product, &str, Decimal); 2] =
    [(Product::Spot, "stream.binance.com", dec!(0.01)), (Product::UsdM, "fstream.binance.com", dec!(0.1))];

/// Somebody who keeps a book.
pub(crate) struct Follower<'a> {
    play: &'a Play,
    product: Product,
    tick: Decimal,
    client: Client,
    session: Session,
    events: Events,
    sync: BookSync,
    book: Book,
    out: Vec<LevelChange>,
    ask: Option<Ask>,
    pub(crate) seen: Seen,
}

/// What was met on the way.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    gaps: usize,
    pub(crate) cuts: usize,
    pub(crate) rebuilt: usize,
    applied: usize,
    older: usize,
    malformed: usize,
}

impl<'a> Follower<'a> {
    pub(crate) fn begin(play: &'a Play, product: Product) -> Self {
        let (_, host, tick) = PRODUCTS.into_iter().find(|(known, ..)| *known == product).unwrap();
        let topic = Topic::Depth { symbol: SYMBOL, every: Every::Ms100 }.name(product).unwrap();
        let dialect = MarketDialect::new(product, play.socket(host), topics::base(product, &topic).unwrap());
        let (session, events) = Session::start("market", dialect, vec![topic.into()], None, Settings::usual(), &network());
        Self {
            play,
            product,
            tick,
            client: play.client(product),
            session,
            events,
            sync: BookSync::new(book_rule(product), tick),
            book: Book::new(tick),
            out: Vec::new(),
            ask: None,
            seen: Seen::default(),
        }
    }

    /// Follows for so long.
    pub(crate) async fn follow(&mut self, time: Duration) {
        let play = self.play;
        play.until(async {
            let end = tokio::time::sleep(time);
            tokio::pin!(end);
            loop {
                let event = tokio::select! {
                    event = self.events.recv() => event.expect("the session goes on"),
                    () = &mut end => return,
                };
                match event {
                    SessionEvent::Frame { bytes, .. } => self.take(&bytes),
                    SessionEvent::Lost { .. } => {
                        let step = self.sync.cut(now(), &mut self.out);
                        self.after(&step);
                    }
                    _ => {}
                }
                self.catch_up().await;
            }
        })
        .await;
    }

    fn take(&mut self, frame: &[u8]) {
        let Ok(reports) = stream::read(self.product, frame) else {
            self.seen.malformed += 1;
            return;
        };
        for report in reports {
            if let Report::Depth(depth) = report {
                let step = self.sync.take(&depth, now(), &mut self.out);
                self.after(&step);
            }
        }
    }

    /// Asks for what the book wants, until it wants nothing.
    async fn catch_up(&mut self) {
        while let Some(ask) = self.ask.take() {
            let depth = self.snapshot().await;
            let step = self.sync.answer(ask, &depth, now(), &mut self.out);
            self.after(&step);
        }
    }

    async fn snapshot(&self) -> DepthReport<'static> {
        let levels = u16::try_from(snapshot_levels(self.product)).unwrap();
        market::depth::depth(&self.client, self.product, SYMBOL, levels).await.unwrap()
    }

    fn after(&mut self, step: &Step) {
        self.out.drain(..).for_each(|change| self.book.apply(&change));
        match step {
            Step::Applied => self.seen.applied += 1,
            Step::Older => self.seen.older += 1,
            Step::Rebuilt => self.seen.rebuilt += 1,
            Step::Broken { why: Break::Gap { .. }, .. } => self.seen.gaps += 1,
            Step::Broken { why: Break::Cut, .. } => self.seen.cuts += 1,
            Step::Waits | Step::AskSnapshot(_) => {}
            Step::Broken { why, .. } => panic!("{why}"),
        }
        if let Step::AskSnapshot(ask) | Step::Broken { then: Remedy::AskSnapshot(ask), .. } = step {
            self.ask = Some(*ask);
        }
    }

    /// Holds the book against the exchange's, at the same update.
    pub(crate) async fn is_right(&mut self) {
        for _ in 0..100 {
            let theirs = self.play.until(self.snapshot()).await;
            self.follow(Duration::from_millis(50)).await;
            if self.sync.last() == Some(theirs.last) {
                assert_eq!(ours(&self.book), levels(&theirs, self.tick), "{} at {}", self.product, theirs.last);
                return;
            }
        }
        panic!("no two books at one update: {:?}", self.seen);
    }

    pub(crate) async fn end(self) {
        self.play.until(self.session.stop()).await;
    }
}

type Levels = BTreeMap<(bool, i64), f64>;

fn ours(book: &Book) -> Levels {
    let bids = book.opposite(Side::Sell).map(|(ticks, quantity)| ((true, ticks), quantity));
    let asks = book.opposite(Side::Buy).map(|(ticks, quantity)| ((false, ticks), quantity));
    bids.chain(asks).collect()
}

fn levels(report: &DepthReport<'_>, tick: Decimal) -> Levels {
    let of = |is_bid: bool| {
        let side = if is_bid { &report.bids } else { &report.asks };
        side.iter().map(move |level| ((is_bid, (level.price / tick).to_i64().unwrap()), level.quantity))
    };
    of(true).chain(of(false)).collect()
}

/// Follows the book of both products through a fault, then without it, and says what was met.
async fn through(fault: &str) -> Vec<Seen> {
    let mut all = Vec::new();
    for (product, ..) in PRODUCTS {
        let play = Play::begin(&[]).await;
        let mut follower = Follower::begin(&play, product);
        follower.follow(Duration::from_secs(2)).await;
        assert!(follower.sync.is_live(), "{product}: {:?}", follower.seen);
        let rule = play.fault(fault);
        follower.follow(Duration::from_secs(20)).await;
        assert!(play.struck(rule) > 0, "{fault} of {product}");
        // Also while it goes on: a book that is there is right.
        play.is_well();
        follower.follow(Duration::from_secs(2)).await;
        follower.is_right().await;
        let seen = std::mem::take(&mut follower.seen);
        assert!(seen.applied > 50, "{fault} of {product}: {seen:?}");
        all.push(seen);
        follower.end().await;
    }
    all
}

#[tokio::test(start_paused = true)]
async fn a_dropped_change_is_noticed_as_a_gap_and_the_book_is_built_anew() {
    for seen in through("drop topic=market every=9").await {
        assert!(seen.gaps > 3 && seen.rebuilt == seen.gaps + 1, "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_doubled_change_does_no_harm() {
    for seen in through("duplicate topic=market every=3").await {
        assert!(seen.gaps == 0 && seen.rebuilt == 1, "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_overtaken_breaks_the_book_and_it_is_built_anew() {
    for seen in through("reorder topic=market every=9").await {
        assert!(seen.gaps > 3 && seen.rebuilt == seen.gaps + 1, "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn half_a_message_is_called_malformed_and_what_it_lacks_is_a_gap() {
    for seen in through("truncate on=message topic=market every=9").await {
        assert!(seen.malformed > 3 && seen.gaps == seen.malformed && seen.rebuilt == seen.gaps + 1, "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn late_messages_keep_their_order_and_the_book_its_state() {
    for seen in through("latency on=message delay=200ms jitter=900ms topic=market").await {
        assert!(seen.gaps == 0 && seen.rebuilt == 1, "{seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_comes_late_joins_what_has_waited_for_it() {
    for (product, ..) in PRODUCTS {
        let play = Play::begin(&["latency delay=3s path=*/depth"]).await;
        let mut follower = Follower::begin(&play, product);
        follower.follow(Duration::from_secs(10)).await;
        assert!(follower.seen.rebuilt == 1 && follower.seen.gaps == 0, "{:?}", follower.seen);
        play.is_well();
        follower.is_right().await;
        follower.end().await;
    }
}
