//! The shapes in which secrets come to a log: what exchanges, HTTP clients, configurations and `Debug` make of them.
//!
//! None of these values is anybody's: they are made here, one for each shape, so that a shape that leaks is known by its value.

/// Texts with a secret that nobody registered. `§` stands for a key, `¶` for a listen key (which is longer), `№` for a number.
const NAMED: [&str; 46] = [
    "apiKey=§",
    "GET /fapi/v1/order?symbol=BTCUSDT&timestamp=1499827319559&signature=§",
    "POST /api/v3/order signature=§&symbol=BTCUSDT",
    "X-MBX-APIKEY: §",
    "X-BAPI-API-KEY: §\r\nX-BAPI-TIMESTAMP: 1672382213281\r\n",
    "X-BAPI-SIGN:§",
    "OK-ACCESS-KEY: §",
    "OK-ACCESS-SIGN: §\nOK-ACCESS-TIMESTAMP: 2026-01-02T03:04:05Z",
    "OK-ACCESS-PASSPHRASE: §",
    r#"HeaderMap { "x-mbx-apikey": "§", "accept": "*/*" }"#,
    r#"[("OK-ACCESS-SIGN", "§"), ("Content-Type", "application/json")]"#,
    r#"{"apiKey":"§","symbol":"BTCUSDT"}"#,
    r#"{"secretKey" : "§"}"#,
    r#"{"password":"it has \"quotes\" and spaces, §"}"#,
    r#"{"body":"{\"listenKey\":\"§\"}"}"#,
    r#"{"a":"{\"b\":\"{\\\"passphrase\\\":\\\"§\\\"}\"}"}"#,
    r#"{"op":"login","args":[{"apiKey":"x","passphrase":"§","timestamp":"1538054050","sign":"y"}]}"#,
    r#"{"op":"login","args":[{"apiKey":"x","passphrase":"y","timestamp":"1538054050","sign":"§"}]}"#,
    r#"{"op":"auth","args":["§",1662350400000,"x"]}"#,
    r#"{"op":"auth","args":["x",1662350400000,"§"]}"#,
    r#"{"id":1,"method":"session.logon","params":{"apiKey":"x","signature":"§","timestamp":1649729878532}}"#,
    "wss://stream.binance.com:9443/ws/¶",
    "wss://stream.binance.com:9443/stream?streams=¶",
    "wss://fstream.binance.com/private?listenKey=¶&events=ORDER_TRADE_UPDATE",
    "connecting to wss://trader:§@proxy.example:8080/",
    "https://:§@proxy.example",
    "Authorization: Bearer §",
    "Authorization: Basic dHJhZGVyOn§",
    r#"Proxy-Authorization: Digest username="x", nonce="y", response="§""#,
    r#"{"proxy-authorization": "Digest username=\"x\", response=\"§\""}"#,
    "curl -H 'Authorization: Bearer §' https://api.example/v1/orders",
    "Cookie: session=§; theme=dark",
    "BINANCE_API_SECRET=§",
    "api_secret = \"§\"",
    "  api-secret: §",
    "password: 'with a space §'",
    "trader --api-secret § --symbol BTCUSDT",
    "trader --api-secret=§ --symbol BTCUSDT",
    "{'apiKey': '§', 'enableRateLimit': True}",
    r#"Credentials { api_key: "§", testnet: true }"#,
    r#"Credentials { api_secret: Some("with a space §"), testnet: true }"#,
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI§\n-----END PRIVATE KEY-----",
    r"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEI§\n-----END EC PRIVATE KEY-----\n",
    "grant_type=refresh_token&refresh_token=§&client_secret=x",
    r#"{"uid":№,"balance":"1.5"}"#,
    "account number: №",
];

/// A secret with all in it that is written differently somewhere. It is registered, and no name announces it.
pub(crate) const REGISTERED: &str = "Kq7 \"wXz9\\p4/L+2=mü5Rt8";

/// In what spelling it comes, and what would give it away.
const SPELLINGS: [(&str, &str); 11] = [
    ("refused: Kq7 \"wXz9\\p4/L+2=mü5Rt8 is no key of ours", "wXz9"),
    (r#"{"value":"Kq7 \"wXz9\\p4/L+2=mü5Rt8"}"#, "wXz9"),
    (r#"Some("Kq7 \"wXz9\\p4/L+2=mü5Rt8")"#, "wXz9"),
    (r#"{"text":"{\"value\":\"Kq7 \\\"wXz9\\\\p4/L+2=mü5Rt8\"}"}"#, "wXz9"),
    ("?v=Kq7%20%22wXz9%5Cp4%2FL%2B2%3Dm%C3%BC5Rt8&x=1", "wXz9"),
    ("?v=Kq7+%22wXz9%5Cp4%2FL%2B2%3Dm%C3%BC5Rt8", "wXz9"),
    ("?v=Kq7%20%22wXz9%5cp4%2fL%2b2%3dm%c3%bc5Rt8", "wXz9"),
    ("Kq7 \"wXz9\\p4/L+2=mü5Rt8Kq7 \"wXz9\\p4/L+2=mü5Rt8", "5Rt8"),
    ("S3E3ICJ3WHo5XHA0L0wrMj1tw7w1UnQ4", "S3E3ICJ3WHo5XHA0"),
    ("4b7137202277587a395c70342f4c2b323d6dc3bc35527438", "4b7137202277587a"),
    ("4B7137202277587A395C70342F4C2B323D6DC3BC35527438", "4B7137202277587A"),
];

/// Every text, and what of it must be found nowhere.
pub(crate) fn all() -> Vec<(String, String)> {
    let named = NAMED.iter().enumerate().map(|(number, text)| {
        let key: String = letters(number).take(26).collect();
        let listen_key: String = letters(number).take(64).collect();
        let account: String = letters(number).filter(char::is_ascii_digit).take(9).collect();
        let text = text.replace('§', &key).replace('¶', &listen_key).replace('№', &account);
        // Half of a key is too much already.
        let secret = if text.contains(&account) { account } else { key[..13].to_owned() };
        (text, secret)
    });
    let spelt = SPELLINGS.iter().map(|(text, secret)| ((*text).to_owned(), (*secret).to_owned()));
    named.chain(spelt).collect()
}

/// Letters and digits without end that mean nothing, others for each number.
fn letters(number: usize) -> impl Iterator<Item = char> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = number as u64 + 1;
    std::iter::repeat_with(move || {
        // Numerical Recipes, section 7.1: a generator that is good enough for what only has to look random.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(*ALPHABET.iter().cycle().nth(usize::try_from(state >> 33).unwrap_or(0) % 62).unwrap_or(&b'x'))
    })
}
