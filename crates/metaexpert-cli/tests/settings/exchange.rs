//! Stands in for an exchange: a server on this machine that answers the question for the time, or answers badly, or not at all.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

/// What it does with a question.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    /// Answers as the exchange of this name does, its clock so many milliseconds ahead.
    As(&'static str, i64),
    /// Answers with a status and a text.
    With(u16, &'static str),
    /// Listens, and says nothing.
    Silent,
    /// Speaks no HTTP.
    Gibberish,
}

/// A server that lives until the test ends.
pub(crate) struct Exchange {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Exchange {
    pub(crate) fn opens(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&asked);
        thread::spawn(move || {
            for caller in listener.incoming().map_while(Result::ok) {
                let book = Arc::clone(&book);
                thread::spawn(move || serve(&caller, manner, &book));
            }
        });
        Self { url, asked }
    }

    /// An address at which nobody is.
    pub(crate) fn closed() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    }

    /// The first lines of the questions so far.
    pub(crate) fn questions(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Until the caller hangs up; one connection serves many questions.
fn serve(caller: &TcpStream, manner: Manner, book: &Mutex<Vec<String>>) {
    if let Manner::Gibberish = manner {
        // The caller may be gone already, here and below.
        drop((&mut &*caller).write_all(b"\x05\x01what?\r\n\r\n"));
        // Hanging up before it has said all it wants to say would be another trouble.
        drop(io::copy(&mut &*caller, &mut io::sink()));
        return;
    }
    let mut lines = BufReader::new(caller).lines().map_while(Result::ok);
    while let Some(question) = lines.next() {
        if question.is_empty() {
            continue;
        }
        book.lock().unwrap().push(question);
        // The headers, up to the empty line.
        lines.by_ref().take_while(|line| !line.is_empty()).for_each(drop);
        let (status, body) = match manner {
            Manner::As(exchange, ahead_ms) => (200, time_of(exchange, now_ms() + ahead_ms)),
            Manner::With(status, body) => (status, body.to_owned()),
            Manner::Silent | Manner::Gibberish => continue,
        };
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\nContent-Type: application/json\r\n\r\n{body}");
        drop((&mut &*caller).write_all(answer.as_bytes()));
    }
}

fn time_of(exchange: &str, ms: i64) -> String {
    match exchange {
        "binance" => format!(r#"{{"serverTime":{ms}}}"#),
        "bybit" => {
            format!(r#"{{"retCode":0,"retMsg":"OK","result":{{"timeSecond":"{}"}},"retExtInfo":{{}},"time":{ms}}}"#, ms / 1000)
        }
        _ => format!(r#"{{"code":"0","msg":"","data":[{{"ts":"{ms}"}}]}}"#),
    }
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}
