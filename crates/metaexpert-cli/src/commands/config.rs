//! `metaexpert config`: shows and changes the defaults of this command's own options.

use serde::Serialize;

use crate::{
    command_line::ConfigCommand,
    console::Console,
    exit::{CommandError, Exit},
    listing::{Row, listing},
    user_defaults::{self, KEYS, Key, UserDefaults, UserFile},
};

pub(crate) fn run(command: &ConfigCommand, console: &mut Console) -> Result<Exit, CommandError> {
    match command {
        ConfigCommand::Show(args) => {
            let defaults = UserDefaults::read()?;
            let file = UserFile::find()?;
            let rows: Vec<_> = KEYS.iter().map(|key| Shown::of(key, &defaults, &file)).collect();
            console.say(listing(&rows, args.format.unwrap_or(defaults.format)));
        }
        ConfigCommand::Get { key } => {
            let key = user_defaults::key(key)?;
            console.say_line((key.text_in)(&UserDefaults::read()?));
        }
        ConfigCommand::Set { key, value } => {
            let key = user_defaults::key(key)?;
            let file = UserFile::find()?;
            file.set(key.name, &key.value(value)?)?;
            console.tell(format_args!("{} is `{value}` from now on, in {}", key.name, file.path().display()));
        }
        ConfigCommand::Reset { key: Some(name) } => reset(name, console)?,
        ConfigCommand::Reset { key: None } => {
            let file = UserFile::find()?;
            let path = file.path().display();
            if file.remove()? {
                console.tell(format_args!("every default is the built-in one again; {path} is gone"));
            } else {
                console.tell(format_args!("every default is the built-in one already; there is no {path}"));
            }
        }
    }
    Ok(Exit::Good)
}

/// Takes one default out. A name that is none goes too if it stands in the file: that is how a broken file is mended.
fn reset(name: &str, console: &mut Console) -> Result<(), CommandError> {
    let file = UserFile::find()?;
    let known = user_defaults::key(name);
    if !file.take_out(name)? {
        let key = known?;
        console.tell(format_args!("{name} is the built-in `{}` already", built_in(key)));
    } else if let Ok(key) = known {
        console.tell(format_args!("{name} is the built-in `{}` again", built_in(key)));
    } else {
        console.tell(format_args!("`{name}` is out of {}", file.path().display()));
    }
    Ok(())
}

fn built_in(key: &Key) -> String {
    (key.text_in)(&UserDefaults::default())
}

#[derive(Serialize)]
struct Shown {
    key: &'static str,
    value: String,
    /// File and line; `None` where the value is built in.
    place: Option<String>,
    built_in: String,
    values: String,
    meaning: &'static str,
}

impl Shown {
    fn of(key: &Key, defaults: &UserDefaults, file: &UserFile) -> Self {
        Self {
            key: key.name,
            value: (key.text_in)(defaults),
            place: defaults.line_of(key).map(|line| format!("{}:{line}", file.path().display())),
            built_in: built_in(key),
            values: (key.values)(),
            meaning: key.doc,
        }
    }
}

impl Row for Shown {
    const HEADINGS: &'static [&'static str] = &["key", "value", "from", "meaning"];

    fn cells(&self) -> Vec<String> {
        let place = self.place.clone().unwrap_or_else(|| "default".to_owned());
        let meaning = format!("{} ({})", self.meaning.trim_end_matches('.'), self.values);
        vec![self.key.to_owned(), self.value.clone(), place, meaning]
    }
}
