//! The captured payloads of an exchange, one by one.
//!
//! The one decision: this file knows how the captures are written down and nothing of what is in them; what a payload is, is said
//! by the exchange's own table.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::value::RawValue;

/// A payload, and what its file says of it.
pub(crate) struct Payload {
    /// File below the captures and, where it has several, which of them: `nautilus/binance/x.json`, `.../y.json#3`.
    pub(crate) source: String,
    /// Heading or section of a page, name of a function, address of a recorded call.
    pub(crate) about: String,
    /// Method and path, where the file says them.
    pub(crate) call: Option<(String, String)>,
    /// The payload.
    pub(crate) text: String,
}

/// The folder with the captures; `None`, and a line that says so, where there is none.
pub(crate) fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/captures");
    let folder = std::env::var_os("METAEXPERT_CAPTURES").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no captures in {} (METAEXPERT_CAPTURES names another folder)", folder.display());
    None
}

#[derive(Deserialize)]
struct Page {
    method: Option<String>,
    path: Option<String>,
    blocks: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    heading: Option<String>,
    section: Option<String>,
    json: Option<Box<RawValue>>,
    raw: Option<String>,
}

#[derive(Deserialize)]
struct Call {
    r#fn: String,
    http: Option<Http>,
    json: Box<RawValue>,
}

#[derive(Deserialize)]
struct Http {
    method: String,
    path: String,
}

/// Pages of documentation: one JSON a page, with blocks. A line such as `GET /api/v3/depth` names the call of what follows it.
pub(crate) fn pages(captures: &Path, folder: &str) -> Vec<Payload> {
    let mut payloads = Vec::new();
    for (source, text) in files(captures, folder, &["json"]) {
        let page: Page = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{source}: {why}"));
        let of_page = page.method.zip(page.path);
        let mut named: Option<(String, String)> = None;
        for (number, block) in page.blocks.into_iter().enumerate() {
            let about = block.section.or(block.heading).unwrap_or_default();
            if let Some(call) = block.raw.as_deref().and_then(named_call) {
                named = Some(call);
            }
            if let Some(json) = block.json {
                let call = named.clone().or_else(|| of_page.clone());
                payloads.push(Payload { source: format!("{source}#{number}"), about, call, text: json.get().to_owned() });
            }
        }
    }
    payloads
}

/// `GET /api/v3/depth` alone in a block.
fn named_call(raw: &str) -> Option<(String, String)> {
    let (method, path) = raw.trim().lines().next()?.split_once(' ')?;
    let is_method = matches!(method, "GET" | "POST" | "PUT" | "DELETE");
    let path = path.split(['?', ' ']).next()?;
    (is_method && path.starts_with('/')).then(|| (method.to_owned(), path.to_owned()))
}

/// Replies that an SDK is tested with: one JSON a part, with functions.
pub(crate) fn functions(captures: &Path, folder: &str) -> Vec<Payload> {
    let mut payloads = Vec::new();
    for (source, text) in files(captures, folder, &["json"]) {
        let calls: Vec<Call> = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{source}: {why}"));
        payloads.extend(calls.into_iter().enumerate().map(|(number, call)| Payload {
            source: format!("{source}#{number}"),
            about: call.r#fn,
            call: call.http.map(|http| (http.method, http.path)),
            text: call.json.get().to_owned(),
        }));
    }
    payloads
}

/// Files that are one payload each.
pub(crate) fn single(captures: &Path, folder: &str) -> Vec<Payload> {
    let whole = |(source, text): (String, String)| {
        let about = source.rsplit('/').next().unwrap_or_default().to_owned();
        Payload { source, about, call: None, text }
    };
    files(captures, folder, &["json"]).into_iter().map(whole).collect()
}

/// Recordings, a message a line: `URL -> time: body`, `time: message`, `nanoseconds message`.
pub(crate) fn recorded(captures: &Path, folder: &str) -> Vec<Payload> {
    let mut payloads = Vec::new();
    for (source, text) in files(captures, folder, &["log", "gz"]) {
        let mut stream = String::new();
        for (number, line) in text.lines().enumerate() {
            let source = format!("{source}#{number}");
            if let Some((address, _)) = line.split_once(" <-> ") {
                address.clone_into(&mut stream);
            } else if let Some((address, rest)) = line.split_once(" -> ").filter(|_| line.starts_with("http")) {
                let text = rest.split_once(": ").map_or(rest, |(_, body)| body);
                let path = address.splitn(4, '/').nth(3).unwrap_or_default().split('?').next().unwrap_or_default();
                let call = Some(("GET".to_owned(), format!("/{path}")));
                payloads.push(Payload { source, about: address.to_owned(), call, text: text.to_owned() });
            } else if let Some(at) = line.find(['{', '[']).filter(|_| line.starts_with(|first: char| first.is_ascii_digit())) {
                payloads.push(Payload { source, about: stream.clone(), call: None, text: line[at..].to_owned() });
            }
        }
    }
    payloads
}

/// Names, below the captures, and texts of the files of a folder, in order.
fn files(captures: &Path, folder: &str, kinds: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![captures.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kinds.iter().any(|known| kind == *known)) {
                let name = path.strip_prefix(captures).unwrap().display().to_string();
                found.push((name, text(&path)));
            }
        }
    }
    found.sort();
    found
}

fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    if path.extension().is_some_and(|kind| kind == "gz") {
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        return text;
    }
    String::from_utf8(bytes).unwrap()
}
