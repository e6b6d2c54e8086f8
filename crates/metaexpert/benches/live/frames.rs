//! WebSocket frames, as far as a relay has to know them (RFC 6455, section 5.2): where one ends, and what text is in it.

use std::io::{self, Read};

/// One frame: its bytes as they came, and what they say.
pub(crate) struct Frame {
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: Vec<u8>,
}

impl Frame {
    /// The next one; `None` where the connection has ended.
    pub(crate) fn read(from: &mut impl Read) -> Option<Self> {
        let mut bytes = Vec::new();
        let head = take(from, &mut bytes, 2).ok()?;
        let (masked, short) = (head[1] & 0x80 != 0, head[1] & 0x7f);
        let length = match short {
            126 => take(from, &mut bytes, 2).ok()?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
            127 => take(from, &mut bytes, 8).ok()?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
            length => usize::from(length),
        };
        let mask = if masked { take(from, &mut bytes, 4).ok()? } else { vec![0; 4] };
        let body = take(from, &mut bytes, length).ok()?;
        let text = body.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        Some(Self { bytes, text })
    }

    /// Whether these letters are in it.
    pub(crate) fn has(&self, letters: &str) -> bool {
        find(&self.text, letters.as_bytes()).is_some()
    }
}

/// A text from a server.
pub(crate) fn text(text: &str) -> Vec<u8> {
    let mut bytes = vec![0x81];
    match u8::try_from(text.len()) {
        Ok(length) if length < 126 => bytes.push(length),
        _ => {
            bytes.push(126);
            bytes.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        }
    }
    bytes.extend(text.as_bytes());
    bytes
}

pub(crate) fn find(bytes: &[u8], letters: &[u8]) -> Option<usize> {
    bytes.windows(letters.len()).position(|window| window == letters)
}

fn take(from: &mut impl Read, bytes: &mut Vec<u8>, count: usize) -> io::Result<Vec<u8>> {
    let mut taken = vec![0; count];
    from.read_exact(&mut taken)?;
    bytes.extend(&taken);
    Ok(taken)
}
