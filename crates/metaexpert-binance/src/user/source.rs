//! Where listen keys and tokens come from: the calls of a [way](super::WayRow), as a source that a keeper keeps alive.

use std::time::Duration;

use metaexpert_connect::{
    Endpoint, Failure, Params, Report,
    credential::{CredentialSource, Issued, Renewed},
    http::Client,
    report::{Credential, Service},
};

use super::{
    WayRow,
    endpoints::{credential, kept, key_params, token_params},
};
use crate::Product;

/// What opens the events of an account: a listen key of futures or options, a token of margin.
#[derive(Debug, Clone)]
pub struct AccountKey {
    client: Client,
    product: Product,
    start: &'static Endpoint,
    asked: Params,
    keep: Option<&'static Endpoint>,
    lasts: Duration,
}

impl AccountKey {
    /// The source of a way; `None` where the way needs neither key nor token. `isolated` is the pair of an isolated margin account.
    pub fn new(client: Client, row: &'static WayRow, isolated: Option<&str>) -> Option<Self> {
        Some(Self {
            client,
            product: row.product,
            start: row.start?,
            asked: token_params(isolated),
            keep: row.keep,
            lasts: row.lasts?,
        })
    }
}

impl CredentialSource for AccountKey {
    async fn obtain(&mut self) -> Result<Issued, Failure> {
        let body = self.client.call(self.start, &self.asked).await?;
        let secret = secret_of(credential(self.product, &body)?);
        let secret = secret.ok_or_else(|| Failure::Unknown { endpoint: self.start.name, why: "no key in the answer".into() })?;
        Ok(Issued { secret, lifetime: self.lasts })
    }

    async fn renew(&mut self, held: &Credential) -> Result<Renewed, Failure> {
        let Some(keep) = self.keep else { return self.obtain().await.map(Renewed::Replaced) };
        let body = self.client.call(keep, &key_params(keep, held)).await?;
        Ok(renewed(secret_of(kept(self.product, &body)?), held, self.lasts))
    }

    fn is_kept(&self) -> bool {
        self.keep.is_some()
    }

    /// Leaves it alone. A key is the account's and not ours: Binance gives the same one to every program that asks, and ending it
    /// would silence the others. It ends by itself.
    async fn revoke(&mut self, _: &Credential) -> Result<(), Failure> {
        Ok(())
    }
}

fn secret_of(reports: Vec<Report<'_>>) -> Option<Credential> {
    reports.into_iter().find_map(|report| match report {
        Report::Service(Service::Credential { credential, .. }) => Some(credential),
        _ => None,
    })
}

/// An answer that names another key than the one that was to be kept gives that one.
fn renewed(told: Option<Credential>, held: &Credential, lifetime: Duration) -> Renewed {
    match told {
        Some(secret) if secret != *held => Renewed::Replaced(Issued { secret, lifetime }),
        Some(_) | None => Renewed::Extended(lifetime),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_key_is_the_same_or_another_one_as_the_answer_says() {
        let (held, hour) = (Credential::new("ownkey1".into()), Duration::from_hours(1));
        for (answer, expected) in [
            ("{}", Renewed::Extended(hour)),
            (r#"{"listenKey":"ownkey1"}"#, Renewed::Extended(hour)),
            (
                r#"{"listenKey":"ownkey2"}"#,
                Renewed::Replaced(Issued { secret: Credential::new("ownkey2".into()), lifetime: hour }),
            ),
        ] {
            let told = secret_of(kept(Product::UsdM, answer.as_bytes()).unwrap());
            assert_eq!(renewed(told, &held, hour), expected, "{answer}");
        }
    }

    #[test]
    fn a_token_is_what_its_answer_names() {
        let reports = credential(Product::Margin, br#"{"token":"own+/tok","expirationTime":1767300000001}"#).unwrap();
        assert_eq!(secret_of(reports), Some(Credential::new("own+/tok".into())));
    }
}
