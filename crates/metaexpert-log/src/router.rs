//! Which record goes where, and what the files say of themselves.

use std::{
    fmt,
    time::{Duration, Instant},
};

use slog::{BorrowedKV, OwnedKVList, Record, b};

use crate::{
    Level, LogConfig, TradeRecords,
    console::{Console, Screen},
    file::{Fate, LogFile, Moment, News, Patience, Rotation},
    format::{JsonFormat, Plain, write_text},
    line::{Collector, Line},
    metrics::{FileMetrics, Losses},
    process::Process,
    stamp::Stamp,
};

/// How often it is said how many records went missing.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// Everything behind the queue: the files, the console, and the buffers in which a record takes shape.
#[derive(Debug)]
pub(crate) struct Router {
    process: Process,
    collector: Collector,
    files: Option<Files>,
    /// There for what the files cannot take, also where nobody wants to read along.
    console: Console,
    reads_along: bool,
    json: JsonFormat,
    /// Whether the files for everything and for errors hold JSON.
    json_files: bool,
    trades: TradeRecords,
    line: Line,
    text_bytes: Vec<u8>,
    json_bytes: Vec<u8>,
    no_context: OwnedKVList,
    moment: Moment,
    /// Records from TRADE on that a file has missed and that found no place on the console either.
    lost: u64,
    told: Losses,
    told_at: Option<Instant>,
}

#[derive(Debug)]
struct Files {
    expert: LogFile,
    trades: LogFile,
    errors: LogFile,
}

/// Which files one record goes to. The console is shown what the file for everything takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Destinations {
    expert: bool,
    trades: bool,
    errors: bool,
}

impl Destinations {
    /// The rule. `least` is the level that the log is set to.
    fn of(level: Level, trade: bool, least: Level, trades: TradeRecords) -> Self {
        let wanted = level >= least;
        let audited = trades == TradeRecords::Always && level >= Level::Trade;
        Self { expert: wanted, trades: trade && (wanted || audited), errors: level >= Level::Error }
    }
}

impl Router {
    pub(crate) fn open(config: &LogConfig, screen: Screen, patience: Patience) -> Self {
        let moment = now();
        let rotation = Rotation {
            max_size: config.max_file_size,
            backups: config.backup_count,
            daily: config.rotate_daily,
            compress: config.compress,
        };
        let open = |name: &str| LogFile::open(config.directory.join(name), rotation, patience, moment);
        let files = config.to_file.then(|| Files {
            expert: open(&config.expert_file),
            trades: open(&config.trade_file),
            errors: open(&config.error_file),
        });
        let process = Process::this(&config.app_name);
        Self {
            console: Console::start(screen, process.clone()),
            reads_along: config.to_console,
            process,
            collector: Collector::new(),
            files,
            json: JsonFormat::new(),
            json_files: config.json,
            trades: config.trades,
            line: Line::new(),
            text_bytes: Vec::with_capacity(1024),
            json_bytes: Vec::with_capacity(1024),
            no_context: slog::o!().into(),
            moment,
            lost: 0,
            told: Losses::default(),
            told_at: None,
        }
    }

    /// To be called before a batch of records: what time it is, and what has become a secret since.
    pub(crate) fn begin(&mut self) {
        self.moment = now();
        self.collector.refresh();
    }

    /// Sends one record wherever it belongs.
    pub(crate) fn write(&mut self, least: Level, stamp: Stamp, record: &Record<'_>, context: &OwnedKVList) {
        self.collector.collect(stamp, record, context, &mut self.line);
        let to = Destinations::of(self.line.level, self.line.trade, least, self.trades);
        self.text_bytes.clear();
        self.json_bytes.clear();
        let in_files = self.files.is_some();
        if in_files && (to.trades || self.json_files && (to.expert || to.errors)) {
            self.json.write(&self.line, &self.process, &mut self.json_bytes);
        }
        if in_files && !self.json_files && (to.expert || to.errors) {
            // Memory takes every byte.
            let _ = write_text(&self.line, &self.process, &mut Plain(&mut self.text_bytes));
        }
        let mut fate = Fate::Taken;
        if let Some(files) = &mut self.files {
            let lines = if self.json_files { &self.json_bytes } else { &self.text_bytes };
            for (wanted, file, bytes) in [
                (to.expert, &mut files.expert, lines),
                (to.trades, &mut files.trades, &self.json_bytes),
                (to.errors, &mut files.errors, lines),
            ] {
                if wanted {
                    fate = fate.max(file.push(bytes, self.line.level, self.moment));
                }
            }
        }
        let wanted = to.expert && self.reads_along || fate != Fate::Taken;
        let shown = wanted && self.console.show(&self.line);
        if fate == Fate::Missed && !shown && self.line.level >= Level::Trade {
            self.lost += 1;
        }
    }

    pub(crate) const fn console(&self) -> &Console {
        &self.console
    }

    /// Writes what the files have buffered, and says nothing: for a thread that has better things to do.
    pub(crate) fn write_through(&mut self) {
        self.each_file(LogFile::flush);
    }

    /// Writes what the files have buffered, and says what there is to say of them and of records that went missing.
    pub(crate) fn rest(&mut self, least: Level, losses: Losses) {
        self.begin();
        // Not with every batch: what is lost under a flood would be a flood itself.
        if self.told_at.is_none_or(|told| self.moment.instant.duration_since(told) >= TELL_EVERY) {
            self.tell_losses(least, losses);
        }
        self.have_files(LogFile::flush, least);
    }

    /// Has the files do something, and says what came of it.
    fn have_files(&mut self, act: fn(&mut LogFile, Moment), least: Level) {
        self.each_file(act);
        if self.tell_news(least) {
            self.each_file(LogFile::flush);
        }
        self.show_unheard(least);
    }

    /// Shows the lines that waited for a file when its trouble began, unless the console has shown them already.
    fn show_unheard(&mut self, least: Level) {
        let Some(Files { expert, trades, errors }) = &mut self.files else { return };
        let mut unshown = Vec::new();
        // The lowest level that each file takes beyond `least`: below that, the console has shown all that the file has.
        for (file, takes) in [(expert, least), (trades, Level::Trade), (errors, Level::Error)] {
            let unheard = file.take_unheard();
            let is_shown = self.reads_along && least <= takes;
            if !is_shown {
                unshown.extend(unheard);
            }
        }
        if !unshown.is_empty() {
            self.console.show_lines(unshown);
        }
    }

    /// What is due without a record: another try after trouble, the end of a day.
    pub(crate) fn tick(&mut self, least: Level, losses: Losses) {
        self.begin();
        self.each_file(LogFile::tick);
        self.rest(least, losses);
    }

    /// The last that files get to do: whatever still waits gets one more try.
    pub(crate) fn close(&mut self, least: Level, losses: Losses) {
        self.begin();
        self.tell_losses(least, losses);
        self.have_files(LogFile::flush, least);
        self.have_files(LogFile::close, least);
    }

    /// Whether everything that was written before stands in the files.
    pub(crate) fn has_written_all(&self) -> bool {
        self.files().all(LogFile::has_written_all)
    }

    /// Records from TRADE on that a file has missed and that found no place on the console either.
    pub(crate) const fn lost(&self) -> u64 {
        self.lost
    }

    pub(crate) fn file_metrics(&self) -> Vec<FileMetrics> {
        self.files().map(|file| FileMetrics::new(file.path().to_owned(), *file.account())).collect()
    }

    fn files(&self) -> impl Iterator<Item = &LogFile> {
        self.files.iter().flat_map(|files| [&files.expert, &files.trades, &files.errors])
    }

    fn each_file(&mut self, mut act: impl FnMut(&mut LogFile, Moment)) {
        if let Some(Files { expert, trades, errors }) = &mut self.files {
            for file in [expert, trades, errors] {
                act(file, self.moment);
            }
        }
    }

    /// Says how many records were dropped since it was last said.
    fn tell_losses(&mut self, least: Level, losses: Losses) {
        let losses = Losses { lost: losses.lost + self.lost, ..losses };
        let new = losses.since(self.told);
        if new == Losses::default() {
            return;
        }
        (self.told, self.told_at) = (losses, Some(self.moment.instant));
        let Losses { debug, info, unshowable, sent_to_standard_error, unshown, lost } = new;
        if lost > 0 {
            self.note(
                least,
                Level::Critical,
                &format_args!(
                    "{lost} records from TRADE on are lost: a log file could not take them, and nobody reads the console"
                ),
                b!("msgid" => "log.lost_records", "lost" => lost),
            );
        }
        if unshown > 0 {
            // Not to be shown itself: there is no place, and it would be the next one not shown.
            let reads_along = std::mem::take(&mut self.reads_along);
            self.note(
                least,
                Level::Warning,
                &format_args!("{unshown} records were not shown on the console: nobody reads it, or not fast enough"),
                b!("msgid" => "log.unshown", "unshown" => unshown),
            );
            self.reads_along = reads_along;
        }
        if debug + info > 0 {
            self.note(
                least,
                Level::Warning,
                &format_args!("{debug} DEBUG and {info} INFO records were dropped: they came faster than they could be written"),
                b!("msgid" => "log.dropped", "dropped_debug" => debug, "dropped_info" => info),
            );
        }
        if unshowable > 0 {
            self.note(
                least,
                Level::Error,
                &format_args!("{unshowable} records were lost: a value in them panicked while it was shown"),
                b!("msgid" => "log.unshowable", "lost" => unshowable),
            );
        }
        if sent_to_standard_error > 0 {
            self.note(
                least,
                Level::Critical,
                &format_args!("{sent_to_standard_error} records stand on standard error only: the log files hung"),
                b!("msgid" => "log.hung", "sent_to_standard_error" => sent_to_standard_error),
            );
        }
    }

    /// Says what has happened to the files. Returns whether anything has.
    fn tell_news(&mut self, least: Level) -> bool {
        let mut news = Vec::new();
        self.each_file(|file, _| news.extend(file.take_news()));
        for news in &news {
            self.tell(least, news);
        }
        !news.is_empty()
    }

    fn tell(&mut self, least: Level, news: &News) {
        let path = news.path.display();
        self.note(least, news.level(), &format_args!("{news}"), b!("msgid" => news.msgid(), "file" => %path));
    }

    fn note(&mut self, least: Level, level: Level, text: &fmt::Arguments<'_>, fields: BorrowedKV<'_>) {
        let context = self.no_context.clone();
        let place = level.of_nowhere();
        self.write(least, Stamp::now(None), &Record::new(&place, text, fields), &context);
    }
}

fn now() -> Moment {
    Moment { instant: Instant::now(), day: Stamp::now(None).day() }
}

#[cfg(test)]
mod tests;
