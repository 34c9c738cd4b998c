export { Clock, KeyValueStore, Secrets } from '@stellaops/plugin-abstractions/services';
export { implementClock } from './services/clock.ts';
export type { KeyValueLimits } from './services/key-value-limits.ts';
export { openKeyValueStore, type OpenKeyValueStore } from './services/key-value-store.ts';
export { implementSecrets, type OperatorSecret } from './services/secrets.ts';
export { implementPerPlugin, type ServiceFactory, type ServiceScope } from './services/service-factory.ts';
