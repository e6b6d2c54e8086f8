//! One block of the guide: settings, bars with the orders that are decided at their closes, and what comes of it.
//!
//! ```text
//! leverage = 10                         any key of the configuration
//! bars
//! 0  100 101 99 100   buy 1             number, open, high, low, close; orders, parted by semicolons
//! 1  102 103 101 103  close long
//! detail 30m                            shorter bars beneath them, by the number of the bar
//! 0  100 101 100 101
//! 0  101 101 99 100
//! trades                                what comes of it
//! 1 buy long 1 @ 102 signal
//! equity 10001
//! ```
//!
//! The word `trades` stands before what comes of it. Everything from `#` on is a comment, apart from what comes of it, which is
//! compared as it stands.

use std::ops::Range;

/// An example.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// The line of the guide that it begins in, from 1.
    pub(crate) line: usize,
    /// Keys of the configuration and their values.
    pub(crate) settings: Vec<(String, String)>,
    /// Open, high, low, close of each bar, as written.
    pub(crate) bars: Vec<String>,
    /// Number of a bar and an order that is sent after it has closed.
    pub(crate) orders: Vec<(usize, String)>,
    /// The length of the bars beneath, and each with the number of the bar that it is beneath.
    pub(crate) detail: Option<(String, Vec<(usize, String)>)>,
    /// What comes of it, line by line.
    pub(crate) outcome: Vec<String>,
    /// Where that stands in the guide, in lines from 0.
    pub(crate) outcome_lines: Range<usize>,
}

/// Which part of a block is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Settings,
    Bars,
    Detail,
    Trades,
}

/// All examples of a text.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim() == "```example" {
            let inside = lines.by_ref().take_while(|(_, line)| line.trim() != "```").collect();
            blocks.push(block(number + 1, inside));
        }
    }
    blocks
}

fn block(line: usize, inside: Vec<(usize, &str)>) -> Block {
    let mut block = Block { line, ..Block::default() };
    let mut part = Part::Settings;
    let end = line + inside.len();
    block.outcome_lines = end..end;
    for (number, text) in inside {
        let place = format!("line {} of the guide", number + 1);
        if part == Part::Trades {
            block.outcome.push(text.to_owned());
            continue;
        }
        let text = text.split('#').next().unwrap_or_default().trim();
        match text.split_once(' ').unwrap_or((text, "")) {
            ("", _) => {}
            ("bars", "") => part = Part::Bars,
            ("detail", timeframe) => {
                part = Part::Detail;
                block.detail = Some((timeframe.trim().to_owned(), Vec::new()));
            }
            ("trades", "") => {
                part = Part::Trades;
                block.outcome_lines.start = number + 1;
            }
            _ => row(&mut block, part, text, &place),
        }
    }
    block
}

fn row(block: &mut Block, part: Part, text: &str, place: &str) {
    if part == Part::Settings {
        let (key, value) = text.split_once('=').unwrap_or_else(|| panic!("{place}: `{text}` is not `key = value`"));
        block.settings.push((key.trim().to_owned(), value.trim().to_owned()));
        return;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.len() >= 5, "{place}: `{text}` is not a number, open, high, low and close");
    let number: usize = words[0].parse().unwrap_or_else(|_| panic!("{place}: `{}` is not the number of a bar", words[0]));
    let prices = words[1..5].join(",");
    let orders = words[5..].join(" ");
    if let (Part::Detail, Some((_, detail))) = (part, &mut block.detail) {
        assert!(orders.is_empty(), "{place}: orders stand behind bars, not behind those beneath them");
        detail.push((number, prices));
        return;
    }
    assert_eq!(number, block.bars.len(), "{place}: bars are numbered from 0 on, one after the other");
    block.bars.push(prices);
    let orders = orders.split(';').map(str::trim).filter(|order| !order.is_empty());
    block.orders.extend(orders.map(|order| (number, order.to_owned())));
}

#[test]
fn a_block_is_read_part_by_part() {
    let text = "text\n```example\nleverage = 10 # times\nbars\n0 1 2 0.5 1  buy 1; close all\n1 1 2 0.5 1\n\
                detail 30m\n0 1 2 1 2\ntrades\n1 buy\nequity 1\n```\n";
    let [block] = &blocks(text)[..] else { panic!() };
    assert_eq!(block.line, 2);
    assert_eq!(block.settings, [("leverage".to_owned(), "10".to_owned())]);
    assert_eq!(block.bars, ["1,2,0.5,1"; 2]);
    assert_eq!(block.orders, [(0, "buy 1".to_owned()), (0, "close all".to_owned())]);
    assert_eq!(block.detail, Some(("30m".to_owned(), vec![(0, "1,2,1,2".to_owned())])));
    assert_eq!(block.outcome, ["1 buy", "equity 1"]);
    assert_eq!(text.lines().collect::<Vec<_>>()[block.outcome_lines.clone()], block.outcome);
}
