//! What `#[on_init]` may return, and what the handlers then take.
#![deny(warnings)]

mod in_a_result {
    use metaexpert::prelude::*;

    struct State;

    #[on_init]
    fn init() -> Result<State> {
        Ok(State)
    }

    #[on_bar]
    fn bar(_: &mut State) {}
}

mod bare {
    use metaexpert::prelude::*;

    struct State;

    #[on_init]
    fn init() -> State {
        State
    }

    #[on_bar]
    fn bar(_: &State) {}
}

mod with_an_error_of_ones_own {
    use metaexpert::prelude::*;

    struct Oops;

    impl From<Oops> for Error {
        fn from(_: Oops) -> Self {
            Self::from("oops")
        }
    }

    #[on_init]
    fn init() -> Result<(usize, f64), Oops> {
        Err(Oops)
    }

    #[on_bar]
    fn bar(state: &mut (usize, f64)) -> Result<(), Oops> {
        if state.0 > 0 { Err(Oops) } else { Ok(()) }
    }
}

mod none {
    use metaexpert::prelude::*;

    #[on_init]
    fn init() {}

    #[on_bar]
    fn bar(_: &Bar) {}
}

mod a_failure_without_state {
    use metaexpert::prelude::*;

    #[on_init]
    fn init() -> Result<()> {
        Ok(())
    }

    #[on_bar]
    fn bar(_: &Bar) {}
}
