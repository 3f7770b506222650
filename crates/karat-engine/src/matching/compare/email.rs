//! Compares e-mail addresses.
//!
//! People change provider and keep the part before the @, and mistype a letter. That part says as
//! much as it is rare: `info` and `jan85` stand before many an @.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::{NO_VALUE, RecordNo, RecordTable};

use super::column::FoldedColumn;
use super::{Compare, Compared, Frozen, Level, SILENT, Scope, Side, labels, level};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::similarity::edits;
use crate::matching::values::{Fold, Holders, TermCounts, Value, ValueSet};

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.25),
    level("alike", "lijkt erop", Close, 0.05),
    level("one or two letters off", "één of twee letters anders", Close, 0.05),
    level("another provider", "andere provider", Close, 0.05),
    level("same", "gelijk", Same, 0.60),
];
const DIFFERENT: u8 = 1;
const ALIKE: u8 = 2;
const LETTERS_OFF: u8 = 3;
const OTHER_PROVIDER: u8 = 4;
const SAME: u8 = 5;

/// The comparison of e-mail addresses.
pub struct Email<'a> {
    addresses: FoldedColumn<'a>,
    /// The parts before the @, and per address the number of its part.
    locals: ValueSet,
    local_of: Vec<Fold>,
    local_counts: Arc<TermCounts>,
    local_rarity: Vec<i32>,
}

impl<'a> Email<'a> {
    /// Prepares the e-mail addresses of a table.
    pub fn prepare(table: &'a RecordTable, frozen: Frozen) -> Email<'a> {
        let mut frozen = frozen("email").unwrap_or_default().into_iter();
        let (counts, local_counts) = (frozen.next(), frozen.next());
        let addresses = FoldedColumn::prepare(table, AttributeId::EMAIL, fold::exact, counts);
        let mut locals = ValueSet::default();
        let mut local_of = vec![NO_VALUE];
        local_of.extend(addresses.values.folds().map(|fold| {
            let (local, _) = parts(addresses.values.text(fold));
            locals.add(local)
        }));
        let mut email = Email {
            addresses,
            locals,
            local_of,
            local_counts: Arc::default(),
            local_rarity: Vec::new(),
        };
        match local_counts {
            Some(counts) => {
                email.local_rarity = counts.rarities(&email.locals);
                email.local_counts = counts;
            }
            None => email.count_locals(Holders::Single(table.len())),
        }
        email
    }

    fn count_locals(&mut self, holders: Holders) {
        let (counts, rarities) = TermCounts::count(&self.locals, holders, |record, found| {
            let local = |address: Fold| self.local_of[address as usize];
            found.extend(self.addresses.all(record).map(local));
        });
        (self.local_counts, self.local_rarity) = (Arc::new(counts), rarities);
    }

    fn compare_addresses(&self, left: Value, right: Value) -> Compared {
        if left.fold == right.fold {
            return Compared::rare(SAME, self.addresses.rarity(left.fold));
        }
        let local = self.local_of[left.fold as usize];
        if local == self.local_of[right.fold as usize] {
            return Compared::rare(OTHER_PROVIDER, self.local_rarity[local as usize]);
        }
        // Parts before the @ may agree where providers differ, so the bound is loose.
        if !left.letters.may_reach(right.letters, 700) {
            return Compared::at(DIFFERENT);
        }
        let text = |address: Value| self.addresses.values.text(address.fold);
        Compared::at(level_of(text(left), text(right)))
    }
}

/// The parts before and after the @.
fn parts(address: &str) -> (&str, &str) {
    address.split_once('@').unwrap_or((address, ""))
}

/// The level of two addresses that differ before the @.
///
/// Names share beginnings, so that only edits count, few for the length: `anna.visser` is not much
/// like `anna.vermeer`. Digits tell namesakes apart: `anna85` is not a misspelt `anna86`.
fn level_of(left: &str, right: &str) -> u8 {
    let ((left, left_provider), (right, right_provider)) = (parts(left), parts(right));
    if !digits(left).eq(digits(right)) {
        return DIFFERENT;
    }
    let length = left.len().max(right.len());
    let provider_edits = edits(left_provider.as_bytes(), right_provider.as_bytes(), 1);
    match (edits(left.as_bytes(), right.as_bytes(), 3), provider_edits) {
        (Some(1), Some(0)) => LETTERS_OFF,
        (Some(apart), Some(more)) if apart + more <= 2 && length >= 6 => LETTERS_OFF,
        (Some(apart), _) if apart * 100 <= length * 15 => ALIKE,
        _ => DIFFERENT,
    }
}

fn digits(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes().filter(u8::is_ascii_digit)
}

impl Compare for Email<'_> {
    fn name(&self) -> &str {
        "email"
    }
    fn label(&self) -> [String; 2] {
        labels("E-mail", "E-mail")
    }
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Shared
    }
    fn width(&self) -> usize {
        FoldedColumn::WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.addresses.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, _: &mut LevelCache) -> Compared {
        self.addresses.best(left, right, |a, b| self.compare_addresses(a, b))
    }
    fn show(&self, record: RecordNo) -> String {
        self.addresses.show(record)
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.addresses.counts.clone(), self.local_counts.clone()]
    }
    fn count(&mut self, holders: Holders) {
        self.addresses.count(holders);
        self.count_locals(holders);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_count_and_names_that_begin_alike_do_not() {
        for (left, right, expected) in [
            ("anna.visser@x.nl", "ana.visser@x.nl", LETTERS_OFF),
            ("anna.visser@x.nl", "ana.viser@x.nl", LETTERS_OFF),
            ("jan@x.nl", "jna@x.nl", LETTERS_OFF),
            ("anna.visser@x.nl", "ana.visser@y.nl", LETTERS_OFF),
            ("anna.visser@x.nl", "anna.vissser@provider.nl", ALIKE),
            ("anna.visser@x.nl", "anna.vermeer@x.nl", DIFFERENT),
            ("anna.visser@x.nl", "anna.visser85@x.nl", DIFFERENT),
            ("anna85@x.nl", "anna86@x.nl", DIFFERENT),
            ("jan@x.nl", "jaap@provider.nl", DIFFERENT),
            ("anna.visser@x.nl", "p.bakker@x.nl", DIFFERENT),
        ] {
            assert_eq!(level_of(left, right), expected, "{left} {right}");
        }
    }
}
