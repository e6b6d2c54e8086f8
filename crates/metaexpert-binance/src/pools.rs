//! The pools that Binance counts requests in. How much each holds is in the dialect's table, and corrected from answers.

use metaexpert_connect::Pool;

/// Request weight by address, of all products but `/sapi` (Spot API, "Limits", "IP Limits"; derivatives, "General Info"). Each
/// host counts its own.
pub const WEIGHT: Pool = Pool("weight");

/// New orders by account (`ORDERS`). Amending and replacing count as placing; cancels do not.
pub const ORDERS: Pool = Pool("orders");

/// Weight of `/sapi` calls by address.
pub const SAPI_IP: Pool = Pool("sapi_ip");

/// Weight of `/sapi` calls by account.
pub const SAPI_UID: Pool = Pool("sapi_uid");

/// Funding history and terms of USD-M futures, by address: 500 in five minutes ("Get Funding Rate History", 2026-01).
pub const FUNDING: Pool = Pool("funding");

/// Statistics under `/futures/data`, by address: 1,000 in five minutes ("Open Interest Statistics", 2026-01).
pub const STATISTICS: Pool = Pool("statistics");
