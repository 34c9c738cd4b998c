/** Two steps of a path at least, and none that is part of an address; or a path of Windows. */
const path = /(?<![\w:/.])(?:file:\/\/)?(?:\/[\w@.+~-]+){2,}\/?|(?<!\w)[A-Za-z]:\\[^\s'"]+/g;

/** A text of the host as a plugin may see it: without paths, which a message of Node has where a file is missing. */
export function withoutPaths(text: string): string {
  return text.replaceAll(path, '[a path of the host]');
}
