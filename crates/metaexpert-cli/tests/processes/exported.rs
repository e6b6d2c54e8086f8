//! What an expert's journal says, by the name under which the expert is known.

use std::fs;

use crate::home::Home;

#[test]
fn an_expert_is_known_by_its_name_and_its_journal_by_the_expert() {
    let home = Home::new();
    home.detach("kept", "wait").check(0, &[]);
    let folder = home.log_folder("kept").join("fake");
    let looked = format!("looked for `journal-*.sqlite` in `{}`", folder.display());
    home.metaexpert(&["history", "kept"]).check(4, &["there is no journal of `kept`", &looked]);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("journal-paper-simulated.sqlite"), "this is no database at all").unwrap();
    home.metaexpert(&["history", "kept", "--what", "pnl"]).check(4, &["journal-paper-simulated.sqlite"]);
    home.metaexpert(&["stop", "kept"]).check(0, &[]);
}
