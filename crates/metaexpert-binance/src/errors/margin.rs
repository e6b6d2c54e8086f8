//! What only margin has: loans, transfers, and codes that mean another thing than elsewhere.
//!
//! What is said of orders is what spot says.
//!
//! Source: Margin, "Error Code" (2026-01).

use metaexpert_connect::Meaning::{
    BadRequest, CredentialExpired, Forbidden, NotPermitted, NotTrading, Other, Rejected, Unavailable, Unknown,
};
use metaexpert_core::Rejection::{Funds, PriceFilter};

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (-1004, "SERVER_BUSY", Unavailable),
    (-1109, "AT_LEAST_ONE_PARAM", BadRequest),
    (-1110, "OTO_BOTH_OCO", BadRequest),
    (-1122, "OTO_AT_LEAST_NOE_OCO", BadRequest),
    (-1123, "ICEBERG_QTY_EXCEEDS_QTY", BadRequest),
    (-1124, "ICEBERG_WITHOUT_GTC", BadRequest),
    (-2017, "OTO_QUANTITY_NOT_SAME", BadRequest),
    (-2018, "OTO_PENDING_SIDE_ERROR", BadRequest),
    (-3000, "INNER_FAILURE", Unknown),
    (-3001, "NEED_ENABLE_2FA", NotPermitted),
    (-3002, "ASSET_DEFICIENCY", Rejected(Funds)),
    (-3003, "NO_OPENED_MARGIN_ACCOUNT", Forbidden),
    (-3004, "TRADE_NOT_ALLOWED", Forbidden),
    (-3005, "TRANSFER_OUT_NOT_ALLOWED", Forbidden),
    (-3006, "EXCEED_MAX_BORROWABLE", Forbidden),
    (-3007, "HAS_PENDING_TRANSACTION", Unavailable),
    (-3008, "BORROW_NOT_ALLOWED", Forbidden),
    (-3009, "ASSET_NOT_MORTGAGEABLE", Forbidden),
    (-3010, "REPAY_NOT_ALLOWED", Forbidden),
    (-3011, "BAD_DATE_RANGE", BadRequest),
    (-3012, "ASSET_ADMIN_BAN_BORROW", Forbidden),
    (-3013, "LT_MIN_BORROWABLE", BadRequest),
    (-3014, "ACCOUNT_BAN_BORROW", Forbidden),
    (-3015, "REPAY_EXCEED_LIABILITY", BadRequest),
    (-3016, "LT_MIN_REPAY", BadRequest),
    (-3017, "ASSET_ADMIN_BAN_MORTGAGE", Forbidden),
    (-3018, "ACCOUNT_BAN_MORTGAGE", Forbidden),
    (-3019, "ACCOUNT_BAN_ROLLOUT", Forbidden),
    (-3020, "EXCEED_MAX_ROLLOUT", Forbidden),
    (-3021, "PAIR_ADMIN_BAN_TRADE", Forbidden),
    (-3022, "ACCOUNT_BAN_TRADE", Forbidden),
    (-3023, "WARNING_MARGIN_LEVEL", Forbidden),
    (-3024, "FEW_LIABILITY_LEFT", BadRequest),
    (-3025, "INVALID_EFFECTIVE_TIME", BadRequest),
    (-3026, "VALIDATION_FAILED", BadRequest),
    (-3027, "NOT_VALID_MARGIN_ASSET", BadRequest),
    (-3028, "NOT_VALID_MARGIN_PAIR", NotTrading),
    (-3036, "ACCOUNT_BAN_REPAY", Forbidden),
    (-3037, "PNL_CLEARING", Unavailable),
    (-3038, "LISTEN_KEY_NOT_FOUND", CredentialExpired),
    (-3041, "BALANCE_NOT_CLEARED", Rejected(Funds)),
    (-3042, "PRICE_INDEX_NOT_FOUND", Other),
    (-3043, "TRANSFER_IN_NOT_ALLOWED", Forbidden),
    (-3044, "SYSTEM_BUSY", Unavailable),
    (-3045, "SYSTEM", Forbidden),
    (-3064, "EXCEED_PRICE_LIMIT", Rejected(PriceFilter)),
    (-3999, "NOT_WHITELIST_USER", NotPermitted),
];
