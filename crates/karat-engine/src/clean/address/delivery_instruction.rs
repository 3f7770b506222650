//! Instructions for whoever delivers, behind a street or a house number.
//!
//! ```text
//!   "Kerkstraat let op de hond"        Kerkstraat | let op de hond
//!   "KERKSTRAAT 12 BEWARE OF DOG"      KERKSTRAAT 12 | BEWARE OF DOG
//!   "Hauptstr. bitte klingeln"         Hauptstr. | bitte klingeln
//!   "Laan van de Buren"                a street
//! ```
//!
//! An instruction is the longest run of known words at the end that is not the whole line. Streets
//! hold some of these words too, so that one is enough only behind the plain name of a street, and
//! only where the name has a capital and the word has none.

use std::sync::LazyLock;

use compact_str::CompactString;
use rustc_hash::FxHashMap;

use super::street;
use crate::clean::output::Context;

/// Words that hardly stand in anything else: what to do or not to do, and please.
const REQUESTS: &str = "
    aanbellen aankloppen achterlaten afgeven afleveren aub a.u.b bellen bezorgen kapot neerleggen
    neerzetten opbellen parkeren storen svp s.v.p terugbellen
    beware deliver please pls
    abgeben abstellen ablegen anrufen bitte hinterlegen klingeln klopfen liefern zustellen
";

/// Words that say something only together, or behind a plain name of a street.
const HINTS: &str = "
    achterdeur achterom achteringang achterzijde afspraak afwezig afwezigheid balie bel bezorger
    bezorging bijt blaft bordje brievenbus buren buurman buurvrouw carport chauffeur concierge
    conciërge defect deur deurbel gebruik gebruiken garage geen graag hond honden ingang intercom
    klop koerier let levering leveren lever losse niet ontvangst overdag pakje pakjes pakket
    pakketje pakketten pas portier reclame receptie schuur schuurtje sleutel sleutels telefonisch
    thuis voordeur voorzijde waaks waakse werkdagen zijdeur zijingang zij-ingang
    back bell call dog dogs doorbell do don't dont entrance front key keys knock leave leaving
    neighbor neighbors neighbour neighbours not package packages parcel parcels porch reception
    ring shed side signature
    bissig bissiger empfang hintereingang hund hunde kein keine nachbar nachbarin nachbarn nicht
    paket pakete päckchen pförtner rezeption schlüssel schluessel seiteneingang vorsicht werbung
";

/// Words between these.
const FILLERS: &str = "
    aan achter alleen als altijd bij boven de die dit doet door dus een eerst en er evt t even
    eventueel het hem hier in indien is kan liefst links linker langs maar mag meer met moet
    naast naar na nadat nooit nu of om onder onze ook op over rechts rechter s ochtends middags
    avonds morgens tegen te tot tussen twee keer tweemaal uit uur uw van vanaf via voor vooraf
    want wel werkt wie zelf zijn zonder zo
    after always and any are at before behind by first for from if in it no of on only or out
    side the then there through to twice use when with without you your am pm
    am an auf aus bei beim das dem den der des die doch ein eine einen erst immer im ins ist mit
    mal nach nur oben oder rechts sie uhr und unten unter vom von vor vorher wenn zu zuerst zum
    zur zweimal hinter hinten hinters
";

/// What a word adds to an instruction.
const REQUEST: u8 = 2;
const HINT: u8 = 1;
const FILLER: u8 = 0;

/// The longest of the words, in bytes.
const LENGTH_MAX: usize = 14;

static WEIGHTS: LazyLock<FxHashMap<&'static str, u8>> = LazyLock::new(|| {
    let tables = [(FILLERS, FILLER), (HINTS, HINT), (REQUESTS, REQUEST)];
    let weighed = |(table, weight): (&'static str, u8)| {
        table.split_whitespace().map(move |word| (word, weight))
    };
    tables.into_iter().flat_map(weighed).collect()
});

/// Parts a line from the instruction at its end, if there is one.
pub(super) fn split<'a>(line: &'a str, context: &Context) -> Option<(&'a str, &'a str)> {
    let longest = Run::at_end(line, |_| true);
    if longest.weight == 0 {
        return None;
    }
    let longest = longest.parted(line);
    if let Some((street, run)) = longest.filter(|(_, run)| run.is_sure()) {
        return Some((street, run.text));
    }
    let (street, run) = Run::at_end(line, is_small).parted(line)?;
    let is_set_off = street.contains(char::is_uppercase);
    let is_enough = run.weight > HINT || run.weight == HINT && street::resembles(street, context);
    (is_set_off && is_enough).then_some((street, run.text))
}

/// Whether a text of its own is an instruction.
pub(super) fn is_one(text: &str) -> bool {
    let run = Run::at_end(text, |_| true);
    run.text.len() == text.len() && run.is_sure()
}

/// Known words at the end of a line.
struct Run<'a> {
    text: &'a str,
    words: usize,
    weight: u8,
    has_request: bool,
}

impl<'a> Run<'a> {
    /// The longest run of known words that are as wanted.
    fn at_end(line: &'a str, wanted: impl Fn(&str) -> bool) -> Run<'a> {
        let mut run = Run { text: "", words: 0, weight: 0, has_request: false };
        let mut next = "";
        for word in line.split_whitespace().rev() {
            let bare = bare(word);
            let weight = if is_time(bare, next) { Some(FILLER) } else { weight(bare) };
            let Some(weight) = weight.filter(|_| wanted(bare)) else { break };
            // `12 s` ends in an addition, `'s avonds` does not.
            if word.len() > 1 {
                run.text = &line[word.as_ptr().addr() - line.as_ptr().addr()..];
            }
            run.words += usize::from(!bare.is_empty());
            run.weight = run.weight.saturating_add(weight);
            run.has_request |= weight == REQUEST;
            next = bare;
        }
        run
    }

    /// The run with the street or number before it; none where it may go on with the street's name.
    fn parted(self, line: &'a str) -> Option<(&'a str, Run<'a>)> {
        let street = line[..line.len() - self.text.len()].trim_end();
        let is_of_address = |word: &str| {
            let bare = bare(word);
            let is_name = bare.chars().filter(|c| c.is_alphabetic()).count() > 2;
            let is_number = bare.starts_with(|c: char| c.is_ascii_digit());
            is_number || is_name && weight(bare).is_none()
        };
        let first = bare(self.text.split_whitespace().next()?);
        let goes_on = ["van", "of", "der", "des", "von", "vom", "zu", "zum", "zur"]
            .iter()
            .any(|genitive| genitive.eq_ignore_ascii_case(first));
        (!goes_on && street.split_whitespace().any(is_of_address)).then_some((street, self))
    }

    /// Whether the words say enough, whatever their capitals.
    fn is_sure(&self) -> bool {
        const WORDS_MIN: usize = 3;
        self.has_request || self.weight > HINT && self.words >= WORDS_MIN
    }
}

/// A word without the signs around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_small(word: &str) -> bool {
    !word.contains(char::is_uppercase)
}

/// What a word weighs, if it is known; signs alone weigh nothing.
fn weight(bare: &str) -> Option<u8> {
    match bare.len() {
        0 => Some(FILLER),
        1..=LENGTH_MAX => WEIGHTS.get(CompactString::from_str_to_lowercase(bare).as_str()).copied(),
        _ => None,
    }
}

/// `18:00`, `18u`, `2x`, and the number in `18 uur`.
fn is_time(word: &str, next: &str) -> bool {
    const UNITS: [&str; 9] = ["uur", "u", "uhr", "am", "pm", "x", "keer", "times", "mal"];
    let is_unit = |text: &str| UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(text));
    let after = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = word.len() - after.len();
    let minutes = after.strip_prefix([':', '.']);
    let is_clock = minutes.is_some_and(|minutes| {
        minutes.len() == 2 && minutes.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_counted = if after.is_empty() { is_unit(next) } else { is_unit(after) };
    (1..=2).contains(&digits) && (is_clock || is_counted)
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};

    use super::*;

    fn shown(line: &str) -> Option<String> {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        split(line, &context).map(|(street, instruction)| format!("{street} | {instruction}"))
    }

    #[test]
    fn instructions_are_parted_from_streets() {
        for expected in [
            "Kerkstraat | let op de hond",
            "Kerkstraat | graag eerst bellen",
            "Kerkstraat | pakket bij de buren",
            "Kerkstraat | sleutel bij de receptie",
            "Velperbroek | niet bezorgen",
            "Velperbroek | bel kapot",
            "Oude Kerkstraat 12 A | bellen bij buren",
            "Plein 1944 | niet storen a.u.b.",
            "Kerkstraat | achterom",
            "Kerkstraat | via de achterdeur",
            "Kerkstraat - | LET OP: HOND!",
            "KERKSTRAAT | LET OP DE HOND",
            "KERKSTRAAT | NIET BEZORGEN",
            "KERKSTRAAT | SLEUTEL BIJ DE RECEPTIE",
            "kerkstraat | graag eerst bellen",
            "Kerkstraat | Pakket bij de buren",
            "Kerkstraat | niet leveren na 18 uur",
            "Kerkstraat | bezorgen tussen 9:00 en 12:00 uur",
            "Kerkstraat 12 | 2x bellen",
            "12-3 | bellen bij de buren",
            "Laan van de Buren | niet bezorgen",
            "12 Baker Street | leave with neighbours",
            "12 BAKER STREET | BEWARE OF THE DOG",
            "Baker Street | please ring the bell first",
            "Hauptstr. | bitte klingeln",
            "Hauptstraße 5 | Paket beim Nachbarn abgeben",
            "Hauptstraße | Vorsicht bissiger Hund",
            "HAUPTSTRASSE | SCHLÜSSEL BEIM NACHBARN",
        ] {
            let line = expected.replace(" | ", " ");
            assert_eq!(shown(&line).as_deref(), Some(expected));
        }
    }

    #[test]
    fn streets_that_hold_such_words_stay() {
        for street in [
            "Bij de Sleutel",
            "Bij de sleutel",
            "BIJ DE SLEUTEL",
            "Achterom",
            "Oude Achterom",
            "Oude achterom",
            "ACHTEROM",
            "Korte Achterom 12",
            "Hondstraat",
            "Hondstraat 12",
            "Laan van de Buren",
            "Laan van de buren",
            "LAAN VAN DE BUREN",
            "laan van de buren",
            "Dorpsstraat Buren",
            "DORPSSTRAAT BUREN",
            "De Sleutel",
            "Achter de Schuur",
            "Poort bij de Garage",
            "Hof van de Hond en de Sleutel",
            "Kerkstraat 12 achter",
            "Kerkstraat bij 12",
            "Am Empfang",
            "Alte Straße beim Nachbarn",
            "Isle of Dogs",
            "Back Lane",
            "Front Street",
            "Kings Key",
            "Alkmaarder Ring",
            "niet bezorgen",
            "let op de hond",
            "",
        ] {
            assert_eq!(shown(street), None);
        }
    }

    #[test]
    fn a_text_of_its_own_may_be_an_instruction() {
        for text in ["niet bezorgen", "Let op de hond!", "leave with the neighbours", "2x bellen"] {
            assert!(is_one(text), "{text}");
        }
        for other in ["Buren", "Achterom", "Bij de Sleutel", "Kerkstraat niet bezorgen", ""] {
            assert!(!is_one(other), "{other}");
        }
    }

    #[test]
    fn the_words_are_known_once_as_what_weighs_most() {
        for (table, expected) in [(REQUESTS, REQUEST), (HINTS, HINT)] {
            for word in table.split_whitespace() {
                assert_eq!(weight(word), Some(expected), "{word}");
            }
        }
    }
}
