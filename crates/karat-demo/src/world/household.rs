//! People who live together: couples, families, students who share a house.

use jiff::civil::Date;

use super::calendar::{self, FIRST_RECORD, TODAY};
use super::email::Mailboxes;
use super::numbers::BankAccount;
use super::person::{Home, NameUse, Person, Wedding};
use super::phone::Phone;
use super::place::{Address, Map, Town};
use crate::dice::Dice;
use crate::names::family::{FamilyName, FamilyNameTable};
use crate::names::given::GivenNameTable;
use crate::names::{Gender, Origin};

/// Adults by age: the first age of a group of five years, and how many thousands there are (CBS).
const ADULTS: [(i32, u32); 15] = [
    (20, 1120),
    (25, 1170),
    (30, 1190),
    (35, 1120),
    (40, 1080),
    (45, 1020),
    (50, 1190),
    (55, 1290),
    (60, 1220),
    (65, 1080),
    (70, 980),
    (75, 850),
    (80, 500),
    (85, 280),
    (90, 120),
];

/// Where names come from, in thousandths: of the old, and of the others.
const ORIGINS_OF_OLD: [u32; 9] = [930, 10, 10, 15, 3, 20, 4, 3, 5];
const ORIGINS: [u32; 9] = [803, 36, 36, 28, 26, 16, 12, 30, 13];

/// Who lives together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Single,
    Couple,
    Family,
    SingleParent,
    Students,
}

/// What is settled about a household before it is invented.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Where it lives; anywhere in the town where nothing is said.
    pub address: Option<Address>,
    /// Relatives of these, who bear their name and perhaps an initial of theirs.
    pub relative: Option<Relative>,
    /// Whether only old people live there.
    pub old: bool,
}

/// What a relative next door has in common with somebody.
#[derive(Clone, Debug)]
pub struct Relative {
    /// The family name.
    pub family: FamilyName,
    /// Its origin.
    pub origin: Origin,
    /// The official given name after which the relative is named too.
    pub given: Option<&'static str>,
}

/// What households are made of.
#[derive(Debug)]
pub struct Households<'a> {
    /// Given names.
    pub given: &'a GivenNameTable,
    /// Family names.
    pub families: &'a FamilyNameTable,
    /// The map.
    pub map: &'a Map,
    /// The e-mail addresses.
    pub mailboxes: &'a mut Mailboxes,
    /// The seed of the world.
    pub seed: u64,
    /// The number of the next person.
    pub next_id: u64,
}

/// A home shared by a household, and those who live there, still without phone and e-mail.
struct Draft<'a> {
    town: &'a Town,
    address: Address,
    since: Date,
    members: Vec<Person>,
}

impl Households<'_> {
    /// Invents a household in a town and adds its members.
    pub fn invent(
        &mut self,
        town: &Town,
        wishes: Wishes,
        people: &mut Vec<Person>,
        dice: &mut Dice,
    ) {
        let age = if wishes.old { dice.between(74, 93) } else { adult_age(dice) };
        let kind = kind(age, wishes.relative.is_some(), dice);
        let years_here = dice.between(0, if age < 35 { 6 } else { 24 }).min(age - 18);
        let since = calendar::later(TODAY, -365 * years_here - dice.between(0, 364));
        let address = wishes.address.unwrap_or_else(|| self.map.house(town, dice));
        let mut draft = Draft { town, address, since, members: Vec::new() };
        match kind {
            Kind::Students => self.add_students(&mut draft, dice),
            _ => self.add_relatives(&mut draft, kind, age, wishes.relative, dice),
        }
        self.settle(&mut draft, kind, dice);
        people.append(&mut draft.members);
    }

    fn add_students(&mut self, draft: &mut Draft<'_>, dice: &mut Dice) {
        for _ in 0..dice.between(3, 6) {
            let age = dice.between(18, 26);
            let (gender, origin) = (gender(dice), origin(age, dice));
            let family = self.families.pick(origin, dice);
            let student = self.person(gender, origin, &family, born(age, dice), dice);
            draft.members.push(student);
        }
    }

    fn add_relatives(
        &mut self,
        draft: &mut Draft<'_>,
        kind: Kind,
        age: i32,
        relative: Option<Relative>,
        dice: &mut Dice,
    ) {
        let head = self.head(age, kind, relative, dice);
        let children_bear = head.family.clone();
        let (head_gender, head_origin) = (head.gender, head.origin);
        let head_name = head.given.official[0];
        draft.members.push(head);
        if matches!(kind, Kind::Couple | Kind::Family) {
            self.add_partner(draft, age, dice);
        }
        if matches!(kind, Kind::Family | Kind::SingleParent) {
            let parents = Parents {
                family: children_bear,
                origin: head_origin,
                father_name: (head_gender == Gender::Male).then_some(head_name),
                age,
            };
            self.add_children(draft, &parents, dice);
        }
    }

    fn head(
        &mut self,
        age: i32,
        kind: Kind,
        relative: Option<Relative>,
        dice: &mut Dice,
    ) -> Person {
        let gender = match (&relative, kind) {
            (Some(relative), _) if relative.given.is_some() => Gender::Male,
            (_, Kind::Couple | Kind::Family) if dice.percent(97) => Gender::Male,
            (_, Kind::SingleParent) if dice.percent(80) => Gender::Female,
            (_, Kind::Single) if age > 70 && dice.percent(60) => Gender::Female,
            _ => gender(dice),
        };
        let (origin, family, given) = match relative {
            Some(relative) => (relative.origin, relative.family, relative.given),
            None => {
                let origin = origin(age, dice);
                (origin, self.families.pick(origin, dice), None)
            }
        };
        let mut head = self.person(gender, origin, &family, born(age, dice), dice);
        if let Some(given) = given {
            self.rename(&mut head, given, dice);
        }
        head
    }

    fn add_partner(&mut self, draft: &mut Draft<'_>, age: i32, dice: &mut Dice) {
        let head = &draft.members[0];
        let other_origin = dice.percent(14);
        let origin = if other_origin { origin(age, dice) } else { head.origin };
        let same_gender = dice.percent(3);
        let gender = if same_gender { head.gender } else { other(head.gender) };
        let partner_age = (age + dice.between(-7, 3)).max(19);
        let family = self.families.pick(origin, dice);
        let mut partner = self.person(gender, origin, &family, born(partner_age, dice), dice);

        let married = dice.percent(if age > 60 { 92 } else { 62 });
        if married {
            let years_ago = dice.between(0, (partner_age.min(age) - 20).max(1));
            let on = calendar::later(TODAY, -365 * years_ago - dice.between(0, 364));
            let head = &mut draft.members[0];
            head.wedding =
                Some(Wedding { on, partner: partner.family.clone(), name_use: NameUse::Own });
            partner.wedding = Some(Wedding {
                on,
                partner: head.family.clone(),
                name_use: name_use(partner.gender, partner_age, dice),
            });
        }
        draft.members.push(partner);
    }

    fn add_children(&mut self, draft: &mut Draft<'_>, parents: &Parents, dice: &mut Dice) {
        let count = 1 + dice.share([34, 44, 16, 5, 1]) as i32;
        let oldest = (parents.age - 23).clamp(0, 27);
        let youngest = (parents.age - 44).clamp(0, oldest);
        let mut last_born: Option<Date> = None;
        for _ in 0..count {
            let twin_of = last_born.filter(|_| dice.per_mille(30));
            let day = twin_of.unwrap_or_else(|| born(dice.between(youngest, oldest), dice));
            let too_close = last_born
                .is_some_and(|last| calendar::days_between(last.min(day), last.max(day)) < 300);
            if too_close && twin_of.is_none() {
                continue;
            }
            last_born = Some(day);
            let gender = gender(dice);
            let mut child = self.person(gender, parents.origin, &parents.family, day, dice);
            let named_after_father = gender == Gender::Male && dice.percent(9);
            if let (true, Some(name)) = (named_after_father, parents.father_name) {
                self.rename(&mut child, name, dice);
            }
            let namesake = draft.members.iter().any(|other| {
                other.born == day && other.given.official[0] == child.given.official[0]
            });
            if namesake {
                self.next_id = child.id;
            } else {
                draft.members.push(child);
            }
        }
    }

    /// Names somebody after a relative.
    fn rename(&self, person: &mut Person, official: &'static str, dice: &mut Dice) {
        person.given.official[0] = official;
        let born = person.born.year();
        person.given.call = self.given.call_name(person.gender, official, born, dice);
    }

    fn person(
        &mut self,
        gender: Gender,
        origin: Origin,
        family: &FamilyName,
        born: Date,
        dice: &mut Dice,
    ) -> Person {
        let id = self.next_id;
        self.next_id += 1;
        let age = calendar::age(born, TODAY);
        let died = age > 72 && dice.percent((age as u32 - 70) / 3);
        Person {
            id,
            origin,
            gender,
            given: self.given.pick(origin, gender, born.year(), dice),
            family: family.borne_by(gender, origin),
            born,
            died: died.then(|| calendar::between(jiff::civil::date(2018, 1, 1), TODAY, dice)),
            wedding: None,
            homes: Vec::new(),
            mobiles: Vec::new(),
            emails: Vec::new(),
            account: BankAccount::nth(id, self.seed, dice),
        }
    }

    /// Gives everybody homes, phones and e-mail addresses.
    fn settle(&mut self, draft: &mut Draft<'_>, kind: Kind, dice: &mut Dice) {
        let head_age = draft.members[0].age(TODAY);
        let landline_percent = match (kind, head_age) {
            (Kind::Students, _) => 0,
            (_, ..40) => 14,
            (_, 40..58) => 45,
            _ => 80,
        };
        let first_id = draft.members[0].id;
        let home = |since, address: Address, dice: &mut Dice, seed| {
            let has_landline = dice.percent(landline_percent);
            let area = address.area_code;
            // Twice as many numbers as people: one for the home before.
            let n = first_id * 2 + u64::from(since == draft.since);
            let landline = has_landline.then(|| Phone::landline(area, n, seed));
            Home { since, address, landline }
        };
        let now = home(draft.since, draft.address.clone(), dice, self.seed);
        let moved_lately = draft.since > FIRST_RECORD;
        let before = moved_lately.then(|| {
            let far_away = dice.percent(35);
            let town = if far_away { self.map.town(dice) } else { draft.town };
            let address = self.map.house(town, dice);
            let years = dice.between(2, 15);
            home(calendar::later(draft.since, -365 * years), address, dice, self.seed)
        });
        let came_apart = matches!(kind, Kind::Students) || dice.percent(30);
        for number in 0..draft.members.len() {
            let is_child = number > 0 && draft.members[number].age(draft.since) < 18;
            let own_before = (moved_lately && came_apart && number > 0 && !is_child).then(|| {
                let town = if dice.percent(50) { self.map.town(dice) } else { draft.town };
                let since = calendar::later(draft.since, -365 * dice.between(2, 12));
                Home { since, address: self.map.house(town, dice), landline: None }
            });
            let member = &mut draft.members[number];
            member.homes.extend(own_before.or(before.clone()));
            member.homes.push(now.clone());
            let moved_out = is_child && member.age(TODAY) >= 19 && dice.percent(45);
            if moved_out {
                let town = if dice.percent(60) { self.map.town(dice) } else { draft.town };
                let since = calendar::between(
                    calendar::later(member.born, 18 * 365 + 100).max(draft.since),
                    TODAY,
                    dice,
                );
                let address = self.map.house(town, dice);
                member.homes.push(Home { since, address, landline: None });
            }
        }
        self.connect(draft, kind, dice);
    }

    /// Gives everybody phones and e-mail addresses, some of them shared.
    fn connect(&mut self, draft: &mut Draft<'_>, kind: Kind, dice: &mut Dice) {
        let is_couple = matches!(kind, Kind::Couple | Kind::Family);
        let head_age = draft.members[0].age(TODAY);
        let shared_percent = if head_age > 60 { 34 } else { 8 };
        let shared_email = (is_couple && dice.percent(shared_percent)).then(|| {
            let calls = [draft.members[0].given.call, draft.members[1].given.call];
            let family = draft.members[0].family.to_string();
            self.mailboxes.shared(calls, &family, dice)
        });
        let shares_mobile = is_couple && head_age > 65 && dice.percent(18);
        for number in 0..draft.members.len() {
            let member = &draft.members[number];
            let age = member.age(TODAY);
            let is_adult = age >= 18;
            let mobile_percent = match age {
                ..10 => 0,
                10..14 => 70,
                14..75 => 97,
                _ => 66,
            };
            let mobiles = match number {
                1 if shares_mobile => draft.members[0].mobiles.clone(),
                _ if dice.percent(mobile_percent) => mobiles(member, self.seed, dice),
                _ => Vec::new(),
            };
            let emails = match &shared_email {
                Some(shared) if number == 0 || (number == 1 && dice.percent(80)) => {
                    vec![(FIRST_RECORD, shared.clone())]
                }
                _ if !is_adult && dice.percent(if age < 13 { 100 } else { 35 }) => {
                    // A child uses the address of a parent.
                    let parent = dice.below(2).min(u32::from(is_couple)) as usize;
                    draft.members[parent].emails.clone()
                }
                _ => self.own_emails(member, dice),
            };
            let member = &mut draft.members[number];
            member.mobiles = mobiles;
            member.emails = emails;
        }
    }

    fn own_emails(&mut self, person: &Person, dice: &mut Dice) -> Vec<(Date, String)> {
        let age = person.age(TODAY);
        let has_email = dice.percent(match age {
            ..60 => 97,
            60..75 => 88,
            75..85 => 62,
            _ => 30,
        });
        if !has_email {
            return Vec::new();
        }
        let initials = person.initials();
        let mut address = |day: Date, dice: &mut Dice| {
            let family = person.on(day).family.to_string();
            let call = person.given.call;
            self.mailboxes.personal(call, &initials, &family, person.born.year(), dice)
        };
        let mut emails = vec![(FIRST_RECORD, address(FIRST_RECORD, dice))];
        if dice.percent(28) {
            let since = calendar::between(FIRST_RECORD, TODAY, dice);
            emails.push((since, address(since, dice)));
        }
        emails
    }
}

struct Parents {
    family: FamilyName,
    origin: Origin,
    father_name: Option<&'static str>,
    age: i32,
}

fn mobiles(person: &Person, seed: u64, dice: &mut Dice) -> Vec<(Date, Phone)> {
    let mut mobiles = vec![(FIRST_RECORD, Phone::mobile(person.id * 2, seed))];
    if dice.percent(22) {
        let since = calendar::between(FIRST_RECORD, TODAY, dice);
        mobiles.push((since, Phone::mobile(person.id * 2 + 1, seed)));
    }
    mobiles
}

fn adult_age(dice: &mut Dice) -> i32 {
    let group = dice.share(ADULTS.map(|(_, thousands)| thousands));
    ADULTS[group].0 + dice.between(0, 4)
}

fn kind(age: i32, is_relative: bool, dice: &mut Dice) -> Kind {
    use Kind::*;
    let shares = match age {
        ..28 if is_relative => [60, 30, 10, 0, 0],
        ..28 => [42, 26, 9, 3, 20],
        28..36 => [30, 30, 34, 6, 0],
        36..56 => [20, 18, 52, 10, 0],
        56..70 => [28, 62, 9, 1, 0],
        _ => [45, 55, 0, 0, 0],
    };
    [Single, Couple, Family, SingleParent, Students][dice.share(shares)]
}

fn name_use(gender: Gender, age: i32, dice: &mut Dice) -> NameUse {
    use NameUse::*;
    let shares = match (gender, age) {
        (Gender::Male, _) => [95, 1, 2, 2],
        (Gender::Female, ..45) => [50, 18, 26, 6],
        (Gender::Female, 45..65) => [28, 28, 40, 4],
        (Gender::Female, _) => [8, 34, 56, 2],
    };
    [Own, Partner, PartnerOwn, OwnPartner][dice.share(shares)]
}

fn origin(age: i32, dice: &mut Dice) -> Origin {
    let shares = if age > 64 { ORIGINS_OF_OLD } else { ORIGINS };
    Origin::ALL[dice.share(shares)]
}

fn gender(dice: &mut Dice) -> Gender {
    if dice.percent(50) { Gender::Female } else { Gender::Male }
}

fn other(gender: Gender) -> Gender {
    match gender {
        Gender::Female => Gender::Male,
        Gender::Male => Gender::Female,
    }
}

/// A day of birth of somebody of this age today.
fn born(age: i32, dice: &mut Dice) -> Date {
    let birthday = calendar::later(TODAY, -(age * 365 + age / 4));
    calendar::later(birthday, -dice.between(0, 364))
}
