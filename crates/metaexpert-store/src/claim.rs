//! What one process at a time does on this machine, wherever its journal lies.
//!
//! The one decision: a claim is a lock like a journal's, in a folder that all processes of a user know.

use std::path::Path;

use crate::{
    StoreError,
    lock::{Lock, NotLocked},
    opening::make_private,
};

/// Something that no other process does as long as this lives. It ends with the process, whatever ends that.
#[derive(Debug)]
pub struct Claim {
    _lock: Lock,
}

impl Claim {
    /// Claims `name` in `folder`, which is made where it is missing. What is no part of a file's name everywhere is `_` in the file's.
    ///
    /// # Errors
    /// [`StoreError::Claimed`] where somebody has it; [`StoreError::Unusable`] where the folder cannot be had.
    pub fn take(folder: &Path, name: &str) -> Result<Self, StoreError> {
        make_private(folder).map_err(|error| StoreError::unusable(folder, "making the folder of claims", &error))?;
        let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.');
        let plain: String = name.chars().map(|letter| if is_plain(&letter) { letter } else { '_' }).collect();
        let file = folder.join(format!("{plain}.lock"));
        let lock = Lock::of(&file).map_err(|why| match why {
            NotLocked::Held(holder) => StoreError::Claimed { path: file.clone(), holder },
            NotLocked::Failed(error) => StoreError::unusable(&file, "locking a claim", &error),
        })?;
        Ok(Self { _lock: lock })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_claimed_is_not_claimed_twice_and_is_free_again_with_the_file_still_there() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("metaexpert").join("live");
        let take = |name: &str| Claim::take(&folder, name);
        let claim = take("127.0.0.1:8900 usdm 7 BTC/USDT").unwrap();
        let other = take("127.0.0.1:8900 usdm 7 ETH/USDT").unwrap();
        match take("127.0.0.1:8900 usdm 7 BTC/USDT") {
            Err(StoreError::Claimed { path, holder }) => {
                assert_eq!(path, folder.join("127.0.0.1_8900_usdm_7_BTC_USDT.lock"));
                assert_eq!(holder, Some(std::process::id()));
            }
            other => panic!("{other:?}"),
        }
        drop((claim, other));
        take("127.0.0.1:8900 usdm 7 BTC/USDT").unwrap();
    }
}
