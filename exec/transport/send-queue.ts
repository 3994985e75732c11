/**
 * What waits to be written on one connection. Lower priorities leave first, equal ones in order; a
 * frame that has begun to leave is finished first, since the other end reads a stream.
 */

/** A frame as parts, which leave in this order. */
export interface QueuedFrame {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  /** Its number among the messages of the session, in the order of their sending. */
  readonly sequence: number;
}

/** What leaves next. */
export interface Departure {
  readonly parts: readonly Uint8Array[];
  /** The number of the frame that begins with it; null for the rest of one. */
  readonly begins: number | null;
  /** Whether a frame ends with it. */
  readonly ends: boolean;
}

/** Frames of one priority, a queue in an array: `head` counts what has left. */
interface Lane {
  readonly priority: number;
  frames: QueuedFrame[];
  head: number;
}

/** A lane that is done with so many frames gives their places back. */
const compactAfter = 1024;

export class SendQueue {
  /** In ascending priority; there are only a few. */
  readonly #lanes: Lane[] = [];
  #bytes = 0;
  /** Parts of the frame under way that have not left, and whether there is one. */
  #rest: Uint8Array[] = [];

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  add(frame: QueuedFrame, priority: number): void {
    this.#bytes += frame.bytes;
    this.#lane(priority).frames.push(frame);
  }

  /**
   * Takes the next parts to write: the rest of the frame under way, or of the next one, but at most
   * `limit` bytes (1 or more), as views. Null when nothing waits.
   */
  take(limit: number): Departure | null {
    let begins: number | null = null;
    if (this.#rest.length === 0) {
      const frame = this.#next();
      if (frame === null) return null;
      begins = frame.sequence;
      if (frame.bytes <= limit) {
        this.#bytes -= frame.bytes;
        return { parts: frame.parts, begins, ends: true };
      }
      this.#rest = [...frame.parts];
    }
    const parts = this.#slice(limit);
    return { parts, begins, ends: this.#rest.length === 0 };
  }

  #slice(limit: number): readonly Uint8Array[] {
    const taken: Uint8Array[] = [];
    let room = limit;
    for (let part = this.#rest[0]; part !== undefined && room > 0; part = this.#rest[0]) {
      if (part.length <= room) {
        taken.push(part);
        this.#rest.shift();
        room -= part.length;
      } else {
        taken.push(part.subarray(0, room));
        this.#rest[0] = part.subarray(room);
        room = 0;
      }
    }
    this.#bytes -= limit - room;
    return taken;
  }

  #next(): QueuedFrame | null {
    for (const lane of this.#lanes) {
      const frame = lane.frames[lane.head];
      if (frame === undefined) continue;
      lane.head += 1;
      if (lane.head === lane.frames.length || lane.head === compactAfter) {
        lane.frames = lane.frames.slice(lane.head);
        lane.head = 0;
      }
      return frame;
    }
    return null;
  }

  #lane(priority: number): Lane {
    let at = 0;
    for (const lane of this.#lanes) {
      if (lane.priority === priority) return lane;
      if (lane.priority < priority) at += 1;
    }
    const lane: Lane = { priority, frames: [], head: 0 };
    this.#lanes.splice(at, 0, lane);
    return lane;
  }
}
