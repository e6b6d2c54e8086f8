//! What people want of runs that go on: that they end, that everything is closed, that nothing is opened. It comes by signals and by a
//! file, and goes into the queue of every expert.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use metaexpert_core::feed::{Event, Then};
use metaexpert_live::Inlet;

use crate::paper::{KillSwitch, StopRequest, Wish};

/// How often it is looked for. A person does not see the difference, and a machine does not feel it.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// One expert, as whoever wants something of it reaches it.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) inlet: Inlet,
    pub(super) kill_switch_file: PathBuf,
    /// How long it is given to end in good order.
    pub(super) shutdown_timeout: Duration,
}

/// Tells experts what is wanted, for ever. An expert that has not ended within its time after it was asked to gets no more events.
pub(super) async fn tell(stop: &StopRequest, experts: Vec<Reached>) {
    let mut switches: Vec<_> = experts.iter().map(|expert| KillSwitch::new(expert.kill_switch_file.clone())).collect();
    let (mut heard, mut asked): (Option<Then>, Option<Instant>) = (None, None);
    loop {
        match stop.wait(Duration::ZERO, heard) {
            Some(Wish::Stop(_)) if asked.is_none() => {
                asked = Some(Instant::now());
                for expert in &experts {
                    expert.inlet.tell(Event::Stop);
                }
            }
            Some(Wish::Flatten(then)) => {
                heard = Some(then);
                for expert in &experts {
                    expert.inlet.tell(Event::Flatten(then));
                }
            }
            Some(Wish::Stop(_)) | None => {}
        }
        for (expert, switch) in experts.iter().zip(&mut switches) {
            if switch.has_changed(Instant::now()) {
                expert.inlet.tell(Event::KillSwitch(switch.reason().cloned()));
            }
            if asked.is_some_and(|asked| asked.elapsed() >= expert.shutdown_timeout) {
                expert.inlet.end();
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
