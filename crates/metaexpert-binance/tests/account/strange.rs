//! Payloads that are not what they should be: nothing of them makes a reader panic, and what is missing is named.

use metaexpert_binance::decode::{Kind, decode};
use serde_json::Value;

use crate::fixtures::FIXTURES;

#[test]
fn a_payload_that_is_cut_anywhere_is_malformed() {
    for (product, method, path, payload, _) in FIXTURES {
        let kind = Kind::Rest { method: *method, path: (*path).to_owned() };
        let payload = payload.trim_end().as_bytes();
        for end in 0..payload.len() {
            assert!(decode(*product, &kind, &payload[..end]).is_err(), "{path}: {end} of {} bytes", payload.len());
        }
    }
}

#[test]
fn a_payload_with_a_byte_changed_never_makes_a_reader_panic() {
    for (product, method, path, payload, _) in FIXTURES {
        let kind = Kind::Rest { method: *method, path: (*path).to_owned() };
        for at in 0..payload.len() {
            for byte in [b'"', b'9'] {
                let mut changed = payload.as_bytes().to_vec();
                changed[at] = byte;
                // Whatever it makes of it: it comes back.
                drop(decode(*product, &kind, &changed));
            }
        }
    }
}

/// The payload without one field, for each field of any depth.
fn without_one_field(value: &Value) -> Vec<(String, Value)> {
    let deeper = |key: String, inner: &Value, put: &dyn Fn(Value) -> Value| -> Vec<(String, Value)> {
        without_one_field(inner).into_iter().map(|(name, inner)| (format!("{key}.{name}"), put(inner))).collect()
    };
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, inner)| {
                let mut without = fields.clone();
                without.remove(name);
                let put = |inner| {
                    let mut with = fields.clone();
                    with.insert(name.clone(), inner);
                    Value::Object(with)
                };
                let mut all = deeper(name.clone(), inner, &put);
                all.push((name.clone(), Value::Object(without)));
                all
            })
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(at, inner)| {
                let put = |inner| {
                    let mut with = items.clone();
                    with[at] = inner;
                    Value::Array(with)
                };
                deeper(at.to_string(), inner, &put)
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_field_that_is_missing_is_named_or_not_needed() {
    let (mut named, mut not_needed) = (0, 0);
    for (product, method, path, payload, _) in FIXTURES {
        let kind = Kind::Rest { method: *method, path: (*path).to_owned() };
        for (field, without) in without_one_field(&serde_json::from_str(payload).unwrap()) {
            match decode(*product, &kind, without.to_string().as_bytes()) {
                Ok(_) => not_needed += 1,
                Err(malformed) => {
                    let name = field.rsplit('.').next().unwrap();
                    let is_named = malformed.why.contains("missing field") || malformed.why.contains("has no `");
                    assert!(is_named, "{path} without {field}: {malformed}");
                    named += usize::from(malformed.why.contains(name));
                }
            }
        }
    }
    println!("{named} fields are needed and named where they are missing, {not_needed} are not needed");
    assert!(named > 150 && not_needed > 100, "{named} {not_needed}");
}
