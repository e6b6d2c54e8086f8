//! What an expert hears of markets: only what some handler, some rule or the simulated venue needs.

use metaexpert_connect::exchange::Listed;
use metaexpert_core::{
    InstrumentId, InstrumentKind, Instruments, Symbol, Timeframe, config::Config, expert::Wants, risk::bars_needed,
};
use metaexpert_live::Wanted;

use super::expert::Filled;

/// How many closed bars come before the present: what handlers look back on, what indicators and filters need; one at the least, so that
/// there is a price.
pub(super) fn history(config: &Config, wants: &Wants, base: Timeframe) -> usize {
    let own = config.lookback_bars.max(config.warmup_bars).max(bars_needed(config)).max(1);
    let longest = timeframes(config, wants).map(Timeframe::nanos).max().unwrap_or(base.nanos());
    // Of the longest bars as many as of the expert's own, up to what an exchange gives in a few pages.
    let bars = i64::try_from(own).ok().and_then(|own| own.checked_mul(longest / base.nanos().max(1)));
    bars.and_then(|bars| usize::try_from(bars).ok()).map_or(MOST, |bars| bars.min(MOST.max(own)))
}

/// Bars of the shortest timeframe that are asked for at most, unless the expert's own timeframe wants more.
const MOST: usize = 10_000;

/// The longest timeframe of which all others that are wanted can be built.
pub(super) fn base_timeframe(config: &Config, wants: &Wants) -> Timeframe {
    let fits = |base: &&Timeframe| timeframes(config, wants).all(|wanted| wanted.is_multiple_of(**base));
    Timeframe::ALL.iter().rev().find(fits).copied().unwrap_or(config.timeframe)
}

fn timeframes<'a>(config: &'a Config, wants: &'a Wants) -> impl Iterator<Item = Timeframe> + 'a {
    wants.bars.iter().filter_map(|want| want.timeframe).chain([config.timeframe])
}

/// What it hears of each instrument.
pub(super) fn wanted(
    config: &Config,
    wants: &Wants,
    filled: Filled,
    instruments: &Instruments,
    listed: &[(InstrumentId, Listed)],
) -> Vec<Wanted> {
    let main = listed.first().map(|(id, _)| *id);
    let is_of = |symbol: Option<&str>, id: InstrumentId| match symbol.map(Symbol::new) {
        None => Some(id) == main,
        Some(symbol) => symbol.is_some_and(|symbol| instruments.find(&symbol) == Some(id)),
    };
    let one = |(id, listed): &(InstrumentId, Listed)| {
        let by_quotes = filled == Filled::Quotes;
        Wanted {
            instrument: *id,
            listed: listed.clone(),
            // Prices of what is open come with bars at the least, and with quotes where something is guarded on them.
            bars: true,
            quotes: by_quotes
                || filled == Filled::Exchange
                || config.max_spread_pct.is_some()
                || wants.ticks.iter().any(|want| is_of(want.symbol, *id)),
            public_trades: by_quotes || wants.public_trades.iter().any(|want| is_of(want.symbol, *id)),
            book: wants.books.iter().any(|want| is_of(want.symbol, *id)),
            // An exchange liquidates by its mark price; on paper the venue does.
            marks: by_quotes && config.leverage > 1 && matches!(listed.instrument.kind, InstrumentKind::Perpetual(_)),
        }
    };
    listed.iter().map(one).collect()
}
