//! Lines as CSV, or as JSON: an array with an object for each, one on each line of the file.

use std::io::Write;

use metaexpert_store::StoreError;
use serde::Serialize;

use super::tables::Failure;
use crate::command_line::FileFormat;

/// Writes lines as they come.
pub(super) struct Writer<'a> {
    form: Form<'a>,
    lines: u64,
}

enum Form<'a> {
    Csv(Box<csv::Writer<&'a mut dyn Write>>),
    Json(&'a mut dyn Write),
}

impl<'a> Writer<'a> {
    pub(super) fn begin(format: FileFormat, columns: &[&str], file: &'a mut dyn Write) -> Result<Self, Failure> {
        let form = match format {
            FileFormat::Csv => {
                // The names stand there even where no line follows.
                let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(file);
                writer.write_record(columns).map_err(unwritten)?;
                Form::Csv(Box::new(writer))
            }
            FileFormat::Json => {
                file.write_all(b"[")?;
                Form::Json(file)
            }
        };
        Ok(Self { form, lines: 0 })
    }

    pub(super) fn all<L: Serialize>(&mut self, lines: impl Iterator<Item = Result<L, StoreError>>) -> Result<(), Failure> {
        for line in lines {
            let line = line?;
            match &mut self.form {
                Form::Csv(writer) => writer.serialize(line).map_err(unwritten)?,
                Form::Json(file) => {
                    file.write_all(if self.lines == 0 { b"\n" } else { b",\n" })?;
                    serde_json::to_writer(&mut **file, &line).map_err(std::io::Error::from)?;
                }
            }
            self.lines += 1;
        }
        Ok(())
    }

    /// Returns how many lines there were.
    pub(super) fn end(self) -> Result<u64, Failure> {
        match self.form {
            Form::Csv(mut writer) => writer.flush()?,
            Form::Json(file) => {
                file.write_all(if self.lines == 0 { b"]\n" } else { b"\n]\n" })?;
                file.flush()?;
            }
        }
        Ok(self.lines)
    }
}

fn unwritten(error: csv::Error) -> Failure {
    Failure::Unwritten(error.into())
}
