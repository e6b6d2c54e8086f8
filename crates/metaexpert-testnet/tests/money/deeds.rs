//! What the two users do: orders, lists, transfers, loans, settings, and now and then nothing but wait.

use super::*;

impl Floor {
    /// One deed of somebody, or none and time passes.
    pub(super) fn act(&mut self) {
        let account = self.one(&ACCOUNTS);
        let deed = self.below(40);
        let said = match deed {
            0..=15 => {
                let request = self.request(account);
                let text = format!("{account:?} {request:?}");
                let before = totals(&self.world, account);
                let placed = self.world.place(account, request);
                if placed.is_err() {
                    let after = totals(&self.world, account);
                    assert_eq!(before, after, "a refused order has moved money: {text}: {placed:?}");
                }
                format!("{text}: {:?}", placed.map(|placed| (placed.order.id, placed.order.state)))
            }
            16 | 17 => self.list(account),
            18 | 19 => {
                let mut request = self.request(account);
                let at = self.price(request.market).unwrap();
                let trigger = Trigger { price: at, by: self.one(&[TriggerBy::Last, TriggerBy::Mark]) };
                request.kind = self.one(&[
                    OrderKind::StopMarket { trigger },
                    OrderKind::TakeProfitMarket { trigger },
                    OrderKind::TakeProfitLimit { trigger, price: at },
                ]);
                if request.wallet.class() == Class::Spot || request.wallet == Wallet::Options {
                    return;
                }
                if self.below(4) == 0 {
                    request.size = Size::WholePosition;
                    request.reduce_only = false;
                }
                format!("{account:?} algo {:?}", self.world.place_algo(account, request).map(|algo| algo.id))
            }
            20..=22 => {
                let Some(order) = self.any_open(account) else { return };
                let (wallet, market) = (order.request.wallet, order.request.market);
                let cancelled = self.world.cancel(account, wallet, market, &Named::Id(order.id.0), None);
                assert!(cancelled.is_ok(), "an open order cannot be taken back: {order:?}");
                format!("{account:?} cancel {:?}", order.id)
            }
            23 | 24 => {
                let Some(order) = self.any_open(account) else { return };
                let (wallet, market) = (order.request.wallet, order.request.market);
                let quantity = Quantity::new(self.amount(wallet, market));
                let change = Change {
                    quantity,
                    price: if self.below(2) == 0 { self.price(market) } else { None },
                    client_id: None,
                    keeps_place: self.below(3) == 0,
                };
                let amended = self.world.amend(account, wallet, market, &Named::Id(order.id.0), &change);
                format!("{account:?} amend {:?} {change:?} {:?}", order.id, amended.map(|placed| placed.order.state))
            }
            25..=27 => self.transfer(account),
            28..=30 => self.loan(account),
            31 | 32 => self.setting(account),
            33 => {
                let cap =
                    if self.below(2) == 0 { None } else { Some(Decimal::new(i64::try_from(self.below(50)).unwrap() + 1, 2)) };
                self.world.set_fill_cap(cap);
                format!("cap {cap:?}")
            }
            _ => {
                let seconds = self.one(&[1, 10, 60, 600, 3600]);
                let by = i64::try_from(self.below(seconds) + 1).unwrap() * SECOND;
                self.world.advance(self.world.now().saturating_add_nanos(by));
                self.world.pace();
                format!("{} s pass", by / SECOND)
            }
        };
        self.done.push(said);
    }

    pub(super) fn list(&mut self, account: AccountId) -> String {
        let mut request = self.request(account);
        while request.wallet.class() != Class::Spot {
            request = self.request(account);
        }
        let (price, trigger) = (self.price(request.market).unwrap(), self.price(request.market).unwrap());
        request.size = Size::Quantity(self.amount(request.wallet, request.market));
        request.time_in_force = TimeInForce::GoodTillCancelled;
        let named = |name: &str, request: &OrderRequest| format!("{name}-{}", request.client_id);
        let limit = OrderRequest { kind: OrderKind::Limit { price }, client_id: named("limit", &request), ..request.clone() };
        let trigger = Trigger { price: trigger, by: TriggerBy::Last };
        let stop =
            OrderRequest { kind: OrderKind::StopMarket { trigger }, client_id: named("stop", &request), ..request.clone() };
        let first = OrderRequest {
            kind: OrderKind::Limit { price: self.price(request.market).unwrap() },
            side: request.side.opposite(),
            client_id: named("first", &request),
            ..request.clone()
        };
        let for_what_came = self.below(2) == 0;
        let (contingency, orders) = match self.below(3) {
            0 => (Contingency::OneCancelsOther, vec![limit, stop]),
            1 => (Contingency::OneTriggersOther { for_what_came }, vec![first, limit]),
            _ => (Contingency::OneTriggersOther { for_what_came }, vec![first, limit, stop]),
        };
        let before = totals(&self.world, account);
        let list = ListRequest { client_id: named("list", &request), contingency, orders };
        let text = format!("{account:?} {list:?}");
        let placed = self.world.place_list(account, list);
        if placed.is_err() {
            assert_eq!(before, totals(&self.world, account), "a refused list has moved money: {text}: {placed:?}");
        }
        format!("{text}: {:?}", placed.map(|(list, _)| list.id))
    }

    pub(super) fn transfer(&mut self, account: AccountId) -> String {
        let (btc, eth) = (self.market(Class::Spot, "BTCUSDT"), self.market(Class::Spot, "ETHUSDT"));
        let wallets = [
            None,
            Some(Wallet::Spot),
            Some(Wallet::Spot),
            Some(Wallet::Cross),
            Some(Wallet::Isolated(btc)),
            Some(Wallet::Isolated(eth)),
            Some(Wallet::Linear),
            Some(Wallet::Inverse),
            Some(Wallet::Options),
        ];
        let (from, to) = (self.one(&wallets), self.one(&wallets));
        let coin = self.one(&["USDT", "BTC", "ETH", "BNB"]);
        let most = if coin == "USDT" { 20_000 } else { 3 };
        let amount = Decimal::new(i64::try_from(self.below(most * 1000) + 1).unwrap(), 3);
        let money = Money::new(amount, Currency::new(coin));
        let before = totals(&self.world, account);
        let moved = self.world.transfer(account, from, to, &money);
        let text = format!("{account:?} transfer {from:?} {to:?} {money}: {moved:?}");
        let mut after = totals(&self.world, account);
        if moved.is_ok() {
            let outside = self.deposited.entry((account, coin.to_owned())).or_default();
            let there = after.entry(coin.to_owned()).or_default();
            if from.is_none() {
                *outside += amount;
                *there -= amount;
            }
            if to.is_none() {
                *outside -= amount;
                *there += amount;
            }
        }
        let is_there = |totals: BTreeMap<String, Decimal>| -> Vec<_> {
            totals.into_iter().filter(|(_, amount)| !amount.is_zero()).map(|(coin, amount)| (coin, amount.normalize())).collect()
        };
        assert_eq!(is_there(before), is_there(after), "{text}");
        text
    }

    pub(super) fn loan(&mut self, account: AccountId) -> String {
        let btc = self.market(Class::Spot, "BTCUSDT");
        let isolated = self.below(2) == 0;
        let coin = self.one(&["USDT", "BTC", "ETH", "BNB"]);
        let share = Decimal::from(self.below(130)) / dec!(100);
        let repays = self.below(3) == 0;
        let done = self.world.settle(account, |wallets, markets, now| {
            let currency = Currency::new(coin);
            macro_rules! with {
                ($wallet:expr) => {{
                    let wallet = $wallet;
                    let most = if repays {
                        let asset = wallet.asset(&currency);
                        asset.borrowed + asset.interest
                    } else {
                        wallet.max_borrowable(&currency, markets)
                    };
                    let money = Money::new((most * share).round_dp(8), currency.clone());
                    let done = if repays { wallet.repay(&money, now, markets) } else { wallet.borrow(&money, now, markets) };
                    done.map(|(id, _)| (id, money))
                }};
            }
            if isolated { with!(wallets.isolated_mut(btc).ok_or(Refusal::UnknownMarket)?) } else { with!(wallets.cross_mut()) }
        });
        format!("{account:?} {} isolated {isolated}: {done:?}", if repays { "repays" } else { "borrows" })
    }

    pub(super) fn setting(&mut self, account: AccountId) -> String {
        let wallet = self.one(&[Wallet::Linear, Wallet::Inverse]);
        let market = match wallet {
            Wallet::Linear => self.market(Class::Linear, "BTCUSDT"),
            _ => self.market(Class::Inverse, "BTCUSD_PERP"),
        };
        let (what, number, yes) = (self.below(7), self.below(125), self.below(2) == 0);
        let leg = self.one(&[None, Some(PositionSide::Long), Some(PositionSide::Short)]);
        let done = self.world.settle(account, |wallets, markets, now| {
            let futures = wallets.futures_mut(wallet);
            match what {
                0 => futures.set_leverage(market, u32::try_from(number).unwrap(), markets).map(|_| ()),
                1 => futures.set_margin_type(market, yes),
                2 => futures.set_position_mode(yes),
                3 => futures.set_multi_assets(yes, markets),
                4 => futures.set_fee_burn(yes),
                5 => {
                    wallets.spot_mut().pay_fees_in_coin(yes);
                    wallets.cross_mut().pay_fees_in_coin(yes);
                    wallets.cross_mut().pay_interest_in_coin(yes);
                    Ok(())
                }
                _ => {
                    let scale = if wallet == Wallet::Linear { dec!(10) } else { dec!(0.0001) };
                    let amount = Decimal::from(number) * scale * if yes { dec!(1) } else { dec!(-1) };
                    futures.move_margin(market, leg, amount, now, markets).map(|_| ())
                }
            }
        });
        format!("{account:?} {wallet:?} setting {what} {number} {yes} {leg:?}: {done:?}")
    }
}
