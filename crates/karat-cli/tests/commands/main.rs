//! What `karat` promises to whoever types a command: runs the real program, in folders of its own.
//!
//! Start reading in `folder.rs`, which gives a test its folder and runs commands in it; every other
//! file tells of one subject.

#![cfg(test)]

mod folder;
mod customers;
mod bad_input;
mod bad_hub_model;
mod loading;
mod interruption;
mod databases;
mod assessing;
mod profiling;
mod matching;
mod operating;
mod scoring;
mod repairing;
mod feedback;
mod exports;
mod explaining;
mod serving;
mod browser;
mod demo;
mod documents;
mod tidy;
