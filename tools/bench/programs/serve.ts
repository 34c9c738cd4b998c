import { createInterface } from 'node:readline';

/** Answers one kind of request. What it resolves with is sent as JSON. */
export type Handler = (request: never) => unknown;

/**
 * Makes a process of a program that is measured: it says when it is ready, then answers requests, a line of JSON each, on standard
 * input and output, and resolves when there are no more.
 */
export async function serveMeasurements(handlers: Readonly<Record<string, Handler>>): Promise<void> {
  const write = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  write({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as { readonly measure: string }; // of the command that started this process
    try {
      const handler = handlers[request.measure];
      if (!handler) throw new Error(`it cannot measure ${request.measure}`);
      write({ figures: (await handler(request as never)) ?? {} });
    } catch (error) {
      write({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}
