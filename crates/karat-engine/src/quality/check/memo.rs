//! Remembers what came of values: the same postcodes and cities come in many subjects.
//!
//! A word that looks at a value alone says the same of it each time. As in cleaning, a small table
//! that forgets is faster than a complete one.

use std::hash::Hasher;

use compact_str::CompactString;
use rustc_hash::FxHasher;

use super::facts::Facts;
use super::plan::{CheckNo, PlanId};

/// What came of some values, for the words that look at a value alone.
#[derive(Debug)]
pub struct CheckMemo {
    plan: PlanId,
    remembers: bool,
    entries: Vec<Option<Entry>>,
    /// Room for the order of values, so that none is made for each subject.
    order: Vec<u16>,
}

#[derive(Debug)]
struct Entry {
    check: CheckNo,
    value: CompactString,
    meets: bool,
}

const ENTRIES_BITS: u32 = 13;

/// Longer values hardly come again.
const VALUE_BYTES_MAX: usize = 64;

impl CheckMemo {
    /// One that has seen nothing yet.
    pub fn new() -> CheckMemo {
        CheckMemo {
            plan: PlanId::default(),
            remembers: true,
            entries: Vec::new(),
            order: Vec::new(),
        }
    }

    /// One that remembers nothing, for a single subject.
    pub fn none() -> CheckMemo {
        CheckMemo { remembers: false, ..CheckMemo::new() }
    }

    /// Forgets what came of values under another plan.
    pub(super) fn of(&mut self, plan: PlanId) {
        if self.plan != plan {
            self.entries.clear();
            self.plan = plan;
        }
    }

    /// Whether a value meets a check: as remembered, or else as judged now.
    pub(super) fn meets(
        &mut self,
        check: CheckNo,
        value: &str,
        judge: impl FnOnce(&str) -> bool,
    ) -> bool {
        if !self.remembers || value.len() > VALUE_BYTES_MAX {
            return judge(value);
        }
        let mut hasher = FxHasher::default();
        hasher.write_u16(check.0);
        hasher.write(value.as_bytes());
        let hash = hasher.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if self.entries.is_empty() {
            self.entries.resize_with(1 << ENTRIES_BITS, || None);
        }
        let entry = &mut self.entries[(hash >> (u64::BITS - ENTRIES_BITS)) as usize];
        if let Some(known) = entry
            && known.check == check
            && known.value == value
        {
            return known.meets;
        }
        let meets = judge(value);
        *entry = Some(Entry { check, value: value.into(), meets });
        meets
    }

    /// The values of a subject in order of attribute and slot, by their places.
    pub(super) fn take_order(&mut self, facts: &Facts) -> Vec<u16> {
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        order.extend(0..u16::try_from(facts.values.len()).unwrap_or(u16::MAX));
        order.sort_by_key(|&at| {
            let fact = &facts.values[usize::from(at)];
            (fact.attribute, fact.slot)
        });
        order
    }

    /// Takes the room back.
    pub(super) fn put_order(&mut self, order: Vec<u16>) {
        self.order = order;
    }
}

impl Default for CheckMemo {
    fn default() -> CheckMemo {
        CheckMemo::new()
    }
}
