//! The machine alone: no socket, no task, no clock.

use std::time::Duration;

use proptest::prelude::*;
use tokio::sync::oneshot;

use super::*;
use crate::{Failure, report::Credential, ws::testing::Plain};

struct Bench {
    machine: Machine<Plain>,
    now: Instant,
}

impl Bench {
    fn new(dialect: Plain, topics: &[&str], needs_lease: bool) -> Self {
        let topics = topics.iter().map(|topic| (*topic).into()).collect();
        let now = Instant::now();
        let mut machine = Machine::new(dialect, Settings::usual(), topics, needs_lease, 5, now);
        machine.start(now);
        Self { machine, now }
    }

    fn step(&mut self, input: Input) -> Vec<String> {
        self.machine.step(input, self.now);
        self.outputs()
    }

    fn frame(&mut self, link: u64, text: &str) -> Vec<String> {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        self.step(Input::Frame { link, bytes, received: UnixNanos::from_nanos(0) })
    }

    fn gone(&mut self, link: u64) -> Vec<String> {
        self.step(Input::Gone { link, why: "cut".into(), refusal: None })
    }

    fn wait(&mut self, time: Duration) -> Vec<String> {
        self.now += time;
        self.step(Input::Tick)
    }

    fn outputs(&mut self) -> Vec<String> {
        let shown = |output| match output {
            Output::Dial { link, address } => format!("dial {link} {address}"),
            Output::Send { link, text } => format!("send {link} {text}"),
            Output::SendCall { link, id, .. } => format!("call {link} {id}"),
            Output::Withdraw { link, id } => format!("withdraw {link} {id}"),
            Output::Ping(link) => format!("ping {link}"),
            Output::Close(link) => format!("close {link}"),
            Output::CredentialRefused(generation) => format!("refused credential {generation}"),
            Output::CredentialDoubted(generation) => format!("doubted credential {generation}"),
            Output::Tell(SessionEvent::Frame { bytes, .. }) => format!("frame {}", String::from_utf8_lossy(&bytes)),
            Output::Tell(event) => format!("{event:?}"),
        };
        self.machine.out.drain(..).map(shown).collect()
    }

    fn live(&mut self) {
        self.outputs();
        self.step(Input::Opened(1));
        self.frame(1, "ack 1");
        assert_eq!(self.machine.state(), State::Live);
    }
}

fn lease(generation: u64) -> Input {
    Input::Lease(Lease { secret: Credential::new(format!("key{generation}")), generation, lapsed: false })
}

fn call(id: &str) -> (Input, oneshot::Receiver<Result<Bytes, Failure>>) {
    let (answer, answered) = oneshot::channel();
    (Input::Call(Call { endpoint: "place", id: id.into(), text: id.into(), answer, noting: None }), answered)
}

#[test]
fn states_follow_one_another_as_they_are_named() {
    let mut bench = Bench::new(Plain { has_login: true, ..Plain::default() }, &["a1"], true);
    assert_eq!(bench.machine.state(), State::Waiting { until: None, attempt: 0 });
    assert!(bench.outputs().is_empty());
    assert_eq!(bench.step(lease(1)), ["dial 1 ws://exchange.example/a1?key1"]);
    assert_eq!(bench.machine.state(), State::Connecting);
    assert_eq!(bench.step(Input::Opened(1)), ["send 1 login key1"]);
    assert_eq!(bench.machine.state(), State::LoggingIn);
    assert_eq!(bench.frame(1, "in"), ["Connected { epoch: 1 }", "send 1 sub 1 a1"]);
    assert_eq!(bench.machine.state(), State::Subscribing);
    assert_eq!(bench.frame(1, "ack 1"), ["Subscribed"]);
    assert_eq!(bench.machine.state(), State::Live);
    assert_eq!(bench.frame(1, "bye"), ["dial 2 ws://exchange.example/a1?key1"]);
    assert_eq!(bench.machine.state(), State::Rotating);
    let lost = bench.gone(1);
    assert_eq!(lost, ["Lost { why: \"cut\" }", "doubted credential 1", "close 2"]);
    assert!(matches!(bench.machine.state(), State::Waiting { until: Some(_), attempt: 1 }));
    assert!(bench.step(Input::Stop).is_empty());
    assert_eq!(bench.machine.state(), State::Closing);
}

#[test]
fn that_all_topics_are_there_is_told_when_the_last_is_answered_and_again_after_a_loss() {
    let mut dialect = Plain::default();
    dialect.limits.topics_per_request = 1;
    let mut bench = Bench::new(dialect, &["a1", "bad"], false);
    bench.outputs();
    assert_eq!(bench.step(Input::Opened(1)), ["Connected { epoch: 1 }", "send 1 sub 1 a1", "send 1 sub 2 bad"]);
    assert!(bench.frame(1, "ack 1").is_empty(), "the other is not there yet");
    assert_eq!(bench.frame(1, "g 1 5 x"), ["frame g 1 5 x"]);
    assert_eq!(bench.frame(1, "no 2 why"), ["Refused { topic: \"bad\", why: \"why\" }", "Subscribed"]);
    assert_eq!(bench.step(Input::Subscribe(vec!["c3".into()])), ["send 1 sub 3 c3"]);
    assert!(bench.frame(1, "ack 3").is_empty(), "it is told once");
    bench.gone(1);
    bench.wait(Duration::from_mins(1));
    bench.step(Input::Opened(2));
    assert!(bench.frame(2, "ack 4").is_empty());
    assert_eq!(bench.frame(2, "ack 5"), ["Subscribed"]);
}

#[test]
fn a_connection_that_takes_over_before_the_topics_of_the_first_are_there_brings_them() {
    let mut bench = Bench::new(Plain::default(), &["a1"], false);
    bench.outputs();
    bench.step(Input::Opened(1));
    assert_eq!(bench.frame(1, "bye"), ["dial 2 ws://exchange.example/a1?"]);
    bench.step(Input::Opened(2));
    assert!(bench.frame(2, "ack 2").is_empty());
    assert_eq!(bench.wait(Duration::from_secs(1)), ["Rotated { connection: 2 }", "Subscribed", "close 1"]);
}

#[test]
fn a_link_that_is_opened_after_it_was_given_up_is_closed() {
    let mut bench = Bench::new(Plain::default(), &[], true);
    bench.step(lease(1));
    assert_eq!(bench.step(lease(2)), ["close 1", "dial 2 ws://exchange.example/?key2"]);
    assert_eq!(bench.step(Input::Opened(1)), ["close 1"]);
    assert_eq!(bench.step(Input::Opened(2)), ["Connected { epoch: 1 }", "Subscribed"]);
}

#[test]
fn a_credential_that_is_refused_is_not_tried_again() {
    let mut bench = Bench::new(Plain { has_login: true, ..Plain::default() }, &[], true);
    bench.step(lease(1));
    bench.step(Input::Opened(1));
    let refused = bench.frame(1, "out unknown");
    assert_eq!(refused[..3], ["refused credential 1", "LoginRefused { why: \"unknown\" }", "close 1"]);
    assert!(bench.wait(Duration::from_mins(10)).is_empty(), "there is nothing to connect with");
    assert_eq!(bench.step(lease(2)), ["dial 2 ws://exchange.example/?key2"]);
}

#[test]
fn an_address_that_is_refused_may_be_so_for_the_credential_in_it() {
    let mut bench = Bench::new(Plain::default(), &[], true);
    bench.step(lease(1));
    let told = bench.step(Input::Gone { link: 1, why: "401".into(), refusal: Some(Refusal::Access) });
    assert_eq!(told, ["NotConnected { attempt: 1, why: \"401\" }", "refused credential 1"]);
}

#[test]
fn an_exchange_that_wants_to_be_left_alone_is() {
    let mut bench = Bench::new(Plain::default(), &[], false);
    bench.outputs();
    let refusal = Some(Refusal::Later(Duration::from_mins(5)));
    bench.step(Input::Gone { link: 1, why: "418".into(), refusal });
    assert!(bench.wait(Duration::from_secs(299)).is_empty());
    assert_eq!(bench.wait(Duration::from_secs(1)), ["dial 2 ws://exchange.example/?"]);
}

#[test]
fn a_connection_over_which_nothing_more_comes_is_lost_and_stays_only_for_its_answers() {
    let mut bench = Bench::new(Plain::default(), &["a1"], false);
    bench.live();
    let (order, mut answer) = call("7");
    bench.step(order);
    bench.step(Input::Written("7".into()));
    let why = "nothing more comes over the connection";
    assert_eq!(bench.frame(1, "ended"), ["frame ended".to_owned(), format!("Lost {{ why: {why:?} }}")]);
    assert!(bench.frame(1, "h 1 5 late").is_empty());
    assert_eq!(bench.wait(Duration::from_secs(1)), ["dial 2 ws://exchange.example/a1?"]);
    assert_eq!(bench.frame(1, "reply 7 taken"), ["close 1"]);
    assert!(answer.try_recv().unwrap().is_ok());
    assert_eq!(bench.step(Input::Opened(2)), ["Connected { epoch: 2 }", "send 2 sub 2 a1"]);
}

#[test]
fn without_answers_to_come_such_a_connection_is_closed_and_a_next_one_that_is_such_is_given_up() {
    let mut bench = Bench::new(Plain::default(), &["a1"], false);
    bench.live();
    assert_eq!(bench.frame(1, "bye"), ["dial 2 ws://exchange.example/a1?"]);
    bench.step(Input::Opened(2));
    assert_eq!(bench.frame(2, "ended"), ["close 2"]);
    assert_eq!(bench.machine.state(), State::Live);
    let told = bench.frame(1, "ended");
    assert!(told[1].starts_with("Lost") && told[2..] == ["close 1"], "{told:?}");
}

#[test]
fn the_end_that_was_asked_for_is_no_loss() {
    let mut bench = Bench::new(Plain::default(), &["a1"], false);
    bench.live();
    assert_eq!(bench.step(Input::Unsubscribe(vec!["a1".into()])), ["send 1 unsub 2 a1"]);
    assert_eq!(bench.frame(1, "ended"), ["frame ended"]);
    assert_eq!(bench.machine.state(), State::Live);
}

#[test]
fn a_credential_that_lapsed_before_there_was_another_is_a_loss_and_one_that_follows_in_time_is_not() {
    let mut bench = Bench::new(Plain { address_subscribes: true, ..Plain::default() }, &["a1"], true);
    bench.step(lease(1));
    bench.step(Input::Opened(1));
    assert_eq!(bench.step(lease(2)), ["dial 2 ws://exchange.example/a1?key2"]);
    bench.step(Input::Opened(2));
    assert!(bench.wait(Duration::from_secs(1)).contains(&"Rotated { connection: 2 }".into()));
    let lapsed = Lease { secret: Credential::new("key3".into()), generation: 3, lapsed: true };
    let told = bench.step(Input::Lease(lapsed));
    assert_eq!(told, ["Lost { why: \"its credential ended before there was another\" }", "close 2"]);
    assert_eq!(bench.wait(Duration::from_secs(1)), ["dial 3 ws://exchange.example/a1?key3"]);
}

#[test]
fn connections_that_are_refused_in_a_rotation_are_tried_again_more_and_more_rarely() {
    let mut bench = Bench::new(Plain::default(), &["a1"], true);
    bench.step(lease(1));
    bench.live();
    let (mut dials, mut generation) = (Vec::new(), 1);
    let begin = bench.now;
    let mut told = bench.frame(1, "bye");
    while bench.now < begin + Duration::from_mins(10) && dials.len() < 100 {
        if let Some(link) = told.iter().find_map(|output| output.strip_prefix("dial ")?.split(' ').next()?.parse().ok()) {
            dials.push(bench.now);
            // The keeper has another one at once, and that is refused, too.
            told = bench.step(Input::Gone { link, why: "403".into(), refusal: Some(Refusal::Access) });
            generation += 1;
            told.extend(bench.step(lease(generation)));
        } else {
            bench.step(Input::Ponged(1));
            told = bench.wait(Duration::from_millis(250));
        }
    }
    assert!((10..40).contains(&dials.len()), "{} attempts in ten minutes", dials.len());
    assert_eq!(bench.machine.vitals.epoch, 1);
}

#[test]
fn a_second_rotation_closes_a_connection_that_still_waits_for_an_answer() {
    let mut bench = Bench::new(Plain { address_subscribes: true, ..Plain::default() }, &["a1"], false);
    bench.outputs();
    bench.step(Input::Opened(1));
    let mut answers = Vec::new();
    let mut told = Vec::new();
    for link in 1..=2 {
        let id = link.to_string();
        let (order, answer) = call(&id);
        bench.step(order);
        bench.step(Input::Written(id));
        answers.push(answer);
        bench.frame(link, "bye");
        bench.step(Input::Opened(link + 1));
        told = bench.wait(Duration::from_secs(1));
        assert_eq!(told[0], format!("Rotated {{ connection: {} }}", link + 1));
    }
    assert_eq!(told[1..], ["close 1"]);
    assert!(matches!(answers[0].try_recv().unwrap(), Err(Failure::Unknown { .. })));
    assert!(answers[1].try_recv().is_err(), "its answer may still come");
    assert_eq!(bench.step(Input::Stop), ["close 3", "close 2"]);
}

#[test]
fn a_topic_that_is_added_in_a_rotation_is_there_before_the_new_connection_takes_over() {
    let mut bench = Bench::new(Plain { address_subscribes: true, ..Plain::default() }, &["a1"], false);
    bench.outputs();
    bench.step(Input::Opened(1));
    bench.frame(1, "bye");
    bench.step(Input::Opened(2));
    bench.wait(Duration::from_millis(900));
    assert_eq!(bench.step(Input::Subscribe(vec!["b2".into()])), ["send 1 sub 1 b2", "send 2 sub 2 b2"]);
    bench.frame(1, "ack 1");
    assert_eq!(bench.frame(1, "g 2 5 x"), ["frame g 2 5 x"]);
    assert!(bench.wait(Duration::from_secs(1)).is_empty(), "the new connection does not have it yet");
    bench.frame(2, "ack 2");
    // What is on its way over the old one when the new one has it gets the same time as always.
    assert!(bench.wait(Duration::from_millis(500)).is_empty());
    assert_eq!(bench.frame(1, "g 2 6 x"), ["frame g 2 6 x"]);
    assert_eq!(bench.wait(Duration::from_millis(500)), ["Rotated { connection: 2 }", "close 1"]);
}

#[test]
fn a_call_without_an_answer_is_withdrawn_if_it_was_not_written() {
    let mut bench = Bench::new(Plain::default(), &["a1"], false);
    bench.live();
    let ((first, mut first_answer), (second, mut second_answer)) = (call("x"), call("y"));
    assert_eq!(bench.step(first), ["call 1 x"]);
    bench.step(Input::Written("x".into()));
    assert_eq!(bench.step(second), ["call 1 y"]);
    assert_eq!(bench.wait(Duration::from_secs(10)), ["withdraw 1 y"]);
    assert!(matches!(first_answer.try_recv().unwrap(), Err(Failure::Unknown { .. })));
    assert!(matches!(second_answer.try_recv().unwrap(), Err(Failure::NotSent { .. })));
}

#[test]
fn a_quiet_frame_costs_no_look_around() {
    let mut bench = Bench::new(Plain::default(), &["a1"], false);
    bench.live();
    let wake = bench.machine.wake();
    bench.now += Duration::from_secs(1);
    assert_eq!(bench.frame(1, "g 1 5 x"), ["frame g 1 5 x"]);
    assert_eq!(bench.machine.wake(), wake);
    // Coming too early is no harm: it looks, and sleeps on.
    bench.now = wake.unwrap();
    assert!(bench.step(Input::Tick).is_empty());
    assert!(bench.machine.wake() > wake);
}

/// What a hostile network may do at any moment.
#[derive(Debug, Clone)]
enum Blow {
    Opened(u64),
    Gone(u64),
    Ponged(u64),
    Frame(u64, &'static str),
    Wait(u64),
    Subscribe(&'static str),
    Unsubscribe(&'static str),
    Call,
    Lease(u64),
    Pressure(bool),
}

const TEXTS: &[&str] =
    &["ack 1", "ack 2", "no 0 why", "no 3 why", "in", "out x", "g 1 5 x", "h 1 5 x", "bye", "ended", "expired", "reply 1", "?"];

fn blow() -> impl Strategy<Value = Blow> {
    // Links are numbered from the last one back.
    let link = 0u64..3;
    prop_oneof![
        4 => link.clone().prop_map(Blow::Opened),
        2 => link.clone().prop_map(Blow::Gone),
        1 => link.clone().prop_map(Blow::Ponged),
        6 => (link, prop::sample::select(TEXTS)).prop_map(|(link, text)| Blow::Frame(link, text)),
        4 => (0u64..40_000).prop_map(Blow::Wait),
        1 => prop::sample::select(&["a1", "b2", "c3"][..]).prop_map(Blow::Subscribe),
        1 => prop::sample::select(&["a1", "b2", "c3"][..]).prop_map(Blow::Unsubscribe),
        1 => Just(Blow::Call),
        1 => (1u64..4).prop_map(Blow::Lease),
        1 => any::<bool>().prop_map(Blow::Pressure),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_links_are_few_calls_are_answered_and_the_machine_always_has_a_next_step(
        has_login: bool,
        needs_lease: bool,
        blows in prop::collection::vec(blow(), 1..120),
    ) {
        let mut dialect = Plain { has_login, ..Plain::default() };
        dialect.limits.lifetime = Some(Duration::from_mins(5));
        let mut bench = Bench::new(dialect, &["a1"], needs_lease);
        let (mut last, mut open, mut calls, mut is_connected) = (0u64, std::collections::BTreeSet::new(), Vec::new(), false);
        let mut is_subscribed = false;
        let mut lease_seen = 0;
        let mut told = bench.outputs();
        for (number, blow) in blows.into_iter().enumerate() {
            let nth = |back: u64| last.saturating_sub(back);
            told.extend(match blow {
                Blow::Opened(back) => bench.step(Input::Opened(nth(back))),
                Blow::Gone(back) => {
                    open.remove(&nth(back));
                    bench.gone(nth(back))
                }
                Blow::Ponged(back) => bench.step(Input::Ponged(nth(back))),
                Blow::Frame(back, text) => bench.frame(nth(back), text),
                Blow::Wait(millis) => bench.wait(Duration::from_millis(millis)),
                Blow::Subscribe(topic) => bench.step(Input::Subscribe(vec![topic.into()])),
                Blow::Unsubscribe(topic) => bench.step(Input::Unsubscribe(vec![topic.into()])),
                Blow::Call => {
                    let (input, answer) = call(&number.to_string());
                    calls.push(answer);
                    bench.step(input)
                }
                Blow::Lease(generation) if needs_lease && generation > lease_seen => {
                    lease_seen = generation;
                    bench.step(lease(generation))
                }
                Blow::Lease(_) => Vec::new(),
                Blow::Pressure(true) => bench.step(Input::Blocked),
                Blow::Pressure(false) => bench.step(Input::Resumed),
            });
            for output in told.drain(..) {
                let mut words = output.split(' ');
                match (words.next().unwrap(), words.next().and_then(|word| word.parse::<u64>().ok())) {
                    ("dial", Some(link)) => {
                        prop_assert_eq!(link, last + 1);
                        last = link;
                        open.insert(link);
                    }
                    ("close", Some(link)) => drop(open.remove(&link)),
                    ("Connected", _) => {
                        prop_assert!(!is_connected, "connected twice");
                        is_connected = true;
                    }
                    ("Subscribed", _) => {
                        prop_assert!(is_connected && !is_subscribed, "told twice, or of no connection");
                        is_subscribed = true;
                    }
                    ("Lost", _) => {
                        prop_assert!(is_connected, "lost what was not connected");
                        (is_connected, is_subscribed) = (false, false);
                    }
                    _ => {}
                }
            }
            prop_assert!(open.len() <= 3, "{open:?} are open");
            let is_live = matches!(bench.machine.state(), State::Live | State::Rotating);
            prop_assert_eq!(is_subscribed, is_live, "what is live has its topics, and nothing else has");
            let waits = matches!(bench.machine.state(), State::Waiting { until: None, .. });
            let dials = matches!(bench.machine.state(), State::Connecting);
            prop_assert!(!waits || needs_lease);
            prop_assert!(bench.machine.wake().is_none_or(|wake| wake > bench.now), "it would never sleep");
            // A slow receiver ends the wait itself.
            prop_assert!(waits || dials || bench.machine.is_blocked || bench.machine.wake().is_some());
        }
        bench.step(Input::Stop);
        for mut answer in calls {
            prop_assert!(matches!(answer.try_recv(), Ok(Err(_) | Ok(_))), "a call was forgotten");
        }
    }
}
