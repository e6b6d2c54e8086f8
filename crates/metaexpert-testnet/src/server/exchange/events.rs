//! What faults and administration do to all of the exchange: keys that are stale, maintenance, a restart.

use super::{Exchange, Made};
use crate::{
    faults::{Event, Scope},
    order::AccountId,
    protocol::{Message, SocketId},
    server::lines::Fate,
};

/// "Going away" (RFC 6455, 7.4.1): the server stops, or is being maintained.
pub(crate) const GOING_AWAY: u16 = 1001;

impl Exchange {
    /// Makes every listen key of an account, or of all, stale.
    pub fn expire_listen_keys(&mut self, account: Option<AccountId>) {
        self.catch_up();
        self.note("expire listen keys".to_owned());
        self.with_protocol(|protocol, _, at, out| protocol.expire_keys(account, at, out));
    }

    /// Starts the exchange anew: sockets are cut, and what was counted is gone. Without its state, markets, accounts and orders are
    /// as they were at the beginning, but the time goes on.
    ///
    /// # Errors
    /// Why it cannot be made again; it is as it was, then, but for its sockets.
    pub fn restart(&mut self, keeps_state: bool) -> Result<(), crate::setup::SetupError> {
        self.catch_up();
        self.note(format!("restart with its state {}", if keeps_state { "kept" } else { "lost" }));
        for socket in self.sockets_of(&Scope::default()) {
            self.end(socket, Fate::Cut, "the exchange was started anew");
        }
        self.protocol.restart();
        if !keeps_state {
            let at = self.moment().market;
            let Made { world, protocol, keys } = (self.maker)(at)?;
            (self.world, self.protocol, self.keys) = (world, protocol, keys);
            self.cap_fills();
        }
        Ok(())
    }

    /// Closes every socket in good order, after the protocol's own word for it.
    pub(crate) fn close_all(&mut self, reason: &str) {
        let at = self.moment();
        self.protocol.announce_restart(at, &mut self.out);
        self.send_all(None);
        self.close(&Scope::default(), reason);
    }

    /// What faults do of themselves, looked at with every step.
    pub(super) fn happen(&mut self) {
        if self.faults.rules().is_empty() {
            return;
        }
        let now = self.course.since();
        for (rule, event, scope) in self.faults.due(now) {
            let name = match event {
                Event::StaleListenKeys => "stale-listen-keys",
                Event::Restart { .. } => "restart",
            };
            self.put_down_faults(&[(rule, name)], "of itself");
            self.set_off(event, &scope);
        }
        while let Some((rule, scope)) = self.faults.maintenance(now) {
            self.put_down_faults(&[(rule, "maintenance")], "of itself");
            self.close(&scope, "maintenance");
        }
        self.cap_fills();
    }

    pub(super) fn set_off(&mut self, event: Event, scope: &Scope) {
        match event {
            Event::StaleListenKeys => {
                let account = scope.account.as_deref().and_then(|name| self.account(name));
                self.expire_listen_keys(account);
            }
            Event::Restart { keeps_state } => {
                if let Err(error) = self.restart(keeps_state) {
                    self.note(format!("restart failed: {error}"));
                }
            }
        }
    }

    /// Tells the world how much may be executed at once.
    pub(super) fn cap_fills(&mut self) {
        let cap = self.faults.fill_cap(self.course.since());
        self.world.set_fill_cap(cap);
    }

    fn close(&mut self, scope: &Scope, reason: &str) {
        for socket in self.sockets_of(scope) {
            self.put(socket, Message::Close(GOING_AWAY, reason.to_owned()));
        }
    }

    fn sockets_of(&self, scope: &Scope) -> Vec<SocketId> {
        let fits = |opened: &crate::server::lines::Opened| {
            scope.over != Some(crate::faults::Over::Rest)
                && scope.fits_socket(&opened.host, &opened.path, opened.account.as_deref())
        };
        let mut sockets: Vec<_> = self.lines.iter().filter(|(_, opened)| fits(opened)).map(|(id, _)| id).collect();
        sockets.sort_unstable();
        sockets
    }
}
