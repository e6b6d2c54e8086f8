//! Signatures that were published or recomputed elsewhere, from the captures beside the workspace.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is not to run")]

use std::path::PathBuf;

use metaexpert_connect::signing::Signer;
use serde_json::Value;

fn captures() -> PathBuf {
    std::env::var_os("METAEXPERT_CAPTURES")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/captures")), PathBuf::from)
}

/// What is signed, and with which result: as it stands, or read out of a signed request.
fn payload_and_signature(vector: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let request = &vector["request"];
    if request.is_null() {
        return (text(&vector["payload"]), text(&vector["signature"]));
    }
    let (url, body) = (text(&request["url"]), text(&request["body"]));
    if let Some((payload, signature)) = [&body, &url].iter().find_map(|part| part.split_once("&signature=")) {
        return (payload.rsplit('?').next().unwrap().to_owned(), signature.to_owned());
    }
    let headers = request["headers"].as_object().unwrap();
    let header = |end: &str| headers.iter().find(|(name, _)| name.ends_with(end)).map(|(_, value)| text(value));
    let path = url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap();
    let (time, sign) = (header("-TIMESTAMP").unwrap(), header("-SIGN").unwrap());
    let payload = match header("-RECV-WINDOW") {
        // Time, key, window, then what is asked for.
        Some(window) => {
            let asked = if body.is_empty() { path.split_once('?').map_or("", |(_, query)| query) } else { &body };
            format!("{time}{}{window}{asked}", header("-API-KEY").unwrap())
        }
        // Time, method, path, body.
        None => format!("{time}{}{path}{body}", request["method"].as_str().unwrap()),
    };
    (payload, sign)
}

#[test]
fn every_signature_that_can_be_recomputed_is_recomputed() {
    let file = captures().join("signing-vectors.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("skipped: {} is not there", file.display());
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let (mut recomputed, mut out_of_reach) = (0, Vec::new());
    for vector in vectors["vectors"].as_array().unwrap() {
        let name = ["exchange", "product", "algorithm"].map(|part| vector[part].as_str().unwrap_or_default()).join(" ");
        if vector["locally_recomputed_ok"].is_null() {
            out_of_reach.push(name);
            continue;
        }
        let secret = vector["private_key_pkcs8_pem"].as_str().or(vector["secret"].as_str()).unwrap();
        let (payload, signature) = payload_and_signature(vector);
        let signed = Signer::from_secret(secret).unwrap().sign(payload.as_bytes()).unwrap();
        let signed = match vector["encoding"].as_str().unwrap() {
            "hex" => signed.hex(),
            "base64" => signed.base64(),
            other => panic!("{name}: {other}"),
        };
        assert_eq!(signed, signature, "{name}: {payload}");
        recomputed += 1;
    }
    println!("{recomputed} signatures recomputed; {} cannot be, for their keys are not published:", out_of_reach.len());
    for name in out_of_reach {
        println!("  {name}");
    }
    assert!(recomputed >= 25, "{recomputed}");
}
