//! The file `metaexpert.toml`: keys by their names at the top, inputs under `[inputs]`.
//!
//! The one decision: a number is what is written there, digit by digit, and never an `f64`; dates and lists become the text that a
//! flag would have. So a value means the same in every source, and its key alone says what it may be. What TOML's own types add is
//! that text must be text: `comment = 5` is a mistake more often than a comment.

use std::{ops::Range, path::Path, sync::Arc};

use metaexpert_core::{
    ConfigError,
    config::{KEYS, Key, KeyValue, Line, Origin},
};
use metaexpert_log::register_secret;
use toml_edit::{Document, Item, Table, TableLike, TomlError, Value};

use super::{Spelling, Subject, input_named, is_secret, key_named, text::Text};
use crate::given::{Given, Said};

const NAME: &str = "metaexpert.toml";
const INPUTS: &str = "inputs";

const SPELLING: Spelling = Spelling {
    name: str::to_owned,
    key: |key| format!("above the first table, as `{key} = ..`"),
    input: |input| format!("under `[{INPUTS}]`, as `{input} = ..`"),
};

/// Reads the file that is named, or else the one of the directory if there is one; what is wrong is put to `refused`.
pub(super) fn read(directory: &Path, named: Option<&Path>, experts: &[Subject<'_>], refused: &mut Vec<ConfigError>) -> Given {
    let path = named.unwrap_or(Path::new(NAME));
    let shown = path.display().to_string();
    let text = match Text::read(&directory.join(path), &shown) {
        Ok(Some(text)) => text.text,
        Ok(None) if named.is_none() => return Given::default(),
        Ok(None) => {
            refused.push(ConfigError::about(format!("flag --config: {shown}"), "no such file"));
            return Given::default();
        }
        Err(error) => {
            refused.push(error);
            return Given::default();
        }
    };
    let mut reader = Reader { text: &text, path: shown.into(), experts, refused, given: Given::default() };
    match Document::parse(text.as_str()) {
        Ok(document) => reader.keys(document.as_table()),
        Err(error) => reader.does_not_parse(&error),
    }
    reader.given
}

struct Reader<'a> {
    text: &'a str,
    path: Arc<str>,
    experts: &'a [Subject<'a>],
    refused: &'a mut Vec<ConfigError>,
    given: Given,
}

/// Where a name stands, and what is wrong with what stands there.
struct Misplaced(Range<usize>, String);

impl Reader<'_> {
    fn keys(&mut self, top: &Table) {
        for (name, item) in top {
            let span = top.key(name).and_then(toml_edit::Key::span).or_else(|| item.span()).unwrap_or_default();
            match item.as_table_like() {
                Some(inputs) if name == INPUTS => self.inputs(inputs),
                Some(table) if Key::find(name).is_none() => self.refuse(no_table(name, table, span)),
                None if name == INPUTS => {
                    self.refuse(Misplaced(
                        span,
                        format!("`{INPUTS}` is a table: `[{INPUTS}]`, and the inputs in the lines below it"),
                    ));
                }
                Some(_) | None => self.key(name, item, span),
            }
        }
    }

    fn key(&mut self, name: &str, item: &Item, span: Range<usize>) {
        if self.is_credential(name, item, &span) {
            return;
        }
        let line = self.line(&span);
        match key_named(name, &SPELLING, self.experts) {
            Ok(name) => match text_of(item, span, self.text, Taken::by_key(name)) {
                Ok(text) => self.given.keys.push(Said { name, text, origin: Origin::File(line) }),
                Err(misplaced) => self.refuse(misplaced),
            },
            Err(unknown) => self.refused.push(unknown.at(format!("{line}: {name}"))),
        }
    }

    fn inputs(&mut self, inputs: &dyn TableLike) {
        for (name, item) in inputs.iter() {
            let span = inputs.key(name).and_then(toml_edit::Key::span).or_else(|| item.span()).unwrap_or_default();
            if self.is_credential(name, item, &span) {
                continue;
            }
            let line = self.line(&span);
            match input_named(name, &SPELLING, self.experts) {
                Ok(name) => match text_of(item, span, self.text, Taken::Scalar) {
                    Ok(text) => self.given.inputs.push(Said { name, text, origin: Origin::File(line) }),
                    Err(misplaced) => self.refuse(misplaced),
                },
                Err(unknown) => self.refused.push(unknown.at(format!("{line}: {INPUTS}.{name}"))),
            }
        }
    }

    /// Refuses what is secret by its name: this file is shown to others, and is kept with the code.
    fn is_credential(&mut self, name: &str, item: &Item, span: &Range<usize>) -> bool {
        let is_credential = is_secret(name);
        if is_credential {
            item.as_str().into_iter().for_each(register_secret);
            let rule = format!(
                "`{name}` is secret by its name, and no secret belongs in this file; set it in the environment or in `.env`"
            );
            self.refused.push(ConfigError::about(self.line(span).to_string(), rule));
        }
        is_credential
    }

    fn does_not_parse(&mut self, error: &TomlError) {
        let message = error.message().lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
        self.refuse(Misplaced(error.span().unwrap_or_default(), format!("is not TOML: {message}")));
    }

    fn refuse(&mut self, Misplaced(span, rule): Misplaced) {
        let before = self.before(&span);
        let column = 1 + before.rsplit('\n').next().map_or(0, |line| line.chars().count());
        self.refused.push(ConfigError::about(format!("{}:{column}", self.line(&span)), rule));
    }

    fn line(&self, span: &Range<usize>) -> Line {
        Line { path: Arc::clone(&self.path), number: 1 + self.before(span).matches('\n').count() }
    }

    fn before(&self, span: &Range<usize>) -> &str {
        self.text.get(..span.start).unwrap_or_default()
    }
}

/// What is said of a table whose name is not `inputs`.
fn no_table(name: &str, table: &dyn TableLike, span: Range<usize>) -> Misplaced {
    let rule = match table.iter().map(|(name, _)| name).find(|name| Key::find(name).is_some()) {
        Some(key) => format!("there is no table `{name}`; keys such as `{key}` stand above the first table"),
        None => format!("there is no table `{name}`, only `[{INPUTS}]`; keys stand above it, without a table"),
    };
    Misplaced(span, rule)
}

/// What a key or an input takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// Text, and nothing that looks like something else.
    Text,
    /// One value of any type.
    Scalar,
    /// One value, or a list of them.
    List,
}

impl Taken {
    fn by_key(name: &str) -> Self {
        match KEYS.iter().find(|key| key.name == name).map(|key| key.placeholder) {
            Some("HOURS" | "DAYS") => Self::List,
            Some(placeholder) if placeholder == <String as KeyValue>::PLACEHOLDER => Self::Text,
            Some(_) | None => Self::Scalar,
        }
    }
}

/// What stands at a name, as a flag would have it.
fn text_of(item: &Item, name: Range<usize>, whole: &str, taken: Taken) -> Result<String, Misplaced> {
    match item.as_value() {
        Some(value) => text_of_value(value, name, whole, taken),
        None => Err(Misplaced(name, "a table stands where a value is wanted".into())),
    }
}

fn text_of_value(value: &Value, name: Range<usize>, whole: &str, taken: Taken) -> Result<String, Misplaced> {
    let span = value.span().unwrap_or(name);
    let written = whole.get(span.clone()).unwrap_or_default();
    match value {
        Value::Array(array) if taken == Taken::List => {
            let texts = array.iter().map(|value| text_of_value(value, span.clone(), whole, Taken::Scalar));
            Ok(texts.collect::<Result<Vec<_>, _>>()?.join(","))
        }
        Value::Array(_) => Err(Misplaced(span, "a list stands where one value is wanted".into())),
        Value::InlineTable(_) => Err(Misplaced(span, "a table stands where a value is wanted".into())),
        Value::String(text) => Ok(text.value().clone()),
        _ if taken == Taken::Text => {
            Err(Misplaced(span, format!("`{written}` stands where text is wanted; write `\"{written}\"`")))
        }
        Value::Integer(number) if written.contains(['x', 'o', 'b']) => Ok(number.value().to_string()),
        Value::Integer(_) | Value::Float(_) => Ok(written.replace('_', "")),
        Value::Boolean(boolean) => Ok(boolean.value().to_string()),
        Value::Datetime(time) => Ok(time.value().to_string()),
    }
}
