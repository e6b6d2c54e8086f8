//! One note, as SQL.
//!
//! The one decision: nothing is remembered here from one note to the next but the last trade. What a note depends on is read in the same
//! transaction, so that a unit that is written again from its beginning comes out the same.

use std::sync::Arc;

use metaexpert_core::{
    Amendment, Cancellation, ClientOrderId, Effect, Instrument, InstrumentId, Money, NewOrder, OrderKind, OrderStatus,
    PositionSide, Price, Quantity, Trade, UnixNanos,
    order::client_name,
    portfolio::Leg,
    risk::{RiskState, WrittenRisk},
};
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{failure::Failure, name_of};
use crate::{
    kept::Changes,
    told::{Note, Told},
};

/// Prepared once: an order waits for what is done here.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)+) => {
        const ALL: &[&str] = &[$($sql),+];

        impl Statements {
            $($(#[$doc])* fn $name(&self) -> rusqlite::Result<CachedStatement<'_>> {
                self.connection.prepare_cached($sql)
            })+
        }
    };
}

statements! {
    begin_all = "BEGIN IMMEDIATE";
    commit_all = "COMMIT";
    order = "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, NULL, 'submitted', '0', ?6, 0)";
    amendment = "INSERT INTO amendments (run, sequence, time, quantity, price, trigger_price) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    event = "INSERT INTO order_events (run, sequence, time, event, detail) VALUES (?1, ?2, ?3, ?4, ?5)";
    /// A fill may come before the answer that says that the order stands, and stays true after it.
    accepted = "UPDATE orders SET status = CASE filled WHEN '0' THEN 'accepted' ELSE 'partially_filled' END, since = ?3
        WHERE run = ?1 AND sequence = ?2 AND is_ended = 0 AND status IN ('submitted', 'unknown')";
    unknown = "UPDATE orders SET status = 'unknown', since = ?3 WHERE run = ?1 AND sequence = ?2 AND is_ended = 0";
    ended = "UPDATE orders SET status = ?4, since = ?3, is_ended = 1 WHERE run = ?1 AND sequence = ?2 AND is_ended = 0";
    amended = "UPDATE orders SET quantity = ?3, kind = ?4, price = ?5, trigger_price = ?6, changes = ?7 WHERE run = ?1 AND sequence = ?2";
    progress = "SELECT quantity, filled FROM orders WHERE run = ?1 AND sequence = ?2";
    filled = "UPDATE orders SET filled = ?3 WHERE run = ?1 AND sequence = ?2";
    partly = "UPDATE orders SET status = 'partially_filled', since = ?3 WHERE run = ?1 AND sequence = ?2 AND is_ended = 0";
    trade = "INSERT INTO trades (trade_id, time, symbol, order_name, side, position_side, price, quantity, value, realized, currency, fee,
        fee_currency, liquidity, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    realized = "UPDATE trades SET realized = ?2 WHERE id = ?1";
    leg = "SELECT quantity, cost FROM legs WHERE symbol = ?1 AND side = ?2";
    open_leg = "INSERT OR REPLACE INTO legs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    close_leg = "DELETE FROM legs WHERE symbol = ?1 AND side = ?2";
    guard = "INSERT OR REPLACE INTO guards VALUES (?1, ?2, ?3)";
    unguard = "DELETE FROM guards WHERE symbol = ?1 AND side = ?2";
    balance = "INSERT OR REPLACE INTO balances VALUES (?1, ?2, ?3)";
    balance_day = "INSERT OR REPLACE INTO balance_days VALUES (?1, ?2, ?3)";
    funding = "INSERT INTO fundings (time, symbol, position_side, rate, amount, currency) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    charge = "INSERT INTO charges (time, cause, amount, currency) VALUES (?1, ?2, ?3, ?4)";
    error = "INSERT INTO errors VALUES (?1, ?2, 1, ?3, ?3, ?4)
        ON CONFLICT (day, kind) DO UPDATE SET times = times + 1, last = excluded.last, last_text = excluded.last_text";
    risk = "INSERT OR REPLACE INTO risk VALUES (1, ?1)";
    state = "INSERT OR REPLACE INTO state VALUES (1, ?1, ?2)";
}

/// Writes notes into one connection.
#[derive(Debug)]
pub(super) struct Statements {
    connection: Connection,
    listed: Arc<[Instrument]>,
    comment: Option<String>,
    last_trade: Option<LastTrade>,
}

/// The trade that was written last, as long as its leg may follow.
#[derive(Debug)]
struct LastTrade {
    id: i64,
    instrument: InstrumentId,
    side: PositionSide,
    quantity: Decimal,
    value: Decimal,
}

/// What a statement failed with, and what else can stand against a note.
#[derive(Debug, thiserror::Error)]
enum Unwritten {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("it cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it names an instrument that is not among those of the run")]
    Unlisted,
    #[error("the journal has `{0}` where a number should be")]
    NoNumber(String),
}

type Written<T = ()> = Result<T, Unwritten>;

impl Statements {
    /// All of them prepared, for nothing listed yet.
    pub(super) fn prepare(connection: Connection) -> rusqlite::Result<Self> {
        connection.set_prepared_statement_cache_capacity(ALL.len());
        for sql in ALL {
            connection.prepare_cached(sql)?;
        }
        Ok(Self { connection, listed: Arc::default(), comment: None, last_trade: None })
    }

    pub(super) const fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn list(&mut self, listed: Arc<[Instrument]>) {
        self.listed = listed;
    }

    pub(super) fn comment_with(&mut self, comment: String) {
        self.comment = Some(comment);
    }

    pub(super) fn begin(&mut self) -> Result<(), Failure> {
        self.last_trade = None;
        self.begin_all()
            .and_then(|mut begin| begin.execute([]))
            .map(drop)
            .map_err(|error| Failure::of(&error, "nothing was written"))
    }

    pub(super) fn commit(&mut self) -> Result<(), Failure> {
        self.commit_all()
            .and_then(|mut commit| commit.execute([]))
            .map(drop)
            .map_err(|error| Failure::of(&error, "nothing was written"))
    }

    pub(super) fn write(&mut self, note: &Note) -> Result<(), Failure> {
        self.put(note).map_err(|unwritten| match unwritten {
            Unwritten::Sqlite(error) => Failure::of(&error, &name_of(&note.told)),
            other => Failure::OfContent(format!("{}: {other}", name_of(&note.told))),
        })
    }

    fn put(&mut self, Note { time, told }: &Note) -> Written {
        let time = *time;
        match told {
            Told::Order(order) => self.put_order(order),
            Told::Amendment(amendment) => self.put_amendment(amendment, time),
            Told::Trade(trade) => self.put_trade(trade),
            Told::Leg(instrument, side, leg) => self.put_leg(*instrument, *side, leg.as_ref()),
            Told::Guard(instrument, side, json) => self.put_guard(*instrument, *side, json.as_deref()),
            Told::Balance(money) => self.put_balance(money, time),
            Told::Funding(funding) => {
                let side = funding.position_side.map(PositionSide::as_str);
                let Money { amount, currency } = &funding.amount;
                let at = funding.time.as_nanos();
                let row = params![at, funding.symbol.as_str(), side, funding.rate, text(*amount), currency.as_str()];
                Ok(self.funding()?.execute(row).map(drop)?)
            }
            Told::Charged(charge) => {
                let Money { amount, currency } = &charge.amount;
                let row = params![charge.time.as_nanos(), charge.cause.as_str(), text(*amount), currency.as_str()];
                Ok(self.charge()?.execute(row).map(drop)?)
            }
            Told::Accepted(id) => {
                self.accepted()?.execute(params![id.run, number(id.sequence), time.as_nanos()])?;
                self.put_event(*id, time, "accepted", None)
            }
            Told::Unknown(id) => {
                self.unknown()?.execute(params![id.run, number(id.sequence), time.as_nanos()])?;
                self.put_event(*id, time, "unknown", None)
            }
            Told::Filled(id) => self.put_end(*id, time, OrderStatus::Filled),
            Told::Rejected(id, rejection) => {
                self.put_end(*id, time, OrderStatus::Rejected)?;
                self.put_event(*id, time, "rejected", Some(rejection.as_str()))
            }
            Told::Cancelled(id, cancellation) => {
                self.put_end(*id, time, gone(*cancellation))?;
                self.put_event(*id, time, "cancelled", Some(cancellation.as_str()))
            }
            Told::Amended(id, quantity, kind) => self.put_amended(*id, time, *quantity, *kind),
            Told::Error(kind, words) => {
                Ok(self.error()?.execute(params![time.utc_day(), kind, time.as_nanos(), words]).map(drop)?)
            }
            Told::Risk(state) => self.put_risk(state),
            Told::State(state) => Ok(self.state()?.execute(params![state.json, state.time.as_nanos()]).map(drop)?),
        }
    }

    fn put_order(&mut self, order: &NewOrder) -> Written {
        let (effect, side) = effect_of(order.effect);
        let row = params![
            order.id.run,
            number(order.id.sequence),
            order.id.strategy,
            order.id.to_string(),
            client_name(order.id, self.comment.as_deref()),
            order.time.as_nanos(),
            symbol_of(&self.listed, order.instrument)?,
            order.side.as_str(),
            order.kind.as_str(),
            order.time_in_force.as_str(),
            effect,
            side.map(PositionSide::as_str),
            text(order.quantity.get()),
            order.kind.limit_price().map(|price| text(price.get())),
            order.kind.trigger().map(|trigger| text(trigger.price.get())),
            order.reason.as_str(),
            json(order)?,
        ];
        Ok(self.order()?.execute(row).map(drop)?)
    }

    fn put_amendment(&mut self, amendment: &Amendment, time: UnixNanos) -> Written {
        let Amendment { id, quantity, price, trigger } = amendment;
        let price_text = |price: &Option<Price>| price.map(|price| text(price.get()));
        let quantity = quantity.map(|quantity| text(quantity.get()));
        let row = params![id.run, number(id.sequence), time.as_nanos(), quantity, price_text(price), price_text(trigger)];
        Ok(self.amendment()?.execute(row).map(drop)?)
    }

    fn put_amended(&mut self, id: ClientOrderId, time: UnixNanos, quantity: Quantity, kind: OrderKind) -> Written {
        let changes = json(&Changes { quantity, kind })?;
        let price = kind.limit_price().map(|price| text(price.get()));
        let trigger = kind.trigger().map(|trigger| text(trigger.price.get()));
        let quantity = text(quantity.get());
        self.amended()?.execute(params![id.run, number(id.sequence), quantity, kind.as_str(), price, trigger, changes])?;
        self.put_event(id, time, "amended", Some(&changes))
    }

    fn put_trade(&mut self, trade: &Trade) -> Written {
        let quantity = trade.quantity.get();
        let instrument = self.listed.get(trade.instrument.index()).ok_or(Unwritten::Unlisted)?;
        let value = instrument.value(trade.price.get(), quantity);
        let row = params![
            trade.id.as_str(),
            trade.time.as_nanos(),
            trade.symbol.as_str(),
            trade.order.map(|id| id.to_string()),
            trade.side.as_str(),
            trade.position_side.as_str(),
            text(trade.price.get()),
            text(quantity),
            text(value),
            trade.opens().then_some("0"),
            instrument.settlement.as_str(),
            text(trade.fee.amount),
            trade.fee.currency.as_str(),
            trade.liquidity.as_str(),
            trade.reason.as_str(),
        ];
        let id = self.trade()?.insert(row)?;
        let last = LastTrade { id, instrument: trade.instrument, side: trade.position_side, quantity, value };
        self.last_trade = (!trade.opens()).then_some(last);
        trade.order.map_or(Ok(()), |order| self.put_progress(order, trade))
    }

    /// How much of its order a trade has executed.
    fn put_progress(&mut self, id: ClientOrderId, trade: &Trade) -> Written {
        let (run, sequence, time) = (id.run, number(id.sequence), trade.time.as_nanos());
        let texts = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let Some((asked, filled)) = self.progress()?.query_row(params![run, sequence], texts).optional()? else { return Ok(()) };
        let filled = read(&filled)? + trade.quantity.get();
        self.filled()?.execute(params![run, sequence, text(filled)])?;
        if filled >= read(&asked)? {
            self.ended()?.execute(params![run, sequence, time, OrderStatus::Filled.as_str()])?;
        } else {
            self.partly()?.execute(params![run, sequence, time])?;
        }
        Ok(())
    }

    fn put_leg(&mut self, instrument: InstrumentId, side: PositionSide, leg: Option<&Leg>) -> Written {
        let last = self.last_trade.take().filter(|last| (last.instrument, last.side) == (instrument, side));
        if let Some(last) = last {
            self.put_realized(&last, leg)?;
        }
        let symbol = symbol_of(&self.listed, instrument)?;
        match leg {
            Some(leg) => {
                let (quantity, cost) = (text(leg.quantity), text(leg.cost));
                let row = params![symbol, side.as_str(), quantity, cost, leg.leverage, leg.opened.as_nanos(), leg.entries];
                self.open_leg()?.execute(row)?;
            }
            None => drop(self.close_leg()?.execute(params![symbol, side.as_str()])?),
        }
        Ok(())
    }

    fn put_guard(&mut self, instrument: InstrumentId, side: PositionSide, json: Option<&str>) -> Written {
        let symbol = self.listed.get(instrument.index()).ok_or(Unwritten::Unlisted)?.symbol.as_str();
        match json {
            Some(json) => drop(self.guard()?.execute(params![symbol, side.as_str(), json])?),
            None => drop(self.unguard()?.execute(params![symbol, side.as_str()])?),
        }
        Ok(())
    }

    /// What a trade has realised, by what its leg had cost before it and after it.
    fn put_realized(&mut self, last: &LastTrade, after: Option<&Leg>) -> Written {
        let instrument = self.listed.get(last.instrument.index()).ok_or(Unwritten::Unlisted)?;
        let texts = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let key = params![instrument.symbol.as_str(), last.side.as_str()];
        let Some((quantity, cost)) = self.leg()?.query_row(key, texts).optional()? else { return Ok(()) };
        let (left, left_cost) = after.map_or((Decimal::ZERO, Decimal::ZERO), |leg| (leg.quantity, leg.cost));
        let (closed, released) = (read(&quantity)? - left, read(&cost)? - left_cost);
        if closed == last.quantity {
            let realized = instrument.gain(last.side, released, last.value);
            self.realized()?.execute(params![last.id, text(realized)])?;
        }
        Ok(())
    }

    fn put_balance(&mut self, money: &Money, time: UnixNanos) -> Written {
        let (currency, amount) = (money.currency.as_str(), text(money.amount));
        self.balance()?.execute(params![currency, amount, time.as_nanos()])?;
        self.balance_day()?.execute(params![time.utc_day(), currency, amount])?;
        Ok(())
    }

    fn put_risk(&mut self, state: &RiskState) -> Written {
        let written = json(&WrittenRisk::V1(state.clone()))?;
        Ok(self.risk()?.execute(params![written]).map(drop)?)
    }

    fn put_end(&mut self, id: ClientOrderId, time: UnixNanos, status: OrderStatus) -> Written {
        Ok(self.ended()?.execute(params![id.run, number(id.sequence), time.as_nanos(), status.as_str()]).map(drop)?)
    }

    fn put_event(&mut self, id: ClientOrderId, time: UnixNanos, event: &str, detail: Option<&str>) -> Written {
        Ok(self.event()?.execute(params![id.run, number(id.sequence), time.as_nanos(), event, detail]).map(drop)?)
    }
}

fn symbol_of(listed: &[Instrument], id: InstrumentId) -> Written<&str> {
    listed.get(id.index()).map(|instrument| instrument.symbol.as_str()).ok_or(Unwritten::Unlisted)
}

fn effect_of(effect: Effect) -> (&'static str, Option<PositionSide>) {
    match effect {
        Effect::Open(side) => ("open", Some(side)),
        Effect::Close(side) => ("close", Some(side)),
        Effect::CloseAll(side) => ("close_all", Some(side)),
        Effect::Net => ("net", None),
    }
}

/// As the engine tells it of an order that is gone.
fn gone(cancellation: Cancellation) -> OrderStatus {
    match cancellation {
        Cancellation::Expired | Cancellation::Immediate => OrderStatus::Expired,
        Cancellation::Requested
        | Cancellation::Linked
        | Cancellation::SelfTrade
        | Cancellation::NothingToClose
        | Cancellation::Liquidation
        | Cancellation::Delivery
        | Cancellation::Funds
        | Cancellation::EndOfData => OrderStatus::Cancelled,
    }
}

/// Digits, with all that stand behind the point: an equal decimal comes back.
fn text(decimal: Decimal) -> String {
    decimal.to_string()
}

fn read(text: &str) -> Written<Decimal> {
    text.parse().map_err(|_| Unwritten::NoNumber(text.to_owned()))
}

fn json(value: &impl Serialize) -> Written<String> {
    Ok(serde_json::to_string(value)?)
}

/// SQLite's integers are signed; an order's number fits into seven digits of base 36 anyway.
fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
