export { InMemoryPluginRegistry } from './in-memory-plugin-registry.ts';
