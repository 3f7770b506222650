//! Titles, forms of address and what follows a name, as tables.
//!
//! Sources: the Dutch titles protected by law (Wet op het hoger onderwijs, art. 7.20), the titles of
//! nobility of the BRP (table 38), and what is usual in German and English.

use std::sync::LazyLock;

use karat_model::gender::Gender;
use rustc_hash::FxHashMap;

use crate::clean::fold::squash;

/// What stands before a name, or within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Title {
    /// The canonical spelling; empty for a form of address, which is no part of the name.
    pub canonical: &'static str,
    /// The gender it tells.
    pub gender: Option<Gender>,
    /// What kind of word it is.
    pub kind: TitleKind,
}

/// What kind of word stands before a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitleKind {
    /// `dhr.`, `mevrouw`, `Herr`.
    Address,
    /// `fam.`, `erven`: more persons than one.
    Family,
    /// `drs.`, `prof.`, `ds.`
    Earned,
    /// `baron`, `jkvr.`; many are family names too.
    Noble,
}

use Gender::{Female, Male};

/// Forms of address, by their squashed spelling.
const ADDRESS: &[(&str, Option<Gender>)] = &[
    ("dhr", Some(Male)),
    ("heer", Some(Male)),
    ("deheer", Some(Male)),
    ("hr", Some(Male)),
    ("mijnheer", Some(Male)),
    ("meneer", Some(Male)),
    ("mister", Some(Male)),
    ("herr", Some(Male)),
    ("herrn", Some(Male)),
    ("monsieur", Some(Male)),
    ("mevr", Some(Female)),
    ("mevrouw", Some(Female)),
    ("mw", Some(Female)),
    ("mvr", Some(Female)),
    ("mej", Some(Female)),
    ("mejuffrouw", Some(Female)),
    ("juffrouw", Some(Female)),
    ("mrs", Some(Female)),
    ("ms", Some(Female)),
    ("miss", Some(Female)),
    ("madam", Some(Female)),
    ("frau", Some(Female)),
    ("fraulein", Some(Female)),
    ("madame", Some(Female)),
    ("mme", Some(Female)),
    ("mlle", Some(Female)),
    ("mademoiselle", Some(Female)),
    ("wed", Some(Female)),
    ("weduwe", Some(Female)),
    ("mx", None),
    ("dhrmevr", None),
    ("dhrmw", None),
    ("mevrdhr", None),
    ("mwdhr", None),
    ("heermevrouw", None),
    ("deheermevrouw", None),
    ("tav", None),
    ("tnv", None),
    ("wijlen", None),
    ("terattentievan", None),
    ("weledelgeboren", None),
    ("weledele", None),
    ("weledelgestrenge", None),
    ("weledelzeergeleerde", None),
];

const FAMILY: &[&str] =
    &["fam", "familie", "family", "gezin", "erven", "defamilie", "familiefam", "erfgenamen"];

/// Earned titles and ranks: canonical spelling, gender.
const EARNED: &[(&str, Option<Gender>)] = &[
    ("drs.", None),
    ("dr.", None),
    ("ir.", None),
    ("ing.", None),
    ("prof.", None),
    ("mr.", None),
    ("bc.", None),
    ("lic.", None),
    ("ds.", None),
    ("mag.", None),
    ("dipl.-ing.", None),
    ("dipl.-kfm.", Some(Male)),
    ("dipl.-kffr.", Some(Female)),
    ("pastoor", Some(Male)),
    ("pater", Some(Male)),
    ("kapelaan", Some(Male)),
    ("rabbijn", None),
    ("imam", Some(Male)),
    ("zr.", Some(Female)),
    ("rev.", None),
    ("capt.", None),
    ("maj.", None),
    ("col.", None),
    ("gen.", None),
    ("lt.", None),
    ("sgt.", None),
    ("kol.", None),
    ("hon.", None),
    ("sir", Some(Male)),
    ("dame", Some(Female)),
    ("lord", Some(Male)),
    ("lady", Some(Female)),
];

/// Other spellings of earned titles.
const EARNED_SPELLINGS: &[(&str, &str)] = &[
    ("doctorandus", "drs."),
    ("doctor", "dr."),
    ("doktor", "dr."),
    ("ingenieur", "ir."),
    ("professor", "prof."),
    ("professordr", "prof. dr."),
    ("meester", "mr."),
    ("dominee", "ds."),
    ("reverend", "rev."),
    ("revd", "rev."),
    ("captain", "capt."),
    ("colonel", "col."),
    ("kolonel", "kol."),
    ("lieutenant", "lt."),
    ("zuster", "zr."),
    ("rabbi", "rabbijn"),
    ("profdr", "prof. dr."),
    ("profdrir", "prof. dr. ir."),
    ("drir", "dr. ir."),
    ("drmr", "dr. mr."),
    ("profmr", "prof. mr."),
    ("mrdr", "mr. dr."),
    ("irdr", "ir. dr."),
];

/// Titles of nobility: canonical spelling, gender.
const NOBLE: &[(&str, Gender)] = &[
    ("jhr.", Male),
    ("jkvr.", Female),
    ("baron", Male),
    ("barones", Female),
    ("graaf", Male),
    ("gravin", Female),
    ("hertog", Male),
    ("hertogin", Female),
    ("markies", Male),
    ("markiezin", Female),
    ("ridder", Male),
    ("prins", Male),
    ("prinses", Female),
    ("burggraaf", Male),
    ("burggravin", Female),
    ("freiherr", Male),
    ("freifrau", Female),
    ("graf", Male),
    ("gräfin", Female),
    ("count", Male),
    ("countess", Female),
    ("duke", Male),
    ("duchess", Female),
    ("earl", Male),
    ("viscount", Male),
    ("viscountess", Female),
    ("marquess", Male),
    ("baroness", Female),
    ("baronet", Male),
];

const NOBLE_SPELLINGS: &[(&str, &str)] =
    &[("jonkheer", "jhr."), ("jonkvrouw", "jkvr."), ("baronesse", "barones"), ("jonkhr", "jhr.")];

/// What follows a name; `true` when it is so short that only capitals tell it from a name.
const SUFFIXES: &[(&str, bool)] = &[
    ("jr.", false),
    ("sr.", false),
    ("MSc", false),
    ("BSc", false),
    ("MBA", false),
    ("BBA", false),
    ("PhD", false),
    ("DPhil", false),
    ("MPhil", false),
    ("LLM", false),
    ("LLB", false),
    ("MEd", true),
    ("BEd", false),
    ("BEng", false),
    ("MEng", false),
    ("MA", true),
    ("BA", true),
    ("MD", true),
    ("RA", true),
    ("AA", true),
    ("RC", true),
    ("RE", true),
    ("RM", true),
    ("RT", true),
    ("CPA", false),
    ("CFA", false),
    ("PMP", false),
    ("EMBA", false),
    ("Esq.", false),
    ("II", false),
    ("III", false),
    ("IV", true),
    ("VI", true),
    ("VII", false),
    ("VIII", false),
    ("OBE", false),
    ("CBE", false),
    ("MBE", false),
    ("KCB", false),
    ("KC", true),
    ("QC", true),
    ("MP", true),
    ("FRS", false),
    ("Bt.", true),
    ("DDS", false),
    ("1st", false),
    ("2nd", false),
    ("3rd", false),
];

const SUFFIX_SPELLINGS: &[(&str, &str)] = &[
    ("junior", "jr."),
    ("senior", "sr."),
    ("drphil", "DPhil"),
    ("esquire", "Esq."),
    ("bart", "Bt."),
    ("bachelorofscience", "BSc"),
    ("masterofscience", "MSc"),
];

type Table<T> = LazyLock<FxHashMap<Vec<u8>, T>>;

static TITLES: Table<Title> = LazyLock::new(|| {
    let mut titles = FxHashMap::default();
    let mut add = |spelling: &str, canonical, gender, kind| {
        titles.insert(squash(spelling).as_bytes().to_vec(), Title { canonical, gender, kind });
    };
    ADDRESS.iter().for_each(|&(spelling, gender)| add(spelling, "", gender, TitleKind::Address));
    FAMILY.iter().for_each(|spelling| add(spelling, "", None, TitleKind::Family));
    for &(canonical, gender) in EARNED {
        add(canonical, canonical, gender, TitleKind::Earned);
    }
    for &(spelling, canonical) in EARNED_SPELLINGS {
        let gender =
            EARNED.iter().find(|(title, _)| *title == canonical).and_then(|(_, gender)| *gender);
        add(spelling, canonical, gender, TitleKind::Earned);
    }
    for &(canonical, gender) in NOBLE {
        add(canonical, canonical, Some(gender), TitleKind::Noble);
    }
    for &(spelling, canonical) in NOBLE_SPELLINGS {
        let gender = NOBLE.iter().find(|(title, _)| *title == canonical).map(|(_, gender)| *gender);
        add(spelling, canonical, gender, TitleKind::Noble);
    }
    titles
});

/// What follows a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suffix {
    /// The canonical spelling.
    pub canonical: &'static str,
    /// Whether only capitals tell it from a name.
    pub needs_capitals: bool,
}

static SUFFIX_TABLE: Table<Suffix> = LazyLock::new(|| {
    let mut suffixes = FxHashMap::default();
    for &(canonical, needs_capitals) in SUFFIXES {
        suffixes
            .insert(squash(canonical).as_bytes().to_vec(), Suffix { canonical, needs_capitals });
    }
    for &(spelling, canonical) in SUFFIX_SPELLINGS {
        suffixes.insert(spelling.as_bytes().to_vec(), Suffix { canonical, needs_capitals: false });
    }
    suffixes
});

const LENGTH_MAX: usize = 24;

/// The title that a word is, dots and case aside.
pub fn title(word: &str) -> Option<Title> {
    (word.len() <= LENGTH_MAX).then(|| TITLES.get(squash(word).as_bytes()).copied()).flatten()
}

/// The suffix that a word is, dots and case aside.
pub fn suffix(word: &str) -> Option<Suffix> {
    (word.len() <= LENGTH_MAX).then(|| SUFFIX_TABLE.get(squash(word).as_bytes()).copied()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_found_in_any_spelling() {
        assert_eq!(title("Drs").map(|title| title.canonical), Some("drs."));
        assert_eq!(title("Prof.dr.ir.").map(|title| title.canonical), Some("prof. dr. ir."));
        assert_eq!(title("MEVR.").and_then(|title| title.gender), Some(Female));
        assert_eq!(title("Jonkheer").map(|title| title.canonical), Some("jhr."));
        assert_eq!(title("Jan"), None);
        assert_eq!(suffix("M.Sc.").map(|suffix| suffix.canonical), Some("MSc"));
        assert_eq!(suffix("Ph.D").map(|suffix| suffix.canonical), Some("PhD"));
        assert_eq!(suffix("Jansen"), None);
    }

    #[test]
    fn a_canonical_spelling_leads_to_itself() {
        for known in TITLES.values().filter(|known| !known.canonical.contains(' ')) {
            let again = title(known.canonical).map(|title| title.canonical).unwrap_or_default();
            assert_eq!(again, known.canonical);
        }
        for known in SUFFIX_TABLE.values() {
            assert_eq!(
                suffix(known.canonical).map(|suffix| suffix.canonical),
                Some(known.canonical)
            );
        }
    }
}
