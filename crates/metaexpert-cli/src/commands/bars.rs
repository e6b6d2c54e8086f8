//! `metaexpert bars`.

use crate::{
    command_line::BarsArgs,
    console::Console,
    exit::{CommandError, Exit},
};

pub(crate) fn run(_args: &BarsArgs, _console: &mut Console) -> Result<Exit, CommandError> {
    Err(CommandError::Failed("not yet".to_owned()))
}
