//! How answers look.

pub(crate) mod feed;

pub mod html;

pub(crate) mod json;

pub(crate) mod text;

pub(crate) mod code;
