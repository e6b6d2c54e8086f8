//! Every error code that Binance documents has a row in the table.

use std::collections::BTreeMap;

use metaexpert_binance::{Product, errors};

use crate::captures::{captures, json};

/// Lists of codes by their name, and the product that is asked. Portfolio margin answers with the codes of futures.
const LISTS: [(&str, Product); 6] = [
    ("spot", Product::Spot),
    ("margin", Product::Margin),
    ("usdm", Product::UsdM),
    ("coinm", Product::CoinM),
    ("options", Product::Options),
    ("portfolio_margin", Product::UsdM),
];

#[test]
fn every_documented_code_is_in_the_table() {
    let Some(root) = captures() else { return };
    let lists = json(&root.join("error-codes/binance.json"));
    let (mut counted, mut unmatched, mut meanings) = (0, Vec::new(), BTreeMap::<String, usize>::new());
    for (list, product) in LISTS {
        for row in lists[list].as_array().unwrap() {
            let (code, name) = (row["code"].as_i64().unwrap(), row["name"].as_str().unwrap());
            counted += 1;
            // Two codes of portfolio margin are of its borrowing: the margin account's.
            let known = errors::name(product, code).or_else(|| errors::name(Product::Margin, code));
            if known.is_none() {
                unmatched.push(format!("{list} {code} {name}"));
            }
            *meanings.entry(format!("{:?}", errors::meaning(product, code))).or_default() += 1;
        }
    }
    println!("{counted} rows, {} unmatched", unmatched.len());
    for (meaning, rows) in &meanings {
        println!("{rows:5} {meaning}");
    }
    assert!(unmatched.is_empty(), "{unmatched:?}");
    assert!(counted >= 818, "{counted}");
    let lists_in_file = lists.as_object().unwrap().keys().filter(|key| *key != "sources").count();
    assert_eq!(lists_in_file, LISTS.len(), "a list of codes is not looked at");
}

#[test]
fn names_are_those_of_the_documents() {
    let Some(root) = captures() else { return };
    let lists = json(&root.join("error-codes/binance.json"));
    let plain = |name: &str| -> String {
        name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign.to_ascii_uppercase() } else { '_' }).collect()
    };
    let (mut same, mut other) = (0, Vec::new());
    for (list, product) in LISTS.into_iter().take(5) {
        for row in lists[list].as_array().unwrap() {
            let (code, name) = (row["code"].as_i64().unwrap(), plain(row["name"].as_str().unwrap()));
            match errors::name(product, code) {
                Some(known) if known == name => same += 1,
                known => other.push(format!("{list} {code} {name} {known:?}")),
            }
        }
    }
    println!("{same} names are the documents', others: {other:#?}");
    // -1008 and -2015 have two names each, -5012 two meanings.
    assert!(other.len() <= 6, "{other:#?}");
}
