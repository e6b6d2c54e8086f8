//! A server for tests: it records what it is asked, and plays what it was told to answer, connections that break included.
//!
//! The one decision: it speaks over a real socket. What an operation sends is compared byte by byte with what its documentation
//! says, and what a broken connection looks like is found out rather than imagined.
//!
//! It is no exchange: it does not look at what it is asked.

use std::{
    collections::VecDeque,
    fmt::{self, Write as _},
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Longest request that is read, in bytes.
const REQUEST_MAX: usize = 1 << 20;

/// What is done with a request.
#[derive(Debug, Clone)]
pub enum Act {
    /// It is answered.
    Answer(Reply),
    /// It is answered after a time.
    After(Duration, Reply),
    /// The connection ends as soon as a request comes in, and nothing of it is read.
    CutBeforeReading,
    /// The request is read, and the connection ends without an answer.
    CutBeforeAnswering,
    /// The connection ends in the middle of the answer's body.
    CutWithin(Reply),
    /// The request is read and never answered.
    Silence,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers, but for the length.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Reply {
    /// A good answer.
    pub fn ok(body: impl Into<String>) -> Self {
        Self::of(200, body)
    }

    /// An answer with a status.
    pub fn of(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.headers.push((name.into(), value.to_string()));
        self
    }
}

impl From<Reply> for Act {
    fn from(reply: Reply) -> Self {
        Self::Answer(reply)
    }
}

/// A request as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// `GET`, `POST`, ...
    pub method: String,
    /// As in the request's first line: path and query, or all of the address where it was asked as a proxy.
    pub target: String,
    /// Headers in their order, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl Recorded {
    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query as it was sent, without the question mark; empty where there is none.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The first header of a name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A server that records what it is asked. It ends when it is dropped.
#[derive(Debug)]
pub struct RecordingServer {
    address: SocketAddr,
    tape: Arc<Mutex<Tape>>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Tape {
    script: VecDeque<Act>,
    otherwise: Act,
    recorded: Vec<Recorded>,
    connections: usize,
}

impl RecordingServer {
    /// A server on a free port of this machine that does these things in turn, one for each request.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(script: impl IntoIterator<Item = impl Into<Act>>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let tape = Arc::new(Mutex::new(Tape {
            script: script.into_iter().map(Into::into).collect(),
            otherwise: Reply::of(404, "nothing more is scripted").into(),
            recorded: Vec::new(),
            connections: 0,
        }));
        let task = tokio::spawn(accept(listener, Arc::clone(&tape)));
        Ok(Self { address, tape, task })
    }

    /// An address of this machine at which nobody listens.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn nobody() -> io::Result<String> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?;
        Ok(format!("http://{address}"))
    }

    /// Its address, without a slash at the end.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// One thing more to do.
    pub fn then(&self, act: impl Into<Act>) {
        self.tape.lock().script.push_back(act.into());
    }

    /// What is done when the script is through.
    pub fn otherwise(&self, act: impl Into<Act>) {
        self.tape.lock().otherwise = act.into();
    }

    /// What it was asked so far.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.tape.lock().recorded.clone()
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.tape.lock().connections
    }
}

impl Drop for RecordingServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, tape: Arc<Mutex<Tape>>) {
    // Connections end with the set, and the set with this task.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        tape.lock().connections += 1;
        connections.spawn(serve(stream, Arc::clone(&tape)));
    }
}

/// Serves a connection until one side ends it.
async fn serve(mut stream: TcpStream, tape: Arc<Mutex<Tape>>) -> io::Result<()> {
    let mut read = Vec::new();
    loop {
        if read.is_empty() && stream.peek(&mut [0]).await? == 0 {
            return Ok(());
        }
        let act = {
            let mut tape = tape.lock();
            tape.script.pop_front().unwrap_or_else(|| tape.otherwise.clone())
        };
        if matches!(act, Act::CutBeforeReading) {
            return Ok(());
        }
        let request = read_request(&mut stream, &mut read).await?;
        tape.lock().recorded.push(request);
        match act {
            Act::Answer(reply) => stream.write_all(written(&reply).as_bytes()).await?,
            Act::After(wait, reply) => {
                tokio::time::sleep(wait).await;
                stream.write_all(written(&reply).as_bytes()).await?;
            }
            Act::CutWithin(reply) => {
                let whole = written(&reply);
                let part = whole.len() - reply.body.len().div_ceil(2);
                stream.write_all(whole.as_bytes().get(..part).unwrap_or_default()).await?;
                return Ok(());
            }
            Act::Silence => std::future::pending().await,
            Act::CutBeforeReading | Act::CutBeforeAnswering => return Ok(()),
        }
    }
}

/// Reads one request; what came in behind it stays in `read`.
async fn read_request(stream: &mut TcpStream, read: &mut Vec<u8>) -> io::Result<Recorded> {
    let bad = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        let parsed = request.parse(read).map_err(|why| bad(&why.to_string()))?;
        if let httparse::Status::Complete(head) = parsed {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let headers: Vec<_> =
                request.headers.iter().map(|header| (header.name.to_ascii_lowercase(), text(header.value))).collect();
            let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, length)| length.parse().ok());
            let end = head + length.unwrap_or(0_usize).min(REQUEST_MAX);
            if let Some(body) = read.get(head..end) {
                let (method, target) = (request.method.unwrap_or_default().into(), request.path.unwrap_or_default().into());
                let recorded = Recorded { method, target, headers, body: text(body) };
                read.drain(..end);
                return Ok(recorded);
            }
        }
        if read.len() > REQUEST_MAX {
            return Err(bad("the request is too long"));
        }
        if stream.read_buf(read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn written(reply: &Reply) -> String {
    let mut text = format!("HTTP/1.1 {} Scripted\r\ncontent-length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        // Writing into a string does not fail.
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text + "\r\n" + &reply.body
}
