//! The template's `Cargo.toml`, taken out of the workspace that it is a member of.

use std::borrow::Cow;

use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value, value};

use super::{Choice, Dependency, TemplateError, embedded, sources};

pub(super) fn rewritten(template: &str, choice: &Choice) -> Result<Cow<'static, str>, TemplateError> {
    let whole = sources::named(template, &choice.name) + embedded::ROOT;
    let mut manifest: DocumentMut = whole.parse().map_err(|error| broken(format!("{error}")))?;
    table(&mut manifest, "package")?.insert("name", value(choice.name.as_str()));
    let dependencies = table(&mut manifest, "dependencies")?;
    let metaexpert = dependencies.get_mut("metaexpert").ok_or_else(|| broken("`dependencies` has no `metaexpert`".to_owned()))?;
    *metaexpert = placed(metaexpert, &choice.dependency)?;
    match inherited(manifest.as_table()) {
        Some(path) => Err(broken(format!("`{path}` is the workspace's, and a project has none"))),
        None => Ok(Cow::Owned(manifest.to_string())),
    }
}

/// The dependency on `metaexpert` from where it is to be had, with the features that the template asks for.
fn placed(item: &Item, dependency: &Dependency) -> Result<Item, TemplateError> {
    let (kind, place) = match dependency {
        Dependency::Released => ("version", env!("CARGO_PKG_VERSION")),
        Dependency::Checkout(path) => {
            ("path", path.to_str().ok_or_else(|| broken(format!("`{}` is not UTF-8", path.display())))?)
        }
    };
    let mut table = InlineTable::from_iter([(kind, Value::from(place))]);
    let said = item.as_table_like().into_iter().flat_map(TableLike::iter);
    let asked_for = said.filter(|(key, _)| !["workspace", "path", "version"].contains(key));
    table.extend(asked_for.filter_map(|(key, item)| Some((key.to_owned(), item.as_value()?.clone()))));
    table.fmt();
    Ok(if table.len() == 1 && kind == "version" { value(place) } else { value(table) })
}

/// The first key that says `workspace = true`.
fn inherited(table: &dyn TableLike) -> Option<String> {
    table.iter().find_map(|(key, item)| match item.as_table_like() {
        Some(inner) if inner.get("workspace").and_then(Item::as_bool) == Some(true) => Some(key.to_owned()),
        Some(inner) => Some(format!("{key}.{}", inherited(inner)?)),
        None => None,
    })
}

fn table<'a>(manifest: &'a mut DocumentMut, name: &str) -> Result<&'a mut dyn TableLike, TemplateError> {
    manifest.get_mut(name).and_then(Item::as_table_like_mut).ok_or_else(|| broken(format!("there is no table `{name}`")))
}

fn broken(what: String) -> TemplateError {
    TemplateError::Manifest(what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        command_line::{Exchange, Strategy},
        template::{ExpertName, Market},
    };

    const TEMPLATE: &str = r#"# The project of my-expert.
[package]
name = "my-expert"
publish = false

[dependencies]
# The framework.
metaexpert = { workspace = true, features = ["backtest"] }
[dev-dependencies]
serde_json = "1"
"#;

    fn rewritten_for(dependency: Dependency, template: &str) -> Result<String, String> {
        let choice = Choice {
            name: ExpertName::new("crab").unwrap(),
            exchange: Exchange::Okx,
            strategy: Strategy::Ema,
            market: Market::Spot,
            dependency,
        };
        rewritten(template, &choice).map(Cow::into_owned).map_err(|error| error.to_string())
    }

    #[test]
    fn a_member_of_a_workspace_becomes_the_root_of_its_own() {
        let manifest = rewritten_for(Dependency::Released, TEMPLATE).unwrap();
        let expected = r#"# The project of crab.
[package]
name = "crab"
publish = false

[dependencies]
# The framework.
metaexpert = { version = "VERSION", features = ["backtest"] }
[dev-dependencies]
serde_json = "1"
"#;
        assert_eq!(manifest, expected.replace("VERSION", env!("CARGO_PKG_VERSION")) + embedded::ROOT);
        let plain =
            TEMPLATE.replace("metaexpert = { workspace = true, features = [\"backtest\"] }", "metaexpert.workspace = true");
        let plain = rewritten_for(Dependency::Released, &plain).unwrap();
        assert!(plain.contains(&format!("\nmetaexpert = \"{}\"\n", env!("CARGO_PKG_VERSION"))), "{plain}");
    }

    #[test]
    fn a_checkout_whose_path_has_spaces_quotes_and_letters_of_any_kind_is_found_again() {
        for path in ["/a b/крейты/metaexpert", r#"/with "quotes"/metaexpert"#, r"C:\Users\me\metaexpert"] {
            let manifest = rewritten_for(Dependency::Checkout(path.into()), TEMPLATE).unwrap();
            let manifest: DocumentMut = manifest.parse().unwrap();
            assert_eq!(manifest["dependencies"]["metaexpert"]["path"].as_str(), Some(path));
        }
    }

    #[test]
    fn what_the_template_should_have_and_has_not_is_said() {
        let broken = |from: &str, to: &str| rewritten_for(Dependency::Released, &TEMPLATE.replace(from, to)).unwrap_err();
        assert_eq!(broken("metaexpert =", "metaexport ="), "Cargo.toml: `dependencies` has no `metaexpert`");
        assert_eq!(broken("[dependencies]", "[build-dependencies]"), "Cargo.toml: there is no table `dependencies`");
        assert_eq!(broken("[package]", "[bundle]"), "Cargo.toml: there is no table `package`");
        assert_eq!(
            broken("serde_json = \"1\"", "serde_json.workspace = true"),
            "Cargo.toml: `dev-dependencies.serde_json` is the workspace's, and a project has none"
        );
    }
}
