//! `metaexpert account`.

use crate::{
    command_line::AccountArgs,
    console::Console,
    exit::{CommandError, Exit},
};

pub(crate) fn run(_args: &AccountArgs, _console: &mut Console) -> Result<Exit, CommandError> {
    Err(CommandError::Failed("not yet".to_owned()))
}
