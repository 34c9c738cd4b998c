export {
  Clock,
  KeyValueStore,
  Secrets,
  type JsonValue,
  type StoredValue,
} from '@stellaops/plugin-abstractions/services';
