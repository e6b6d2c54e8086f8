//! Which of the exchange's hosts a request is for.
//!
//! The one decision: all hosts share a port, told apart by the first part of the path: `/api.binance.com/api/v3/time`. A port that was
//! opened for one host needs no such part. A client that knows one base URL for everything sends the bare paths; then the path
//! says by its first part which host has it, and where several have it (`/ws`), nobody is named and the protocol decides.

/// The hosts of an exchange, and which of them has a path.
#[derive(Debug, Clone, Copy)]
pub struct Addressing {
    /// All of them.
    pub hosts: &'static [&'static str],
    /// The first part of a bare path, with the host that has it.
    pub bare: &'static [(&'static str, &'static str)],
}

impl Addressing {
    /// The host, and the path below it. `own` is the host that a port was opened for, `named` the one in the `Host` header.
    pub fn split<'a>(&self, own: Option<&str>, named: Option<&str>, path: &'a str) -> (String, &'a str) {
        let first = path.strip_prefix('/').unwrap_or(path);
        let (first, rest) = first.find('/').and_then(|end| first.split_at_checked(end)).unwrap_or((first, "/"));
        if let Some(host) = self.known(first) {
            return (host.to_owned(), rest);
        }
        let bare = || self.bare.iter().find(|(part, _)| *part == first).map(|(_, host)| *host);
        let host = own.or_else(|| named.and_then(|name| self.known(name))).or_else(bare).unwrap_or_default();
        (host.to_owned(), path)
    }

    fn known(&self, name: &str) -> Option<&'static str> {
        // `stream.binance.com:9443` is how some clients spell it.
        let name = name.split_once(':').map_or(name, |(name, _)| name);
        self.hosts.iter().find(|host| host.eq_ignore_ascii_case(name)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_in_the_path_the_port_the_header_or_by_what_is_asked() {
        let addressing = Addressing { hosts: &["api.example.com", "stream.example.com"], bare: &[("api", "api.example.com")] };
        for (own, named, path, host, below) in [
            (None, None, "/api.example.com/api/v3/time", "api.example.com", "/api/v3/time"),
            (None, None, "/API.example.com/api/v3/time", "api.example.com", "/api/v3/time"),
            (None, None, "/stream.example.com:9443/ws/1", "stream.example.com", "/ws/1"),
            (None, None, "/stream.example.com", "stream.example.com", "/"),
            (Some("stream.example.com"), None, "/ws", "stream.example.com", "/ws"),
            (Some("stream.example.com"), None, "/api.example.com/api/v3/time", "api.example.com", "/api/v3/time"),
            (None, Some("stream.example.com:443"), "/ws", "stream.example.com", "/ws"),
            (None, Some("127.0.0.1:8900"), "/api/v3/time", "api.example.com", "/api/v3/time"),
            (None, Some("127.0.0.1:8900"), "/ws", "", "/ws"),
            (None, None, "/other.example.com/api", "", "/other.example.com/api"),
            (None, None, "/", "", "/"),
        ] {
            assert_eq!(addressing.split(own, named, path), (host.to_owned(), below), "{path}");
        }
    }
}
