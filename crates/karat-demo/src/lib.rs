//! Invents a Dutch retailer whose customers are scattered over five source systems.
//!
//! ```text
//! data/   what the Netherlands are made of: names, towns, streets, trades, with their frequencies
//!   ↓
//! world   people, households and companies, and what changes in their lives
//!   ↓
//! systems what each source system came to know of them, in its own habits
//!   ↓     noise: and what went wrong on the way
//! ledger  the files, and the truth: which record is about whom
//! ```
//!
//! Everybody is invented: names, births, addresses and numbers are combined at random. The same
//! options give the same bytes on every platform. Worlds are made neighbourhood by neighbourhood,
//! so that millions of people need little memory.
//!
//! Modules are listed in the order a record comes about.

pub mod dice;
pub mod table;
pub mod names;
pub mod world;
pub mod noise;
pub mod systems;
pub mod truth;
pub mod ledger;
mod persons;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use dice::{Dice, Purpose};
use ledger::Ledger;
use names::company::CompanyNameTable;
use names::family::FamilyNameTable;
use names::given::GivenNameTable;
use noise::remark::RemarkTable;
use systems::{CustomerNumbers, Scene, System};
use truth::Truth;
use world::neighbourhood::{Facts, Neighbourhoods};
use world::place::Map;

/// How large a retailer to invent, and which.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many people live in the invented world; about nine in ten of them are customers.
    pub people: u32,
    /// Another seed, another world.
    pub seed: u64,
}

/// The invented retailer: all that is needed to tell its files.
#[derive(Debug)]
pub struct Retailer {
    facts: Facts,
    remarks: RemarkTable,
    seed: u64,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The files of the source systems.
    pub files: Vec<WrittenFile>,
    /// How many records the truth knows.
    pub truth_rows: u64,
    /// How many people were invented.
    pub people: u64,
    /// How many companies were invented.
    pub companies: u64,
}

/// A file of a source system.
#[derive(Clone, Debug)]
pub struct WrittenFile {
    /// The name of the source: the stem of the file.
    pub source: &'static str,
    /// The name of the file.
    pub file: &'static str,
    /// How many records it has, the unreadable included.
    pub rows: u64,
}

/// How much was written of a file of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Persons {
    /// The records.
    pub records: u64,
    /// The people they are about.
    pub people: u64,
}

/// The name of the file with the truth.
pub const TRUTH_FILE: &str = "truth.csv";

/// The members of a household are scattered over this many rows of a file.
const BLOCK: u64 = 8192;

/// Invents a retailer and writes the files of its five systems, their truth and a `README.txt`.
pub fn write(options: &Options, dir: &Path) -> io::Result<Written> {
    Retailer::invent(options.seed).write(options.people, dir)
}

/// Writes one CSV file of person records with duplicates, and its truth.
///
/// The columns are `id, first_name, prefix, last_name, birth_date, street, house_number, addition,
/// postcode, city, email, phone, gender, updated_at`; a person has 2.1 records on average, and a
/// record about a hundred bytes. The source in the truth is `persons`.
pub fn write_persons(
    records: u64,
    seed: u64,
    out: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Persons> {
    persons::write(&Retailer::invent(seed), records, out, truth)
}

impl Retailer {
    /// The retailer of this seed.
    pub fn invent(seed: u64) -> Retailer {
        Retailer {
            facts: Facts {
                given: GivenNameTable::read(),
                families: FamilyNameTable::read(),
                company_names: CompanyNameTable::read(),
                map: Map::read(),
            },
            remarks: RemarkTable::read(),
            seed,
        }
    }

    /// Its neighbourhoods, until there are so many people.
    pub fn neighbourhoods(&self, people: u32) -> Neighbourhoods<'_> {
        Neighbourhoods::new(&self.facts, self.seed, u64::from(people))
    }

    /// Writes all files for a world of so many people.
    pub fn write(&self, people: u32, dir: &Path) -> io::Result<Written> {
        std::fs::create_dir_all(dir)?;
        let create = |file: &str| Ok::<_, io::Error>(BufWriter::new(File::create(dir.join(file))?));
        std::fs::write(dir.join("README.txt"), include_str!("data/README.txt"))?;
        let mut truth = Truth::begin(create(TRUTH_FILE)?)?;
        let mut books = Vec::new();
        for system in &systems::ALL {
            books.push(Book::begin(system, self.seed, create(system.file)?)?);
        }

        let mut numbers = CustomerNumbers::default();
        let (mut people_invented, mut companies_invented) = (0, 0);
        for neighbourhood in self.neighbourhoods(people) {
            people_invented += neighbourhood.people.len() as u64;
            companies_invented += neighbourhood.companies.len() as u64;
            let scene = Scene { neighbourhood: &neighbourhood, remarks: &self.remarks };
            numbers.clear();
            for (lane, book) in (0..).zip(&mut books) {
                let mut dice = Dice::new(self.seed, Purpose::System(lane), neighbourhood.number);
                (book.system.record)(&scene, &mut dice, &mut numbers, &mut book.ledger);
                book.ledger.write_full_blocks(book.system.encode, &mut book.out, &mut truth)?;
            }
        }

        let mut files = Vec::new();
        for book in books {
            files.push(book.end(&mut truth)?);
        }
        Ok(Written {
            files,
            truth_rows: truth.end()?,
            people: people_invented,
            companies: companies_invented,
        })
    }
}

/// A file of a system, being written.
struct Book {
    system: &'static System,
    ledger: Ledger,
    out: BufWriter<File>,
}

impl Book {
    fn begin(system: &'static System, seed: u64, mut out: BufWriter<File>) -> io::Result<Book> {
        out.write_all(&(system.encode)(system.opening))?;
        Ok(Book { system, ledger: Ledger::new(system.name, seed, BLOCK), out })
    }

    fn end(mut self, truth: &mut Truth<BufWriter<File>>) -> io::Result<WrittenFile> {
        self.ledger.write_rest(self.system.encode, &mut self.out, truth)?;
        self.out.flush()?;
        let System { name, file, .. } = *self.system;
        Ok(WrittenFile { source: name, file, rows: self.ledger.rows() })
    }
}
