//! `metaexpert markets`.

use crate::{
    command_line::MarketsArgs,
    console::Console,
    exit::{CommandError, Exit},
};

pub(crate) fn run(_args: &MarketsArgs, _console: &mut Console) -> Result<Exit, CommandError> {
    Err(CommandError::Failed("not yet".to_owned()))
}
