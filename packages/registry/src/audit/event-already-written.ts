/** The event of a change is written already: the change was made before, and whoever asks again did not hear of it. */
export class EventAlreadyWritten extends Error {
  override readonly name = 'EventAlreadyWritten';

  constructor(eventId: string) {
    super(`the audit trail has event ${eventId} already`);
  }
}
