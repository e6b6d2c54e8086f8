//! What it costs to mask a text that holds no secret, as nearly all do, with none, 3 and 30 secrets registered; and to judge a
//! field's name. Allocations are counted too, and a line about them appears below each bench that makes any: there is none but
//! where something is masked by its value.

use std::sync::{Mutex, PoisonError};

use divan::{AllocProfiler, Bencher, black_box, counter::BytesCount};
use metaexpert_log::{Masker, register_secret};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// How many secrets are registered: the registry cannot forget, so the benches run in this order.
const SECRETS: [usize; 3] = [0, 3, 30];
static REGISTERED: Mutex<usize> = Mutex::new(0);

const SYMBOL: &str = "BTCUSDT";
const MESSAGE: &str = "bought 0.250 BTCUSDT at 43210.5, stop 42800.0, take 44000.0";
const PROSE: &str = "the venue refused to change the leverage of an open position";
const URL: &str = "https://fapi.binance.com/fapi/v1/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.250\
                   &price=43210.50&newClientOrderId=metaexpert-cross-000000000042&newOrderRespType=RESULT&positionSide=BOTH\
                   &workingType=MARK_PRICE&priceProtect=TRUE&selfTradePreventionMode=NONE\
                   &recvWindow=5000&timestamp=1753000000000";
const SIGNED: &str =
    "/fapi/v1/order?symbol=BTCUSDT&side=BUY&timestamp=1753000000000&signature=c8db56825ae71d6d79447849e617115f4a920fa2";

fn main() {
    divan::main();
}

/// The exchange's answer to an order, and the order's fills.
fn payload() -> String {
    let order = r#""symbol":"BTCUSDT","orderId":283194212,"clientOrderId":"metaexpert-cross-000000000042","status":"FILLED""#;
    let fill =
        r#"{"tradeId":698759,"price":"43210.50","qty":"0.125","commission":"0.00012500","asset":"BNB","time":1753000000123}"#;
    let fills = [fill; 8].join(",");
    format!("{{{order},\"fills\":[{fills}]}}")
}

/// Secrets as the exchanges give them: keys of 64 letters and digits, passphrases of 12.
fn masker(secrets: usize) -> Masker {
    let mut registered = REGISTERED.lock().unwrap_or_else(PoisonError::into_inner);
    let letters: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').collect();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for number in 0..secrets {
        let length = if number % 3 == 2 { 12 } else { 64 };
        let next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            letters.get((state >> 33) as usize % letters.len()).copied()
        };
        let secret: String = std::iter::repeat_with(next).take(length).flatten().collect();
        if number >= *registered {
            register_secret(&secret);
        }
    }
    assert!(*registered <= secrets, "fewer secrets than before");
    *registered = secrets;
    Masker::new()
}

fn mask(bencher: Bencher<'_, '_>, secrets: usize, text: &str, masks: bool) {
    let masker = masker(secrets);
    let mut out = String::with_capacity(4_096);
    assert_eq!(masker.mask_into(text, &mut out), masks);
    bencher.counter(BytesCount::of_str(text)).bench_local(|| {
        out.clear();
        masker.mask_into(black_box(text), &mut out)
    });
}

macro_rules! texts {
    ($($secrets:ident = $number:expr;)+) => {$(
        mod $secrets {
            use super::*;

            #[divan::bench]
            fn symbol(bencher: Bencher<'_, '_>) {
                mask(bencher, $number, SYMBOL, false);
            }

            #[divan::bench]
            fn message(bencher: Bencher<'_, '_>) {
                mask(bencher, $number, MESSAGE, false);
            }

            #[divan::bench]
            fn prose(bencher: Bencher<'_, '_>) {
                mask(bencher, $number, PROSE, false);
            }

            #[divan::bench]
            fn url(bencher: Bencher<'_, '_>) {
                mask(bencher, $number, URL, false);
            }

            #[divan::bench]
            fn signed_url(bencher: Bencher<'_, '_>) {
                mask(bencher, $number, SIGNED, true);
            }

            #[divan::bench]
            fn payload(bencher: Bencher<'_, '_>) {
                mask(bencher, $number, &super::payload(), false);
            }
        }
    )+};
}

texts! {
    a_none = SECRETS[0];
    b_three = SECRETS[1];
    c_thirty = SECRETS[2];
}

#[divan::bench(args = ["symbol", "order_id", "expert_name", "strategy_id", "account_id", "price", "quantity", "api_key"])]
fn kind_of(bencher: Bencher<'_, '_>, key: &str) {
    let masker = Masker::new();
    bencher.bench_local(|| masker.kind_of(black_box(key)));
}

#[divan::bench]
fn refresh(bencher: Bencher<'_, '_>) {
    let mut masker = Masker::new();
    bencher.bench_local(|| black_box(&mut masker).refresh());
}
