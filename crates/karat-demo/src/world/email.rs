//! E-mail addresses: made of names, at the providers people use, each given out once.

use any_ascii::any_ascii;

use crate::dice::{Dice, scatter};
use crate::table::{Weighted, rows, weight};

/// How many bits remember the addresses given out: 16 MB, however large the world.
const MEMORY_BITS: u64 = 1 << 27;

/// Gives out e-mail addresses.
#[derive(Debug)]
pub struct Mailboxes {
    providers: Weighted<&'static str>,
    /// A bit for the scattered text of each address. Two addresses may share a bit; then somebody
    /// gets a number behind the name without need, and nothing is wrong.
    taken: Vec<u64>,
}

impl Mailboxes {
    /// No address is given out yet.
    pub fn new() -> Mailboxes {
        let providers = rows(include_str!("../data/mail_providers.tsv"));
        Mailboxes {
            providers: Weighted::new(providers.map(|row| (row[0], weight(row[1])))),
            taken: vec![0; (MEMORY_BITS / 64) as usize],
        }
    }

    /// An address for a person.
    pub fn personal(
        &mut self,
        call: &str,
        initials: &str,
        family: &str,
        born: i16,
        dice: &mut Dice,
    ) -> String {
        let (call, initials, family) = (letters(call), letters(initials), letters(family));
        let initial = &initials[..initials.len().min(1)];
        let year = born.rem_euclid(100);
        let local = match dice.share([24, 14, 14, 9, 6, 4, 6, 7, 6, 4, 3, 3]) {
            0 => format!("{call}.{family}"),
            1 => format!("{call}{family}"),
            2 => format!("{initial}.{family}"),
            3 => format!("{initials}{family}"),
            4 => format!("{initial}{family}"),
            5 => format!("{call}_{family}"),
            6 => format!("{call}{year:02}"),
            7 => format!("{call}{family}{year:02}"),
            8 => format!("{initials}.{family}"),
            9 => format!("{family}{initials}"),
            10 => format!("{family}.{call}"),
            _ => format!("{call}-{family}"),
        };
        self.give_out(local, dice)
    }

    /// An address that a couple shares.
    pub fn shared(&mut self, calls: [&str; 2], family: &str, dice: &mut Dice) -> String {
        let [first, second] = calls.map(letters);
        let family = letters(family);
        let local = match dice.share([30, 25, 20, 15, 10]) {
            0 => format!("fam.{family}"),
            1 => format!("{first}en{second}"),
            2 => format!("{first}.{second}.{family}"),
            3 => format!("familie{family}"),
            _ => format!("{first}-{second}"),
        };
        self.give_out(local, dice)
    }

    /// An internet domain for a company in a town.
    pub fn domain(&mut self, company: &str, town: &str, dice: &mut Dice) -> String {
        let ending = *dice.pick(&["nl", "nl", "nl", "com"]);
        self.domain_ending(company, town, ending, dice)
    }

    /// An internet domain with this ending for a company in a town.
    pub fn domain_ending(
        &mut self,
        company: &str,
        town: &str,
        ending: &str,
        dice: &mut Dice,
    ) -> String {
        let name = letters(company);
        let mut domain = format!("{name}.{ending}");
        let mut numbers_end = 10;
        while !self.is_new(&domain) {
            domain = match dice.percent(50) {
                true => format!("{name}-{}.{ending}", letters(town)),
                false => format!("{name}{}.{ending}", 1 + dice.below(numbers_end)),
            };
            numbers_end *= 3;
        }
        domain
    }

    /// An address with this name before the @, or one like it, at a provider.
    pub fn give_out(&mut self, local: String, dice: &mut Dice) -> String {
        let provider = *self.providers.pick(dice);
        let mut address = format!("{local}@{provider}");
        let mut numbers_end = 10;
        while !self.is_new(&address) {
            address = format!("{local}{}@{provider}", 1 + dice.below(numbers_end));
            numbers_end *= 3;
        }
        address
    }

    fn is_new(&mut self, address: &str) -> bool {
        let mut mixed = 0;
        for byte in address.bytes() {
            mixed = scatter(mixed ^ u64::from(byte));
        }
        let bit = mixed % MEMORY_BITS;
        let (word, mask) = ((bit / 64) as usize, 1 << (bit % 64));
        let new = self.taken[word] & mask == 0;
        self.taken[word] |= mask;
        new
    }
}

/// The letters and digits of a name, without accents, in lower case: `van den Berg` is `vandenberg`.
pub fn letters(name: &str) -> String {
    let plain = if name.is_ascii() { name.to_owned() } else { any_ascii(name) };
    plain.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    #[test]
    fn nobody_gets_an_address_of_somebody_else() {
        let mut mailboxes = Mailboxes::new();
        let mut dice = Dice::new(1, Purpose::World, 0);
        let mut given_out: Vec<_> = (0..5000)
            .map(|_| mailboxes.personal("Jan", "J.P.", "Jansen", 1980, &mut dice))
            .collect();
        let all = given_out.len();
        given_out.sort_unstable();
        given_out.dedup();
        assert_eq!(given_out.len(), all);
    }

    #[test]
    fn names_lose_their_accents() {
        assert_eq!(letters("Şahin"), "sahin");
        assert_eq!(letters("van 't Hof"), "vanthof");
    }
}
