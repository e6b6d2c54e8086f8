//! What the attributes' expansions name, and nobody else: no part of the public interface, changed without notice.

pub use std::{column, default::Default, line, module_path, option::Option::Some};

pub use metaexpert_core::{
    __attribute_value,
    config::OnInit,
    expert::{
        Expert, Inputs,
        answer::{Answer, Criterion, Made, Returned},
        event::{
            OnAccount, OnBacktest, OnBacktestDeinit, OnBacktestInit, OnBacktestPass, OnBar, OnBook, OnDeinit, OnError, OnFunding,
            OnOrder, OnPosition, OnPublicTrade, OnTick, OnTimer, OnTrade, OnTransaction,
        },
        inputs::{Input, InputReader},
        param::{Call, Param, gone, once},
        registry::{HandlerOf, Registration, submit},
        saved::{Inside, Kept, Opaque, Snapshot, Within},
    },
};
