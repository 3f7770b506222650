//! Legal forms of organisations, in all their spellings.
//!
//! Sources: the Dutch trade register (KvK), the Belgian Code of companies (old and new forms), the
//! German Handelsregister, Companies House, and the ISO 20275 list of entity legal forms.

use std::sync::LazyLock;

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fold::squash;
use super::output::{Context, Output};
use super::person_name::LetterCase;

/// Headers of columns with legal forms.
pub const HEADERS: &[&str] = &[
    "legal_form",
    "rechtsvorm",
    "juridische_vorm",
    "rechtsform",
    "legal_entity_type",
    "company_type",
    "forme_juridique",
    "ondernemingsvorm",
    "legal_structure",
    "entity_type_legal",
];

/// A legal form.
#[derive(Debug, PartialEq, Eq)]
pub struct LegalForm {
    /// The canonical spelling.
    pub canonical: &'static str,
    /// Its spellings in small letters, without dots.
    spellings: &'static [&'static str],
    /// Where in a name it may stand.
    place: Place,
    /// Whether its abbreviation is also a word or a name: then dots or capitals must tell it.
    ambiguous: bool,
}

/// Where in the name of an organisation a legal form may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Only at the end: `GmbH`.
    End,
    /// At either end: `Stichting`, `VOF`.
    Ends,
    /// Anywhere: `Jansen B.V. Amersfoort`.
    Anywhere,
}

impl LegalForm {
    /// Whether it may open a name.
    pub fn may_lead(&self) -> bool {
        self.place != Place::End
    }

    /// Whether it may stand within a name.
    pub fn may_stand_within(&self) -> bool {
        self.place == Place::Anywhere
    }

    /// Whether it is also an ordinary word that may be needed to understand the name.
    pub fn is_word(&self) -> bool {
        matches!(self.canonical, "Stichting" | "Vereniging" | "Coöperatie" | "Maatschap")
    }
}

const fn form(
    canonical: &'static str,
    spellings: &'static [&'static str],
    place: Place,
    ambiguous: bool,
) -> LegalForm {
    LegalForm { canonical, spellings, place, ambiguous }
}

use Place::{Anywhere, End, Ends};

const FORMS: &[LegalForm] = &[
    // The Netherlands.
    form(
        "BV",
        &[
            "bv",
            "besloten vennootschap",
            "besloten vennootschap met beperkte aansprakelijkheid",
            "besl venn",
        ],
        Anywhere,
        false,
    ),
    form("NV", &["nv", "naamloze vennootschap"], Anywhere, false),
    form("VOF", &["vof", "vennootschap onder firma", "fa", "firma"], Ends, false),
    form("CV", &["cv", "commanditaire vennootschap"], Ends, true),
    form("Maatschap", &["maatschap"], Ends, false),
    form("Eenmanszaak", &["eenmanszaak", "zzp"], Ends, false),
    form(
        "Coöperatie UA",
        &["ua", "cooperatie ua", "cooperatie met uitgesloten aansprakelijkheid", "coop ua"],
        End,
        true,
    ),
    form("Coöperatie BA", &["ba", "cooperatie ba", "coop ba"], End, true),
    form("Coöperatie WA", &["wa", "cooperatie wa", "coop wa"], End, true),
    form("Coöperatie", &["cooperatie", "cooperatieve vereniging"], Ends, false),
    form(
        "OWM",
        &["owm", "onderlinge waarborgmaatschappij", "onderlinge waarborg maatschappij"],
        Ends,
        false,
    ),
    form("VvE", &["vve", "vereniging van eigenaars", "vereniging van eigenaren"], Ends, false),
    form("Vereniging", &["vereniging"], Ends, false),
    form("Stichting", &["stichting"], Ends, false),
    form("Kerkgenootschap", &["kerkgenootschap"], End, false),
    // Belgium.
    form("BVBA", &["bvba", "ebvba"], Anywhere, false),
    form("VZW", &["vzw", "vereniging zonder winstoogmerk"], Ends, false),
    form("CVBA", &["cvba"], Ends, false),
    form("GCV", &["gcv", "commv", "comm v"], End, false),
    form("SPRL", &["sprl"], End, false),
    form("SRL", &["srl"], End, false),
    form("ASBL", &["asbl"], Ends, false),
    form("SCRL", &["scrl"], End, false),
    // Germany and Austria.
    form(
        "GmbH & Co. KG",
        &["gmbh co kg", "gmbh und co kg", "gmbh u co kg", "gmbh cokg", "gmbhco kg", "gmbhcokg"],
        Anywhere,
        false,
    ),
    form("AG & Co. KG", &["ag co kg", "ag und co kg"], End, false),
    form(
        "GmbH",
        &["gmbh", "gesellschaft mit beschrankter haftung", "ges mbh", "gesmbh", "mbh"],
        Anywhere,
        false,
    ),
    form("gGmbH", &["ggmbh"], End, false),
    form(
        "UG",
        &[
            "ug",
            "ug haftungsbeschrankt",
            "unternehmergesellschaft",
            "unternehmergesellschaft haftungsbeschrankt",
        ],
        End,
        true,
    ),
    form("AG", &["ag", "aktiengesellschaft"], End, true),
    form("KGaA", &["kgaa"], End, false),
    form("KG", &["kg", "kommanditgesellschaft"], End, true),
    form("OHG", &["ohg", "offene handelsgesellschaft"], End, false),
    form("GbR", &["gbr"], End, false),
    form(
        "e.K.",
        &["ek", "ekfm", "ekfr", "eingetragener kaufmann", "eingetragene kauffrau"],
        End,
        true,
    ),
    form("e.V.", &["ev", "eingetragener verein"], End, true),
    form("eG", &["eg", "eingetragene genossenschaft"], End, true),
    form("SE", &["se"], End, true),
    // The United Kingdom, the United States, Australia.
    form("Ltd", &["ltd", "limited", "co ltd", "company limited"], End, false),
    form("PLC", &["plc", "public limited company"], End, false),
    form("LLP", &["llp"], End, false),
    form("LLC", &["llc"], End, false),
    form("LP", &["lp"], End, true),
    form("Inc", &["inc", "incorporated"], End, false),
    form("Corp", &["corp", "corporation"], End, false),
    form("Pty Ltd", &["pty ltd", "proprietary limited", "pty"], End, false),
    // France, Luxembourg, Italy, Spain and others.
    form("SARL", &["sarl"], Ends, false),
    form("SASU", &["sasu"], End, false),
    form("SAS", &["sas"], End, true),
    form("SA", &["sa", "societe anonyme"], End, true),
    form("EURL", &["eurl"], End, false),
    form("SNC", &["snc"], End, true),
    form("SCI", &["sci"], End, true),
    form("SpA", &["spa"], End, true),
    form("SL", &["sl"], End, true),
    form("AB", &["ab"], End, true),
    form("A/S", &["as"], End, true),
    form("ApS", &["aps"], End, true),
    form("Oy", &["oy"], End, true),
    form("Sp. z o.o.", &["sp z oo", "sp zoo", "spzoo"], End, false),
    form("s.r.o.", &["sro"], End, false),
    form("d.o.o.", &["doo"], End, false),
    form("Kft", &["kft"], End, false),
];

/// The most words that a spelling has.
pub const WORDS_MAX: usize = 6;

static BY_SPELLING: LazyLock<FxHashMap<&'static str, &'static LegalForm>> = LazyLock::new(|| {
    FORMS
        .iter()
        .flat_map(|form| form.spellings.iter().map(move |spelling| (*spelling, form)))
        .collect()
});

/// The first and last words of all spellings, so that other words are passed over quickly.
static EDGES: LazyLock<FxHashSet<&'static [u8]>> = LazyLock::new(|| {
    let words = BY_SPELLING
        .keys()
        .map(|spelling| (spelling.split(' ').next(), spelling.rsplit(' ').next()));
    words.flat_map(|(first, last)| first.into_iter().chain(last)).map(str::as_bytes).collect()
});

/// Whether a legal form may begin or end with this word; a single letter may be part of one.
pub fn may_be_at_edge(word: &str) -> bool {
    let squashed = squash(word);
    squashed.as_bytes().len() <= 1 || EDGES.contains(squashed.as_bytes())
}

/// The legal form that words spell together.
///
/// `single_case` says that capitals mean nothing in the name.
pub fn of_words(words: &[&str], single_case: bool) -> Option<&'static LegalForm> {
    let mut spelling = String::new();
    let mut letters_before = false;
    for word in words {
        let squashed = squash(word);
        if squashed.is_empty() {
            continue;
        }
        // `B V` is spelt in one: `bv`.
        let letter = squashed.len() == 1;
        let goes_on = letter && letters_before;
        if !spelling.is_empty() && !goes_on {
            spelling.push(' ');
        }
        letters_before = letter;
        spelling.push_str(&squashed);
    }
    let form = *BY_SPELLING.get(&*spelling)?;
    let abbreviated = spelling.len() <= 4;
    if !(form.ambiguous && abbreviated) {
        // `Firma` and `Fa.` are forms, `fa` is a note.
        return (spelling != "fa" || words.iter().any(|word| word.contains('.') || *word == "Fa"))
            .then_some(form);
    }
    let dotted = words.iter().any(|word| word.contains(['.', '/']));
    let as_usual = words.contains(&form.canonical);
    let capitals = words.iter().all(|word| LetterCase::of(word) == LetterCase::Upper);
    let known_in_capitals =
        single_case && matches!(form.canonical, "CV" | "AG" | "KG" | "UG" | "SA" | "Coöperatie UA");
    (dotted || !single_case && (capitals || as_usual) || known_in_capitals).then_some(form)
}

/// The legal form that a whole text spells.
pub fn of_text(text: &str) -> Option<&'static LegalForm> {
    let words: Vec<&str> = text.split_whitespace().collect();
    // In a field of its own nothing else can be meant.
    let mixed = of_words(&words, false);
    mixed.or_else(|| BY_SPELLING.get(&*squash(text)).copied())
}

/// Whether a value is a known legal form.
pub fn resembles(value: &str, _: &Context) -> bool {
    of_text(value).is_some()
}

/// Claims the canonical spelling; what is not known is kept and noted.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    match of_text(value) {
        Some(form) => out.claim(AttributeId::LEGAL_FORM, form.canonical, Validity::Valid),
        None => {
            out.finding(FindingCode::UnknownLegalForm);
            out.claim(AttributeId::LEGAL_FORM, value, Validity::Suspect);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_lead_to_one_form() {
        for (text, expected) in [
            ("B.V.", Some("BV")),
            ("bv", Some("BV")),
            ("b v", Some("BV")),
            ("Besloten Vennootschap", Some("BV")),
            ("v.o.f.", Some("VOF")),
            ("Vennootschap onder firma", Some("VOF")),
            ("GmbH & Co. KG", Some("GmbH & Co. KG")),
            ("Ltd.", Some("Ltd")),
            ("S.A.", Some("SA")),
            ("sa", Some("SA")),
            ("Coöperatie U.A.", Some("Coöperatie UA")),
            ("Sp. z o.o.", Some("Sp. z o.o.")),
            ("e.V.", Some("e.V.")),
            ("Bakkerij", None),
        ] {
            assert_eq!(of_text(text).map(|form| form.canonical), expected, "{text}");
        }
    }

    #[test]
    fn a_canonical_form_is_itself() {
        for form in FORMS {
            assert_eq!(of_text(form.canonical), Some(form), "{}", form.canonical);
        }
    }

    #[test]
    fn no_spelling_belongs_to_two_forms() {
        let count: usize = FORMS.iter().map(|form| form.spellings.len()).sum();
        assert_eq!(BY_SPELLING.len(), count);
        let longest = BY_SPELLING.keys().map(|spelling| spelling.split(' ').count()).max();
        // One more than the longest: `&` is a word too.
        assert_eq!(longest, Some(WORDS_MAX - 1));
    }
}
