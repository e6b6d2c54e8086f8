//! The calls about accounts, a row each.
//!
//! The one decision: a setting that is made twice is the same setting, so that it is sent again where its answer is lost. What
//! moves money is not.
//!
//! Sources: Spot API (2026-07); USD-M, COIN-M, options, margin and wallet (2026-01), "Request Weight" of each call. Where a newer
//! version of a call stands beside an older one, the newer is asked; the older's reply is read too.

use metaexpert_connect::{Auth, Cost, Endpoint, Lane, Lost, Malformed, Method, Params, Report};

use super::{
    balance, bracket, cross, entries, fee, fills, futures, isolated, leverage, limits, loans, modes, options, position,
    position_margin, prevented, queue, restrictions, rules, spot,
};
use crate::{
    Product::{self, CoinM, Margin, Options, Spot, UsdM},
    Response,
    pools::{SAPI_IP, SAPI_UID, WEIGHT},
};

/// A call, whom it is offered to, and how its reply is read.
#[derive(Debug)]
pub struct Row {
    /// Which.
    pub call: Call,
    /// Products that have it.
    pub products: &'static [Product],
    /// How it is asked for.
    pub endpoint: Endpoint,
    /// How its reply is read.
    pub read: fn(Product, &[u8]) -> Result<Vec<Report<'_>>, Malformed>,
}

macro_rules! calls {
    ($($call:ident $name:literal;)*) => {
        /// What can be asked about an account.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Call {
            $(#[doc = concat!("`", $name, "`")] $call),*
        }

        impl Call {
            /// Its name in logs and errors.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$call => $name),* }
            }
        }
    };
}

calls! {
    Account "account"; AccountV2 "account_v2"; Balances "balances"; BalancesV2 "balances_v2"; Positions "positions";
    PositionsV2 "positions_v2"; AccountConfig "account_config"; SymbolConfig "symbol_config"; SetLeverage "set_leverage";
    SetMarginType "set_margin_type"; ChangePositionMargin "change_position_margin";
    MarginChanges "position_margin_changes"; PositionMode "position_mode"; SetPositionMode "set_position_mode";
    MultiAssets "multi_assets_mode"; SetMultiAssets "set_multi_assets_mode"; Brackets "brackets"; PairBrackets "pair_brackets";
    Fee "fee"; TradeFees "trade_fees"; Fills "fills"; Income "income"; Queue "deleveraging_queue"; OrderLimits "order_limits";
    Prevented "prevented_matches"; Rules "account_rules"; CrossAccount "cross_margin_account";
    IsolatedAccount "isolated_margin_account"; EnablePair "enable_isolated_pair"; DisablePair "disable_isolated_pair";
    BorrowOrRepay "borrow_or_repay"; Loans "loans"; MaxBorrowable "max_borrowable"; MaxTransferable "max_transferable";
    Interest "interest"; InterestRates "interest_rates"; CrossTerms "cross_margin_terms"; IsolatedTerms "isolated_margin_terms";
    Transfers "transfers"; CapitalFlow "capital_flow"; MoveFunds "move_funds"; Bill "bill"; KeyRestrictions "key_restrictions";
}

macro_rules! rows {
    ($($products:tt {
        $($call:ident $method:ident $path:literal [$($cost:expr),*] $lane:ident $lost:ident $read:path;)*
    })*) => {
        &[$($(Row {
            call: Call::$call,
            products: &$products,
            endpoint: Endpoint {
                name: Call::$call.as_str(),
                method: Method::$method,
                path: $path,
                auth: Auth::Signed,
                cost: &[$($cost),*],
                lane: Lane::$lane,
                lost: Lost::$lost,
            },
            read: $read,
        }),*),*]
    };
}

const fn weight(amount: u32) -> Cost {
    Cost::Fixed(WEIGHT, amount)
}

const fn ip(amount: u32) -> Cost {
    Cost::Fixed(SAPI_IP, amount)
}

const fn uid(amount: u32) -> Cost {
    Cost::Fixed(SAPI_UID, amount)
}

fn with_or_without(params: &Params, name: &str, with: u32, without: u32) -> u32 {
    if params.get(name).is_some() { with } else { without }
}

const SPOT_FILLS: Cost = Cost::By(WEIGHT, |params| with_or_without(params, "orderId", 5, 20));
const PREVENTED: Cost = Cost::By(WEIGHT, |params| with_or_without(params, "orderId", 20, 2));
const COIN_FILLS: Cost = Cost::By(WEIGHT, |params| with_or_without(params, "pair", 40, 20));
const CROSS_TERMS: Cost = Cost::By(SAPI_IP, |params| with_or_without(params, "coin", 1, 5));
const PAIR_TERMS: Cost = Cost::By(SAPI_IP, |params| with_or_without(params, "symbol", 1, 10));

const ROWS: &[Row] = rows! {
    // call               method path                                  cost          lane    lost    read by
    [Spot] {
      Account              Get    "/api/v3/account"                     [weight(20)]  Account Retry   spot::read;
      OrderLimits          Get    "/api/v3/rateLimit/order"             [weight(40)]  Account Retry   limits::read;
      Fills                Get    "/api/v3/myTrades"                    [SPOT_FILLS]  Account Retry   fills::read_spot;
      Prevented            Get    "/api/v3/myPreventedMatches"          [PREVENTED]   Account Retry   prevented::read;
    }
    [Spot, Margin] {
      Fee                  Get    "/api/v3/account/commission"          [weight(20)]  Account Retry   fee::read_spot;
      TradeFees            Get    "/sapi/v1/asset/tradeFee"             [ip(1)]       Account Retry   fee::read_trade_fees;
      Rules                Get    "/api/v3/myFilters"                   [weight(40)]  Account Retry   rules::read;
      KeyRestrictions      Get    "/sapi/v1/account/apiRestrictions"    [ip(1)]       Account Retry   restrictions::read;
      MoveFunds            Post   "/sapi/v1/asset/transfer"             [uid(900)]    Account Unknown cross::read_moved;
    }
    [Margin] {
      CrossAccount         Get    "/sapi/v1/margin/account"             [ip(10)]      Account Retry   cross::read;
      IsolatedAccount      Get    "/sapi/v1/margin/isolated/account"    [ip(10)]      Account Retry   isolated::read;
      EnablePair           Post   "/sapi/v1/margin/isolated/account"    [uid(300)]    Account Retry   isolated::read_done;
      DisablePair          Delete "/sapi/v1/margin/isolated/account"    [uid(300)]    Account Retry   isolated::read_done;
      BorrowOrRepay        Post   "/sapi/v1/margin/borrow-repay"        [uid(1500)]   Account Unknown loans::read_started;
      Loans                Get    "/sapi/v1/margin/borrow-repay"        [ip(10)]      Account Retry   loans::read;
      MaxBorrowable        Get    "/sapi/v1/margin/maxBorrowable"       [ip(50)]      Account Retry   loans::read_max;
      MaxTransferable      Get    "/sapi/v1/margin/maxTransferable"     [ip(50)]      Account Retry   cross::read_max;
      Interest             Get    "/sapi/v1/margin/interestHistory"     [ip(1)]       Account Retry   loans::read_interest;
      InterestRates        Get    "/sapi/v1/margin/interestRateHistory" [ip(1)]       Account Retry   loans::read_rates;
      CrossTerms           Get    "/sapi/v1/margin/crossMarginData"     [CROSS_TERMS] Account Retry   loans::read_cross_terms;
      IsolatedTerms        Get    "/sapi/v1/margin/isolatedMarginData"  [PAIR_TERMS]  Account Retry   loans::read_isolated_terms;
      Transfers            Get    "/sapi/v1/margin/transfer"            [ip(1)]       Account Retry   entries::read_transfers;
      CapitalFlow          Get    "/sapi/v1/margin/capital-flow"        [ip(100)]     Account Retry   entries::read_capital_flow;
      Fills                Get    "/sapi/v1/margin/myTrades"            [ip(10)]      Account Retry   fills::read_spot;
      Prevented            Get    "/sapi/v1/margin/myPreventedMatches"  [ip(10)]      Account Retry   prevented::read;
      OrderLimits          Get    "/sapi/v1/margin/rateLimit/order"     [ip(20)]      Account Retry   limits::read;
    }
    [UsdM] {
      Account              Get    "/fapi/v3/account"                    [weight(5)]   Account Retry   futures::read;
      AccountV2            Get    "/fapi/v2/account"                    [weight(5)]   Account Retry   futures::read;
      Balances             Get    "/fapi/v3/balance"                    [weight(5)]   Account Retry   balance::read;
      BalancesV2           Get    "/fapi/v2/balance"                    [weight(5)]   Account Retry   balance::read;
      Positions            Get    "/fapi/v3/positionRisk"               [weight(5)]   Account Retry   position::read;
      PositionsV2          Get    "/fapi/v2/positionRisk"               [weight(5)]   Account Retry   position::read;
      AccountConfig        Get    "/fapi/v1/accountConfig"              [weight(5)]   Account Retry   modes::read_config;
      SymbolConfig         Get    "/fapi/v1/symbolConfig"               [weight(5)]   Account Retry   leverage::read_settings;
      SetLeverage          Post   "/fapi/v1/leverage"                   [weight(1)]   Account Retry   leverage::read;
      SetMarginType        Post   "/fapi/v1/marginType"                 [weight(1)]   Account Retry   modes::read_done;
      ChangePositionMargin Post   "/fapi/v1/positionMargin"             [weight(1)]   Safety  Unknown position_margin::read;
      MarginChanges        Get    "/fapi/v1/positionMargin/history"     [weight(1)]   Account Retry   position_margin::read_past;
      PositionMode         Get    "/fapi/v1/positionSide/dual"          [weight(30)]  Account Retry   modes::read_position_mode;
      SetPositionMode      Post   "/fapi/v1/positionSide/dual"          [weight(1)]   Account Retry   modes::read_done;
      MultiAssets          Get    "/fapi/v1/multiAssetsMargin"          [weight(30)]  Account Retry   modes::read_multi_assets;
      SetMultiAssets       Post   "/fapi/v1/multiAssetsMargin"          [weight(1)]   Account Retry   modes::read_done;
      Brackets             Get    "/fapi/v1/leverageBracket"            [weight(1)]   Account Retry   bracket::read;
      Fee                  Get    "/fapi/v1/commissionRate"             [weight(20)]  Account Retry   fee::read_futures;
      Fills                Get    "/fapi/v1/userTrades"                 [weight(5)]   Account Retry   fills::read_futures;
      Income               Get    "/fapi/v1/income"                     [weight(30)]  Account Retry   entries::read_income;
      Queue                Get    "/fapi/v1/adlQuantile"                [weight(5)]   Account Retry   queue::read;
      OrderLimits          Get    "/fapi/v1/rateLimit/order"            [weight(1)]   Account Retry   limits::read;
    }
    [CoinM] {
      Account              Get    "/dapi/v1/account"                    [weight(5)]   Account Retry   futures::read;
      Balances             Get    "/dapi/v1/balance"                    [weight(1)]   Account Retry   balance::read;
      Positions            Get    "/dapi/v1/positionRisk"               [weight(1)]   Account Retry   position::read;
      SetLeverage          Post   "/dapi/v1/leverage"                   [weight(1)]   Account Retry   leverage::read;
      SetMarginType        Post   "/dapi/v1/marginType"                 [weight(1)]   Account Retry   modes::read_done;
      ChangePositionMargin Post   "/dapi/v1/positionMargin"             [weight(1)]   Safety  Unknown position_margin::read;
      MarginChanges        Get    "/dapi/v1/positionMargin/history"     [weight(1)]   Account Retry   position_margin::read_past;
      PositionMode         Get    "/dapi/v1/positionSide/dual"          [weight(30)]  Account Retry   modes::read_position_mode;
      SetPositionMode      Post   "/dapi/v1/positionSide/dual"          [weight(1)]   Account Retry   modes::read_done;
      Brackets             Get    "/dapi/v2/leverageBracket"            [weight(1)]   Account Retry   bracket::read;
      PairBrackets         Get    "/dapi/v1/leverageBracket"            [weight(1)]   Account Retry   bracket::read;
      Fee                  Get    "/dapi/v1/commissionRate"             [weight(20)]  Account Retry   fee::read_futures;
      Fills                Get    "/dapi/v1/userTrades"                 [COIN_FILLS]  Account Retry   fills::read_futures;
      Income               Get    "/dapi/v1/income"                     [weight(20)]  Account Retry   entries::read_income;
      Queue                Get    "/dapi/v1/adlQuantile"                [weight(5)]   Account Retry   queue::read;
    }
    [Options] {
      Account              Get    "/eapi/v1/marginAccount"              [weight(3)]   Account Retry   options::read;
      Positions            Get    "/eapi/v1/position"                   [weight(5)]   Account Retry   options::read_positions;
      Bill                 Get    "/eapi/v1/bill"                       [weight(1)]   Account Retry   entries::read_bill;
      Fills                Get    "/eapi/v1/userTrades"                 [weight(5)]   Account Retry   fills::read_options;
      Fee                  Get    "/eapi/v1/commission"                 [weight(5)]   Account Retry   fee::read_options;
    }
};

/// The table.
pub static TABLE: &[Row] = ROWS;

/// The row of a call of a product.
pub fn row(product: Product, call: Call) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.call == call && row.products.contains(&product))
}

/// The table as the readers of replies want it.
pub(super) const fn responses() -> [Response; ROWS.len()] {
    const NONE: Response = Response { products: &[], method: Method::Get, path: "", read: modes::read_done };
    let (mut responses, mut at) = ([NONE; ROWS.len()], 0);
    while at < ROWS.len() {
        #[expect(clippy::indexing_slicing, reason = "a constant: beyond the end it would not compile")]
        let (place, row) = (&mut responses[at], &ROWS[at]);
        *place = Response { products: row.products, method: row.endpoint.method, path: row.endpoint.path, read: row.read };
        at += 1;
    }
    responses
}
