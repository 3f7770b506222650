//! Texts that came a short while ago: further occurrences are counted together.
//!
//! The same values come again and again, so most need not be looked at twice.

/// How many recent texts are held.
const RECENT: usize = 128;

/// The texts that came last, by part of their hash.
#[derive(Clone, Debug)]
pub(super) struct Recent(Vec<Slot>);

/// A text that was looked at when it came first; its further occurrences are counted later.
#[derive(Clone, Debug, Default)]
struct Slot {
    is_used: bool,
    hash: u64,
    again: u64,
    /// Filled when it comes again.
    text: String,
}

/// A text with how often it came.
#[derive(Debug)]
pub(super) struct Counted {
    /// The place to give it back to.
    at: usize,
    /// Its hash.
    pub(super) hash: u64,
    /// How often.
    pub(super) count: u64,
    /// The text.
    pub(super) text: String,
}

impl Recent {
    /// Nothing came yet.
    pub(super) fn new() -> Recent {
        Recent(vec![Slot::default(); RECENT])
    }

    /// Whether a text came a short while ago; then it is counted later.
    pub(super) fn comes_again(&mut self, hash: u64, text: &str) -> bool {
        let slot = &mut self.0[place(hash)];
        if slot.hash != hash || !slot.is_used {
            return false;
        }
        if slot.again == 0 {
            slot.text.clear();
            slot.text.push_str(text);
        }
        slot.again += 1;
        true
    }

    /// Remembers a text that is looked at now; gives the one that makes way, if it came again.
    pub(super) fn remember(&mut self, hash: u64) -> Option<Counted> {
        let counted = self.take(place(hash));
        let slot = &mut self.0[place(hash)];
        (slot.hash, slot.is_used) = (hash, true);
        counted
    }

    /// The next text that is not counted yet.
    pub(super) fn uncounted(&mut self) -> Option<Counted> {
        let at = self.0.iter().position(|slot| slot.again > 0)?;
        self.take(at)
    }

    /// Takes the room of a text back.
    pub(super) fn give_back(&mut self, counted: Counted) {
        self.0[counted.at].text = counted.text;
    }

    fn take(&mut self, at: usize) -> Option<Counted> {
        let slot = &mut self.0[at];
        let count = std::mem::take(&mut slot.again);
        let hash = slot.hash;
        (count > 0).then(|| Counted { at, hash, count, text: std::mem::take(&mut slot.text) })
    }
}

fn place(hash: u64) -> usize {
    (hash >> 32) as usize % RECENT
}
