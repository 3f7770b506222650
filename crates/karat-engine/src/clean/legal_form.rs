//! Legal forms of organisations, in all their spellings.
//!
//! Sources: the Dutch trade register (KvK), the Belgian Code of companies (old and new forms), the
//! German Handelsregister, Companies House, and the ISO 20275 list of entity legal forms.
//!
//! A form tells whether the organisation is a person in law or the people behind it: what is known of
//! a sole trader or a partnership is personal data, and telemarketing asks these for leave as it does
//! consumers (Dutch Telecommunications Act, article 11.7). Of German and Italian partnerships
//! with some rights of their own, and of forms that differ by country, Karat says that it is unknown.

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
    /// The countries that have it, by ISO 3166 code, as far as it is told by its name; none if it is
    /// of no country in particular.
    pub countries: &'static [&'static str],
    /// Whose rights and duties those of the organisation are.
    pub personality: Personality,
    /// Its spellings in small letters, without dots.
    spellings: &'static [&'static str],
    /// Where in a name it may stand.
    place: Place,
    /// Whether its abbreviation is also a word or a name: then dots or capitals must tell it.
    ambiguous: bool,
}

/// Whose rights and duties those of an organisation are: what is known of a person who is one, such
/// as a sole trader, is personal data, and who may be called is asked of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Personality {
    /// Of the people behind it.
    Natural,
    /// Its own.
    Legal,
    /// The form is not known, or does not tell.
    Unknown,
}

impl Personality {
    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Personality::Natural => "natural",
            Personality::Legal => "legal",
            Personality::Unknown => "unknown",
        }
    }
}

/// Whose rights and duties are those of an organisation of this legal form.
pub fn personality(canonical: &str) -> Personality {
    of_text(canonical).map_or(Personality::Unknown, |form| form.personality)
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

    /// Whether the organisation is one person, whose numbers are its own.
    pub fn is_one_person(&self) -> bool {
        matches!(self.canonical, "Eenmanszaak" | "e.K." | "Sole trader" | "Entreprise individuelle")
    }

    /// Whether it is also an ordinary word that may be needed to understand the name.
    pub fn is_word(&self) -> bool {
        matches!(self.canonical, "Stichting" | "Vereniging" | "Coöperatie" | "Maatschap")
    }
}

const fn form(
    canonical: &'static str,
    countries: &'static [&'static str],
    personality: Personality,
    spellings: &'static [&'static str],
    place: Place,
    ambiguous: bool,
) -> LegalForm {
    LegalForm { canonical, countries, personality, spellings, place, ambiguous }
}

use Personality::{Legal, Natural, Unknown};
use Place::{Anywhere, End, Ends};

const FORMS: &[LegalForm] = &[
    // The Netherlands.
    form(
        "BV",
        &["NL", "BE"],
        Legal,
        &[
            "bv",
            "besloten vennootschap",
            "besloten vennootschap met beperkte aansprakelijkheid",
            "besl venn",
        ],
        Anywhere,
        false,
    ),
    form("NV", &["NL", "BE"], Legal, &["nv", "naamloze vennootschap"], Anywhere, false),
    form(
        "VOF",
        &["NL", "BE"],
        Natural,
        &["vof", "vennootschap onder firma", "fa", "firma"],
        Ends,
        false,
    ),
    form("CV", &["NL", "BE"], Legal, &["cv", "commanditaire vennootschap"], Ends, true),
    form("Maatschap", &["NL", "BE"], Natural, &["maatschap"], Ends, false),
    form("Eenmanszaak", &["NL", "BE"], Natural, &["eenmanszaak", "zzp"], Ends, false),
    form(
        "Coöperatie UA",
        &["NL"],
        Legal,
        &["ua", "cooperatie ua", "cooperatie met uitgesloten aansprakelijkheid", "coop ua"],
        End,
        true,
    ),
    form("Coöperatie BA", &["NL"], Legal, &["ba", "cooperatie ba", "coop ba"], End, true),
    form("Coöperatie WA", &["NL"], Legal, &["wa", "cooperatie wa", "coop wa"], End, true),
    form("Coöperatie", &["NL"], Legal, &["cooperatie", "cooperatieve vereniging"], Ends, false),
    form(
        "OWM",
        &["NL"],
        Legal,
        &["owm", "onderlinge waarborgmaatschappij", "onderlinge waarborg maatschappij"],
        Ends,
        false,
    ),
    form(
        "VvE",
        &["NL"],
        Legal,
        &["vve", "vereniging van eigenaars", "vereniging van eigenaren"],
        Ends,
        false,
    ),
    form("Vereniging", &["NL"], Legal, &["vereniging"], Ends, false),
    form("Stichting", &["NL", "BE"], Legal, &["stichting"], Ends, false),
    form("Kerkgenootschap", &["NL"], Legal, &["kerkgenootschap"], End, false),
    form(
        "Publiekrechtelijke rechtspersoon",
        &["NL"],
        Legal,
        &["publiekrechtelijke rechtspersoon", "publiekrechtelijk rechtspersoon"],
        End,
        false,
    ),
    form(
        "Buitenlandse rechtspersoon",
        &[],
        Legal,
        &["buitenlandse rechtspersoon", "buitenlandse vennootschap", "foreign legal entity"],
        End,
        false,
    ),
    form(
        "Overige privaatrechtelijke rechtspersoon",
        &["NL"],
        Legal,
        &["overige privaatrechtelijke rechtspersoon", "privaatrechtelijke rechtspersoon"],
        End,
        false,
    ),
    form("EESV", &[], Legal, &["eesv", "europees economisch samenwerkingsverband"], Ends, false),
    form("SCE", &[], Legal, &["sce", "europese cooperatieve vennootschap"], End, false),
    // Belgium.
    form("BVBA", &["BE"], Legal, &["bvba", "ebvba"], Anywhere, false),
    form("VZW", &["BE"], Legal, &["vzw", "vereniging zonder winstoogmerk"], Ends, false),
    form("CVBA", &["BE"], Legal, &["cvba"], Ends, false),
    form("GCV", &["BE"], Legal, &["gcv", "commv", "comm v"], End, false),
    form("SPRL", &["BE"], Legal, &["sprl"], End, false),
    form("SRL", &["BE", "IT", "RO"], Legal, &["srl"], End, false),
    form("ASBL", &["BE", "LU"], Legal, &["asbl"], Ends, false),
    form("SCRL", &["BE"], Legal, &["scrl"], End, false),
    form(
        "IVZW",
        &["BE"],
        Legal,
        &["ivzw", "internationale vereniging zonder winstoogmerk"],
        Ends,
        false,
    ),
    form("AISBL", &["BE"], Legal, &["aisbl"], Ends, false),
    form("CommVA", &["BE"], Legal, &["comm va", "commva"], End, false),
    form("SComm", &["BE"], Legal, &["scomm", "s comm"], End, false),
    // Germany and Austria.
    form(
        "GmbH & Co. KG",
        &["DE", "AT"],
        Unknown,
        &["gmbh co kg", "gmbh und co kg", "gmbh u co kg", "gmbh cokg", "gmbhco kg", "gmbhcokg"],
        Anywhere,
        false,
    ),
    form("AG & Co. KG", &["DE"], Unknown, &["ag co kg", "ag und co kg"], End, false),
    form(
        "GmbH",
        &["DE", "AT", "CH"],
        Legal,
        &["gmbh", "gesellschaft mit beschrankter haftung", "ges mbh", "gesmbh", "mbh"],
        Anywhere,
        false,
    ),
    form("gGmbH", &["DE"], Legal, &["ggmbh"], End, false),
    form(
        "UG",
        &["DE"],
        Legal,
        &[
            "ug",
            "ug haftungsbeschrankt",
            "unternehmergesellschaft",
            "unternehmergesellschaft haftungsbeschrankt",
        ],
        End,
        true,
    ),
    form("AG", &["DE", "AT", "CH"], Legal, &["ag", "aktiengesellschaft"], End, true),
    form("KGaA", &["DE"], Legal, &["kgaa"], End, false),
    form("KG", &["DE", "AT", "CH"], Unknown, &["kg", "kommanditgesellschaft"], End, true),
    form("OHG", &["DE"], Unknown, &["ohg", "offene handelsgesellschaft"], End, false),
    form("GbR", &["DE"], Natural, &["gbr"], End, false),
    form(
        "e.K.",
        &["DE"],
        Natural,
        &["ek", "ekfm", "ekfr", "eingetragener kaufmann", "eingetragene kauffrau"],
        End,
        true,
    ),
    form("e.V.", &["DE"], Legal, &["ev", "eingetragener verein"], End, true),
    form("eG", &["DE"], Legal, &["eg", "eingetragene genossenschaft"], End, true),
    form("SE", &[], Legal, &["se"], End, true),
    form(
        "PartG mbB",
        &["DE"],
        Natural,
        &["partg mbb", "partgmbb", "partg", "partnerschaftsgesellschaft"],
        End,
        false,
    ),
    form("KdöR", &["DE"], Legal, &["kdor", "korperschaft des offentlichen rechts"], End, false),
    // The United Kingdom, the United States, Australia.
    form(
        "Ltd",
        &["GB", "IE", "AU"],
        Legal,
        &["ltd", "limited", "co ltd", "company limited"],
        End,
        false,
    ),
    form("PLC", &["GB", "IE"], Legal, &["plc", "public limited company"], End, false),
    form("LLP", &["GB"], Legal, &["llp"], End, false),
    form("LLC", &["US"], Legal, &["llc"], End, false),
    form("LP", &["GB", "US"], Unknown, &["lp"], End, true),
    form("Inc", &["US"], Legal, &["inc", "incorporated"], End, false),
    form("Corp", &["US"], Legal, &["corp", "corporation"], End, false),
    form("Pty Ltd", &["AU"], Legal, &["pty ltd", "proprietary limited", "pty"], End, false),
    form("CIC", &["GB"], Legal, &["cic", "community interest company"], End, true),
    form(
        "Sole trader",
        &["GB"],
        Natural,
        &["sole trader", "sole proprietor", "sole proprietorship"],
        End,
        false,
    ),
    // France, Luxembourg, Italy, Spain and others.
    form(
        "Entreprise individuelle",
        &["FR", "BE", "LU"],
        Natural,
        &["entreprise individuelle", "auto entrepreneur", "micro entreprise"],
        End,
        false,
    ),
    form("SARL", &["FR", "LU", "CH"], Legal, &["sarl"], Ends, false),
    form("SASU", &["FR"], Legal, &["sasu"], End, false),
    form("SAS", &["FR"], Legal, &["sas"], End, true),
    form("SA", &["FR", "BE", "LU", "CH", "ES"], Legal, &["sa", "societe anonyme"], End, true),
    form("EURL", &["FR"], Legal, &["eurl"], End, false),
    form("SNC", &["FR", "IT", "LU"], Unknown, &["snc"], End, true),
    form("SCI", &["FR"], Legal, &["sci"], End, true),
    form("SpA", &["IT"], Legal, &["spa"], End, true),
    form("SL", &["ES"], Legal, &["sl"], End, true),
    form("AB", &["SE", "FI"], Legal, &["ab"], End, true),
    form("A/S", &["DK"], Legal, &["as"], End, true),
    form("ApS", &["DK"], Legal, &["aps"], End, true),
    form("Oy", &["FI"], Legal, &["oy"], End, true),
    form("Sp. z o.o.", &["PL"], Legal, &["sp z oo", "sp zoo", "spzoo"], End, false),
    form("s.r.o.", &["CZ", "SK"], Legal, &["sro"], End, false),
    form("d.o.o.", &["HR", "SI"], Legal, &["doo"], End, false),
    form("Kft", &["HU"], Legal, &["kft"], End, false),
];

/// All legal forms that are known, in the order of their countries.
pub fn all() -> &'static [LegalForm] {
    FORMS
}

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
    fn a_form_tells_whose_rights_and_duties_it_has() {
        for (text, expected) in [
            ("Eenmanszaak", Personality::Natural),
            ("VOF", Personality::Natural),
            ("Maatschap", Personality::Natural),
            ("e.K.", Personality::Natural),
            ("BV", Personality::Legal),
            ("NV", Personality::Legal),
            ("Stichting", Personality::Legal),
            ("Vereniging", Personality::Legal),
            ("VvE", Personality::Legal),
            ("Coöperatie UA", Personality::Legal),
            ("CV", Personality::Legal),
            ("Publiekrechtelijke rechtspersoon", Personality::Legal),
            ("Buitenlandse rechtspersoon", Personality::Legal),
            ("KG", Personality::Unknown),
            ("Bakkerij", Personality::Unknown),
        ] {
            assert_eq!(personality(text), expected, "{text}");
        }
        let of = |text| of_text(text).expect("a form").countries;
        assert_eq!((of("B.V."), of("gmbh")), (&["NL", "BE"][..], &["DE", "AT", "CH"][..]));
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
