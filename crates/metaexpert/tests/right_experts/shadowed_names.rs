//! The user's names are the user's: nothing of the expansion meets them.
#![forbid(unsafe_code)]
#![allow(dead_code, unreachable_pub, non_camel_case_types, non_upper_case_globals)]

mod shadows {
    pub struct Result;
    pub struct Option;
    pub struct Vec;
    pub struct String;
    pub struct Default;
    pub struct Expert;
    pub struct Param;
    pub struct Call;
    #[allow(non_snake_case)]
    pub fn Some() {}
    #[allow(non_snake_case)]
    pub fn Ok() {}
}

mod expert {
    use metaexpert::prelude::{Bar, Context, Inputs, on_bar, on_init, on_timer};

    use super::shadows::*;

    const event: &str = "4h";
    const call: f64 = 2.0;
    const input: usize = 3;

    #[derive(Inputs)]
    struct reader {
        #[input(default = input, min = 1)]
        r#type: usize,
    }

    #[on_init]
    fn call_init(_: &reader) -> Vec {
        Vec
    }

    #[on_bar(timeframe = event)]
    fn r#fn(param_0: &mut Vec, param_1: &mut Context, _: &Bar) {
        let _ = (param_0, param_1);
    }

    #[on_timer(interval = call)]
    fn take() {}
}
