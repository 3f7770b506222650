//! Reasons: why a pair may be one customer, and why it was not linked, in words.

use karat_hub::view::{Comparison, Standing};
use karat_model::attribute::AttributeSet;
use karat_model::evidence::{Agreement, Change, Evidence, PairExplanation, Verdict, Weight};
use karat_model::match_settings::PairScope;
use karat_model::partition::HoldReason;

use crate::locale::Locale;

/// Less than this says too little to be named as a reason.
const WEIGHT_TELLING: f64 = 0.5;

/// What speaks for and against a pair, in words.
pub(crate) struct Reasons {
    /// What makes it likely, the weightiest first.
    pub alike: String,
    /// What makes it unlikely, the weightiest first.
    pub unlike: String,
    /// What could not be compared.
    pub unknown: String,
    /// Why it was not linked, as a sentence.
    pub not_linked: String,
}

/// Puts a pair that was not linked in words.
pub(crate) fn reasons(
    pair: &PairExplanation,
    held: Option<HoldReason>,
    attributes: &AttributeSet,
    text: Locale,
) -> Reasons {
    let net = |evidence: &Evidence| evidence.weight + evidence.term_frequency;
    let mut told: Vec<&Evidence> = pair.evidence.iter().collect();
    told.sort_by_key(|evidence| std::cmp::Reverse(net(evidence).0.abs()));
    let listed = |is_wanted: &dyn Fn(&Evidence) -> bool, write: &dyn Fn(&Evidence) -> String| {
        let wanted = told.iter().filter(|evidence| is_wanted(evidence));
        wanted.map(|evidence| write(evidence)).collect::<Vec<_>>().join(", ")
    };
    let with_level = |evidence: &Evidence| phrase(evidence, text);
    Reasons {
        alike: listed(&|evidence| net(evidence).bits() >= WEIGHT_TELLING, &with_level),
        unlike: listed(&|evidence| net(evidence).bits() <= -WEIGHT_TELLING, &with_level),
        unknown: unknown(&pair.evidence, text),
        not_linked: match held {
            Some(reason) => held_because(reason, attributes, text),
            None => not_linked(pair, text),
        },
    }
}

/// The comparisons for which one of the records has no value, in a row.
pub(crate) fn unknown(evidence: &[Evidence], text: Locale) -> String {
    let silent = evidence.iter().filter(|evidence| is_silent(evidence));
    silent.map(|evidence| in_sentence(text.pick(&evidence.label))).collect::<Vec<_>>().join(", ")
}

/// Whether a comparison says nothing, and weighs nothing.
pub(crate) fn is_silent(evidence: &Evidence) -> bool {
    let weighs_nothing = evidence.weight + evidence.term_frequency == Weight::ZERO;
    evidence.agreement == Agreement::Silent && weighs_nothing
}

/// A comparison and how far it agrees: `e-mail (same)`.
fn phrase(evidence: &Evidence, text: Locale) -> String {
    format!("{} ({})", in_sentence(text.pick(&evidence.label)), text.pick(&evidence.level))
}

/// A label within a sentence: `Date of birth` loses its capital, `IBAN` and `KvK number` do not.
fn in_sentence(label: &str) -> String {
    let mut characters = label.chars();
    let Some(first) = characters.next() else { return String::new() };
    let rest = characters.as_str();
    let first_word = rest.split([' ', '-']).next().unwrap_or_default();
    let is_name = first_word.chars().any(char::is_uppercase);
    if is_name { label.into() } else { first.to_lowercase().chain(rest.chars()).collect() }
}

/// What the total comes down to, in a sentence.
pub(crate) fn conclusion(pair: &PairExplanation, text: Locale) -> String {
    let link = text.bits(pair.link_threshold);
    let review = text.bits(pair.review_threshold);
    let place = match pair.verdict() {
        Verdict::Same => format!(
            "{} {link}",
            text.say("above the link threshold of", "boven de koppeldrempel van"),
        ),
        Verdict::Unsure => format!(
            "{} {review} {} {link}",
            text.say("between the review threshold of", "tussen de beoordelingsdrempel van"),
            text.say("and the link threshold of", "en de koppeldrempel van"),
        ),
        Verdict::Different | Verdict::Related => format!(
            "{} {review}",
            text.say("below the review threshold of", "onder de beoordelingsdrempel van"),
        ),
    };
    let likely = text.say("likely", "waarschijnlijk");
    format!("{} {likely}, {place} bits", text.percent(pair.probability()))
}

/// The level that was reached, and what is added or taken off as the value is rare or common.
pub(crate) fn level(evidence: &Evidence, text: Locale) -> String {
    const TELLING: f64 = 0.05;
    let level = text.pick(&evidence.level);
    let by_rarity = evidence.term_frequency;
    let value = if by_rarity.bits() > TELLING {
        text.say("rare value", "zeldzame waarde")
    } else if by_rarity.bits() < -TELLING {
        text.say("common value", "veelvoorkomende waarde")
    } else {
        return level.into();
    };
    format!("{level}, {value} {}", text.bits(by_rarity))
}

/// Where two records stand, in a sentence, and what brought them there.
pub(crate) fn standing(
    comparison: &Comparison,
    attributes: &AttributeSet,
    text: Locale,
) -> [String; 2] {
    let together = matches!(comparison.standing, Standing::Together { .. });
    if let Standing::Apart { held: Some(reason), .. } = comparison.standing {
        let standing = text
            .say("These two are two customers, for now.", "Deze twee zijn voorlopig twee klanten.");
        return [standing.into(), held_because(reason, attributes, text)];
    }
    let is_candidate = comparison.explanation.is_candidate();
    let weighed = comparison.explanation.verdict();
    let standing = if together {
        text.say("These two are one customer.", "Deze twee zijn één klant.")
    } else {
        text.say("These two are two customers.", "Deze twee zijn twee klanten.")
    };
    let because = match (comparison.decision, together, weighed, is_candidate) {
        (Some(Verdict::Same), true, ..) => {
            text.say("A steward decided so.", "Dat heeft een datasteward beslist.")
        }
        (Some(Verdict::Different), false, ..) => {
            text.say("A steward decided so.", "Dat heeft een datasteward beslist.")
        }
        (Some(Verdict::Related), false, ..) => text.say(
            "A steward decided so: they have to do with each other, but are not the same.",
            "Dat heeft een datasteward beslist: ze hebben met elkaar te maken, maar zijn niet dezelfde.",
        ),
        (_, false, ..) if comparison.explanation.out_of_scope.is_some() => {
            let scope = comparison.explanation.out_of_scope;
            scope.map_or("", |scope| out_of_scope(scope, text))
        }
        (_, true, Verdict::Same, true) if comparison.explanation.is_leftover() => text.say(
            "By themselves they would not be linked, but nearly all records have a match, and these two have no other.",
            "Op zichzelf zouden ze niet gekoppeld worden, maar bijna alle records hebben een match, en deze twee geen andere.",
        ),
        (_, true, Verdict::Same, true) => text.say(
            "What they have in common outweighs what is different.",
            "Wat ze gemeen hebben weegt zwaarder dan wat verschilt.",
        ),
        (_, true, ..) => text.say(
            "Not by this pair alone: other records of the customer connect them.",
            "Niet door dit paar alleen: andere records van de klant verbinden ze.",
        ),
        (_, false, Verdict::Same, true) => text.say(
            "The weight is enough, but other records of the two customers contradict it: as one customer they would not hold together.",
            "Het gewicht is voldoende, maar andere records van de twee klanten spreken het tegen: als één klant zouden ze niet bij elkaar passen.",
        ),
        (_, false, Verdict::Same, false) => text.say(
            "The weight would be enough, but no blocking rule brought them together, so they were never compared.",
            "Het gewicht zou voldoende zijn, maar geen blokregel bracht ze bij elkaar, dus ze zijn nooit vergeleken.",
        ),
        (_, false, Verdict::Unsure, true) => text.say(
            "They are a potential match: too much alike to ignore, too little to link.",
            "Ze zijn mogelijk dezelfde: te gelijk om te negeren, te verschillend om te koppelen.",
        ),
        (_, false, Verdict::Unsure, false) => text.say(
            "They would be a potential match, but no blocking rule brought them together.",
            "Ze zouden mogelijk dezelfde zijn, maar geen blokregel bracht ze bij elkaar.",
        ),
        (_, false, Verdict::Different | Verdict::Related, _) => text.say(
            "What is different outweighs what they have in common.",
            "Wat verschilt weegt zwaarder dan wat ze gemeen hebben.",
        ),
    };
    let against = match comparison.standing {
        Standing::Apart { votes: Some(votes), .. } if is_candidate => format!(
            " {} {} bits.",
            text.say(
                "All pairs of records of the two customers together vote",
                "Alle paren van records van de twee klanten samen stemmen",
            ),
            text.bits(votes)
        ),
        _ => String::new(),
    };
    [standing.into(), format!("{because}{against}")]
}

/// Why a join waits for a steward, as sentences.
pub(crate) fn held_because(reason: HoldReason, attributes: &AttributeSet, text: Locale) -> String {
    let waits = text.say(
        "The join is held until a steward decides.",
        "De samenvoeging wacht tot een datasteward beslist.",
    );
    match reason {
        HoldReason::Large => format!(
            "{} {waits}",
            text.say(
                "Their records would be one customer, but both were large customers of their own.",
                "Hun records zouden één klant zijn, maar beide waren al een grote klant op zichzelf.",
            )
        ),
        HoldReason::Conflict(attribute) => format!(
            "{} {}. {waits}",
            text.say(
                "Their records would be one customer, but two values that a customer has one of contradict each other:",
                "Hun records zouden één klant zijn, maar twee waarden waarvan een klant er één heeft spreken elkaar tegen:",
            ),
            in_sentence(text.attribute(attributes, &attribute)),
        ),
    }
}

/// What would change the answer, a sentence each; the first says that nothing alone would.
pub(crate) fn changes(pair: &PairExplanation, text: Locale) -> Vec<String> {
    if let Some(scope) = pair.out_of_scope {
        return vec![out_of_scope(scope, text).into()];
    }
    if pair.changes.is_empty() {
        let none = text.say(
            "No single value would change the answer.",
            "Geen enkele waarde alleen zou het antwoord veranderen.",
        );
        return vec![none.into()];
    }
    pair.changes.iter().map(|change| sentence(change, text)).collect()
}

/// Why a pair is not compared, whatever its values.
pub(crate) fn out_of_scope(scope: PairScope, text: Locale) -> &'static str {
    match scope {
        PairScope::Between => text.say(
            "Both are of one source, and only records of different sources are compared.",
            "Beide komen uit één bron, en alleen records van verschillende bronnen worden vergeleken.",
        ),
        _ => text.say(
            "They are of different sources, and only records of one source are compared.",
            "Ze komen uit verschillende bronnen, en alleen records van één bron worden vergeleken.",
        ),
    }
}

fn sentence(change: &Change, text: Locale) -> String {
    let outcome = match change.verdict {
        Verdict::Same => text.say("they would be linked", "ze zouden gekoppeld worden"),
        Verdict::Unsure => {
            text.say("they would be a potential match", "ze zouden mogelijk dezelfde zijn")
        }
        Verdict::Different | Verdict::Related => text.say(
            "they would not even be a potential match",
            "ze zouden niet eens mogelijk dezelfde zijn",
        ),
    };
    format!(
        "{}: {} → {} ({} bits)",
        text.pick(&change.label),
        text.pick(&change.level),
        outcome,
        text.bits(change.difference),
    )
}

fn not_linked(pair: &PairExplanation, text: Locale) -> String {
    let short = pair.link_threshold - pair.total;
    match pair.verdict() {
        Verdict::Same => text
            .say(
                "Together that weighs enough, but other records of the two contradict it: as one customer they would not hold together.",
                "Samen weegt dat genoeg, maar andere records van de twee spreken het tegen: als één klant zouden ze niet bij elkaar passen.",
            )
            .into(),
        _ => format!(
            "{} {} {}",
            text.say("That is", "Dat is"),
            text.decimal(short.bits(), 1),
            text.say("bits short of a link.", "bits te weinig om te koppelen."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeId;
    use karat_model::language::Language;

    use super::*;
    use crate::fixture;

    fn told(language: Language) -> String {
        let mut pair = fixture::linked_pair();
        pair.total = pair.link_threshold - Weight::from_bits(1.5);
        let attributes = AttributeSet::builtin();
        let Reasons { alike, unlike, unknown, not_linked } =
            reasons(&pair, None, &attributes, Locale::of(language));
        format!("{alike}\n{unlike}\n{unknown}\n{not_linked}")
    }

    #[test]
    fn reasons_are_told_in_words_the_weightiest_first() {
        insta::assert_snapshot!(told(Language::English), @"
        e-mail (same), date of birth (same), name (same)
        address (same city)
        phone
        That is 1.5 bits short of a link.
        ");
        insta::assert_snapshot!(told(Language::Dutch), @"
        e-mail (gelijk), geboortedatum (gelijk), naam (gelijk)
        adres (zelfde plaats)
        telefoon
        Dat is 1,5 bits te weinig om te koppelen.
        ");
    }

    #[test]
    fn a_pair_that_weighs_enough_is_contradicted_by_others() {
        let attributes = AttributeSet::builtin();
        let english = Locale::of(Language::English);
        let reasons = reasons(&fixture::linked_pair(), None, &attributes, english);
        assert!(reasons.not_linked.contains("contradict"));
    }

    #[test]
    fn a_join_that_is_held_says_for_what() {
        let attributes = AttributeSet::builtin();
        let told = |reason, language| held_because(reason, &attributes, Locale::of(language));
        let birth_date = HoldReason::Conflict(AttributeId::BIRTH_DATE);
        insta::assert_snapshot!(told(birth_date, Language::English), @"Their records would be one customer, but two values that a customer has one of contradict each other: date of birth. The join is held until a steward decides.");
        insta::assert_snapshot!(told(birth_date, Language::Dutch), @"Hun records zouden één klant zijn, maar twee waarden waarvan een klant er één heeft spreken elkaar tegen: geboortedatum. De samenvoeging wacht tot een datasteward beslist.");
        insta::assert_snapshot!(told(HoldReason::Large, Language::English), @"Their records would be one customer, but both were large customers of their own. The join is held until a steward decides.");
    }

    #[test]
    fn what_would_change_the_answer_is_told_in_words() {
        let told =
            |pair: &PairExplanation, language| changes(pair, Locale::of(language)).join("\n");
        let pair = fixture::linked_pair();
        insta::assert_snapshot!(told(&pair, Language::English), @"E-mail: different → they would not even be a potential match (−16.2 bits)");
        insta::assert_snapshot!(told(&pair, Language::Dutch), @"E-mail: verschillend → ze zouden niet eens mogelijk dezelfde zijn (−16,2 bits)");
        let settled = PairExplanation { changes: Vec::new(), ..pair.clone() };
        insta::assert_snapshot!(told(&settled, Language::English), @"No single value would change the answer.");
        let forbidden = PairExplanation { out_of_scope: Some(PairScope::Between), ..pair };
        insta::assert_snapshot!(told(&forbidden, Language::English), @"Both are of one source, and only records of different sources are compared.");
    }

    #[test]
    fn names_of_registers_keep_their_capitals() {
        for (label, expected) in [
            ("Date of birth", "date of birth"),
            ("KvK number", "KvK number"),
            ("IBAN", "IBAN"),
            ("E-mail", "e-mail"),
            ("Btw-nummer", "btw-nummer"),
            ("VAT number", "VAT number"),
            ("", ""),
        ] {
            assert_eq!(in_sentence(label), expected);
        }
    }
}
