//! Reading recovery passwords out of what people, Windows and other systems wrote down.

mod finder;

pub use finder::Found;
pub use finder::find;
