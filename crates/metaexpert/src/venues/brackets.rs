//! Leverage and maintenance margin of the majors by the value of a position.
//!
//! Source: Binance USD-M `GET /fapi/v1/leverageBracket` ("Notional and Leverage Brackets"), regular user, as of 2024-10; the exchange
//! changes them now and then. `--maintenance-margin-pct` goes before this table. The deduction (`cum` there) follows from the
//! rest: it is what keeps the maintenance margin from jumping where a bracket begins.

use std::sync::Arc;

use metaexpert_core::{Bracket, Percent, Symbol};
use rust_decimal::{Decimal, dec};

/// Up to which value, most leverage, maintenance margin in percent.
type Row = (Decimal, u32, Decimal);

const BRACKETS: &[(&str, &[Row])] = &[
    (
        "BTCUSDT",
        &[
            (dec!(50_000), 125, dec!(0.4)),
            (dec!(600_000), 100, dec!(0.5)),
            (dec!(3_000_000), 75, dec!(0.65)),
            (dec!(12_000_000), 50, dec!(1)),
            (dec!(70_000_000), 25, dec!(2)),
            (dec!(100_000_000), 20, dec!(2.5)),
            (dec!(230_000_000), 10, dec!(5)),
            (dec!(480_000_000), 5, dec!(10)),
            (dec!(600_000_000), 4, dec!(12.5)),
            (dec!(800_000_000), 3, dec!(15)),
            (dec!(1_200_000_000), 2, dec!(25)),
            (dec!(1_800_000_000), 1, dec!(50)),
        ],
    ),
    (
        "ETHUSDT",
        &[
            (dec!(50_000), 125, dec!(0.4)),
            (dec!(600_000), 100, dec!(0.5)),
            (dec!(3_000_000), 75, dec!(0.65)),
            (dec!(12_000_000), 50, dec!(1)),
            (dec!(50_000_000), 25, dec!(2)),
            (dec!(65_000_000), 20, dec!(2.5)),
            (dec!(150_000_000), 10, dec!(5)),
            (dec!(320_000_000), 5, dec!(10)),
            (dec!(400_000_000), 4, dec!(12.5)),
            (dec!(530_000_000), 3, dec!(15)),
            (dec!(800_000_000), 2, dec!(25)),
            (dec!(1_200_000_000), 1, dec!(50)),
        ],
    ),
    (
        "BNBUSDT",
        &[
            (dec!(10_000), 75, dec!(0.5)),
            (dec!(50_000), 50, dec!(0.6)),
            (dec!(200_000), 40, dec!(1)),
            (dec!(1_500_000), 25, dec!(2)),
            (dec!(3_000_000), 20, dec!(2.5)),
            (dec!(15_000_000), 10, dec!(5)),
            (dec!(30_000_000), 5, dec!(10)),
            (dec!(37_500_000), 4, dec!(12.5)),
            (dec!(75_000_000), 2, dec!(25)),
            (dec!(150_000_000), 1, dec!(50)),
        ],
    ),
    (
        "SOLUSDT",
        &[
            (dec!(20_000), 100, dec!(0.5)),
            (dec!(100_000), 75, dec!(0.65)),
            (dec!(800_000), 50, dec!(1)),
            (dec!(4_000_000), 25, dec!(2)),
            (dec!(8_000_000), 20, dec!(2.5)),
            (dec!(40_000_000), 10, dec!(5)),
            (dec!(80_000_000), 5, dec!(10)),
            (dec!(100_000_000), 4, dec!(12.5)),
            (dec!(200_000_000), 2, dec!(25)),
            (dec!(400_000_000), 1, dec!(50)),
        ],
    ),
    (
        "XRPUSDT",
        &[
            (dec!(10_000), 75, dec!(0.5)),
            (dec!(20_000), 50, dec!(0.65)),
            (dec!(160_000), 40, dec!(1)),
            (dec!(800_000), 25, dec!(2)),
            (dec!(1_600_000), 20, dec!(2.5)),
            (dec!(8_000_000), 10, dec!(5)),
            (dec!(16_000_000), 5, dec!(10)),
            (dec!(20_000_000), 4, dec!(12.5)),
            (dec!(40_000_000), 2, dec!(25)),
            (dec!(80_000_000), 1, dec!(50)),
        ],
    ),
];

/// The brackets of a symbol of linear futures, lowest first; none where the table does not have it.
pub(crate) fn brackets_of(symbol: &Symbol) -> Arc<[Bracket]> {
    let rows = BRACKETS.iter().find(|(name, _)| *name == symbol.as_str()).map_or(&[][..], |(_, rows)| *rows);
    let begins = std::iter::once(Decimal::ZERO).chain(rows.iter().map(|(up_to, ..)| *up_to));
    let lower = std::iter::once(Decimal::ZERO).chain(rows.iter().map(|(.., margin)| *margin));
    let mut deduction = Decimal::ZERO;
    let bracket = |((begin, before), &(up_to, max_leverage, margin)): ((Decimal, Decimal), &Row)| {
        deduction += begin * Percent::new(margin - before).fraction();
        Bracket { up_to, max_leverage, maintenance_margin: Percent::new(margin), deduction: deduction.normalize() }
    };
    begins.zip(lower).zip(rows).map(bracket).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deductions_are_those_that_the_exchange_publishes() {
        for (symbol, published) in [
            ("BTCUSDT", [dec!(0), dec!(50), dec!(950), dec!(11450), dec!(131450)].as_slice()),
            ("XRPUSDT", &[dec!(0), dec!(15), dec!(85), dec!(1685), dec!(5685)]),
        ] {
            let brackets = brackets_of(&Symbol::new(symbol).unwrap());
            let deductions: Vec<_> = brackets.iter().take(published.len()).map(|bracket| bracket.deduction).collect();
            assert_eq!(deductions, published, "{symbol}");
        }
        assert!(brackets_of(&Symbol::new("ADAUSDT").unwrap()).is_empty());
    }

    #[test]
    fn a_larger_position_has_less_leverage_and_more_maintenance_margin() {
        for (symbol, rows) in BRACKETS {
            let falls = |(one, other): (&Row, &Row)| one.0 < other.0 && one.1 > other.1 && one.2 < other.2;
            assert!(rows.iter().zip(rows.iter().skip(1)).all(falls), "{symbol}");
        }
    }
}
