//! Addresses that users write: of an exchange's interface, of a proxy, of what this program serves.
//!
//! The one decision: an address is kept and shown as it was written, but for the user and password in front of the host, which
//! no text of ours ever shows. Who connects asks for the whole of it by name ([`ProxyUrl::with_password`]). Whether there is
//! anybody at an address is not asked here.

use std::{fmt, net::SocketAddr};

use http::Uri;

use super::{
    nearest::nearest,
    value::{BadValue, KeyValue},
};

/// What stands for a user and password wherever an address is shown.
const STARS: &str = "***";

/// The address of an exchange's interface: `https://` or `http://`, a host, and a port and path if need be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    const SCHEMES: &'static [&'static str] = &["https", "http"];
    const REFUSAL: &'static str = "is not the URL of a host, such as `https://api.example.com`";

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl KeyValue for BaseUrl {
    const PLACEHOLDER: &'static str = "URL";

    fn parse(text: &str) -> Result<Self, BadValue> {
        let (text, uri) = read(text, Self::SCHEMES, Self::REFUSAL)?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            let rule = "holds a user or password; credentials stand in variables of the environment";
            return Err(BadValue::new(shown(text), rule));
        }
        if text.contains(['?', '#']) {
            let bare = text.split(['?', '#']).next();
            return Err(BadValue::new(text, "has a query behind its path").or_nearest(bare));
        }
        Ok(Self(text.to_owned()))
    }

    fn to_text(&self) -> String {
        self.0.clone()
    }
}

/// The address of a proxy: `http://`, `https://` or `socks5://`, perhaps a user and password, a host, and perhaps a port.
///
/// ```
/// use metaexpert_core::config::{KeyValue, ProxyUrl};
/// let proxy = ProxyUrl::parse("socks5://me:secret@127.0.0.1:1080").unwrap();
/// assert_eq!(proxy.to_text(), "socks5://***@127.0.0.1:1080");
/// assert_eq!(proxy.with_password(), "socks5://me:secret@127.0.0.1:1080");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(String);

impl ProxyUrl {
    const SCHEMES: &'static [&'static str] = &["http", "https", "socks5"];
    const REFUSAL: &'static str = "is not the URL of a proxy, such as `socks5://127.0.0.1:1080`";

    /// As it was written, the password included: for whoever connects, and for nobody who writes anything down.
    pub fn with_password(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProxyUrl").field(&self.to_text()).finish()
    }
}

impl KeyValue for ProxyUrl {
    const PLACEHOLDER: &'static str = "URL";

    fn parse(text: &str) -> Result<Self, BadValue> {
        let (text, uri) = read(text, Self::SCHEMES, Self::REFUSAL)?;
        if !matches!(uri.path(), "" | "/") || text.contains(['?', '#']) {
            return Err(BadValue::new(shown(text), "has something behind the host and port of the proxy"));
        }
        Ok(Self(text.to_owned()))
    }

    /// Without its user and password, so that it can be shown; what is read from it connects to the same host all the same.
    fn to_text(&self) -> String {
        shown(&self.0)
    }

    fn to_whole_text(&self) -> String {
        self.0.clone()
    }
}

/// Where this program listens: an address of this machine and a port, `127.0.0.1:9464` or `[::1]:9464`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenAddress(SocketAddr);

impl ListenAddress {
    /// To be listened at.
    pub const fn get(self) -> SocketAddr {
        self.0
    }
}

impl KeyValue for ListenAddress {
    const PLACEHOLDER: &'static str = "ADDRESS";

    fn parse(text: &str) -> Result<Self, BadValue> {
        let text = text.trim();
        text.parse().map(Self).map_err(|_| {
            let port = text.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
            let nearest = port.map(|port| format!("127.0.0.1:{port}"));
            BadValue::new(text, "is not an address of this machine with a port, such as `127.0.0.1:9464`").or_nearest(nearest)
        })
    }

    fn to_text(&self) -> String {
        self.0.to_string()
    }
}

/// The address without blanks around it, if it has one of the schemes, a host, and a port that there can be.
fn read<'a>(text: &'a str, schemes: &[&str], refusal: &'static str) -> Result<(&'a str, Uri), BadValue> {
    let text = text.trim();
    let bad = || BadValue::new(shown(text), refusal);
    let Some((scheme, rest)) = text.split_once("://") else {
        let meant = schemes.first().map(|scheme| format!("{scheme}://{text}")).filter(|meant| of_host(meant).is_some());
        return Err(bad().or_nearest(meant.map(|meant| shown(&meant))));
    };
    let uri = of_host(text).ok_or_else(bad)?;
    if schemes.contains(&scheme) {
        return Ok((text, uri));
    }
    let likely = nearest(scheme, schemes.iter().copied()).map(|scheme| shown(&format!("{scheme}://{rest}")));
    let all: Vec<_> = schemes.iter().map(|scheme| format!("`{scheme}://`")).collect();
    Err(BadValue::new(shown(text), format!("does not begin with one of {}", all.join(", "))).or_nearest(likely))
}

/// What is an address, and has a host, and a port that there can be if it has any.
fn of_host(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let authority = uri.authority()?;
    let behind_host = authority.as_str().rsplit_once(authority.host()).map(|(_, behind)| behind)?;
    let has_good_port = behind_host.is_empty() || authority.port_u16().is_some_and(|port| port != 0);
    // A password that holds an `@` has to be written with `%40`: clients differ in which of two they part the host at.
    let has_one_host = authority.as_str().matches('@').count() < 2;
    (!authority.host().is_empty() && has_good_port && has_one_host).then_some(uri)
}

/// The text with stars for what may be a user and password, even where it is no address at all.
fn shown(text: &str) -> String {
    let begin = text.find("://").map_or(0, |place| place + "://".len());
    let (scheme, rest) = text.split_at(begin);
    rest.rfind('@').and_then(|at| rest.get(at..)).map_or_else(|| text.to_owned(), |host| format!("{scheme}{STARS}{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_it_was_written() {
        for text in ["https://api.example.com", "http://127.0.0.1:8080/v5/", "http://[::1]:80", "https://localhost"] {
            assert_eq!(BaseUrl::parse(&format!(" {text} ")).unwrap().as_str(), text);
        }
        for text in ["http://proxy", "https://proxy.example.com:3128/", "socks5://10.0.0.1:1080"] {
            assert_eq!(ProxyUrl::parse(text).unwrap().with_password(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_one_that_was_probably_meant() {
        const NO_URL: &str = BaseUrl::REFUSAL;
        for (text, rule, nearest) in [
            ("", NO_URL, None),
            ("api.example.com", NO_URL, Some("https://api.example.com")),
            ("localhost:8080", NO_URL, Some("https://localhost:8080")),
            ("https://", NO_URL, None),
            ("https:///v5", NO_URL, None),
            ("https://host:70000", NO_URL, None),
            ("https://host:0", NO_URL, None),
            ("https://a b", NO_URL, None),
            ("https://me:pw@host", "holds a user or password; credentials stand in variables of the environment", None),
            ("https://host/v5?key=1", "has a query behind its path", Some("https://host/v5")),
            ("htps://host/x", "does not begin with one of `https://`, `http://`", Some("https://host/x")),
            ("wss://host", "does not begin with one of `https://`, `http://`", None),
        ] {
            let bad = BaseUrl::parse(text).unwrap_err();
            assert_eq!((bad.rule.as_str(), bad.nearest.as_deref()), (rule, nearest), "{text}");
        }
        for (text, rule, nearest) in [
            ("127.0.0.1:1080", ProxyUrl::REFUSAL, Some("http://127.0.0.1:1080")),
            ("socks://host", "does not begin with one of `http://`, `https://`, `socks5://`", Some("socks5://host")),
            ("http://host/path", "has something behind the host and port of the proxy", None),
        ] {
            let bad = ProxyUrl::parse(text).unwrap_err();
            assert_eq!((bad.rule.as_str(), bad.nearest.as_deref()), (rule, nearest), "{text}");
        }
    }

    #[test]
    fn a_user_and_password_are_never_shown_right_or_wrong() {
        const SECRET: &str = "hunter2";
        let good = ProxyUrl::parse("socks5://me:hunter2@host:1080").unwrap();
        assert_eq!(
            (good.to_text(), format!("{good:?}")),
            ("socks5://***@host:1080".into(), "ProxyUrl(\"socks5://***@host:1080\")".into())
        );
        for text in [
            "me:hunter2@host:1080",
            "socks://me:hunter2@host",
            "http://me:hunter2@host/path",
            "http://me:hunter2@host:70000",
            "http://me:hunter2@ho st",
            "http:/me:hunter2@host",
            "http://me:hun@ter2hunter2@host",
        ] {
            let bad = ProxyUrl::parse(text).unwrap_err();
            assert!(!format!("{bad:?}").contains(SECRET), "{bad:?}");
            assert!(!format!("{:?}", BaseUrl::parse(text).unwrap_err()).contains(SECRET));
        }
    }
}
