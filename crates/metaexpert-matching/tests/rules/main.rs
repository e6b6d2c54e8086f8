//! The rules of the venue, each as a script that anybody can compute by hand, and as properties of scripts that nobody has
//! written. `rehearsal` is the language of the scripts and the only part that knows the venue's face.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that goes wrong should stop there")]

mod rehearsal; // the language   <- read first

mod bars; // the rules of the tester (design, section 10)
mod depth; // order books
mod kinds; // every order kind and time in force, on bars
mod quotes; // quotes, prints, queues
mod requests; // amend, cancel, linked orders, latency

mod growth; // a million orders cost a million times what one costs
mod properties; // what holds whatever happens
