//! Which expert a handler belongs to is which `on_init` its module sees.
#![deny(warnings)]

use metaexpert::prelude::*;

struct Root;

#[on_init]
fn init() -> Root {
    Root
}

mod joins {
    use super::*;

    #[on_tick]
    fn tick(_: &mut Root) {}

    mod deeper {
        use super::*;

        #[on_order]
        fn order(_: &Root) {}
    }
}

mod joins_with_a_prelude_of_its_own {
    use metaexpert::prelude::*;

    use super::*;

    #[on_trade]
    fn trade(_: &mut Root) {}
}

mod has_its_own {
    use super::*;

    struct Own;

    #[on_init]
    fn init() -> Own {
        Own
    }

    #[on_tick]
    fn tick(_: &mut Own) {}
}
