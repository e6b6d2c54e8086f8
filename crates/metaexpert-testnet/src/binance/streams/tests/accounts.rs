//! Events of accounts, field for field as documented, with numbers of the tests' own.

use metaexpert_core::{
    Currency, Distance, Money, OrderKind, Percent, PositionSide, Price, Side, TimeInForce, Trigger, TriggerBy,
};
use rust_decimal::{Decimal, dec};

use super::floor::{ALICE, Hall, INVERSE, LINEAR, OPTION, SOCKET, SPOT, moment, ms};
use crate::{
    binance::streams::keys::Seat,
    listing::MarketId,
    news::{AccountNews, Balance, Cause, News, OrderChange, PositionNow},
    order::{
        Algo, AlgoId, AlgoState, Contingency, Echo, Execution, ListId, ListState, Loan, Order, OrderId, OrderList, OrderRequest,
        OrderState, Origin, Refusal, SelfTradePrevention, Size,
    },
    protocol::Outbox,
    wallet::Wallet,
};

fn price(price: Decimal) -> Price {
    Price::new(price).unwrap()
}

fn order(wallet: Wallet, market: MarketId, kind: OrderKind) -> Order {
    Order {
        id: OrderId(42),
        request: OrderRequest {
            wallet,
            market,
            client_id: "mine".into(),
            side: Side::Buy,
            kind,
            time_in_force: TimeInForce::GoodTillCancelled,
            size: Size::Quantity(dec!(2)),
            iceberg: None,
            leg: None,
            reduce_only: false,
            self_trade: SelfTradePrevention::ExpireMaker,
            loan: Loan::None,
            echo: Echo::new(),
        },
        origin: Origin::Client,
        list: None,
        state: OrderState::Working,
        quantity: dec!(2),
        executed: Decimal::ZERO,
        value: Decimal::ZERO,
        created: ms(1),
        updated: ms(1),
        working_since: Some(ms(1)),
        level: None,
        prevented: Decimal::ZERO,
        amends: 0,
        ended_by: None,
    }
}

fn filled(mut order: Order) -> (Order, Execution) {
    order.state = OrderState::PartiallyFilled;
    order.executed = dec!(1);
    order.value = dec!(80000);
    order.updated = ms(2);
    let execution = Execution {
        trade_id: 9,
        account: ALICE,
        order: order.id,
        client_id: "mine".into(),
        wallet: order.request.wallet,
        market: order.request.market,
        side: Side::Buy,
        leg: PositionSide::Long,
        price: dec!(80000),
        quantity: dec!(1),
        value: dec!(80000),
        fee: Money::new(dec!(8), Currency::new("USDT")),
        realized: dec!(1.5),
        is_maker: true,
        time: ms(2),
    };
    (order, execution)
}

fn position(market: MarketId) -> PositionNow {
    PositionNow {
        market,
        leg: None,
        amount: dec!(1),
        entry_price: dec!(80000),
        breakeven_price: dec!(80008),
        mark_price: dec!(79000),
        unrealized: dec!(-1000),
        realized: dec!(3),
        is_isolated: false,
        isolated_wallet: Decimal::ZERO,
        maintenance: dec!(320),
        leverage: 20,
        liquidation_price: None,
        updated: ms(2),
        closing_side: Side::Sell,
    }
}

fn wallet(wallet: Wallet, cause: Cause, change: Decimal, positions: Vec<PositionNow>) -> AccountNews {
    let balance = Balance {
        currency: Currency::new("USDT"),
        free: dec!(900),
        locked: dec!(100),
        change,
        wallet: dec!(1000),
        cross: dec!(990),
    };
    AccountNews::Wallet { time: ms(2), wallet, cause, balances: vec![balance], positions }
}

/// What a listener of that seat is sent.
#[track_caller]
fn told(seat: Seat, news: AccountNews) -> Vec<String> {
    told_with(&mut Hall::new(), seat, news)
}

#[track_caller]
fn told_with(hall: &mut Hall, seat: Seat, news: AccountNews) -> Vec<String> {
    hall.now = 3;
    match seat {
        Seat::Spot | Seat::Cross | Seat::Isolated(_) => {
            hall.streams.subscribe(SOCKET, (ALICE, seat), false, None);
        }
        Seat::Risk | Seat::UsdM | Seat::CoinM | Seat::Options => {
            let key = hall.streams.keys.open(ALICE, seat, ms(0));
            hall.connect(SOCKET, "", &format!("/ws/{key}"), "");
            if seat == Seat::Risk {
                hall.streams.disconnect(SOCKET);
                hall.connect(SOCKET, "margin-stream.binance.com", &format!("/ws/{key}"), "");
            }
        }
    }
    hall.tell(&[News::Account(ALICE, Box::new(news))]);
    hall.sent(SOCKET)
}

#[test]
fn an_order_of_coins_that_is_new_traded_cancelled_and_over() {
    let limit = OrderKind::Limit { price: price(dec!(80000)) };
    let report = |order: Order, change| {
        let [sent] = told(Seat::Spot, AccountNews::Order { order, change }).try_into().unwrap();
        sent
    };
    let head = r#"{"subscriptionId":0,"event":{"e":"executionReport","E":1795132800003,"s":"BTCUSDT""#;
    assert_eq!(
        report(order(Wallet::Spot, SPOT, limit), OrderChange::New),
        format!(
            r#"{head},"c":"mine","S":"BUY","o":"LIMIT","f":"GTC","q":"2.00000000","p":"80000.00000000","P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"NEW","X":"NEW","r":"NONE","i":42,"l":"0.00000000","z":"0.00000000","L":"0.00000000","n":"0","N":null,"T":1795132800001,"t":-1,"I":1,"w":true,"m":false,"M":false,"O":1795132800001,"Z":"0.00000000","Y":"0.00000000","Q":"0.00000000","W":1795132800001,"V":"EXPIRE_MAKER"}}}}"#
        )
    );
    let (traded, execution) = filled(order(Wallet::Spot, SPOT, limit));
    let sent = report(traded.clone(), OrderChange::Trade(execution));
    let middle = r#""x":"TRADE","X":"PARTIALLY_FILLED","r":"NONE","i":42,"l":"1.00000000","z":"1.00000000","L":"80000.00000000","n":"8.00000000","N":"USDT","T":1795132800002,"t":9,"I":1,"w":true,"m":true,"M":false,"O":1795132800001,"Z":"80000.00000000","Y":"80000.00000000""#;
    assert!(sent.contains(middle), "{sent}");
    let cancelled = Order { state: OrderState::Cancelled, ..traded.clone() };
    let sent = report(cancelled, OrderChange::Cancelled(Some("request".into())));
    assert!(sent.contains(r#""c":"request","#) && sent.contains(r#""C":"mine","x":"CANCELED","X":"CANCELED""#), "{sent}");
    let expired = Order { state: OrderState::Expired, ended_by: Some(Refusal::NoLiquidity), ..traded };
    let sent = report(expired, OrderChange::Expired);
    assert!(
        sent.contains(r#""x":"EXPIRED","X":"EXPIRED""#)
            && sent.ends_with(r#""V":"EXPIRE_MAKER","eR":"INSUFFICIENT_LIQUIDITY"}}"#),
        "{sent}"
    );
}

#[test]
fn what_a_client_said_comes_back_as_it_said_it() {
    let trigger = Trigger::at(price(dec!(85000)));
    let mut stop = order(Wallet::Spot, SPOT, OrderKind::StopLimit { trigger, price: price(dec!(85100)) });
    stop.state = OrderState::Waiting;
    stop.request.echo.insert("strategyId", "7".into());
    stop.request.echo.insert("type", "TAKE_PROFIT_LIMIT".into());
    stop.request.time_in_force = TimeInForce::ImmediateOrCancel;
    let [sent] = told(Seat::Spot, AccountNews::Order { order: stop, change: OrderChange::New }).try_into().unwrap();
    for part in [r#""o":"TAKE_PROFIT_LIMIT","f":"IOC""#, r#""P":"85000.00000000""#, r#""w":false"#, r#""j":7"#] {
        assert!(sent.contains(part), "{part} in {sent}");
    }
}

#[test]
fn money_of_spot_that_is_set_aside_or_comes_in() {
    let position = r#"{"subscriptionId":0,"event":{"e":"outboundAccountPosition","E":1795132800003,"u":1795132800002,"B":[{"a":"USDT","f":"900.00000000","l":"100.00000000"}]}}"#;
    assert_eq!(told(Seat::Spot, wallet(Wallet::Spot, Cause::Order, Decimal::ZERO, Vec::new())), [position]);
    let update =
        r#"{"subscriptionId":0,"event":{"e":"balanceUpdate","E":1795132800003,"a":"USDT","d":"-25.00000000","T":1795132800002}}"#;
    assert_eq!(told(Seat::Cross, wallet(Wallet::Cross, Cause::Transfer, dec!(-25), Vec::new())), [position, update]);
    assert_eq!(
        told(Seat::Spot, wallet(Wallet::Cross, Cause::Order, Decimal::ZERO, Vec::new())),
        Vec::<String>::new(),
        "another wallet's"
    );
}

#[test]
fn a_list_names_its_orders() {
    let mut hall = Hall::new();
    let limit = OrderKind::Limit { price: price(dec!(80000)) };
    hall.floor.orders.push(order(Wallet::Spot, SPOT, limit));
    let list = OrderList {
        id: ListId(5),
        client_id: "list".into(),
        wallet: Wallet::Spot,
        market: SPOT,
        contingency: Contingency::OneCancelsOther,
        orders: vec![OrderId(42)],
        state: ListState::Executing,
        created: ms(1),
    };
    let event = r#"{"subscriptionId":0,"event":{"e":"listStatus","E":1795132800003,"s":"BTCUSDT","g":5,"c":"OCO","l":"EXEC_STARTED","L":"EXECUTING","r":"NONE","C":"list","T":1795132800003,"O":[{"s":"BTCUSDT","i":42,"c":"mine"}]}}"#;
    assert_eq!(told_with(&mut hall, Seat::Spot, AccountNews::List(list)), [event]);
}

#[test]
fn debts_and_margin_calls_are_told_on_the_risk_stream() {
    let mut hall = Hall::new();
    let debt = |borrowed, interest| AccountNews::Debt {
        time: ms(2),
        wallet: Wallet::Cross,
        currency: Currency::new("USDT"),
        borrowed,
        interest,
    };
    let liability = |kind: &str, borrowed: &str, interest: &str| {
        format!(r#"{{"e":"USER_LIABILITY_CHANGE","E":1795132800003,"a":"USDT","t":"{kind}","p":"{borrowed}","i":"{interest}"}}"#)
    };
    for (borrowed, interest, told) in [
        (dec!(2000), dec!(0), liability("BORROW", "2000.00000000", "0.00000000")),
        (dec!(2000), dec!(1), liability("INTEREST", "2000.00000000", "1.00000000")),
        (dec!(999), dec!(1), liability("REPAY", "999.00000000", "1.00000000")),
    ] {
        assert_eq!(told_with(&mut hall, Seat::Risk, debt(borrowed, interest)), [told]);
    }
    let call = AccountNews::MarginCall { time: ms(2), wallet: Wallet::Cross, positions: Vec::new() };
    let level = r#"{"e":"MARGIN_LEVEL_STATUS_CHANGE","E":1795132800003,"l":"1.1","s":"MARGIN_CALL"}"#;
    assert_eq!(told_with(&mut hall, Seat::Risk, call), [level]);
}

#[test]
fn an_order_of_futures_that_trades_is_told_in_short_and_in_full() {
    let (traded, execution) = filled(order(Wallet::Linear, LINEAR, OrderKind::Limit { price: price(dec!(80000)) }));
    let lite = r#"{"e":"TRADE_LITE","E":1795132800003,"T":1795132800002,"s":"BTCUSDT","q":"2.000","p":"80000.00","m":true,"c":"mine","S":"BUY","L":"80000.00","l":"1.000","t":9,"i":42}"#;
    let full = r#"{"e":"ORDER_TRADE_UPDATE","E":1795132800003,"T":1795132800002,"o":{"s":"BTCUSDT","c":"mine","S":"BUY","o":"LIMIT","f":"GTC","q":"2.000","p":"80000.00","ap":"80000.00","sp":"0.00","x":"TRADE","X":"PARTIALLY_FILLED","i":42,"l":"1.000","z":"1.000","L":"80000.00","N":"USDT","n":"8.00000000","T":1795132800002,"t":9,"b":"0","a":"0","m":true,"R":false,"wt":"CONTRACT_PRICE","ot":"LIMIT","ps":"BOTH","cp":false,"pP":false,"si":0,"ss":0,"rp":"1.50000000","V":"EXPIRE_MAKER","pm":"NONE","gtd":0,"er":"0"}}"#;
    assert_eq!(told(Seat::UsdM, AccountNews::Order { order: traded, change: OrderChange::Trade(execution) }), [lite, full]);
}

#[test]
fn an_order_of_coin_margined_futures_names_its_account_and_its_margin() {
    let new = order(Wallet::Inverse, INVERSE, OrderKind::Limit { price: price(dec!(80000)) });
    let (traded, execution) = filled(new.clone());
    let [sent] =
        told(Seat::CoinM, AccountNews::Order { order: traded, change: OrderChange::Trade(execution) }).try_into().unwrap();
    assert!(sent.starts_with(r#"{"e":"ORDER_TRADE_UPDATE""#), "{sent}");
    let [sent] = told(Seat::CoinM, AccountNews::Order { order: new, change: OrderChange::New }).try_into().unwrap();
    assert!(
        sent.starts_with(r#"{"e":"ORDER_TRADE_UPDATE","E":1795132800003,"T":1795132800001,"i":"SfsR","o":{"s":"BTCUSD_PERP""#),
        "{sent}"
    );
    assert!(sent.contains(r#""ma":"BTC","N":"BTC","n":"0","T":1795132800001,"t":0,"rp":"0.00000000","b":"0""#), "{sent}");
}

#[test]
fn a_position_that_is_taken_over_is_calculated_not_traded() {
    let (mut taken, execution) = filled(order(Wallet::Linear, LINEAR, OrderKind::Market));
    taken.origin = Origin::Liquidation;
    let [sent] = told(Seat::UsdM, AccountNews::Order { order: taken, change: OrderChange::Trade(execution) }).try_into().unwrap();
    assert!(sent.contains(r#""o":"LIQUIDATION""#) && sent.contains(r#""x":"CALCULATED""#), "{sent}");
}

#[test]
fn balances_and_positions_of_futures() {
    let sent = told(Seat::UsdM, wallet(Wallet::Linear, Cause::Order, dec!(-8), vec![position(LINEAR)]));
    let event = r#"{"e":"ACCOUNT_UPDATE","E":1795132800003,"T":1795132800002,"a":{"m":"ORDER","B":[{"a":"USDT","wb":"1000.00000000","cw":"990.00000000","bc":"0.00000000"}],"P":[{"s":"BTCUSDT","pa":"1.000","ep":"80000.00000000","bep":"80008.00000000","cr":"3.00000000","up":"-1000.00000000","mt":"cross","iw":"0.00000000","ps":"BOTH","ma":"USDT"}]}}"#;
    assert_eq!(sent, [event]);
    let [sent] = told(Seat::UsdM, wallet(Wallet::Linear, Cause::Funding, dec!(-8), Vec::new())).try_into().unwrap();
    assert!(
        sent.contains(
            r#""m":"FUNDING_FEE","B":[{"a":"USDT","wb":"1000.00000000","cw":"990.00000000","bc":"-8.00000000"}],"P":[]"#
        ),
        "{sent}"
    );
    let silent = told(Seat::UsdM, wallet(Wallet::Linear, Cause::Order, Decimal::ZERO, Vec::new()));
    assert_eq!(silent, Vec::<String>::new(), "an order that was only placed changes nothing");
}

#[test]
fn a_margin_call_names_the_positions_at_risk() {
    let call = AccountNews::MarginCall { time: ms(2), wallet: Wallet::Linear, positions: vec![position(LINEAR)] };
    let event = r#"{"e":"MARGIN_CALL","E":1795132800003,"cw":"500.00000000","p":[{"s":"BTCUSDT","ps":"BOTH","pa":"1.000","mt":"CROSSED","iw":"0.00000000","mp":"79000.00000000","up":"-1000.00000000","mm":"320.00000000"}]}"#;
    assert_eq!(told(Seat::UsdM, call), [event]);
}

#[test]
fn a_conditional_order_tells_what_became_of_it() {
    let kind =
        OrderKind::TrailingStop { distance: Distance::Percent(Percent::new(dec!(1))), activation: None, by: TriggerBy::Mark };
    let waiting = order(Wallet::Linear, LINEAR, kind).request;
    let algo = Algo {
        id: AlgoId(77),
        request: waiting.clone(),
        state: AlgoState::Waiting,
        order: None,
        created: ms(1),
        updated: ms(2),
        triggered: None,
        level: Some(dec!(79200)),
        refused: None,
    };
    let event = r#"{"e":"ALGO_UPDATE","T":1795132800002,"E":1795132800003,"o":{"caid":"mine","aid":77,"at":"CONDITIONAL","o":"TRAILING_STOP_MARKET","s":"BTCUSDT","S":"BUY","ps":"BOTH","f":"GTC","q":"2.000","X":"NEW","ai":"","ap":"0.00000","aq":"0.00000","act":"0","tp":"79200.00","p":"0.00","V":"EXPIRE_MAKER","wt":"MARK_PRICE","pm":"NONE","cp":false,"pP":false,"R":false,"tt":0,"gtd":0,"rm":""}}"#;
    assert_eq!(told(Seat::UsdM, AccountNews::Algo(algo.clone())), [event]);
    let mut hall = Hall::new();
    let (mut traded, _) = filled(order(Wallet::Linear, LINEAR, kind));
    traded.origin = Origin::Algo(AlgoId(77));
    hall.floor.orders.push(traded.clone());
    let triggered = Algo { state: AlgoState::Triggered, order: Some(OrderId(42)), triggered: Some(ms(2)), ..algo };
    let [sent] = told_with(&mut hall, Seat::UsdM, AccountNews::Algo(triggered)).try_into().unwrap();
    assert!(sent.contains(r#""X":"TRIGGERED","ai":"42","ap":"80000.00","aq":"1.000","act":"MARKET""#), "{sent}");
    let [sent] = told(Seat::UsdM, AccountNews::Order { order: traded, change: OrderChange::New }).try_into().unwrap();
    assert!(
        sent.contains(r#""o":"MARKET""#)
            && sent.contains(r#""ot":"TRAILING_STOP_MARKET","ps":"BOTH","cp":false,"AP":"0.00","cr":"1""#),
        "{sent}"
    );
}

#[test]
fn options_tell_in_shapes_of_their_own() {
    let sent = told(Seat::Options, wallet(Wallet::Options, Cause::Order, dec!(-8), vec![position(OPTION)]));
    let both = r#"{"e":"BALANCE_POSITION_UPDATE","E":1795132800003,"T":1795132800002,"m":"ORDER","B":[{"a":"USDT","b":"1000.00000000","bc":"0.00000000"}],"P":[{"s":"BTC-261225-90000-C","c":"1.0000","p":"79000.00000000","a":"80000.00000000"}]}"#;
    let account = r#"{"e":"ACCOUNT_UPDATE","E":1795132800003,"T":1795132800002,"eq":"80000.00000000","aeq":"1000.00000000","b":"1000.00000000","m":"79000.00000000","u":"-1000.00000000","i":"100.00000000","M":"320.00000000"}"#;
    assert_eq!(sent, [both, account]);
    let (traded, execution) = filled(order(Wallet::Options, OPTION, OrderKind::Limit { price: price(dec!(80000)) }));
    let [sent] =
        told(Seat::Options, AccountNews::Order { order: traded, change: OrderChange::Trade(execution) }).try_into().unwrap();
    assert!(
        sent.starts_with(r#"{"e":"ORDER_TRADE_UPDATE","E":1795132800003,"T":1795132800002,"o":{"s":"BTC-261225-90000-C""#),
        "{sent}"
    );
    assert!(sent.contains(r#""N":"USDT","n":"-8.00000000""#), "a fee is negative here: {sent}");
    let call = AccountNews::MarginCall { time: ms(2), wallet: Wallet::Options, positions: vec![position(OPTION)] };
    let risk = r#"{"e":"RISK_LEVEL_CHANGE","E":1795132800003,"s":"REDUCE_ONLY","mb":"79500.00000000","mm":"320.00000000"}"#;
    assert_eq!(told(Seat::Options, call), [risk]);
}

#[test]
fn a_subscription_that_ends_says_so() {
    let mut hall = Hall::new();
    assert_eq!(hall.streams.subscribe(SOCKET, (ALICE, Seat::Spot), true, None), Some(0));
    assert_eq!(hall.streams.subscribe(SOCKET, (ALICE, Seat::Spot), true, None), None, "one an account");
    assert_eq!(hall.streams.subscribe(SOCKET, (ALICE, Seat::Cross), false, Some(ms(60))), Some(1));
    assert_eq!(hall.streams.subscribe(SOCKET, (ALICE, Seat::Cross), false, Some(ms(90))), Some(1), "a new token renews it");
    hall.streams.unsubscribe(SOCKET, |subscription| subscription.is_of_login, moment(3), &mut hall.out);
    let over = |id: u16, time: i64| format!(r#"{{"subscriptionId":{id},"event":{{"e":"eventStreamTerminated","E":{time}}}}}"#);
    assert_eq!(hall.sent(SOCKET), [over(0, 1_795_132_800_003)]);
    hall.streams.pass_time(moment(60), &mut Outbox::default());
    assert_eq!(hall.streams.subscriptions(SOCKET).len(), 1);
    hall.streams.pass_time(moment(90), &mut hall.out);
    assert_eq!(hall.sent(SOCKET), [over(1, 1_795_132_800_090)]);
}
