//! Experts as processes: started, watched over, known by name, stopped.
//!
//! The one decision: nothing here is a service. Each expert that runs has one process of ours beside it, its supervisor (or the
//! `run` in the terminal), which holds a lock for as long as it lives and writes down in a run file what becomes of the expert.
//! Whoever wants to know reads that file, and believes it only as far as the processes in it are still the same ones.
//!
//! It does not know how an expert is built, and never looks into one: what it wants to know it asks the expert's program.

#![cfg_attr(not(unix), expect(dead_code, reason = "signals and life in the background are of unix"))]

mod ending; // how a program ends
mod identity; // a process, told apart from a later one with its number
mod run_file; // what is written down about an expert <- read first
mod state; // what that comes to now
mod state_folder; // where it is written down

mod claim; // one name, one expert
mod guards; // what keeps an expert from opening anything
mod question; // what an expert's program says about its configuration
mod restart; // when an expert is started again
mod signals; // signals, sent and received
mod supervisor; // starts an expert and waits for its end

mod foreground; // a program run to its end, with nobody watching over it
mod launch; // `run`, here or in the background

#[cfg(unix)]
pub(crate) use launch::refuse_if_it_lives;
pub(crate) use {
    claim::Claim,
    ending::{Ending, How},
    foreground::run_to_its_end,
    guards::{kill_switches, read_risk, refusals},
    identity::Identity,
    launch::{detach, run_here},
    restart::RestartRule,
    run_file::{ExpertInfo, Guards, LogFiles, Phase, RunFile, distinct, write_whole},
    signals::{Asked, Sent, hand_on, kill, listen, terminate},
    state::{Known, State, all_known},
    state_folder::{ExpertFolder, StateError, StateFolder, of_user},
    supervisor::{Watched, watch_over},
};
