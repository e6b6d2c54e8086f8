//! A child module that joins its parent's expert and handles what the parent handles: rustc cannot see it, so the start does.

use metaexpert::core::expert::experts;

mod parent {
    use metaexpert::prelude::*;

    #[on_init]
    fn init() {}

    #[on_bar(timeframe = "4h", symbol = "BTC/USDT")]
    fn bar() {}

    mod child {
        use super::*;

        #[on_bar(symbol = "BTCUSDT", timeframe = "4h")]
        fn bar() {}

        #[on_bar(symbol = "BTCUSDT")]
        fn another() {}
    }
}

#[test]
fn two_handlers_of_a_kind_in_one_expert_are_refused_with_both_places() {
    assert_eq!(
        experts().unwrap_err().to_string(),
        "expert `parent` has two handlers `#[on_bar] of BTCUSDT at 4h`: duplicate_across_modules::parent line 11 and \
         duplicate_across_modules::parent::child line 17; an expert has one of each"
    );
}
