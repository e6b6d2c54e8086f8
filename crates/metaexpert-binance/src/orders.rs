//! Placeholder of the orders part while it is written.

use crate::Response;

/// How the replies are read.
pub const RESPONSES: &[Response] = &[];
