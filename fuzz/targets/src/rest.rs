//! Replies to requests: the first line is the call (`spot GET /api/v3/depth`), the rest is the reply.

use std::sync::LazyLock;

use metaexpert_binance::{
    Product, Response,
    decode::{Kind, decode, responses},
};

use crate::payload;

/// Every call of every product.
static CALLS: LazyLock<Vec<(Product, &'static Response)>> =
    LazyLock::new(|| responses().flat_map(|row| row.products.iter().map(move |product| (*product, row))).collect());

/// Reads a reply.
pub fn run(data: &[u8]) {
    let (line, reply) = payload::split(data);
    let name = |(product, row): &(Product, &Response)| format!("{product} {} {}", row.method.as_str(), row.path);
    let Some((product, row)) = payload::choose(&CALLS, line, name) else { return };
    payload::check(decode(product, &Kind::Rest { method: row.method, path: row.path.to_owned() }, reply));
}
