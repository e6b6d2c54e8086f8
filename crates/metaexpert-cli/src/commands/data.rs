//! `metaexpert data`: recordings of ticks and order books become files that backtests read, and files say what they hold.

use std::path::Path;

use metaexpert_core::UnixNanos;
use metaexpert_data::{Converted, DataError, MarketFile, MarketInfo, MarketRows, convert};
use serde::Serialize;

use crate::{
    command_line::{ConvertArgs, DataCommand, DataInfoArgs, Format},
    console::Console,
    exit::{CommandError, Exit},
    listing::json,
    user_defaults,
};

/// What `data info` says of a file. As JSON: one object.
#[derive(Debug, Serialize)]
struct Holds<'a> {
    file: &'a str,
    first: UnixNanos,
    last: UnixNanos,
    levels: u64,
    quotes: u64,
    prints: u64,
    price_step: String,
    quantity_step: String,
}

impl<'a> Holds<'a> {
    fn of(info: &'a MarketInfo) -> Self {
        let MarketInfo { source, first, last, levels, quotes, prints, price_step, quantity_step, .. } = info;
        let (price_step, quantity_step) = (price_step.to_string(), quantity_step.to_string());
        Self {
            file: source,
            first: *first,
            last: *last,
            levels: *levels,
            quotes: *quotes,
            prints: *prints,
            price_step,
            quantity_step,
        }
    }

    fn table(&self) -> String {
        let Self { file, first, last, levels, quotes, prints, price_step, quantity_step } = self;
        format!(
            "{file}\nfirst            {first}\nlast             {last}\nbook levels      {levels}\nsides of quotes  {quotes}\n\
             public trades    {prints}\nprice step       {price_step}\nquantity step    {quantity_step}\n"
        )
    }
}

pub(crate) fn run(command: &DataCommand, console: &mut Console) -> Result<Exit, CommandError> {
    match command {
        DataCommand::Convert(args) => converted(args, console),
        DataCommand::Info(args) => info(args, console),
    }
}

fn converted(ConvertArgs { recording, file, force }: &ConvertArgs, console: &mut Console) -> Result<Exit, CommandError> {
    if file.exists() && !force {
        let rule = "is there already; `--force` writes over it";
        return Err(CommandError::Configuration(format!("{} {rule}", file.display())));
    }
    let Converted { info, messages, gaps, without_book, empty } = convert(recording, file).map_err(|error| bad(&error))?;
    for gap in &gaps {
        console.warn(format_args!("{}: {gap}; the book is empty from there to the next snapshot", recording.display()));
    }
    if without_book > 0 {
        console.tell(format_args!(
            "{without_book} messages with changes of the order book are in no book: no snapshot is before them"
        ));
    }
    if empty > 0 {
        console.tell(format_args!("{empty} quotes and trades without a price or a quantity are left out"));
    }
    console.tell(format_args!("{messages} messages read"));
    console.say(Holds::of(&info).table());
    Ok(Exit::Good)
}

fn info(DataInfoArgs { file, format }: &DataInfoArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let format = user_defaults::format(format.format)?;
    let market = open(file)?;
    match format {
        Format::Table => console.say(Holds::of(market.info()).table()),
        Format::Json => console.say(json(&Holds::of(market.info()))),
    }
    Ok(Exit::Good)
}

fn open(file: &Path) -> Result<MarketFile, CommandError> {
    MarketFile::open(file).map_err(|error| bad(&error))
}

fn bad(error: &DataError) -> CommandError {
    CommandError::Data(error.to_string())
}
