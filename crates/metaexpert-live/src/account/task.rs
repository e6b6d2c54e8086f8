//! The desk in time: what comes in, one after the other, and when it has to look again.
//!
//! The one decision: one task owns all that the desk knows. Requests and streams run beside it and hand over what they hear.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use metaexpert_connect::{Exchange, exchange::StreamNews};
use metaexpert_core::{
    Amendment, ClientOrderId, NewOrder, Price,
    engine::Standing,
    feed::{Event, Pause, PauseCause},
};
use slog::{Logger, error};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

use super::{
    AccountSettings,
    desk::Desk,
    listener::{Hears, Word},
    requests::Done,
    seat::Seat,
};
use crate::Inlet;

/// What comes to the desk.
#[derive(Debug)]
pub(super) enum Message {
    /// An order to be sent, decided on at this time.
    Place {
        member: usize,
        order: Box<NewOrder>,
        worst_price: Option<Price>,
        decided: Instant,
    },
    Amend {
        member: usize,
        amendment: Amendment,
    },
    Cancel {
        member: usize,
        order: ClientOrderId,
    },
    Heard(Word),
    News(StreamNews),
    /// An engine has heard of a trade that cannot be.
    Compare,
    /// An engine that ends waits until all that is known of its orders is told.
    AskLastWord {
        member: usize,
    },
    /// Somebody waits until every order that was handed over has an answer.
    Settle(oneshot::Sender<()>),
}

/// Runs until it is aborted.
pub(super) async fn run(
    exchange: Arc<dyn Exchange>,
    seated: Vec<(Seat, Vec<Standing>)>,
    settings: AccountSettings,
    log: Logger,
    messages: mpsc::UnboundedSender<Message>,
    mut inbox: mpsc::UnboundedReceiver<Message>,
) {
    let mut desk = Desk::new(Arc::clone(&exchange), seated, settings, log, Instant::now());
    desk.tell_pauses();
    let listening = exchange.listen_account(Box::new(Hears(messages)));
    if let Err(failure) = &listening {
        desk.records.refused(&failure.to_string());
    }
    let mut waiting: Vec<oneshot::Sender<()>> = Vec::new();
    let mut asked: Vec<usize> = Vec::new();
    loop {
        match next(&mut desk, &mut inbox).await {
            Next::Message(Message::Settle(settled)) => waiting.push(settled),
            Next::Message(Message::AskLastWord { member }) => asked.push(member),
            Next::Message(message) => take(&mut desk, message, Instant::now()),
            Next::Done(done) => desk.hear_done(*done, Instant::now()),
            Next::Due => {}
            Next::Gone => break,
        }
        desk.wake(Instant::now());
        desk.tell_pauses();
        if inbox.is_empty() {
            asked.retain(|member| !desk.tell_last_word(*member));
        }
        if !waiting.is_empty() && inbox.is_empty() && desk.is_settled() {
            for settled in waiting.drain(..) {
                // Whoever waits no longer need not know.
                let _ = settled.send(());
            }
        }
    }
}

/// Runs a desk. Should it panic, nobody looks after orders any more, and nothing that is known here counts: experts refuse entries, stop,
/// and their runs end. The next run finds what stands.
pub(super) async fn or_stop(desk: impl Future<Output = ()>, inlets: Vec<Inlet>, (exchange, log): (Arc<dyn Exchange>, Logger)) {
    if AssertUnwindSafe(desk).catch_unwind().await.is_ok() {
        return;
    }
    error!(log, "the desk of the account has panicked: experts on it are stopped, and what stands at the exchange goes on standing";
        "msgid" => "account.panicked");
    let since = Some(exchange.clock().now());
    for inlet in inlets {
        inlet.tell(Event::Pause(Pause { instrument: None, cause: PauseCause::Unreachable, since }));
        inlet.tell(Event::Stop);
        inlet.end();
    }
}

enum Next {
    Message(Message),
    Done(Box<Done>),
    Due,
    Gone,
}

/// What happens next.
async fn next(desk: &mut Desk, inbox: &mut mpsc::UnboundedReceiver<Message>) -> Next {
    let due = desk.next_due();
    let wait = async {
        match due {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        message = inbox.recv() => message.map_or(Next::Gone, Next::Message),
        done = desk.requests.next() => done.map_or(Next::Due, |done| Next::Done(Box::new(done))),
        () = wait => Next::Due,
    }
}

fn take(desk: &mut Desk, message: Message, now: Instant) {
    match message {
        Message::Place { member, order, worst_price, decided } => desk.place(member, *order, worst_price, decided, now),
        Message::Amend { member, amendment } => desk.amend(member, amendment, now),
        Message::Cancel { member, order } => desk.cancel(member, order, now),
        Message::Heard(word) => desk.hear(word, now),
        Message::News(news) => desk.hear_news(news, now),
        Message::Compare => desk.hear_dispute(now),
        Message::AskLastWord { .. } | Message::Settle(_) => {}
    }
}
