//! `metaexpert book`.

use crate::{
    command_line::BookArgs,
    console::Console,
    exit::{CommandError, Exit},
};

pub(crate) fn run(_args: &BookArgs, _console: &mut Console) -> Result<Exit, CommandError> {
    Err(CommandError::Failed("not yet".to_owned()))
}
