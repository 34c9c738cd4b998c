import { blameOf, type Blame } from './error-blame.ts';
import { errorCatalogue, type PluginErrorCode, type PluginErrorDetails } from './error-catalogue.ts';

/** Shared by every copy of this package in a process, so that an error of one copy is known to the others. */
const brand = Symbol.for('stellaops.plugin.PluginError');
const placeholders = /\{(\w+)\}/g;
/** A detail that is a sentence brings its own full stop. */
const placeholdersAndStops = /\{(\w+)\}(\.(?=\s|$))?/g;
const unit = /(?:Ms|MiB|Bytes|Count)$/;

/** The one error class of the framework. Tell errors apart by `code`, best through {@link isPluginError}. */
export class PluginError<Code extends PluginErrorCode = PluginErrorCode> extends Error {
  readonly code: Code;
  readonly details: PluginErrorDetails<Code>;

  constructor(code: Code, details: PluginErrorDetails<Code>, options?: ErrorOptions) {
    const values: Readonly<Record<string, string | number>> = details;
    super(
      errorCatalogue[code].replace(placeholdersAndStops, (_, name: string, stop = '') => {
        const text = String(values[name]);
        return text.endsWith('.') ? text : text + stop;
      }),
      options,
    );
    this.code = code;
    this.details = details;
  }

  override get name(): string {
    return 'PluginError';
  }

  /** Whose fault it is, by its code: the plugin's, the host's, or that the two do not keep their contract alike. */
  get blame(): Blame {
    return blameOf[this.code];
  }

  get [brand](): true {
    return true;
  }

  /** Code, sentence and details; never the stack or the cause, which belong in the log of the side they come from. */
  toJSON(): { code: Code; message: string; details: PluginErrorDetails<Code> } {
    return { code: this.code, message: this.message, details: this.details };
  }
}

/**
 * Whether a value is an error of the framework (with this code), and if so narrows `details` to those of the code.
 * Holds across duplicate copies of the package, where `instanceof` does not.
 */
export function isPluginError<Code extends PluginErrorCode = PluginErrorCode>(
  value: unknown,
  code?: Code,
): value is { [C in Code]: PluginError<C> }[Code] {
  if (!(value instanceof Error) || !(brand in value) || !('code' in value)) return false;
  return code === undefined || value.code === code;
}

/** Rebuilds an error from a code and details that came from outside; `undefined` when they do not fit the catalogue. */
export function restorePluginError(
  code: string,
  details: unknown,
  options?: ErrorOptions,
): PluginError | undefined {
  if (!Object.hasOwn(errorCatalogue, code)) return undefined;
  const known = code as PluginErrorCode; // the line above says so
  const checked: Record<string, string | number> = {};
  for (const [, name = ''] of errorCatalogue[known].matchAll(placeholders)) {
    const value: unknown = Object(details)[name];
    if (typeof value !== (unit.test(name) ? 'number' : 'string')) return undefined;
    checked[name] = value as string | number; // the line above says so
  }
  return new PluginError(known, checked as unknown as PluginErrorDetails, options); // every placeholder of the code was checked
}
