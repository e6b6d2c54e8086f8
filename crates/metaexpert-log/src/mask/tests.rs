//! What is masked and what survives, shape by shape.

use super::*;

/// Masks, and masks again: what is masked stays as it is.
#[track_caller]
fn check(text: &str, expected: &str) {
    let once = masked(text);
    assert_eq!(once, expected, "of {text}");
    assert_eq!(masked(&once), expected, "masked again");
    if serde_json::from_str::<serde_json::Value>(text).is_ok() {
        assert!(serde_json::from_str::<serde_json::Value>(&once).is_ok(), "no JSON any more: {once}");
    }
    assert_eq!(matches!(once, Cow::Borrowed(_)), text == expected, "borrowed when there is nothing to mask: {text}");
}

#[track_caller]
fn survives(text: &str) {
    check(text, text);
}

const LISTEN_KEY: &str = "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1";

#[test]
fn a_value_behind_its_name_is_masked() {
    for (text, expected) in [
        ("api_key=vmPUZE6mv9", "api_key=***"),
        ("apiKey: vmPUZE6mv9 is refused", "apiKey: *** is refused"),
        ("api-key:vmPUZE6mv9", "api-key:***"),
        ("API key: vmPUZE6mv9, retry", "API key: ***, retry"),
        ("secret => vmPUZE6mv9", "secret => ***"),
        ("secret -> vmPUZE6mv9", "secret -> ***"),
        ("passphrase := 'correct horse'", "passphrase := '***'"),
        ("api_key   =   \"vmPUZE6mv9\"", "api_key   =   \"***\""),
        ("export BINANCE_API_SECRET=abc", "export BINANCE_API_SECRET=***"),
        ("OKX_PASSPHRASE_DEMO=abc", "OKX_PASSPHRASE_DEMO=***"),
        ("run --api-secret abc --symbol BTCUSDT", "run --api-secret *** --symbol BTCUSDT"),
        ("run --api-secret=abc", "run --api-secret=***"),
        ("run --password 'a b' x", "run --password '***' x"),
        (r#"["run", "--api-secret", "abc"]"#, r#"["run", "--api-secret", "***"]"#),
        ("api_key(\"abc\")", "api_key(\"***\")"),
        ("ApiKey(abc)", "ApiKey(***)"),
        ("builder.with_api_secret(\"a)b\").build()", "builder.with_api_secret(\"***\").build()"),
        ("Secret(Some(\"abc\"))", "Secret(***)"),
        ("password=it'sme", "password=***"),
        ("password='it's me'", "password='***'"),
        ("the password=\"a\\\"b c\" failed", "the password=\"***\" failed"),
        ("<apiKey>abc</apiKey><n>1</n>", "<apiKey>***</apiKey><n>1</n>"),
        ("headers[\"X-MBX-APIKEY\"] = \"abc\"", "headers[\"X-MBX-APIKEY\"] = \"***\""),
        ("`api_key`: abc", "`api_key`: ***"),
        ("lines\\napi_key=abc\\nnext", "lines\\napi_key=***\\nnext"),
        ("lines\napi_key=abc\nnext", "lines\napi_key=***\nnext"),
        ("token: c8db56825ae71d6d", "token: ***"),
        ("sig=c8db56825ae71d6d", "sig=***"),
        ("secret = b\"abc\"", "secret = b\"***\""),
        ("secret = r\"abc\"", "secret = r\"***\""),
        ("secret = \"\"\"\na b\n\"\"\"", "secret = \"\"\"***\"\"\""),
        ("secret: [97, 98, 99]", "secret: ***"),
        ("pass=hunter2", "pass=***"),
        ("passphrase \"abc def\" was refused", "passphrase \"***\" was refused"),
        ("bad secret key 'abc'", "bad secret key '***'"),
        ("api key 4fT9xQ21 is refused", "api key *** is refused"),
        ("the passphrase 'Top-Secret' was refused", "the passphrase '***' was refused"),
        ("sign: aaaAAA==s_iD", "sign: ***"),
        ("hmac 4fT9xQ21 differs", "hmac *** differs"),
        ("secret 12345abcd", "secret ***"),
        ("X-MBX-APIKEY abcKEY123", "X-MBX-APIKEY ***"),
        ("(\"secret\", Some(\"abc\"))", "(\"secret\", ***)"),
        ("bad secret: api_key: abc", "bad secret: api_key: ***"),
        ("Bearer secretKey: abc", "Bearer secretKey: ***"),
        ("access_token: Bearer abc, x", "access_token: ***, x"),
        ("token: Bearer 'abc def' x", "token: ***' x"),
        ("password: a", "password: ***"),
        ("secret: Some(\"abc\")tail", "secret: ***"),
        ("password: \"never closed", "password: \"***"),
        ("password=пароль ok", "password=*** ok"),
    ] {
        check(text, expected);
    }
}

#[test]
fn a_url_keeps_its_way_but_not_its_secrets() {
    let key = LISTEN_KEY;
    for (text, expected) in [
        ("/fapi/v1/order?a=1&signature=abc&b=2", "/fapi/v1/order?a=1&signature=***&b=2"),
        ("GET https://api.x.com/v5/order?apiKey=abc", "GET https://api.x.com/v5/order?apiKey=***"),
        ("wss://user:pass@host:443/ws", "wss://***@host:443/ws"),
        ("redis://:pa:ss@host/0", "redis://***@host/0"),
        ("postgres://me:p/a@ss@host/db", "postgres://***@host/db"),
        ("{\"url\":\"https:\\/\\/u:p@host\\/x\"}", "{\"url\":\"https:\\/\\/***@host\\/x\"}"),
        ("https://token@github.com/x", "https://***@github.com/x"),
        ("/private?listenKey=abc&events=x", "/private?listenKey=***&events=x"),
        ("next=%2Fx%3Fa%3D1%26signature%3Dabc%2Bd%26b%3D2", "next=%2Fx%3Fa%3D1%26signature%3D***%26b%3D2"),
        ("q=%7B%22apiKey%22%3A%22abc%22%2C%22a%22%3A1%7D", "q=%7B%22apiKey%22%3A%22***%22%2C%22a%22%3A1%7D"),
        ("\"a=1\\u0026signature=abc\\u0026b=2\"", "\"a=1\\u0026signature=***\\u0026b=2\""),
    ] {
        check(text, expected);
    }
    check(&format!("wss://fstream.binance.com/ws/{key}"), "wss://fstream.binance.com/ws/***");
    check(&format!("wss://x/stream?streams={key}/btcusdt@trade"), "wss://x/stream?streams=***/btcusdt@trade");
    check(&format!("wss://x/private/ws/{key}?a=1"), "wss://x/private/ws/***?a=1");
}

#[test]
fn a_key_is_known_by_its_looks() {
    let key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
    check(&format!("refused {key} today"), "refused *** today");
    check(&format!("{{\"params\":[\"{key}@account\"]}}"), "{\"params\":[\"***@account\"]}");
    survives("tx 0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060 mined");
    survives("https://etherscan.io/tx/5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060");
}

#[test]
fn headers_are_masked_to_their_end() {
    for (text, expected) in [
        ("X-MBX-APIKEY: abc\r\nHost: x", "X-MBX-APIKEY: ***\r\nHost: x"),
        ("HeaderMap {\"x-mbx-apikey\": \"abc\", \"host\": \"x\"}", "HeaderMap {\"x-mbx-apikey\": \"***\", \"host\": \"x\"}"),
        ("(\"X-MBX-APIKEY\", \"abc\")", "(\"X-MBX-APIKEY\", \"***\")"),
        ("[(\"X-BAPI-SIGN\", b\"abcdef\"), (\"n\", \"1\")]", "[(\"X-BAPI-SIGN\", b\"***\"), (\"n\", \"1\")]"),
        (
            "X-BAPI-API-KEY: a\nX-BAPI-SIGN: c8db56\nX-BAPI-SIGN-TYPE: 2",
            "X-BAPI-API-KEY: ***\nX-BAPI-SIGN: ***\nX-BAPI-SIGN-TYPE: 2",
        ),
        (
            "OK-ACCESS-KEY: a, OK-ACCESS-SIGN: bcde+/=, OK-ACCESS-PASSPHRASE: c",
            "OK-ACCESS-KEY: ***, OK-ACCESS-SIGN: ***, OK-ACCESS-PASSPHRASE: ***",
        ),
        ("Authorization: Bearer abc def\r\nHost: x", "Authorization: ***\r\nHost: x"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: ***"),
        ("Proxy-Authorization: Basic abc=\nx: 1", "Proxy-Authorization: ***\nx: 1"),
        ("Authorization: Digest username=\"bob\", response=\"dead\"\r\nHost: x", "Authorization: ***\r\nHost: x"),
        (
            "{\"msg\":\"Authorization: Digest username=\\\"bob\\\", response=\\\"d\\\"\",\"a\":1}",
            "{\"msg\":\"Authorization: ***\",\"a\":1}",
        ),
        ("{authorization: Bearer abc, accept: x} sent", "{authorization: ***} sent"),
        ("{\"authorization\": \"Bearer abc\", \"a\": \"b\"}", "{\"authorization\": \"***\", \"a\": \"b\"}"),
        ("{\"msg\":\"Cookie: a=\",\"x\":1}", "{\"msg\":\"Cookie: ***\",\"x\":1}"),
        ("Cookie: sid=1; theme=dark\nx", "Cookie: ***\nx"),
        ("set-cookie: a=\"b\"; HttpOnly", "set-cookie: ***"),
        ("sent Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc there", "sent Bearer *** there"),
        ("sent bearer abc123", "sent bearer ***"),
        ("curl -H 'Authorization: Bearer abc' https://x", "curl -H 'Authorization: ***' https://x"),
        ("with Basic dXNlcjpwYXNz now", "with Basic *** now"),
        ("{\"name\":\"X-MBX-APIKEY\",\"value\":\"abc\"}", "{\"name\":\"X-MBX-APIKEY\",\"value\":\"***\"}"),
        ("Header { name: \"ok-access-sign\", value: \"abcdef\" }", "Header { name: \"ok-access-sign\", value: \"***\" }"),
    ] {
        check(text, expected);
    }
}

#[test]
fn json_and_debug_keep_their_form() {
    for (text, expected) in [
        (r#"{"apiKey":"abc","symbol":"BTCUSDT"}"#, r#"{"apiKey":"***","symbol":"BTCUSDT"}"#),
        (r#"{"api_key" : "a\"b\\", "x": 1}"#, r#"{"api_key" : "***", "x": 1}"#),
        (r#"{"secret":12345,"x":1}"#, r#"{"secret":"***","x":1}"#),
        (r#"{"secret":["a","b]"],"x":1}"#, r#"{"secret":"***","x":1}"#),
        (r#"{"signature":{"r":"1","s":"2"}}"#, r#"{"signature":"***"}"#),
        (r#"{"secret":null,"token":true,"password":""}"#, r#"{"secret":null,"token":true,"password":""}"#),
        (r#"{"m":"{\"api_key\":\"a\\\"b\",\"n\":1}"}"#, r#"{"m":"{\"api_key\":\"***\",\"n\":1}"}"#),
        (r#"{"m":"{\"m\":\"{\\\"api_key\\\":\\\"abc\\\"}\"}"}"#, r#"{"m":"{\"m\":\"{\\\"api_key\\\":\\\"***\\\"}\"}"}"#),
        (r#"{"m":"{\"pwd\":\"cut off"}"#, r#"{"m":"{\"pwd\":\"***"}"#),
        (r#"{"m":"{\"uid\":12345678}"}"#, r#"{"m":"{\"uid\":\"***78\"}"}"#),
        (r#"{"prompt":"password: ","echo":false}"#, r#"{"prompt":"password: ","echo":false}"#),
        (r#"{"msg":"password: 'tis","x":1}"#, r#"{"msg":"password: '***","x":1}"#),
        (r#"["--api-secret ","b"]"#, r#"["--api-secret ","b"]"#),
        (r#"Creds { api_key: "abc", api_secret: Some("x y z") }"#, r#"Creds { api_key: "***", api_secret: *** }"#),
        (r#"Creds { key: "a", token: Token("b)") , n: 1 }"#, r#"Creds { key: "a", token: *** , n: 1 }"#),
        ("Creds {\n    api_key: Some(\n        \"abc\",\n    ),\n}", "Creds {\n    api_key: ***,\n}"),
        (r#"("api_key", "abc")"#, r#"("api_key", "***")"#),
        ("{'apiKey': 'abc', 'n': 1}", "{'apiKey': '***', 'n': 1}"),
        (r#"Object {"apiKey": String("abc")}"#, r#"Object {"apiKey": "***"}"#),
        (
            r#"{"op":"login","args":[{"apiKey":"a","passphrase":"b","timestamp":"1","sign":"cdef"}]}"#,
            r#"{"op":"login","args":[{"apiKey":"***","passphrase":"***","timestamp":"1","sign":"***"}]}"#,
        ),
        (r#"{"op":"auth","args":["key",1662350400000,"c8db"]}"#, r#"{"op":"auth","args":"***"}"#),
        (r#"{"args":["key",1,"c8db"],"op":"auth"}"#, r#"{"args":"***","op":"auth"}"#),
        (r#"Frame { op: "auth", args: ["key", "1"] }"#, r#"Frame { op: "auth", args: *** }"#),
        (
            r#"{"method":"session.logon","params":{"apiKey":"a","signature":"b","timestamp":1}}"#,
            r#"{"method":"session.logon","params":{"apiKey":"***","signature":"***","timestamp":1}}"#,
        ),
        (
            "api_key = \"abc\"\napi_secret = 'x y'\nsymbol = \"BTCUSDT\"",
            "api_key = \"***\"\napi_secret = '***'\nsymbol = \"BTCUSDT\"",
        ),
        ("okx:\n  passphrase: abc\n  symbol: X", "okx:\n  passphrase: ***\n  symbol: X"),
    ] {
        check(text, expected);
    }
}

#[test]
fn a_private_key_is_masked_in_every_form() {
    let head = "-----BEGIN PRIVATE KEY-----";
    let tail = "-----END PRIVATE KEY-----";
    check(&format!("read {head}\nMIIE\nvQIB\n{tail}\nok"), &format!("read {head}***{tail}\nok"));
    check(&format!(r#"{{"pem":"{head}\nMIIE\n{tail}\n"}}"#), &format!(r#"{{"pem":"{head}***{tail}\n"}}"#));
    check(&format!("{head}\nMIIE"), &format!("{head}***"));
    check(&format!(r#"{{"pem":"{head}\nMIIE","a":"b"}}"#), &format!(r#"{{"pem":"{head}***","a":"b"}}"#));
    check(&format!("private_key={head}\nMIIE\n{tail} x"), "private_key=*** x");
    check(&format!("private_key = \"{head}\nMIIE\n{tail}\" x"), "private_key = \"***\" x");
    survives("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----");
    survives("-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----");
}

#[test]
fn of_an_account_its_number_is_masked_and_its_label_not() {
    for (text, expected) in [
        ("uid=12345678", "uid=***78"),
        ("uid: 1234567", "uid: ***"),
        (r#"{"accountId":"12345678901","uid":44556677}"#, r#"{"accountId":"***01","uid":"***77"}"#),
        ("account number: 12345678", "account number: ***78"),
        ("account number 12345678 is locked", "account number ***78 is locked"),
        ("account 12345678 is locked", "account ***78 is locked"),
        ("Uid(12345678)", "Uid(***78)"),
        ("account_id=okx:12345678", "account_id=***78"),
        ("user_id: Some(12345678)", "user_id: ***78"),
    ] {
        check(text, expected);
    }
    for text in [
        "account_id=okx:main",
        "account: binance",
        "uid=42",
        r#"{"account":{"balance":"1000000","asset":"USDT"}}"#,
        "account 12 of 40",
    ] {
        survives(text);
    }
}

#[test]
fn prose_and_what_only_sounds_like_a_secret_survive() {
    for text in [
        "the secret of trading",
        "api key missing",
        "signature for this request is not valid",
        "token bucket empty",
        "passphrase is required",
        "passphrase: missing",
        "api_key: the variable is not set",
        "`BINANCE_API_SECRET`: not set; set it or pass --api-secret",
        "sign: BUY",
        "sign=-1",
        "sign: +",
        "pass: 1200, fail: 0",
        "token: USDT",
        "token=ETH",
        "secret: None, token: null",
        "design=1 assigned: 3 tokens=5 signal: 1 secretary: yes",
        "symbol=BTCUSDT order_id=123456789 key=value",
        "filled 0.5 BTC at 43210.5 (fee 12345678) at 2024-01-01T12:34:56Z",
        "order 123456789012 accepted",
        "signRequest(payload, secret)",
        "verify_signature(payload)",
        "verify_signature(&payload)",
        "get_token(): timed out",
        "the bearer of bad news",
        "no secret `OKX_API_SECRET` in the environment",
        "the password must have 12 letters",
        "listenKey expired at 12:30:45",
        "Bearer token missing",
        "basic understanding of the market",
        "Basic authentication failed",
        r#"{"op":"subscribe","args":["orderbook.50.BTCUSDT","publicTrade.BTCUSDT"]}"#,
        r#"{"op":"auth","success":true,"conn_id":"cejreaspqfh3sjdnldmg"}"#,
        r#"{"name":"leverage","value":"10"}"#,
        "wss://fstream.binance.com/ws/btcusdt@trade",
        "https://host:8443/a@b?email=a@b.c",
        "https://host/path: not found",
        "std::secret::Vault",
        "missing [\"timeframe\",\"symbol\"]",
        "a--b --verbose --api-key --symbol X",
        "",
        "-",
        "=",
        ":::",
        "\"",
        "secret=",
        "secret:",
        "uuid=550e8400-e29b-41d4-a716-446655440000",
    ] {
        survives(text);
    }
}

#[test]
fn a_registered_secret_is_masked_by_its_value() {
    register_secret("  q7WkR2pZx9LmN4vB \n");
    for (text, expected) in [
        ("q7WkR2pZx9LmN4vB", "***"),
        ("refused q7WkR2pZx9LmN4vB, retry", "refused ***, retry"),
        ("xq7WkR2pZx9LmN4vBy", "x***y"),
        ("q7WkR2pZx9LmN4vBq7WkR2pZx9LmN4vB", "******"),
        ("hex 7137576b5232705a78394c6d4e347642", "hex ***"),
        ("b64 cTdXa1IycFp4OUxtTjR2Qg==", "b64 ***"),
        ("user=q7WkR2pZx9LmN4vB&secret=q7WkR2pZx9LmN4vBtail", "user=***&secret=***"),
    ] {
        check(text, expected);
    }
    survives("Q7WKR2PZX9LMN4VB is another");
}

#[test]
fn a_secret_inside_of_another_and_one_of_strange_letters_are_masked() {
    register_secret("zx81-spectrum");
    register_secret("zx81-spectrum-48k-issue-2");
    check("a zx81-spectrum-48k-issue-2 b zx81-spectrum c", "a *** b *** c");
    register_secret("päß \"wörd\" /\\ 9q");
    let secret = "päß \"wörd\" /\\ 9q";
    let json = serde_json::to_string(secret).unwrap();
    for text in [
        format!("<{secret}>"),
        format!("<{secret:?}>"),
        format!("<{json}>"),
        format!("<{}>", serde_json::to_string(&json).unwrap()),
        format!("<{json:?}>"),
        "<p%C3%A4%C3%9F%20%22w%C3%B6rd%22%20%2F%5C%209q>".to_owned(),
        "<p%c3%a4%c3%9f+%22w%c3%b6rd%22+%2f%5c+9q>".to_owned(),
    ] {
        assert!(masked(&text).contains("***"), "{text}");
        for part in ["wörd", "w%C3%B6rd", "w%c3%b6rd", "9q"] {
            assert!(!masked(&text).contains(part), "{text}: {}", masked(&text));
        }
    }
}

#[test]
fn in_json_a_registered_number_gets_quotation_marks_and_an_escape_is_not_cut() {
    register_secret("8675309421");
    register_secret("nqzkhfwpa");
    check(r#"{"a":8675309421,"b":[18675309421.5]}"#, r#"{"a":"***","b":["***"]}"#);
    check(r#"{"a":"line\nqzkhfwpa"}"#, r#"{"a":"line***"}"#);
}

#[test]
fn what_is_too_short_or_only_a_name_is_not_registered() {
    for value in ["", " ", "abc", "12345", "password", "api_key", "***", "a***b***c"] {
        register_secret(value);
    }
    survives("abc 12345 password api_key a***b***c");
}

#[test]
fn a_masker_learns_of_a_new_secret_when_it_refreshes() {
    let mut masker = Masker::new();
    let text = "vault-4417-qqzt";
    register_secret(text);
    masker.refresh();
    let mut line = String::from("> ");
    assert!(masker.mask_into(text, &mut line));
    assert_eq!(line, "> ***");
    let generation = masker.generation;
    register_secret("unrelated-9953-zzq");
    assert_eq!(masker.generation, generation);
    assert!(!format!("{masker:?}").contains("vault"));
}

#[test]
fn a_field_is_treated_by_its_name() {
    let masker = Masker::new();
    let field = |key: &str, value: &str| {
        let mut out = String::new();
        let found = masker.mask_field_into(masker.kind_of(key), value, &mut out);
        (out, found)
    };
    let masks = |text: &str| (text.to_owned(), true);
    let keeps = |text: &str| (text.to_owned(), false);
    assert_eq!(field("api_key", "a b c"), masks("***"));
    assert_eq!(field("authorization", "Bearer x"), masks("***"));
    assert_eq!(field("account_id", "okx:main"), keeps("okx:main"));
    assert_eq!(field("account_id", "123456789"), masks("***89"));
    assert_eq!(field("account_id", "secret=x"), masks("secret=***"));
    assert_eq!(field("url", "/x?signature=abc"), masks("/x?signature=***"));
    assert_eq!(field("symbol", "BTCUSDT"), keeps("BTCUSDT"));
    assert_eq!(field("secret", "***"), keeps("***"));
    assert_eq!(field("secret", ""), keeps(""));
}
