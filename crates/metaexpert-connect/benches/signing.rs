//! What it costs to sign an order, for each kind of key. Run with `cargo bench -p metaexpert-connect --bench signing`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up is not to run")]

use divan::{Bencher, black_box};
use metaexpert_connect::signing::Signer;

fn main() {
    divan::main();
}

const ORDER: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.012&price=50000.10&newClientOrderId=me-01hf7z\
                     q9w2c4&newOrderRespType=RESULT&recvWindow=5000&timestamp=1700000000123";

#[divan::bench]
fn hmac(bencher: Bencher<'_, '_>) {
    let signer = Signer::from_secret("wX9dkq3vYh7uTz2mRb5nkE8sQp1LrZ4tVc6xJf0gwX9dkq3vYh7uTz2mRb5nkE8s").unwrap();
    bencher.bench(|| signer.sign(black_box(ORDER).as_bytes()).unwrap().hex());
}

#[divan::bench]
fn ed25519(bencher: Bencher<'_, '_>) {
    let signer = Signer::from_secret(include_str!("../testdata/signing/ed25519.pem")).unwrap();
    bencher.bench(|| signer.sign(black_box(ORDER).as_bytes()).unwrap().base64());
}

/// 2,048 bits.
#[divan::bench]
fn rsa(bencher: Bencher<'_, '_>) {
    let signer = Signer::from_secret(include_str!("../testdata/signing/rsa.pem")).unwrap();
    bencher.bench(|| signer.sign(black_box(ORDER).as_bytes()).unwrap().base64());
}
