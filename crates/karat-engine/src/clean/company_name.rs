//! The name of a company or other organisation, without its legal form.
//!
//! `Bakkerij Jansen B.V.` is `Bakkerij Jansen`, with legal form `BV`. Of `Jansen BV h.o.d.n. De Hoek`
//! the trade name is the name, and the name behind it stands in slot 1. Case is repaired only where
//! it says nothing: `BAKKERIJ JANSEN` is `Bakkerij Jansen`, `KLM` stays.

use std::sync::LazyLock;

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use rustc_hash::FxHashSet;

use super::fold::squash;
use super::legal_form::{self, LegalForm};
use super::output::{Context, Output};
use super::person_name::{
    LetterCase, canonical_prefix, is_given_name, is_vowel, push_lower, push_name, push_title,
};
use super::text::unless_misread;
use crate::letters::capital;

/// Headers of columns with names of companies.
pub const HEADERS: &[&str] = &[
    "company_name",
    "company",
    "bedrijfsnaam",
    "bedrijf",
    "naam_bedrijf",
    "organisation_name",
    "organization_name",
    "organisatienaam",
    "organisatie",
    "organisation",
    "organization",
    "handelsnaam",
    "trade_name",
    "firma",
    "firmenname",
    "unternehmen",
    "business_name",
    "account_name",
    "employer",
    "werkgever",
    "bedrijfsnaam_1",
    "statutaire_naam",
    "legal_name",
    "instelling",
    "bednaam",
    "firmanaam",
    "societe",
    "raison_sociale",
    "vestigingsnaam",
];

/// Acronyms that are pronounced like words, or have vowels: in capitals they stay.
const ACRONYMS: &str = "
    abn amro anwb asml asr axa bmw bnp cbs dhl dpd dsm ecn eu ey ggd ggz gls gvb hema hr htm
    ibm ict ikea ing it jumbo klm knmi knvb kpmg kpn kvk nhl nl nn nos ns nuon ov pc pon pwc
    rdw ret roc rtl sap sns tno tnt tu tui tv uk umc ups usa uva uwv vdl vgz vu vvd xs4all";

/// Words within a name that stay small.
const SMALL_WORDS: &str = "
    & 's 't aan and bij de den der des du e.o. en et for het in la le of op te ten ter the to
    tot und van von voor zu";

/// Words that companies have in their names and persons do not.
const COMPANY_WORDS: &str = "
    academie academy accountants administratie advies adviesgroep adviseurs advocaten agency
    agentur apotheek apotheke architecten assuradeuren assurantien atelier ateliers auto's
    autobedrijf automatisering autos badkamers bakkerij bank beauty beheer beveiliging
    bibliotheek bistro bloemen bloemsierkunst boekhandel boetiek bouwbedrijf bouwmaterialen
    brasserie bureau buurthuis bv cafe cafetaria camping catering club coaching communicatie
    company constructie constructies consult consultancy consulting dakdekkers design
    detachering dienstverlening dierenkliniek dorpshuis drukkerij eetcafe elektro energie
    engineering enterprises events export fabriek financieel fitness fonds galerie gallery
    garage gebr gebroeders gemeente groep grond group gruppe handel handelsonderneming
    hogeschool holding holdings horeca hotel hovenier hoveniers huisartsen hypotheken ijssalon
    import industries ingenieurs inkoop installatie installaties instituut interieur interieurs
    international isolatie jachtwerf juwelier juweliers kantoor kapsalon kerkgemeente keukens
    kinderdagverblijf kinderopvang kliniek kringloop kwekerij leasing logistics logistiek
    loodgieters lunchroom maatschap maatschappij machinebouw makelaar makelaardij makelaars
    management manege marketing media meubelen ministerie mts museum nederland netherlands
    notarissen onderhoud onderneming onderwijs ontwikkeling opticien opticiens optiek parochie
    partners peuterspeelzaal pizzeria plaatwerk praktijk productie producties productions
    projecten provincie reclame recruitment recycling reizen restaurant rijschool rijwielen
    salon sanitair schadeherstel scheepswerf schildersbedrijf school schoonheidssalon schoonmaak
    scouting security services slagerij snackbar software sohne solutions sons sporthal
    sportvereniging stichting stomerij studio stukadoors supermarkt systems tandartsen
    tandartspraktijk taxi techniek technologies technology tegelzetters theater timmerwerken
    trading training trainingen transport transporten tuincentrum tweewielers uitgeverij
    uitvaart universiteit university vastgoed ventures vereniging verhuur verkoop verzekeringen
    vishandel vleeswaren wasserij waterschap watersport webshop werkplaats winkels woningbouw
    ziekenhuis zn zonen zonwering zorg zorggroep zwembad";

/// Endings of such words: `administratiekantoor`, `installatietechniek`.
const COMPANY_ENDINGS: &str = "
    adviseurs bakkerij bedrijf bedrijven bewerking bouwgroep bureau centrum club diensten
    fabriek groep handel houderij kantoor kwekerij makelaardij makerij onderneming praktijk
    rijschool school service shop slagerij stichting techniek technik therapie transport
    vereniging verhuur verzorging werken winkel zorg";

static COMPANY_WORD_SET: LazyLock<FxHashSet<&[u8]>> =
    LazyLock::new(|| COMPANY_WORDS.split_whitespace().map(str::as_bytes).collect());

/// A name of a company, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct CompanyName {
    name: String,
    /// The name behind a trade name.
    registered: String,
    form: Option<&'static str>,
    remark: bool,
}

/// Whether a value is certainly the name of a company: it has a legal form or a word of companies.
pub fn resembles(value: &str, _: &Context) -> bool {
    is_company(value)
}

/// Whether a name is that of a company rather than of a person.
pub fn is_company(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let single_case = LetterCase::of(text).is_single();
    if words.len() > 1
        && (form_at_end(&words, single_case).is_some()
            || form_at_start(&words, single_case).is_some())
    {
        return true;
    }
    let trade = trade_name_at(&words).is_some();
    trade
        || words.iter().enumerate().any(|(at, word)| {
            // `van de Winkel`, `de Bank` are family names.
            let after_prefix = at > 0
                && canonical_prefix(words[at - 1]).is_some_and(|prefix| {
                    prefix.starts_with("van") || at >= 2 && at + 1 == words.len()
                });
            // `Jansen Bouw`, but neither `Bouw` nor `Jan Bouw`.
            let behind_family_name = at > 0
                && at + 1 == words.len()
                && !is_given_name(words[at - 1])
                && squash(words[at - 1]).len() > 2;
            !after_prefix && (is_company_word(word) || behind_family_name && is_trade(word))
        })
}

fn is_company_word(word: &str) -> bool {
    let squashed = squash(word);
    let squashed_length = squashed.as_bytes().len();
    let long = squashed_length >= 7;
    let ending = |ending: &str| {
        squashed_length > ending.len() + 2 && squashed.as_bytes().ends_with(ending.as_bytes())
    };
    COMPANY_WORD_SET.contains(squashed.as_bytes())
        || long && COMPANY_ENDINGS.split_whitespace().any(ending)
}

/// Words that tell a company behind a family name only.
fn is_trade(word: &str) -> bool {
    matches!(
        &*squash(word),
        "bouw" | "co" | "food" | "shop" | "winkel" | "mode" | "sport" | "infra" | "staal"
    )
}

/// Claims the name and the legal form.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let company = parse(value);
    if company.remark {
        out.finding(FindingCode::Remark);
    }
    out.claim(AttributeId::COMPANY_NAME, company.name, Validity::Valid);
    out.claim_in_slot(AttributeId::COMPANY_NAME, 1, company.registered, Validity::Valid);
    if let Some(form) = company.form {
        out.claim(AttributeId::LEGAL_FORM, form, Validity::Valid);
    }
}

fn parse(text: &str) -> CompanyName {
    let single_case = LetterCase::of(text).is_single();
    let words: Vec<&str> = text.split_whitespace().collect();
    let Some((at, count)) = trade_name_at(&words) else {
        return without_form(&words, single_case);
    };
    let mut trade = &words[at + count..];
    while let Some((at, count)) = trade_name_at(trade) {
        trade = &trade[at + count..];
    }
    let registered = without_form(&words[..at], single_case);
    let trade = without_form(trade, single_case);
    CompanyName {
        form: registered.form.or(trade.form),
        remark: registered.remark || trade.remark,
        name: trade.name,
        registered: registered.name,
    }
}

/// Where `h.o.d.n.` (trading as) stands, and how many words it takes.
fn trade_name_at(words: &[&str]) -> Option<(usize, usize)> {
    const SPELLINGS: &[&str] = &[
        "hodn",
        "thodn",
        "handelend onder de naam",
        "tevens handelend onder de naam",
        "trading as",
        "dba",
        "doing business as",
    ];
    (1..words.len()).find_map(|at| {
        let may_begin = matches!(words[at].as_bytes()[0], b'h' | b'H' | b't' | b'T' | b'd' | b'D');
        if !may_begin {
            return None;
        }
        let by_sign = words[at].eq_ignore_ascii_case("t/a").then_some(1);
        let spelt = SPELLINGS.iter().find_map(|spelling| {
            let count = spelling.split(' ').count();
            let fits = at + count <= words.len()
                && spelling
                    .split(' ')
                    .zip(&words[at..])
                    .all(|(spelt, word)| *squash(word) == *spelt);
            fits.then_some(count)
        });
        by_sign.or(spelt).filter(|count| at + count < words.len()).map(|count| (at, count))
    })
}

/// Takes legal forms and remarks from words until none is left.
fn without_form(words: &[&str], single_case: bool) -> CompanyName {
    let mut company = CompanyName::default();
    let mut words = words.to_vec();
    loop {
        let count = words.len();
        if let Some(remark) = remark_at_end(&words) {
            words.truncate(count - remark);
            company.remark = true;
        } else if let Some((form, taken)) = form_at_end(&words, single_case) {
            words.truncate(count - taken);
            company.form = company.form.or(Some(form.canonical));
        } else if let Some((form, taken)) = form_at_start(&words, single_case) {
            // `Stichting tot Steun` cannot be understood without the word.
            let leads_on = form.is_word()
                && matches!(
                    words[taken].to_lowercase().as_str(),
                    "van" | "voor" | "tot" | "ter" | "ten" | "of" | "der"
                );
            company.form = company.form.or(Some(form.canonical));
            if leads_on {
                break;
            }
            words.drain(..taken);
        } else if let Some((form, at)) = form_within(&words, single_case) {
            words.remove(at);
            company.form = company.form.or(Some(form.canonical));
        } else {
            break;
        }
    }
    let joined = words.join(" ");
    let kept = joined.trim_matches([',', ';', '-', ' ', ':', '"']);
    company.name = in_readable_case(if kept.is_empty() { &joined } else { kept });
    company
}

fn has_a_name(words: &[&str]) -> bool {
    words.iter().any(|word| word.chars().any(char::is_alphanumeric))
}

/// The legal form at the end, and how many words it takes; something is always left.
fn form_at_end(words: &[&str], single_case: bool) -> Option<(&'static LegalForm, usize)> {
    if !legal_form::may_be_at_edge(words.last()?) {
        return None;
    }
    let most = legal_form::WORDS_MAX.min(words.len());
    (1..=most).rev().find_map(|count| {
        let (rest, tail) = words.split_at(words.len() - count);
        let starts_with_sign = squash(tail[0]).is_empty();
        if starts_with_sign || !has_a_name(rest) {
            return None;
        }
        legal_form::of_words(tail, single_case).map(|form| (form, count))
    })
}

fn form_at_start(words: &[&str], single_case: bool) -> Option<(&'static LegalForm, usize)> {
    if !legal_form::may_be_at_edge(words.first()?) {
        return None;
    }
    let most = legal_form::WORDS_MAX.min(words.len());
    (1..=most).rev().find_map(|count| {
        let (head, rest) = words.split_at(count);
        if !has_a_name(rest) {
            return None;
        }
        legal_form::of_words(head, single_case)
            .filter(|form| form.may_lead())
            .map(|form| (form, count))
    })
}

/// A legal form of one word within the name: `Jansen B.V. Amersfoort`.
fn form_within(words: &[&str], single_case: bool) -> Option<(&'static LegalForm, usize)> {
    (1..words.len().saturating_sub(1)).find_map(|at| {
        if !legal_form::may_be_at_edge(words[at]) {
            return None;
        }
        let form = legal_form::of_words(&words[at..=at], single_case)?;
        form.may_stand_within().then_some((form, at))
    })
}

/// `i.o.` (being founded), `in liquidatie`: how many words of the end are a remark.
fn remark_at_end(words: &[&str]) -> Option<usize> {
    const REMARKS: &[&[&str]] = &[
        &["in", "oprichting"],
        &["in", "liquidatie"],
        &["in", "liquidation"],
        &["in", "faillissement"],
        &["failliet"],
        &["gestopt"],
        &["opgeheven"],
    ];
    let last = *words.last()?;
    let abbreviated = last.contains('.') && matches!(&*squash(last), "io" | "il" | "igr");
    let spelt = REMARKS.iter().find(|remark| {
        words.len() > remark.len()
            && remark
                .iter()
                .zip(&words[words.len() - remark.len()..])
                .all(|(spelt, word)| *squash(word) == **spelt)
    });
    let count = if abbreviated { 1 } else { spelt?.len() };
    has_a_name(&words[..words.len() - count]).then_some(count)
}

/// Writes a name that has only capitals or only small letters as people would.
fn in_readable_case(name: &str) -> String {
    let case = LetterCase::of(name);
    if case == LetterCase::Mixed || case == LetterCase::None {
        return name.to_owned();
    }
    let alone = !name.contains(' ');
    let mut readable = String::with_capacity(name.len() + 2);
    for (number, word) in name.split(' ').enumerate() {
        if number > 0 {
            readable.push(' ');
        }
        push_word(word, number == 0, alone, case, &mut readable);
    }
    readable
}

fn push_word(word: &str, first: bool, alone: bool, case: LetterCase, out: &mut String) {
    const ACRONYM_LENGTH_MAX: usize = 4;
    let small =
        !first && SMALL_WORDS.split_whitespace().any(|small| word.eq_ignore_ascii_case(small));
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let spelt_out = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 1);
    let consonants = letters > 1 && letters <= ACRONYM_LENGTH_MAX && !word.chars().any(is_vowel);
    let capitals_alone = alone && case == LetterCase::Upper && letters <= ACRONYM_LENGTH_MAX;
    let known = ACRONYMS.split_whitespace().any(|acronym| word.eq_ignore_ascii_case(acronym));
    let coded = case == LetterCase::Upper && word.chars().any(|c| c.is_ascii_digit());
    if small {
        push_lower(word, out);
    } else if known || consonants || capitals_alone || spelt_out || coded {
        out.push_str(&unless_misread(word.chars().map(capital).collect(), word));
    } else if word.starts_with(|c: char| !c.is_alphabetic()) || word.contains(['.', '/', '&']) {
        push_title_parts(word, out);
    } else {
        push_name(word, out);
    }
}

/// Title case for words with signs within: `(NEDERLAND)`, `COM/FORT`.
fn push_title_parts(word: &str, out: &mut String) {
    let mut rest = word;
    while let Some(sign) = rest.find(|c: char| !c.is_alphabetic() && c != '\'') {
        let length = rest[sign..].chars().next().map_or(1, char::len_utf8);
        push_title(&rest[..sign], out);
        out.push_str(&rest[sign..sign + length]);
        rest = &rest[sign + length..];
    }
    push_title(rest, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMPANIES: &str = "
        Bakkerij Jansen B.V.                       | Bakkerij Jansen | BV
        Bakkerij Jansen BV                         | Bakkerij Jansen | BV
        BAKKERIJ JANSEN B V                        | Bakkerij Jansen | BV
        bakkerij jansen bv                         | Bakkerij Jansen | BV
        Bakkerij Jansen, B.V.                      | Bakkerij Jansen | BV
        Bakkerij Jansen (B.V.)                     | Bakkerij Jansen | BV
        Besloten Vennootschap Bakkerij Jansen      | Bakkerij Jansen | BV
        B.V. Bakkerij Jansen                       | Bakkerij Jansen | BV
        Jansen B.V. Amersfoort                     | Jansen Amersfoort | BV
        Jansen Holding B.V. i.o.                   | Jansen Holding | BV | remark
        Jansen BV in liquidatie                    | Jansen | BV | remark
        Jansen BV BV                               | Jansen | BV
        V.O.F. De Hoek                             | De Hoek | VOF
        Café de Hoek vof                           | Café de Hoek | VOF
        Fa. Jansen en Zn.                          | Jansen en Zn. | VOF
        Jansen & Zn V.O.F.                         | Jansen & Zn | VOF
        Maatschap Tandartsen Zuid                  | Tandartsen Zuid | Maatschap
        Stichting Vrienden van het Bos             | Vrienden van het Bos | Stichting
        Stichting tot Behoud van het Bos           | Stichting tot Behoud van het Bos | Stichting
        STICHTING VRIENDEN VAN HET BOS             | Vrienden van het Bos | Stichting
        Vereniging van Eigenaars Dorpsplein        | Dorpsplein | VvE
        VvE Dorpsplein                             | Dorpsplein | VvE
        Coöperatie De Akker U.A.                   | De Akker | Coöperatie UA
        Coöperatieve Boerenbond U.A.               | Coöperatieve Boerenbond | Coöperatie UA
        Zuivelhandel N.V.                          | Zuivelhandel | NV
        Wasserij Blank C.V.                        | Wasserij Blank | CV
        Müller Maschinenbau GmbH & Co. KG          | Müller Maschinenbau | GmbH & Co. KG
        Müller & Co. KG                            | Müller & Co. | KG
        Müller Maschinenbau GmbH                   | Müller Maschinenbau | GmbH
        Sportfreunde Ulm e.V.                      | Sportfreunde Ulm | e.V.
        Schmidt AG                                 | Schmidt | AG
        Smith Trading Ltd.                         | Smith Trading | Ltd
        Smith Trading Co. Ltd                      | Smith Trading | Ltd
        Outback Tours Pty Ltd                      | Outback Tours | Pty Ltd
        Brown & Sons LLC                           | Brown & Sons | LLC
        Boulangerie Dupont S.A.R.L.                | Boulangerie Dupont | SARL
        Boulangerie Dupont SA                      | Boulangerie Dupont | SA
        Brouwerij Peeters BVBA                     | Brouwerij Peeters | BVBA
        Jansen BV h.o.d.n. De Gouden Schaar        | De Gouden Schaar | BV | also Jansen
        J. Jansen t.h.o.d.n. Klusbedrijf Jansen    | Klusbedrijf Jansen |  | also J. Jansen
        Smith Ltd t/a The Bakery                   | The Bakery | Ltd | also Smith
        KLM                                        | KLM |
        IBM NEDERLAND B.V.                         | IBM Nederland | BV
        ing bank n.v.                              | ING Bank | NV
        ASML                                       | ASML |
        GARAGE VAN DER VEEN                        | Garage van der Veen |
        MCDONALD & O'BRIEN                         | McDonald & O'Brien |
        SHELL (NEDERLAND) BV                       | Shell (Nederland) | BV
        iPhone Reparatie                           | iPhone Reparatie |
        Gemeente Ons Dorp                          | Gemeente Ons Dorp |
        B.V.                                       | B.V. |
        Stichting                                  | Stichting |
        Café As                                    | Café As |
    ";

    #[test]
    fn names_are_parted_from_legal_forms() {
        let mut wrong = String::new();
        for row in COMPANIES.lines().map(str::trim).filter(|row| !row.is_empty()) {
            let (text, expected) = row.split_once('|').expect("a row has columns");
            let company = parse(text.trim());
            let mut found = format!("{} | {}", company.name, company.form.unwrap_or_default());
            if !company.registered.is_empty() {
                found += &format!(" | also {}", company.registered);
            }
            if company.remark {
                found += " | remark";
            }
            if found.trim() != expected.trim() {
                wrong += &format!("\n{}\n  found    {found}\n  expected {expected}", text.trim());
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn companies_are_told_from_persons() {
        for company in [
            "Bakkerij Jansen",
            "Jansen BV",
            "Jansen Bouw",
            "Garage Jansen",
            "Tandartspraktijk De Wit",
            "Stichting Het Bos",
            "Jansen & Zn",
            "Jansen en Zonen",
            "Gebr. de Boer",
            "Gemeente Ons Dorp",
            "Müller GmbH",
            "Jansen Holding",
            "Administratiekantoor De Wit",
            "J. Jansen h.o.d.n. De Schaar",
            "Installatietechniek Bakker",
            "DE VRIES TRANSPORT",
            "Fysiotherapie van den Berg",
            "Eetcafé 't Hoekje",
            "Jansen Training",
            "Voetbalclub Ons Dorp",
        ] {
            assert!(is_company(company), "{company}");
        }
        for person in [
            "Jan Jansen",
            "Jan van de Winkel",
            "J. Bouw",
            "Jan en Marie de Vries",
            "Bakker",
            "P. de Bank",
            "Jan Slager",
            "A. Timmerman",
            "Li As",
            "MARIA SA SILVA",
            "J. van der School",
            "Jan van der Werf",
            "Els Clubben",
        ] {
            assert!(!is_company(person), "{person}");
        }
    }

    proptest! {
        #[test]
        fn standardised_names_are_stable(text in "(\\PC| |B\\.V\\.|bv|Stichting |Jansen |KLM|h\\.o\\.d\\.n\\.|[A-Z .&-]|VAN DE ){0,12}") {
            let mut out = Output::default();
            if let Some(tidied) = super::super::text::tidy(&text, &mut out) {
                let once = parse(&tidied);
                prop_assert_eq!(&parse(&once.name).name, &once.name);
                prop_assert_eq!(&parse(&once.registered).name, &once.registered);
            }
        }
    }
}
