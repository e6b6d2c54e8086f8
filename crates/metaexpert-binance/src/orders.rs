//! Orders: what Binance is asked to do, and what it answers, by REST and by the WebSocket API.
//!
//! The one decision: there is one way from an order of the engine to a request, [`plan`], and it either says exactly what was
//! asked for or refuses. Nothing is left out in silence, and nothing is sent that Binance's documentation says it would refuse.
//!
//! When to send, and what a lost answer means for the engine, is not decided here: [`endpoints`] says what may be sent twice, and
//! a [`Failure`](metaexpert_connect::Failure) says whether something may have happened.

mod calls; // each call as a function
pub mod endpoints; // what each call costs and what a lost answer means
mod ids; // names of orders
mod plan; // from an order of the engine to a request   <- read first
mod refusal; // what is refused on this side
mod replies; // what Binance answers
mod requests; // orders as each product wants them
mod responses; // which reply is read by what
mod words; // Binance's words, as they are sent
pub mod ws_api; // the same over a socket

pub use calls::{
    Desk, ListRequest, Page, Replacement, Reports, Targets, Via, WhenCancelFails, amend_batch_of_futures, amend_future,
    amend_spot, amendments, cancel, cancel_algo, cancel_all, cancel_all_algo, cancel_all_of_underlying, cancel_batch,
    cancel_list, countdown, exercises, forced, history, history_algo, history_lists, open, open_algo, open_lists, place,
    place_batch_of_futures, place_batch_of_options, place_list, query, query_algo, query_list, query_open, replace_spot, test,
    whole_history,
};
pub(crate) use ids::COMMENT;
pub use ids::{ClientId, Target};
pub use plan::{AccountModes, OrderRequest, plan, plan_pair};
pub use refusal::Refusal;
pub use requests::{
    AlgoKind, AlgoOrder, AlgoSize, Amount, Answer, FuturesAmendment, FuturesKind, FuturesOrder, FuturesPrice, FuturesProduct,
    FuturesTimeInForce, Leg, MOST_ALGO_ORDERS, MarginOrder, Oco, OptionOrder, OptionTimeInForce, Peg, Pending, PendingOco,
    PriceMatch, ProfitLeg, SideEffect, SpotKind, SpotList, SpotOrder, SpotPrice, SpotSelfTrade, SpotTimeInForce, SpotTrigger,
    StopLeg, Working, WorkingPrice,
};
pub use responses::RESPONSES;
