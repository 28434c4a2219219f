//! How answers look.

pub(crate) mod feed;

pub(crate) mod json;

pub(crate) mod text;

pub(crate) mod code;
