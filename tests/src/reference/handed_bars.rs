//! The bars that the strategy is handed: the data's own, or longer ones made of them.
use super::bars::Bar;

/// Collects the data's bars into those of the timeframe, which begin at whole multiples of it since 1970.
#[derive(Debug)]
pub(super) struct HandedBars {
    timeframe: i64,
    step: i64,
    /// End of the bar that is not finished yet.
    end: Option<i64>,
}

impl HandedBars {
    /// Both lengths in nanoseconds; `step` is that of the data.
    pub(super) fn new(timeframe: i64, step: i64) -> Self {
        Self { timeframe, step, end: None }
    }

    /// Whether a bar ended in the gap before this one, which closes it with what it has.
    pub(super) fn ended_before(&mut self, bar: &Bar) -> bool {
        self.end.take_if(|end| *end <= bar.time).is_some()
    }

    /// Adds a bar of the data; whether it finishes the longer one.
    pub(super) fn finished_by(&mut self, bar: &Bar) -> bool {
        let end = *self.end.get_or_insert((bar.time.div_euclid(self.timeframe) + 1) * self.timeframe);
        self.end.take_if(|_| bar.time + self.step >= end).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::decimal::exact;
    use super::*;

    /// The opening times after which, or before which, a bar of 5 is handed over, from bars of 1.
    fn handed(times: &[i64]) -> String {
        let mut bars = HandedBars::new(5, 1);
        let mut found = Vec::new();
        for time in times {
            let [open, high, low, close] = [(); 4].map(|()| exact("1").unwrap());
            let bar = Bar { time: *time, open, high, low, close, close_read: 1.0 };
            if bars.ended_before(&bar) {
                found.push(format!("before {time}"));
            }
            if bars.finished_by(&bar) {
                found.push(format!("after {time}"));
            }
        }
        found.join(", ")
    }

    #[test]
    fn a_bar_ends_at_its_boundary_or_in_the_gap_over_it_and_never_unfinished() {
        assert_eq!(handed(&[0, 1, 2, 3, 4, 5, 6, 7]), "after 4");
        assert_eq!(handed(&[3, 4, 5]), "after 4");
        assert_eq!(handed(&[0, 1, 7, 9, 10]), "before 7, after 9");
        assert_eq!(handed(&[0, 4, 20]), "after 4");
    }
}
