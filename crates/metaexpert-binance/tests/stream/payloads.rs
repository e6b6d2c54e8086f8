//! The project's own payloads: a file for each kind of message, named by product and kind.

use std::sync::LazyLock;

use metaexpert_binance::Product;
use serde_json::Value;

pub(crate) struct Payload {
    pub name: String,
    pub product: Product,
    pub text: String,
}

impl Payload {
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Whether it is the answer to a request.
    pub(crate) fn is_answer(&self) -> bool {
        self.name.starts_with("subscri") || self.name.starts_with("refused")
    }
}

/// All of them, in the order of their names.
pub(crate) fn all() -> &'static [Payload] {
    static ALL: LazyLock<Vec<Payload>> = LazyLock::new(read);
    &ALL
}

fn read() -> Vec<Payload> {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/stream")).unwrap();
    let mut payloads: Vec<Payload> = files
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let product = Product::ALL.into_iter().find(|product| name.starts_with(product.as_str())).unwrap_or(Product::Spot);
            Payload { name, product, text: std::fs::read_to_string(path).unwrap().trim().to_owned() }
        })
        .collect();
    payloads.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(payloads.len() > 50, "{}", payloads.len());
    payloads
}
