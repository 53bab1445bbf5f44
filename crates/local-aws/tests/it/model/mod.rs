//! Random sequences of operations, held against tiny models of what AWS
//! documents: which properties related keys share, which each Region has for
//! itself, and how secrets and their replicas follow each other.

mod cloud;
mod keys;
mod secrets;
