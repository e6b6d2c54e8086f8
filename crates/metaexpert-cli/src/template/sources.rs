//! Everything but the manifest: the name is put in everywhere, exchange and market where the code sets them.

use std::borrow::Cow;

use super::{Choice, ExpertName, Market, TemplateError};

/// The file that sets exchange and market.
const MAIN: &str = "src/main.rs";

/// What the template says in code, and what is put in its place.
const EXCHANGE: &str = r#"MetaExpert::new("binance")"#;
const FUTURES: &str = ".market_type(MarketType::Futures)";
const SPOT: &str = ".market_type(MarketType::Spot)";

/// How the lines begin that only futures have.
const OF_FUTURES: &[&str] = &[".contract_type(", ".margin_mode(", ".position_mode("];

/// How the line begins that says where the template has its strategy; a project has it where a module is by itself.
const STRATEGY: &str = "#[path = \"../strategies/";

pub(super) fn rewritten(file: &'static str, text: &str, choice: &Choice) -> Result<Cow<'static, str>, TemplateError> {
    let mut text = named(text, &choice.name);
    if file == MAIN {
        text = without(file, &text, STRATEGY)?;
        text = replaced(file, &text, EXCHANGE, &format!("MetaExpert::new(\"{}\")", choice.exchange_name()))?;
        if choice.market == Market::Spot {
            text = replaced(file, &text, FUTURES, SPOT)?;
            for line in OF_FUTURES {
                text = without(file, &text, line)?;
            }
        }
    }
    Ok(Cow::Owned(text))
}

/// The text with the project's name in place of the template's own.
pub(super) fn named(text: &str, name: &ExpertName) -> String {
    text.replace("my-expert", name.as_str()).replace("my_expert", &name.in_code())
}

fn replaced(file: &'static str, text: &str, anchor: &str, by: &str) -> Result<String, TemplateError> {
    if text.contains(anchor) {
        Ok(text.replace(anchor, by))
    } else {
        Err(TemplateError::NoAnchor { file, anchor: anchor.to_owned() })
    }
}

/// The text without the lines that begin so.
fn without(file: &'static str, text: &str, beginning: &str) -> Result<String, TemplateError> {
    let stays = |line: &&str| !line.trim_start().starts_with(beginning);
    let left: String = text.split_inclusive('\n').filter(stays).collect();
    if left.len() < text.len() { Ok(left) } else { Err(TemplateError::NoAnchor { file, anchor: beginning.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        command_line::{Exchange, Strategy},
        template::Dependency,
    };

    #[test]
    fn an_anchor_that_is_gone_is_an_error() {
        let choice = Choice {
            name: ExpertName::new("crab").unwrap(),
            exchange: Exchange::Okx,
            strategy: Strategy::Rsi,
            market: Market::Spot,
            dependency: Dependency::Released,
        };
        let whole = [STRATEGY, EXCHANGE, FUTURES, ".contract_type(", ".margin_mode(", ".position_mode("];
        assert_eq!(
            rewritten(MAIN, &whole.join("\n"), &choice).unwrap(),
            format!("MetaExpert::new(\"okx\")\n{SPOT}\n"),
            "nothing is missing"
        );
        for gone in 0..whole.len() {
            let text: Vec<_> = whole.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, line)| *line).collect();
            let error = rewritten(MAIN, &text.join("\n"), &choice).unwrap_err();
            assert!(error.to_string().starts_with("src/main.rs: `"), "{error}");
        }
        assert_eq!(rewritten("README.md", "my-expert my_expert", &choice).unwrap(), "crab crab", "only code has anchors");
    }
}
