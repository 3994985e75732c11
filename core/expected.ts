/** What a schema says of a value of the wrong type: what it expects there, and how that looks. */

/** Options of a schema. `what`: a noun with its article, `a list of links`; `example` as JSON. */
export function expected(what: string, example: string) {
  const message = `expected ${what}: ${example}`;
  return {
    error: ({ code }: { readonly code?: string }): string | undefined =>
      code === 'invalid_type' || code === 'invalid_union' ? message : undefined
  };
}
