//! What happens when a program is ended from outside or by a panic: its logs are written, and a run that goes on by the clock is
//! asked to end by itself first.

/// From now on a panic is logged, and a signal to end the program lets a paper run end in good order, where there is one, and the
/// logs be written. A second signal ends the program at once.
pub(crate) fn prepare_to_end() {
    metaexpert_log::log_panics();
    // Where signals cannot be watched, they end the program as they always have.
    #[cfg(all(unix, feature = "paper"))]
    let _ = metaexpert_log::flush_on_signals_unless(is_heeded);
    #[cfg(all(unix, not(feature = "paper")))]
    let _ = metaexpert_log::flush_on_signals();
}

/// Whether a run has been asked to end by itself.
#[cfg(all(unix, feature = "paper"))]
fn is_heeded(signal: i32) -> bool {
    use crate::paper::{Asked, STOP};

    STOP.ask(if signal == signal_hook::consts::SIGINT { Asked::Interrupt } else { Asked::Terminate })
}
