//! A small data set and the flags of a run, both from one seed.
use std::fmt::Write;

use metaexpert_tests::reference::{Exact, exact, plain, rfc3339};

use super::expert::Flags;

/// What a seed stands for.
#[derive(Debug)]
pub(crate) struct RandomRun {
    pub(crate) csv: String,
    pub(crate) flags: Flags,
}

impl RandomRun {
    pub(crate) fn from_seed(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xA0D1_7035);
        let market = Market::roll(&mut dice);
        let csv = market.csv(&mut dice);
        Self { csv, flags: market.flags(&mut dice) }
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014): one state, every seed good.
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).expect("low is not above high") + 1;
        low + i64::try_from(self.next() % span).expect("a span of an i64")
    }

    pub(crate) fn percent(&mut self, chance: i64) -> bool {
        self.between(1, 100) <= chance
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        let last = i64::try_from(choices.len()).expect("a short list") - 1;
        choices[usize::try_from(self.between(0, last)).expect("an index")]
    }
}

/// The kind of market that a data set is drawn from. Prices are whole numbers of `10^-decimals`.
#[derive(Debug)]
struct Market {
    decimals: u32,
    tick: i64,
    start: i64,
    /// The usual move of a bar, in units.
    step: i64,
    timeframe: (&'static str, i64),
    bars: i64,
    /// How many bars stand still before the market moves.
    asleep: i64,
    spelling: Spelling,
    /// Few and whole prices, percents and leverages, so that levels coincide and are touched exactly.
    round: bool,
}

/// How numbers and times are written.
#[derive(Debug, Clone, Copy)]
enum Spelling {
    Plain,
    TrailingZeros,
    Exponent,
    /// With the seventeenth digit that floating point leaves behind, as exchanges' JSON has it.
    Noise,
}

const MINUTE: i64 = 60;
const TIMEFRAMES: [(&str, i64); 6] =
    [("1m", MINUTE), ("5m", 5 * MINUTE), ("15m", 15 * MINUTE), ("1h", 60 * MINUTE), ("4h", 240 * MINUTE), ("1d", 1440 * MINUTE)];

impl Market {
    fn roll(dice: &mut Dice) -> Self {
        let decimals = u32::try_from(dice.one_of(&[0, 1, 2, 2, 4, 8, 10])).expect("a few decimals");
        // A tick of ten or more units leaves most prices between ticks.
        let tick = dice.one_of(&[1, 1, 1, 2, 5, 10, 10, 25, 100]);
        let start = tick * dice.one_of(&[60, 300, 2_000, 10_000, 50_000, 1_000_000]) + dice.between(0, 9);
        let step = (start / dice.one_of(&[20, 50, 100, 200, 500])).max(1);
        let bars = dice.between(60, 300);
        let asleep = if dice.percent(10) { dice.between(5, 30) } else { 0 };
        let spelling =
            dice.one_of(&[Spelling::Plain, Spelling::Plain, Spelling::TrailingZeros, Spelling::Exponent, Spelling::Noise]);
        let timeframe = dice.one_of(&TIMEFRAMES);
        let market = Self { decimals, tick, start, step, timeframe, bars, asleep, spelling, round: false };
        if dice.percent(30) { Self { tick: 1, start: 100, step: dice.between(4, 12), round: true, ..market } } else { market }
    }

    fn csv(&self, dice: &mut Dice) -> String {
        let columns = *dice.one_of(&[
            &["timestamp", "open", "high", "low", "close", "volume"],
            &["open_time", "open", "high", "low", "close", "volume"],
            &["date", "close", "low", "high", "open", "volume"],
            &["volume", "open", "close", "high", "low", "timestamp"],
        ]);
        let clock = dice.one_of(&["s", "ms", "us", "ns", "rfc3339"]);
        let mut csv = columns.join(",") + "\n";
        // 2022-01-01 and some bars later; gaps are whole bars.
        let mut time = 1_640_995_200 + self.timeframe.1 * dice.between(0, 500);
        let mut price = self.start;
        let mut drift = 0;
        for number in 0..self.bars {
            if dice.percent(12) {
                drift = dice.between(-self.step, self.step);
            }
            let bar = if number < self.asleep { Bar::flat(price) } else { self.bar(dice, price, drift) };
            for (column, comma) in columns.iter().zip(["", ",", ",", ",", ",", ","]) {
                let cell = match *column {
                    "open" => self.price_text(bar.open),
                    "high" => self.price_text(bar.high),
                    "low" => self.price_text(bar.low),
                    "close" => self.price_text(bar.close),
                    "volume" => format!("{}.{}", dice.between(0, 5000), dice.between(0, 9)),
                    _ => time_text(time, clock),
                };
                write!(csv, "{comma}{cell}").expect("a string takes it");
            }
            csv.push('\n');
            price = bar.close;
            time += self.timeframe.1 * if dice.percent(4) { dice.between(2, 30) } else { 1 };
        }
        csv
    }

    fn bar(&self, dice: &mut Dice, last: i64, drift: i64) -> Bar {
        let bar = self.any_bar(dice, last, drift);
        if !self.round {
            return bar;
        }
        // Opens and closes are whole tens, extremes lie a round percentage from the open.
        let ten = |price: i64| (price / 10).max(2) * 10;
        let (open, close) = (ten(bar.open), ten(bar.close));
        let mut reach = || open * dice.one_of(&[0, 1, 5, 10, 10, 20]) / 100;
        Bar { open, high: open.max(close).max(open + reach()), low: open.min(close).min(open - reach()), close }
    }

    fn any_bar(&self, dice: &mut Dice, last: i64, drift: i64) -> Bar {
        let floor = self.tick * 20;
        let step = self.step;
        let gap = match dice.between(1, 100) {
            1..=45 => 0,
            46..=93 => dice.between(-2 * step, 2 * step),
            _ => dice.between(-6 * step, 6 * step),
        };
        let open = (last + gap).max(floor);
        if dice.percent(6) {
            return Bar::flat(open);
        }
        let close = (open + drift / 2 + dice.between(-step, step)).max(floor);
        let mut high = open.max(close) + dice.between(0, step);
        let mut low = (open.min(close) - dice.between(0, step)).max(floor);
        if dice.percent(15) {
            // A tie: both extremes equally far from the open.
            let reach = (high - open).max(open - low).min(open - floor).max(0);
            high = high.max(open + reach);
            low = low.min(open - reach);
        }
        Bar { open, high, low, close }
    }

    fn price_text(&self, units: i64) -> String {
        let text = self.decimal(units);
        match self.spelling {
            Spelling::TrailingZeros if text.contains('.') => text + "00",
            Spelling::TrailingZeros => text + ".0",
            Spelling::Exponent => format!("{:e}", text.parse::<f64>().expect("a number")),
            Spelling::Noise if units % 3 == 0 => format!("{:.16e}", text.parse::<f64>().expect("a number").next_up()),
            Spelling::Plain | Spelling::Noise => text,
        }
    }

    fn decimal(&self, units: i64) -> String {
        plain(&exact(&format!("{units}e-{}", self.decimals)).expect("a decimal")).expect("a decimal")
    }

    fn flags(&self, dice: &mut Dice) -> Flags {
        let mut flags: Flags = Vec::new();
        let mut set = |key: &str, value: String| flags.push((key.to_owned(), value));
        let spot = dice.percent(25);
        let leverages: &[i64] = if self.round { &[1, 3, 5, 6, 7, 10, 10] } else { &[1, 1, 2, 3, 5, 6, 7, 10, 20, 50] };
        let leverage = if spot { 1 } else { dice.one_of(leverages) };
        let capital = dice.one_of(if self.round { &["1000", "10000"] } else { &["100", "1000", "10000", "12345.67"] });
        let fast = dice.between(5, 8);
        set("symbol", "BTCUSDT".to_owned());
        set("timeframe", self.handed_timeframe(dice).to_owned());
        set("fast", fast.to_string());
        set("slow", (2 * dice.between(5, 10)).to_string());
        set("market-type", if spot { "spot" } else { "futures" }.to_owned());
        set("allow-short", (!spot && dice.percent(70)).to_string());
        set("leverage", leverage.to_string());
        set("position-mode", dice.one_of(&["hedge", "oneway"]).to_owned());
        let maintenance: &[&str] = if self.round { &["0", "1"] } else { &["0.1", "0.4", "0.5", "1"] };
        set("maintenance-margin-pct", dice.one_of(maintenance).to_owned());
        set("initial-capital", capital.to_owned());
        set("fill-model", dice.one_of(&["ohlc", "ohlc", "ohlc", "open"]).to_owned());
        set("limit-fill", dice.one_of(&["touch", "touch", "through"]).to_owned());
        let slippages: &[&str] = if self.round { &["0", "0", "0", "1"] } else { &["0", "0", "0.01", "0.03", "0.125", "0.5"] };
        set("slippage-pct", dice.one_of(slippages).to_owned());
        set("warmup-bars", dice.one_of(&[0, 0, 0, 10, 17, 40]).to_string());
        set("taker-fee-pct", dice.one_of(&["0", "0.04", "0.05", "0.055", "0.1"]).to_owned());
        set("maker-fee-pct", dice.one_of(&["0", "0.02", "0.1"]).to_owned());
        set("tick-size", self.decimal(self.tick));
        set("contract-size", "1".to_owned());
        let stop_loss = self.protections(dice, &mut set);
        self.size(dice, &mut set, leverage, capital, stop_loss);
        flags
    }

    /// Mostly that of the data, else a longer one.
    fn handed_timeframe(&self, dice: &mut Dice) -> &'static str {
        let own = TIMEFRAMES.iter().position(|timeframe| timeframe.1 == self.timeframe.1).expect("one of them");
        let longer = if dice.percent(20) { usize::try_from(dice.between(1, 2)).expect("one or two") } else { 0 };
        TIMEFRAMES[(own + longer).min(TIMEFRAMES.len() - 1)].0
    }

    /// Distances of about the size of the bars; says whether there is a stop-loss.
    fn protections(&self, dice: &mut Dice, set: &mut impl FnMut(&str, String)) -> bool {
        // The usual move in hundredths of a percent.
        let usual = (self.step * 10_000 / self.start).max(2);
        let distance = |dice: &mut Dice| {
            let tiny = dice.percent(12);
            if tiny {
                "0.01".to_owned()
            } else if self.round {
                dice.one_of(&["1", "5", "10", "10", "20"]).to_owned()
            } else {
                format!("{}e-2", dice.between(usual / 2 + 1, usual * 5))
            }
        };
        let mut set = |dice: &mut Dice, key: &str| {
            let value = exact(&distance(dice)).and_then(|value| plain(&value)).expect("a decimal");
            set(key, value);
        };
        let stop_loss = dice.percent(60);
        if stop_loss {
            set(dice, "stop-loss-pct");
        }
        if dice.percent(50) {
            set(dice, "take-profit-pct");
        }
        if dice.percent(45) {
            set(dice, "trailing-stop-pct");
            if dice.percent(50) {
                set(dice, "trailing-activation-pct");
            }
        }
        if dice.percent(35) {
            set(dice, "breakeven-pct");
        }
        stop_loss
    }

    /// Sizes from a twentieth of the capital to more than it can pay, and lots from fine to coarse.
    fn size(&self, dice: &mut Dice, set: &mut impl FnMut(&str, String), leverage: i64, capital: &str, stop_loss: bool) {
        let capital = exact(capital).expect("a decimal");
        let start = exact(&self.decimal(self.start)).expect("a decimal");
        // Often so near to all of it that only the fill decides.
        let percent = if dice.percent(50) { dice.between(96, 100) } else { dice.between(5, 105) };
        let share = Exact::new((percent * leverage).into(), 100.into());
        let quote = &capital * share;
        let base = &quote / start;
        // The largest power of ten that the size holds, and up to five powers below it.
        let mut power = 12;
        while exact(&format!("1e{power}")).expect("a decimal") > base {
            power -= 1;
        }
        let finer = dice.between(0, 5).min(power + 8).max(0);
        let lot = exact(&format!("1e{}", power - finer)).expect("a decimal");
        let cut = |value: &Exact, step: &Exact| plain(&((value / step).floor() * step)).expect("a decimal");
        let cent = exact("0.01").expect("a decimal");
        set("lot-size", plain(&lot).expect("a decimal"));
        match dice.between(1, 4) {
            1 => {
                set("size-type", "fixed_base".to_owned());
                set("size-value", cut(&base, &lot));
            }
            2 => {
                set("size-type", "fixed_quote".to_owned());
                set("size-value", cut(&quote, &cent));
            }
            3 if stop_loss => {
                set("size-type", "risk_based".to_owned());
                set("size-value", dice.one_of(&["0.25", "1", "1.5", "3"]).to_owned());
            }
            _ => {
                set("size-type", "percent_equity".to_owned());
                set("size-value", dice.one_of(&["5", "33.3", "75", "99", "100", "100"]).to_owned());
            }
        }
        let least = if dice.percent(10) { cut(&quote, &cent) } else { dice.one_of(&["0.01", "1", "5"]).to_owned() };
        set("min-notional", least);
    }
}

#[derive(Debug)]
struct Bar {
    open: i64,
    high: i64,
    low: i64,
    close: i64,
}

impl Bar {
    fn flat(price: i64) -> Self {
        Self { open: price, high: price, low: price, close: price }
    }
}

fn time_text(seconds: i64, clock: &str) -> String {
    match clock {
        "s" => seconds.to_string(),
        "ms" => format!("{seconds}000"),
        "us" => format!("{seconds}000000"),
        "ns" => format!("{seconds}000000000"),
        _ => rfc3339(seconds * 1_000_000_000),
    }
}
