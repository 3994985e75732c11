/**
 * How flows share the capacities of links: max-min fair, as SimGrid, commonware and most flow-level
 * simulators take TCP's long-run shares to be. A rate is max-min fair when it can only rise at the
 * cost of a flow that has no more (Bertsekas and Gallager, "Data Networks", section 6.5.2): every
 * flow has a bottleneck, a full link of its route on which no flow is faster.
 *
 * The solver's quantities are doubles: seconds, bytes, bytes per second. Links and flows are small
 * integers. A flow is declared once with its route, and then carries one message after another.
 *
 * Changes (start, stop, setCapacity) of one instant are collected, and solved together by `settle`
 * at that same instant. Rates, remaining bytes and completions are those of the last settle; a
 * change at a later instant than the unsettled ones is a mistake of the caller.
 *
 * A cap on one flow's rate is a link that only this flow crosses.
 */
export interface Sharing {
  /** Adds a link and returns its number. Capacity in bytes per second, 0 or more, finite. */
  addLink(bytesPerSecond: number): number;
  /**
   * Declares an idle flow over the links of `route` (one or more, none twice); returns its number.
   * Only a law with weights looks at `terms`; max-min sharing is that of equal terms.
   */
  addFlow(route: readonly number[], terms?: FlowTerms): number;
  /** Forgets an idle flow; its number may be given to a later one. */
  removeFlow(flow: number): void;

  /** An idle flow begins to carry `bytes` (more than 0). */
  start(flow: number, bytes: number, seconds: number): void;
  /** A flow ends, complete or not, and is idle again; returns the bytes it had left. */
  stop(flow: number, seconds: number): number;
  setCapacity(link: number, bytesPerSecond: number, seconds: number): void;
  /** Changes weight and bound of a flow, where the law has weights. */
  setTerms?(
    flow: number,
    terms: Pick<FlowTerms, 'weight' | 'bytesPerSecondMax'>,
    seconds: number
  ): void;
  /** Shares the links anew after the changes of this instant. */
  settle(seconds: number): void;

  /** When the next flow completes if nothing changes, in seconds; Infinity if none does. */
  nextCompletion(): number;
  /** The flow that completes then; -1 if none does. The caller stops it. */
  nextFlow(): number;

  /** Bytes per second of a flow; 0 when idle. */
  rate(flow: number): number;
  /** Bytes a flow has left at an instant not before the last settle and not after the next. */
  remaining(flow: number, seconds: number): number;
}

/** What a flow is to a law with weights. */
export interface FlowTerms {
  /** More than 0: flows with one bottleneck have rates in proportion to their weights. */
  readonly weight: number;
  /** The most that the flow may take, whatever is free; or Infinity. */
  readonly bytesPerSecondMax: number;
  /** Links that carry `wayBackShare` of the flow's rate besides: those of the way back, for answers. */
  readonly wayBack: readonly number[];
  readonly wayBackShare: number;
  /** Share of what the flow takes that is payload. */
  readonly goodput: number;
}

/** The terms of max-min fair sharing. */
export const equalTerms: FlowTerms = {
  weight: 1,
  bytesPerSecondMax: Infinity,
  wayBack: [],
  wayBackShare: 0,
  goodput: 1
};
