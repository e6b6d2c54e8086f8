//! Two signals that mean more than the end: SIGUSR1 closes everything and halts, SIGUSR2 closes everything and ends.
//!
//! They are watched while experts run on paper; a program that does something else is ended by them as it always was.

use std::sync::Once;

use metaexpert_core::feed::Then;
use signal_hook::{
    consts::{SIGUSR1, SIGUSR2},
    iterator::Signals,
    low_level::emulate_default_handler,
};

use super::STOP;

/// From now on the two are wishes. Where signals cannot be watched, they end the program as they always have.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Ok(mut signals) = Signals::new([SIGUSR1, SIGUSR2]) else { return };
        let watching = move || {
            for signal in signals.forever() {
                let then = if signal == SIGUSR2 { Then::Stop } else { Then::Halt };
                if !STOP.flatten(then) {
                    drop(emulate_default_handler(signal));
                }
            }
        };
        drop(std::thread::Builder::new().name("metaexpert-flatten".into()).spawn(watching));
    });
}
