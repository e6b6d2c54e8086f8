//! Who is there, with what: accounts as files and flags have them.
//!
//! The one decision: who asks for nothing special is rich in every wallet. An account that names balances has these and no others,
//! and one that names keys has these and no others; else a key is made for it.

use std::{collections::BTreeMap, path::Path};

use metaexpert_core::{Currency, Money};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::SetupError;
use crate::{faults::spelling::value::hint, protocol::KeySecret};

/// An account that is to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSpec {
    /// What its owner calls it.
    pub name: String,
    /// Its keys; where there are none, one is made.
    pub keys: Vec<KeySpec>,
    /// Its money, by wallet: `spot`, `cross`, `isolated:BTCUSDT`, `linear`, `inverse`, `options`. `None` where it is rich.
    pub balances: Option<Vec<(String, Money)>>,
    /// What it pays, by `spot`, `linear` or `inverse`; of others, what the exchange asks everybody for.
    pub fees: Vec<(String, Fees)>,
}

/// A key that is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySpec {
    /// What clients send; made where it is `None`.
    pub key: Option<String>,
    /// What signs for it.
    pub secret: KeySecret,
}

/// What executions cost, as fractions; negative for a rebate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fees {
    /// Of an execution that rested.
    pub maker: Decimal,
    /// Of one that took.
    pub taker: Decimal,
}

/// The name of the account that is there when none is asked for.
const USUAL: &str = "trader";

/// The most of a coin that comes in at once: what it comes to in another coin can still be reckoned to the last digit.
const LARGEST: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);

/// Decimals that amounts of coins have (Binance, "Exchange Information", `baseAssetPrecision`).
const DECIMALS: u32 = 8;

/// Every wallet, as it is written.
const WALLETS: [&str; 6] = ["spot", "cross", "isolated:SYMBOL", "linear", "inverse", "options"];

/// What a rich account has. Enough for any rehearsal, and small enough that a mistake in a size is refused.
const RICH: [(&str, &[(&str, i64)]); 5] = [
    ("spot", &[("USDT", 1_000_000), ("BTC", 100), ("ETH", 1_000), ("BNB", 1_000), ("XRP", 1_000_000)]),
    ("cross", &[("USDT", 1_000_000), ("BTC", 100), ("ETH", 1_000), ("BNB", 1_000), ("XRP", 1_000_000)]),
    ("linear", &[("USDT", 1_000_000), ("BNB", 1_000)]),
    ("inverse", &[("BTC", 100), ("ETH", 1_000)]),
    ("options", &[("USDT", 1_000_000)]),
];

impl AccountSpec {
    /// A rich account with a key that is made.
    pub fn rich(name: &str) -> Self {
        Self { name: name.to_owned(), keys: Vec::new(), balances: None, fees: Vec::new() }
    }

    /// The account that is there when none is asked for.
    pub fn usual() -> Self {
        Self::rich(USUAL)
    }

    /// The same account with this in a wallet, and nothing that was not named.
    #[must_use]
    pub fn with(mut self, wallet: &str, currency: &str, amount: Decimal) -> Self {
        self.balances.get_or_insert_default().push((wallet.to_owned(), Money::new(amount, Currency::new(currency))));
        self
    }

    /// An account as a flag has it: `name`, or `name=wallet:COIN:amount,..`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, SetupError> {
        let (name, balances) = text.split_once('=').map_or((text, None), |(name, balances)| (name, Some(balances)));
        let mut account = Self::rich(&named(name, "--account")?);
        for part in balances.into_iter().flat_map(|balances| balances.split(',')) {
            let wrong = || SetupError::value("--account", part, "must be `wallet:COIN:amount`, such as `spot:USDT:1000`");
            let (rest, amount) = part.rsplit_once(':').ok_or_else(wrong)?;
            let (wallet, currency) = rest.rsplit_once(':').ok_or_else(wrong)?;
            let money = money(currency, amount, "--account")?;
            wallet_name(wallet, "--account")?;
            account.balances.get_or_insert_default().push((wallet.to_owned(), money));
        }
        Ok(account)
    }

    /// The accounts of a file in TOML: `[[account]]` with `name`, `[[account.keys]]`, `[account.balances.spot]`, `[account.fees.spot]`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(path: &Path) -> Result<Vec<Self>, SetupError> {
        let text = std::fs::read_to_string(path).map_err(|error| SetupError::File { path: path.to_owned(), error })?;
        let file: File = toml_edit::de::from_str(&text)
            .map_err(|error| SetupError::Syntax { path: path.to_owned(), what: error.to_string().trim().to_owned() })?;
        let accounts: Result<Vec<_>, _> = file.account.into_iter().map(|table| table.account(path)).collect();
        no_name_twice(accounts?)
    }

    /// What it begins with.
    pub(crate) fn money(&self) -> Vec<(String, Money)> {
        self.balances.clone().unwrap_or_else(|| {
            let of_wallet = |(wallet, coins): &(&str, &[(&str, i64)])| -> Vec<_> {
                let money = |(coin, amount): &(&str, i64)| Money::new(Decimal::from(*amount), Currency::new(coin));
                coins.iter().map(|coin| ((*wallet).to_owned(), money(coin))).collect()
            };
            RICH.iter().flat_map(of_wallet).collect()
        })
    }
}

/// The same accounts, where no two have one name.
pub(super) fn no_name_twice(accounts: Vec<AccountSpec>) -> Result<Vec<AccountSpec>, SetupError> {
    for (place, account) in accounts.iter().enumerate() {
        if accounts.iter().take(place).any(|before| before.name == account.name) {
            return Err(SetupError::value("account", &account.name, "is there twice"));
        }
    }
    Ok(accounts)
}

/// A wallet that is written as it should be.
pub(crate) fn wallet_name(text: &str, place: &str) -> Result<(), SetupError> {
    let is_known = WALLETS.contains(&text) || text.strip_prefix("isolated:").is_some_and(|symbol| !symbol.is_empty());
    if is_known { Ok(()) } else { Err(SetupError::value(place, text, format!("no such wallet{}", hint(text, &WALLETS)))) }
}

/// Money that is written as it should be.
pub(crate) fn money(currency: &str, amount: &str, place: &str) -> Result<Money, SetupError> {
    let parsed = amount.parse().ok().filter(|amount: &Decimal| *amount >= Decimal::ZERO);
    let parsed = parsed.ok_or_else(|| SetupError::value(place, amount, "must be an amount, 0 or more"))?;
    if parsed > LARGEST || parsed.normalize().scale() > DECIMALS {
        let rule = format!("must be at most {LARGEST}, with at most {DECIMALS} decimals");
        return Err(SetupError::value(place, amount, rule));
    }
    let is_code = !currency.is_empty() && currency.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if !is_code {
        return Err(SetupError::value(place, currency, "must be a coin's code in capital letters, such as `USDT`"));
    }
    Ok(Money::new(parsed, Currency::new(currency)))
}

/// An account's name that is written as it should be.
pub(crate) fn named(name: &str, place: &str) -> Result<String, SetupError> {
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if is_name {
        Ok(name.to_owned())
    } else {
        Err(SetupError::value(place, name, "must be a name of letters, digits, `-`, `_` and `.`"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    account: Vec<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    #[serde(default)]
    keys: Vec<KeyTable>,
    balances: Option<BTreeMap<String, BTreeMap<String, Amount>>>,
    #[serde(default)]
    fees: BTreeMap<String, FeeTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyTable {
    key: Option<String>,
    secret: Option<String>,
    ed25519: Option<std::path::PathBuf>,
    rsa: Option<std::path::PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeeTable {
    maker: Amount,
    taker: Amount,
}

/// A number, or a text where its digits must stay as they are.
#[derive(Deserialize)]
#[serde(untagged)]
enum Amount {
    Text(String),
    Whole(i64),
    Number(f64),
}

impl Amount {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl Table {
    fn account(self, path: &Path) -> Result<AccountSpec, SetupError> {
        let name = named(&self.name, &format!("{}: account", path.display()))?;
        let place = format!("{}: account `{name}`", path.display());
        let mut account = AccountSpec::rich(&name);
        for key in self.keys {
            account.keys.push(key.spec(path, &place)?);
        }
        if let Some(wallets) = self.balances {
            let balances = account.balances.insert(Vec::new());
            for (wallet, coins) in wallets {
                wallet_name(&wallet, &place)?;
                for (coin, amount) in coins {
                    balances.push((wallet.clone(), money(&coin, &amount.text(), &place)?));
                }
            }
        }
        for (class, fees) in self.fees {
            const CLASSES: [&str; 3] = ["spot", "linear", "inverse"];
            if !CLASSES.contains(&class.as_str()) {
                return Err(SetupError::value(place, &class, format!("no such fees{}", hint(&class, &CLASSES))));
            }
            let rate = |amount: Amount| {
                let text = amount.text();
                let rate = text.parse().ok().filter(|rate: &Decimal| rate.abs() < Decimal::ONE);
                rate.ok_or_else(|| SetupError::value(&place, &text, "must be a fraction between -1 and 1, such as 0.001"))
            };
            account.fees.push((class, Fees { maker: rate(fees.maker)?, taker: rate(fees.taker)? }));
        }
        Ok(account)
    }
}

impl KeyTable {
    fn spec(self, path: &Path, place: &str) -> Result<KeySpec, SetupError> {
        let pem = |file: std::path::PathBuf| {
            // Beside the file that names it, so that both can be moved together.
            let file = path.parent().unwrap_or(Path::new("")).join(file);
            std::fs::read_to_string(&file).map_err(|error| SetupError::File { path: file, error })
        };
        let secret = match (self.secret, self.ed25519, self.rsa) {
            (Some(secret), None, None) => KeySecret::Hmac(secret),
            (None, Some(file), None) => KeySecret::Ed25519(pem(file)?),
            (None, None, Some(file)) => KeySecret::Rsa(pem(file)?),
            _ => {
                let rule = "needs one of `secret`, `ed25519` and `rsa` (the last two: the file of the public key, in PEM)";
                return Err(SetupError::value(place, self.key.unwrap_or_else(|| "key".to_owned()), rule));
            }
        };
        Ok(KeySpec { key: self.key, secret })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_names_an_account_and_what_it_has() {
        assert_eq!(AccountSpec::parse("bob").unwrap(), AccountSpec::rich("bob"));
        let account = AccountSpec::parse("bob=spot:USDT:1000.50,isolated:BTCUSDT:BTC:1").unwrap();
        let told: Vec<_> = account.money().into_iter().map(|(wallet, money)| format!("{wallet} {money}")).collect();
        assert_eq!(told, ["spot 1000.5 USDT", "isolated:BTCUSDT 1 BTC"]);
        assert!(AccountSpec::rich("bob").money().len() > 10);
        for (text, wrong) in [
            ("", "--account: ``: must be a name of letters, digits, `-`, `_` and `.`"),
            ("a=b", "--account: `b`: must be `wallet:COIN:amount`, such as `spot:USDT:1000`"),
            ("a=spt:USDT:1", "--account: `spt`: no such wallet; did you mean `spot`?"),
            ("a=spot:usdt:1", "--account: `usdt`: must be a coin's code in capital letters, such as `USDT`"),
            ("a=spot:USDT:-1", "--account: `-1`: must be an amount, 0 or more"),
            (
                "a=spot:USDT:1000000000000001",
                "--account: `1000000000000001`: must be at most 1000000000000000, with at most 8 decimals",
            ),
            ("a=spot:USDT:0.123456789", "--account: `0.123456789`: must be at most 1000000000000000, with at most 8 decimals"),
        ] {
            assert_eq!(AccountSpec::parse(text).unwrap_err().to_string(), wrong);
        }
    }

    #[test]
    fn a_file_names_accounts_with_keys_balances_and_fees() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.toml");
        std::fs::write(folder.path().join("public.pem"), "a public key").unwrap();
        std::fs::write(
            &path,
            "[[account]]\nname = 'alice'\n[[account.keys]]\nkey = 'k1'\nsecret = 's1'\n[[account.keys]]\ned25519 = 'public.pem'\n\
             [account.balances.spot]\nUSDT = 1000\nBTC = '0.10'\n[account.balances.'isolated:BTCUSDT']\nUSDT = 5\n\
             [account.fees.spot]\nmaker = 0.0002\ntaker = '0.0004'\n[[account]]\nname = 'bob'\n",
        )
        .unwrap();
        let accounts = AccountSpec::read(&path).unwrap();
        let [alice, bob] = accounts.as_slice() else { panic!("{accounts:?}") };
        assert_eq!(
            alice.keys,
            [
                KeySpec { key: Some("k1".into()), secret: KeySecret::Hmac("s1".into()) },
                KeySpec { key: None, secret: KeySecret::Ed25519("a public key".into()) }
            ]
        );
        assert_eq!(alice.money().len(), 3);
        assert_eq!(alice.fees.len(), 1);
        assert_eq!(*bob, AccountSpec::rich("bob"));
    }

    #[test]
    fn a_wrong_file_says_where_it_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.toml");
        for (text, wrong) in [
            ("[[acount]]\nname = 'a'", "unknown field `acount`, expected `account`"),
            ("[[account]]\nname = 'a'\n[[account]]\nname = 'a'", "account: `a`: is there twice"),
            (
                "[[account]]\nname = 'a'\n[[account.keys]]\nkey = 'k'",
                "account `a`: `k`: needs one of `secret`, `ed25519` and `rsa`",
            ),
            ("[[account]]\nname = 'a'\n[account.balances.sport]\nUSDT = 1", "`sport`: no such wallet; did you mean `spot`?"),
            ("[[account]]\nname = 'a'\n[account.fees.spt]\nmaker = 1\ntaker = 1", "`spt`: no such fees; did you mean `spot`?"),
            ("[[account]]\nname = 'a b'", "`a b`: must be a name of letters"),
            ("[[account]]\nname = 'a'\n[account.fees.spot]\nmaker = 5\ntaker = 0", "`5`: must be a fraction between -1 and 1"),
            ("[[account]]\nname = 'a'\n[[account.keys]]\nrsa = 'none.pem'", "none.pem: No such file"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = AccountSpec::read(&path).unwrap_err().to_string();
            assert!(error.contains(wrong), "{error}");
        }
    }
}
