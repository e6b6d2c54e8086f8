//! The configuration as a table: one block for each expert, a heading for each group.

use std::iter::repeat_n;

use super::{Shown, ShownCredential, ShownExpert};

/// What stands where a key is off.
const OFF: &str = "-";

/// All of it, with an empty line between the blocks.
pub(super) fn table(shown: &Shown<'_>) -> String {
    let mut blocks: Vec<_> = shown.experts.iter().map(of_expert).collect();
    blocks.push(of_credentials(&shown.credentials));
    blocks.join("\n")
}

/// A line of four columns, or a heading.
enum Row<'a> {
    Heading(&'a str),
    Cells([&'a str; 4]),
}

fn of_expert(expert: &ShownExpert<'_>) -> String {
    let mut rows = vec![Row::Cells(["key", "value", "layer", "place"])];
    let mut group = "";
    for key in &expert.keys {
        if key.group != group {
            group = key.group;
            rows.push(Row::Heading(group));
        }
        rows.push(Row::Cells([key.key, key.value.as_deref().unwrap_or(OFF), key.layer, &key.place]));
    }
    if !expert.inputs.is_empty() {
        rows.push(Row::Heading("Inputs"));
    }
    rows.extend(expert.inputs.iter().map(|input| Row::Cells([input.input, &input.value, input.layer, &input.place])));
    format!("expert {}\n\n{}", expert.name, aligned(&rows))
}

fn of_credentials(credentials: &[ShownCredential<'_>]) -> String {
    let cells = credentials.iter().map(|credential| {
        let place = credential.place.unwrap_or(OFF);
        Row::Cells([credential.variable, if credential.set { "set" } else { OFF }, place, ""])
    });
    let rows: Vec<_> = std::iter::once(Row::Heading("Credentials")).chain(cells).collect();
    aligned(&rows)
}

/// The rows with each column as wide as its widest cell.
fn aligned(rows: &[Row<'_>]) -> String {
    let mut widths = [0; 4];
    for row in rows {
        if let Row::Cells(cells) = row {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = cell.chars().count().max(*width);
            }
        }
    }
    let mut text = String::new();
    for row in rows {
        match row {
            Row::Heading(heading) => text.extend([if text.is_empty() { "" } else { "\n" }, heading, "\n"]),
            Row::Cells(cells) => {
                let mut line = String::from(" ");
                for (cell, width) in cells.iter().zip(widths) {
                    line.extend([" ", cell]);
                    line.extend(repeat_n(' ', 1 + width.saturating_sub(cell.chars().count())));
                }
                text.extend([line.trim_end(), "\n"]);
            }
        }
    }
    text
}
