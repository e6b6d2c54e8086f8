//! How a process ends without losing what it logged: a panic and a signal flush.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::Write,
    panic::{self, PanicHookInfo},
    sync::{Arc, Mutex, Once, PoisonError, Weak},
    thread,
    time::Duration,
};

use slog::{Logger, o};

use crate::{critical, front::Front, hub::Hub, mask::masked};

/// Longest that an ending process waits for its logs.
const PATIENCE: Duration = Duration::from_secs(2);

/// The logs of this process.
static LOGS: Mutex<Vec<Weak<Hub>>> = Mutex::new(Vec::new());

/// Keeps a log in mind, for as long as it lives.
pub(crate) fn remember(hub: &Arc<Hub>) {
    let mut logs = LOGS.lock().unwrap_or_else(PoisonError::into_inner);
    logs.retain(|log| log.strong_count() > 0);
    logs.push(Arc::downgrade(hub));
}

fn logs() -> Vec<Arc<Hub>> {
    LOGS.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade).collect()
}

/// Writes what every log of this process still holds back, waiting no longer than two seconds for each.
pub fn flush_all() {
    for log in logs() {
        log.flush(PATIENCE);
    }
}

/// From now on a panic is a CRITICAL record in every log of this process, and the logs are flushed before it goes its way. The
/// panic's text is masked, so this takes the place of the standard library's message; where there is no log, it goes to
/// standard error. Calling it again changes nothing.
pub fn log_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| panic::set_hook(Box::new(on_panic)));
}

fn on_panic(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("a value that is no text");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let this = thread::current();
    let name = this.name().unwrap_or("unnamed");
    // As the standard library decides it: by RUST_BACKTRACE.
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    let logs = logs();
    for hub in &logs {
        let log = Logger::root(Front::new(Arc::clone(hub), None), o!());
        critical!(log, "a panic in the thread {}: {}", name, message;
            "msgid" => "panic", "location" => &place, "backtrace" => backtrace.as_deref());
        hub.flush(PATIENCE);
    }
    if !logs.iter().any(|hub| hub.has_console()) {
        let text = format!("a panic in the thread {name} at {place}: {message}\n{}", backtrace.unwrap_or_default());
        let _ = writeln!(std::io::stderr(), "{}", masked(text.trim_end()));
    }
}

/// A file that reaches a limit to its size (`ulimit -f`) is in trouble like any other; by default it would be the end of the process.
#[cfg(unix)]
pub(crate) fn survive_file_size_limits() {
    static ONCE: Once = Once::new();
    // Where the signal cannot be caught, the limit ends the process as it does without a log.
    ONCE.call_once(|| drop(signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default())));
}

/// Whether whoever started this process had it ignore a signal: `nohup` does with SIGHUP, and shells with SIGINT of what they run in
/// the background. On Linux the kernel tells (proc(5), `SigIgn`); elsewhere no signal is taken for ignored.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask.checked_shr(signal.unsigned_abs().saturating_sub(1)).is_some_and(|shifted| shifted & 1 == 1)
}

/// From now on SIGTERM, SIGINT and SIGHUP flush the logs before they end the process, as they would have without; a second one
/// ends it at once. One that the process was started to ignore stays ignored.
///
/// # Errors
/// When the system does not let signals be watched.
#[cfg(unix)]
pub fn flush_on_signals() -> std::io::Result<()> {
    flush_on_signals_unless(|_| false)
}

/// As [`flush_on_signals`], but asks `takes_over` first, on a thread of its own: where it answers yes to the number of the first
/// signal, the program ends by itself in its own time, and the logs go on until then. A second signal ends it at once all the same.
///
/// # Errors
/// When the system does not let signals be watched.
#[cfg(unix)]
pub fn flush_on_signals_unless(takes_over: impl FnOnce(i32) -> bool + Send + 'static) -> std::io::Result<()> {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        flag,
        iterator::Signals,
        low_level::{emulate_default_handler, signal_name},
    };

    let watched: Vec<_> = [SIGTERM, SIGINT, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal)).collect();
    let second = Arc::new(std::sync::atomic::AtomicBool::new(false));
    for &signal in &watched {
        // In this order: the first signal finds the flag unset, and sets it for the next.
        flag::register_conditional_default(signal, Arc::clone(&second))?;
        flag::register(signal, Arc::clone(&second))?;
    }
    let mut signals = Signals::new(&watched)?;
    thread::Builder::new().name("metaexpert-signals".into()).spawn(move || {
        if let Some(signal) = signals.forever().next()
            && !takes_over(signal)
        {
            let logs = logs();
            // All of them first: a thread that logs into one is held before another one is closed.
            for hub in &logs {
                hub.take_leave();
            }
            for hub in &logs {
                let log = Logger::root(Front::new(Arc::clone(hub), None), o!());
                crate::info!(log, "ended by {}", signal_name(signal).unwrap_or("a signal"); "msgid" => "process.signal");
            }
            for log in &logs {
                log.stop(PATIENCE);
            }
            // Ends the process, so that whoever started it sees which signal did.
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}
