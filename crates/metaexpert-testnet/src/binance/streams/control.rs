//! Requests over a stream's socket: `SUBSCRIBE` and its kin, read, and what is answered to wrong ones.
//!
//! The one decision: reading is apart from doing, so that every wrong request has its documented answer in one place ("Live
//! Subscribing/Unsubscribing to streams", Error Messages).

use serde_json::Value;

/// What is asked for, with the name that the answer is to carry, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Control {
    /// The name.
    pub id: String,
    /// What is asked for.
    pub order: Order,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// Send these too.
    Subscribe(Vec<String>),
    /// Send these no more.
    Unsubscribe(Vec<String>),
    /// What is sent?
    List,
    /// Put messages into envelopes, or do not.
    SetCombined(bool),
    /// Are they in envelopes?
    GetCombined,
}

/// Reads a request.
///
/// # Errors
/// What is answered to a wrong one.
pub(super) fn read(text: &str) -> Result<Control, String> {
    let request: Value = serde_json::from_str(text).map_err(|error| {
        format!(r#"{{"code":3,"msg":"Invalid JSON: expected value at line {} column {}"}}"#, error.line(), error.column())
    })?;
    let method = request
        .get("method")
        .and_then(Value::as_str)
        .ok_or_else(|| wrong(&format!("missing field `method` at line 1 column {}", text.len())))?;
    let id = request.get("id").map(id).transpose()?.ok_or_else(|| wrong(WRONG_ID))?;
    let order = match method {
        "SUBSCRIBE" => Order::Subscribe(names(&request)?),
        "UNSUBSCRIBE" => Order::Unsubscribe(names(&request)?),
        "LIST_SUBSCRIPTIONS" => Order::List,
        "SET_PROPERTY" => property(&request, &id, true)?,
        "GET_PROPERTY" => property(&request, &id, false)?,
        other => {
            let text = format!(
                "unknown variant `{other}`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, \
                 `SET_PROPERTY`, `GET_PROPERTY` at line 1 column {}",
                text.find(other).map_or(0, |place| place + other.len() + 1)
            );
            return Err(wrong(&text));
        }
    };
    Ok(Control { id, order })
}

/// The answer to a request that was done.
pub(super) fn done(id: &str, result: &str) -> String {
    format!(r#"{{"result":{result},"id":{id}}}"#)
}

const WRONG_ID: &str = "request ID must be an unsigned integer";

fn wrong(what: &str) -> String {
    let text = super::wire::quoted(&format!("Invalid request: {what}"));
    format!(r#"{{"code":2,"msg":{text}}}"#)
}

/// A name is a whole number, a text of letters and digits (36 at most), or `null`.
fn id(value: &Value) -> Result<String, String> {
    let is_good = match value {
        Value::Null => true,
        Value::Number(number) => number.is_i64(),
        Value::String(text) => {
            text.len() <= 36 && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
        }
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    };
    if is_good { Ok(value.to_string()) } else { Err(wrong(WRONG_ID)) }
}

fn names(request: &Value) -> Result<Vec<String>, String> {
    let params = request.get("params").and_then(Value::as_array).ok_or_else(|| wrong("missing field `params`"))?;
    let name = |param: &Value| param.as_str().map(str::to_owned).ok_or_else(|| wrong("stream name must be a string"));
    params.iter().map(name).collect()
}

fn property(request: &Value, id: &str, is_set: bool) -> Result<Order, String> {
    let params = request.get("params").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let (name, value) = match params {
        [name] => (name, None),
        [name, value] if is_set => (name, Some(value)),
        [] => return Err(wrong("property name must be a string")),
        [_, _, ..] => return Err(wrong("too many parameters")),
    };
    match name.as_str() {
        None => return Err(wrong("property name must be a string")),
        Some("combined") => {}
        Some(_) => return Err(format!(r#"{{"code":0,"msg":"Unknown property","id":{id}}}"#)),
    }
    if !is_set {
        return Ok(Order::GetCombined);
    }
    let value = value.and_then(Value::as_bool);
    value.map(Order::SetCombined).ok_or_else(|| r#"{"code":1,"msg":"Invalid value type: expected Boolean"}"#.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_of_the_documentation_is_understood() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for (text, id, order) in [
            (
                r#"{"method":"SUBSCRIBE","params":["a@trade","a@depth"],"id":1}"#,
                "1",
                Order::Subscribe(names(&["a@trade", "a@depth"])),
            ),
            (r#"{"method":"UNSUBSCRIBE","params":["a@depth"],"id":"x9"}"#, r#""x9""#, Order::Unsubscribe(names(&["a@depth"]))),
            (r#"{"method":"LIST_SUBSCRIPTIONS","id":null}"#, "null", Order::List),
            (r#"{"method":"SET_PROPERTY","params":["combined",true],"id":-5}"#, "-5", Order::SetCombined(true)),
            (r#"{"method":"GET_PROPERTY","params":["combined"],"id":2}"#, "2", Order::GetCombined),
        ] {
            assert_eq!(read(text), Ok(Control { id: id.into(), order }), "{text}");
        }
    }

    #[test]
    fn each_wrong_request_has_its_documented_answer() {
        for (text, answer) in [
            ("{", r#"{"code":3,"msg":"Invalid JSON: "#),
            (
                r#"{"params":["a@trade"],"id":1}"#,
                r#"{"code":2,"msg":"Invalid request: missing field `method` at line 1 column 29"}"#,
            ),
            (
                r#"{"method":"SUBSCRIBE","params":["a@trade"]}"#,
                r#"{"code":2,"msg":"Invalid request: request ID must be an unsigned integer"}"#,
            ),
            (
                r#"{"method":"SUBSCRIBE","params":[],"id":1.5}"#,
                r#"{"code":2,"msg":"Invalid request: request ID must be an unsigned integer"}"#,
            ),
            (
                r#"{"method":"SUBSCRYBE","params":[],"id":1}"#,
                r#"{"code":2,"msg":"Invalid request: unknown variant `SUBSCRYBE`, expected one of `SUBSCRIBE`"#,
            ),
            (
                r#"{"method":"GET_PROPERTY","params":["combined",1],"id":1}"#,
                r#"{"code":2,"msg":"Invalid request: too many parameters"}"#,
            ),
            (
                r#"{"method":"GET_PROPERTY","params":[1],"id":1}"#,
                r#"{"code":2,"msg":"Invalid request: property name must be a string"}"#,
            ),
            (r#"{"method":"GET_PROPERTY","params":["speed"],"id":4}"#, r#"{"code":0,"msg":"Unknown property","id":4}"#),
            (
                r#"{"method":"SET_PROPERTY","params":["combined","yes"],"id":1}"#,
                r#"{"code":1,"msg":"Invalid value type: expected Boolean"}"#,
            ),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.starts_with(answer), "{text}: {said}");
        }
    }
}
