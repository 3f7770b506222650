//! Five thousand names as people write them, with the parts that they mean.
//!
//! `karat_demo::written_names` draws people and writes their names the way files hold them: in any
//! order, abbreviated, in capitals, with titles, with a partner's name. The label is what was drawn,
//! so that the reader under test has no part in it.

use std::collections::BTreeMap;
use std::fmt::Write;

use karat_demo::written_names::{WrittenName, written_names};

use super::parser::{self, DUTCH};
use super::{Part, PersonName};

const NAMES: usize = 5_000;
const SEED: u64 = 20_261_124;

/// How many lines of each kind of mistake are shown.
const EXAMPLES: usize = 3;

/// The parts that are not as the label has them, and how many parts there are on either side.
fn compare(found: &PersonName, name: &WrittenName) -> (Vec<&'static str>, usize) {
    let fields = name.parts.fields();
    let pairs = Part::ALL.into_iter().zip(fields).map(|(part, (field, label))| {
        let text = found[part].as_str();
        (field, text, label)
    });
    let there: Vec<_> =
        pairs.filter(|(_, found, label)| !(found.is_empty() && label.is_empty())).collect();
    let wrong = there.iter().filter(|(_, found, label)| found != label).map(|(field, ..)| *field);
    (wrong.collect(), there.len())
}

/// What was right, and the forms behind what was not.
fn report() -> (usize, usize, String) {
    let (mut parts, mut right_parts, mut right_names) = (0, 0, 0);
    let mut mistakes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in written_names(NAMES, SEED) {
        let found = parser::full_name(&name.text, &DUTCH);
        let (wrong, all) = compare(&found, &name);
        parts += all;
        right_parts += all - wrong.len();
        right_names += usize::from(wrong.is_empty());
        if !wrong.is_empty() {
            let kind = format!("{:?}, {:?}", name.form, name.letters);
            mistakes.entry(kind).or_default().push(format!(
                "{} → {}",
                name.text,
                found.parts.join("|")
            ));
        }
    }
    let mut report =
        format!("{right_parts} of {parts} parts right\n{right_names} of {NAMES} names right\n");
    for (kind, lines) in mistakes {
        writeln!(report, "\n{kind}: {}", lines.len()).expect("a string takes all");
        for line in lines.iter().take(EXAMPLES) {
            writeln!(report, "    {line}").expect("a string takes all");
        }
    }
    (right_parts, parts, report)
}

#[test]
fn names_are_split_into_the_parts_that_were_meant() {
    let (right, all, report) = report();
    insta::assert_snapshot!(report);
    assert!(right * 100 >= all * 97, "at least 97 in 100 parts are right: {right} of {all}");
}
