//! What each of Binance's error codes means.
//!
//! The one decision: a code is looked up in its product's own table first, because Binance gives one number to several things,
//! then in the shared one, and what no table has falls into the default of its range, none of which is ever sent again.
//!
//! What to do about a meaning is not decided here, but by `metaexpert_connect::Meaning::recourse`.

mod coinm;
mod futures;
mod margin;
mod messages; // where one code stands for many things
mod options;
mod shared; // what all products share   <- read first
mod spot;
mod usdm;
mod wallet;

use metaexpert_connect::Meaning;

use crate::Product;

/// A code, Binance's name of it, and what it means here. Tables go from -1000 down.
type Row = (i64, &'static str, Meaning);

/// What a code of a product means here.
///
/// ```
/// use metaexpert_binance::{Product, errors};
/// use metaexpert_connect::Meaning;
/// assert_eq!(errors::meaning(Product::UsdM, -4116), Meaning::DuplicateClientId);
/// ```
pub fn meaning(product: Product, code: i64) -> Meaning {
    row(product, code).map_or_else(|| by_range(code), |(_, _, meaning)| *meaning)
}

/// What a refusal means, by its code and, where one code stands for many things, by its words.
///
/// ```
/// use metaexpert_binance::{Product, errors};
/// use metaexpert_connect::Meaning;
/// use metaexpert_core::Rejection;
/// let meaning = errors::meaning_of(Product::Spot, -1013, "Filter failure: LOT_SIZE");
/// assert_eq!(meaning, Meaning::Rejected(Rejection::LotFilter));
/// ```
pub fn meaning_of(product: Product, code: i64, message: &str) -> Meaning {
    let words = match product {
        Product::Spot | Product::Margin => messages::meaning(code, message),
        Product::UsdM | Product::CoinM | Product::Options => None,
    };
    words.unwrap_or_else(|| meaning(product, code))
}

/// Binance's name of a code: `BAD_SYMBOL`; `None` for one that no document of the product has.
pub fn name(product: Product, code: i64) -> Option<&'static str> {
    row(product, code).map(|(_, name, _)| *name)
}

fn row(product: Product, code: i64) -> Option<&'static Row> {
    tables(product).iter().find_map(|table| table.iter().find(|(known, ..)| *known == code))
}

/// The tables of a product, in the order in which they are asked. The spot host answers for wallet and margin too.
const fn tables(product: Product) -> &'static [&'static [Row]] {
    match product {
        Product::Spot => &[spot::ROWS, shared::ROWS, margin::ROWS, wallet::ROWS],
        Product::Margin => &[margin::ROWS, wallet::ROWS, shared::ROWS, spot::ROWS],
        Product::UsdM => &[usdm::ROWS, futures::ROWS, shared::ROWS],
        Product::CoinM => &[coinm::ROWS, futures::ROWS, shared::ROWS, usdm::ROWS],
        Product::Options => &[options::ROWS, shared::ROWS, futures::ROWS],
    }
}

/// What a code that no table has means, by the headings of the documents: 10xx server or network, 11xx request, 20xx processing,
/// 4xxx filters and 5xxx execution of derivatives, 9xxx filters of spot. Of trouble at the server nobody knows what was done.
const fn by_range(code: i64) -> Meaning {
    match code {
        -1099..=-1000 => Meaning::Unknown,
        -1999..=-1100 => Meaning::BadRequest,
        -6999..=-2000 | -9999..=-9000 => Meaning::Forbidden,
        _ => Meaning::Other,
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_connect::Recourse;
    use metaexpert_core::Rejection;

    use super::*;

    const ALL: [(&str, &[Row]); 8] = [
        ("shared", shared::ROWS),
        ("spot", spot::ROWS),
        ("margin", margin::ROWS),
        ("wallet", wallet::ROWS),
        ("futures", futures::ROWS),
        ("usdm", usdm::ROWS),
        ("coinm", coinm::ROWS),
        ("options", options::ROWS),
    ];

    #[test]
    fn tables_go_down_and_have_no_code_twice() {
        for (table, rows) in ALL {
            for pair in rows.windows(2) {
                assert!(pair[0].0 > pair[1].0, "{table}: {} stands before {}", pair[0].0, pair[1].0);
            }
            assert!(rows.iter().all(|(code, name, _)| *code <= -1000 && !name.is_empty()), "{table}");
        }
    }

    #[test]
    fn no_code_that_no_table_has_is_sent_again() {
        for product in Product::ALL {
            for code in (-60_000..=1_000).filter(|code| row(product, *code).is_none()) {
                let recourse = meaning(product, code).recourse();
                assert!(matches!(recourse, Recourse::GiveUp | Recourse::Query), "{product} {code}: {recourse:?}");
                assert!(!meaning(product, code).is_fatal(), "{product} {code}");
            }
        }
    }

    #[test]
    fn one_number_means_another_thing_on_another_product() {
        let meanings = |code| Product::ALL.map(|product| meaning(product, code));
        let (bad, funds) = (Meaning::BadRequest, Meaning::Rejected(Rejection::Funds));
        // Spot, margin, USD-M, COIN-M, options.
        let leverage = Meaning::Rejected(Rejection::Leverage);
        assert_eq!(meanings(-2027)[2..], [leverage, leverage, funds]);
        assert_eq!(meanings(-2018)[1..], [bad, funds, funds, funds]);
        assert_eq!(meanings(-2021)[..2], [Meaning::Unknown; 2]);
        assert_eq!(meanings(-2021)[2..4], [Meaning::Rejected(Rejection::WouldTrigger); 2]);
        assert_eq!(meanings(-2022)[0], Meaning::Forbidden);
        assert_eq!(meanings(-2022)[2], Meaning::Rejected(Rejection::NothingToClose));
        assert_eq!(
            meanings(-1001),
            [Meaning::Unknown, Meaning::Unknown, Meaning::Unavailable, Meaning::Unavailable, Meaning::Unavailable]
        );
        assert_eq!(meanings(-4087)[2..4], [Meaning::Forbidden, Meaning::NotTrading]);
    }

    #[test]
    fn every_meaning_is_reached() {
        use Meaning::*;
        let all = [
            ClockSkew,
            BadSignature,
            BadKey,
            NotPermitted,
            RateLimited,
            TooManyOrders,
            Unavailable,
            Unknown,
            DuplicateClientId,
            UnknownOrder,
            Unchanged,
            CredentialExpired,
            NotTrading,
            WrongEndpoint,
            BadRequest,
            Forbidden,
            Other,
        ];
        for meaning in all {
            let reached = ALL.iter().any(|(_, rows)| rows.iter().any(|(_, _, known)| *known == meaning));
            assert!(reached, "{meaning:?}");
        }
    }

    #[test]
    fn words_say_what_a_code_does_not() {
        let rejected = Meaning::Rejected;
        let rows = [
            (-1013, "Filter failure: LOT_SIZE", rejected(Rejection::LotFilter)),
            (-1013, "Filter failure: NOTIONAL", rejected(Rejection::MinNotional)),
            (-1013, "Filter failure: PERCENT_PRICE_BY_SIDE", rejected(Rejection::PriceFilter)),
            (-1013, "Filter failure: MAX_NUM_ORDERS", Meaning::Forbidden),
            (-1013, "Filter failure: OF_TOMORROW", Meaning::BadRequest),
            (-2010, "Account has insufficient balance for requested action.", rejected(Rejection::Funds)),
            (-2010, "Stop price would trigger immediately.", rejected(Rejection::WouldTrigger)),
            (-2010, "Order would immediately match and take.", rejected(Rejection::WouldTake)),
            (-2010, "Duplicate order sent.", Meaning::DuplicateClientId),
            (-2010, "Market is closed.", Meaning::NotTrading),
            (-2010, "Quote order qty market orders are not support for this symbol.", Meaning::Forbidden),
            (-2010, "Order book liquidity is less than `LOT_SIZE` filter minimum quantity.", rejected(Rejection::NoLiquidity)),
            (-2010, "Words of tomorrow.", Meaning::Forbidden),
            (-2011, "Unknown order sent.", Meaning::UnknownOrder),
            (-2011, "Order was not canceled due to cancel restrictions.", Meaning::Forbidden),
            (-2038, "The requested action would change no state; rejecting.", Meaning::Unchanged),
            (-1121, "Market is closed.", Meaning::NotTrading),
            (-1100, "Unknown order sent.", Meaning::BadRequest),
        ];
        for (code, message, expected) in rows {
            assert_eq!(meaning_of(Product::Spot, code, message), expected, "{code} {message}");
            assert_eq!(meaning_of(Product::Margin, code, message), expected, "{code} {message}");
        }
        // Derivatives have codes for it, and their words are not read.
        assert_eq!(meaning_of(Product::UsdM, -2010, "Duplicate order sent."), Meaning::Forbidden);
    }
}
