//! A program of three experts: one trades two symbols on several timeframes, the next panics, the last goes on after it.

use metaexpert::prelude::*;

mod pairs {
    use super::*;

    pub(crate) struct Seen {
        bitcoin: usize,
        ether: usize,
        longer: usize,
        days: usize,
    }

    #[on_init(strategy_id = 7, strategy_name = "Pairs", symbol = "BTCUSDT", timeframe = "1h", lookback_bars = 5)]
    fn init() -> Seen {
        Seen { bitcoin: 0, ether: 0, longer: 0, days: 0 }
    }

    #[on_bar]
    fn bitcoin(seen: &mut Seen, ctx: &mut Context) -> Result<()> {
        seen.bitcoin += 1;
        // Ether's bar of the same hour moves its market before either handler runs, but is handled after this one.
        assert_eq!(seen.ether, seen.bitcoin - 1);
        if seen.bitcoin.is_multiple_of(10) {
            ctx.buy().quantity(0.01).symbol("ETHUSDT").send()?;
        }
        Ok(())
    }

    #[on_bar(symbol = "ETH/USDT")]
    fn ether(seen: &mut Seen, ctx: &mut Context) -> Result<()> {
        seen.ether += 1;
        assert_eq!(ctx.symbol().as_str(), "ETHUSDT");
        if ctx.is_long() {
            ctx.close_all()?;
        }
        Ok(())
    }

    #[on_bar(timeframe = "4h")]
    fn longer(seen: &mut Seen, ctx: &Context, bar: &Bar) {
        seen.longer += 1;
        assert_eq!(seen.bitcoin, seen.longer * 4);
        assert_eq!(ctx.bars_of(Timeframe::H1, 4).first().map(|first| first.open), Some(bar.open));
    }

    #[on_timer(interval = 86_400)]
    fn day(seen: &mut Seen) {
        seen.days += 1;
    }

    #[on_backtest]
    fn criterion(seen: &Seen, summary: &Summary) -> f64 {
        assert_eq!((seen.bitcoin, seen.ether, seen.longer, seen.days), (240, 240, 60, 10));
        assert_eq!(summary.round_trips, 23);
        42.0
    }
}

mod reckless {
    use super::*;

    #[on_init(strategy_id = 8, symbol = "BTCUSDT", timeframe = "1h")]
    fn init() -> usize {
        0
    }

    #[on_bar]
    fn bar(bars: &mut usize) {
        *bars += 1;
        assert!(*bars < 100, "a hundred bars are too many");
    }
}

mod steady {
    use super::*;

    #[on_init(strategy_id = 9, symbol = "ETHUSDT", timeframe = "1h")]
    fn init() {}

    #[on_bar]
    fn bar(ctx: &mut Context) -> Result<()> {
        if ctx.is_flat() {
            ctx.buy().quantity(0.01).send()?;
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    MetaExpert::new("okx").run()
}
