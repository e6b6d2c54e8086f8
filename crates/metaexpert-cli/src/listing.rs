//! What is listed, as a table for people or as JSON for programs.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use crate::command_line::Format;

/// A row of a listing: its cells for the table, its fields (by `Serialize`) for JSON.
pub(crate) trait Row: Serialize {
    /// The headings of the table.
    const HEADINGS: &'static [&'static str];

    /// The cells, one for each heading.
    fn cells(&self) -> Vec<String>;
}

/// The rows as `format` shows them: a table with aligned columns, or a JSON array of objects.
pub(crate) fn listing<R: Row>(rows: &[R], format: Format) -> String {
    match format {
        Format::Table => table(R::HEADINGS, &rows.iter().map(Row::cells).collect::<Vec<_>>()),
        Format::Json => json(&rows),
    }
}

/// What there is to say about one thing, a line for each fact.
pub(crate) fn facts(facts: &[(&str, String)]) -> String {
    let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in facts {
        let _ = writeln!(text, "{name:<width$}  {value}");
    }
    text
}

/// A time for people: RFC 3339 in UTC, to the second.
pub(crate) fn second(time: Timestamp) -> String {
    format!("{time:.0}")
}

/// A length of time for people, in its two largest units: `3 d 4 h`, `12 min 3 s`.
pub(crate) fn length(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (1.., ..) => format!("{days} d {} h", hours % 24),
        (_, 1.., _) => format!("{hours} h {} min", minutes % 60),
        (_, _, 1..) => format!("{minutes} min {} s", seconds % 60),
        _ => format!("{seconds} s"),
    }
}

/// A cell for what may not be known.
pub(crate) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Something as indented JSON, with a line end.
pub(crate) fn json(value: &impl Serialize) -> String {
    // Only a map with keys that are no strings can fail, and no row has one.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// Columns as wide as their widest cell, two spaces between them, nothing after the last.
fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let headings: Vec<_> = headings.iter().map(|heading| heading.to_uppercase()).collect();
    let lines = || std::iter::once(&headings).chain(rows);
    let width_of = |column: usize| lines().filter_map(|cells| cells.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..headings.len()).map(|column| width_of(column).unwrap_or(0)).collect();
    let mut table = String::new();
    for cells in lines() {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Pet {
        name: &'static str,
        legs: Option<u8>,
    }

    impl Row for Pet {
        const HEADINGS: &'static [&'static str] = &["name", "legs"];

        fn cells(&self) -> Vec<String> {
            vec![self.name.to_owned(), or_dash(self.legs)]
        }
    }

    #[test]
    fn a_table_is_as_wide_as_its_cells_and_ends_without_spaces() {
        let pets = [Pet { name: "cat", legs: Some(4) }, Pet { name: "a snake", legs: None }];
        assert_eq!(listing(&pets, Format::Table), "NAME     LEGS\ncat      4\na snake  -\n");
        assert_eq!(listing::<Pet>(&[], Format::Table), "NAME  LEGS\n");
    }

    #[test]
    fn json_has_a_field_for_all_that_is_known_or_not() {
        let expected = "[\n  {\n    \"name\": \"snake\",\n    \"legs\": null\n  }\n]\n";
        assert_eq!(listing(&[Pet { name: "snake", legs: None }], Format::Json), expected);
        assert_eq!(listing::<Pet>(&[], Format::Json), "[]\n");
    }

    #[test]
    fn a_length_of_time_has_two_units() {
        for (seconds, expected) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3_599, "59 min 59 s"), (7_260, "2 h 1 min"), (90_000, "1 d 1 h")]
        {
            assert_eq!(length(seconds), expected);
        }
    }

    #[test]
    fn facts_stand_below_each_other() {
        assert_eq!(facts(&[("a", "1".into()), ("long", "2".into())]), "a     1\nlong  2\n");
    }
}
