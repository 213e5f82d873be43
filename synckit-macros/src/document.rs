//! `#[derive(Document)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Result};

use crate::{key, named_fields};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let (name, visibility) = (&input.ident, &input.vis);
    let handle = format_ident!("{name}Ref");
    let doc = format!("Handle of a [`{name}`] document: one method for each field.");
    let fields = named_fields(input)?;
    let keys = fields.iter().map(|field| key(field)).collect::<Result<Vec<_>>>()?;
    let names: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let types: Vec<_> = fields.iter().map(|field| &field.ty).collect();
    let (count, numbers) = (keys.len(), 0..keys.len());
    let (read, write) = (numbers.clone(), numbers.clone());
    let docs = keys.iter().map(|key| format!("The field `{key}`."));
    Ok(quote! {
        #[doc = #doc]
        #[derive(Debug, Clone, PartialEq)]
        #visibility struct #handle {
            node: ::synckit::Node,
        }

        impl #handle {
            #(
                #[doc = #docs]
                #visibility fn #names(&self) -> <#types as ::synckit::Schema>::Ref {
                    <#types as ::synckit::Schema>::at(&self.node, Self::__key(#numbers))
                }
            )*

            #[doc(hidden)]
            #[allow(dead_code, reason = "a struct may have no fields")]
            fn __key(at: usize) -> &'static ::synckit::generated::Arc<str> {
                static KEYS: [::synckit::generated::Name; #count] =
                    [#(::synckit::generated::Name::new(#keys)),*];
                KEYS[at].get()
            }
        }

        impl ::synckit::Document for #name {
            type Ref = #handle;

            fn at(node: ::synckit::Node) -> #handle {
                #handle { node }
            }

            fn read(node: &::synckit::Node) -> ::core::result::Result<Self, ::synckit::ReadError> {
                ::core::result::Result::Ok(Self {
                    #(#names: <#types as ::synckit::Schema>::read(node, #handle::__key(#read))?,)*
                })
            }

            fn write(&self, node: &::synckit::Node) -> ::core::result::Result<(), ::synckit::WriteError> {
                #(
                    ::synckit::Schema::write(&self.#names, node, #handle::__key(#write))?;
                )*
                ::core::result::Result::Ok(())
            }
        }

        impl ::synckit::Observable for #handle {
            type Value = #name;

            fn get(&self) -> ::core::result::Result<#name, ::synckit::ReadError> {
                <#name as ::synckit::Document>::read(&self.node)
            }

            fn observe(
                &self,
                callback: impl ::core::ops::Fn()
                + ::core::marker::Send
                + ::core::marker::Sync
                + 'static,
            ) -> ::synckit::Subscription {
                self.node.observe_all(callback)
            }
        }

        impl ::synckit::DocumentRef for #handle {
            fn node(&self) -> &::synckit::Node {
                &self.node
            }
        }

        impl ::synckit::Schema for #name {
            type Ref = #handle;

            fn at(node: &::synckit::Node, key: &::synckit::generated::Arc<str>) -> #handle {
                #handle { node: node.nested(key) }
            }

            fn read(
                node: &::synckit::Node,
                key: &::synckit::generated::Arc<str>,
            ) -> ::core::result::Result<Self, ::synckit::ReadError> {
                <Self as ::synckit::Document>::read(&node.nested(key))
            }

            fn write(
                &self,
                node: &::synckit::Node,
                key: &::synckit::generated::Arc<str>,
            ) -> ::core::result::Result<(), ::synckit::WriteError> {
                <Self as ::synckit::Document>::write(self, &node.nested(key))
            }
        }

        impl ::synckit::Element for #name {
            type Ref = #handle;

            fn element(place: ::synckit::generated::ElementPlace) -> #handle {
                #handle { node: ::synckit::Node::of_element(place) }
            }

            fn create(&self) -> ::synckit::generated::NewElement {
                ::synckit::generated::NewElement::document()
            }

            fn fill(&self, element: &#handle) -> ::core::result::Result<(), ::synckit::WriteError> {
                <Self as ::synckit::Document>::write(self, &element.node)
            }

            fn read(element: &#handle) -> ::core::result::Result<Self, ::synckit::ReadError> {
                <Self as ::synckit::Document>::read(&element.node)
            }
        }
    })
}
