import { StoredPluginCatalogue } from './catalogue/stored-plugin-catalogue.ts';
import { MemoryStore } from './memory/memory-store.ts';

/** The catalogue in memory, for tests and for hosts that need nothing to outlive them. */
export class InMemoryPluginRegistry extends StoredPluginCatalogue {
  constructor() {
    super(new MemoryStore());
  }
}
