//! One file of organisations with duplicates: for measuring how well they are matched.
//!
//! Quarter by quarter organisations arrive; records leave, as departments of a company wrote them,
//! and the truth: which record is about which legal entity. The same number of records and seed
//! give the same bytes. Start reading at [`quarter`].

mod abroad;
mod entry;
mod quarter;

use std::io::{self, Write};

use crate::dice::{Dice, Purpose};
use crate::ledger::{Ledger, utf8};
use crate::truth::{Entity, Truth};
use crate::{Organisations, Retailer};
use entry::{Entry, HEADER};
use quarter::{Organisation, Quarters};

const SOURCE: &str = "organisations";
/// The records of a company are scattered over this many rows.
const BLOCK: u64 = 65_536;
/// The lane of the dice.
const PURPOSE: Purpose = Purpose::System(11);

/// How many in a hundred organisations have one, two, three, four and five records of their head
/// office: 2.1 on average.
const RECORDS: [u32; 5] = [38, 31, 17, 9, 5];

/// Writes so many records of organisations, and the truth.
pub fn write(
    retailer: &Retailer,
    records: u64,
    mut out: impl Write,
    truth: impl Write,
) -> io::Result<Organisations> {
    out.write_all(HEADER.as_bytes())?;
    let mut truth = Truth::begin(truth)?;
    let mut ledger = Ledger::new(SOURCE, retailer.seed, BLOCK);
    let mut quarters = Quarters::new(&retailer.tables, retailer.seed);
    let mut organisations = 0;
    for number in 0.. {
        if ledger.rows() == records {
            break;
        }
        let mut dice = Dice::new(retailer.seed, PURPOSE, number);
        for organisation in quarters.invent() {
            let missing = records - ledger.rows();
            let wanted = wanted(&organisation, &mut dice).min(missing);
            for _ in 0..wanted {
                let number = ledger.next_number();
                let id = number.to_string();
                let line = Entry::about(&organisation, &mut dice).row(&id);
                ledger.add(number, id, Entity::Company(organisation.id), line);
            }
            organisations += u64::from(wanted > 0);
        }
        ledger.write_full_blocks(utf8, &mut out, &mut truth)?;
    }
    ledger.write_rest(utf8, &mut out, &mut truth)?;
    out.flush()?;
    truth.end()?;
    Ok(Organisations { records, organisations })
}

/// How many records an organisation has: branches buy for themselves.
fn wanted(organisation: &Organisation, dice: &mut Dice) -> u64 {
    let branches = organisation.sites.len() - 1;
    let of_branches = (0..branches).filter(|_| dice.percent(70)).count();
    (1 + dice.share(RECORDS) + of_branches) as u64
}
