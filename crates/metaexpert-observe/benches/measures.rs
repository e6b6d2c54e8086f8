//! What a measurement costs the thread that trades.
#![expect(clippy::expect_used, reason = "a benchmark that cannot begin stops")]

use std::{hint::black_box, sync::OnceLock, time::Duration};

use divan::Bencher;
use metaexpert_observe::{
    Health, Running, Settings,
    measures::{EventKind, Meters, VenueMeters},
    start,
};

fn main() {
    divan::main();
}

/// Looked at, as in a live run.
fn looked_at() {
    static RUNNING: OnceLock<(tokio::runtime::Runtime, Running)> = OnceLock::new();
    RUNNING.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let settings = Settings {
            address: Some(([127, 0, 0, 1], 0).into()),
            is_exposed: false,
            health: Health::new(Duration::from_secs(10)),
        };
        let running = start(settings, runtime.handle()).expect("an address");
        (runtime, running)
    });
}

#[divan::bench]
fn event(bencher: Bencher<'_, '_>) {
    looked_at();
    let meters = Meters::of("ema");
    bencher.bench_local(|| black_box(&meters).event(black_box(EventKind::Tick)));
}

#[divan::bench]
fn waiting(bencher: Bencher<'_, '_>) {
    looked_at();
    let meters = Meters::of("ema");
    bencher.bench_local(|| black_box(&meters).waiting(black_box(7)));
}

#[divan::bench]
fn heard(bencher: Bencher<'_, '_>) {
    looked_at();
    let meters = VenueMeters::of("binance");
    bencher.bench_local(|| black_box(&meters).heard(black_box(Duration::from_nanos(2_345))));
}

#[divan::bench]
fn pulse(bencher: Bencher<'_, '_>) {
    let pulse = Health::new(Duration::from_secs(10)).expert("ema", &[]);
    bencher.bench_local(|| {
        black_box(&pulse).beat();
        black_box(&pulse).rest();
    });
}
