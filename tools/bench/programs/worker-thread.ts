/** A process that sends messages to a thread of its own: structured clones, and no isolation at all. */
import { Worker } from 'node:worker_threads';
import { AnswersInOrder } from './answers-in-order.ts';
import { echoMeasurements } from './echo-measurements.ts';
import { serveMeasurements } from './serve.ts';

const far = new Worker(new URL('./worker-thread-echo.ts', import.meta.url));
const answers = new AnswersInOrder();
far.on('message', answers.answer);
const send = (message: unknown): Promise<unknown> => answers.wait(() => far.postMessage(message, []));
await serveMeasurements(echoMeasurements({ json: send, bytes: send }));
await far.terminate();
