//! Derive macros of SyncKit.

mod document;
mod field_value;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Field, Fields, parse_macro_input};

/// Makes a struct with named fields a document.
///
/// For a struct `Todo` it implements `synckit::Document` and makes a handle `TodoRef` with one method for each field,
/// which returns that field's handle. Field types are plain values (`FieldValue`), `Counter`, `Set`, `List`, `Map`, or
/// other documents. The struct must be `Clone` and `Default`.
///
/// `#[synckit(rename = "..")]` on a field sets its name in the document, so that the Rust name can change.
#[proc_macro_derive(Document, attributes(synckit))]
pub fn derive_document(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    document::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct with named fields a plain value: stored as one map, written and overwritten as a whole. Every field
/// must be a `FieldValue`; the struct must be `Clone` and `Default`. A key that is missing reads as the field's default.
///
/// `#[synckit(rename = "..")]` on a field sets its key.
#[proc_macro_derive(FieldValue, attributes(synckit))]
pub fn derive_field_value(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    field_value::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// The named fields of a struct without type parameters.
fn named_fields(input: &DeriveInput) -> syn::Result<Vec<&Field>> {
    if !input.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(&input.generics, "type parameters are not supported here"));
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields.named.iter().collect()),
            fields => {
                Err(syn::Error::new_spanned(fields, "fields need names: `struct Todo { title: String }`"))
            }
        },
        _ => Err(syn::Error::new_spanned(input, "only structs with named fields can be derived")),
    }
}

/// The name of a field in the document.
fn key(field: &Field) -> syn::Result<String> {
    let mut key = field.ident.as_ref().map(|ident| ident.to_string().trim_start_matches("r#").to_owned());
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("synckit")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("rename") {
                return Err(meta.error("unknown option: only `rename = \"..\"` is known"));
            }
            let name: syn::LitStr = meta.value()?.parse()?;
            key = Some(name.value());
            Ok(())
        })?;
    }
    key.ok_or_else(|| syn::Error::new_spanned(field, "a field needs a name"))
}
