//! The binary: hands the command line to the face that was asked for. Decides nothing else.

fn main() {}
