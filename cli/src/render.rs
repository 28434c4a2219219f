//! How answers look.

pub(crate) mod drops;

pub(crate) mod feed;

pub(crate) mod imported;

pub mod html;

pub(crate) mod json;

pub(crate) mod proof;

pub(crate) mod text;

pub(crate) mod code;
