export { Clock } from './services/clock.ts';
export { KeyValueStore, type JsonValue, type StoredValue } from './services/key-value-store.ts';
export { Secrets } from './services/secrets.ts';
