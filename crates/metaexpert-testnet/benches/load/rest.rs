//! HTTP, kept alive: one request after another over one connection.
//!
//! The one decision: no client library, so that what is measured is the testnet.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A connection.
#[derive(Debug)]
pub(crate) struct Rest {
    stream: TcpStream,
    address: String,
    buffer: Vec<u8>,
}

impl Rest {
    pub(crate) async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, address: address.to_owned(), buffer: Vec::new() }
    }

    /// Status and body.
    pub(crate) async fn ask(&mut self, method: &str, path: &str, query: &str, key: &str) -> (u16, String) {
        let request = format!(
            "{method} /api.binance.com{path}?{query} HTTP/1.1\r\nHost: {}\r\nX-MBX-APIKEY: {key}\r\nContent-Length: 0\r\n\r\n",
            self.address
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        loop {
            if let Some((status, body, used)) = whole(&self.buffer) {
                self.buffer.drain(..used);
                return (status, body);
            }
            assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0, "the testnet has closed a connection");
        }
    }
}

/// An answer, and how many bytes it is, once all of it is there.
fn whole(buffer: &[u8]) -> Option<(u16, String, usize)> {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&buffer[..head]).unwrap();
    let length =
        text.lines().filter_map(|line| line.split_once(": ")).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.expect("answers have a length").1.parse().unwrap();
    let body = buffer.get(head + 4..head + 4 + length)?;
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    Some((status, String::from_utf8(body.to_vec()).unwrap(), head + 4 + length))
}
