//! Takes a name in one field apart.
//!
//! The steps, in order; each takes words away and leaves the rest to the next:
//!
//! ```text
//! "Dhr. drs. P. (Piet) de Vries-Bakker MSc"
//!   asides        (Piet)          what stands between brackets or quotes
//!   titles        Dhr. drs.       from the front
//!   persons       … en …          the first of several persons
//!   suffixes      MSc             from the end
//!   order         P. de Vries-…   given names first; `Vries, P. de` and `VRIES DE P.` the other way
//!   family name   de Vries-Bakker partner's name first, own name second
//! ```

use std::borrow::Cow;

use karat_model::finding::FindingCode;
use karat_model::gender::Gender;
#[cfg(test)]
use karat_model::hub_model::Country;

use super::known_names::{is_family_name, is_given_name};
use super::letter_case::{self, LetterCase, is_hyphened_particle};
use super::titles::{Title, TitleKind};
use super::words::{self, Connector, Word};
use super::{Part, PersonName, prefixes};
use crate::clean::output::Context;
use crate::clean::remarks::{self, Remark};

/// Takes apart a name that may hold everything.
pub fn full_name(text: &str, context: &Context) -> PersonName {
    parse(text, context, Parser::whole)
}

/// Takes apart what stands in a field for given names.
pub fn given_names(text: &str, context: &Context) -> PersonName {
    let single_case = LetterCase::of(text).is_single();
    if is_one_plain_word(text) && !words::is_initials(text, single_case, false) {
        return PersonName::of(Part::Given, letter_case::name(text));
    }
    parse(text, context, |parser, words| {
        let words = parser.first_person_of_given_names(words);
        parser.set_given(words);
    })
}

/// Takes apart what stands in a field for a family name; a whole name is recognised.
///
/// `given_known` says that the record has given names elsewhere.
pub fn family_name(text: &str, given_known: bool, context: &Context) -> PersonName {
    if is_one_plain_word(text) {
        return PersonName::of(Part::Family, letter_case::name(text));
    }
    parse(text, context, |parser, words| parser.family_field(words, given_known))
}

/// The prefix and the family name of a partner; a hyphen belongs to the name.
pub fn partner_name(text: &str) -> PersonName {
    let words = words::split(text);
    let single_case = LetterCase::of(text).is_single();
    let mut name = PersonName::default();
    let (prefix, rest) = split_prefix(&words, single_case);
    name[Part::PartnerPrefix].push_str(prefix);
    letter_case::push_name(&words::join(rest), &mut name[Part::Partner]);
    name
}

/// Whether a text is one word of plain letters: most names in separate fields are.
fn is_one_plain_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic()) && !is_remark(text)
}

fn parse(text: &str, context: &Context, take_apart: impl Fn(&mut Parser, &[Word])) -> PersonName {
    let mut name = PersonName::default();
    if belongs_elsewhere(text) {
        name.note(FindingCode::WrongField);
        return name;
    }
    let text = without_asides(text, &mut name);
    let text = with_tight_hyphens(&text);
    let mut words = words::split(&text);
    words.retain(|word| match remark(word.text) {
        Some(remark) => {
            name.note(remark.code());
            false
        }
        None => true,
    });
    if !words.iter().all(|word| is_of_a_name(word.text)) {
        name.note(FindingCode::NameNotUnderstood);
    }
    let single_case = LetterCase::of(&text).is_single();
    let english = matches!(context.country.code(), "GB" | "IE" | "US" | "CA" | "AU" | "NZ");
    let mut parser = Parser { name, single_case, english, addressed: false };
    take_apart(&mut parser, &words);
    parser.name
}

/// An e-mail address or a phone number is no name.
fn belongs_elsewhere(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6 || text.contains('@')
}

fn is_of_a_name(word: &str) -> bool {
    let usual = |c: char| {
        c.is_alphabetic()
            || matches!(c, '\'' | '-' | '.' | '/' | '&' | '+' | '·' | '\u{300}'..='\u{36F}')
    };
    word.chars().all(usual) || words::suffix(word).is_some() || is_ordinal(word)
}

/// `1st`, `2nd`, `5th`.
pub(super) fn is_ordinal(word: &str) -> bool {
    let letters = word.trim_start_matches(|c: char| c.is_ascii_digit());
    letters.len() < word.len()
        && ["st", "nd", "rd", "th"].iter().any(|ending| letters.eq_ignore_ascii_case(ending))
}

/// What a word among those of a name says of the customer; what is unknown or came back is said of
/// addresses.
fn remark(word: &str) -> Option<Remark> {
    let bare = word.trim_matches(['.', '!', '*', '(', ')']);
    remarks::class(bare).filter(|remark| !matches!(remark, Remark::Unknown | Remark::Returned))
}

fn is_remark(word: &str) -> bool {
    remark(word).is_some()
}

/// Takes out what stands between brackets or double quotes: a nickname or a remark.
fn without_asides<'a>(text: &'a str, name: &mut PersonName) -> Cow<'a, str> {
    const SIGNS: [char; 8] = ['(', ')', '[', ']', '"', '“', '”', '„'];
    if !text.contains(SIGNS) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    for (number, piece) in text.split(SIGNS).enumerate() {
        let piece = piece.trim();
        let inside = number % 2 == 1;
        if piece.is_empty() {
            continue;
        }
        if !inside {
            if !kept.is_empty() && !piece.starts_with(',') {
                kept.push(' ');
            }
            kept.push_str(piece);
            continue;
        }
        let one_word = piece.chars().all(|c| c.is_alphabetic() || c == '-');
        let a_given_name =
            one_word && !is_remark(piece) && (is_given_name(piece) || !is_family_name(piece));
        if a_given_name && name[Part::Nickname].is_empty() {
            letter_case::push_name(piece, &mut name[Part::Nickname]);
        } else {
            name.note(remarks::code_of(piece));
        }
    }
    Cow::Owned(kept)
}

/// `Jansen - de Wit` is `Jansen-de Wit`; `Jansen - overleden` is a name and a remark.
fn with_tight_hyphens(text: &str) -> Cow<'_, str> {
    if !text.contains(" -") && !text.contains("- ") {
        return Cow::Borrowed(text);
    }
    let pieces: Vec<&str> =
        text.split('-').map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let mut tight = String::with_capacity(text.len());
    for piece in pieces {
        let last_word = tight.rsplit([' ', '-']).next().unwrap_or_default();
        let first_word = piece.split(' ').next().unwrap_or_default();
        if !tight.is_empty() {
            let parts_remark = is_remark(last_word) || is_remark(first_word);
            tight.push(if parts_remark { ' ' } else { '-' });
        }
        tight.push_str(piece);
    }
    Cow::Owned(tight)
}

/// Splits the prefix from the words of a family name; a prefix alone is a name.
fn split_prefix<'w, 'a>(
    words: &'w [Word<'a>],
    single_case: bool,
) -> (&'static str, &'w [Word<'a>]) {
    match words::prefix_at(words, single_case) {
        Some((prefix, count)) if count < words.len() => (prefix, &words[count..]),
        // `van de` and nothing more: the last word must be the name.
        Some((_, count)) if count > 1 => match words::prefix_at(&words[..count - 1], single_case) {
            Some((prefix, fewer)) if fewer == count - 1 => (prefix, &words[fewer..]),
            _ => ("", words),
        },
        _ => ("", words),
    }
}

struct Parser {
    name: PersonName,
    /// Whether capitals mean nothing in this name.
    single_case: bool,
    /// Whether `Mr.` is a form of address rather than the Dutch title of a jurist.
    english: bool,
    /// Whether a form of address came before: then a single word is a family name.
    addressed: bool,
}

impl Parser {
    fn whole(&mut self, words: &[Word]) {
        let mut words = self.take_titles(words, true).to_vec();
        if let Some(at) = words.iter().position(|word| words::joins_persons(word.text)) {
            return self.several_persons(&words[..at], &words[at + 1..]);
        }
        self.take_suffixes(&mut words);
        self.take_peerage(&mut words);
        self.one_person(&words);
    }

    /// One person, without titles in front and suffixes behind.
    fn one_person(&mut self, words: &[Word]) {
        let connector = words
            .iter()
            .enumerate()
            .skip(1)
            .find_map(|(at, word)| Connector::of(word.text).map(|connector| (at, connector)))
            .filter(|(at, _)| at + 1 < words.len());
        if let Some((at, connector)) = connector {
            return self.with_connector(&words[..at], connector, &words[at + 1..]);
        }
        // `Jansen e.v.` without the other name: and wife.
        let stray = |word: &Word| word.text.contains('.') && Connector::of(word.text).is_some();
        if words.iter().any(stray) {
            let rest: Vec<Word> = words.iter().filter(|word| !stray(word)).copied().collect();
            return self.one_person(&rest);
        }
        let comma = words.iter().position(|word| word.comma).filter(|at| at + 1 < words.len());
        match comma {
            Some(at) => self.family_name_first(&words[..=at], &words[at + 1..]),
            None => self.without_comma(words),
        }
    }

    /// `A. Jansen geb. de Wit`, `A. de Wit e.v. Jansen`.
    fn with_connector(&mut self, before: &[Word], connector: Connector, after: &[Word]) {
        let after: Vec<Word> =
            after.iter().filter(|word| Connector::of(word.text).is_none()).copied().collect();
        if after.is_empty() {
            return self.one_person(before);
        }
        self.one_person(before);
        let names = [Part::Prefix, Part::Family, Part::PartnerPrefix, Part::Partner];
        let [prefix, family, ..] = match connector {
            Connector::Born => names.map(|part| std::mem::take(&mut self.name[part])),
            Connector::MarriedTo => {
                self.name[Part::PartnerPrefix].clear();
                self.name[Part::Partner].clear();
                return self.set_name(&words::join(&after), Part::PartnerPrefix, Part::Partner);
            }
        };
        self.set_family(&after);
        if !family.is_empty() {
            self.name[Part::PartnerPrefix] = prefix;
            self.name[Part::Partner] = family;
        }
    }

    /// Takes titles and forms of address from the front; titles of nobility before a whole name only.
    fn take_titles<'w, 'a>(
        &mut self,
        mut words: &'w [Word<'a>],
        whole_name: bool,
    ) -> &'w [Word<'a>] {
        while let Some((first, rest)) = words.split_first() {
            let article = matches!(first.text, "de" | "De" | "DE" | "the" | "The" | "THE");
            let next = rest.first().and_then(|next| words::title(next.text));
            let article_of_address = article
                && next.is_some_and(|next| {
                    matches!(next.kind, TitleKind::Address | TitleKind::Family)
                });
            if article_of_address && rest.len() > 1 {
                words = rest;
                continue;
            }
            let Some(title) = words::title(first.text) else { break };
            let attorney = self.is_attorney(first.text, next.map(|next| next.kind));
            let dotted = first.text.ends_with('.');
            match title.kind {
                TitleKind::Address if first.comma && !dotted => break,
                TitleKind::Address => {
                    self.addressed = true;
                    self.name.gender = title.gender;
                }
                TitleKind::Family => {
                    self.addressed = true;
                    self.name.note(FindingCode::SeveralPersons);
                }
                TitleKind::Earned if title.canonical == "mr." && !attorney => {
                    self.addressed = true;
                    self.name.gender = Some(Gender::Male);
                }
                TitleKind::Earned if rest.is_empty() || first.comma && !dotted => break,
                TitleKind::Noble if !whole_name || rest.len() < 2 || first.comma => break,
                TitleKind::Earned | TitleKind::Noble => self.add_title(title),
            }
            words = rest;
        }
        words
    }

    /// Whether `mr` is the Dutch title: written with a dot, or before another title.
    fn is_attorney(&self, text: &str, next: Option<TitleKind>) -> bool {
        !self.english && (text.ends_with('.') || next == Some(TitleKind::Earned))
    }

    fn add_title(&mut self, title: Title) {
        push_word(title.canonical, &mut self.name[Part::Title]);
        self.name.gender = self.name.gender.or(title.gender);
    }

    /// Keeps the first of several persons; a family name they share stands with the last.
    fn several_persons(&mut self, first: &[Word], others: &[Word]) {
        self.name.note(FindingCode::SeveralPersons);
        if first.is_empty() {
            // `Dhr. en mevr. Jansen`: both are meant.
            self.whole(others);
            self.name.gender = None;
            return;
        }
        let mut first = first.to_vec();
        self.take_suffixes(&mut first);
        let has_comma = first.iter().any(|word| word.comma);
        let given_only = !has_comma
            && first.iter().all(|word| self.is_initials(word, false) || is_given_name(word.text));
        if !given_only {
            return self.one_person(&first);
        }
        self.set_given(&first);
        let addressed = matches!(others, [word] if !is_given_name(word.text));
        let mut other = Parser { name: PersonName::default(), addressed, ..*self };
        other.whole(others);
        for part in [Part::Prefix, Part::Family, Part::PartnerPrefix, Part::Partner] {
            self.name[part] = std::mem::take(&mut other.name[part]);
        }
    }

    /// The first of several persons in a field for given names.
    fn first_person_of_given_names<'w, 'a>(&mut self, words: &'w [Word<'a>]) -> &'w [Word<'a>] {
        let words = self.take_titles(words, false);
        match words.iter().position(|word| words::joins_persons(word.text)) {
            Some(at) => {
                self.name.note(FindingCode::SeveralPersons);
                &words[..at]
            }
            None => words,
        }
    }

    /// Takes `jr.`, `MSc` and a form of address from the end.
    fn take_suffixes(&mut self, words: &mut Vec<Word>) {
        let mut taken: Vec<&'static str> = Vec::new();
        while words.len() > 1 {
            let last = words[words.len() - 1];
            let after_comma = words[words.len() - 2].comma;
            let capitals =
                after_comma || LetterCase::of(last.text) == LetterCase::Upper && !self.single_case;
            let suffix = words::suffix(last.text).filter(|suffix| {
                let plain = !last.text.contains('.');
                !is_ordinal(last.text) && (!suffix.needs_capitals || capitals && plain)
            });
            let folded = crate::clean::fold::squash(last.text);
            let address =
                matches!(&*folded, "dhr" | "mevr" | "mevrouw" | "mw" | "mvr" | "mrs" | "mme");
            if let Some(suffix) = suffix {
                taken.push(suffix.canonical);
            } else if address {
                self.addressed = true;
                self.name.gender = words::title(last.text).and_then(|title| title.gender);
            } else {
                break;
            }
            words.pop();
            if let Some(last) = words.last_mut() {
                last.comma = false;
            }
        }
        for suffix in taken.iter().rev() {
            push_word(suffix, &mut self.name[Part::Suffix]);
        }
    }

    /// Takes an English peerage from the end: `Thomas Clifford, 1st baron Clifford of Chudleigh`.
    fn take_peerage(&mut self, words: &mut Vec<Word>) {
        let is_noble = |word: &Word| {
            words::title(word.text).is_some_and(|title| title.kind == TitleKind::Noble)
        };
        let start = (1..words.len()).find(|&at| {
            let after_whole_name = || at >= 2 && words[at - 1].comma && is_noble(&words[at]);
            let counted = is_ordinal(words[at].text)
                && (words[at - 1].comma || words.get(at + 1).is_some_and(is_noble));
            counted || after_whole_name()
        });
        if let Some(start) = start {
            let peerage = words.split_off(start);
            push_peerage(&peerage, &mut self.name[Part::Suffix]);
            if let Some(last) = words.last_mut() {
                last.comma = false;
            }
            // Only a given name is left: the peerage tells the family name.
            if let ([_], Some(noble)) = (&words[..], peerage.iter().position(is_noble)) {
                let family = peerage[noble + 1..].iter().take_while(|word| !is_of(word.text));
                words.extend(family.map(|word| Word { comma: false, ..*word }));
            }
        }
        let count = words.len();
        if count > 1 {
            words.retain(|word| !is_ordinal(word.text));
        }
        if words.len() < count {
            self.name.note(FindingCode::NameNotUnderstood);
        }
        // `Thomas Clifford of Chudleigh`: a place, not a part of the name.
        if let Some(of) = words
            .iter()
            .position(|word| is_of(word.text))
            .filter(|&of| of >= 1 && of + 1 < words.len())
        {
            if of >= 2 {
                push_peerage(&words.split_off(of), &mut self.name[Part::Suffix]);
            } else {
                words.remove(of);
            }
        }
    }

    /// `Berg, Jan van den`; `Berg, van den, J.`
    fn family_name_first(&mut self, family: &[Word], rest: &[Word]) {
        let rest = self.take_titles(rest, true);
        if rest.is_empty() {
            return self.without_comma(family);
        }
        if family.iter().all(|word| self.is_initials(word, true)) {
            // `J.P., Jansen`
            return self.without_comma(&[family, rest].concat());
        }
        self.set_family(family);
        let (given, prefix) = match self.trailing_prefix(rest) {
            Some((at, prefix)) => (&rest[..at], prefix),
            None => match words::prefix_at(rest, self.single_case) {
                Some((prefix, count)) => (&rest[count..], prefix),
                None => (rest, ""),
            },
        };
        self.set_given(given);
        self.set_prefix_of_first_name(prefix);
    }

    /// A prefix that ends the words, and where it begins; it may be all of them.
    fn trailing_prefix(&self, words: &[Word]) -> Option<(usize, &'static str)> {
        if !words.last().is_some_and(|last| prefixes::may_end(last.text)) {
            return None;
        }
        let earliest = words.len().saturating_sub(prefixes::WORDS_MAX);
        (earliest..words.len()).find_map(|at| {
            let (prefix, count) = words::prefix_at(&words[at..], self.single_case)?;
            let at_end = at + count == words.len();
            let a_name =
                LetterCase::of(words[at].text) != LetterCase::Lower && !self.single_case && at > 0;
            (at_end && !a_name).then_some((at, prefix))
        })
    }

    /// Gives the prefix to the name that stands first: the partner's, when there is one.
    fn set_prefix_of_first_name(&mut self, prefix: &str) {
        let part =
            if self.name[Part::Partner].is_empty() { Part::Prefix } else { Part::PartnerPrefix };
        if self.name[part].is_empty() {
            self.name[part].push_str(prefix);
        }
    }

    fn without_comma(&mut self, words: &[Word]) {
        if let [] | [_] = words {
            return self.single_word(words);
        }
        if self.addressed && words::prefix_at(words, self.single_case).is_some() {
            // `De heer van den Berg`
            let whole_family = !self.is_initials(&words[words.len() - 1], true);
            if whole_family {
                return self.set_family(words);
            }
        }
        if let Some(at) = self.trailing_initials(words) {
            self.set_given(&words[at..]);
            return self.family_then_prefix(&words[..at]);
        }
        let (last, others) = words.split_last().expect("there are two words or more");
        if self.is_initials(last, true) && others.iter().all(|word| is_given_name(word.text)) {
            // `Jan P.`
            return self.set_given(words);
        }
        match self.trailing_prefix(words) {
            Some((0, _)) => return self.set_family(words),
            Some((at, prefix)) => {
                // `Vries Jan de`
                self.set_family(&words[..1]);
                self.set_given(&words[1..at]);
                return self.set_prefix_of_first_name(prefix);
            }
            None => {}
        }
        match self.family_start(words) {
            Some(0) => self.prefix_first(words),
            Some(start) => self.given_then_prefix(words, start),
            None => self.without_prefix(words),
        }
    }

    fn single_word(&mut self, words: &[Word]) {
        let [word] = words else { return };
        let first_part = word.text.split('-').next().unwrap_or_default();
        let given =
            is_given_name(word.text) || is_given_name(first_part) && !is_family_name(first_part);
        let dotted = word.text.ends_with('.');
        let initials = dotted && self.is_initials(word, true) || word.text.chars().count() == 1;
        if !self.addressed && (given || initials) {
            self.set_given(words);
        } else {
            self.set_family(words);
        }
    }

    /// Where initials at the end begin, when the family name stands first: `JANSEN J.P.`
    fn trailing_initials(&self, words: &[Word]) -> Option<usize> {
        let sure = words.iter().rev().take_while(|word| self.is_initials(word, true)).count();
        let count = if sure == 0 { usize::from(self.ends_in_initials(words)) } else { sure };
        let start = words.len() - count;
        if count == 0 || start == 0 || self.is_initials(&words[0], false) {
            return None;
        }
        let head = &words[..start];
        let one_letter = count == 1 && words[start].text.trim_matches('.').chars().count() == 1;
        let given_names =
            head.iter().all(|word| is_given_name(word.text) && !is_family_name(word.text));
        (!(one_letter && given_names)).then_some(start)
    }

    /// Whether two letters at the end that may be a name are none: `JANSEN AC`, but not `JAN OS`.
    fn ends_in_initials(&self, words: &[Word]) -> bool {
        let Some((last, head)) = words.split_last() else { return false };
        let is_name = |text: &str| is_given_name(text) || is_family_name(text);
        words::may_be_two_initials(last.text, self.single_case)
            && !is_name(last.text)
            && !head.is_empty()
            && !head.iter().any(|word| is_given_name(word.text) && !is_family_name(word.text))
    }

    /// `BERG VAN DEN`, `VAN DEN BERG`.
    fn family_then_prefix(&mut self, words: &[Word]) {
        match self.trailing_prefix(words).filter(|(at, _)| *at > 0) {
            Some((at, prefix)) => {
                self.set_family(&words[..at]);
                self.set_prefix_of_first_name(prefix);
            }
            None => self.set_family(words),
        }
    }

    /// Where a family name with a prefix begins.
    fn family_start(&self, words: &[Word]) -> Option<usize> {
        (0..words.len()).find(|&at| {
            // `Jansen-van den Berg`
            let hyphened = at + 1 < words.len()
                && words[at].text.rsplit_once('-').is_some_and(|(_, tail)| {
                    let mut tail_words = words[at..].to_vec();
                    tail_words[0].text = tail;
                    words::prefix_at(&tail_words, self.single_case).is_some()
                });
            let prefix = words::prefix_at(&words[at..], self.single_case);
            let prefixed = prefix.is_some_and(|(_, count)| at + count < words.len());
            let capital = self.single_case || LetterCase::of(words[at].text) != LetterCase::Lower;
            // `Ben Jansen`, `Al Gore`
            let given = at == 0 && capital && is_given_name(words[at].text);
            hyphened || prefixed && !given
        })
    }

    /// `van den Berg`, `van den Berg Jan`.
    fn prefix_first(&mut self, words: &[Word]) {
        let (_, rest) = split_prefix(words, self.single_case);
        let given_last = matches!(rest, [first, .., last]
            if is_given_name(last.text) && !is_family_name(last.text) && !is_given_name(first.text));
        if given_last {
            let (family, given) = words.split_at(words.len() - 1);
            self.set_given(given);
            self.set_family(family);
        } else {
            self.set_family(words);
        }
    }

    /// `Jan van den Berg`, `J. baron van den Berg`, `BERG VAN DEN JAN`.
    fn given_then_prefix(&mut self, words: &[Word], start: usize) {
        let (given, family) = words.split_at(start);
        let (prefix, rest) = split_prefix(family, self.single_case);
        let reversed = matches!((given, rest), ([first], [last])
            if is_given_name(last.text) && !is_family_name(last.text)
                && !is_given_name(first.text) && !self.is_initials(first, false));
        if reversed && !prefix.is_empty() {
            self.set_given(rest);
            self.set_family(given);
            return self.set_prefix_of_first_name(prefix);
        }
        self.set_given(given);
        self.set_family(family);
    }

    /// `Johannes Petrus Jansen`, `J.P. Jansen Bakker`.
    fn without_prefix(&mut self, words: &[Word]) {
        let initials = words.iter().take_while(|word| self.is_initials(word, false)).count();
        if initials == 0 {
            let (given, family) = words.split_at(words.len() - 1);
            self.note_if_swapped(given, family);
            self.set_given(given);
            return self.set_family(family);
        }
        let rest = &words[initials..];
        let names = rest.len().saturating_sub(1);
        let given = rest[..names].iter().take_while(|word| is_given_name(word.text)).count();
        self.set_given(&words[..initials + given]);
        self.set_family(&rest[given..]);
    }

    fn note_if_swapped(&mut self, given: &[Word], family: &[Word]) {
        if let ([given], [family]) = (given, family)
            && look_swapped(given.text, family.text)
        {
            self.name.note(FindingCode::SwappedNames);
        }
    }

    /// A field for a family name: a name with its prefix, or a whole name.
    fn family_field(&mut self, words: &[Word], given_known: bool) {
        let mut words = words.to_vec();
        if let [first, _, ..] = words[..]
            && words::title(first.text).is_some_and(|title| title.kind != TitleKind::Noble)
        {
            words = self.take_titles(&words, false).to_vec();
        }
        self.take_suffixes(&mut words);
        let Some(first) = words.first().copied() else { return };
        let [.., last] = words[..] else { return };
        let persons = words.iter().any(|word| words::joins_persons(word.text));
        let within = words.get(1..words.len() - 1).unwrap_or_default();
        let connected = within.iter().any(|word| Connector::of(word.text).is_some());
        let comma = words.iter().any(|word| word.comma);
        let several = words.len() > 1;
        let initials =
            several && (self.is_initials(&first, false) || self.is_initials(&last, true));
        let given_first =
            several && !given_known && is_given_name(first.text) && !is_family_name(first.text);
        if persons || connected || comma || initials || given_first {
            self.whole(&words);
        } else {
            self.family_then_prefix(&words);
        }
    }

    fn is_initials(&self, word: &Word, at_end: bool) -> bool {
        words::is_initials(word.text, self.single_case, at_end)
    }

    /// Sets given names and initials; `Jan P.` has both.
    fn set_given(&mut self, words: &[Word]) {
        let mut words = self.take_titles(words, false);
        if let [before @ .., last] = words
            && !before.is_empty()
            && let Some(title) =
                words::title(last.text).filter(|title| title.kind == TitleKind::Noble)
            && LetterCase::of(last.text) != LetterCase::Mixed
        {
            // `F. baron van den Aedel`
            self.add_title(title);
            words = before;
        }
        let has_initials = words.iter().any(|word| self.is_initials(word, false));
        for (number, word) in words.iter().enumerate() {
            let title = if number == 0 { None } else { words::title(word.text) };
            if let Some(title) = title.filter(|title| title.kind == TitleKind::Address) {
                self.name.gender = title.gender;
                continue;
            }
            if self.is_initials(word, false) {
                words::push_initials(word.text, &mut self.name[Part::Initials]);
                continue;
            }
            let given = &mut self.name[Part::Given];
            if !given.is_empty() {
                given.push(' ');
            }
            let start = given.len();
            letter_case::push_name(word.text.trim_end_matches('.'), given);
            if has_initials {
                let written = given[start..].to_owned();
                words::push_initial_of(&written, &mut self.name[Part::Initials]);
            }
        }
    }

    /// Sets the family name and its prefix; of two names with a hyphen the first is the partner's.
    fn set_family(&mut self, words: &[Word]) {
        if !words.iter().any(|word| word.text.contains('-')) {
            return self.set_words(words.to_vec(), Part::Prefix, Part::Family);
        }
        let text = words::join(words);
        let (partner, own) = match partner_and_own(&text) {
            Some((partner, own)) => (partner, own),
            None => ("", &*text),
        };
        self.set_name(own, Part::Prefix, Part::Family);
        self.set_name(partner, Part::PartnerPrefix, Part::Partner);
    }

    fn set_name(&mut self, text: &str, prefix_part: Part, name_part: Part) {
        self.set_words(words::split(text), prefix_part, name_part);
    }

    fn set_words(&mut self, mut words: Vec<Word>, prefix_part: Part, name_part: Part) {
        loop {
            let count = words.len();
            if name_part == Part::Family && count > 1 {
                self.take_what_is_no_family_name(&mut words);
            }
            let (prefix, rest) = split_prefix(&words, self.single_case);
            push_word(prefix, &mut self.name[prefix_part]);
            words.drain(..words.len() - rest.len());
            if words.len() == count {
                break;
            }
        }
        let name = &mut self.name[name_part];
        for word in &words {
            if !name.is_empty() {
                name.push(' ');
            }
            letter_case::push_name(word.text, name);
        }
        name.truncate(name.trim_end_matches('.').len());
    }

    /// Takes titles, suffixes, initials and a trailing prefix from a family name of several words.
    fn take_what_is_no_family_name(&mut self, words: &mut Vec<Word>) {
        self.take_suffixes(words);
        let titled = words.len() - self.take_titles(words, false).len();
        words.drain(..titled.min(words.len() - 1));
        let strange = |word: &Word| is_ordinal(word.text) || words::joins_persons(word.text);
        if words.iter().any(strange) && !words.iter().all(strange) {
            words.retain(|word| !strange(word));
            self.name.note(FindingCode::NameNotUnderstood);
        }
        while words.len() > 1
            && self.is_initials(&words[0], true)
            && words::prefix_at(words, self.single_case).is_none()
        {
            words::push_initials(words.remove(0).text, &mut self.name[Part::Initials]);
        }
        while let [_, .., last] = words[..]
            && self.is_initials(&last, true)
        {
            words::push_initials(last.text, &mut self.name[Part::Initials]);
            words.pop();
        }
        if let Some((at, prefix)) = self.trailing_prefix(words).filter(|(at, _)| *at > 0) {
            words.truncate(at);
            push_word(prefix, &mut self.name[Part::Prefix]);
        }
    }
}

/// Adds a word to a part.
fn push_word(word: &str, out: &mut String) {
    if !out.is_empty() && !word.is_empty() {
        out.push(' ');
    }
    out.push_str(word);
}

/// Whether a given name and a family name look swapped: each is known as the other only.
pub fn look_swapped(given: &str, family: &str) -> bool {
    is_family_name(given)
        && !is_given_name(given)
        && is_given_name(family)
        && !is_family_name(family)
}

/// Splits `Jansen-de Wit` at its last hyphen that joins two names.
fn partner_and_own(text: &str) -> Option<(&str, &str)> {
    text.rmatch_indices('-').find_map(|(at, _)| {
        let (partner, own) = (&text[..at], &text[at + 1..]);
        let before = partner.rsplit([' ', '-']).next().unwrap_or_default();
        let letters = |name: &str| name.chars().filter(|c| c.is_alphabetic()).count();
        let both_are_names =
            letters(before) >= 2 && letters(own) >= 2 && !is_hyphened_particle(before);
        both_are_names.then_some((partner, own))
    })
}

fn is_of(word: &str) -> bool {
    matches!(word, "of" | "Of" | "OF")
}

/// Writes a peerage: `1st Baron Clifford of Chudleigh`.
fn push_peerage(words: &[Word], out: &mut String) {
    for word in words {
        if !out.is_empty() {
            out.push(' ');
        }
        let small = is_ordinal(word.text) || is_of(word.text) || matches!(word.text, "the" | "and");
        if small {
            letter_case::push_lower(word.text, out);
        } else {
            letter_case::push_name(word.text, out);
        }
    }
}

/// The Dutch context, for tests of the folder.
#[cfg(test)]
pub const DUTCH: Context = Context {
    country: Country::NETHERLANDS,
    date_order: karat_model::hub_model::DateOrder::DayFirst,
};
