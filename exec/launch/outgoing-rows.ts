/** Rows and trace lines of a node on their way to the supervisor: sent in batches. */
import type { Row } from '../../core/record.ts';
import type { FromNode } from './control-message.ts';

/** Whatever comes within this time leaves together. */
const batchMillis = 20;
const batchRowsMax = 512;
const batchCharactersMax = 65_536;

export class OutgoingRows {
  readonly #send: (message: FromNode) => void;
  #rows: Row[] = [];
  #trace = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (message: FromNode) => void) {
    this.#send = send;
  }

  row(row: Row): void {
    this.#rows.push(row);
    if (this.#rows.length >= batchRowsMax) this.flush();
    else this.#later();
  }

  /** A line of the trace, with its end. */
  trace(line: string): void {
    this.#trace += line;
    if (this.#trace.length >= batchCharactersMax) this.flush();
    else this.#later();
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#rows.length > 0) this.#send({ kind: 'rows', rows: this.#rows });
    if (this.#trace !== '') this.#send({ kind: 'trace', text: this.#trace });
    this.#rows = [];
    this.#trace = '';
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.flush(), batchMillis);
  }
}
