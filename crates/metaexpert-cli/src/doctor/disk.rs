//! Room to write: logs, reports and the journal of an expert that runs for weeks.

use std::path::Path;

use super::{Surroundings, finding::Finding, permissions::nearest_folder};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// About what one build of an expert and its crates takes.
const FEW: u64 = GIB;
/// Less than an expert's logs may hold by their defaults: three logs of six files of 10 MiB.
const TOO_FEW: u64 = 100 * MIB;

pub(super) fn of_project(surroundings: &Surroundings) -> Finding {
    free(&surroundings.project)
}

pub(super) fn of_state(surroundings: &Surroundings) -> Finding {
    let Some(folder) = &surroundings.state_folder else {
        return Finding::skipped("there is no home folder");
    };
    free(folder)
}

fn free(folder: &Path) -> Finding {
    let there = nearest_folder(folder);
    match fs4::available_space(there) {
        Ok(bytes) => judge(bytes, there),
        Err(error) => Finding::warning(
            format!("{}: the free space is not known: {error}", there.display()),
            "see for yourself that there is enough",
        ),
    }
}

fn judge(bytes: u64, folder: &Path) -> Finding {
    let found = format!("{} free at {}", in_words(bytes), folder.display());
    let advice = "make room, or keep the expert elsewhere: what cannot be written is lost";
    match bytes {
        ..TOO_FEW => Finding::failed(found, advice),
        TOO_FEW..FEW => Finding::warning(found, advice),
        FEW.. => Finding::ok(found),
    }
}

/// With one digit behind the point, cut off: `1.9 GiB`.
fn in_words(bytes: u64) -> String {
    let (unit, name) = if bytes >= GIB { (GIB, "GiB") } else { (MIB, "MiB") };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    #[test]
    fn room_is_judged_by_what_is_left() {
        let cases = [
            (0, Status::Failed, "0.0 MiB free at /x"),
            (100 * MIB - 1, Status::Failed, "99.9 MiB free at /x"),
            (100 * MIB, Status::Warning, "100.0 MiB free at /x"),
            (GIB - 1, Status::Warning, "1023.9 MiB free at /x"),
            (GIB, Status::Ok, "1.0 GiB free at /x"),
            (u64::MAX, Status::Ok, "17179869183.9 GiB free at /x"),
        ];
        for (bytes, status, found) in cases {
            let finding = judge(bytes, Path::new("/x"));
            assert_eq!((finding.status, finding.found.as_str()), (status, found));
        }
    }

    #[test]
    fn a_folder_that_is_still_to_be_made_is_measured_where_it_will_be() {
        let folder = tempfile::tempdir().unwrap();
        let finding = free(&folder.path().join("not/yet"));
        assert!(finding.found.ends_with(&folder.path().display().to_string()), "{}", finding.found);
    }
}
