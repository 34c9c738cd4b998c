export { ProcessSandbox } from './process-sandbox.ts';
