import { hold } from './checks/violation.ts';

/** Messages that a network has taken and neither delivered nor lost, and their bytes. */
export class UnderWay {
  messages = 0;
  bytes = 0;

  /** A message has been taken. */
  add(bytes: number): void {
    this.messages += 1;
    this.bytes += bytes;
  }

  /** Messages have been delivered, or are lost. */
  remove(messages: number, bytes: number): void {
    this.messages -= messages;
    this.bytes -= bytes;
  }

  /** Throws where not as many were found as there should be; `where` they were looked for. */
  check(messages: number, bytes: number, where: string): void {
    const same = messages === this.messages && bytes === this.bytes;
    const found = `${messages} messages of ${bytes} bytes are ${where}`;
    const detail = `${found}, should be ${this.messages} of ${this.bytes}`;
    hold(same, 'what was sent is delivered, lost or under way', detail);
  }
}
