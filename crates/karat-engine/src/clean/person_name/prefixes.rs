//! Prefixes of family names (tussenvoegsels), as a table.
//!
//! Source: table 36 of the Dutch register of persons (BRP, *voorvoegsels*), which lists prefixes of
//! names from many countries; it has each in several spellings, with capitals and without, with an
//! apostrophe and without (`van t`). What stands here is the canonical spelling, and further ones
//! lead to it. Left out are the few that are far more often a given name, an initial or another word
//! (`A`, `I`, `Don`, `Of`, `Thor`, `To`). A single letter (`t Hart`) is a prefix only where small
//! letters are meant; else it is an initial.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::clean::fold::fold;

/// The prefixes, one on a line or parted by commas.
const TABLE: &str = "
    's, 't, aan, aan 't, aan de, aan den, aan der, aan het, abu, af, al, am, am de, auf, auf dem,
    auf den, auf der, auf ter, aus, aus 'm, aus dem, aus den, aus der, av, ben, bij, bij 't, bij de,
    bij den, bij het, bin, bint, boven, boven d', d', da, dal, dal', dalla, das, de, de die, de die le,
    de l', de la, de las, de le, de los, de van der, deca, degli, dei, del, dell', della, delle, dello,
    den, der, des, di, die, die le, do, dos, du, el, het, ibn, im, in, in 't, in de, in den, in der,
    in het, l', la, las, le, les, lo, los, onder, onder 't, onder de, onder den, onder het, op, op 't,
    op de, op den, op der, op gen, op het, op ten, over, over 't, over de, over den, over het, s', te,
    ten, ter, tho, thoe, toe, tot, uijt, uijt 't, uijt de, uijt den, uijt te de, uijt ten, uit, uit 't,
    uit de, uit den, uit het, uit te de, uit ten, unter, van, van 't, van d', van de, van de l', van den,
    van der, van gen, van het, van la, van le, van 's, van ter, van van de, ver, vom, vom und zum, von,
    von 't, von dem, von den, von der, von und zu, von und zum, voor, voor 't, voor de, voor den,
    voor in 't, vor, vor der, zu, zum, zur";

/// Other spellings: abbreviated, or run together. `v.d.` may be van de, van den or van der: it stays.
const OTHER_SPELLINGS: &[(&str, &str)] = &[
    ("vd", "v.d."),
    ("v d", "v.d."),
    ("v.d", "v.d."),
    ("v.d.", "v.d."),
    ("vd.", "v.d."),
    ("v/d", "v.d."),
    ("v. d.", "v.d."),
    ("v", "van"),
    ("v.", "van"),
    ("v de", "van de"),
    ("v. de", "van de"),
    ("v den", "van den"),
    ("v. den", "van den"),
    ("v der", "van der"),
    ("v. der", "van der"),
    ("v 't", "van 't"),
    ("v. 't", "van 't"),
    ("v.'t", "van 't"),
    ("van d.", "v.d."),
    ("vande", "van de"),
    ("vanden", "van den"),
    ("vander", "van der"),
    ("v.h.", "van het"),
    ("in'", "in 't"),
    ("in't", "in 't"),
    ("van't", "van 't"),
    ("op't", "op 't"),
    ("aan't", "aan 't"),
    ("uit't", "uit 't"),
    ("vant", "van 't"),
    ("int", "in 't"),
    ("opt", "op 't"),
    ("van t", "van 't"),
    ("in t", "in 't"),
    ("op t", "op 't"),
    ("aan t", "aan 't"),
    ("uit t", "uit 't"),
    ("van s", "van 's"),
    ("bij t", "bij 't"),
    ("onder t", "onder 't"),
    ("over t", "over 't"),
    ("uijt t", "uijt 't"),
    ("von t", "von 't"),
    ("voor t", "voor 't"),
    ("voor in t", "voor in 't"),
    ("aus m", "aus 'm"),
    ("boven d", "boven d'"),
    ("van d", "van d'"),
    ("de l", "de l'"),
    ("van de l", "van de l'"),
    ("t", "'t"),
    ("s", "'s"),
];

/// The most words a prefix has.
pub const WORDS_MAX: usize = 4;

/// The longest word at either end of a prefix, in bytes.
const WORD_LENGTH_MAX: usize = 6;

struct Prefixes {
    canonical: FxHashMap<&'static [u8], &'static str>,
    last_words: FxHashSet<&'static [u8]>,
    /// Every first word, with the most words that a prefix beginning with it has.
    first_words: FxHashMap<&'static [u8], usize>,
}

static PREFIXES: LazyLock<Prefixes> = LazyLock::new(|| {
    let mut canonical = FxHashMap::default();
    for prefix in TABLE.split([',', '\n']).map(str::trim).filter(|prefix| !prefix.is_empty()) {
        canonical.insert(prefix.as_bytes(), prefix);
    }
    canonical
        .extend(OTHER_SPELLINGS.iter().map(|(spelling, prefix)| (spelling.as_bytes(), *prefix)));
    let last_words =
        canonical.keys().filter_map(|prefix| prefix.rsplit(|byte| *byte == b' ').next()).collect();
    let mut first_words = FxHashMap::default();
    for prefix in canonical.keys() {
        let mut words = prefix.split(|byte| *byte == b' ');
        let most = first_words.entry(words.next().expect("a split has a first part")).or_default();
        *most = (words.count() + 1).max(*most);
    }
    Prefixes { canonical, last_words, first_words }
});

/// How many words a prefix that begins with this word has at most; 0 when none begins so.
pub fn words_max(first_word: &str) -> usize {
    if first_word.len() > WORD_LENGTH_MAX {
        return 0;
    }
    PREFIXES.first_words.get(fold(first_word).as_bytes()).copied().unwrap_or(0)
}

/// Whether some prefix ends with this word.
pub fn may_end(word: &str) -> bool {
    word.len() <= WORD_LENGTH_MAX && PREFIXES.last_words.contains(fold(word).as_bytes())
}

/// The canonical spelling of a prefix that is folded already.
pub fn canonical_of_folded(folded: &[u8]) -> Option<&'static str> {
    PREFIXES.canonical.get(folded).copied()
}

/// The canonical spelling of a prefix, whose words are joined by spaces, in either case.
pub fn canonical(prefix: &str) -> Option<&'static str> {
    canonical_of_folded(fold(prefix).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_found_in_any_spelling() {
        for (text, expected) in [
            ("van den", Some("van den")),
            ("VAN DER", Some("van der")),
            ("in 't", Some("in 't")),
            ("van t", Some("van 't")),
            ("t", Some("'t")),
            ("Voor in t", Some("voor in 't")),
            ("Van de L", Some("van de l'")),
            ("of", None),
            ("v.d.", Some("v.d.")),
            ("V/D", Some("v.d.")),
            ("von und zu", Some("von und zu")),
            ("vandaag", None),
            ("jansen", None),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
        assert_eq!(words_max("uit"), 3);
        assert_eq!(words_max("Jan"), 0);
    }

    #[test]
    fn a_canonical_prefix_is_its_own_canonical_spelling() {
        for canonical_spelling in PREFIXES.canonical.values() {
            assert_eq!(canonical(canonical_spelling), Some(*canonical_spelling));
            assert!(canonical_spelling.split(' ').count() <= WORDS_MAX);
        }
        assert!(PREFIXES.canonical.len() > 150);
        let edges = PREFIXES.first_words.keys().chain(&PREFIXES.last_words);
        assert_eq!(edges.map(|word| word.len()).max(), Some(WORD_LENGTH_MAX));
    }
}
