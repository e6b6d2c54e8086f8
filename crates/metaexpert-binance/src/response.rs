//! Which reply is read by what: a row for each call.

use metaexpert_connect::{Malformed, Method, Report};

use crate::Product;

/// How the reply to a call is read.
#[derive(Debug, Clone, Copy)]
pub struct Response {
    /// Products that have the call.
    pub products: &'static [Product],
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: &'static str,
    /// What is made of its reply. A good reply makes at least one report, unless it is an empty list.
    pub read: fn(Product, &[u8]) -> Result<Vec<Report<'_>>, Malformed>,
}
