//! `docs/api/configuration.md` is printed from the table of keys. Where it is stale, this test fails and says so;
//! `UPDATE_EXPECT=1 cargo test -p metaexpert --test reference_docs` rewrites it.

use expect_test::expect_file;
use metaexpert_core::config::{KEYS, Key, Origin};

#[test]
fn the_reference_of_the_configuration_is_printed_from_the_table_of_keys() {
    expect_file!["../../../docs/api/configuration.md"].assert_eq(&reference());
}

const INTRODUCTION: &str = "\
<!-- Printed by crates/metaexpert/tests/reference_docs.rs from crates/metaexpert-core/src/config/keys.rs. Edit those. -->

# Configuration

Every key can be set in five places. The later one in this list wins:

1. in code, for all experts of a program: `MetaExpert::new(\"binance\").leverage(10)`;
2. in the attribute of one expert, where the table says so: `#[on_init(leverage = 10)]`;
3. in the file `metaexpert.toml` of the current directory, or the one that `--config` names: `leverage = 10`;
4. in the environment: `METAEXPERT_LEVERAGE=10`; else in the file `.env` of the current directory, by the same name;
5. on the command line: `--leverage 10`.

An expert's own inputs are set there too, but for code and attribute: `fast = 9` under `[inputs]`, `METAEXPERT_INPUT_FAST=9`, `--fast 9`.

`--print-config` shows each effective value and where it was set.

All `_pct` keys are percent: `2.0` is 2 %. A limit without a default is off until it is set. In code, decimals may be written as
`f64`; they become the decimal of their 15 significant digits. A value that its key cannot have is an error that names the place,
and so is a key that does not exist, also where a later place hides it.
";

fn reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut group = "";
    for key in KEYS {
        if key.group != group {
            group = key.group;
            page.extend(["\n## ", group, "\n"]);
        }
        page.push_str(&section(key));
    }
    page
}

fn section(key: &Key) -> String {
    let values = match (key.choices, key.range.as_str()) {
        ([], "") => placeholder(key).to_owned(),
        ([], range) => format!("{}, {range}", placeholder(key)),
        (choices, _) => choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "),
    };
    let default = key.default_text().map_or_else(|| "none".to_owned(), |text| format!("`{text}`"));
    let attribute = if key.attribute { format!(", `#[on_init({} = ..)]`", key.name) } else { String::new() };
    let flag = Origin::Flag.place_of(key.name).replace("flag ", "");
    let variable = Origin::Environment.place_of(key.name);
    format!(
        "\n### `{}`\n\n{}\n\n- Values: {values}\n- Default: {default}\n- Set by: `{flag}`, `{variable}`{attribute}, `.{}(..)`\n",
        key.name, key.doc, key.name
    )
}

fn placeholder(key: &Key) -> &'static str {
    match key.placeholder {
        "NUMBER" => "a number",
        "PERCENT" => "percent",
        "TEXT" => "text",
        "HOURS" => "hours from 0 to 23",
        "DAYS" => "days from `mon` to `sun`",
        "SIZE" => "a size such as `10 MiB`",
        "URL" => "a URL",
        "true|false" => "`true` or `false`",
        "TIME" => "a date or an RFC 3339 time",
        other => other,
    }
}
