//! The texts are embedded by `include_dir!`, which cargo cannot see through: without this line a changed text would not be built in.

fn main() {
    println!("cargo::rerun-if-changed=../../templates");
}
