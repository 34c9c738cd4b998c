export { InMemorySandbox } from './in-memory-sandbox.ts';
