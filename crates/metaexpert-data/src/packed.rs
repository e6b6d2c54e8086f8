//! Text that is packed: a zip archive with one CSV file in it, or gzip around one.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::DataError;

/// The most that a file may unpack to. Ten years of one-minute bars are 0.5 GiB; beyond this it is no file of bars.
const UNPACKED_MAX: u64 = 4 << 30;

/// The one file of a zip archive, or the one that is called `.csv`: its name and its text.
pub(crate) fn unzip(bytes: &[u8], file: &str) -> Result<(String, Vec<u8>), DataError> {
    let bad = |error: zip::result::ZipError| DataError::format(file, "zip", error);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(bad)?;
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(bad)?;
        if entry.is_file() {
            files.push((index, entry.name().map_err(bad)?.into_owned()));
        }
    }
    if files.len() > 1 {
        files.retain(|(_, name)| is_csv(name));
    }
    let (index, name) = match files.as_slice() {
        [one] => one.clone(),
        [] => return Err(DataError::not_bars(file, "the archive holds no .csv file")),
        several => return Err(DataError::not_bars(file, format!("the archive holds {} .csv files, not one", several.len()))),
    };
    let text = unpack(archive.by_index(index).map_err(bad)?, file, "zip")?;
    Ok((name, text))
}

/// macOS adds a folder of its own, with a shadow of every file.
fn is_csv(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".csv") && !name.starts_with("__MACOSX/")
}

/// What a gzip file holds.
pub(crate) fn gunzip(bytes: &[u8], file: &str) -> Result<Vec<u8>, DataError> {
    unpack(flate2::bufread::MultiGzDecoder::new(bytes), file, "gzip")
}

fn unpack(packed: impl Read, file: &str, format: &'static str) -> Result<Vec<u8>, DataError> {
    let mut text = Vec::new();
    packed.take(UNPACKED_MAX + 1).read_to_end(&mut text).map_err(|error| DataError::format(file, format, error))?;
    if u64::try_from(text.len()).is_ok_and(|length| length > UNPACKED_MAX) {
        return Err(DataError::format(file, format, "unpacks to more than 4 GiB"));
    }
    Ok(text)
}
