//! Finds which records are the same customer.
