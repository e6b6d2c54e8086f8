//! The last bars of one instrument and timeframe, side by side in memory so that a handler gets them as a slice.

use crate::Bar;

/// A window of the newest bars. Memory is twice the window, so that a bar is moved once in a window's length.
#[derive(Debug, Clone)]
pub struct History {
    bars: Vec<Bar>,
    window: usize,
}

impl History {
    /// Room for `window` bars, at least one.
    pub fn new(window: usize) -> Self {
        let window = window.max(1);
        Self { bars: Vec::with_capacity(window * 2), window }
    }

    /// Adds the newest bar. Never allocates.
    #[inline]
    pub fn push(&mut self, bar: Bar) {
        if self.bars.len() == self.window * 2 {
            self.bars.copy_within(self.window.., 0);
            self.bars.truncate(self.window);
        }
        self.bars.push(bar);
    }

    /// The newest `count` bars, oldest first; fewer where there are not so many, or where the window is smaller.
    pub fn last(&self, count: usize) -> &[Bar] {
        let start = self.bars.len().saturating_sub(count.min(self.window));
        self.bars.get(start..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnixNanos;

    #[test]
    fn the_newest_bars_are_kept_in_order_and_nothing_is_allocated() {
        let mut history = History::new(3);
        let room = history.bars.capacity();
        assert!(history.last(5).is_empty());
        for nanos in 0..100 {
            history.push(Bar { time: UnixNanos::from_nanos(nanos), open: 1.0, high: 1.0, low: 1.0, close: 1.0, volume: 1.0 });
            let times: Vec<_> = history.last(5).iter().map(|bar| bar.time.as_nanos()).collect();
            assert_eq!(times, ((nanos - 2).max(0)..=nanos).collect::<Vec<_>>());
        }
        assert_eq!(history.last(1).len(), 1);
        assert_eq!(history.bars.capacity(), room);
    }
}
