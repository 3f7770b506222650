//! The answers to whether customers are one, as buttons offer them.

use crate::locale::Locale;

/// An answer, with its key.
pub(in crate::console) struct AnswerChoice {
    pub kind: &'static str,
    pub key: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
}

/// The answers there are.
pub(in crate::console) fn answer_choices(text: Locale) -> [AnswerChoice; 4] {
    let option = |kind, key, label, hint| AnswerChoice { kind, key, label, hint };
    [
        option(
            "same",
            "s",
            text.say("Same", "Dezelfde"),
            text.say("one customer from now on", "voortaan één klant"),
        ),
        option(
            "different",
            "d",
            text.say("Different", "Andere"),
            text.say("never joined again", "nooit meer samengevoegd"),
        ),
        option(
            "related",
            "r",
            text.say("Related", "Verwant"),
            text.say(
                "different, and they have to do with each other",
                "andere, die met elkaar te maken hebben",
            ),
        ),
        option(
            "unsure",
            "n",
            text.say("Not sure", "Niet zeker"),
            text.say("left open, and out of the queue", "onbeslist, en uit de voorraad"),
        ),
    ]
}
