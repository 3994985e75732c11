/** A run has had as many events as it may. */
export class EventLimit extends Error {
  readonly eventsMax: number;

  constructor(eventsMax: number) {
    super(`${eventsMax} events are over, and the run has not ended`);
    this.name = 'EventLimit';
    this.eventsMax = eventsMax;
  }
}
