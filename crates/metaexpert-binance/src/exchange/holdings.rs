//! What an account has, holds, paid and may do.

use std::ops::Range;

use metaexpert_connect::{
    Failure, Word,
    exchange::Permissions,
    http::{Budget, Client},
    report::{BalanceReport, Entry, EntryCause, FillReport, PositionReport},
};
use metaexpert_core::UnixNanos;

use super::BinanceExchange;
use crate::{
    Environment, Product,
    account::{self, FillsOf, IncomeOf, MarginAccount, PositionsOf},
    dialect,
};

/// So much later than its clock says the exchange may put an execution: its clock is measured, and the markets of a rehearsal may go
/// faster than any clock. A page of executions spans a day of spot and seven of futures at least (spot "Account trade list": `startTime`
/// and `endTime` at most 24 hours apart; USD-M "Account Trade List": seven days), so that this asks no more often.
const fn ahead(product: Product) -> i64 {
    let hours = match product {
        Product::Spot | Product::Margin => 6,
        Product::UsdM | Product::CoinM | Product::Options => 6 * 24,
    };
    hours * 60 * 60 * 1_000_000_000
}

/// What options settle in, by which their bookings are asked for.
const OPTIONS_ASSET: &str = "USDT";

impl BinanceExchange {
    pub(super) async fn ask_balances(&self) -> Result<Vec<BalanceReport>, Failure> {
        let client = &self.client;
        Ok(match (self.product, self.isolated.as_deref()) {
            (Product::Spot, _) => account::spot_account(client).await?.2,
            (Product::Margin, None) => account::cross_account(client).await?.1,
            (Product::Margin, Some(pair)) => {
                account::isolated_account(client, &[pair]).await?.into_iter().flat_map(|(_, balances)| balances).collect()
            }
            (product @ (Product::UsdM | Product::CoinM), _) => account::balances(client, product).await?,
            (Product::Options, _) => account::options_account(client).await?.1,
        })
    }

    pub(super) async fn ask_positions(&self, names: &[String]) -> Result<Vec<PositionReport>, Failure> {
        if !self.profile.has_positions {
            return Ok(Vec::new());
        }
        let mut positions = account::positions(&self.client, self.product, PositionsOf::All).await?;
        positions.retain(|position| names.contains(&position.symbol));
        Ok(positions)
    }

    pub(super) async fn ask_fills(&self, name: &str, since: UnixNanos) -> Result<Vec<FillReport>, Failure> {
        let of = FillsOf { product: self.product, symbol: name, isolated: self.isolated.is_some() };
        let until = self.client.clock().now().saturating_add_nanos(ahead(self.product));
        account::fills_since(&self.client, of, since..until).await
    }

    pub(super) async fn ask_entries(&self, span: Range<UnixNanos>) -> Result<Vec<Entry>, Failure> {
        let client = &self.client;
        let mut entries = match (self.product, self.isolated.as_deref()) {
            // The coins' own account has no such history: a deposit or a withdrawal is seen in the balance.
            (Product::Spot, _) => Vec::new(),
            (Product::Margin, None) => account::capital_flow(client, MarginAccount::Cross, span).await?,
            (Product::Margin, Some(pair)) => account::capital_flow(client, MarginAccount::Isolated(pair), span).await?,
            (product @ (Product::UsdM | Product::CoinM), _) => {
                account::income(client, product, IncomeOf::default(), span).await?
            }
            (Product::Options, _) => account::option_bill(client, OPTIONS_ASSET, span).await?,
        };
        // Executions say this themselves.
        entries.retain(|entry| !matches!(entry.cause, Word::Known(EntryCause::Realised | EntryCause::Fee)));
        entries.sort_by_key(|entry| entry.time);
        Ok(entries)
    }

    /// The call is of the host of spot, whatever the key is for; the demo does not have it, and nothing is known there.
    pub(super) async fn ask_permissions(&self) -> Result<Permissions, Failure> {
        if self.environment == Environment::Demo {
            return Ok(Permissions::default());
        }
        let restrictions = match self.product {
            Product::Spot | Product::Margin => account::key_restrictions(&self.client).await?,
            Product::UsdM | Product::CoinM | Product::Options => account::key_restrictions(&self.spot_client()?).await?,
        };
        Ok(restrictions.of(self.product))
    }

    /// Another host counts for itself.
    fn spot_client(&self) -> Result<Client, Failure> {
        let not_sent = |why: metaexpert_connect::http::SetupError| Failure::NotSent {
            endpoint: account::Call::KeyRestrictions.as_str(),
            why: why.to_string(),
        };
        let credentials = self.client.credentials().cloned();
        let (budget, log) = (Budget::new(None, self.seed), self.log.clone());
        let mut setup = dialect::setup(Product::Spot, &self.environment, credentials, budget, log, self.now, self.seed);
        setup.proxy.clone_from(&self.proxy);
        Client::new(setup).map_err(not_sent)
    }
}
