//! The thread that writes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::hub::{Batch, Hub};

/// How often an idle writer looks for records. A thread that logs then never has to wake it, which would cost a system call.
const LOOK_EVERY: Duration = Duration::from_micros(500);

/// How often it looks in vain before it waits to be woken.
const LOOKS: u32 = 200;

/// How often files get to do what is due without a record.
const TICK: Duration = Duration::from_millis(100);

/// Starts the thread, which ends with [`Hub::stop`]. `None` where the system has no thread to give: then whoever logs writes.
pub(crate) fn start(hub: &Arc<Hub>) -> Option<JoinHandle<()>> {
    let shared = Arc::clone(hub);
    let started = thread::Builder::new().name("metaexpert-log".into()).spawn(move || {
        // A mistake in here must cost the record at hand, not all that come after it.
        while catch_unwind(AssertUnwindSafe(|| run(&shared))).is_err() {
            thread::sleep(TICK);
        }
    });
    if started.is_err() {
        hub.end();
    }
    started.ok()
}

fn run(hub: &Hub) {
    hub.is_written_by_this_thread();
    let mut in_vain = 0;
    let mut ticked = Instant::now();
    let mut first = None;
    loop {
        match hub.write_batch(first.take()) {
            Batch::Stop => return hub.end(),
            Batch::Some => in_vain = 0,
            Batch::Nothing => {
                if in_vain == 0 {
                    hub.rest();
                }
                in_vain += 1;
                if in_vain <= LOOKS {
                    thread::sleep(LOOK_EVERY);
                } else {
                    first = hub.receiver.recv_timeout(TICK).ok();
                }
            }
        }
        if ticked.elapsed() >= TICK {
            ticked = Instant::now();
            hub.tick();
        }
    }
}
