/** A process that sends messages to a child over the channel that Node opens between them: JSON over a socket. */
import { fork } from 'node:child_process';
import { AnswersInOrder } from './answers-in-order.ts';
import { echoMeasurements } from './echo-measurements.ts';
import { serveMeasurements } from './serve.ts';

const far = fork(new URL('./fork-echo.ts', import.meta.url));
const answers = new AnswersInOrder();
far.on('message', answers.answer);
await serveMeasurements(
  echoMeasurements({ json: (records) => answers.wait(() => void far.send({ ...records })) }),
);
far.disconnect();
