//! What the gate and the ladder did, in lines that follow a summary.

use karat_hub::matching_report::ThresholdLadder;

use crate::terminal::counted;

/// Notes on joins that are held, and on components that were too large.
pub fn gate_lines(held: u64, ladders: &[ThresholdLadder]) -> Vec<String> {
    let mut lines = Vec::new();
    if held > 0 {
        lines.push(format!(
            "   note: {} held: the customer would contradict itself, or take in another large one",
            counted(
                held,
                "potential match is a join that is",
                "potential matches are joins that are"
            ),
        ));
    }
    for ThresholdLadder { records, threshold, clusters } in ladders {
        lines.push(format!(
            "   note: {} hung together, too many to look at as a whole; divided from {threshold} bits \
             down into {}",
            counted(u64::from(*records), "record", "records"),
            counted(u64::from(*clusters), "group", "groups"),
        ));
    }
    lines
}
