/**
 * Scripts as text, in the manner of etcd's raft: paragraphs of a command, `----`, and the trace that
 * it must have. Lines that begin with `#` are prose, above a command or in a paragraph of their own.
 */
export interface Paragraph {
  /** What stands above the dashes, prose included: written back as it is. */
  readonly head: readonly string[];
  /** The command, or null for prose. */
  readonly command: string | null;
  readonly expected: readonly string[];
}

const dashes = '----';

/** Reads a script. Throws on two commands in one paragraph. */
export function parseScript(text: string): readonly Paragraph[] {
  const paragraphs: Paragraph[] = [];
  for (const block of text.trimEnd().split(/\n{2,}/)) {
    const lines = block.split('\n');
    const dashed = lines.indexOf(dashes);
    const at = dashed < 0 ? lines.length : dashed;
    const head = lines.slice(0, at);
    const commands = head.filter(line => !line.startsWith('#'));
    if (commands.length > 1) throw new Error(`more than one command:\n${block}`);
    paragraphs.push({ head, command: commands[0] ?? null, expected: lines.slice(at + 1) });
  }
  return paragraphs;
}

/** The script as text, with these traces (by paragraph, null for prose) as what is expected. */
export function formatScript(
  paragraphs: readonly Paragraph[],
  traces: readonly (readonly string[] | null)[]
): string {
  const blocks = paragraphs.map(({ head }, index) => {
    const trace = traces[index];
    return (trace ? [...head, dashes, ...trace] : head).join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}
