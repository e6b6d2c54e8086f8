//! What is the same on all products that have it.
//!
//! A product's own table is asked first.
//!
//! Source: Spot API, "Error Codes" (2026-07); derivatives and margin, "Error Code" (2026-01).

use metaexpert_connect::Meaning::{
    BadKey, BadRequest, BadSignature, ClockSkew, CredentialExpired, Forbidden, NotPermitted, NotTrading, Other, RateLimited,
    Rejected, TooManyOrders, Unavailable, Unknown, UnknownOrder,
};
use metaexpert_core::Rejection::NoLiquidity;

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (-1000, "UNKNOWN", Unknown),
    (-1001, "DISCONNECTED", Unknown),
    (-1002, "UNAUTHORIZED", NotPermitted),
    (-1003, "TOO_MANY_REQUESTS", RateLimited),
    (-1006, "UNEXPECTED_RESP", Unknown),
    (-1007, "TIMEOUT", Unknown),
    (-1008, "SERVER_BUSY", Unavailable),
    (-1013, "INVALID_MESSAGE", BadRequest),
    (-1014, "UNKNOWN_ORDER_COMPOSITION", BadRequest),
    (-1015, "TOO_MANY_ORDERS", TooManyOrders),
    (-1016, "SERVICE_SHUTTING_DOWN", Unavailable),
    (-1020, "UNSUPPORTED_OPERATION", Forbidden),
    (-1021, "INVALID_TIMESTAMP", ClockSkew),
    (-1022, "INVALID_SIGNATURE", BadSignature),
    (-1100, "ILLEGAL_CHARS", BadRequest),
    (-1101, "TOO_MANY_PARAMETERS", BadRequest),
    (-1102, "MANDATORY_PARAM_EMPTY_OR_MALFORMED", BadRequest),
    (-1103, "UNKNOWN_PARAM", BadRequest),
    (-1104, "UNREAD_PARAMETERS", BadRequest),
    (-1105, "PARAM_EMPTY", BadRequest),
    (-1106, "PARAM_NOT_REQUIRED", BadRequest),
    (-1111, "BAD_PRECISION", BadRequest),
    (-1112, "NO_DEPTH", Rejected(NoLiquidity)),
    (-1114, "TIF_NOT_REQUIRED", BadRequest),
    (-1115, "INVALID_TIF", BadRequest),
    (-1116, "INVALID_ORDER_TYPE", BadRequest),
    (-1117, "INVALID_SIDE", BadRequest),
    (-1118, "EMPTY_NEW_CL_ORD_ID", BadRequest),
    (-1119, "EMPTY_ORG_CL_ORD_ID", BadRequest),
    (-1120, "BAD_INTERVAL", BadRequest),
    (-1121, "BAD_SYMBOL", NotTrading),
    (-1125, "INVALID_LISTEN_KEY", CredentialExpired),
    (-1127, "MORE_THAN_XX_HOURS", BadRequest),
    (-1128, "OPTIONAL_PARAMS_BAD_COMBO", BadRequest),
    (-1130, "INVALID_PARAMETER", BadRequest),
    (-1131, "BAD_RECV_WINDOW", BadRequest),
    (-1134, "BAD_STRATEGY_TYPE", BadRequest),
    (-1145, "INVALID_CANCEL_RESTRICTIONS", BadRequest),
    (-1151, "DUPLICATE_SYMBOLS", BadRequest),
    (-2010, "NEW_ORDER_REJECTED", Forbidden),
    (-2011, "CANCEL_REJECTED", UnknownOrder),
    (-2013, "NO_SUCH_ORDER", UnknownOrder),
    (-2014, "BAD_API_KEY_FMT", BadKey),
    (-2015, "REJECTED_MBX_KEY", BadKey),
    (-2016, "NO_TRADING_WINDOW", NotTrading),
    (-2021, "ORDER_CANCEL_REPLACE_PARTIALLY_FAILED", Unknown),
    (-2026, "ORDER_ARCHIVED", UnknownOrder),
    (-3029, "TRANSFER_FAILED", Other),
];
