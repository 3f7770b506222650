//! Remarks: where they belong, and in address lines, where they do not.

use crate::dice::Dice;
use crate::table::{Weighted, of_kind};

/// All remarks.
#[derive(Debug)]
pub struct RemarkTable {
    address: Weighted<&'static str>,
    call: Weighted<&'static str>,
}

impl RemarkTable {
    /// Reads the data folder.
    pub fn read() -> RemarkTable {
        let parts = |kind| of_kind(include_str!("../data/remarks.tsv"), kind);
        RemarkTable { address: parts("address"), call: parts("call") }
    }

    /// A line of an address with a remark for whoever delivers there.
    pub fn added_to(&self, line: &str, dice: &mut Dice) -> String {
        let remark = self.address.pick(dice);
        match dice.share([50, 30, 20]) {
            0 => format!("{line} ({remark})"),
            1 => format!("{line}, {remark}"),
            _ => format!("{line} {remark}"),
        }
    }

    /// What somebody calls about.
    pub fn of_call(&self, dice: &mut Dice) -> &'static str {
        self.call.pick(dice)
    }
}
