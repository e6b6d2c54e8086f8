//! Each indicator straight from its definition: over the whole series, slowly, and in another form than the code under test
//! wherever there is one. A value is `None` until it is what the definition says.

use crate::series::Prices;

type Values = Vec<Option<f64>>;

/// The weighted sum that the recurrence comes to: `alpha (1 - alpha)^k` for the value k bars ago, and what is left of one for
/// the first.
fn weighted(x: &[f64], n: usize) -> Vec<f64> {
    let keep = 1.0 - 2.0 / (n as f64 + 1.0);
    let mut weights = vec![1.0];
    let average = |t: usize| {
        weights.push(weights[t] * keep);
        let newer: f64 = (0..t).map(|k| (1.0 - keep) * weights[k] * x[t - k]).sum();
        newer + weights[t] * x[0]
    };
    (0..x.len()).map(average).collect()
}

/// What the bars before number `bar` say is not yet it.
fn from_bar(bar: usize, values: Vec<f64>) -> Values {
    values.into_iter().enumerate().map(|(index, value)| (index + 1 >= bar).then_some(value)).collect()
}

pub(crate) fn ema(x: &[f64], n: usize) -> Values {
    from_bar(n, weighted(x, n))
}

pub(crate) fn macd(x: &[f64], fast: usize, slow: usize, signal: usize) -> [Values; 2] {
    let macd: Vec<f64> = weighted(x, fast).iter().zip(weighted(x, slow)).map(|(fast, slow)| fast - slow).collect();
    let ready = slow + signal - 1;
    [from_bar(ready, macd.clone()), from_bar(ready, weighted(&macd, signal))]
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// `of` the last n values, where there are n.
fn over<T, V>(x: &[T], n: usize, of: impl Fn(&[T]) -> V) -> Vec<Option<V>> {
    (0..x.len()).map(|t| (t + 1 >= n).then(|| of(&x[t + 1 - n..=t]))).collect()
}

pub(crate) fn sma(x: &[f64], n: usize) -> Values {
    over(x, n, mean)
}

pub(crate) fn bollinger(x: &[f64], n: usize, width: f64) -> [Values; 3] {
    let band = |width: f64| {
        over(x, n, |x| {
            let middle = mean(x);
            let variance = x.iter().map(|x| (x - middle).powi(2)).sum::<f64>() / n as f64;
            middle + width * variance.sqrt()
        })
    };
    [band(-width), band(0.0), band(width)]
}

/// Wilder's smoothing: the mean of the first n values, then `previous + (value - previous) / n`.
fn wilder(x: &[f64], n: usize) -> Values {
    let mut smoothed: Values = vec![None; x.len()];
    for t in n - 1..x.len() {
        smoothed[t] = Some(match t.checked_sub(1).and_then(|before| smoothed[before]) {
            None => mean(&x[..n]),
            Some(previous) => previous + (x[t] - previous) / n as f64,
        });
    }
    smoothed
}

/// A series that begins with the second bar.
fn late(values: Values) -> Values {
    std::iter::once(None).chain(values).collect()
}

pub(crate) fn rsi(x: &[f64], n: usize) -> Values {
    let changes: Vec<f64> = x.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let of_sign = |sign: f64| {
        let moves: Vec<f64> = changes.iter().map(|change| if change * sign > 0.0 { change.abs() } else { 0.0 }).collect();
        wilder(&moves, n)
    };
    let index = |(gain, loss): (Option<f64>, Option<f64>)| Some(100.0 - 100.0 / (1.0 + gain? / loss?));
    let values: Values = of_sign(1.0).into_iter().zip(of_sign(-1.0)).map(index).collect();
    // Of n changes that are all zero the definition says nothing; 50 is ours.
    late(values.into_iter().map(|value| value.map(|value| if value.is_nan() { 50.0 } else { value })).collect())
}

fn true_ranges(bars: &[Prices]) -> Vec<f64> {
    let range = |pair: &[Prices]| {
        let (before, now) = (pair[0].close, pair[1]);
        (now.high - now.low).max((now.high - before).abs()).max((now.low - before).abs())
    };
    bars.windows(2).map(range).collect()
}

pub(crate) fn atr(bars: &[Prices], n: usize) -> Values {
    late(wilder(&true_ranges(bars), n))
}

pub(crate) fn stochastic(bars: &[Prices], length: usize, k: usize, d: usize) -> [Values; 2] {
    let raw = over(bars, length, |bars| {
        let highest = bars.iter().map(|bar| bar.high).fold(f64::MIN, f64::max);
        let lowest = bars.iter().map(|bar| bar.low).fold(f64::MAX, f64::min);
        100.0 * (bars[length - 1].close - lowest) / (highest - lowest)
    });
    let average = |x: &[Option<f64>], n: usize| -> Values {
        let whole = |x: &[Option<f64>]| x.iter().copied().collect::<Option<Vec<f64>>>().map(|x| mean(&x));
        over(x, n, whole).into_iter().map(Option::flatten).collect()
    };
    let k = average(&raw, k);
    let d = average(&k, d);
    // Ready means both lines.
    [k.iter().zip(&d).map(|(k, d)| d.and(*k)).collect(), d]
}

pub(crate) fn adx(bars: &[Prices], n: usize) -> [Values; 3] {
    let (mut plus, mut minus) = (Vec::new(), Vec::new());
    for pair in bars.windows(2) {
        let (up, down) = (pair[1].high - pair[0].high, pair[0].low - pair[1].low);
        plus.push(if up > 0.0 && up > down { up } else { 0.0 });
        minus.push(if down > 0.0 && down > up { down } else { 0.0 });
    }
    let indicator = |moves: &[f64]| -> Vec<f64> {
        let ranges = wilder(&true_ranges(bars), n);
        wilder(moves, n).into_iter().zip(ranges).filter_map(|(moves, range)| Some(100.0 * moves? / range?)).collect()
    };
    let (plus, minus) = (indicator(&plus), indicator(&minus));
    let index =
        |(plus, minus): (&f64, &f64)| if plus + minus > 0.0 { 100.0 * (plus - minus).abs() / (plus + minus) } else { 0.0 };
    let dx: Vec<f64> = plus.iter().zip(&minus).map(index).collect();
    let placed = |values: Values| vec![None; n].into_iter().chain(values).collect::<Values>();
    let smoothed = wilder(&dx, n);
    let ready = |values: Vec<f64>| values.into_iter().zip(&smoothed).map(|(value, ready)| ready.map(|_| value)).collect();
    [placed(smoothed.clone()), placed(ready(plus)), placed(ready(minus))]
}

/// Both directions written out, unlike the code under test.
pub(crate) fn parabolic_sar(bars: &[Prices], step: f64, max: f64) -> Values {
    let (first, second) = (bars[0], bars[1]);
    let fell = (first.low - second.low).max(0.0);
    let mut rising = fell <= (second.high - first.high).max(0.0);
    let (mut sar, mut extreme) = if rising { (first.low, second.high) } else { (first.high, second.low) };
    let mut speed = step;
    let mut values = vec![None];
    for t in 1..bars.len() {
        let now = bars[t];
        let before = if t == 1 { now } else { bars[t - 1] };
        let (highest, lowest) = (now.high.max(before.high), now.low.min(before.low));
        if rising && now.low <= sar || !rising && now.high >= sar {
            rising = !rising;
            sar = if rising { extreme.min(lowest) } else { extreme.max(highest) };
            extreme = if rising { now.high } else { now.low };
            speed = step;
        } else if rising && now.high > extreme || !rising && now.low < extreme {
            extreme = if rising { now.high } else { now.low };
            speed = f64::min(max, speed + step);
        }
        values.push(Some(sar));
        sar += speed * (extreme - sar);
        sar = if rising { sar.min(lowest) } else { sar.max(highest) };
    }
    values
}
