//! Runs for tests, made from a few words.

use std::{collections::BTreeMap, sync::Arc};

use metaexpert_core::{
    Bar, ClientOrderId, Currency, Funding, Instrument, InstrumentId, InstrumentKind, InstrumentRules, Instruments, Liquidity,
    Money, Payoff, Percent, PositionSide, Price, Quantity, Reason, Side, Symbol, Timeframe, Trade, TradeId, UnixNanos,
};
use metaexpert_data::BarSeries;
use rust_decimal::{Decimal, dec};

use crate::{Run, Settled};

/// A run of an account with 1000 USDT over no bars.
pub(crate) fn run(symbols: &[&str]) -> Run {
    let mut instruments = Instruments::default();
    for symbol in symbols {
        instruments.add(instrument(symbol));
    }
    Run {
        expert: "crossover".into(),
        timeframe: Timeframe::H6,
        symbol: Symbol::new(symbols[0]).unwrap(),
        instruments,
        series: Vec::new(),
        config: vec![("leverage".into(), "1".into()), ("taker_fee_pct".into(), "0.05".into())],
        inputs: vec![("fast".into(), "12".into())],
        initial_capital: dec!(1000),
        currency: Currency::new("USDT"),
        trades: Vec::new(),
        fundings: Vec::new(),
        charges: Vec::new(),
        orders: 0,
        rejected: BTreeMap::new(),
        errors: 0,
        criterion: None,
        notes: Vec::new(),
    }
}

/// A run in one inverse contract of this size, with 1000 coins.
pub(crate) fn inverse_run(symbol: &str, contract_size: Decimal) -> Run {
    let mut run = run(&[symbol]);
    let mut inverse = instrument(symbol);
    inverse.kind = InstrumentKind::Perpetual(Payoff::Inverse);
    inverse.settlement = inverse.base.clone();
    inverse.rules.contract_size = contract_size;
    run.currency = inverse.settlement.clone();
    run.instruments = Instruments::default();
    run.instruments.add(inverse);
    run
}

fn instrument(symbol: &str) -> Instrument {
    let symbol = Symbol::new(symbol).unwrap();
    let (base, quote) = symbol.currencies().unwrap();
    let rules = InstrumentRules {
        tick_size: dec!(0.1),
        lot_size: dec!(0.001),
        min_notional: dec!(0),
        contract_size: dec!(1),
        maintenance_margin: Percent::ZERO,
    };
    Instrument {
        symbol,
        base,
        settlement: quote.clone(),
        quote,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules,
        brackets: Arc::default(),
    }
}

/// A bar that opened at `time` and knows one price.
pub(crate) fn bar(time: UnixNanos, price: f64) -> Bar {
    Bar { time, open: price, high: price, low: price, close: price, volume: 1.0 }
}

pub(crate) fn series(timeframe: Timeframe, bars: Vec<Bar>) -> Arc<BarSeries> {
    let source = "made up".to_owned();
    Arc::new(BarSeries {
        timeframe,
        bars,
        source,
        synthetic: false,
        gaps: Vec::new(),
        price_step: dec!(0.1),
        volume_step: dec!(1),
    })
}

/// Bars without a gap from midnight of 2024-01-01 on, with these closes.
pub(crate) fn closes(timeframe: Timeframe, closes: &[f64]) -> Arc<BarSeries> {
    let start = UnixNanos::parse("2024-01-01").unwrap();
    let open = |index: usize| start.saturating_add_nanos(timeframe.nanos() * i64::try_from(index).unwrap());
    series(timeframe, closes.iter().enumerate().map(|(index, close)| bar(open(index), *close)).collect())
}

impl Run {
    pub(crate) fn id(&self, symbol: &str) -> InstrumentId {
        self.instruments.find(&Symbol::new(symbol).unwrap()).unwrap()
    }

    /// Adds an execution in the words of a trader: `buy long 2 @ 100.5 fee 0.1 stop_loss`; a signal where no reason is named.
    pub(crate) fn trade(&mut self, time: UnixNanos, symbol: &str, words: &str) -> &mut Self {
        let words: Vec<&str> = words.split(' ').collect();
        let number = |index: usize| words[index].parse::<Decimal>().unwrap();
        let reasons = [Reason::Signal, Reason::StopLoss, Reason::TakeProfit, Reason::EndOfData];
        let reason =
            words.get(7).map_or(Reason::Signal, |word| reasons.into_iter().find(|reason| reason.as_str() == *word).unwrap());
        let sequence = u64::try_from(self.trades.len()).unwrap() + 1;
        self.trades.push(Trade {
            id: TradeId::from(sequence),
            time,
            instrument: self.id(symbol),
            symbol: Symbol::new(symbol).unwrap(),
            order: (reason == Reason::Signal).then_some(ClientOrderId { strategy: 1001, run: 1, sequence }),
            side: if words[0] == "buy" { Side::Buy } else { Side::Sell },
            position_side: if words[1] == "long" { PositionSide::Long } else { PositionSide::Short },
            price: Price::new(number(4)).unwrap(),
            quantity: Quantity::new(number(2)).unwrap(),
            fee: Money::new(words.get(6).map_or(Decimal::ZERO, |_| number(6)), self.currency.clone()),
            liquidity: Liquidity::Taker,
            reason,
        });
        self
    }

    /// Adds a settlement of funding, after the executions so far.
    pub(crate) fn fund(&mut self, time: UnixNanos, symbol: &str, side: Option<PositionSide>, amount: Decimal) -> &mut Self {
        let amount = Money::new(amount, self.currency.clone());
        let funding = Funding { time, symbol: Symbol::new(symbol).unwrap(), position_side: side, rate: 0.0001, amount };
        self.fundings.push(Settled { after: self.trades.len(), instrument: self.id(symbol), funding });
        self
    }

    /// The opening time of a bar of the first series.
    pub(crate) fn open(&self, bar: usize) -> UnixNanos {
        self.series[0].1.bars[bar].time
    }
}

/// The worked example of `docs/guides/metrics.md`: four round trips in four days.
pub(crate) fn worked_example() -> Run {
    let mut run = run(&["BTCUSDT"]);
    run.timeframe = Timeframe::H12;
    run.series = vec![(run.id("BTCUSDT"), closes(Timeframe::H12, &[100.0, 110.0, 105.0, 95.0, 90.0, 100.0, 104.0, 102.0]))];
    for (bar, words) in [
        (1, "buy long 2 @ 100 fee 0.5"),
        (2, "sell long 2 @ 110 fee 0.5"),
        (2, "sell short 2 @ 110 fee 0.5"),
        (3, "buy short 2 @ 105 fee 0.5 take_profit"),
        (3, "buy long 1 @ 105 fee 0.5"),
        (4, "buy long 1 @ 95 fee 0.5"),
        (5, "sell long 2 @ 90 fee 0.5 stop_loss"),
        (6, "buy long 1 @ 100 fee 0.5"),
    ] {
        let time = run.open(bar);
        run.trade(time, "BTCUSDT", words);
    }
    let end = run.end().unwrap();
    run.trade(end, "BTCUSDT", "sell long 1 @ 102 fee 0.5 end_of_data");
    (run.orders, run.rejected) = (7, BTreeMap::from([("margin", 1)]));
    run.notes.push("no funding series was given: funding is zero".into());
    run
}
