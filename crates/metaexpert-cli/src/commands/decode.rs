//! `metaexpert decode`: what the adapter of an exchange makes of a raw payload. For whoever wonders why a message had no effect.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use metaexpert_binance::decode::{Kind, decode};
use metaexpert_connect::{Method, Report, report::Service};
use serde_json::value::RawValue;

use crate::{
    command_line::{DecodeArgs, Exchange, Product},
    console::Console,
    exit::{CommandError, Exit},
};

pub(crate) fn run(args: &DecodeArgs, console: &mut Console) -> Result<Exit, CommandError> {
    if args.exchange != Exchange::Binance {
        let known = "of the exchanges only `binance` has an adapter in this version";
        return Err(CommandError::Configuration(format!("decode: {known}")));
    }
    let kind = kind(&args.kind)?;
    let text = payloads(&args.file)?;
    let exit = each(&text, args.product.into(), &kind, console);
    Ok(exit)
}

/// Says of each payload what is made of it, and ends badly where that is nothing.
fn each(text: &str, product: metaexpert_binance::Product, kind: &Kind, console: &mut Console) -> Exit {
    let mut exit = Exit::Good;
    let mut seen = 0_usize;
    for payload in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        seen += 1;
        let made = match payload {
            Ok(payload) => made(product, kind, payload.get().as_bytes(), console),
            Err(why) => Err(format!("no JSON: {why}")),
        };
        if let Err(why) = made {
            console.error(format_args!("payload {seen}: {why}"));
            exit = Exit::Failed;
        }
    }
    if seen == 0 {
        console.error("there is no payload");
        exit = Exit::Failed;
    }
    exit
}

/// Puts a line on standard output.
fn made(product: metaexpert_binance::Product, kind: &Kind, payload: &[u8], console: &mut Console) -> Result<(), String> {
    let reports = decode(product, kind, payload).map_err(|why| why.to_string())?;
    let line = serde_json::to_string(&reports).map_err(|why| why.to_string())?;
    console.say_line(line);
    let strange = reports.iter().find_map(|report| match report {
        Report::Service(Service::Strange { kind }) => Some(kind),
        _ => None,
    });
    strange.map_or(Ok(()), |kind| Err(format!("nothing is made of `{kind}`: this adapter does not know it")))
}

/// `ws`, `user`, `rest:GET:/api/v3/depth`.
fn kind(text: &str) -> Result<Kind, CommandError> {
    let wrong = |rule: &str| CommandError::Configuration(format!("--kind: `{text}` {rule}"));
    match text {
        "ws" => return Ok(Kind::Stream),
        "user" => return Ok(Kind::User),
        _ => {}
    }
    let mut parts = text.splitn(3, ':');
    let (Some("rest"), Some(method), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong("is none of `ws`, `user` and `rest:METHOD:PATH`, such as `rest:GET:/api/v3/depth`"));
    };
    let method = [Method::Get, Method::Post, Method::Put, Method::Delete]
        .into_iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(method))
        .ok_or_else(|| wrong("has a method that is none of GET, POST, PUT and DELETE"))?;
    if !path.starts_with('/') {
        return Err(wrong("has a path that does not begin with `/`"));
    }
    let path = path.split('?').next().unwrap_or(path).to_owned();
    Ok(Kind::Rest { method, path })
}

fn payloads(file: &Path) -> Result<String, CommandError> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(file)
    };
    let bad = |why: &dyn std::fmt::Display| CommandError::Data(format!("{}: {why}", file.display()));
    let text = String::from_utf8(bytes.map_err(|why| bad(&why))?).map_err(|why| bad(&why))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

impl From<Product> for metaexpert_binance::Product {
    fn from(product: Product) -> Self {
        match product {
            Product::Spot => Self::Spot,
            Product::Margin => Self::Margin,
            Product::Usdm => Self::UsdM,
            Product::Coinm => Self::CoinM,
            Product::Options => Self::Options,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::tests::Heard;

    #[test]
    fn a_kind_is_a_stream_an_account_or_a_call() {
        assert_eq!(kind("ws").unwrap(), Kind::Stream);
        let depth = Kind::Rest { method: Method::Get, path: "/api/v3/depth".into() };
        assert_eq!(kind("rest:get:/api/v3/depth?limit=5").unwrap(), depth);
        for wrong in ["", "websocket", "rest", "rest:GET", "rest:PATCH:/x", "rest:GET:x"] {
            let error = kind(wrong).unwrap_err().to_string();
            assert!(error.starts_with(&format!("--kind: `{wrong}` ")), "{error}");
        }
    }

    #[test]
    fn each_payload_has_its_line_and_a_bad_one_is_named() {
        let heard = Heard::default();
        let text = "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}\n\n {\n\"code\": -1003,\n\"msg\": \"x\"} {\"bad\"";
        let call = Kind::Rest { method: Method::Get, path: "/api/v3/depth".into() };
        let exit = each(text, metaexpert_binance::Product::Spot, &call, &mut heard.console());
        assert_eq!(exit, Exit::Failed);
        assert_eq!(heard.out().lines().count(), 2, "{}", heard.out());
        assert!(heard.out().lines().all(|line| line.starts_with(r#"[{"report":"service","service":"refused""#)));
        assert!(heard.err().starts_with("error: payload 3: no JSON"), "{}", heard.err());
    }

    #[test]
    fn nothing_at_all_is_an_error() {
        let heard = Heard::default();
        assert_eq!(each(" \n", metaexpert_binance::Product::Spot, &Kind::Stream, &mut heard.console()), Exit::Failed);
        assert_eq!(heard.err(), "error: there is no payload\n");
    }
}
