//! What a key may do: `GET /sapi/v1/account/apiRestrictions` (Wallet, "Get API Key Permission", 2026-01).
//!
//! The call is of the host of spot, and tells of all products.

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    exchange::Permissions,
    http::Client,
    report::{AccountReport, Service},
};
use serde::Deserialize;

use super::{Call, ask, reply, spot::unknown};
use crate::Product;

/// What a key may do. What a reply leaves out is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct KeyRestrictions {
    /// Whether it works from certain addresses only.
    pub ip_restrict: Option<bool>,
    /// Whether it may take money out.
    pub enable_withdrawals: Option<bool>,
    /// Whether it may trade on spot, and on margin what is owned.
    pub enable_spot_and_margin_trading: Option<bool>,
    /// Whether it may borrow and move money on margin.
    pub enable_margin: Option<bool>,
    /// Whether it may trade futures.
    pub enable_futures: Option<bool>,
    /// Whether it may trade options.
    pub enable_vanilla_options: Option<bool>,
}

/// What the client's key may do.
///
/// # Errors
/// See [`Failure`].
pub async fn key_restrictions(client: &Client) -> Result<KeyRestrictions, Failure> {
    let body = ask(client, Product::Spot, Call::KeyRestrictions, &Params::new()).await?;
    Ok(reply(Product::Spot, Call::KeyRestrictions, &body)?)
}

impl KeyRestrictions {
    /// What of it is about a product.
    pub const fn of(&self, product: Product) -> Permissions {
        let trade = match product {
            Product::Spot => self.enable_spot_and_margin_trading,
            Product::Margin => self.enable_margin,
            Product::UsdM | Product::CoinM => self.enable_futures,
            Product::Options => self.enable_vanilla_options,
        };
        Permissions { trade, withdraw: self.enable_withdrawals, restricted_to_addresses: self.ip_restrict }
    }
}

/// In the words of reports there is only whether it may trade; the rest is read by [`key_restrictions`].
pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let restrictions: KeyRestrictions = reply(product, Call::KeyRestrictions, payload)?;
    let can_trade = restrictions.of(product).trade;
    if can_trade.is_none() {
        return Ok(vec![Report::Service(Service::Done)]);
    }
    Ok(vec![Report::Account(Box::new(AccountReport { can_trade, ..unknown() }))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_trade_some_products_and_not_others() {
        let payload = br#"{"ipRestrict":true,"createTime":1767225600000,"enableReading":true,"enableWithdrawals":false,
            "enableInternalTransfer":false,"enableMargin":false,"enableFutures":true,"permitsUniversalTransfer":false,
            "enableVanillaOptions":false,"enableFixApiTrade":false,"enableFixReadOnly":false,
            "enableSpotAndMarginTrading":true,"enablePortfolioMarginTrading":false}"#;
        let key: KeyRestrictions = reply(Product::Spot, Call::KeyRestrictions, payload).unwrap();
        let trade = Product::ALL.map(|product| key.of(product).trade);
        assert_eq!(trade, [Some(true), Some(false), Some(true), Some(true), Some(false)]);
        let rest = key.of(Product::Spot);
        assert_eq!((rest.withdraw, rest.restricted_to_addresses), (Some(false), Some(true)));
    }

    #[test]
    fn what_a_reply_leaves_out_is_not_known() {
        let key: KeyRestrictions = reply(Product::Spot, Call::KeyRestrictions, b"{}").unwrap();
        assert_eq!(key.of(Product::UsdM), Permissions::default());
    }
}
