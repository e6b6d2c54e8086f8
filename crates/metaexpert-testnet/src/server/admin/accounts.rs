//! Who is there, with what.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answered, Json, Shared, body};
use crate::{
    protocol::KeySecret,
    server::Exchange,
    setup::{AccountSpec, IssuedKey, KeySpec, SetupError, money, named},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    name: String,
    #[serde(default)]
    keys: Vec<KeyAsked>,
    /// By wallet and coin; rich where there are none.
    balances: Option<BTreeMap<String, BTreeMap<String, Value>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyAsked {
    #[serde(rename = "key")]
    name: Option<String>,
    /// Of HMAC.
    secret: Option<String>,
    /// The public key, in PEM.
    ed25519: Option<String>,
    /// The public key, in PEM.
    rsa: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Funded {
    account: String,
    wallet: String,
    currency: String,
    amount: Value,
}

pub(super) async fn all(State(exchange): Shared) -> Answered {
    let mut exchange = exchange.lock();
    let names = exchange.accounts();
    let accounts: Result<Vec<_>, _> = names.iter().map(|name| told(&mut exchange, name)).collect();
    Ok(Json(json!(accounts?)))
}

pub(super) async fn one(State(exchange): Shared, Path(name): Path<String>) -> Answered {
    Ok(Json(told(&mut exchange.lock(), &name)?))
}

pub(super) async fn keys(State(exchange): Shared) -> Answered {
    let exchange = exchange.lock();
    Ok(Json(exchange.keys().iter().map(key).collect()))
}

pub(super) async fn open(State(exchange): Shared, bytes: Bytes) -> Answered {
    let asked: Opened = body(&bytes)?;
    let mut account = AccountSpec::rich(&named(&asked.name, "name")?);
    account.keys = asked.keys.into_iter().map(KeyAsked::spec).collect::<Result<_, _>>()?;
    if let Some(wallets) = asked.balances {
        let balances = account.balances.insert(Vec::new());
        for (wallet, coins) in wallets {
            for (coin, amount) in coins {
                balances.push((wallet.clone(), money(&coin, &text(&amount), "balances")?));
            }
        }
    }
    let mut exchange = exchange.lock();
    let keys = exchange.open_account(&account)?;
    let mut answer = told(&mut exchange, &account.name)?;
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("keys".to_owned(), keys.iter().map(key).collect());
    }
    Ok(Json(answer))
}

pub(super) async fn fund(State(exchange): Shared, bytes: Bytes) -> Answered {
    let asked: Funded = body(&bytes)?;
    let money = money(&asked.currency, &text(&asked.amount), "amount")?;
    let mut exchange = exchange.lock();
    exchange.fund(&asked.account, &asked.wallet, &money)?;
    Ok(Json(told(&mut exchange, &asked.account)?))
}

/// An account, with what it has of each coin that it has.
fn told(exchange: &mut Exchange, name: &str) -> Result<Value, SetupError> {
    let mut wallets = Map::new();
    for (wallet, balances) in exchange.balances(name)? {
        let coin = |balance: &crate::news::Balance| {
            let amounts = json!({ "free": balance.free.to_string(), "locked": balance.locked.to_string() });
            (balance.currency.to_string(), amounts)
        };
        let coins: Map<_, _> = balances.iter().map(coin).collect();
        let pair = exchange.pair(wallet).map(|symbol| format!("isolated:{symbol}"));
        wallets.insert(pair.unwrap_or_else(|| wallet.as_str().to_owned()), Value::Object(coins));
    }
    Ok(json!({ "name": name, "wallets": wallets }))
}

fn key(key: &IssuedKey) -> Value {
    json!({ "account": key.account, "key": key.key, "secret": key.secret() })
}

impl KeyAsked {
    fn spec(self) -> Result<KeySpec, SetupError> {
        let secret = match (self.secret, self.ed25519, self.rsa) {
            (Some(secret), None, None) => KeySecret::Hmac(secret),
            (None, Some(pem), None) => KeySecret::Ed25519(pem),
            (None, None, Some(pem)) => KeySecret::Rsa(pem),
            _ => {
                let rule = "needs one of `secret`, `ed25519` and `rsa` (the last two: the public key, in PEM)";
                return Err(SetupError::value("keys", self.name.unwrap_or_default(), rule));
            }
        };
        Ok(KeySpec { key: self.name, secret })
    }
}

/// A number as it was written, or the text of one.
fn text(amount: &Value) -> String {
    amount.as_str().map_or_else(|| amount.to_string(), str::to_owned)
}
