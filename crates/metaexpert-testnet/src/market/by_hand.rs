//! Prices that somebody moves while markets trade.
//!
//! The one decision: only a script is moved, since only a script is somebody's word; what was recorded or made up stays as it is. The
//! path is moved, not a market: all that follow it go along at once, with their marks, their books and a print.

use metaexpert_core::{Price, UnixNanos};

use super::{
    Markets,
    error::MarketError,
    live::{Happened, Market},
    path::Path,
    walk::{Planned, Walk},
};
use crate::listing::MarketId;

impl Markets {
    /// Moves the script that a market follows to a price, from now on and until the script's next step. What happens in the markets of
    /// that script is due now.
    ///
    /// # Errors
    /// [`MarketError::NotScripted`] where the market follows something else.
    pub fn set_price(&mut self, market: MarketId, price: Price, now: UnixNanos) -> Result<(), MarketError> {
        let follows = self.get(market).follows;
        let path = follows.path;
        // A pair of two coins is nobody's script, even where both of its coins are.
        let is_script = follows.against.is_none() && self.paths.get_mut(path).is_some_and(|path| path.go(now, price.get()));
        if !is_script {
            let listing = self.get(market).listing();
            return Err(MarketError::NotScripted { class: listing.class, symbol: listing.symbol.clone() });
        }
        for market in &mut self.all {
            if market.follows.path == path {
                market.go_along(now, &mut self.paths, &mut self.out);
            } else if market.follows.against == Some(path) && market.is_trading {
                // Its trades were planned along the path of its other coin, which goes on.
                market.now = now;
                market.change(now, &mut self.paths, &mut self.out);
            }
        }
        self.schedule();
        Ok(())
    }
}

impl Market {
    /// The path has jumped: what was planned along the old one is dropped, and the makers trade at the new price.
    fn go_along(&mut self, time: UnixNanos, paths: &mut [Path], out: &mut Happened) {
        if !self.is_trading {
            return;
        }
        self.now = time;
        self.walk = Walk::from(time);
        self.plan(time, paths, out);
        self.change(time, paths, out);
        if self.walk.due() > time {
            // So little is left of the minute that nothing would be traded in it.
            self.trade(Planned { time, part: 0.0, is_turn: true, lots: 1 }, paths, out);
        }
    }
}
