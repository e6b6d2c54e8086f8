//! Orders placed, changed, taken back and found.
//!
//! The one decision: an order that waits for a price is one order to whoever placed it. On futures it is two: one of the algo service, and
//! the one that it becomes; here they are told as one, under the name that this side gave it, and it is the second that executions are
//! of.

use metaexpert_connect::{
    Failure, Meaning, Report,
    exchange::{Listed, Sent, Written},
    report::{OrderReport, Refused},
};
use metaexpert_core::{
    Amendment, Fitting, NewOrder, OrderKind, Price, Quantity, Rejection, Side, TimeInForce,
    order::read_client_name,
    rounding::{Round, quotient_to_lot, to_step},
};

use super::{BinanceExchange, hearing::by_first_name};
use crate::{
    Product,
    orders::{self, ClientId, Desk, FuturesAmendment, FuturesPrice, FuturesProduct, Refusal, Reports, Target, Via, plan},
};

/// The name of the call in refusals that this side makes.
const PLACE: &str = "place_order";
const AMEND: &str = "amend_order";
const QUERY: &str = "query_order";

/// From how many instruments on all open orders are asked for at once: a question of one weighs 6 on spot and 1 on futures, of all 80 and
/// 40 ("Current All Open Orders" of each).
const MANY: usize = 13;

impl BinanceExchange {
    pub(super) async fn send_order(&self, listed: &Listed, order: &NewOrder, sent: &Sent, written: Option<Written>) -> Reports {
        let not_sent = |refusal: Refusal| Failure::NotSent { endpoint: PLACE, why: refusal.to_string() };
        let bounded = sent.worst_price.map(|worst| bounded(order, worst, listed));
        let modes = *self.modes.lock();
        let request = plan(self.product, &listed.name, &listed.instrument, bounded.as_ref().unwrap_or(order), modes);
        let request = request.map_err(not_sent)?.named(ClientId::new(&sent.client_name).map_err(not_sent)?);
        let line = self.line(written);
        Ok(first_names(orders::place(&line, &request, self.client.clock().now()).await?))
    }

    pub(super) async fn send_change(&self, listed: &Listed, order: &NewOrder, sent: &Sent, change: &Amendment) -> Reports {
        let line = self.line(None);
        let target = target(sent, AMEND)?;
        let reports = match self.futures() {
            Some(product) => {
                let amendment = future_change(&listed.name, target, order, change)?;
                orders::amend_future(&line, product, &amendment).await?
            }
            None if self.product == Product::Spot => {
                let quantity = spot_change(order, change)?;
                let name = ClientId::new(&sent.client_name).map_err(|why| unchangeable(why.to_string()))?;
                orders::amend_spot(&line, &sent.name, &target, quantity, Some(&name)).await?
            }
            None => return Err(unchangeable(format!("{} has no change of an order that stands", self.product))),
        };
        Ok(first_names(reports))
    }

    pub(super) async fn send_cancel(&self, sent: &Sent) -> Reports {
        let line = self.line(None);
        let target = target(sent, "cancel_order")?;
        let Some(product) = self.futures().filter(|_| sent.is_conditional) else {
            return Ok(first_names(orders::cancel(&line, self.desk(), &sent.name, &target).await?));
        };
        match orders::cancel_algo(&line, product, &target).await {
            // It may have become an order in the meantime, which stands now.
            Err(failure) if failure.meaning() == Some(Meaning::UnknownOrder) => match self.became(&line, product, sent).await? {
                Some((_, Some(number))) => {
                    let reports = orders::cancel(&line, self.desk(), &sent.name, &Target::Venue(number)).await?;
                    Ok(reports.into_iter().map(|report| called(report, sent)).collect())
                }
                Some((_, None)) | None => Err(failure),
            },
            reports => reports,
        }
    }

    pub(super) async fn ask_order(&self, sent: &Sent) -> Result<Option<OrderReport>, Failure> {
        let line = self.line(None);
        let Some(product) = self.futures().filter(|_| sent.is_conditional) else {
            let reports = orders::query(&line, self.desk(), &sent.name, &target(sent, QUERY)?).await;
            return known(reports)?.and_then(order_of).map(|order| asked_for(order, sent)).transpose();
        };
        let Some((algo, number)) = self.became(&line, product, sent).await? else { return Ok(None) };
        let Some(number) = number else { return Ok(Some(named(algo, sent))) };
        let reports = orders::query(&line, self.desk(), &sent.name, &Target::Venue(number)).await;
        Ok(Some(match known(reports)?.and_then(order_of) {
            Some(order) => asked_for(OrderReport { conditional: algo.conditional, created: algo.created, ..order }, sent)?,
            // It has its number already, and is not there to be asked for yet.
            None => named(algo, sent),
        }))
    }

    /// An order of the algo service, and the number of the order that it has become; `None` where there is no such order.
    async fn became(
        &self,
        line: &impl Via,
        product: FuturesProduct,
        sent: &Sent,
    ) -> Result<Option<(OrderReport, Option<u64>)>, Failure> {
        let reports = orders::query_algo(line, product, &target(sent, "query_algo_order")?).await;
        let Some(reports) = known(reports)? else { return Ok(None) };
        let number = reports.iter().find_map(|report| match report {
            Report::Submitted(submitted) => submitted.venue_id.as_deref()?.parse().ok(),
            _ => None,
        });
        Ok(order_of(reports).map(|algo| (algo, number)))
    }

    pub(super) async fn ask_open(&self, names: &[String]) -> Result<Vec<OrderReport>, Failure> {
        let line = self.line(None);
        let (desk, futures) = (self.desk(), self.futures());
        let mut reports = Vec::new();
        if names.len() >= MANY && self.isolated.is_none() {
            reports.extend(orders::open(&line, desk, None).await?);
            if let Some(product) = futures {
                reports.extend(orders::open_algo(&line, product, None).await?);
            }
        } else {
            for name in names {
                reports.extend(orders::open(&line, desk, Some(name)).await?);
                if let Some(product) = futures {
                    reports.extend(orders::open_algo(&line, product, Some(name)).await?);
                }
            }
        }
        let order = |report| match by_first_name(report) {
            Report::Order(order) if names.contains(&order.symbol) => Some(*order),
            _ => None,
        };
        Ok(reports.into_iter().filter_map(order).collect())
    }

    pub(super) const fn futures(&self) -> Option<FuturesProduct> {
        match self.product {
            Product::UsdM => Some(FuturesProduct::UsdM),
            Product::CoinM => Some(FuturesProduct::CoinM),
            Product::Spot | Product::Margin | Product::Options => None,
        }
    }

    fn desk(&self) -> Desk {
        match self.product {
            Product::Spot => Desk::Spot,
            Product::Margin => Desk::Margin(self.modes.lock().margin),
            Product::UsdM => Desk::Futures(FuturesProduct::UsdM),
            Product::CoinM => Desk::Futures(FuturesProduct::CoinM),
            Product::Options => Desk::Options,
        }
    }
}

/// A market order that takes no worse price than one: a limit whose rest is cancelled at once. A price between two ticks is moved to the
/// better one. An amount of quote currency becomes the quantity that it buys at that price, for limits take no amount.
fn bounded(order: &NewOrder, worst: Price, listed: &Listed) -> NewOrder {
    if !matches!(order.kind, OrderKind::Market) {
        return order.clone();
    }
    let rules = &listed.instrument.rules;
    let round = if order.side == Side::Buy { Round::Down } else { Round::Up };
    let price = Price::new(to_step(worst.get(), rules.tick_size, round)).unwrap_or(worst);
    let quantity = match (order.fitting, order.side) {
        (Fitting::Spend(amount), Side::Buy) => Quantity::new(quotient_to_lot(amount, price.get(), rules.lot_size)),
        _ => None,
    };
    NewOrder {
        kind: OrderKind::Limit { price },
        time_in_force: TimeInForce::ImmediateOrCancel,
        fitting: Fitting::Exact,
        quantity: quantity.unwrap_or(order.quantity),
        ..order.clone()
    }
}

/// Futures want side, quantity and price of every change ("Modify Order"), and have none of orders that wait for a price ("New Algo
/// Order").
fn future_change(symbol: &str, target: Target, order: &NewOrder, change: &Amendment) -> Result<FuturesAmendment, Failure> {
    let (OrderKind::Limit { price }, None) = (order.kind, change.trigger) else {
        return Err(unchangeable(format!(
            "{} is changed by another in its place: futures change limit orders alone",
            order.kind
        )));
    };
    Ok(FuturesAmendment {
        symbol: symbol.to_owned(),
        target,
        side: order.side,
        quantity: change.quantity.unwrap_or(order.quantity),
        price: FuturesPrice::At(change.price.unwrap_or(price)),
    })
}

/// Spot makes an order smaller, and nothing else ("Order Amend Keep Priority").
fn spot_change(order: &NewOrder, change: &Amendment) -> Result<Quantity, Failure> {
    match *change {
        Amendment { quantity: Some(quantity), price: None, trigger: None, .. } if quantity < order.quantity => Ok(quantity),
        _ => Err(unchangeable(format!("spot changes the quantity alone, and to less than {}", order.quantity))),
    }
}

fn unchangeable(message: String) -> Failure {
    let meaning = Meaning::Rejected(Rejection::BadAmendment);
    Failure::Refused { endpoint: AMEND, refused: Refused { id: None, code: 0, message, meaning } }
}

fn target(sent: &Sent, endpoint: &'static str) -> Result<Target, Failure> {
    let name = ClientId::new(&sent.client_name);
    name.map(Target::Client).map_err(|refusal| Failure::NotSent { endpoint, why: refusal.to_string() })
}

/// An answer; `None` where there is no such order.
fn known(reports: Reports) -> Result<Option<Vec<Report<'static>>>, Failure> {
    match reports {
        Ok(reports) => Ok(Some(reports)),
        Err(failure) if failure.meaning() == Some(Meaning::UnknownOrder) => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn order_of(reports: Vec<Report<'static>>) -> Option<OrderReport> {
    reports.into_iter().find_map(|report| match report {
        Report::Order(order) => Some(*order),
        _ => None,
    })
}

/// An order that was asked for. An answer that tells of another one of ours is no answer, whatever has brought it here: believed, it would
/// book one order's executions twice.
fn asked_for(order: OrderReport, sent: &Sent) -> Result<OrderReport, Failure> {
    let told_of = order.client_id.as_deref().and_then(read_client_name).unwrap_or(sent.id);
    if told_of == sent.id {
        return Ok(named(order, sent));
    }
    Err(Failure::Unknown { endpoint: QUERY, why: format!("{} was asked for, and {told_of} was answered", sent.id) })
}

/// An order by the name that it was placed with.
fn named(order: OrderReport, sent: &Sent) -> OrderReport {
    OrderReport { client_id: Some(sent.client_name.clone()), original_client_id: None, ..order }
}

fn called(report: Report<'static>, sent: &Sent) -> Report<'static> {
    match report {
        Report::Order(order) => Report::Order(Box::new(named(*order, sent))),
        report => report,
    }
}

fn first_names(reports: Vec<Report<'static>>) -> Vec<Report<'static>> {
    reports.into_iter().map(by_first_name).collect()
}

#[cfg(test)]
mod tests {
    use metaexpert_core::ClientOrderId;

    use super::*;

    #[test]
    fn an_answer_about_another_order_of_ours_is_no_answer() {
        let event = include_bytes!("../../testdata/user/usdm/order_new.json");
        let order = order_of(crate::user::read(Product::UsdM, event).unwrap()).unwrap();
        let id = order.client_id.as_deref().and_then(read_client_name).unwrap();
        let sent = |id: ClientOrderId| Sent {
            id,
            client_name: metaexpert_core::order::client_name(id, Some("now")),
            name: "BTCUSDT".into(),
            is_conditional: false,
            worst_price: None,
        };
        let told = asked_for(order.clone(), &sent(id)).unwrap();
        assert_eq!(told.client_id, Some(sent(id).client_name), "by the name that it is called by here");
        let other = ClientOrderId { sequence: id.sequence + 1, ..id };
        let failure = asked_for(order.clone(), &sent(other)).unwrap_err();
        assert!(failure.may_have_happened() && failure.to_string().contains(&id.to_string()), "{failure}");
        // A name that is nobody's here says nothing against it.
        assert!(asked_for(OrderReport { client_id: Some("autoclose-1".into()), ..order }, &sent(other)).is_ok());
    }
}
