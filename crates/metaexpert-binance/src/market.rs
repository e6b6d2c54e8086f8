//! Placeholder of the market part while it is written.

use crate::Response;

/// How the replies are read.
pub const RESPONSES: &[Response] = &[];
