//! What happens to the logs when a program is ended: by a panic, by a signal.

/// From now on a panic is logged and a signal to end the program lets its logs be written first.
pub(crate) fn prepare_to_end() {
    metaexpert_log::log_panics();
    // Where signals cannot be watched, they end the program as they always have.
    #[cfg(unix)]
    let _ = metaexpert_log::flush_on_signals();
}
