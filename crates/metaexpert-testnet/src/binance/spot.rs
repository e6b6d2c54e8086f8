//! Spot: REST of `/api/v3`.
