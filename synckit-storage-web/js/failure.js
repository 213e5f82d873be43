// What is thrown: src/error.rs knows the names.
export const failure = (name, reason) => new DOMException(reason, name);
