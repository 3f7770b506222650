//! Verdicts of subjects, packed by whoever judges: the store keeps the bytes.

use crate::subject::SubjectNo;

/// The verdicts of some subjects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerdictSet {
    /// The subjects, each with where its verdicts begin and end.
    subjects: Vec<(SubjectNo, usize, usize)>,
    bytes: Vec<u8>,
}

impl VerdictSet {
    /// Adds the verdicts of a subject; of two for one subject, the last counts.
    pub fn push(&mut self, subject: SubjectNo, verdicts: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(verdicts);
        self.subjects.push((subject, start, self.bytes.len()));
    }

    /// How many subjects there are.
    pub fn len(&self) -> usize {
        self.subjects.len()
    }

    /// Whether there is no subject.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty()
    }

    /// The subjects with their verdicts, in the order in which they stand.
    pub fn iter(&self) -> impl Iterator<Item = (SubjectNo, &[u8])> {
        self.subjects.iter().map(|&(subject, start, end)| (subject, &self.bytes[start..end]))
    }

    /// Puts the subjects in order, each once.
    pub(crate) fn sort(&mut self) {
        // Later ones are further on in the bytes.
        self.subjects.sort_unstable_by_key(|&(subject, start, end)| {
            (subject, std::cmp::Reverse((start, end)))
        });
        self.subjects.dedup_by_key(|(subject, _, _)| *subject);
    }

    /// The subjects with where their verdicts are.
    pub(crate) fn places(&self) -> &[(SubjectNo, usize, usize)] {
        &self.subjects
    }

    /// The verdicts at a place.
    pub(crate) fn at(&self, &(_, start, end): &(SubjectNo, usize, usize)) -> &[u8] {
        &self.bytes[start..end]
    }
}
