/** A check that a text is well-formed XML, as far as Vega writes it: elements, attributes, text. */

/** Throws an error that says where the markup is broken. */
export function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const markup = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g;
  let end = 0;
  for (const match of xml.matchAll(markup)) {
    const [whole, closing, name = '', attributes = '', empty] = match;
    assertText(xml.slice(end, match.index), open, end);
    assertEntities(attributes);
    end = match.index + whole.length;
    if (closing === '/') {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last ?? 'nothing'}> at ${end}`);
    } else if (empty !== '/') open.push(name);
  }
  assertText(xml.slice(end), open, end);
  if (open.length > 0) throw new Error(`<${open.join('><')}> is never closed`);
}

function assertText(text: string, open: readonly string[], at: number): void {
  if (/[<>]/.test(text)) throw new Error(`stray markup at ${at}: ${text.slice(0, 80)}`);
  if (open.length === 0 && text.trim() !== '') throw new Error(`text outside the root at ${at}`);
  assertEntities(text);
}

function assertEntities(text: string): void {
  const stray = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/.exec(text);
  if (stray !== null) throw new Error(`a bare & in: ${text.slice(stray.index, stray.index + 60)}`);
}
