//! One message out, one answer in.
//!
//! The one decision: no address is in what is said of a failure, since it holds a secret.

use std::{error::Error, fmt::Write, future::Future, pin::Pin, time::Duration};

use metaexpert_core::config::ProxyUrl;
use reqwest::header;

use super::{BadChannel, Post};

/// The longest answer, in bytes, that is read: the rest changes nothing.
const ANSWER_MAX: usize = 64 << 10;

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// What the header of that name says.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// An answer that comes later, or why there is none.
pub(crate) type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, String>> + Send + 'a>>;

/// What sends messages.
pub(crate) trait Wire: Send + Sync {
    fn send(&self, post: Post) -> Answering<'_>;
}

/// Over HTTP.
pub(crate) struct Http {
    client: reqwest::Client,
}

impl Http {
    /// Whose answers may take so long.
    pub(crate) fn new(proxy: Option<&ProxyUrl>, within: Duration) -> Result<Self, BadChannel> {
        let unusable = |why| BadChannel::NoClient(told(why));
        let tls = metaexpert_connect::http::tls_config().map_err(|why| BadChannel::NoClient(why.to_string()))?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.as_ref().clone())
            // No proxy of the environment: where messages go is what the configuration says.
            .no_proxy()
            // A redirect would carry a secret to another host.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .timeout(within)
            // Messages are rare.
            .pool_max_idle_per_host(0);
        if let Some(proxy) = proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy.with_password()).map_err(unusable)?);
        }
        Ok(Self { client: builder.build().map_err(unusable)? })
    }

    async fn ask(&self, post: Post) -> Result<Answer, String> {
        let request = self.client.post(&post.url).header(header::CONTENT_TYPE, "application/json").body(post.json);
        let mut answer = request.send().await.map_err(told)?;
        let seconds = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let mut body = Vec::new();
        // Where the body breaks off, what is there is judged: the status has said most of it.
        while let Ok(Some(chunk)) = answer.chunk().await {
            if body.len() + chunk.len() > ANSWER_MAX {
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: answer.status().as_u16(), retry_after: seconds.map(Duration::from_secs), body })
    }
}

impl Wire for Http {
    fn send(&self, post: Post) -> Answering<'_> {
        Box::pin(self.ask(post))
    }
}

/// An error with its causes and without its address.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::{SocketAddr, TcpListener, TcpStream},
        thread::JoinHandle,
    };

    use super::*;

    /// A server that answers one request with these bytes, or with silence, and returns what it was asked.
    fn server(answer: Option<&'static str>) -> (SocketAddr, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = String::new();
            let mut buffer = [0; 4096];
            while !asked.ends_with('}') {
                let read = stream.read(&mut buffer).unwrap();
                asked.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
            }
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).unwrap(),
                // Until the other side has had enough.
                None => until_gone(&mut stream),
            }
            asked
        });
        (address, thread)
    }

    /// What a server was asked. Connections end only while the runtime goes on.
    async fn joined(server: JoinHandle<String>) -> String {
        tokio::task::spawn_blocking(|| server.join().unwrap()).await.unwrap()
    }

    fn until_gone(stream: &mut TcpStream) {
        let mut buffer = [0; 64];
        while !matches!(stream.read(&mut buffer), Ok(0) | Err(_)) {}
    }

    fn post(address: SocketAddr) -> Post {
        Post { url: format!("http://{address}/secret-path-of-a-hook"), json: r#"{"text":"hello"}"#.to_owned() }
    }

    async fn send(post: Post, within: Duration) -> Result<Answer, String> {
        Http::new(None, within).unwrap().send(post).await
    }

    const LONG: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn a_message_is_posted_as_json_and_its_answer_read() {
        let (address, asked) = server(Some("HTTP/1.1 429 Slow\r\nretry-after: 35\r\ncontent-length: 4\r\n\r\nbusy"));
        let answer = send(post(address), LONG).await.unwrap();
        assert_eq!(answer, Answer { status: 429, retry_after: Some(Duration::from_secs(35)), body: b"busy".to_vec() });
        let asked = joined(asked).await;
        assert!(asked.starts_with("POST /secret-path-of-a-hook HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains("content-type: application/json\r\n") && asked.ends_with(r#"{"text":"hello"}"#), "{asked}");
    }

    #[tokio::test]
    async fn a_server_that_hangs_breaks_off_or_talks_nonsense_is_a_failure_without_an_address() {
        for (answer, within) in [(None, Duration::from_millis(50)), (Some(""), LONG), (Some("\u{1}garbage\r\n\r\n"), LONG)] {
            let (address, asked) = server(answer);
            let why = send(post(address), within).await.unwrap_err();
            assert!(!why.is_empty() && !why.contains("secret-path-of-a-hook"), "{why}");
            joined(asked).await;
        }
    }

    #[tokio::test]
    async fn a_host_that_refuses_is_a_failure_without_an_address() {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let why = send(post(address), LONG).await.unwrap_err();
        assert!(why.contains("refused") && !why.contains("secret-path-of-a-hook"), "{why}");
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let (address, asked) = server(Some("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"));
        assert_eq!(send(post(address), LONG).await.unwrap().status, 302);
        joined(asked).await;
    }
}
