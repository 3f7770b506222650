//! Compares e-mail addresses.
//!
//! People change provider and keep the part before the @, and mistype a letter. That part says as
//! much as it is rare: `info` and `jan85` stand before many an @.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::{NO_VALUE, RecordNo, RecordTable};

use super::column::FoldedColumn;
use super::{Compare, Compared, Frozen, Level, Repeats, SILENT, Scope, Side, Terms, labels, level};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::similarity::edits;
use crate::matching::values::{Fold, Holders, Rarities, TermCounts, Value, ValueSet};

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.25),
    level("alike, or in another order", "lijkt erop, of in andere volgorde", Close, 0.05),
    level("one or two letters off", "één of twee letters anders", Close, 0.05),
    level("another provider", "andere provider", Close, 0.05),
    level("same", "gelijk", Same, 0.60),
];
const DIFFERENT: u8 = 1;
const ALIKE: u8 = 2;
const LETTERS_OFF: u8 = 3;
const OTHER_PROVIDER: u8 = 4;
const SAME: u8 = 5;

/// Two who have the same name make addresses of it that are much alike; the same address is given
/// out once.
const REPEATS: Repeats =
    Repeats { comparisons: &["given_name", "name"], shares: &[0.0, 0.85, 0.05, 0.06, 0.04, 0.0] };

/// The comparison of e-mail addresses.
pub struct Email<'a> {
    addresses: FoldedColumn<'a>,
    /// The parts before the @, and per address the number of its part.
    locals: ValueSet,
    local_of: Vec<Fold>,
    local_rarities: Rarities,
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
        let mut email = Email { addresses, locals, local_of, local_rarities: Rarities::default() };
        match local_counts {
            Some(counts) => email.local_rarities = Rarities::of_model(counts, &email.locals),
            None => email.count_locals(Holders::Unknown(table.len())),
        }
        email
    }

    fn count_locals(&mut self, holders: Holders) {
        self.local_rarities = Rarities::count(&self.locals, holders, |record, found| {
            let local = |address: Fold| self.local_of[address as usize];
            found.extend(self.addresses.all(record).map(local));
        });
    }

    /// Compares two addresses.
    fn compare_addresses(&self, left: Address, right: Address) -> Compared {
        if left.fold == right.fold {
            return Compared::rare(SAME, self.addresses.rarity(left.fold));
        }
        if left.local.fold == right.local.fold {
            let rarity = self.local_rarities.of(&self.locals, left.local.fold);
            return Compared::rare(OTHER_PROVIDER, rarity);
        }
        let (local, other) = (left.local.letters, right.local.letters);
        if !local.may_share_digits(other) || !local.may_be_edits(other, EDITS_MAX as u32) {
            return Compared::at(DIFFERENT);
        }
        let text = |address: Address| self.addresses.values.text(address.fold);
        Compared::at(level_of(text(left), text(right)))
    }

    fn address(&self, fold: Fold) -> Address {
        Address { fold, local: self.locals.value(self.local_of[fold as usize]) }
    }
}

/// An address, with the part before the @ that tells most pairs apart.
#[derive(Clone, Copy)]
struct Address {
    fold: Fold,
    local: Value,
}

impl Address {
    /// What is kept per record: an address, and whether there are more.
    const WIDTH: usize = Value::WIDTH + 2;
    const MORE: usize = Value::WIDTH + 1;

    fn to_fields(self) -> [u32; Address::WIDTH - 1] {
        let [local, low, high] = self.local.to_fields();
        [self.fold, local, low, high]
    }

    fn from_fields(fields: &[u32]) -> Address {
        Address { fold: fields[0], local: Value::from_fields(&fields[1..]) }
    }
}

/// More edits before the @ make another address.
const EDITS_MAX: usize = 3;

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
    match (edits(left.as_bytes(), right.as_bytes(), EDITS_MAX), provider_edits) {
        (Some(1), Some(0)) => LETTERS_OFF,
        (Some(apart), Some(more)) if apart + more <= 2 && length >= 6 => LETTERS_OFF,
        (Some(apart), _) if apart * 100 <= length * 15 => ALIKE,
        (None, _) if are_reordered(left, right) => ALIKE,
        _ => DIFFERENT,
    }
}

/// Whether two texts have the same words in another order: `anna.visser` and `visser_anna`.
fn are_reordered(left: &str, right: &str) -> bool {
    let words = |text: &str| {
        let mut words: Vec<String> = text.split(['.', '_', '-']).map(str::to_string).collect();
        words.sort_unstable();
        words
    };
    left.len() == right.len() && words(left) == words(right)
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
    fn repeats(&self) -> Option<Repeats> {
        Some(REPEATS)
    }
    fn width(&self) -> usize {
        Address::WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        let first = self.address(self.addresses.first(record));
        fields[..Address::MORE].copy_from_slice(&first.to_fields());
        fields[Address::MORE] = u32::from(self.addresses.has_more(record));
    }
    fn compare(&self, left: Side, right: Side, _: &mut LevelCache) -> Compared {
        let are_single = left.fields[Address::MORE] == 0 && right.fields[Address::MORE] == 0;
        if are_single {
            let [a, b] = [left, right].map(|side| Address::from_fields(side.fields));
            let are_known = a.fold != NO_VALUE && b.fold != NO_VALUE;
            return if are_known { self.compare_addresses(a, b) } else { Compared::SILENT };
        }
        self.addresses.best_of_all(left.record, right.record, |a, b| {
            self.compare_addresses(self.address(a), self.address(b))
        })
    }
    fn show(&self, record: RecordNo) -> String {
        self.addresses.show(record)
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.addresses.rarities.counts.clone(), self.local_rarities.counts.clone()]
    }
    fn terms(&self) -> Vec<Terms<'_>> {
        let local = |address: Fold| self.local_of[address as usize];
        let locals = Terms {
            label: labels("E-mail, before the @", "E-mail, voor de @"),
            level: OTHER_PROVIDER,
            values: &self.locals,
            rarities: &self.local_rarities,
            of: Box::new(move |record, found| found.extend(self.addresses.all(record).map(local))),
            show: Box::new(|_, local| self.locals.text(local).to_string()),
        };
        vec![self.addresses.terms(self.label(), SAME), locals]
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
            ("anna.visser@x.nl", "visser_anna@provider.nl", ALIKE),
            ("anna.visser@x.nl", "visser.nana@x.nl", DIFFERENT),
            ("anna.visser@x.nl", "annavisser@x.nl", LETTERS_OFF),
        ] {
            assert_eq!(level_of(left, right), expected, "{left} {right}");
        }
    }
}
