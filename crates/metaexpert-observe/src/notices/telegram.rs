//! Telegram: each message as one of a bot's, to one chat (core.telegram.org/bots/api, `sendMessage`, read 2026-07).

use std::time::Duration;

use metaexpert_core::config::NoticeKind;
use metaexpert_log::register_secret;
use serde::{Deserialize, Serialize};

use super::{
    BadChannel, Channel, Judgement, Notice, Post,
    channel::{address, by_status},
};

const HOST: &str = "https://api.telegram.org";

/// The longest text of a message (`sendMessage`, `text`: 1-4096 characters after entities parsing), as Telegram counts: in UTF-16.
const TEXT_MAX: usize = 4_096;

const CUT: char = '…';

/// Sends to one chat.
pub struct Telegram {
    url: String,
    chat: String,
}

impl std::fmt::Debug for Telegram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Telegram").finish_non_exhaustive()
    }
}

/// What is sent.
#[derive(Serialize)]
struct Message<'a> {
    chat_id: &'a str,
    text: String,
    parse_mode: &'static str,
    link_preview_options: NoPreview,
}

#[derive(Serialize)]
struct NoPreview {
    is_disabled: bool,
}

/// What is answered ("Making requests").
#[derive(Deserialize)]
struct Answer {
    ok: bool,
    description: Option<String>,
    parameters: Option<Parameters>,
}

/// `ResponseParameters`.
#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
}

impl Telegram {
    /// A bot's way to a chat, by Telegram's own host or another one. The token is masked in every log from here on.
    ///
    /// # Errors
    /// Where the address, the token or the chat cannot be one.
    pub fn new(base: Option<&str>, token: &str, chat: &str) -> Result<Self, BadChannel> {
        let (token, chat) = (token.trim(), chat.trim());
        let is_token = token.split_once(':').is_some_and(|(bot, key)| {
            let key_has = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            !bot.is_empty() && bot.chars().all(|c| c.is_ascii_digit()) && !key.is_empty() && key.chars().all(key_has)
        });
        if !is_token {
            return Err(BadChannel::BadValue {
                what: "TELEGRAM_BOT_TOKEN",
                rule: "is not a bot's token, such as `123456:ABC-DEF..`",
            });
        }
        if chat.is_empty() {
            return Err(BadChannel::BadValue {
                what: "TELEGRAM_CHAT_ID",
                rule: "is empty; it is a number, or `@` and a channel's name",
            });
        }
        register_secret(token);
        let base = address("telegram_base_url", base.unwrap_or(HOST))?;
        let url = format!("{}/bot{token}/sendMessage", base.as_str().trim_end_matches('/'));
        Ok(Self { url, chat: chat.to_owned() })
    }
}

impl Channel for Telegram {
    fn name(&self) -> &'static str {
        "telegram"
    }

    fn post(&self, notice: &Notice) -> Post {
        let message = Message {
            chat_id: &self.chat,
            text: written(notice),
            parse_mode: "HTML",
            link_preview_options: NoPreview { is_disabled: true },
        };
        Post { url: self.url.clone(), json: serde_json::to_string(&message).unwrap_or_default() }
    }

    fn judge(&self, status: u16, retry_after: Option<Duration>, body: &[u8]) -> Judgement {
        let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
            return match by_status(status, retry_after, "") {
                // Somebody else's page: a proxy, a hotel.
                Judgement::Delivered => Judgement::Later("the answer is not one of Telegram's".to_owned(), retry_after),
                judgement => judgement,
            };
        };
        if answer.ok {
            return Judgement::Delivered;
        }
        let wait = answer.parameters.and_then(|parameters| parameters.retry_after).map(Duration::from_secs).or(retry_after);
        let said = answer.description.map(|said| format!(": {said}")).unwrap_or_default();
        match by_status(status, wait, &said) {
            Judgement::Delivered => Judgement::Refused(format!("not taken{said}")),
            judgement => judgement,
        }
    }
}

/// A message as HTML ("Formatting options", "HTML style"): bold the expert and what it is about, then the text.
fn written(notice: &Notice) -> String {
    let head = format!("{}: {}", notice.expert, about(notice.kind));
    // What is left for the text, the line's end counted.
    let head = shortened(&head, TEXT_MAX / 2);
    let rest = TEXT_MAX.saturating_sub(head.encode_utf16().count() + 1);
    format!("<b>{}</b>\n{}", escaped(&head), escaped(&shortened(&notice.text, rest)))
}

const fn about(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Error => "error",
        NoticeKind::Halt => "halt",
        NoticeKind::Trade => "trade",
        NoticeKind::Daily => "summary",
    }
}

/// At most so many UTF-16 units, whole characters.
fn shortened(text: &str, units_max: usize) -> String {
    if text.encode_utf16().count() <= units_max {
        return text.to_owned();
    }
    let mut units = CUT.len_utf16();
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= units_max
    };
    text.chars().take_while(fits).chain([CUT]).collect()
}

/// "All <, > and & symbols that are not a part of a tag or an HTML entity must be replaced with the corresponding HTML entities".
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use metaexpert_core::UnixNanos;

    use super::*;

    const TOKEN: &str = "123456789:AAE-telegram_unit_token";

    fn notice(text: &str) -> Notice {
        Notice { kind: NoticeKind::Error, expert: "a<b".to_owned(), text: text.to_owned(), time: UnixNanos::from_nanos(0) }
    }

    fn text_of(post: &Post) -> String {
        let json: serde_json::Value = serde_json::from_str(&post.json).unwrap();
        json["text"].as_str().unwrap().to_owned()
    }

    fn telegram() -> Telegram {
        Telegram::new(Some("http://127.0.0.1:9/"), TOKEN, " 42 ").unwrap()
    }

    #[test]
    fn a_message_is_escaped_and_goes_to_the_bots_address() {
        let post = telegram().post(&notice("1 < 2 && <script>"));
        assert_eq!(post.url, format!("http://127.0.0.1:9/bot{TOKEN}/sendMessage"));
        assert_eq!(text_of(&post), "<b>a&lt;b: error</b>\n1 &lt; 2 &amp;&amp; &lt;script&gt;");
        let json: serde_json::Value = serde_json::from_str(&post.json).unwrap();
        assert_eq!((json["chat_id"].as_str(), json["parse_mode"].as_str()), (Some("42"), Some("HTML")));
    }

    #[test]
    fn a_text_is_no_longer_than_telegram_takes_whatever_its_letters() {
        for letter in ["a", "&", "é", "𝄞", "<"] {
            let text = text_of(&telegram().post(&notice(&letter.repeat(5_000))));
            // As Telegram counts: without tags, entities as what they stand for.
            let seen =
                text.replace("<b>", "").replace("</b>", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            let units = seen.encode_utf16().count();
            assert!((TEXT_MAX - 1..=TEXT_MAX).contains(&units), "{letter}: {units}");
            assert!(text.ends_with(CUT));
        }
        assert!(!text_of(&telegram().post(&notice("short"))).contains(CUT));
    }

    #[test]
    fn telegram_says_when_it_may_be_asked_again() {
        let later = |said: &str, seconds| Judgement::Later(said.to_owned(), Some(Duration::from_secs(seconds)));
        let judge =
            |status, header: Option<u64>, body: &str| telegram().judge(status, header.map(Duration::from_secs), body.as_bytes());
        assert_eq!(judge(200, None, r#"{"ok":true,"result":{}}"#), Judgement::Delivered);
        let flood =
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}"#;
        assert_eq!(judge(429, Some(7), flood), later("status 429: Too Many Requests: retry after 35", 35));
        assert_eq!(judge(429, Some(7), "busy"), later("status 429", 7));
        assert_eq!(judge(502, None, "<html>"), Judgement::Later("status 502".to_owned(), None));
        assert_eq!(
            judge(400, None, r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#),
            Judgement::Refused("status 400: Bad Request: chat not found".to_owned())
        );
        assert!(matches!(judge(200, None, "<html>log in to the hotel</html>"), Judgement::Later(..)));
    }

    #[test]
    fn what_cannot_be_a_token_or_an_address_is_refused_without_showing_it() {
        for (base, token, chat, said) in [
            (None, "not a token", "42", "TELEGRAM_BOT_TOKEN: is not a bot's token"),
            (None, "123:a/../b", "42", "TELEGRAM_BOT_TOKEN: is not a bot's token"),
            (None, TOKEN, " ", "TELEGRAM_CHAT_ID: is empty"),
            (Some("ftp://host"), TOKEN, "42", "telegram_base_url: not the address of a web host"),
        ] {
            let error = Telegram::new(base, token, chat).unwrap_err().to_string();
            assert!(error.starts_with(said) && !error.contains("not a token"), "{error}");
        }
        let shown = format!("{:?} {}", telegram(), metaexpert_log::masked(&telegram().post(&notice("x")).url));
        assert!(!shown.contains("telegram_unit_token"), "{shown}");
    }
}
