//! The floor of a start: a program that prints one line.
#![expect(clippy::print_stdout, reason = "it is all that this program does")]

fn main() {
    println!("hello");
}
