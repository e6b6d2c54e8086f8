//! Reports as text that is short enough to be read and compared: what is `None` is left out.

use std::fmt::Write;

use metaexpert_binance::{Product, orders::RESPONSES};
use metaexpert_connect::{Malformed, Method, Report};
use serde_json::Value;

/// A line for each report and each row of its fields.
pub(crate) fn shown(reports: &[Report<'_>]) -> String {
    let mut text = String::new();
    for report in reports {
        let value = serde_json::to_value(report).unwrap();
        let fields = value.as_object().unwrap();
        let kind = fields["report"].as_str().unwrap();
        let kind =
            fields.get("service").and_then(Value::as_str).map_or_else(|| kind.to_owned(), |service| format!("{kind} {service}"));
        let pairs = fields.iter().filter(|(name, value)| !value.is_null() && !matches!(name.as_str(), "report" | "service"));
        let mut line = kind;
        for (name, value) in pairs {
            let pair = format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            if line.len() + pair.len() > 110 {
                writeln!(text, "{line}").unwrap();
                line = format!("  {pair}");
            } else {
                write!(line, " {pair}").unwrap();
            }
        }
        writeln!(text, "{line}").unwrap();
    }
    text
}

/// What the row of a call makes of a payload.
pub(crate) fn read<'a>(product: Product, method: Method, path: &str, payload: &'a [u8]) -> Result<Vec<Report<'a>>, Malformed> {
    let row = RESPONSES.iter().find(|row| row.products == [product] && row.method == method && row.path == path);
    (row.unwrap_or_else(|| panic!("no row for {product} {} {path}", method.as_str())).read)(product, payload)
}
