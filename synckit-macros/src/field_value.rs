//! `#[derive(FieldValue)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::{key, named_fields};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let fields = named_fields(input)?;
    let keys = fields.iter().map(|field| key(field)).collect::<Result<Vec<_>>>()?;
    let names: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    Ok(quote! {
        impl ::synckit::FieldValue for #name {
            const EXPECTED: &'static str = ::core::stringify!(#name);

            fn into_value(self) -> ::synckit::Value {
                ::synckit::Value::map([
                    #((#keys, ::synckit::FieldValue::into_value(self.#names)),)*
                ])
            }

            fn from_value(value: &::synckit::Value) -> ::core::option::Option<Self> {
                if !::core::matches!(value, ::synckit::Value::Map(_)) {
                    return ::core::option::Option::None;
                }
                ::core::option::Option::Some(Self {
                    #(#names: match value.entry(#keys) {
                        ::core::option::Option::Some(entry) => ::synckit::FieldValue::from_value(entry)?,
                        ::core::option::Option::None => ::core::default::Default::default(),
                    },)*
                })
            }
        }
    })
}
