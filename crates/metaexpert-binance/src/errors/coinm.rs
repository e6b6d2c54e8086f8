//! What only COIN-M has, or has under another number than USD-M.
//!
//! Since 2026-06-30 COIN-M answers with codes of USD-M too: both tables are asked.
//!
//! Source: COIN-M, "Error Code" (2026-01).

use metaexpert_connect::Meaning::{BadRequest, ClockSkew, DuplicateClientId, Forbidden, NotTrading, Rejected, Unchanged};
use metaexpert_core::Rejection::{BadAmendment, Funds, MinNotional, PriceFilter};

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (-4087, "INVALID_PAIR", NotTrading),
    (-4088, "INVALID_TIME_INTERVAL", BadRequest),
    (-4089, "REDUCE_ONLY_ORDER_PERMISSION", Forbidden),
    (-4090, "NO_PLACE_ORDER_PERMISSION", Forbidden),
    (-4110, "INVALID_CLIENT_TRAN_ID_LEN", BadRequest),
    (-4111, "DUPLICATED_CLIENT_TRAN_ID", DuplicateClientId),
    (-4112, "REDUCE_ONLY_MARGIN_CHECK_FAILED", Rejected(Funds)),
    (-4113, "MARKET_ORDER_REJECT", Rejected(PriceFilter)),
    (-4150, "ISOLATED_LEVERAGE_REJECT_WITH_POSITION", Forbidden),
    (-4151, "PRICE_HIGHTER_THAN_STOP_MULTIPLIER_UP", Rejected(PriceFilter)),
    (-4152, "PRICE_LOWER_THAN_STOP_MULTIPLIER_DOWN", Rejected(PriceFilter)),
    (-4154, "STOP_PRICE_HIGHER_THAN_PRICE_MULTIPLIER_LIMIT", Rejected(PriceFilter)),
    (-4155, "STOP_PRICE_LOWER_THAN_PRICE_MULTIPLIER_LIMIT", Rejected(PriceFilter)),
    (-4178, "MIN_NOTIONAL", Rejected(MinNotional)),
    (-4188, "ME_INVALID_TIMESTAMP", ClockSkew),
    (-4194, "ADJUST_LEVERAGE_KYC_FAILED", Forbidden),
    (-4195, "ADJUST_LEVERAGE_ONE_MONTH_FAILED", Forbidden),
    (-4196, "LIMIT_ORDER_ONLY", Rejected(BadAmendment)),
    (-4197, "SAME_ORDER", Unchanged),
    (-4198, "EXCEED_MAX_MODIFY_ORDER_LIMIT", Forbidden),
    (-4199, "MOVE_ORDER_NOT_ALLOWED_SYMBOL_REASON", NotTrading),
    (-4200, "ADJUST_LEVERAGE_X_DAYS_FAILED", Forbidden),
    (-4201, "ADJUST_LEVERAGE_KYC_LIMIT", Forbidden),
    (-4202, "ADJUST_LEVERAGE_ACCOUNT_SYMBOL_FAILED", Forbidden),
];
