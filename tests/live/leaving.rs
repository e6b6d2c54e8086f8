//! What an expert leaves in its folder for whoever compares it with something.

use metaexpert::prelude::*;

/// Writes a file of this name.
pub(crate) fn leave(name: &str, text: &str) -> Result<()> {
    std::fs::write(name, text).map_err(|error| error.to_string())?;
    Ok(())
}
