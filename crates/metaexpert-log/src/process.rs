//! Who is speaking: what RFC 5424 wants to know of the process.

use std::path::PathBuf;

/// The fields of a JSON record that are the same for all of a process.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) host_name: String,
    pub(crate) app_name: String,
    pub(crate) id: u32,
}

/// RFC 5424, table 1: messages of the user level.
pub(crate) const FACILITY: u8 = 1;

impl Process {
    /// This process, under the name of a program.
    pub(crate) fn this(app_name: &str) -> Self {
        // Lengths: RFC 5424, section 6.
        let host_name = gethostname::gethostname();
        Self { host_name: visible(&host_name.to_string_lossy(), 255), app_name: visible(app_name, 48), id: std::process::id() }
    }
}

/// The name of the program that runs, without its folder and ending.
pub(crate) fn program_name() -> String {
    let path = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("metaexpert"));
    path.file_stem().map_or_else(|| "metaexpert".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// What the header of RFC 5424 allows: at most `length` of its visible characters, `-` for nothing.
pub(crate) fn visible(text: &str, length: usize) -> String {
    let kept: String = text.chars().filter(char::is_ascii_graphic).take(length).collect();
    if kept.is_empty() { "-".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_field_is_short_and_visible() {
        assert_eq!(visible("my bot\n\u{e9}!", 255), "mybot!");
        assert_eq!(visible(" ", 5), "-");
        assert_eq!(visible("123456789", 5), "12345");
        assert!(!program_name().is_empty());
    }
}
