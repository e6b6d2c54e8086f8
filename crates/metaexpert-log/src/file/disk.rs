//! What a log file asks of the operating system and a test wants to see fail.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

/// The three requests that fail in the field, each as the operating system answers it.
pub(crate) trait Disk {
    /// Appends some of the bytes, and says how many.
    fn write(&mut self, mut file: &File, bytes: &[u8]) -> io::Result<usize> {
        file.write(bytes)
    }

    /// Makes the file shorter.
    fn cut(&mut self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)
    }

    /// Gives a file another name.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }
}

/// The operating system.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Os;

impl Disk for Os {}
