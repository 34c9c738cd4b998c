import { implement, type Implementation } from '@stellaops/plugin-abstractions';
import { Journal } from './workbench.ts';

/** The host's end of the journal: a test waits for what the plugin notes. */
export interface JournalKeeper {
  readonly service: Implementation<typeof Journal.methods>;
  readonly notes: readonly string[];
  /** Resolves when the plugin has noted this. */
  noted(text: string): Promise<void>;
}

/** Keeps a journal for one test. */
export function keepJournal(): JournalKeeper {
  const notes: string[] = [];
  let wake = Promise.withResolvers<void>();
  return {
    notes,
    service: implement(Journal, {
      note: async (text) => {
        notes.push(text);
        wake.resolve();
        wake = Promise.withResolvers<void>();
        return null;
      },
    }),
    noted: async (text) => {
      while (!notes.includes(text)) await wake.promise;
    },
  };
}
