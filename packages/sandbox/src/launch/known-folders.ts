import { listFolder, type FolderListing } from '../isolation/files/folder-listing.ts';
import { fillDirectory } from '../isolation/files/readable-files.ts';

/** Listings that are remembered: beyond, the one that was made first is forgotten. */
const maxKnown = 128;

/** Folders whose content follows from a key, such as a digest: they are listed once, and put elsewhere in half of the time from then on. */
export class KnownFolders {
  readonly #listings = new Map<string, Promise<FolderListing>>();

  /** Puts what is in a folder into another, so that everybody can read it. Rejects with what failed, and lists it anew the next time. */
  async fill(key: string, source: string, target: string): Promise<void> {
    const listing = this.#listings.get(key) ?? listFolder(source);
    this.#listings.set(key, listing);
    if (this.#listings.size > maxKnown) this.#forgetFirst();
    try {
      await fillDirectory(source, target, await listing);
    } catch (error) {
      this.#listings.delete(key);
      throw error;
    }
  }

  #forgetFirst(): void {
    const [first] = this.#listings.keys();
    if (first !== undefined) this.#listings.delete(first);
  }
}
