/** A sentence that has been worded already: what earlier versions have written down, or somebody else has said. */
export type TextFact = { readonly type: 'text'; readonly text: string };
