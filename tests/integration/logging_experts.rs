//! A program whose experts say where they log: one in its attribute, one by the program's code; the latter also tells a secret.

use std::env;

use metaexpert::prelude::*;

mod marked {
    use super::*;

    #[on_init(strategy_id = 1, symbol = "BTCUSDT", timeframe = "1h", log_level = "debug", log_dir = "of-attribute")]
    fn init() -> usize {
        0
    }

    #[on_bar]
    fn bar(bars: &mut usize, ctx: &Context) {
        *bars += 1;
        debug!(ctx.log(), "bar"; "number" => *bars);
    }
}

mod telling {
    use super::*;

    /// How it tells what nobody should know.
    #[derive(Inputs)]
    struct Knobs {
        /// Whether it fails with it before the run has begun.
        #[input(default = false)]
        fails_at_once: bool,
        /// Whether it panics with it in the end.
        #[input(default = false)]
        panics: bool,
        /// How many trades it makes up for each bar.
        #[input(default = 0)]
        made_up: usize,
    }

    #[derive(Debug)]
    struct Credentials {
        owner: &'static str,
        phrase: String,
    }

    struct Telling {
        credentials: Credentials,
        bars: usize,
    }

    #[on_init(strategy_id = 2, symbol = "BTCUSDT", timeframe = "1h")]
    fn init(knobs: &Knobs) -> Result<Telling> {
        let phrase = env::var("BINANCE_API_SECRET").unwrap_or_default();
        if knobs.fails_at_once {
            return Err(format!("the phrase {phrase} is refused").into());
        }
        Ok(Telling { credentials: Credentials { owner: "nobody", phrase }, bars: 0 })
    }

    #[on_bar]
    fn bar(telling: &mut Telling, knobs: &Knobs, ctx: &Context) -> Result<()> {
        telling.bars += 1;
        for number in 0..knobs.made_up {
            trade!(ctx.log(), "made up"; "number" => number);
        }
        let phrase = &telling.credentials.phrase;
        match telling.bars {
            1 => info!(ctx.log(), "the phrase is {}", phrase; "phrase" => phrase),
            2 => warning!(ctx.log(), "of {}", telling.credentials.owner; "credentials" => ?telling.credentials),
            3 => trade!(ctx.log(), "sent"; "url" => format!("https://host/{phrase}?then={phrase}")),
            4 => return Err(format!("the venue does not know {phrase}").into()),
            5 => assert!(!knobs.panics, "nobody told me that {phrase} is wrong"),
            _ => {}
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    MetaExpert::new("okx").log_level("trade").log_dir("of-code").run()
}
