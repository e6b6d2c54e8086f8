//! The file that refuses entries for as long as it is there.
//!
//! The one decision: it is looked for once a second and not with every order, so that it costs nothing where orders are made. What is in
//! it is nobody's business. A file that cannot be looked for is taken for one that is there: it was to be the safe side.

use std::{
    io::ErrorKind,
    path::PathBuf,
    time::{Duration, Instant},
};

/// How long a look is good for.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The file, and what is known of it.
#[derive(Debug)]
pub(crate) struct KillSwitch {
    path: PathBuf,
    looked: Option<Instant>,
    /// Why entries are refused.
    reason: Option<String>,
}

impl KillSwitch {
    /// One of which nothing is known yet.
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path, looked: None, reason: None }
    }

    /// Looks, where the last look is no longer good. Whether entries are refused that were not before, or the other way round.
    pub(crate) fn has_changed(&mut self, now: Instant) -> bool {
        if self.looked.is_some_and(|looked| now.saturating_duration_since(looked) < LOOK_EVERY) {
            return false;
        }
        self.looked = Some(now);
        let reason = self.look();
        let has_changed = reason.is_some() != self.reason.is_some();
        if has_changed {
            self.reason = reason;
        }
        has_changed
    }

    /// Why entries are refused.
    pub(crate) const fn reason(&self) -> Option<&String> {
        self.reason.as_ref()
    }

    fn look(&self) -> Option<String> {
        let path = self.path.display();
        match self.path.symlink_metadata() {
            Ok(_) => Some(format!("the file `{path}` is there")),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => Some(format!("the file `{path}` cannot be looked for: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn it_is_on_while_its_file_is_there_and_looked_for_once_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("KILL");
        let (mut switch, start) = (KillSwitch::new(path.clone()), Instant::now());
        let mut look = |seconds| {
            let has_changed = switch.has_changed(start + Duration::from_secs_f64(seconds));
            (has_changed, switch.reason().cloned())
        };
        let reason = Some(format!("the file `{}` is there", path.display()));
        assert_eq!(look(0.0), (false, None));
        fs::write(&path, "").unwrap();
        assert_eq!(look(0.9), (false, None));
        assert_eq!((look(1.0), look(2.0)), ((true, reason.clone()), (false, reason.clone())));
        fs::remove_file(&path).unwrap();
        assert_eq!((look(2.9), look(3.0), look(4.0)), ((false, reason), (true, None), (false, None)));
    }

    #[test]
    fn what_cannot_be_looked_for_refuses_entries() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let mut switch = KillSwitch::new(folder.path().join("file/KILL"));
        assert!(switch.has_changed(Instant::now()));
        assert!(switch.reason().unwrap().contains("cannot be looked for"), "{switch:?}");
    }
}
