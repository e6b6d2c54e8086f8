//! The risk gate: every order of every mode passes it, and what it passed is a type that only it can make.

mod refusal;

pub use refusal::Refusal;
