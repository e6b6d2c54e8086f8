//! Lines that wait to be written, one behind the other, with the border and the level of each.

use std::mem;

use crate::Level;

/// A buffer that held a line of this size does not keep it.
const CAPACITY_KEPT: usize = 1024 * 1024;

/// Lines that wait. What is written leaves at the front, without moving the rest.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    bytes: Vec<u8>,
    lines: Vec<Line>,
    /// How many bytes and lines have left at the front.
    gone: Gone,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    /// Where in the bytes it ends, behind its `\n`.
    end: usize,
    level: Level,
}

#[derive(Debug, Clone, Copy, Default)]
struct Gone {
    bytes: usize,
    lines: usize,
}

/// A piece that may be written at once, and where a line ends in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub bytes: &'a [u8],
    lines: &'a [Line],
    /// What the borders count from.
    from: usize,
}

impl Piece<'_> {
    /// The end of the last line that is whole within so many bytes.
    pub(super) fn whole_within(&self, bytes: usize) -> usize {
        let whole = self.lines.partition_point(|line| line.end - self.from <= bytes);
        whole.checked_sub(1).and_then(|last| self.lines.get(last)).map_or(0, |line| line.end - self.from)
    }
}

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.lines.len() == self.gone.lines
    }

    /// How many bytes wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len() - self.gone.bytes
    }

    /// What the backlog would take of the memory with another line.
    pub(super) fn weight_with(&self, line: &[u8]) -> usize {
        self.bytes.len() + line.len() + (self.lines.len() + 1) * size_of::<Line>()
    }

    /// Appends a line; one that does not end in `\n` is ended.
    pub(super) fn push(&mut self, line: &[u8], level: Level) {
        self.bytes.extend_from_slice(line);
        if line.last() != Some(&b'\n') {
            self.bytes.push(b'\n');
        }
        self.lines.push(Line { end: self.bytes.len(), level });
    }

    /// How long the first line is.
    pub(super) fn first_line(&self) -> Option<usize> {
        self.waiting().first().map(|line| line.end - self.gone.bytes)
    }

    /// As many whole lines as there is room for, and at least one.
    pub(super) fn fitting(&self, room: u64) -> Piece<'_> {
        let from = self.gone.bytes;
        let room = usize::try_from(room).unwrap_or(usize::MAX).saturating_add(from);
        let waiting = self.waiting();
        // Nearly always all of it.
        let fit = if self.bytes.len() <= room {
            waiting.len()
        } else {
            waiting.partition_point(|line| line.end <= room).max(1).min(waiting.len())
        };
        let lines = waiting.get(..fit).unwrap_or_default();
        let to = lines.last().map_or(from, |line| line.end);
        Piece { bytes: self.bytes.get(from..to).unwrap_or_default(), lines, from }
    }

    /// Lets the lines of the first so many bytes go, and names the level of each.
    pub(super) fn drop_front(&mut self, bytes: usize, mut each: impl FnMut(Level)) {
        let to = self.gone.bytes + bytes;
        let leaving = self.waiting().iter().take_while(|line| line.end <= to);
        self.gone = leaving.fold(self.gone, |gone, line| {
            each(line.level);
            Gone { bytes: line.end, lines: gone.lines + 1 }
        });
        if self.is_empty() {
            self.clear();
        }
    }

    /// Lets all lines go, and names the level of each.
    pub(super) fn drop_all(&mut self, mut each: impl FnMut(Level)) {
        self.waiting().iter().for_each(|line| each(line.level));
        self.clear();
    }

    /// Lets the lines go that `keeps` refuses; it is told the level of each, and whether what is kept so far and this line
    /// together weigh no more than `bound`.
    pub(super) fn retain(&mut self, bound: usize, mut keeps: impl FnMut(Level, bool) -> bool) {
        let old = mem::take(self);
        let mut start = old.gone.bytes;
        for line in old.waiting() {
            let bytes = old.bytes.get(start..line.end).unwrap_or_default();
            let fits = self.weight_with(bytes) <= bound;
            if keeps(line.level, fits) {
                self.push(bytes, line.level);
            }
            start = line.end;
        }
    }

    /// Gives back the memory of what has left at the front.
    pub(super) fn compact(&mut self) {
        if self.gone.lines > 0 {
            self.retain(usize::MAX, |_, _| true);
        }
    }

    fn waiting(&self) -> &[Line] {
        self.lines.get(self.gone.lines..).unwrap_or_default()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(CAPACITY_KEPT);
        self.lines.clear();
        self.lines.shrink_to(CAPACITY_KEPT / size_of::<Line>());
        self.gone = Gone::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_lines() -> Backlog {
        let mut backlog = Backlog::default();
        for (line, level) in [("one\n", Level::Info), ("three", Level::Trade), ("five\n", Level::Error)] {
            backlog.push(line.as_bytes(), level);
        }
        backlog
    }

    #[test]
    fn a_piece_ends_where_a_line_ends_and_holds_one_at_least() {
        let mut backlog = three_lines();
        let piece = |room| String::from_utf8(backlog.fitting(room).bytes.to_vec()).unwrap();
        assert_eq!([0, 9, 10, 14, 15].map(piece), ["one\n", "one\n", "one\nthree\n", "one\nthree\n", "one\nthree\nfive\n"]);
        backlog.drop_front(4, |_| {});
        assert_eq!((backlog.fitting(5).bytes, backlog.first_line()), (&b"three\n"[..], Some(6)));
        assert_eq!([0, 5, 6, 10, 11].map(|bytes| backlog.fitting(u64::MAX).whole_within(bytes)), [0, 0, 6, 6, 11]);
    }

    #[test]
    fn what_leaves_is_named_once() {
        let mut backlog = three_lines();
        let mut left = Vec::new();
        backlog.drop_front(9, |level| left.push(level));
        assert_eq!(left, [Level::Info], "the second line is not whole");
        backlog.retain(usize::MAX, |level, _| level == Level::Error);
        backlog.drop_all(|level| left.push(level));
        assert_eq!(left, [Level::Info, Level::Error]);
        assert!(backlog.is_empty());
    }
}
