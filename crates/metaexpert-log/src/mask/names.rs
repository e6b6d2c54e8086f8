//! Which names are those of a secret: of a structured field, a header, a variable, a parameter of a URL, a key of JSON.
//!
//! The one decision: names are compared by their words, not by their letters. `BINANCE_API_SECRET`, `X-MBX-APIKEY` and
//! `newPassword` end in the words of a secret; `design`, `tokens` and `secretary` do not. Only names whose last three letters are
//! those of an entry of the table are taken apart at all, so that `symbol` or `price` cost one comparison. What follows the name
//! is not looked at here.

/// What a name says of the value that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// Whatever it is, it is secret.
    Secret,
    /// A header whose value is the rest of the line: `authorization`, `cookie`.
    Header,
    /// Also an everyday word (`sign: -1`, `pass: 12`): secret unless the value is short or a word of trading.
    Everyday,
    /// Also what a coin is called: secret unless the value looks like a ticker.
    Token,
    /// Of an account: secret where it holds a number.
    Account,
    /// Of a request's list of arguments: secret in a request that logs in.
    Arguments,
    /// The second half of `{"name": "x-api-key", "value": ".."}`: the name stands before.
    Value,
    /// Says nothing itself; the name stands before it: `API_KEY_TESTNET`.
    Qualifier,
}

/// The entries that end in these three letters, the longer of two with the same end first. Words are written together.
///
/// The headers and parameters are those of Binance (`X-MBX-APIKEY`, `signature`, `listenKey`, `listenToken`), Bybit
/// (`X-BAPI-API-KEY`, `X-BAPI-SIGN`, `uid`) and OKX (`OK-ACCESS-KEY`, `OK-ACCESS-SIGN`, `OK-ACCESS-PASSPHRASE`, `uid`,
/// `mainUid`); the rest is usual elsewhere.
const fn ending_in(tail: [u8; 3]) -> &'static [(&'static str, Name)] {
    use Name::{Account, Arguments, Everyday, Header, Qualifier, Secret, Token, Value};
    match &tail {
        b"key" => &[
            ("apikey", Secret),
            ("apisecretkey", Secret),
            ("secretkey", Secret),
            ("privatekey", Secret),
            ("accesskey", Secret),
            ("listenkey", Secret),
            ("signingkey", Secret),
            ("encryptionkey", Secret),
            ("consumerkey", Secret),
            ("sessionkey", Secret),
            ("masterkey", Secret),
            ("authkey", Secret),
            ("hmackey", Secret),
            ("signkey", Secret),
            ("appkey", Secret),
            ("sshkey", Secret),
        ],
        b"eys" => &[("apikeys", Secret), ("secretkeys", Secret), ("privatekeys", Secret), ("accesskeys", Secret)],
        b"yid" => &[("accesskeyid", Secret)],
        b"ret" => &[("apisecret", Secret), ("clientsecret", Secret), ("appsecret", Secret), ("secret", Secret)],
        b"ets" => &[("secrets", Secret)],
        b"ase" => &[("passphrase", Secret), ("seedphrase", Secret), ("passphase", Secret)],
        b"ord" => &[("password", Secret)],
        b"rds" => &[("passwords", Secret)],
        b"swd" => &[("passwd", Secret)],
        b"pwd" => &[("pwd", Secret)],
        b"ass" => &[("pass", Everyday)],
        b"ure" => &[("signature", Secret)],
        b"ign" => &[("apisign", Secret), ("sign", Everyday)],
        b"sig" => &[("sig", Everyday)],
        b"mac" => &[("hmac", Secret)],
        b"ken" => &[
            ("accesstoken", Secret),
            ("refreshtoken", Secret),
            ("listentoken", Secret),
            ("sessiontoken", Secret),
            ("bearertoken", Secret),
            ("authtoken", Secret),
            ("csrftoken", Secret),
            ("apitoken", Secret),
            ("bottoken", Secret),
            ("idtoken", Secret),
            ("token", Token),
        ],
        b"jwt" => &[("jwt", Secret)],
        b"otp" => &[("totp", Secret), ("otp", Secret)],
        b"nic" => &[("mnemonic", Secret)],
        b"rer" => &[("bearer", Secret)],
        b"ion" => &[
            ("proxyauthorization", Header),
            ("proxyauthorisation", Header),
            ("authorization", Header),
            ("authorisation", Header),
            ("production", Qualifier),
        ],
        b"kie" => &[("setcookie", Header), ("cookie", Header)],
        b"ies" => &[("cookies", Header)],
        b"nid" => &[("jsessionid", Secret), ("sessionid", Secret)],
        b"sid" => &[("phpsessid", Secret), ("sessid", Secret), ("sid", Secret)],
        b"uid" => &[("subuid", Account), ("uid", Account)],
        b"tid" => &[("subaccountid", Account), ("accountid", Account), ("acctid", Account)],
        b"rid" => &[("customerid", Account), ("memberid", Account), ("userid", Account)],
        b"tno" => &[("accountno", Account), ("acctno", Account)],
        b"ber" => &[("accountnumber", Account), ("acctnumber", Account)],
        b"num" => &[("accountnum", Account), ("acctnum", Account)],
        b"unt" => &[("subaccount", Account), ("account", Account)],
        b"cct" => &[("subacct", Account), ("acct", Account)],
        b"ban" => &[("iban", Account)],
        b"rgs" => &[("args", Arguments)],
        b"ams" => &[("params", Arguments)],
        b"lue" => &[("value", Value)],
        b"net" => &[("testnet", Qualifier), ("mainnet", Qualifier)],
        b"est" => &[("test", Qualifier)],
        b"emo" => &[("demo", Qualifier)],
        b"rod" => &[("prod", Qualifier)],
        b"ive" => &[("live", Qualifier)],
        b"ain" => &[("main", Qualifier), ("plain", Qualifier)],
        b"per" => &[("paper", Qualifier)],
        b"box" => &[("sandbox", Qualifier)],
        b"old" => &[("old", Qualifier)],
        b"new" => &[("new", Qualifier)],
        b"kup" => &[("backup", Qualifier)],
        b"nce" => &[("binance", Qualifier)],
        b"bit" => &[("bybit", Qualifier)],
        b"okx" => &[("okx", Qualifier)],
        b"hex" => &[("hex", Qualifier)],
        b"raw" => &[("raw", Qualifier)],
        b"der" => &[("header", Qualifier)],
        _ => &[],
    }
}

/// What an identifier says of its value; `None` is most of them. It may be two words with a space between them: `account number`.
pub(super) fn of(identifier: &[u8]) -> Option<Name> {
    let mut rest = identifier;
    loop {
        let (begin, name) = last_words(rest)?;
        match name {
            // Only as the whole name: `query_params` are none, and of `api_key_value` the words before say more.
            Name::Arguments => return (begin == 0).then_some(name),
            Name::Value if begin == 0 => return Some(name),
            Name::Value | Name::Qualifier => rest = identifier.get(..begin)?,
            _ => return Some(name),
        }
    }
}

/// Whether a name may end where this text ends. To ask this first spares looking for where the name begins.
#[inline]
pub(super) fn may_end(text: &[u8]) -> bool {
    !ending_in(tail(text)).is_empty()
}

/// Whether this is one of the table's names and nothing more, in whatever writing.
pub(super) fn is_exactly(identifier: &str) -> bool {
    last_words(identifier.as_bytes()).is_some_and(|(begin, name)| begin == 0 && name != Name::Qualifier)
}

/// Whether this byte may stand in a name.
pub(super) const fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || is_between(byte)
}

/// Whether this byte may stand between the words of a name.
const fn is_between(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b'.')
}

/// The last three letters in lower case; what numbers and divides a name (`api_key_2`) is passed over.
#[inline]
fn tail(identifier: &[u8]) -> [u8; 3] {
    let mut tail = [0; 3];
    let mut letters = 0;
    for &byte in identifier.iter().rev() {
        if byte.is_ascii_alphabetic() {
            let [second, third, _] = tail;
            tail = [byte.to_ascii_lowercase(), second, third];
            letters += 1;
            if letters == 3 {
                break;
            }
        } else if !is_between(byte) && (letters > 0 || !byte.is_ascii_digit()) {
            break;
        }
    }
    tail
}

/// The entry that the identifier ends in, and where it begins there.
fn last_words(identifier: &[u8]) -> Option<(usize, Name)> {
    let numbered = identifier.iter().rev().take_while(|&&byte| byte.is_ascii_digit() || is_between(byte)).count();
    let identifier = identifier.get(..identifier.len() - numbered)?;
    ending_in(tail(identifier)).iter().find_map(|&(entry, name)| Some((begin_of(entry, identifier)?, name)))
}

/// Where the words of this entry, which the identifier must end in, begin.
fn begin_of(entry: &str, identifier: &[u8]) -> Option<usize> {
    let mut bytes = identifier.iter().enumerate().rev().filter(|&(_, &byte)| !is_between(byte) && byte != b' ');
    let mut begin = identifier.len();
    for letter in entry.bytes().rev() {
        let (at, byte) = bytes.next()?;
        if byte.to_ascii_lowercase() != letter {
            return None;
        }
        begin = at;
    }
    begins_word(identifier, begin).then_some(begin)
}

/// Whether a word begins here: at the beginning, after what divides words, or at a hump (`newPassword`, `OKXSecret`).
fn begins_word(identifier: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| identifier.get(before)) else { return true };
    let is_upper = |at: usize| identifier.get(at).is_some_and(u8::is_ascii_uppercase);
    let next_is_lower = identifier.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    !before.is_ascii_alphanumeric() || (is_upper(at) && (!before.is_ascii_uppercase() || next_is_lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_every_way_of_writing_it() {
        for name in "api_key apikey api-key apiKey APIKey ApiKey X-MBX-APIKEY X-BAPI-API-KEY OK-ACCESS-KEY \
                     OK-ACCESS-PASSPHRASE secret api_secret secretKey client_secret private_key passphrase password \
                     passwd pwd signature listenKey listen_key listenToken access_token refresh_token authToken \
                     BINANCE_API_SECRET API_KEY_TESTNET api_key_2 secret1 session_id config.okx.passphrase newPassword \
                     AWS_ACCESS_KEY_ID api_key_value"
            .split_whitespace()
        {
            assert_eq!(of(name.as_bytes()), Some(Name::Secret), "{name}");
        }
        for name in ["uid", "accountId", "account_id", "userId", "account_number", "accountNo", "acctId", "subUid", "OKX_UID"] {
            assert_eq!(of(name.as_bytes()), Some(Name::Account), "{name}");
        }
        assert_eq!(of(b"X-BAPI-SIGN"), Some(Name::Everyday));
        assert_eq!(of(b"Proxy-Authorization"), Some(Name::Header));
        assert_eq!(of(b"API key"), Some(Name::Secret));
        assert_eq!(of(b"account number"), Some(Name::Account));
    }

    #[test]
    fn a_name_that_only_sounds_like_one_is_not() {
        for name in
            "key symbol order_id trade_id strategy_id expert_name design assigned tokens signal secretary price side quantity \
                     reason uuid orderUuid keyboard monkey idempotency_key public_key test main binance new X-BAPI-SIGN-TYPE \
                     signatureVersion query_params _ - . 123 account_currency count discount"
                .split_whitespace()
        {
            assert_eq!(of(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn a_passphrase_that_ends_in_a_name_is_more_than_a_name() {
        assert!(is_exactly("password") && is_exactly("api_key"));
        assert!(!is_exactly("my-password") && !is_exactly("Top Secret") && !is_exactly("hunter2"));
    }

    #[test]
    fn every_entry_stands_under_its_own_last_letters() {
        let tails = (b'a'..=b'z').flat_map(|a| (b'a'..=b'z').flat_map(move |b| (b'a'..=b'z').map(move |c| [a, b, c])));
        for letters in tails {
            for (entry, _) in ending_in(letters) {
                assert_eq!(tail(entry.as_bytes()), letters, "{entry}");
                assert!(entry.bytes().all(|letter| letter.is_ascii_lowercase()), "{entry}");
            }
        }
    }
}
