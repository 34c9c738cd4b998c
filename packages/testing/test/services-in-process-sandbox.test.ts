import { afterAll } from '@jest/globals';
import { describePeerCalls } from './peer-calls.ts';
import { describeReadyServices } from './ready-services.ts';
import { visitorsInProcesses } from './visitor-host.ts';

const { start, remove } = visitorsInProcesses();
afterAll(remove);

describeReadyServices('a service for a package in ProcessSandbox', start);
describePeerCalls('a call between packages in ProcessSandbox', start);
