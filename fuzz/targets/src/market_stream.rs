//! Frames of market data: the first line is the product, the rest is the frame.

use metaexpert_binance::decode::{Kind, decode};

use crate::payload;

/// Reads a frame.
pub fn run(data: &[u8]) {
    let (line, frame) = payload::split(data);
    payload::check(decode(payload::product(line), &Kind::Stream, frame));
}
