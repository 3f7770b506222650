//! Five source systems, each with its own habits and its own mistakes.
//!
//! A neighbourhood arrives; each system adds its records to its [`Ledger`] with the entity they are about.
//! A system is promised to know only what its customers or clerks told it, as of that day.
//! Start reading at [`crm`]; the other systems have the same shape.

pub mod delimited;
pub mod visit;
pub mod crm;
pub mod erp;
pub mod webshop;
pub mod service_desk;
pub mod newsletter;

use crate::dice::Dice;
use crate::ledger::{Encode, Ledger};
use crate::noise::remark::RemarkTable;
use crate::truth::Entity;
use crate::world::neighbourhood::Neighbourhood;

/// A source system.
#[derive(Debug)]
pub struct System {
    /// The name of the source: the stem of the file.
    pub name: &'static str,
    /// The file.
    pub file: &'static str,
    /// What stands above the records.
    pub opening: &'static str,
    /// From text to the bytes of the file.
    pub encode: Encode,
    /// Records what the system knows of a neighbourhood.
    pub record: fn(&Scene<'_>, &mut Dice, &mut CustomerNumbers, &mut Ledger),
}

/// All systems; later ones may quote customer numbers of earlier ones.
pub const ALL: [System; 5] =
    [crm::SYSTEM, erp::SYSTEM, webshop::SYSTEM, service_desk::SYSTEM, newsletter::SYSTEM];

/// What there is to record.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The people and companies.
    pub neighbourhood: &'a Neighbourhood,
    /// What people remark.
    pub remarks: &'a RemarkTable,
}

/// The customer numbers that the people of a neighbourhood have on their letters.
#[derive(Debug, Default)]
pub struct CustomerNumbers(Vec<(Entity, String)>);

impl CustomerNumbers {
    /// Nobody has a number.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Somebody got a number.
    pub fn learn(&mut self, entity: Entity, number: &str) {
        self.0.push((entity, number.to_owned()));
    }

    /// One of the numbers of somebody.
    pub fn quote(&self, entity: Entity, dice: &mut Dice) -> Option<&str> {
        let own: Vec<&str> =
            self.0.iter().filter(|(owner, _)| *owner == entity).map(|(_, n)| n.as_str()).collect();
        if own.is_empty() { None } else { Some(*dice.pick(&own)) }
    }
}
