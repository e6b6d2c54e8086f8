//! Account events on a bad day: late, double, missing, of an order in parts, on a key that is stale; and clocks that are off.
//!
//! The one decision: what was executed is what the audit says. Fills that were heard, each counted once, come to the same, or it
//! shows that something was missed and asking mends it.

use std::time::Duration;

use metaexpert_binance::{
    Product,
    orders::{Desk, FuturesProduct},
    user::{self, AccountKey, FillFilter, UserStream, way},
};
use metaexpert_connect::{
    Report,
    credential::Keeper,
    report::OrderState,
    ws::{Backoff, Events, Session, SessionEvent, Settings},
};
use metaexpert_testnet::audit::SocketState;
use rust_decimal::{Decimal, dec};

use super::play::{Play, future, network, now, set_clock, spot, stands};

const USDM: Desk = Desk::Futures(FuturesProduct::UsdM);

/// Somebody who listens to an account.
pub(crate) struct Listener<'a> {
    play: &'a Play,
    product: Product,
    session: Session,
    pub(crate) events: Events,
    keeper: Option<Keeper>,
    fills: FillFilter,
    /// How much was executed, each fill counted once.
    executed: Decimal,
    /// How many reports of fills came, doubles included.
    told: usize,
    /// Names and states of orders, in the order in which they were told.
    states: Vec<(String, OrderState)>,
}

impl<'a> Listener<'a> {
    /// Listens, as the product's way has it, and is connected.
    pub(crate) async fn begin(play: &'a Play, product: Product) -> Self {
        let credentials = play.credentials();
        let row = way(product, &credentials.signer).unwrap();
        let host = match product {
            Product::UsdM => "fstream.binance.com",
            _ => "ws-api.binance.com/ws-api/v3",
        };
        let source = AccountKey::new(play.client(product), row, None);
        let keeper = source.map(|source| Keeper::start("key", source, Backoff::usual(), 7));
        let dialect = UserStream::new(row.way, play.socket(host), Some(credentials), now);
        let topics = row.way.topics().into_iter().map(Into::into).collect();
        let reader = keeper.as_ref().map(Keeper::reader);
        let (session, events) = Session::start("account", dialect, topics, reader, Settings::usual(), &network());
        let mut listener = Self {
            play,
            product,
            session,
            events,
            keeper,
            fills: FillFilter::new(),
            executed: Decimal::ZERO,
            told: 0,
            states: Vec::new(),
        };
        assert_eq!(listener.happens().await, SessionEvent::Connected { epoch: 1 });
        listener.listen(Duration::from_secs(1)).await;
        listener
    }

    /// The next event that is not a frame.
    pub(crate) async fn happens(&mut self) -> SessionEvent {
        self.play.happens(&mut self.events).await
    }

    /// Listens for so long.
    pub(crate) async fn listen(&mut self, time: Duration) {
        let play = self.play;
        play.until(async {
            let end = tokio::time::sleep(time);
            tokio::pin!(end);
            loop {
                tokio::select! {
                    event = self.events.recv() => {
                        if let SessionEvent::Frame { bytes, .. } = event.expect("the session goes on") {
                            self.take(&bytes);
                        }
                    }
                    () = &mut end => return,
                }
            }
        })
        .await;
    }

    fn take(&mut self, frame: &[u8]) {
        for report in user::read(self.product, frame).unwrap() {
            match report {
                Report::Fill(fill) => {
                    self.told += 1;
                    self.executed += self.fills.take(*fill).map_or(Decimal::ZERO, |fill| fill.quantity());
                }
                Report::Order(order) => {
                    let state = order.state.known().copied().expect("a state that is known");
                    // A cancel on spot has a name of its own.
                    let name = order.original_client_id.or(order.client_id);
                    self.states.push((name.unwrap_or_default(), state));
                }
                _ => {}
            }
        }
    }

    pub(crate) fn states_of(&self, name: &str) -> Vec<OrderState> {
        self.states.iter().filter(|(known, _)| known == name).map(|(_, state)| *state).collect()
    }

    pub(crate) async fn end(self) {
        self.play.until(self.session.stop()).await;
        if let Some(keeper) = self.keeper {
            self.play.until(keeper.stop()).await;
        }
    }
}

/// How much of an order was executed, and in how many parts, by the audit.
fn executed(play: &Play, name: &str) -> (Decimal, usize) {
    play.audit(|audit| {
        let orders = audit.orders();
        let order = orders.iter().find(|life| life.last.client_id == name).unwrap();
        (order.executed(), order.executions.len())
    })
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_twice_is_counted_once() {
    for product in [Product::Spot, Product::UsdM] {
        let play = Play::begin(&[]).await;
        let mut listener = Listener::begin(&play, product).await;
        let client = play.client(product);
        let rule = play.fault("duplicate topic=account");
        let order = if product == Product::Spot { spot("double", None) } else { future("double", None) };
        play.place(&client, &order).await.unwrap();
        listener.listen(Duration::from_secs(2)).await;
        let (quantity, parts) = executed(&play, "double");
        assert!(play.struck(rule) > 0 && listener.told >= parts, "{product}");
        assert_eq!((listener.executed, quantity), (dec!(0.01), dec!(0.01)), "{product}: {} told of {parts}", listener.told);
        listener.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn late_events_come_after_the_answer_and_in_their_order() {
    for product in [Product::Spot, Product::UsdM] {
        let play = Play::begin(&[]).await;
        let mut listener = Listener::begin(&play, product).await;
        let client = play.client(product);
        play.fault("latency on=message topic=account delay=3s jitter=2s");
        let order = if product == Product::Spot { spot("late", None) } else { future("late", None) };
        play.place(&client, &order).await.unwrap();
        listener.listen(Duration::from_secs(2)).await;
        assert_eq!(listener.states_of("late"), [], "{product}: the answer knows it first");
        listener.listen(Duration::from_secs(5)).await;
        let states = listener.states_of("late");
        assert_eq!((states.first(), states.last()), (Some(&OrderState::New), Some(&OrderState::Filled)), "{product}");
        assert_eq!(listener.executed, dec!(0.01), "{product}");
        listener.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn events_that_overtake_each_other_come_to_the_same_sum() {
    for product in [Product::Spot, Product::UsdM] {
        let play = Play::begin(&[]).await;
        let mut listener = Listener::begin(&play, product).await;
        let client = play.client(product);
        play.fault("partial-fills quantity=0.002");
        play.fault("reorder topic=account every=2");
        let order = if product == Product::Spot { spot("mixed", None) } else { future("mixed", None) };
        play.place(&client, &order).await.unwrap();
        play.is_well();
        // Something that follows lets the last one go.
        let order = if product == Product::Spot { spot("next", None) } else { future("next", None) };
        play.place(&client, &order).await.unwrap();
        listener.listen(Duration::from_secs(2)).await;
        let sum = executed(&play, "mixed").0 + executed(&play, "next").0;
        assert_eq!(listener.executed, sum, "{product}");
        listener.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_in_parts_is_heard_part_by_part() {
    for (product, desk) in [(Product::Spot, Desk::Spot), (Product::UsdM, USDM)] {
        let play = Play::begin(&[]).await;
        let mut listener = Listener::begin(&play, product).await;
        let client = play.client(product);
        play.fault("partial-fills quantity=0.004");
        let price = play.until(metaexpert_binance::market::depth::depth(&client, product, super::play::SYMBOL, 5)).await.unwrap();
        let price = metaexpert_core::Price::new((price.asks[0].price * dec!(1.001)).trunc_with_scale(1));
        let order = if product == Product::Spot { spot("parts", price) } else { future("parts", price) };
        let answer = play.place(&client, &order).await.unwrap();
        let (quantity, parts) = executed(&play, "parts");
        assert_eq!(stands(&answer).0, Some(OrderState::PartiallyFilled), "{product}: {quantity} in {parts}");
        play.is_well();
        listener.listen(Duration::from_secs(30)).await;
        let (quantity, parts) = executed(&play, "parts");
        assert!(parts > 1 && listener.executed == quantity, "{product}: {} of {quantity} in {parts}", listener.executed);
        let found = play.find(&client, desk, "parts").await.unwrap();
        assert_eq!(stands(&found).1, Some(listener.executed), "{product}");
        listener.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_never_comes_is_found_by_asking() {
    for (product, desk) in [(Product::Spot, Desk::Spot), (Product::UsdM, USDM)] {
        let play = Play::begin(&[]).await;
        let mut listener = Listener::begin(&play, product).await;
        let client = play.client(product);
        play.fault("drop topic=account");
        play.fault("cut on=answer method=POST times=1");
        let order = if product == Product::Spot { spot("unheard", None) } else { future("unheard", None) };
        assert!(play.place(&client, &order).await.unwrap_err().may_have_happened());
        listener.listen(Duration::from_secs(2)).await;
        assert_eq!(listener.executed, Decimal::ZERO);
        let found = play.find(&client, desk, "unheard").await.unwrap();
        assert_eq!(stands(&found), (Some(OrderState::Filled), Some(dec!(0.01))), "{product}");
        assert_eq!(play.accepted("unheard"), 1);
        listener.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_listen_key_that_the_exchange_calls_stale_is_replaced_and_events_go_on() {
    let play = Play::begin(&[]).await;
    let mut listener = Listener::begin(&play, Product::UsdM).await;
    let client = play.client(Product::UsdM);
    play.fault("stale-listen-keys");
    assert!(matches!(listener.happens().await, SessionEvent::Lost { .. }));
    assert_eq!(listener.happens().await, SessionEvent::Connected { epoch: 2 });
    assert_eq!(listener.keeper.as_ref().map(|keeper| keeper.keeping().obtained), Some(2));
    assert_eq!(play.asked("POST", "/fapi/v1/listenKey").len(), 2);
    play.place(&client, &future("heard", None)).await.unwrap();
    listener.listen(Duration::from_secs(2)).await;
    assert_eq!(listener.executed, dec!(0.01));
    // The two connections were opened with two keys.
    let keys: Vec<String> = play.audit(|audit| {
        audit.sockets().filter(|socket| socket.state == SocketState::Open).map(|socket| socket.path.clone()).collect()
    });
    assert!(keys.len() == 2 && keys[0] != keys[1], "{keys:?}");
    listener.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_listen_key_that_goes_stale_unsaid_is_found_out_when_it_is_kept() {
    let play = Play::begin(&[]).await;
    let mut listener = Listener::begin(&play, Product::UsdM).await;
    let client = play.client(Product::UsdM);
    let dropped = play.fault("drop contains=listenKeyExpired");
    play.fault("stale-listen-keys");
    listener.listen(Duration::from_secs(1)).await;
    assert_eq!(play.struck(dropped), 1);
    play.place(&client, &future("unheard", None)).await.unwrap();
    listener.listen(Duration::from_secs(2)).await;
    assert_eq!(listener.executed, Decimal::ZERO, "nobody is told on a stale key");
    // It is kept when half of its hour has passed.
    play.wait(1_810).await;
    let kept = play.asked("PUT", "/fapi/v1/listenKey");
    assert_eq!(kept.iter().map(|asked| asked.line.code).collect::<Vec<_>>(), [Some(-1125)]);
    play.place(&client, &future("heard", None)).await.unwrap();
    listener.listen(Duration::from_secs(2)).await;
    assert_eq!(listener.states_of("unheard"), []);
    assert_eq!(listener.executed, dec!(0.01), "and what was missed is to be asked for: the session told a loss");
    listener.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_either_way_is_measured_and_the_order_accepted_once() {
    // The exchange takes what is at most a second ahead of it, and five seconds behind.
    for (skew, is_refused) in [("-900ms", false), ("-1500ms", true), ("4s", false), ("7s", true), ("-1h", true), ("1h", true)] {
        for product in [Product::Spot, Product::UsdM] {
            let play = Play::begin(&[]).await;
            let client = play.client(product);
            let price = play.low_price(&client, product).await;
            play.fault(&format!("clock-skew skew={skew}"));
            let order = if product == Product::Spot { spot("timed", Some(price)) } else { future("timed", Some(price)) };
            let reports = play.place(&client, &order).await;
            assert_eq!(stands(&reports.unwrap()).0, Some(OrderState::New), "{skew} of {product}");
            let path = if product == Product::Spot { "/api/v3/order" } else { "/fapi/v1/order" };
            let codes: Vec<_> = play.asked("POST", path).iter().map(|asked| asked.line.code).collect();
            let expected = if is_refused { vec![Some(-1021), None] } else { vec![None] };
            assert_eq!((codes, play.accepted("timed")), (expected, 1), "{skew} of {product}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn our_own_clock_that_is_set_is_noticed_by_the_first_refusal() {
    let play = Play::begin(&[]).await;
    let client = play.client(Product::Spot);
    let price = play.low_price(&client, Product::Spot).await;
    play.until(client.sync_clock()).await.unwrap();
    for (name, by) in [("ahead", 3_600_000_000_000), ("back", -7_200_000_000_000)] {
        set_clock(by);
        let reports = play.place(&client, &spot(name, Some(price))).await;
        assert_eq!(stands(&reports.unwrap()).0, Some(OrderState::New), "{name}");
        assert_eq!(play.accepted(name), 1);
    }
}
