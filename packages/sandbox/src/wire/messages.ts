/** The messages that the ends of the wire handle themselves; `gen` is for the files of this folder. */
export {
  LogLevel,
  type CompiledFile,
  type Control,
  type ControlDone,
  type HostHello,
  type LogRecord,
  type Pong,
  type Observation,
  type RunnerHello,
} from './gen/stellaops/plugin/v1/plugin.ts';
