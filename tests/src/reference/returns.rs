//! Daily returns and what is computed of them; floating point, as the guide says.
use num_traits::{One, Signed, ToPrimitive};

use super::account::EquityLine;
use super::decimal::Exact;

const DAY: i64 = 86_400 * 1_000_000_000;

/// The returns of all days from the first line's to the last line's; `None` where equity was not above zero
/// before the last day. A line at midnight belongs to the day that ends.
fn daily(initial_capital: &Exact, equity: &[EquityLine]) -> Option<Vec<f64>> {
    let mut returns = Vec::new();
    let mut before = initial_capital.clone();
    let mut lines = equity.iter().peekable();
    let mut day = (lines.peek()?.time - 1).div_euclid(DAY);
    while lines.peek().is_some() {
        let mut end = before.clone();
        while let Some(line) = lines.next_if(|line| (line.time - 1).div_euclid(DAY) == day) {
            end = line.equity.clone();
        }
        if !before.is_positive() {
            return None;
        }
        returns.push((&end / &before - Exact::one()).to_f64()?);
        (before, day) = (end, day + 1);
    }
    Some(returns)
}

/// Sharpe and Sortino ratio of the daily returns, for 365 days a year.
pub(super) fn sharpe_and_sortino(initial_capital: &Exact, equity: &[EquityLine]) -> (Option<f64>, Option<f64>) {
    let Some(returns) = daily(initial_capital, equity).filter(|returns| returns.len() >= 2) else { return (None, None) };
    let count = count(returns.len());
    let mean = returns.iter().sum::<f64>() / count;
    let year = 365_f64.sqrt();
    let varied = returns.windows(2).any(|pair| matches!(pair, [one, other] if one.to_bits() != other.to_bits()));
    let spread = (returns.iter().map(|each| (each - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let fallen = returns.iter().any(|each| *each < 0.0);
    let below = (returns.iter().map(|each| each.min(0.0).powi(2)).sum::<f64>() / count).sqrt();
    (varied.then_some(mean / spread * year), fallen.then_some(mean / below * year))
}

/// Growth in percent a year of 365.25 days; none for less than a day, or where the capital is lost.
pub(super) fn cagr_pct(initial_capital: &Exact, final_equity: &Exact, whole_nanos: i64) -> Option<f64> {
    if whole_nanos < DAY || !final_equity.is_positive() {
        return None;
    }
    let years = Exact::new(whole_nanos.into(), DAY.into()).to_f64()? / 365.25;
    let growth = (final_equity / initial_capital).to_f64()?.powf(1.0 / years);
    Some(100.0 * (growth - 1.0)).filter(|growth| growth.is_finite())
}

/// `sqrt(n) * mean / s` of the net profits; none for fewer than two, or where all are equal.
pub(super) fn sqn(nets: &[Exact]) -> Option<f64> {
    if nets.len() < 2 || nets.iter().all(|net| nets.first() == Some(net)) {
        return None;
    }
    let number = Exact::from_integer(nets.len().into());
    let mean = nets.iter().sum::<Exact>() / &number;
    let variance = nets.iter().map(|net| (net - &mean) * (net - &mean)).sum::<Exact>() / (&number - Exact::one());
    Some(count(nets.len()).sqrt() * mean.to_f64()? / variance.to_f64()?.sqrt())
}

fn count(length: usize) -> f64 {
    length.to_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::super::decimal::exact;
    use super::*;

    fn lines(at_day_ends: &[&str]) -> Vec<EquityLine> {
        let money = |text: &str| exact(text).unwrap();
        let line = |(text, day): (&&str, i64)| EquityLine {
            time: day * DAY,
            equity: money(text),
            balance: money(text),
            drawdown_pct: money("0"),
        };
        at_day_ends.iter().zip(1..).map(line).collect()
    }

    fn four_decimals(value: Option<f64>) -> String {
        value.map_or_else(|| "none".to_owned(), |value| format!("{value:.4}"))
    }

    #[test]
    fn the_guides_example_comes_out() {
        let capital = exact("1000").unwrap();
        let (sharpe, sortino) = sharpe_and_sortino(&capital, &lines(&["1019.5", "1017.5", "1006.5", "1007.5"]));
        assert_eq!([sharpe, sortino].map(four_decimals), ["2.8942", "6.7127"]);
        assert_eq!(four_decimals(cagr_pct(&capital, &exact("1007.5").unwrap(), 4 * DAY)), "97.8400");
        let nets = ["19", "9", "-21.5", "1"].map(|net| exact(net).unwrap());
        assert_eq!(four_decimals(sqn(&nets)), "0.2176");
    }

    #[test]
    fn what_has_no_value_is_none() {
        let capital = exact("1000").unwrap();
        let of = |ends: &[&str]| {
            let (sharpe, sortino) = sharpe_and_sortino(&capital, &lines(ends));
            [sharpe, sortino].map(four_decimals).join(" ")
        };
        assert_eq!(of(&["1001"]), "none none");
        assert_eq!(of(&["1000", "1000"]), "none none");
        assert_eq!(of(&["0", "0"]), "none none");
        assert_eq!(cagr_pct(&capital, &capital, DAY - 1), None);
        assert_eq!(cagr_pct(&capital, &exact("0").unwrap(), DAY), None);
        assert_eq!(sqn(&["3", "3"].map(|net| exact(net).unwrap())), None);
    }

    #[test]
    fn a_day_without_a_line_returns_nothing() {
        let mut lines = lines(&["1010", "1010", "1020"]);
        lines.remove(1);
        assert_eq!(daily(&exact("1000").unwrap(), &lines).unwrap().len(), 3);
    }
}
