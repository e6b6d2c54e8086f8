//! Sessions with a credential that ends.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use metaexpert_connect::{
    Failure, Meaning,
    credential::{CredentialSource, Issued, Keeper, Renewed},
    report::{Credential, Refused},
    ws::{Backoff, Events, Session, SessionEvent, Settings, testing, testing::Plain},
};

use crate::play::{secs, serve};

/// Issues `key1`, `key2` and so on; what is asked of it is noted.
#[derive(Clone, Default)]
struct Desk {
    asked: Arc<Mutex<Vec<String>>>,
    /// What renewals say; when it is empty, yes.
    renewals: Arc<Mutex<VecDeque<Failure>>>,
    /// Whether a renewal gives another one instead.
    replaces: bool,
    issued: u32,
}

const HOUR: Duration = Duration::from_hours(1);

impl Desk {
    fn note(&self, what: String) {
        self.asked.lock().unwrap().push(what);
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl CredentialSource for Desk {
    async fn obtain(&mut self) -> Result<Issued, Failure> {
        self.issued += 1;
        self.note(format!("obtain {}", self.issued));
        Ok(Issued { secret: Credential::new(format!("key{}", self.issued)), lifetime: HOUR })
    }

    async fn renew(&mut self, held: &Credential) -> Result<Renewed, Failure> {
        self.note(format!("renew {}", held.expose()));
        let failure = self.renewals.lock().unwrap().pop_front();
        match failure {
            Some(failure) => Err(failure),
            None if self.replaces => self.obtain().await.map(Renewed::Replaced),
            None => Ok(Renewed::Extended(HOUR)),
        }
    }

    fn is_kept(&self) -> bool {
        !self.replaces
    }

    async fn revoke(&mut self, held: &Credential) -> Result<(), Failure> {
        self.note(format!("revoke {}", held.expose()));
        Ok(())
    }
}

fn expired() -> Failure {
    let refused = Refused { id: None, code: -1_125, message: "gone".into(), meaning: Meaning::CredentialExpired };
    Failure::Refused { endpoint: "renew", refused }
}

fn unanswered() -> Failure {
    Failure::Unknown { endpoint: "renew", why: "cut".into() }
}

/// What is told next, but that topics are there: of frames their text.
async fn told(events: &mut Events, count: usize) -> Vec<String> {
    let mut told = Vec::new();
    while told.len() < count {
        match events.recv().await.unwrap() {
            SessionEvent::Subscribed => {}
            SessionEvent::Frame { bytes, .. } => told.push(String::from_utf8(bytes.to_vec()).unwrap()),
            other => told.push(format!("{other:?}")),
        }
    }
    told
}

#[tokio::test(start_paused = true)]
async fn a_credential_is_renewed_at_half_of_its_life_and_revoked_at_the_end() {
    let desk = Desk::default();
    let keeper = Keeper::start("key", desk.clone(), Backoff::usual(), 1);
    assert_eq!(keeper.reader().next().await.secret.expose(), "key1");
    tokio::time::sleep(HOUR + secs(59 * 60)).await;
    assert_eq!(desk.asked(), ["obtain 1", "renew key1", "renew key1", "renew key1"]);
    assert!(!format!("{keeper:?}").contains("key1"), "{keeper:?}");
    keeper.stop().await;
    assert_eq!(desk.asked().last().unwrap(), "revoke key1");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_without_an_answer_is_tried_again_and_a_refused_one_means_another_credential() {
    let desk = Desk::default();
    desk.renewals.lock().unwrap().extend([unanswered(), unanswered(), expired()]);
    let keeper = Keeper::start("key", desk.clone(), Backoff::usual(), 1);
    let mut reader = keeper.reader();
    assert_eq!(reader.next().await.generation, 1);
    let second = reader.next().await;
    assert_eq!((second.generation, second.secret.expose()), (2, "key2"));
    assert!(second.lapsed, "the exchange did not know the first any more");
    assert_eq!(desk.asked(), ["obtain 1", "renew key1", "renew key1", "renew key1", "obtain 2"]);
    tokio::task::yield_now().await;
    assert_eq!(keeper.keeping().trouble, None);
    assert_eq!(keeper.keeping().obtained, 2);
}

#[tokio::test(start_paused = true)]
async fn a_credential_whose_renewals_fail_to_the_end_is_replaced() {
    let desk = Desk::default();
    desk.renewals.lock().unwrap().extend(std::iter::repeat_n(unanswered(), 10_000));
    let keeper = Keeper::start("key", desk.clone(), Backoff::usual(), 1);
    let mut reader = keeper.reader();
    reader.next().await;
    let start = tokio::time::Instant::now();
    let second = reader.next().await;
    assert!(second.generation == 2 && second.lapsed, "{second:?}");
    assert!((HOUR..HOUR + secs(61)).contains(&start.elapsed()), "{:?}", start.elapsed());
    let tries = desk.asked().len();
    assert!((30..80).contains(&tries), "{tries} requests in half an hour");
}

#[tokio::test(start_paused = true)]
async fn a_session_waits_for_its_credential_and_moves_to_the_next_one_without_a_gap() {
    let desk = Desk { replaces: true, ..Desk::default() };
    let keeper = Keeper::start("key", desk.clone(), Backoff::usual(), 1);
    let (network, mut exchange) = testing::exchange(1);
    let (_session, mut events) =
        Session::start("user", Plain::default(), vec!["a1".into()], Some(keeper.reader()), Settings::usual(), &network);
    let mut old = exchange.accept().await.unwrap();
    assert_eq!(old.path(), "/a1?key1");
    let mut new = tokio::select! {
        new = exchange.accept() => new.unwrap(),
        () = serve(&mut old, HOUR) => panic!("the hour is over"),
    };
    assert_eq!(new.path(), "/a1?key2");
    old.send("h 1 5 last").await;
    serve(&mut new, secs(3)).await;
    assert_eq!(told(&mut events, 3).await, ["Connected { epoch: 1 }", "h 1 5 last", "Rotated { connection: 2 }"]);
    assert_eq!(desk.asked(), ["obtain 1", "renew key1", "obtain 2"]);
}

#[tokio::test(start_paused = true)]
async fn what_ends_with_its_credential_is_a_loss_though_the_connection_is_open_and_a_new_epoch_follows() {
    let desk = Desk::default();
    let keeper = Keeper::start("key", desk.clone(), Backoff::usual(), 1);
    let (network, mut exchange) = testing::exchange(1);
    let (_session, mut events) =
        Session::start("user", Plain::default(), vec!["a1".into()], Some(keeper.reader()), Settings::usual(), &network);
    let mut old = exchange.accept().await.unwrap();
    serve(&mut old, secs(1)).await;
    old.send("expired").await;
    // What happens now comes over no connection.
    let mut new = exchange.accept().await.unwrap();
    assert_eq!(new.path(), "/a1?key2");
    assert_eq!(old.text().await, None, "the old connection is still there");
    serve(&mut new, secs(1)).await;
    new.send("h 1 6 first").await;
    let lost = r#"Lost { why: "its credential is no longer good" }"#;
    let expected = ["Connected { epoch: 1 }", "expired", lost, "Connected { epoch: 2 }", "h 1 6 first"];
    assert_eq!(told(&mut events, 5).await, expected);
    assert_eq!(desk.asked(), ["obtain 1", "obtain 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_the_exchange_forgot_in_silence_is_a_loss_too() {
    let desk = Desk::default();
    desk.renewals.lock().unwrap().push_back(expired());
    let keeper = Keeper::start("key", desk.clone(), Backoff::usual(), 1);
    let (network, mut exchange) = testing::exchange(1);
    let (_session, mut events) =
        Session::start("user", Plain::default(), vec!["a1".into()], Some(keeper.reader()), Settings::usual(), &network);
    let mut old = exchange.accept().await.unwrap();
    serve(&mut old, HOUR).await;
    assert_eq!(old.text().await, None, "the old connection is still there");
    let mut new = exchange.accept().await.unwrap();
    serve(&mut new, secs(1)).await;
    let lost = r#"Lost { why: "its credential ended before there was another" }"#;
    assert_eq!(told(&mut events, 3).await, ["Connected { epoch: 1 }", lost, "Connected { epoch: 2 }"]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_cut_has_its_credential_kept_at_once_and_replaced_where_it_was_forgotten() {
    for (renewals, next, asked) in [
        (vec![], "/a1?key1", &["obtain 1", "renew key1"][..]),
        (vec![expired()], "/a1?key2", &["obtain 1", "renew key1", "obtain 2"]),
    ] {
        let desk = Desk::default();
        desk.renewals.lock().unwrap().extend(renewals);
        let keeper = Keeper::start("key", desk.clone(), Backoff::usual(), 1);
        let (network, mut exchange) = testing::exchange(1);
        let (_session, mut events) =
            Session::start("user", Plain::default(), vec!["a1".into()], Some(keeper.reader()), Settings::usual(), &network);
        let mut old = exchange.accept().await.unwrap();
        serve(&mut old, secs(1)).await;
        drop(old);
        let mut new = exchange.accept().await.unwrap();
        assert_eq!(new.path(), next);
        serve(&mut new, secs(1)).await;
        let told = told(&mut events, 3).await;
        assert!(told[1].starts_with("Lost") && told[2] == "Connected { epoch: 2 }", "{told:?}");
        assert_eq!(desk.asked(), asked);
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_a_renewal_replaces_is_not_asked_for_anew_with_every_cut() {
    let desk = Desk { replaces: true, ..Desk::default() };
    let keeper = Keeper::start("key", desk.clone(), Backoff::usual(), 1);
    let (network, mut exchange) = testing::exchange(1);
    let (_session, mut events) =
        Session::start("user", Plain::default(), vec!["a1".into()], Some(keeper.reader()), Settings::usual(), &network);
    for _ in 0..3 {
        let mut peer = exchange.accept().await.unwrap();
        assert_eq!(peer.path(), "/a1?key1");
        serve(&mut peer, secs(1)).await;
    }
    assert_eq!(desk.asked(), ["obtain 1"]);
    assert_eq!(told(&mut events, 1).await, ["Connected { epoch: 1 }"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_is_told_and_tried_again_with_another_credential() {
    let desk = Desk::default();
    let keeper = Keeper::start("key", desk.clone(), Backoff::usual(), 1);
    let (network, mut exchange) = testing::exchange(1);
    let dialect = Plain { has_login: true, ..Plain::default() };
    let (_session, mut events) =
        Session::start("user", dialect, vec!["a1".into()], Some(keeper.reader()), Settings::usual(), &network);
    let mut peer = exchange.accept().await.unwrap();
    assert_eq!(peer.text().await.as_deref(), Some("login key1"));
    peer.send("out unknown").await;
    assert_eq!(events.recv().await, Some(SessionEvent::LoginRefused { why: "unknown".into() }));
    let why = "the login was refused".to_owned();
    assert_eq!(events.recv().await, Some(SessionEvent::NotConnected { attempt: 1, why }));
    let mut peer = exchange.accept().await.unwrap();
    assert_eq!(peer.text().await.as_deref(), Some("login key2"));
    peer.send("in").await;
    assert_eq!(peer.text().await.as_deref(), Some("sub 1 a1"));
    assert_eq!(events.recv().await, Some(SessionEvent::Connected { epoch: 1 }));
}

#[tokio::test(start_paused = true)]
async fn a_login_that_is_not_answered_means_another_connection() {
    let (network, mut exchange) = testing::exchange(1);
    let dialect = Plain { has_login: true, ..Plain::default() };
    let (_session, mut events) = Session::start("user", dialect, Vec::new(), None, Settings::usual(), &network);
    let mut peer = exchange.accept().await.unwrap();
    assert_eq!(peer.text().await.as_deref(), Some("login "));
    let why = "the login was not answered".to_owned();
    assert_eq!(events.recv().await, Some(SessionEvent::NotConnected { attempt: 1, why }));
}
