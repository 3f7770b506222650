//! Which word of a name is the rarest: by how many names have it when a model is learnt.

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::table::RecordTable;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Key;
use super::ingredient::hash_text;
use crate::matching::fold;

/// How common the words of an attribute are: part of the frozen match model.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CommonWords {
    /// The name of the attribute.
    attribute: String,
    /// Hash of the word and number of names that have it, in order of hash. Words that few names
    /// have are left out: they are as rare as one that was never seen.
    counts: Vec<(Key, u32)>,
}

/// So many names may have a word that counts as never seen.
const FEW: u32 = 2;

/// The name of a town is no rare word: companies that are named after their town are many, and have
/// little else in common.
const OF_TOWN: u32 = u32::MAX;

impl CommonWords {
    /// What is known of the words of an attribute that no model knows: that all are rare.
    pub(super) const NONE: &'static CommonWords =
        &CommonWords { attribute: String::new(), counts: Vec::new() };

    /// Counts the words of the distinct values of an attribute.
    pub(super) fn count(
        table: &RecordTable,
        attributes: &AttributeSet,
        attribute: AttributeId,
    ) -> CommonWords {
        let names = table.dictionary(attribute);
        let mut count_of: FxHashMap<Key, u32> = FxHashMap::default();
        for name in names.codes() {
            let folded = fold::words(names.value(name));
            folded.split(' ').for_each(|word| *count_of.entry(hash_text(word)).or_default() += 1);
        }
        let towns = table.dictionary(AttributeId::CITY);
        let towns: FxHashSet<Key> =
            towns.codes().map(|town| hash_text(&fold::words(towns.value(town)))).collect();
        let counts = count_of.into_iter().filter_map(|(word, count)| {
            let count = if towns.contains(&word) { OF_TOWN } else { count };
            (count > FEW).then_some((word, count))
        });
        let mut counts: Vec<(Key, u32)> = counts.collect();
        counts.sort_unstable();
        CommonWords { attribute: attributes.get(attribute).name.clone(), counts }
    }

    pub(super) fn is_of(&self, attributes: &AttributeSet, attribute: AttributeId) -> bool {
        self.attribute == attributes.get(attribute).name
    }

    /// The rarest word of a folded name; of several the longest. The whole name if it has none.
    pub(super) fn rarest<'n>(&self, name: &'n str) -> &'n str {
        let count = |word: &str| {
            let found = self.counts.binary_search_by_key(&hash_text(word), |&(hash, _)| hash);
            found.map_or(0, |at| self.counts[at].1)
        };
        let words = name.split(' ').filter(|word| word.len() >= 3);
        let counted = words.map(|word| (count(word), word)).filter(|(count, _)| *count != OF_TOWN);
        let rarest =
            counted.min_by_key(|&(count, word)| (count, std::cmp::Reverse(word.len()), word));
        rarest.map_or(name, |(_, word)| word)
    }
}
