//! The invented world: who lives where, is whose child, works for whom, and what changes in a life.
//!
//! Dice arrive, neighbourhoods leave, one at a time, so that a world of millions needs little memory.
//! The world is promised to be the same for the same seed, however many neighbourhoods are asked for.
//! Start reading at [`neighbourhood`].

pub mod calendar;
pub mod place;
pub mod phone;
pub mod numbers;
pub mod email;
pub mod person;
pub mod household;
pub mod company;
pub mod neighbourhood;
