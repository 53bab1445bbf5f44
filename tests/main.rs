//! Whole-program tests: the real program, run on folders of configuration against the embedded
//! AWS, through a server that the test can look into, or in the program's own process.

mod cases;
mod support;
